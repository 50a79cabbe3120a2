"""A neuron's weights for inputs that are not a picture, each level with its input."""

from __future__ import annotations

import numpy as np
from manim import Group

from edgeglow.scenes.fields import SquareField
from edgeglow.scenes.mobjects.network.feature_column import FeatureColumn
from edgeglow.scenes.mobjects.network.input_plane import FILLED
from edgeglow.scenes.mobjects.pictures.weight_pictures import weight_shades
from edgeglow.scenes.style.layout import Area


class WeightLine(Group):
    """A square for every input drawn in ``inputs``: beside it in ``area``, or below it if the inputs are a row.

    ``scale`` is the |weight| that is drawn in full colour.
    """

    def __init__(self, inputs: FeatureColumn, *, scale: float, area: Area) -> None:
        super().__init__()
        self.scale_of_weights = scale
        theme, centers = inputs.theme, inputs.pixels.centers.copy()
        across = 1 if inputs.is_row else 0
        centers[:, across] = area.center[across]
        self.squares = SquareField(
            centers,
            FILLED * inputs.cell,
            np.zeros(len(centers)),
            low=theme.dark,
            high=theme.positive,
            negative=theme.negative,
            stroke_color=theme.outline,
            stroke_width=0.02,
        )
        self.add(self.squares)

    def shades_of(self, weights: np.ndarray) -> np.ndarray:
        """Return the colour of each of these weights, (inputs drawn,)."""
        return weight_shades(weights, self.scale_of_weights)
