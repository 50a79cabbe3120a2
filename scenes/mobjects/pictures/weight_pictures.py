"""Weight pictures: every weight of a neuron at the place of its pixel."""

from __future__ import annotations

from typing import Self

import numpy as np
from manim import Group

from edgeglow.scenes.fields import SquareField
from edgeglow.scenes.style.layout import Area, grid_cells
from edgeglow.scenes.style.theme import DARK, Theme

BETWEEN = 0.08  # gap between two pictures, as a share of a picture's width


class WeightPictures(Group):
    """One small picture per neuron of the first layer after the inputs, in a grid, all in one field.

    ``indices`` are the neurons shown; ``scale`` is the |weight| that is drawn in full colour; the grid fills
    ``area`` as far as its shape allows, with ``gap`` between two. ``cells`` are the pictures' areas.
    """

    def __init__(
        self,
        image_shape: tuple[int, int],
        indices: np.ndarray,
        *,
        scale: float,
        area: Area,
        gap: float | None = None,
        theme: Theme = DARK,
    ) -> None:
        super().__init__()
        self.image_shape = image_shape
        self.indices = indices
        self.scale_of_weights = scale
        rows, columns = image_shape
        if gap is None:
            gap = BETWEEN * np.sqrt(area.width * area.height / len(indices))
        self.cells = grid_cells(area, len(indices), columns / rows, float(gap))
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
        """Show ``weights`` of shape (neurons, pixels), with rows for all neurons of the layer."""
        self.squares.set_values(self.shades(weights))
        return self

    def shades(self, weights: np.ndarray) -> np.ndarray:
        """Return the colour of every square, from ``weights`` (neurons, pixels) of all neurons of the layer."""
        return self.shades_of(weights[self.indices].ravel())

    def shades_of(self, weights: np.ndarray) -> np.ndarray:
        """Return the colour of each of these weights, in -1 (negative) .. 1 (positive)."""
        return weight_shades(weights, self.scale_of_weights)

    def _pixel_centers(self, cell: Area) -> np.ndarray:
        rows, columns = self.image_shape
        side = cell.width / columns
        row, column = np.divmod(np.arange(rows * columns), columns)
        across = cell.x + (column - (columns - 1) / 2) * side
        up = cell.y - (row - (rows - 1) / 2) * side
        return np.column_stack([across, up, np.zeros(rows * columns)])


def weight_shades(weights: np.ndarray, scale: float) -> np.ndarray:
    """Return the colour of weights, in -1 (negative) .. 1 (positive).

    It is the signed root of the weight's share of ``scale``, so that the small weights at the beginning of the
    training are visible, too.
    """
    part = weights / scale
    return np.asarray(np.sign(part) * np.sqrt(np.abs(part)))
