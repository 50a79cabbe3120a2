"""What neurons look for: every weight laid back over the pixel that its edge comes from."""

from __future__ import annotations

from typing import Self

import numpy as np
from manim import Group

from scenes.fields import SquareField
from scenes.stage.layout import Area, cells
from scenes.stage.theme import DARK, Theme

BETWEEN = 0.08  # of a picture's width, the gap between two


class WeightPictures(Group):
    """One small picture per neuron of the first layer after the pixels, in a grid, all of them one field.

    ``indices`` are the neurons shown; ``scale`` is the |weight| that is drawn in full colour; the grid fills
    ``area`` as well as its shape lets it. ``cells`` are the pictures' places.
    """

    def __init__(
        self,
        image_shape: tuple[int, int],
        indices: np.ndarray,
        *,
        scale: float,
        area: Area,
        theme: Theme = DARK,
    ) -> None:
        super().__init__()
        self.image_shape = image_shape
        self.indices = indices
        self.scale_of_weights = scale
        rows, columns = image_shape
        gap = BETWEEN * np.sqrt(area.width * area.height / len(indices))
        self.cells = cells(area, len(indices), columns / rows, float(gap))
        centers = np.concatenate([self._pixel_centers(cell) for cell in self.cells])
        self.squares = SquareField(
            centers,
            self.cells[0].width / columns * 1.02,
            np.zeros(len(centers)),
            low=theme.dark,
            high=theme.positive,
            negative=theme.negative,
        )
        self.add(self.squares)

    def set_weights(self, weights: np.ndarray) -> Self:
        """Show ``weights`` of shape (neurons, pixels), the rows of all the layer's neurons."""
        self.squares.set_values(self.shades(weights))
        return self

    def shades(self, weights: np.ndarray) -> np.ndarray:
        """The colour of every square: of ``weights`` (neurons, pixels) those of the neurons shown."""
        return self.shades_of(weights[self.indices].ravel())

    def shades_of(self, weights: np.ndarray) -> np.ndarray:
        """The colour of each of these weights, in -1 (negative) .. 1 (positive)."""
        return weight_shades(weights, self.scale_of_weights)

    def _pixel_centers(self, cell: Area) -> np.ndarray:
        rows, columns = self.image_shape
        side = cell.width / columns
        row, column = np.divmod(np.arange(rows * columns), columns)
        across = cell.x + (column - (columns - 1) / 2) * side
        up = cell.y - (row - (rows - 1) / 2) * side
        return np.column_stack([across, up, np.zeros(rows * columns)])


def weight_shades(weights: np.ndarray, scale: float) -> np.ndarray:
    """The colour of weights, in -1 (negative) .. 1 (positive): the signed root of each one's part of the full
    ``scale``, so that the small weights of the beginning can be seen beside those of the end."""
    part = weights / scale
    return np.asarray(np.sign(part) * np.sqrt(np.abs(part)))
