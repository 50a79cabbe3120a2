"""Close-up of one neuron of the first layer after the inputs, with a line of numbers beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from manim import DOWN, LEFT, RIGHT, Circle, VGroup

from edgeglow.scenes.fields import LineField
from edgeglow.scenes.mobjects.network.network_diagram import NetworkDiagram
from edgeglow.scenes.mobjects.network.neuron_edges import edges_into
from edgeglow.scenes.mobjects.network.neuron_layer import NeuronLayer
from edgeglow.scenes.mobjects.numbers.number_label import NumberLabel
from edgeglow.scenes.mobjects.numbers.sum_line import format_added
from edgeglow.scenes.stage.chapter import STRIP_STEPS
from edgeglow.scenes.style.layout import FRAME_HEIGHT, Area, Layout
from edgeglow.scenes.style.number_format import WrittenSum
from edgeglow.scenes.style.theme import LABEL, Theme

CLOSE = 0.62  # visible radius of the neuron, in scene units
MOST_ZOOM = 6.5
FARTHER = 0.75  # least share of that zoom, if a closer view would cut another neuron
AROUND = 0.02  # visible scene units left free around the line of numbers
FINE = 2.4  # zoom above which a neuron's edges are not drawn wider


class SumCloseup:
    """The camera's view of the neuron at ``position`` of a diagram's first layer, and the mobjects beside it.

    ``written`` are its weighted sum, its bias and their total: there is room for all. ``zoom`` is the camera's zoom,
    ``area`` its target; ``ring`` is an accent ring, ``edges`` are the neuron's edges; ``spot`` is the
    place of the number beside it, by its side ``edge``, and ``sum_row`` the line of the sum, the bias, an equals sign
    and the total.
    """

    def __init__(
        self, diagram: NetworkDiagram, position: int, written: WrittenSum, *, layout: Layout, theme: Theme
    ) -> None:
        column = diagram.layers[0]
        self.column, self.layout, self.theme = column, layout, theme
        self.position = position
        self.center = column.center_of(position)
        self.zoom, self.shift = self._uncut(min(MOST_ZOOM, CLOSE / column.radius))
        self.size = layout.pick(LABEL + 15, LABEL + 9, LABEL) / self.zoom  # font size
        self.edge = (0.0, 0.0, 0.0) if diagram.is_tall else tuple(LEFT)
        self.ring = Circle(radius=1.3 * column.radius, color=theme.accent, stroke_width=5 / self.zoom)
        self.ring.move_to(self.center).set_z_index(6)
        thin = diagram.edges[0].line_width * min(1.0, FINE / self.zoom)
        self.edges: LineField = edges_into(diagram, 0, position).set_width(thin)
        self.sum_row = self._row(written)
        side = DOWN if diagram.is_tall else RIGHT
        self.sum_row.next_to(self.center, side, buff=1.3 * column.radius + 0.3 / self.zoom)
        self.area = self._area(float(self.sum_row.get_right()[0]))
        over = float(self.sum_row.get_right()[0]) - self.area.right
        under = self.area.left - float(self.sum_row.get_left()[0])
        self.sum_row.shift(RIGHT * (max(0.0, under) - max(0.0, over)))
        self.spot = self.sum_row.get_center() if diagram.is_tall else self.sum_row.get_left()

    def number(self, value: float, form: Callable[[float], str] = "{:z.2f}".format) -> NumberLabel:
        """Return a number in the accent colour, at the spot."""
        label = NumberLabel(value, form, self.size, self.theme.accent, self.theme, edge=self.edge)
        return label.move_to(self.spot, aligned_edge=self.edge)

    def in_its_way(self, layers: Sequence[NeuronLayer]) -> list[NeuronLayer]:
        """Return the later layers with a neuron at the place of the line of numbers."""
        row = self.sum_row
        half = np.array([row.width, row.height]) / 2 + AROUND / self.zoom

        def is_free(layer: NeuronLayer) -> bool:
            away = np.abs(layer.discs.centers - row.get_center())[:, :2]
            return bool((away > half + layer.radius).any(axis=1).all())

        return [layer for layer in layers if not is_free(layer)]

    def _row(self, written: WrittenSum) -> VGroup:
        def number(value: float, form: Callable[[float], str] = "{:z.2f}".format) -> NumberLabel:
            return NumberLabel(value, form, self.size, self.theme.accent, self.theme, edge=self.edge)

        equals = self.theme.write("=", self.size, self.theme.muted)
        parts = number(written.sum), number(written.bias, format_added)
        row = VGroup(*parts, equals, number(written.total))
        row.arrange(RIGHT, buff=0.2 / self.zoom)
        first, shift, _, both = row
        for label in (shift, both):
            label.shift([0, first.base_line - label.base_line, 0])
        return row

    def _area(self, right: float) -> Area:
        """Return the target area: the neuron in the middle, unless the line up to x = ``right`` needs more room."""
        stage = self.layout.stage
        across, up = stage.width / 2 / self.zoom, stage.height / 2 / self.zoom
        x, y = float(self.center[0]), float(self.center[1])
        if self.column.is_row:
            x += self.shift
        else:
            x, y = max(x, right - across), y + self.shift
        return Area(x - across, y - up, x + across, y + up)

    def _uncut(self, most: float) -> tuple[float, float]:
        """Return the largest zoom, and the least shift along the layer, at which the picture's border cuts no neuron.

        If there is none, it is ``most`` without a shift.
        """
        column, layout = self.column, self.layout
        axis = 0 if column.is_row else 1
        away = (column.discs.centers - self.center)[:, axis]
        if column.is_row:
            borders = np.array([[-1, -1], [1, 1]]) * layout.width / 2 - layout.stage.x
        else:
            caption = layout.caption
            soft = caption.top + 0.5 * caption.height / STRIP_STEPS  # mobjects below this are hardly visible
            borders = np.array([[caption.top, soft], [FRAME_HEIGHT / 2] * 2]) - layout.stage.y
        low, high = borders.T
        shifts = np.linspace(-0.5, 0.5, 41) * column.spacing
        for zoom in np.linspace(most, FARTHER * most, 40):
            for shift in sorted(shifts, key=abs):
                place = zoom * (away - shift)[:, None]
                if np.maximum(low - place, place - high).min() > 1.09 * zoom * column.radius:
                    return float(zoom), float(shift)
        return most, 0.0
