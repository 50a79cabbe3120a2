"""A picture from a file, an array or Pillow, whatever its mode: upright, opaque, and of a bounded size."""

from __future__ import annotations

import os
import warnings
from os import PathLike
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError
from PIL.Image import DecompressionBombError, DecompressionBombWarning, Resampling, Transpose

from model.errors import EdgeglowError
from model.input_file import check_input

MOST_BYTES = 2**30  # of a file
MOST_PIXELS = 120_000_000  # of a picture that is opened at all
WORKING = 720  # pixels, the longest side that is worked on: a pen's line in it is still a few pixels wide
LEAST_SIDE = 5  # pixels
DEEP = 256  # one more than the greatest value of a byte
ORIENTATION = 0x0112  # EXIF's number of the tag that says how the camera was held
TURNS = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}

Source = str | PathLike[str] | np.ndarray | Image.Image


def open_picture(source: Source) -> tuple[np.ndarray, str]:
    """The picture as uint8 (height, width, 3), its longest side at most WORKING, and how errors call it.

    Where it is transparent there is paper: of the colour of what is opaque if that is the most of it, else light
    under dark ink and dark under light ink. Raises EdgeglowError when there is no such picture.
    """
    if isinstance(source, np.ndarray):
        return _finish(_from_array(source), "the array"), "the array"
    if isinstance(source, Image.Image):
        name = str(getattr(source, "filename", "") or "the picture")
        _check_size(source, name)
        return _finish(source, name), name
    name = os.fspath(source)
    if not os.path.exists(name):
        raise EdgeglowError(f"{name}: no such file; expected a picture of a digit; check the name")
    if os.path.isdir(name):
        raise EdgeglowError(f"{name}: is a folder; expected a picture of a digit; name one file in it")
    check_input(Path(name), MOST_BYTES, "a picture of a digit")
    return _read(name), name


def _read(name: str) -> np.ndarray:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DecompressionBombWarning)  # the check of the size says it better
            # not by its name: Pillow 12 maps files that it knows by name, and scrambles TIFFs that lie on their side
            with open(name, "rb") as file, Image.open(file) as image:
                _check_size(image, name)
                return _finish(image, name)
    except UnidentifiedImageError as error:
        raise EdgeglowError(
            f"{name}: is not a picture that can be read; expected PNG, JPEG, WebP, GIF, BMP or TIFF;"
            " save it as one of these"
        ) from error
    except DecompressionBombError as error:
        raise EdgeglowError(f"{name}: {_TOO_LARGE}") from error
    except PermissionError as error:
        raise EdgeglowError(f"{name}: may not be read; expected a picture; change who may read it") from error
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError, KeyError) as error:
        # Pillow's decoders raise all of these for files that are cut short or damaged
        said = " ".join(str(error).split()) or type(error).__name__
        raise EdgeglowError(
            f"{name}: the picture is broken or cut short ({said}); expected a whole one; copy or save it again"
        ) from error


_TOO_LARGE = (
    f"has too many pixels to be opened; expected at most {MOST_PIXELS // 1_000_000} million; make it smaller"
)


def _check_size(image: Image.Image, name: str) -> None:
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise EdgeglowError(f"{name}: {_TOO_LARGE}")
    if min(width, height) < LEAST_SIDE:
        raise EdgeglowError(
            f"{name}: is {width}×{height} pixels; expected at least {LEAST_SIDE} on each side; use a larger one"
        )


def _from_array(array: np.ndarray) -> Image.Image:
    """Grey (height, width), or (height, width, 1, 3 or 4 channels): bytes, booleans, or numbers in 0..1."""
    given = f"the array: {array.dtype} of shape {array.shape}"
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[..., 0]
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (3, 4)) or 0 in array.shape:
        raise EdgeglowError(
            f"{given}; expected (height, width), or (height, width, 3) for colours; reshape it"
        )
    if array.dtype == np.bool_ or np.issubdtype(array.dtype, np.floating):
        if not (array.min() >= 0 and array.max() <= 1):  # NaN fails both
            raise EdgeglowError(f"{given} has values outside 0 to 1; expected 0..1, or bytes; scale it")
        array = np.rint(array.astype(np.float32) * 255).astype(np.uint8)
    elif array.dtype == np.uint16:
        array = (array // DEEP).astype(np.uint8)
    elif array.dtype != np.uint8:
        raise EdgeglowError(f"{given}; expected uint8, or floating point numbers in 0..1; convert it")
    image = Image.fromarray(np.ascontiguousarray(array))
    _check_size(image, "the array")
    return image


def _finish(image: Image.Image, name: str) -> np.ndarray:
    """Small first, as that is what takes time and memory, then upright and opaque."""
    image.draft(None, (2 * WORKING, 2 * WORKING))  # a JPEG can be decoded small right away
    image.load()
    turn = TURNS.get(
        image.getexif().get(ORIENTATION, 1)
    )  # after loading: TIFFs are turned while they are loaded
    if image.mode == "P" or (image.mode in ("1", "L", "RGB") and "transparency" in image.info):
        image = image.convert("RGBA")
    elif image.mode == "1":
        image = image.convert("L")
    if max(image.size) > 2 * WORKING and not _is_deep(image):
        image = image.reduce(
            max(image.size) // (2 * WORKING)
        )  # over whole squares: what is left is done finely
    if turn is not None:
        image = image.transpose(turn)
    if _is_deep(image):
        image = _shallow(image, name)
    if "A" in image.getbands() or "a" in image.getbands():
        opaque = _on_paper(image.convert("RGBA"))
    else:
        opaque = image.convert("RGB")
    opaque.thumbnail((WORKING, WORKING), Resampling.BOX)
    return np.asarray(opaque)


def _is_deep(image: Image.Image) -> bool:
    return image.mode in ("I", "F") or image.mode.startswith("I;16")


def _shallow(image: Image.Image, name: str) -> Image.Image:
    """Pictures with more than a byte a pixel: 16 bits as they are, all others from their least to their greatest."""
    step = max(1, max(image.size) // WORKING)
    values = np.asarray(image)
    height, width = values.shape[0] // step * step, values.shape[1] // step * step
    values = values[:height, :width].reshape(height // step, step, width // step, step).mean(axis=(1, 3))
    if not np.isfinite(values).all():
        raise EdgeglowError(
            f"{name}: has pixels that are no numbers; expected a plain picture; save it as PNG"
        )
    if image.mode == "F" or values.min() < 0 or values.max() >= DEEP * DEEP:
        low, high = float(values.min()), float(values.max())
        values = (values - low) * (255 / (high - low)) if high > low else np.zeros_like(values)
    elif values.max() >= DEEP:
        values = values / 257  # so that 65535 becomes 255
    return Image.fromarray(np.rint(values).astype(np.uint8))


def _on_paper(image: Image.Image) -> Image.Image:
    """Lay a picture with transparent parts on paper of one colour."""
    pixels = np.asarray(image)
    alpha = pixels[..., 3:].astype(np.float32) / 255
    opaque = alpha[..., 0] > 0.5
    if opaque.mean() > 0.5:
        ground = np.median(pixels[opaque][:, :3], axis=0).astype(np.float32)
    else:
        weight = float(alpha.sum())
        mean = float((pixels[..., :3].mean(axis=2, keepdims=True) * alpha).sum() / weight) if weight else 0.0
        ground = np.full(3, 255.0 if mean < 128 else 0.0, np.float32)
    laid = pixels[..., :3] * alpha + ground * (1 - alpha)
    return Image.fromarray(np.rint(laid).astype(np.uint8))
