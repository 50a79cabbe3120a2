"""A wall of digits that fills the frame."""

from __future__ import annotations

import numpy as np
from manim import Group

from edgeglow.scenes.fields import PictureField
from edgeglow.scenes.mobjects.network.input_plane import FILLED
from edgeglow.scenes.style.layout import Area, best_columns
from edgeglow.scenes.style.theme import DARK, Theme

BETWEEN = 0.1  # gap between digits, as a share of a digit's cell


def grid_in(area: Area, image_shape: tuple[int, int], width: float, most: int) -> tuple[int, int]:
    """Return rows and columns of a grid of cells about ``width`` wide that fills the area.

    The cells are larger if there would be more than ``most``.
    """
    aspect = image_shape[1] / image_shape[0]
    rows, columns = max(1, round(area.height * aspect / width)), max(1, round(area.width / width))
    if rows * columns > most:
        columns = best_columns(area, most, aspect, 0.0)[0]
        rows = max(1, most // columns)
    return rows, columns


class DigitWall(Group):
    """Pictures (n, rows, columns) in a ``grid`` of (rows, columns) that fills ``area``, in reading order.

    ``pictures`` is a field of all of them, ``cells`` are the areas they cover.
    """

    def __init__(self, images: np.ndarray, grid: tuple[int, int], area: Area, theme: Theme = DARK) -> None:
        super().__init__()
        self.theme = theme
        aspect = images.shape[2] / images.shape[1]
        across, down = area.width / grid[1], area.height / grid[0]
        width = (1 - BETWEEN) * min(across, aspect * down)
        row, column = np.divmod(np.arange(len(images)), grid[1])
        x, y = area.left + (column + 0.5) * across, area.top - (row + 0.5) * down
        half_x, half_y = width / 2, width / aspect / 2
        self.cells = [
            Area(left - half_x, top - half_y, left + half_x, top + half_y) for left, top in zip(x, y, strict=True)
        ]
        self.pictures = self.field(np.column_stack([x, y, np.zeros(len(x))]), width, images)
        self.add(self.pictures)

    def field(self, centers: np.ndarray, width: float, images: np.ndarray) -> PictureField:
        """Return pictures in this wall's style elsewhere: centres (n, 3), one width, images (n, rows, columns)."""
        colors = {"low": self.theme.dark, "high": self.theme.bright}
        return PictureField(centers, width, images, filled=FILLED, **colors)
