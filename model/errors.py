"""The errors that users are meant to read."""

from __future__ import annotations


class EdgeglowError(Exception):
    """Bad input, said in one line: what was found, where, what was expected, what to do."""

    def _render_traceback_(self) -> list[str]:
        """What notebooks show instead of a traceback: the lines of it."""
        return [f"{type(self).__name__}: {self}"]


class Mistake(EdgeglowError):
    """What was asked for does not exist, or does not go together: the command line's exit code 2."""
