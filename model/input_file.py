"""Files that a user names, opened for reading: regular files of bounded size only.

A pipe would be waited for without end, a device read without end, and a large file takes all memory there is.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

from model.errors import EdgeglowError

NO_WAITING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def check_input(path: Path, most: int, expected: str) -> None:
    """Raise EdgeglowError, which says what was expected, unless this is a regular file of at most ``most`` bytes."""
    try:
        wrong = _what_is_wrong(path.stat(), most)  # opening a device may do something already
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        wrong = (getattr(error, "strerror", None) or str(error)).lower()
    if wrong:
        raise EdgeglowError(f"{path}: {wrong}; expected {expected}")


def open_input(path: Path, most: int, expected: str) -> BinaryIO:
    """A regular file of at most ``most`` bytes, opened for reading.

    Raises EdgeglowError, which says what was expected, for anything else.
    """
    check_input(path, most, expected)
    try:
        file = os.fdopen(os.open(path, os.O_RDONLY | NO_WAITING), "rb")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise EdgeglowError(f"{path}: {reason}; expected {expected}") from None
    if wrong := _what_is_wrong(os.fstat(file.fileno()), most):
        file.close()
        raise EdgeglowError(f"{path}: {wrong}; expected {expected}")
    return file


def read_input(path: Path, most: int, expected: str) -> bytes:
    """The contents of a regular file of at most ``most`` bytes. Raises EdgeglowError, as ``open_input`` does."""
    with open_input(path, most, expected) as file:
        try:
            content = file.read(most + 1)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise EdgeglowError(f"{path}: cannot be read: {reason}; expected {expected}") from None
    if len(content) > most:  # it has grown, or is one of those files that the system makes up
        raise EdgeglowError(f"{path}: has more than {most:,} bytes; expected {expected}")
    return content


def _what_is_wrong(state: os.stat_result, most: int) -> str:
    if stat.S_ISDIR(state.st_mode):
        return "is a folder"
    if not stat.S_ISREG(state.st_mode):
        return "is a pipe or a device, no file"
    return (
        f"has {state.st_size:,} bytes, more than the {most:,} that are read" if state.st_size > most else ""
    )
