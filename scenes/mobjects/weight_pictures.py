"""What neurons look for: every weight laid back over the pixel that its edge comes from."""

from __future__ import annotations

from typing import Self

import numpy as np
from manim import Group

from scenes.fields import SquareField
from scenes.stage.theme import DARK, Theme


class WeightPictures(Group):
    """One small picture per neuron of the first layer after the pixels, in a grid, all of them one field.

    ``indices`` are the neurons shown; ``scale`` is the |weight| that is drawn in full colour.
    """

    def __init__(
        self,
        image_shape: tuple[int, int],
        indices: np.ndarray,
        *,
        scale: float,
        width: float,
        columns: int = 4,
        theme: Theme = DARK,
    ) -> None:
        super().__init__()
        self.image_shape = image_shape
        self.indices = indices
        self.scale_of_weights = scale
        self.columns = min(columns, len(indices))
        self.picture = 0.92 * width / self.columns
        centers = np.concatenate([self._picture_centers(place, width) for place in range(len(indices))])
        self.squares = SquareField(
            centers,
            self.picture / max(image_shape) * 1.02,
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
        """The colour of every square, in -1 (negative) .. 1 (positive): the signed root of the weight's part of
        the full scale, so that the small weights of the beginning can be seen beside those of the end."""
        part = weights[self.indices].ravel() / self.scale_of_weights
        return np.sign(part) * np.sqrt(np.abs(part))

    def _picture_centers(self, place: int, width: float) -> np.ndarray:
        rows, columns = self.image_shape
        cell = self.picture / max(rows, columns)
        row, column = np.divmod(np.arange(rows * columns), columns)
        corner_row, corner_column = divmod(place, self.columns)
        pitch = width / self.columns
        across = corner_column * pitch + (column - (columns - 1) / 2) * cell
        down = corner_row * pitch + (row - (rows - 1) / 2) * cell
        return np.column_stack([across, -down, np.zeros(rows * columns)])
