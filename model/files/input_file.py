"""Open files that a user names for reading: regular files of limited size only.

A pipe may block forever, a device may never end, and a large file may use up all memory.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

from edgeglow.model.errors import EdgeglowError

NO_WAITING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def check_input(path: Path, most: int, expected: str) -> None:
    """Check that this is a regular file of at most ``most`` bytes.

    Raises EdgeglowError, which says what was expected, otherwise.
    """
    try:
        wrong = _what_is_wrong(path.stat(), most)  # before opening: to open a device may have effects
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        wrong = (getattr(error, "strerror", None) or str(error)).lower()
    if wrong:
        raise EdgeglowError(f"{path}: {wrong}; expected {expected}")


def open_input(path: Path, most: int, expected: str) -> BinaryIO:
    """Open a regular file of at most ``most`` bytes for reading.

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
    """Return the contents of a regular file of at most ``most`` bytes.

    Raises EdgeglowError, as ``open_input`` does.
    """
    with open_input(path, most, expected) as file:
        try:
            content = file.read(most + 1)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise EdgeglowError(f"{path}: cannot be read: {reason}; expected {expected}") from None
    if len(content) > most:  # it has grown, or is a virtual file of the system
        raise EdgeglowError(f"{path}: has more than {most:,} bytes; expected {expected}")
    return content


def _what_is_wrong(state: os.stat_result, most: int) -> str:
    if stat.S_ISDIR(state.st_mode):
        return "is a folder"
    if not stat.S_ISREG(state.st_mode):
        return "is a pipe or a device, no file"
    return f"has {state.st_size:,} bytes, more than the {most:,} that are read" if state.st_size > most else ""
