"""The brightness of a picture, and whether it is light on dark."""

from __future__ import annotations

import numpy as np
from PIL import Image
from PIL.Image import Resampling
from scipy import ndimage

LUMINANCE = (0.299, 0.587, 0.114)  # of red, green and blue


def to_grey(picture: np.ndarray) -> np.ndarray:
    """Return the brightness, float32 (height, width), of a picture (height, width, 3)."""
    return (picture @ np.array(LUMINANCE, np.float32)).astype(np.float32)


def is_light_on_dark(grey: np.ndarray) -> bool:
    """Return whether small details of the picture are brighter than their surroundings."""
    small = np.asarray(Image.fromarray(grey).resize(reduced_size(grey.shape, 40), Resampling.BOX))
    # half of the picture: a page on a table is wider, a digit's line is not
    away = small - ndimage.median_filter(small, max(3, max(small.shape) // 2), mode="nearest")
    return bool((away**3).sum() > 0)


def reduced_size(shape: tuple[int, ...], most: int) -> tuple[int, int]:
    """Return (width, height), in Pillow's order, of an image of ``shape`` reduced to at most ``most``."""
    scale = min(1.0, most / max(shape[:2]))
    return max(1, round(shape[1] * scale)), max(1, round(shape[0] * scale))
