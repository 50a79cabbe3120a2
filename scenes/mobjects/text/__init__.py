"""Captions, cards and formulas."""
