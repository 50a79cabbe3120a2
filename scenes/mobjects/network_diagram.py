"""The whole network: pixels, neurons, and every edge between those that are shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
from manim import DOWN, RIGHT, Animation, Circle, Dot, Group, VGroup, linear

from scenes.fields import LineField, SquareField
from scenes.mobjects.input_plane import InputPlane
from scenes.mobjects.number_label import NumberLabel
from scenes.stage.theme import DARK, LABEL, NUMBER, SMALL, STAGE_BOTTOM, STAGE_TOP, STILL, Theme

EDGE_WIDTH = 0.013
NAME_GAP = 0.2  # between an output neuron and its name
MOST_OF_A_NAME = 1.8  # how wide a name is written; a longer one is written smaller
LINE_OF_TYPE = 0.0112  # how high a figure of font size 1 is, with a little air
COLUMNS_TOP = STAGE_TOP - 0.55  # above it stand the layers' names
PULSE_LIGHT = 2.4  # how much brighter than what an edge carries the pulse along it is
MOST_SHOWN = 18  # neurons of a column that fit with a gap between them


class NeuronColumn(Group):
    """One layer after the first: discs in a column, with dots below where not all neurons are shown.

    ``indices`` are the neurons shown, of ``size`` there are; ``top`` and ``bottom`` bound the column.
    """

    def __init__(
        self, size: int, indices: np.ndarray, x: float, top: float, bottom: float, theme: Theme = DARK
    ) -> None:
        super().__init__()
        self.size = size
        self.indices = indices
        count = len(indices)
        if count < size:  # room for the dots, and for a note that says how many there are
            bottom += 0.95
        spacing = min(0.6, (top - bottom) / max(count - 0.4, 1))
        middle = (top + bottom) / 2
        self.spacing = spacing
        self.radius = min(0.215, 0.4 * spacing)
        heights = middle + spacing * ((count - 1) / 2 - np.arange(count))
        centers = np.column_stack([np.full(count, x), heights, np.zeros(count)])
        self.discs = SquareField(
            centers,
            2 * self.radius,
            np.zeros(count),
            low=theme.dark,
            high=theme.bright,
            negative=theme.negative,
            roundness=1.0,
            stroke_color=theme.outline,
            stroke_width=0.022,
        ).set_z_index(5)
        self.add(self.discs)
        self.dots = VGroup()
        if count < size:
            self.dots.add(*(Dot(radius=0.035, color=theme.muted) for _ in range(3))).arrange(DOWN, buff=0.07)
            self.dots.next_to(self.discs, DOWN, buff=0.1)
            self.add(self.dots)

    def center_of(self, position: int) -> np.ndarray:
        """Where the neuron shown at ``position`` is."""
        return self.discs.centers[position]


class NetworkDiagram(Group):
    """A network drawn from its shape, changed by data.

    Parameters
    ----------
    layer_sizes
        Neurons of every layer, the pixels first.
    image_shape
        Rows and columns of the picture.
    class_names
        What stands beside the output neurons.
    shown
        For every layer after the first, the indices of the neurons that are drawn; all by default.
    weight_scale, flow_scale
        For every gap between two layers, the |weight| and the |weight × activation| that are drawn bright.
    """

    def __init__(
        self,
        layer_sizes: Sequence[int],
        image_shape: tuple[int, int],
        class_names: Sequence[str],
        *,
        shown: Sequence[np.ndarray] | None = None,
        weight_scale: Sequence[float] | None = None,
        flow_scale: Sequence[float] | None = None,
        left: float = -6.4,
        right: float = 6.4,
        bottom: float = STAGE_BOTTOM + 0.3,
        theme: Theme = DARK,
    ) -> None:
        super().__init__()
        self.bottom = bottom
        self.theme = theme
        self.layer_sizes = tuple(layer_sizes)
        later = self.layer_sizes[1:]
        self.shown = tuple(shown) if shown is not None else tuple(np.arange(size) for size in later)
        gaps = len(later)
        self.weight_scale = tuple(weight_scale or (1.0,) * gaps)
        self.flow_scale = tuple(flow_scale or (1.0,) * gaps)
        span = right - left
        self.inputs = InputPlane(image_shape, side=min(4.4, 0.33 * span), theme=theme)
        middle = (COLUMNS_TOP + bottom) / 2
        self.inputs.turn_away().move_to([left + self.inputs.width / 2, middle, 0])
        widest = max(theme.write(str(name), LABEL).width for name in class_names)
        self.columns = self._build_columns(right - 1.35 - min(widest, MOST_OF_A_NAME), bottom)
        self.edges = [self._build_edges(gap) for gap in range(gaps)]
        self.names = self._build_names(class_names)
        self.confidences = self._build_confidences()
        self.ring = Circle(radius=self.columns[-1].radius * 1.5, color=theme.accent, stroke_width=5)
        self.ring.set_z_index(6)
        self.add(*self.edges, self.inputs, *self.columns, self.names, self.confidences)

    # -- what it shows ------------------------------------------------------------------------------------

    def set_weights(self, weights: Sequence[np.ndarray]) -> Self:
        """Let every edge show its weight; ``weights[k]`` has shape (neurons of layer k + 1, of layer k)."""
        for gap, matrix in enumerate(weights):
            self.edges[gap].set_values(self.edge_values(gap, matrix)).set_gain(
                self._gain(gap, self.weight_scale, 0.7)
            )
        return self

    def flow(self, gap: int, weights: np.ndarray, activations: np.ndarray) -> tuple[np.ndarray, float]:
        """Values and gain of a gap's lines when each carries weight × activation of the neuron it comes from."""
        return self.edge_values(gap, weights * activations[None, :]), self._gain(gap, self.flow_scale, 0.48)

    def set_pixels(self, pixels: np.ndarray) -> Self:
        self.inputs.set_values(pixels)
        return self

    def set_brightness(self, layer: int, brightness: np.ndarray) -> Self:
        """Let the neurons of a layer (1 is the first after the pixels) shine, in -1..1, one value for each
        neuron of the layer, shown or not."""
        column = self.columns[layer - 1]
        column.discs.set_values(brightness[column.indices])
        return self

    def set_confidences(self, values: np.ndarray) -> Self:
        """Write the activation beside every output neuron."""
        for label, index in zip(self.confidences, self.shown[-1], strict=True):
            label.set_value(float(values[index]))
        return self

    def put_ring(self, output: int) -> Circle:
        """The ring of attention, around one output neuron."""
        position = int(np.flatnonzero(self.shown[-1] == output)[0])
        return self.ring.move_to(self.columns[-1].center_of(position))

    def replace_edges(self, gap: int, edges: LineField) -> Self:
        """Let other lines, between the same neurons, be the edges of a gap."""
        self.remove(self.edges[gap])
        self.edges[gap] = edges
        self.add_to_back(edges)
        return self

    # -- what it is made of -------------------------------------------------------------------------------

    def edge_values(self, gap: int, matrix: np.ndarray) -> np.ndarray:
        """The entries of a (targets, sources) matrix in the order of the gap's lines: target by target."""
        return matrix[np.ix_(self.shown[gap], self.sources(gap))].ravel()

    def sources(self, gap: int) -> np.ndarray:
        """The neurons that the lines of a gap come from."""
        return np.arange(self.layer_sizes[0]) if gap == 0 else self.shown[gap - 1]

    def edge_ends(self, gap: int) -> tuple[np.ndarray, np.ndarray]:
        """Starts and ends, each (targets × sources, 3), target by target."""
        before = self.inputs.pixels.centers if gap == 0 else self.columns[gap - 1].discs.centers
        after = self.columns[gap].discs.centers
        return np.tile(before, (len(after), 1)), np.repeat(after, len(before), axis=0)

    def send_pulse(self, gap: int, weights: np.ndarray, activations: np.ndarray) -> Animation:
        """A pulse runs along every edge of a gap, as bright as what it carries, and is gone."""
        pulse = self.pulse(gap, weights, activations)
        return pulse.animate(rate_func=linear, introducer=True, remover=True).set_pulse(1.15, length=0.3)

    def pulse(self, gap: int, weights: np.ndarray, activations: np.ndarray) -> LineField:
        """Lines over those of a gap that carry nothing but a pulse, before it sets out."""
        values, gain = self.flow(gap, weights, activations)
        field = self._lines(gap, values, PULSE_LIGHT * gain)
        return field.set_pulse(-0.15, length=0.3, strength=1.0, base=0.0).set_z_index(1)

    def _gain(self, gap: int, scale: Sequence[float], crowding: float) -> float:
        """Light per unit of value. Where many lines share the picture each gives less."""
        crowd = len(self.shown[gap]) * len(self.sources(gap))
        return float(1.9 / (scale[gap] * max(1.0, crowd / 200.0) ** crowding))

    def _lines(self, gap: int, values: np.ndarray, gain: float) -> LineField:
        starts, ends = self.edge_ends(gap)
        colors = {"positive": self.theme.positive, "negative": self.theme.negative}
        return LineField(starts, ends, values, width=EDGE_WIDTH, gain=gain, **colors)

    def _build_columns(self, last: float, bottom: float) -> list[NeuronColumn]:
        gaps = len(self.shown)
        first = self.inputs.get_right()[0] + 0.28 * (last - self.inputs.get_right()[0])
        places = np.linspace(first, last, gaps) if gaps > 1 else np.array([last])
        return [
            NeuronColumn(size, indices, x, COLUMNS_TOP, bottom, self.theme)
            for size, indices, x in zip(self.layer_sizes[1:], self.shown, places, strict=True)
        ]

    def _build_edges(self, gap: int) -> LineField:
        starts, _ = self.edge_ends(gap)
        return self._lines(gap, np.zeros(len(starts)), self._gain(gap, self.weight_scale, 0.7))

    def _build_names(self, class_names: Sequence[str]) -> VGroup:
        column = self.columns[-1]
        names = VGroup()
        size = float(np.clip(column.spacing / LINE_OF_TYPE, SMALL, LABEL))
        for position, index in enumerate(column.indices):
            name = self.theme.write(str(class_names[index]), size)
            if name.width > MOST_OF_A_NAME:
                name.scale_to_fit_width(MOST_OF_A_NAME)
            name.move_to(column.center_of(position))
            name.shift(RIGHT * (column.radius + NAME_GAP + max(0.08, name.width / 2)))
            names.add(name)
        return names.set_z_index(STILL)

    def _build_confidences(self) -> VGroup:
        labels = VGroup()
        for name in self.names:
            label = NumberLabel(0.0, size=min(NUMBER, name.size), color=self.theme.muted, theme=self.theme)
            label.next_to(name, RIGHT, buff=0.28)
            labels.add(label)
        for label in labels:
            label.set_x(max(item.get_x() for item in labels))
        return labels.set_z_index(STILL)
