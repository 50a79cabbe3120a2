"""A single neuron."""

from __future__ import annotations

import numpy as np
from manim import Group

from edgeglow.scenes.fields import SquareField
from edgeglow.scenes.style.theme import DARK, Theme


class SingleNeuron(Group):
    """A disc with this radius around ``center``, dark, in the style of a layer's neurons."""

    def __init__(self, center: np.ndarray, radius: float, theme: Theme = DARK) -> None:
        super().__init__()
        self.squares = SquareField(
            np.asarray(center)[None],
            2 * radius,
            np.zeros(1),
            low=theme.dark,
            high=theme.bright,
            negative=theme.negative,
            roundness=1.0,
            stroke_color=theme.outline,
            stroke_width=0.022,
        ).set_z_index(5)
        self.add(self.squares)
