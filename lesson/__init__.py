"""Lessons for teachers: clips with captions, a web page around them, and packages for learning platforms."""
