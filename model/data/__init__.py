"""Labelled examples to learn from: MNIST, strokes, and users' own tables."""
