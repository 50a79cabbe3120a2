"""Open a picture from a file, an array or Pillow in any mode: upright, opaque, and of limited size."""

from __future__ import annotations

import os
import stat
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError
from PIL.Image import DecompressionBombError

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.files.input_file import check_input
from edgeglow.model.picture.colour_modes import WORKING, from_array, opaque_pixels
from edgeglow.model.picture.frames import seek_frame

MOST_BYTES = 2**30  # of a file
# Pillow knows many more (JPEG includes the MPO of telephones), some of which start other programs (EPS: Ghostscript)
# or cannot be read everywhere (WMF).
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "DIB", "TIFF", "AVIF", "PPM")
EXPECTED = "PNG, JPEG, WebP, GIF, BMP, TIFF or AVIF"
OTHERS = (  # other common formats, by position and value of their first bytes
    (0, b"%PDF", "a PDF"),
    (0, b"%!PS", "PostScript"),
    (0, b"\xc5\xd0\xd3\xc6", "PostScript"),
    (4, b"ftyphei", "a HEIC photo"),
    (4, b"ftypmif1", "a HEIC photo"),
    (0, b"<svg", "an SVG drawing"),
    (0, b"<?xml", "an XML file"),
)
MOST_PIXELS = 50_000_000  # of a picture, so that decoding takes less than half a gigabyte
MOST_OF = {
    "JPEG": 170_000_000,  # reduced while it is decoded; Pillow opens nothing beyond 178 million
    "MPO": 170_000_000,
    "WEBP": 25_000_000,  # these decoders keep three or four copies of a picture
    "AVIF": 25_000_000,
}
LEAST_SIDE = 5  # pixels

PictureSource = str | PathLike[str] | np.ndarray | Image.Image


def open_picture(source: PictureSource) -> tuple[np.ndarray, str, tuple[str, ...]]:
    """Return the picture as uint8 (height, width, 3), at most WORKING pixels large, its name for errors, and notes.

    Transparent parts become paper: of the colour of the opaque parts if these are the larger part, else light under
    dark ink and dark under light ink. Of several frames, the first that is not blank is read, and a note says so.
    Raises EdgeglowError when there is no such picture.
    """
    if isinstance(source, np.ndarray):
        image = from_array(source)
        _check_size(image, "the array")
        return opaque_pixels(image, "the array"), "the array", ()
    if isinstance(source, Image.Image):
        name = str(getattr(source, "filename", "") or "the picture")
        with _errors_as_line(name):
            _check_size(source, name)
            return opaque_pixels(source, name), name, ()
    name = os.fspath(source)
    _check_file(name)
    # not opened by name: Pillow 12 then maps the file into memory, and scrambles TIFFs that lie on their side
    with _errors_as_line(name), open(name, "rb") as file, Image.open(file, formats=FORMATS) as image:
        _check_size(image, name)
        notes = seek_frame(image, name)
        return opaque_pixels(image, name), name, notes


def _check_file(name: str) -> None:
    try:
        mode = os.stat(name).st_mode
    except (OSError, ValueError) as error:  # ValueError: a null byte in the name
        raise EdgeglowError(f"{name}: no such file; expected a picture of a digit; check the name") from error
    if stat.S_ISDIR(mode):
        raise EdgeglowError(f"{name}: is a folder; expected a picture of a digit; name one file in it")
    check_input(Path(name), MOST_BYTES, "a picture of a digit; save it as a file")  # a pipe may never end


@contextmanager
def _errors_as_line(name: str) -> Iterator[None]:
    """Turn any error while a picture is read into one line."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about large or odd files, which are checked here
            yield
    except EdgeglowError:
        raise
    except UnidentifiedImageError as error:
        raise EdgeglowError(f"{name}: is {_kind_of(name)}; expected {EXPECTED}; save it as one of these") from error
    except DecompressionBombError as error:
        raise EdgeglowError(f"{name}: {_too_large(MOST_PIXELS)}") from error
    except PermissionError as error:
        raise EdgeglowError(f"{name}: may not be read; expected a picture; change who may read it") from error
    except Exception as error:  # Pillow's decoders raise almost any exception for damaged files
        said = " ".join(str(error).split())[:80] or type(error).__name__
        raise EdgeglowError(
            f"{name}: the picture is broken or cut short ({said}); expected a whole one; copy or save it again"
        ) from error


def _kind_of(name: str) -> str:
    try:
        with open(name, "rb") as file:
            start = file.read(64).lstrip(b"\xef\xbb\xbf \n\r\t")
    except OSError:
        start = b""
    for place, begins, kind in OTHERS:
        if start[place:].startswith(begins):
            return kind
    return "not a picture that can be read"


def _too_large(most: int) -> str:
    return f"has too many pixels to be opened; expected at most {most // 1_000_000} million; make it smaller"


def _check_size(image: Image.Image, name: str) -> None:
    width, height = image.size
    # a progressive JPEG is decoded in full before it can be reduced
    most = MOST_PIXELS if image.info.get("progressive") else MOST_OF.get(image.format or "", MOST_PIXELS)
    if width * height > most:
        raise EdgeglowError(f"{name}: {_too_large(most)}")
    if min(width, height) < LEAST_SIDE:
        raise EdgeglowError(
            f"{name}: is {width}×{height} pixels; expected at least {LEAST_SIDE} on each side; use a larger one"
        )
    if max(width, height) > WORKING * min(width, height):
        raise EdgeglowError(
            f"{name}: is {width}×{height} pixels, a strip; expected one digit with paper around it; cut it out"
        )
