"""The errors that users are meant to read."""

from __future__ import annotations


class EdgeglowError(Exception):
    """Bad input, said in one line: what was found, where, what was expected, what to do."""


class Mistake(EdgeglowError):
    """What was asked for does not exist, or does not go together: the command line's exit code 2."""
