"""A digit, or a window on it, in which one part is lit and the others are dim."""

from __future__ import annotations

from typing import Self

import numpy as np
from manim import Group

from scenes.fields import SquareField
from scenes.stage.layout import Area
from scenes.stage.theme import DARK, Theme

DIM = 0.3  # of its brightness keeps what is not spoken of
OVER_LINES = 7  # z

Window = tuple[int, int, int, int]  # top, left, height, width, in pixels


class PartPicture(Group):
    """The pixels of ``image``, (height, width) in 0..1, that lie in ``window``, as large as ``area`` lets them be.

    A window may reach beyond the image: there it is dark. ``cells`` are the window's pixels.
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
        """Where pixels of the image are in this picture, or would be if its window were larger: (n, 3)."""
        top, left, rows, columns = self.window
        across = self.middle[0] + (column - left - (columns - 1) / 2) * self.side
        up = self.middle[1] - (row - top - (rows - 1) / 2) * self.side
        return np.column_stack([across, up, np.zeros(len(row))])

    def light(self, part: np.ndarray) -> Self:
        """Let the pixels of one part, bool (height, width), have their own brightness, and the others less."""
        self.cells.set_values(self.seen(np.where(part, self.image, DIM * self.image)))
        return self

    def seen(self, image: np.ndarray) -> np.ndarray:
        """What of an image lies in the window, cell by cell; 0 beyond the image."""
        return np.where(self.inside, image.ravel()[self.pixels], 0.0)

    @property
    def inside(self) -> np.ndarray:
        """Which cells lie on the image."""
        rows, columns = self.image.shape
        return (self.row >= 0) & (self.row < rows) & (self.column >= 0) & (self.column < columns)

    @property
    def pixels(self) -> np.ndarray:
        """For every cell the number of its pixel, or of the nearest one, row by row."""
        rows, columns = self.image.shape
        return np.clip(self.row, 0, rows - 1) * columns + np.clip(self.column, 0, columns - 1)

    def lying_on(self, plane: SquareField) -> SquareField:
        """The cells as they are in another picture of the same image, of which all pixels are marks."""
        cells = self.cells.copy()
        cells.points = plane.marks[self.pixels].reshape(-1, 3).copy()
        cells.set_roundness(plane.roundness).set_values(self.seen(self.image))
        return cells.set_opacities(self.inside.astype(float))

    def within(self, other: PartPicture) -> SquareField:
        """The cells as they are in another, larger picture of the image, and not to be seen yet."""
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
