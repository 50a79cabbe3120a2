"""Reader for IDX, the file format of MNIST: a magic number, the sizes, then one byte for every value."""

from __future__ import annotations

import gzip
import math
import zlib
from pathlib import Path

import numpy as np

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.files.input_file import open_input

UNSIGNED_BYTE = 8  # the magic number's third byte: the type of the values
LARGEST = 2**31  # bytes; MNIST has 47 million


def read_idx(path: Path, axes: int) -> np.ndarray:
    """Read an IDX file, gzip-compressed or not, as uint8 with ``axes`` axes: 3 for images, 1 for labels.

    Raises EdgeglowError, which names the file, when it cannot be read or is not such a file.
    """
    contents = read_contents(path)
    start = 4 + 4 * axes
    kind = "images" if axes == 3 else "labels"
    magic = bytes([0, 0, UNSIGNED_BYTE, axes])
    if len(contents) < start:
        raise EdgeglowError(
            f"{path}: {len(contents)} bytes, too few for the header of {start} bytes of IDX {kind};"
            " fetch the file again"
        )
    if contents[:4] != magic:
        raise EdgeglowError(
            f"{path}: starts with the bytes {contents[:4].hex(' ')}, but IDX {kind} start with"
            f" {magic.hex(' ')}; check that the files are not swapped"
        )
    shape = tuple(int(size) for size in np.frombuffer(contents, ">u4", axes, offset=4))
    said = " x ".join(map(str, shape))
    if math.prod(shape) != len(contents) - start:
        raise EdgeglowError(
            f"{path}: its header says {said} bytes of {kind}, but {len(contents) - start} bytes follow;"
            " fetch the file again"
        )
    if 0 in shape:
        raise EdgeglowError(f"{path}: its header says {said}, so there are no {kind} in it; use another file")
    return np.frombuffer(contents, np.uint8, offset=start).reshape(shape)


def read_contents(path: Path) -> bytes:
    """Return the bytes of a file; gzip data is recognised by its first bytes and decompressed."""
    try:
        with open_input(path, LARGEST, "an IDX file like MNIST's") as file:
            compressed = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            if not compressed:
                contents = file.read(LARGEST + 1)
            else:
                with gzip.GzipFile(fileobj=file) as unpacked:
                    contents = unpacked.read(LARGEST + 1)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise EdgeglowError(f"{path}: its gzip data is broken ({error}); fetch the file again") from error
    except OSError as error:
        raise EdgeglowError(f"{path}: cannot be read ({error.strerror or error})") from error
    if len(contents) > LARGEST:
        raise EdgeglowError(f"{path}: holds more than {LARGEST:,} bytes; expected an IDX file like MNIST's")
    return contents
