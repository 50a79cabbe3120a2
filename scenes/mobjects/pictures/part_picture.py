"""A digit, or a window of it, with one part lit and the rest dim."""

from __future__ import annotations

from typing import Self

import numpy as np
from manim import Group

from edgeglow.scenes.fields import SquareField
from edgeglow.scenes.style.layout import Area
from edgeglow.scenes.style.theme import DARK, Theme

DIM = 0.3  # brightness of the rest, as a share of its own
OVER_LINES = 7  # z

Window = tuple[int, int, int, int]  # top, left, height, width, in pixels


class PartPicture(Group):
    """The pixels of ``image``, (height, width) in 0..1, within ``window``, as large as ``area`` allows.

    A window may extend beyond the image, where it is dark. ``cells`` are the window's pixels.
    """

    def __init__(self, image: np.ndarray, window: Window, area: Area, theme: Theme = DARK) -> None:
        super().__init__()
        self.image = image
        self.window = window
        top, left, rows, columns = window
        self.row, self.column = (grid.ravel() for grid in np.mgrid[top : top + rows, left : left + columns])
        self.side = min(area.width / columns, area.height / rows)
        self.middle = area.center[:2]
        colors = {"low": theme.dark, "high": theme.bright}
        self.cells = SquareField(self.places(self.row, self.column), self.side, self.seen(image), **colors)
        self.add(self.cells.set_z_index(OVER_LINES))

    def places(self, row: np.ndarray, column: np.ndarray) -> np.ndarray:
        """Return positions of pixels of the image in this picture, also outside its window: (n, 3)."""
        top, left, rows, columns = self.window
        across = self.middle[0] + (column - left - (columns - 1) / 2) * self.side
        up = self.middle[1] - (row - top - (rows - 1) / 2) * self.side
        return np.column_stack([across, up, np.zeros(len(row))])

    def light(self, part: np.ndarray) -> Self:
        """Light the pixels of one part, bool (height, width), with their own brightness, and dim the others."""
        self.cells.set_values(self.seen(np.where(part, self.image, DIM * self.image)))
        return self

    def seen(self, image: np.ndarray) -> np.ndarray:
        """Return an image's values in the window, cell by cell; 0 outside the image."""
        return np.where(self.inside, image.ravel()[self.pixels], 0.0)

    @property
    def inside(self) -> np.ndarray:
        """Whether each cell is within the image."""
        rows, columns = self.image.shape
        return (self.row >= 0) & (self.row < rows) & (self.column >= 0) & (self.column < columns)

    @property
    def pixels(self) -> np.ndarray:
        """Number of each cell's pixel, or of the nearest one, in reading order."""
        rows, columns = self.image.shape
        return np.clip(self.row, 0, rows - 1) * columns + np.clip(self.column, 0, columns - 1)

    def lying_on(self, plane: SquareField) -> SquareField:
        """Return the cells as they are in ``plane``, which shows all pixels of the same image."""
        cells = self.cells.copy()
        cells.points = plane.marks[self.pixels].reshape(-1, 3).copy()
        cells.set_roundness(plane.roundness).set_values(self.seen(self.image))
        return cells.set_opacities(self.inside.astype(float))

    def within(self, other: PartPicture) -> SquareField:
        """Return the cells as they are in another, larger picture of the image, still invisible."""
        cells = self.cells.copy().scale(other.side / self.side)
        cells.set_centers(other.places(self.row, self.column))
        return cells.set_opacities(np.zeros(len(self.row)))


def window_around(part: np.ndarray) -> Window:
    """The smallest square window that holds a part, bool (height, width), with a border of a pixel."""
    rows, columns = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
    top, left = int(rows[0]) - 1, int(columns[0]) - 1
    height, width = int(rows[-1]) + 2 - top, int(columns[-1]) + 2 - left
    side = max(height, width)
    return top - (side - height) // 2, left - (side - width) // 2, side, side
