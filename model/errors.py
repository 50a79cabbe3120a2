"""The one error that users are meant to read."""

from __future__ import annotations


class EdgeglowError(Exception):
    """Bad input, said in one line: what was found, where, what was expected, what to do."""
