"""Close-up of one neuron: its edges, and a large picture of its weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

import numpy as np
from manim import DOWN, Circle, Group

from edgeglow.scenes.mobjects.network.feature_column import FeatureColumn
from edgeglow.scenes.mobjects.network.network_diagram import NetworkDiagram
from edgeglow.scenes.mobjects.network.neuron_edges import edges_into
from edgeglow.scenes.mobjects.numbers.number_label import NumberLabel
from edgeglow.scenes.mobjects.numbers.weight_line import WeightLine
from edgeglow.scenes.mobjects.pictures.weight_pictures import WeightPictures
from edgeglow.scenes.style.layout import Area
from edgeglow.scenes.style.theme import SMALL

OVER_NETWORK = 7  # z of the picture


class WeightsCloseup(Group):
    """The edges into one neuron of the first layer, over the others, and a picture of its weights in ``area``.

    The neuron is the one shown at ``position`` of ``diagram``. Inputs that are not a picture get their weights as
    a line, level with them. Below, ``form`` formats a number, ``zoom`` times smaller, to be read in a close-up.
    """

    def __init__(
        self, diagram: NetworkDiagram, position: int, *, area: Area, form: Callable[[float], str], zoom: float
    ) -> None:
        super().__init__()
        theme = diagram.theme
        self.neuron = int(diagram.shown[0][position])
        self.lines = edges_into(diagram, 0, position)
        self.sources = diagram.sources(0)
        self.picture = self._picture(diagram, area).set_z_index(OVER_NETWORK)
        self.number = NumberLabel(0.0, form, (SMALL + 3) / zoom, theme.muted, theme, edge=(0.0, 0.0, 0.0))
        self.number.next_to(self.picture, DOWN, buff=0.2 / zoom).set_z_index(OVER_NETWORK)
        self.ring = Circle(radius=1.45 * diagram.layers[0].radius, color=theme.accent, stroke_width=5)
        self.ring.move_to(diagram.layers[0].center_of(position)).set_z_index(OVER_NETWORK)
        self.add(self.lines, self.picture, self.number, self.ring)

    def set_weights_between(self, first: np.ndarray, second: np.ndarray, part: float) -> Self:
        """Show a mixture of two weight matrices (neurons, pixels) of the layer."""
        one, two = first[self.neuron][self.sources], second[self.neuron][self.sources]
        self.lines.set_values_between(one, two, part)
        mixed = (1 - part) * one + part * two
        self.picture.squares.set_values(self.picture.shades_of(mixed))
        return self

    def _picture(self, diagram: NetworkDiagram, area: Area) -> WeightPictures | WeightLine:
        scale, inputs = diagram.weight_scale[0], diagram.inputs
        if isinstance(inputs, FeatureColumn):
            return WeightLine(inputs, scale=scale, area=area)
        neuron = np.array([self.neuron])
        return WeightPictures(inputs.image_shape, neuron, scale=scale, area=area, theme=diagram.theme)
