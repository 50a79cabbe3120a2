"""Fit a digit that was cut out of its picture to MNIST's pen width, size and position."""

from __future__ import annotations

import numpy as np
from PIL import Image
from PIL.Image import Resampling
from scipy import ndimage

BOX = 20 / 28  # part of each side of the image that the ink is fitted into
THINNEST = 2.2  # pixels, for an image of 28: MNIST's pens are about 1.6 to 4.2 pixels wide
SEEN = 0.1  # of the pen's darkness: less counts as not visible
SHARP = 64  # pixels: larger ink has sharp edges, and its greys come from the reduction


def level_ink(ink: np.ndarray, digit: np.ndarray, noise: float) -> np.ndarray:
    """Cut out the digit's ink, with its darkest part as 1 and the paper as 0: float32, 0..1.

    ``ink`` (height, width) is 0..1, ``digit`` is the mask of the digit. A small picture keeps its greys. In a large
    one, pixels more than half as dark as the pen become ink, as in the black and white scans that MNIST was made of.
    """
    rows, columns = np.nonzero(digit)
    size = max(np.ptp(rows), np.ptp(columns)) + 1
    darkest = float(np.percentile(ink[digit], 98))
    full = float(np.median(ink[digit & (ink > 0.6 * darkest)]))
    reach = max(1, round(size / 40))
    around = ndimage.binary_dilation(digit, np.ones((3, 3), bool), iterations=reach)
    sharpness = float(np.clip((size - 24) / (SHARP - 24), 0, 1))
    low = full * (0.42 * sharpness) + (1 - sharpness) * min(2 * noise, 0.3 * full)
    high = full * (1 - 0.42 * sharpness)
    level = np.where(around, np.clip((ink - low) / (high - low), 0, 1), 0).astype(np.float32)
    top, left, bottom, right = ink_bounds(level)
    return level[top:bottom, left:right]


def ink_bounds(level: np.ndarray) -> tuple[int, int, int, int]:
    """Return the first row and column with visible ink, and those after the last."""
    rows, columns = np.flatnonzero(level.max(axis=1) > SEEN), np.flatnonzero(level.max(axis=0) > SEEN)
    return int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1


def pen_width(level: np.ndarray) -> float:
    """Return the width of the line in pixels, estimated as twice its median depth on the centre line."""
    padded = np.pad(level > 0.5, 1)
    depth = ndimage.distance_transform_edt(padded)
    middle = (depth == ndimage.maximum_filter(depth, 3)) & padded
    return float(2 * np.median(depth[middle]) - 0.5) if middle.any() else 1.0


def thicken(level: np.ndarray, box: float, thinnest: float) -> np.ndarray:
    """Widen the digit's line if it is thinner than ``thinnest`` when the digit has the size ``box``.

    A network that has learnt from pens of some width does not read a hairline, whatever its shape; the pen's width
    does not change the digit. Every edge of the line moves outward by the same distance.
    """
    size, width = max(level.shape), pen_width(level)
    grow = (thinnest * size / box - width) / (1 - thinnest / box) / 2
    if grow < 0.25 or size < SHARP:
        return level
    padded = np.pad(level, int(grow) + 2)
    outside = ndimage.distance_transform_edt(padded < 0.5)
    grown = np.clip(grow + 1 - outside, 0, 1).astype(np.float32)
    top, left, bottom, right = ink_bounds(grown)
    return grown[top:bottom, left:right]


def resize(level: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Scale the digit to fit the box of an image of ``shape``, keeping its proportions; reduction averages pixels."""
    height, width = level.shape
    scale = min(BOX * shape[0] / height, BOX * shape[1] / width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    if size == (width, height):
        return level
    kind = Resampling.BOX if scale < 0.4 else Resampling.BICUBIC
    resized = np.asarray(Image.fromarray(level).resize(size, kind))
    return np.clip(resized / max(float(resized.max()), 0.5), 0, 1).astype(np.float32)


def centre_ink(box: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Place the box in an image of ``shape``, its centre of mass as near to the middle as whole pixels allow."""
    image = np.zeros(shape, np.float32)
    corner = [
        int(np.clip(np.rint(whole / 2 - place), 0, whole - side))
        for whole, place, side in zip(shape, ndimage.center_of_mass(box), box.shape, strict=True)
    ]
    image[corner[0] : corner[0] + box.shape[0], corner[1] : corner[1] + box.shape[1]] = box
    return image
