"""The errors that users are meant to read."""

from __future__ import annotations

from model.text import MOST_LINES, few_lines


class EdgeglowError(Exception):
    """Bad input, said in one line: what was found, where, what was expected, what to do.

    Whatever the input was, the message is printable and has few lines: three, unless a subclass is of many inputs.
    """

    most_lines = MOST_LINES

    def __init__(self, message: object = "") -> None:
        super().__init__(few_lines(message, self.most_lines))

    def _render_traceback_(self) -> list[str]:
        """What notebooks show instead of a traceback: the lines of it."""
        return [f"{type(self).__name__}: {self}"]


class Mistake(EdgeglowError):
    """What was asked for does not exist, or does not go together: the command line's exit code 2."""
