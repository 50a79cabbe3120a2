"""A number beside every neuron of a network."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import RIGHT, VGroup

from edgeglow.scenes.mobjects.network.network_diagram import NetworkDiagram
from edgeglow.scenes.mobjects.numbers.number_label import NumberLabel
from edgeglow.scenes.mobjects.numbers.number_matrix import sign_color
from edgeglow.scenes.style.theme import SMALL, Theme

BESIDE = 0.09  # between a number and its neuron
LINE = 1.35  # least distance between two numbers, as a multiple of a number's height


def numbers_of_neurons(diagram: NetworkDiagram, values: Sequence[np.ndarray], theme: Theme) -> list[VGroup]:
    """Return a column of numbers at the left of every layer; of layers without room for them there is none.

    ``values[k]`` (size of layer k + 1,) are the numbers of all its neurons, shown or not.
    """
    if diagram.is_tall:
        return []
    columns, edge = [], float(diagram.inputs.get_right()[0])
    for layer, numbers in zip(diagram.layers, values, strict=True):
        column = VGroup()
        for index, center in zip(layer.indices, layer.discs.centers, strict=True):
            value = float(numbers[index])
            label = NumberLabel(value, size=SMALL, color=sign_color(theme, value), theme=theme, edge=tuple(RIGHT))
            label.next_to(center, -RIGHT, buff=layer.radius + BESIDE)
            column.add(label.set_stroke(theme.background, width=6, background=True).set_z_index(6))
        has_room = float(column.get_left()[0]) > edge + BESIDE and layer.spacing > LINE * column[0].height
        edge = float(layer.get_right()[0])
        columns += [column] if has_room else []
    return columns
