"""Errors whose messages are meant for users."""

from __future__ import annotations

from edgeglow.model.text.printable import MOST_LINES, few_lines


class EdgeglowError(Exception):
    """An error in the input, told in one line: what was found, where, what was expected, what to do.

    The message is always printable and has at most ``most_lines`` lines: three, unless a subclass covers many inputs.
    """

    most_lines = MOST_LINES

    def __init__(self, message: object = "") -> None:
        super().__init__(few_lines(message, self.most_lines))

    def _render_traceback_(self) -> list[str]:
        """Return the lines that notebooks show instead of a traceback."""
        return [f"{type(self).__name__}: {self}"]


class InvalidRequest(EdgeglowError):
    """A request for something that does not exist or does not fit together; the command line's exit code is 2."""
