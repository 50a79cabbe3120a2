"""The whole network: inputs, neurons, and every edge between those shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Self

import numpy as np
from manim import DOWN, RIGHT, Animation, Circle, Group, Mobject, VGroup, linear

from edgeglow.scenes.fields import LineField
from edgeglow.scenes.mobjects.network.feature_column import FeatureColumn
from edgeglow.scenes.mobjects.network.input_plane import InputPlane
from edgeglow.scenes.mobjects.network.layer_positions import ROOM_BESIDE, position_layers, room_for_count
from edgeglow.scenes.mobjects.network.neuron_layer import LARGEST, ROOM_FOR_DOTS, WIDEST_SPACING, NeuronLayer
from edgeglow.scenes.mobjects.network.output_names import (
    HANGING,
    LINE_OF_FIGURES,
    UNDER_ROW,
    OutputNames,
    OutputNumbers,
    are_figures,
    room_beside,
    spacing_for,
    upright_length,
    widest_of,
)
from edgeglow.scenes.style.layout import Area
from edgeglow.scenes.style.theme import DARK, SMALL, Theme

EDGE_WIDTH = 0.013
TITLES = 0.55  # height of the strip above the layers for their names
MOST_OF_AN_INPUT = 2.2  # largest width of an input's name,
ITS_SHARE = 0.2  # also as a share of the area's width
BELOW = 0.3  # space below the layers
HALF_A_NUMBER = 0.16  # distance by which the numbers below a row may extend beyond its ends
ROW_AND_NAME = 0.72  # distance from a row to the one above it, with a name between
MANY_LAYERS = 5  # after the first; with more, the picture is smaller in a tall area
NEAREST_ROWS = 0.17  # least distance between rows
LARGEST_IN_ROW = 0.17  # radius of a row's discs
PULSE_LIGHT = 2.4  # brightness of a pulse relative to its edge


class NetworkDiagram(Group):
    """A network drawn from its layer sizes and changed by data, from left to right, or downwards in a tall area.

    Parameters
    ----------
    layer_sizes
        Neurons of every layer, the inputs first.
    build_inputs
        Function that creates the inputs, upright, from the longest sides of a picture and of a single line,
        ``theme`` and ``is_row``; or rows and columns of the picture that they are.
    class_names
        Names of the output neurons.
    inputs_shown
        The inputs that are drawn; all by default.
    shown
        For every layer after the first, the indices of the neurons that are drawn; all by default.
    weight_scale, flow_scale
        For every gap between two layers, the |weight| and the |weight × activation| that are drawn bright.
    area
        The part of the frame that it fills, including the layers' names above them.
    is_tall
        Whether it goes downwards; by default, if the area is tall.
    """

    def __init__(
        self,
        layer_sizes: Sequence[int],
        build_inputs: Callable[..., InputPlane] | tuple[int, int],
        class_names: Sequence[str],
        *,
        inputs_shown: np.ndarray | None = None,
        shown: Sequence[np.ndarray] | None = None,
        weight_scale: Sequence[float] | None = None,
        flow_scale: Sequence[float] | None = None,
        area: Area,
        is_tall: bool | None = None,
        theme: Theme = DARK,
    ) -> None:
        super().__init__()
        self.area = area
        self.is_tall = area.is_tall if is_tall is None else is_tall
        self.theme = theme
        self.layer_sizes = tuple(layer_sizes)
        later = self.layer_sizes[1:]
        self.shown = tuple(shown) if shown is not None else tuple(np.arange(size) for size in later)
        gaps = len(later)
        self.weight_scale = tuple(weight_scale or (1.0,) * gaps)
        self.flow_scale = tuple(flow_scale or (1.0,) * gaps)
        self.inputs_shown = np.arange(layer_sizes[0]) if inputs_shown is None else inputs_shown
        self.inputs = self._build_inputs(build_inputs)
        self.input_names = VGroup()
        if isinstance(self.inputs, FeatureColumn):
            self._name_inputs(self.inputs)
        self.upright = 0.0  # length of rotated names below a row
        called = [str(class_names[int(index)]) for index in self.shown[-1]]
        self.layers = self._build_rows(called) if self.is_tall else self._build_columns(called)
        self.edges = [self._build_edges(gap) for gap in range(gaps)]
        room = room_beside(area.width)
        self.names = OutputNames(self.layers[-1], called, theme, room=room, upright=self.upright)
        self.confidences = OutputNumbers(self.names, self.is_tall, area, theme)
        self.ring = Circle(
            radius=self.layers[-1].radius * (1.25 if self.is_tall else 1.5), color=theme.accent, stroke_width=5
        )
        self.ring.set_z_index(6)
        self.add(*self.edges, self.inputs, *self.layers, self.names, self.confidences)

    # -- setters ------------------------------------------------------------------------------------------

    def set_weights(self, weights: Sequence[np.ndarray]) -> Self:
        """Show every edge's weight; ``weights[k]`` has shape (neurons of layer k + 1, neurons of layer k)."""
        for gap, matrix in enumerate(weights):
            self.edges[gap].set_values(self.edge_values(gap, matrix)).set_gain(
                self._gain(gap, self.weight_scale, 0.7)
            )
        return self

    def flow(self, gap: int, weights: np.ndarray, activations: np.ndarray) -> tuple[np.ndarray, float]:
        """Return values and gain of a gap's lines for weight × activation of each edge's source neuron."""
        return self.edge_values(gap, weights * activations[None, :]), self._gain(gap, self.flow_scale, 0.48)

    def set_pixels(self, pixels: np.ndarray) -> Self:
        self.inputs.set_values(pixels)
        return self

    def set_brightness(self, layer: int, brightness: np.ndarray) -> Self:
        """Set the brightness of a layer's neurons (layer 1 follows the inputs).

        It is in -1..1, with one value for each neuron of the layer, shown or not.
        """
        column = self.layers[layer - 1]
        column.discs.set_values(brightness[column.indices])
        return self

    def set_confidences(self, values: np.ndarray) -> Self:
        """Write the activation beside every output neuron."""
        self.confidences.set_values(values[self.shown[-1]])
        return self

    def show_flow(
        self, weights: Sequence[np.ndarray], activations: Sequence[np.ndarray], light: Sequence[np.ndarray]
    ) -> Self:
        """Show one digit's forward pass: every edge with weight × activation, every neuron with its brightness.

        ``activations[k]`` (size of layer k,) starts with the inputs; ``light[k]`` is the brightness of layer k + 1.
        """
        self.set_pixels(activations[0])
        for gap, matrix in enumerate(weights):
            values, gain = self.flow(gap, matrix, activations[gap])
            self.edges[gap].set_values(values).set_gain(gain).set_opacity(1.0)
            self.set_brightness(gap + 1, light[gap])
        return self.set_confidences(activations[-1])

    def mark_answer(self, output: int) -> Self:
        """Set the accent colour for the name and number of one output, and the usual colours for the others."""
        for index, name, label in zip(self.shown[-1], self.names, self.confidences, strict=True):
            name.set_fill(self.theme.accent if index == output else self.theme.text)
            label.set_fill(self.theme.accent if index == output else self.theme.muted)
        return self

    def put_ring(self, output: int) -> Circle:
        """Move the accent ring to an output neuron, and return it."""
        position = int(np.flatnonzero(self.shown[-1] == output)[0])
        return self.ring.move_to(self.layers[-1].center_of(position))

    def replace_edges(self, gap: int, edges: LineField) -> Self:
        """Replace the edges of a gap by other lines between the same neurons."""
        self.remove(self.edges[gap])
        self.edges[gap] = edges
        self.add_to_back(edges)
        return self

    # -- helpers ------------------------------------------------------------------------------------------

    def edge_values(self, gap: int, matrix: np.ndarray) -> np.ndarray:
        """Return the entries of a (targets, sources) matrix in the order of the gap's lines: target by target."""
        return matrix[np.ix_(self.shown[gap], self.sources(gap))].ravel()

    def sources(self, gap: int) -> np.ndarray:
        """Return the neurons at which the lines of a gap start."""
        return self.inputs_shown if gap == 0 else self.shown[gap - 1]

    @property
    def inputs_is_cut(self) -> bool:
        """Whether there are more inputs than are drawn."""
        return len(self.inputs_shown) < self.layer_sizes[0]

    def edge_ends(self, gap: int) -> tuple[np.ndarray, np.ndarray]:
        """Return starts and ends of a gap's lines, each (targets × sources, 3), target by target."""
        before = self.inputs.pixels.centers if gap == 0 else self.layers[gap - 1].discs.centers
        after = self.layers[gap].discs.centers
        return np.tile(before, (len(after), 1)), np.repeat(after, len(before), axis=0)

    def send_pulse(self, gap: int, weights: np.ndarray, activations: np.ndarray) -> Animation:
        """Return the animation of a pulse along every edge of a gap, with the brightness of weight × activation."""
        pulse = self.pulse(gap, weights, activations)
        return pulse.animate(rate_func=linear, introducer=True, remover=True).set_pulse(1.15, length=0.3)

    def pulse(self, gap: int, weights: np.ndarray, activations: np.ndarray) -> LineField:
        """Return lines over those of a gap that show only a pulse, at its start."""
        values, gain = self.flow(gap, weights, activations)
        field = self._lines(gap, values, PULSE_LIGHT * gain)
        return field.set_pulse(-0.15, length=0.3, strength=1.0, base=0.0).set_z_index(1)

    def _gain(self, gap: int, scale: Sequence[float], crowding: float) -> float:
        """Return the light per unit of value, less if there are many lines."""
        crowd = len(self.shown[gap]) * len(self.sources(gap))
        return float(1.9 / (scale[gap] * max(1.0, crowd / 200.0) ** crowding))

    def _lines(self, gap: int, values: np.ndarray, gain: float) -> LineField:
        starts, ends = self.edge_ends(gap)
        colors = {"positive": self.theme.positive, "negative": self.theme.negative}
        return LineField(starts, ends, values, width=EDGE_WIDTH, gain=gain, **colors)

    def _build_inputs(self, build: Callable[..., InputPlane] | tuple[int, int]) -> InputPlane:
        area = self.area
        low = 0.62 * (area.height - 1.5)  # in a low area the rows need the room
        side = min(0.62 * area.width, 0.5 * area.height, low) if self.is_tall else min(4.4, 0.33 * area.width)
        if self.is_tall and len(self.shown) > MANY_LAYERS:
            side *= 0.75
        room = 0.9 * area.width if self.is_tall else area.height - TITLES - BELOW - 0.3
        if isinstance(build, tuple):
            inputs = InputPlane(build, side=side, theme=self.theme)
        else:
            inputs = build(side, room, self.theme, is_row=self.is_tall)
        if self.is_tall:
            inputs.turn_away(degrees=42.0, towards=DOWN)
            return inputs.move_to([area.x, area.top - 0.38 - inputs.height / 2, 0])
        inputs.turn_away()
        middle = (area.top - TITLES + area.bottom + BELOW) / 2
        return inputs.move_to([area.left + inputs.width / 2, middle, 0])

    def _name_inputs(self, inputs: FeatureColumn) -> None:
        """Write the inputs' names at their left, and make room for them."""
        names = inputs.written_names(room=min(MOST_OF_AN_INPUT, ITS_SHARE * self.area.width))
        if len(names):
            shift = RIGHT * (self.area.left - float(names.get_left()[0]))
            inputs.shift(shift)
            names.shift(shift)
        self.input_names = names

    def _build_columns(self, names: Sequence[str]) -> list[NeuronLayer]:
        area = self.area
        last = area.right - 1.45 - widest_of(names, area.width, self.theme)
        places = position_layers(float(self.inputs.get_right()[0]), last, len(self.shown))
        bottom = area.bottom + BELOW + (0.25 if self._is_cut() else 0.0)
        top = area.top - TITLES - (0.3 if self._is_cut() else 0.0)
        largest = min(LARGEST, 0.4 * float(np.min(np.diff(places), initial=1.0)))
        return [
            NeuronLayer(size, indices, x, top, bottom, largest=largest, theme=self.theme)
            for size, indices, x in zip(self.layer_sizes[1:], self.shown, places, strict=True)
        ]

    def _build_rows(self, names: Sequence[str]) -> list[NeuronLayer]:
        area = self.area
        under, spacing = self._under_last(names)
        places = position_layers(float(self.inputs.get_bottom()[1]), area.bottom + under, len(self.shown))
        # There are names above the first row and the last; the rows between are closer.
        if len(places) > 2:
            upper = np.linspace(places[0], max(places[-2], places[-1] + ROW_AND_NAME), len(places) - 1)
            # If there is no room for a name between two rows, none is written.
            if upper[0] - upper[1] > NEAREST_ROWS:
                places[:-1] = upper
        largest = min(LARGEST_IN_ROW, 0.4 * float(np.min(np.abs(np.diff(places)), initial=1.0)))
        how: dict[str, Any] = {"is_row": True, "largest": largest, "theme": self.theme}
        *others, last = zip(self.layer_sizes[1:], self.shown, places, strict=True)
        above = [float(self.inputs.get_bottom()[1]), *places]
        rows = [
            NeuronLayer(*row, area.left, area.right - room_for_count(*row[:2], over - row[2]), **how)
            for row, over in zip(others, above, strict=False)
        ]
        side = 0.0 if spacing > WIDEST_SPACING else HALF_A_NUMBER
        ends = area.left + side, area.right - side
        return [*rows, NeuronLayer(*last, *ends, widest=max(WIDEST_SPACING, spacing), **how)]

    def has_room_beside(self, layer: Mobject) -> bool:
        """Return whether the count of a row's neurons fits beside it."""
        return self.is_tall and float(layer.get_right()[0]) < self.area.right - 0.9 * ROOM_BESIDE

    def _under_last(self, names: Sequence[str]) -> tuple[float, float]:
        """Return the room below the last row for its names and numbers, and the spacing of its neurons."""
        room = self.area.width - ROOM_FOR_DOTS * (len(names) < self.layer_sizes[-1])
        spacing = spacing_for(names, room, self.theme)
        if spacing is not None:
            return UNDER_ROW + (0.0 if are_figures(names) else HANGING), spacing
        self.upright = upright_length(names, self.area.height, self.theme)
        return UNDER_ROW - LINE_OF_FIGURES * SMALL + self.upright, 0.0

    def _is_cut(self) -> bool:
        return any(len(shown) < size for shown, size in zip(self.shown, self.layer_sizes[1:], strict=True))

    def _build_edges(self, gap: int) -> LineField:
        starts, _ = self.edge_ends(gap)
        return self._lines(gap, np.zeros(len(starts)), self._gain(gap, self.weight_scale, 0.7))
