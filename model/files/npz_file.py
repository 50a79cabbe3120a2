"""Arrays in one .npz file: written completely or not at all, and read without trusting the file.

Members are stored without compression. Weights look random and compress by only 8%, and an uncompressed file cannot
ask for more memory than it has bytes. This keeps out zip bombs and headers that claim absurd sizes.
"""

from __future__ import annotations

import io
import os
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
from numpy.lib import format as npy

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.files.npy_file import read_array, read_header
from edgeglow.model.files.output_file import write_atomically
from edgeglow.model.text.printable import one_line, short_repr

MOST_BYTES = 2**31
KINDS = "fiuU"  # dtype kinds: floating point, whole numbers, text; none that could run code

# exceptions that zipfile and NumPy are known to raise for damaged input
DAMAGE = (
    zipfile.BadZipFile,
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)


def write_arrays(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Write the arrays as an .npz file that NumPy can read; the same arrays give the same bytes.

    Raises EdgeglowError when the file cannot be written; an older file at this path is then kept.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            member = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))  # not the current time
            member.external_attr = 0o644 << 16
            content = io.BytesIO()
            npy.write_array(content, np.asarray(array, order="C"), version=(1, 0), allow_pickle=False)
            archive.writestr(member, content.getbuffer())
    write_atomically(path, buffer.getbuffer())


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """Read all arrays of an .npz file written by ``write_arrays``.

    Raises EdgeglowError, without the file's name, for any other file.
    """
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size > MOST_BYTES:
                raise EdgeglowError(f"the file has {size:,} bytes, expected at most {MOST_BYTES:,}")
            with zipfile.ZipFile(file) as archive:
                return _read_members(archive, size)
    except OSError as error:
        raise EdgeglowError(f"it cannot be read: {error.strerror or error}") from error
    except DAMAGE as error:
        reason = one_line(error) or type(error).__name__
        raise EdgeglowError(f"it is damaged, or no run at all ({reason})") from error


def _read_members(archive: zipfile.ZipFile, size: int) -> dict[str, np.ndarray]:
    members = archive.infolist()
    if sum(member.file_size for member in members) > size:
        raise EdgeglowError("it claims to hold more bytes than it has, as only a compressed or a damaged file does")
    arrays: dict[str, np.ndarray] = {}
    for member in members:
        name = member.filename.removesuffix(".npy")
        if member.compress_type != zipfile.ZIP_STORED:
            raise EdgeglowError(f"{short_repr(member.filename)} is compressed, which a run never is")
        if name == member.filename or name in arrays:
            raise EdgeglowError(f"it holds {short_repr(member.filename)}, expected .npy members with different names")
        arrays[name] = _parse(archive.read(member), one_line(member.filename, 60))
    return arrays


def _parse(content: bytes, name: str) -> np.ndarray:
    """Return the array in the bytes of an .npy file.

    Raises EdgeglowError unless ``write_arrays`` could have written it.
    """
    header = read_header(content, name)
    if header.version != 1:
        raise EdgeglowError(f"{name} has .npy version {header.version}, expected 1")
    if header.dtype.kind not in KINDS or header.by_column:
        by = " by column" if header.by_column else ""
        raise EdgeglowError(f"{name} holds {header.dtype}{by}, expected numbers or text by row")
    return read_array(content, name)
