"""What is drawn: one mobject in each file, built from a shape and changed by data."""
