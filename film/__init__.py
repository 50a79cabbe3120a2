"""Production of films: chapters are measured, rendered on all cores, joined and written to their final paths.

In a notebook, ``from edgeglow import show``.
"""
