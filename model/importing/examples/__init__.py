"""Labelled examples in users' own files, matched to a network's inputs and classes."""
