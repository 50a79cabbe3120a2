"""Convert pictures of every mode (palettes, 16 bits, CMYK, Lab, transparent) to bytes, reduced in size."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageCms
from PIL.Image import Resampling, Transpose

from edgeglow.model.errors import EdgeglowError

WORKING = 720  # pixels of the longest side for further processing: a pen's line is still a few pixels wide
DEEP = 256  # number of values of a byte
ORIENTATION = 0x0112  # EXIF tag of the camera's orientation
TURNS = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}


def from_array(array: np.ndarray) -> Image.Image:
    """Create an image from an array (height, width) or (height, width, 1, 3 or 4): bytes, booleans, or 0..1.

    Raises EdgeglowError for other shapes, types and values.
    """
    given = f"the array: {array.dtype} of shape {array.shape}"
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[..., 0]
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (3, 4)) or 0 in array.shape:
        raise EdgeglowError(f"{given}; expected (height, width), or (height, width, 3) for colours; reshape it")
    if array.dtype == np.bool_ or np.issubdtype(array.dtype, np.floating):
        if not (array.min() >= 0 and array.max() <= 1):  # NaN fails both
            raise EdgeglowError(f"{given} has values outside 0 to 1; expected 0..1, or bytes; scale it")
        array = np.rint(array.astype(np.float32) * 255).astype(np.uint8)
    elif array.dtype == np.uint16:
        array = (array // DEEP).astype(np.uint8)
    elif array.dtype != np.uint8:
        raise EdgeglowError(f"{given}; expected uint8, or floating point numbers in 0..1; convert it")
    return Image.fromarray(np.ascontiguousarray(array))


def opaque_pixels(image: Image.Image, name: str) -> np.ndarray:
    """Return the current frame as uint8 (height, width, 3): upright, opaque and at most WORKING large.

    It is reduced first, to save time and memory. Raises EdgeglowError for pixels that are not numbers.
    """
    image.draft(None, (2 * WORKING, 2 * WORKING))  # a JPEG can be reduced while it is decoded
    image.load()
    # after loading, since TIFFs are turned while they are loaded
    turn = TURNS.get(image.getexif().get(ORIENTATION, 1))
    image = _in_bands(_reduced_image(image))
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


def _reduced_image(image: Image.Image) -> Image.Image:
    """Reduce a much larger image to about WORKING by averaging squares of pixels.

    Indices into a palette and single bits cannot be averaged. Such an image is converted to colours in strips, one
    after another, so that it is never in memory twice as a whole.
    """
    factor = max(image.size) // (2 * WORKING)
    if factor < 2 or _is_deep(image):
        return image
    if not _is_indexed(image):
        return image.reduce(factor)
    high = factor * max(1, WORKING // factor)
    width, height = image.size
    strips = [
        _in_bands(image.crop((0, top, width, min(height, top + high)))).reduce(factor)
        for top in range(0, height, high)
    ]
    whole = Image.new(strips[0].mode, (strips[0].width, sum(strip.height for strip in strips)))
    top = 0
    for strip in strips:
        whole.paste(strip, (0, top))
        top += strip.height
    return whole


def _is_indexed(image: Image.Image) -> bool:
    return image.mode in ("1", "P", "PA") or "transparency" in image.info


def _in_bands(image: Image.Image) -> Image.Image:
    """Convert to one number for each colour of a pixel, and for its transparency if it has any."""
    if image.mode in ("P", "PA") or (image.mode in ("1", "L", "RGB") and "transparency" in image.info):
        return image.convert("RGBA")
    if image.mode == "1":
        return image.convert("L")
    if image.mode == "LAB":
        profiles = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
        return ImageCms.applyTransform(image, ImageCms.buildTransform(*profiles, "LAB", "RGB")) or image
    return image


def _is_deep(image: Image.Image) -> bool:
    return image.mode in ("I", "F") or image.mode.startswith("I;16")


def _shallow(image: Image.Image, name: str) -> Image.Image:
    """Convert pictures with more than a byte per pixel: 16 bits by value, others from minimum to maximum."""
    step = max(1, max(image.size) // WORKING)
    width, height = (side // step * step for side in image.size)
    means = []
    for top in range(
        0, height, step
    ):  # one row of squares at a time, since the whole image as floats would take twice the memory
        rows = np.asarray(image.crop((0, top, width, top + step)))
        means.append(rows.reshape(step, width // step, step).mean(axis=(0, 2), dtype=np.float64))
    values = np.array(means)
    if not np.isfinite(values).all():
        raise EdgeglowError(f"{name}: has pixels that are no numbers; expected a plain picture; save it as PNG")
    if image.mode == "F" or values.min() < 0 or values.max() >= DEEP * DEEP:
        low, high = float(values.min()), float(values.max())
        values = (values - low) * (255 / (high - low)) if high > low else np.zeros_like(values)
    elif values.max() >= DEEP:
        values = values / 257  # 65535 becomes 255
    return Image.fromarray(np.rint(values).astype(np.uint8))


def _on_paper(image: Image.Image) -> Image.Image:
    """Put a picture with transparent parts on paper of one colour."""
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
