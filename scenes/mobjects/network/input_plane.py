"""The input picture: one neuron for every pixel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
from manim import RIGHT, Group, Rectangle

from edgeglow.scenes.fields import SquareField
from edgeglow.scenes.style.layout import Area
from edgeglow.scenes.style.theme import DARK, Theme

DISTANCE = 9.0
FILLED = 0.92  # side of a pixel's square as a share of its cell, so that neighbours are distinguishable


class InputPlane(Group):
    """A picture of rows × columns pixels, as squares that can become discs and turn in perspective.

    ``pixels.centers`` are row by row.
    """

    def __init__(self, image_shape: tuple[int, int], side: float = 4.0, theme: Theme = DARK) -> None:
        super().__init__()
        self.image_shape = image_shape
        rows, columns = image_shape
        self.cell = side / max(rows, columns)
        self.theme = theme
        self.pixels = self.squares(self.flat_centers(), self.cell * FILLED, np.zeros(rows * columns))
        self.add(self.pixels.set_z_index(4))

    @property
    def area(self) -> Area:
        """The area that the cells of the upright pixels fill."""
        rows, columns = self.image_shape
        x, y, _ = self.pixels.get_center()
        half_x, half_y = columns * self.cell / 2, rows * self.cell / 2
        return Area(x - half_x, y - half_y, x + half_x, y + half_y)

    def flat_centers(self) -> np.ndarray:
        """Return the pixels' positions in an upright picture around the origin, (pixels, 3)."""
        rows, columns = self.image_shape
        row, column = np.divmod(np.arange(rows * columns), columns)
        across = (column - (columns - 1) / 2) * self.cell
        down = (row - (rows - 1) / 2) * self.cell
        return np.column_stack([across, -down, np.zeros(rows * columns)])

    def squares(self, centers: np.ndarray, side: float, values: np.ndarray, roundness: float = 0.0) -> SquareField:
        """Return squares in this plane's style at other places: centres (n, 3), one side, values (n,) in 0..1."""
        colors = {"low": self.theme.dark, "high": self.theme.bright}
        return SquareField(centers, side, values, roundness=roundness, **colors)

    def set_values(self, pixels: np.ndarray) -> Self:
        """Set the brightness of every pixel, (pixels,) in 0..1."""
        self.pixels.set_values(pixels)
        return self

    def turn_away(self, degrees: float = 50.0, towards: Sequence[float] = tuple(RIGHT)) -> Self:
        """Turn an upright picture about its vertical axis towards the layers at its right (about its horizontal
        axis towards those below it, with ``towards`` DOWN), and let its pixels be round: seen from
        ``DISTANCE`` picture-independent units in front of it."""
        center = self.pixels.get_center()
        angle = np.deg2rad(degrees)
        turned, kept = (0, 1) if abs(towards[0]) > abs(towards[1]) else (1, 0)
        sign = float(np.sign(towards[turned]))

        def project(points: np.ndarray) -> np.ndarray:
            flat = points - center
            depth = DISTANCE / (DISTANCE + sign * flat[:, turned] * np.sin(angle))
            seen = np.zeros_like(flat)
            seen[:, turned] = flat[:, turned] * np.cos(angle) * depth
            seen[:, kept] = flat[:, kept] * depth
            return seen + center

        self.pixels.points = project(self.pixels.points)
        self.pixels.set_roundness(1.0)
        return self


def dark_behind(area: Area, theme: Theme = DARK) -> Rectangle:
    """Return a rectangle for behind a close-up, in the background's colour."""
    dark = Rectangle(width=area.width, height=area.height, stroke_width=0)
    return dark.set_fill(theme.background, opacity=1.0).move_to(area.center)
