"""Read the .npy format without trusting the file.

NumPy evaluates the header, the text of a Python dictionary, and lets any exception of that through. Here the header
is matched against the form that NumPy itself writes, and only EdgeglowError is raised.
"""

from __future__ import annotations

import math
import re
import sys
from dataclasses import dataclass

import numpy as np

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.text.printable import one_line, short_repr

MAGIC = b"\x93NUMPY"
LENGTH_BYTES = {1: 2, 2: 4, 3: 4}  # version of the format → bytes of the header's length
LONGEST_HEADER = 10_000
MOST_DIMENSIONS = 32
MOST_BYTES = 2**62
MOST_LETTERS = 2**20  # of one text

ENTRY = re.compile(
    r"""\s*(?:'(descr|fortran_order|shape)'|"(descr|fortran_order|shape)")\s*:\s*"""
    r"""('[^'"\\]*'|"[^'"\\]*"|True|False|\([0-9L,\s]*\)|\[[^\]]{0,200}\])\s*(,|(?=\}))"""
)
TYPE = re.compile(r"([<>|=]?)([a-zA-Z])([0-9]{0,7})(?:\[[a-zA-Z0-9]*\])?")
BYTES = {"f": (2, 4, 8), "i": (1, 2, 4, 8), "u": (1, 2, 4, 8), "b": (1,)}


@dataclass(frozen=True)
class NpyHeader:
    """The header of an .npy file; the array's numbers start at byte ``start``."""

    version: int
    shape: tuple[int, ...]
    by_column: bool
    dtype: np.dtype
    start: int

    @property
    def holds_objects(self) -> bool:
        """Whether a pickle of Python objects follows, instead of numbers or text."""
        return self.dtype.kind == "O"

    @property
    def bytes(self) -> int:
        """The size of the array in bytes."""
        return math.prod(self.shape) * self.dtype.itemsize


def read_header(content: bytes | memoryview, name: str, *, objects: bool = False) -> NpyHeader:
    """Parse the first bytes of an .npy file.

    Raises EdgeglowError, which calls the array ``name``; also for an array of Python objects, unless ``objects``
    allows it because the caller does not unpickle them.
    """
    start = bytes(content[: LONGEST_HEADER + 12])
    if not start.startswith(MAGIC) or len(start) < 12:
        raise EdgeglowError(f"{name} is damaged, or no .npy file")
    version = start[6], start[7]
    if version[0] not in LENGTH_BYTES or version[1] != 0:
        raise EdgeglowError(f"{name} has .npy version {version}, expected (1, 0), (2, 0) or (3, 0)")
    begin = 8 + LENGTH_BYTES[version[0]]
    length = int.from_bytes(start[8:begin], "little")
    text = start[begin : begin + length]
    if length > LONGEST_HEADER or len(text) < length:
        raise _damaged(name)
    entries = _entries(text.decode("latin-1"), name)
    shape, dtype = _shape(entries["shape"], name), _dtype(entries["descr"], name)
    # sizes of 0 are skipped: even an empty array is limited in its other sizes
    if math.prod(side for side in shape if side) * dtype.itemsize > MOST_BYTES:
        raise EdgeglowError(f"{name} claims the shape {one_line(shape, 80)}, more than can be")
    header = NpyHeader(version[0], shape, _flag(entries["fortran_order"], name), dtype, begin + length)
    if header.holds_objects and not objects:
        raise EdgeglowError(
            f"{name} holds Python objects, which are never loaded; save numbers, or text by .astype(str)"
        )
    return header


def read_array(content: bytes | memoryview, name: str) -> np.ndarray:
    """Return the array in the bytes of an .npy file: floating point, whole numbers, booleans, or text.

    Its claimed size is compared with the number of bytes first; the array is a view of them. Raises EdgeglowError,
    which calls the array ``name``.
    """
    header = read_header(content, name)
    there = len(content) - header.start
    if header.bytes != there:
        raise EdgeglowError(
            f"{name} claims {header.shape} of {header.dtype}, {header.bytes:,} bytes, but has {there:,}"
        )
    flat = np.frombuffer(content, header.dtype, offset=header.start)
    if header.dtype.kind == "U":
        _check_letters(np.frombuffer(flat, header.dtype.str[0] + "u4"), name)
    return flat.reshape(header.shape, order="F" if header.by_column else "C")


def _damaged(name: str) -> EdgeglowError:
    return EdgeglowError(f"{name} has a damaged .npy header")


def _entries(text: str, name: str) -> dict[str, str]:
    """Return the three entries of a header's dictionary as texts."""
    text = text.strip()
    if not (text.startswith("{") and text.endswith("}")):
        raise _damaged(name)
    found: dict[str, str] = {}
    at = 1
    while match := ENTRY.match(text, at):
        found[match[1] or match[2]] = match[3]
        at = match.end()
    if text[at:].strip() != "}" or len(found) != 3:
        raise _damaged(name)
    return found


def _shape(text: str, name: str) -> tuple[int, ...]:
    if not text.startswith("("):
        raise _damaged(name)
    parts = [part.strip().removesuffix("L") for part in text[1:-1].split(",")]  # Python 2 writes 3L
    if parts[-1] == "":
        parts.pop()
    if not all(part.isdecimal() and len(part) < 20 for part in parts):
        raise _damaged(name)
    if len(parts) > MOST_DIMENSIONS:
        raise EdgeglowError(f"{name} claims {len(parts)} dimensions, expected at most {MOST_DIMENSIONS}")
    return tuple(map(int, parts))


def _flag(text: str, name: str) -> bool:
    if text not in ("True", "False"):
        raise _damaged(name)
    return text == "True"


def _dtype(text: str, name: str) -> np.dtype:
    if text.startswith("["):
        raise EdgeglowError(f"{name} holds records, expected numbers or text")
    match = TYPE.fullmatch(text[1:-1]) if text[:1] in "'\"" else None
    if match is None:
        raise _damaged(name)
    order, kind, size = match[1], match[2], int(match[3] or 0)
    if kind == "O":
        return np.dtype(object)
    if size in BYTES.get(kind, ()) or (kind in "US" and 1 <= size <= MOST_LETTERS):
        return np.dtype(f"{order}{kind}{size}")
    raise EdgeglowError(f"{name} holds {short_repr(text[1:-1])}, expected numbers or text")


def _check_letters(letters: np.ndarray, name: str) -> None:
    """Check that every number is a complete character and not a surrogate. Raises EdgeglowError."""
    if letters.size and (letters.max() > sys.maxunicode or ((letters >= 0xD800) & (letters < 0xE000)).any()):
        raise EdgeglowError(f"{name} holds what is no text")
