"""A part of a picture with many shades: black, white, and greys."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgeglow.scenes.style.layout import Area

NEAR = 0.1  # distance from black or white up to which a pixel is not grey


@dataclass(frozen=True)
class PictureCrop:
    """A rectangle of ``rows`` × ``columns`` pixels of a picture; (``top``, ``left``) is the first."""

    top: int
    left: int
    rows: int
    columns: int

    def numbers(self, image_shape: tuple[int, int]) -> np.ndarray:
        """Return the pixels' numbers in the picture, row by row, (rows × columns,)."""
        every = np.arange(image_shape[0] * image_shape[1]).reshape(image_shape)
        return every[self.top : self.top + self.rows, self.left : self.left + self.columns].ravel()

    def area(self, picture: Area, image_shape: tuple[int, int]) -> Area:
        """Return its area in a picture that fills the area ``picture``."""
        high, wide = picture.height / image_shape[0], picture.width / image_shape[1]
        left, top = picture.left + self.left * wide, picture.top - self.top * high
        return Area(left, top - self.rows * high, left + self.columns * wide, top)


def find_crop(picture: np.ndarray, rows: int, columns: int) -> PictureCrop:
    """Find the part of a picture, (height, width) in 0..1, with the most black, white and grey pixels.

    The number of the rarest of the three shades counts first, then the number of greys. The part is not larger
    than the picture.
    """
    height, width = picture.shape
    rows, columns = min(rows, height), min(columns, width)
    grey = (picture > NEAR) & (picture < 1 - NEAR)

    def worth(corner: PictureCrop) -> tuple[int, int]:
        place = np.s_[corner.top : corner.top + rows, corner.left : corner.left + columns]
        greys = int(grey[place].sum())
        blacks, whites = int((picture[place] <= NEAR).sum()), int((picture[place] >= 1 - NEAR).sum())
        return min(greys, blacks, whites), greys

    corners = [
        PictureCrop(top, left, rows, columns)
        for top in range(height - rows + 1)
        for left in range(width - columns + 1)
    ]
    return max(corners, key=worth)
