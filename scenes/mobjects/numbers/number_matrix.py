"""Numbers in rows and columns between brackets, with dots for omitted ones."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Self

import numpy as np
from manim import Circle, ManimColor, VGroup, VMobject, interpolate_color

from edgeglow.scenes.mobjects.numbers.number_label import NumberLabel
from edgeglow.scenes.style.number_format import column_format
from edgeglow.scenes.style.theme import DARK, NUMBER, Theme

ROW = 0.0185  # distance between rows, as a multiple of the font size
COLUMN = 0.0108  # space between two columns
DOTS = 0.62  # room of a break, as a share of a number's
BRACKET = 0.0065  # space between the numbers and a bracket, and length of its hooks
FOR_TYPE = 0.1  # share of the text colour that makes a hue dark (or light) enough to read
ASIDE = 0.6  # share of the muted colour for numbers that are not highlighted


def sign_color(theme: Theme, value: float) -> ManimColor:
    """Return the colour in which a positive or negative number is written: that of such a weight."""
    hue = theme.positive if value >= 0 else theme.negative
    return interpolate_color(hue, theme.text, FOR_TYPE)


class NumberMatrix(VGroup):
    """Some rows and columns of a matrix.

    ``values`` is (rows, columns). A break, dots for omitted rows, precedes every row whose number is in
    ``row_breaks``, and follows the last one if the number of rows itself is; ``column_breaks`` likewise. Columns
    are in line by their decimal points. ``tight`` scales the space around numbers. ``forms`` are the formats of the
    columns, by default one for all. ``numbers[row][column]`` are the labels, ``dots[row]`` the dots in a row.
    """

    def __init__(
        self,
        values: np.ndarray,
        *,
        row_breaks: Collection[int] = (),
        column_breaks: Collection[int] = (),
        forms: Sequence[Callable[[float], str]] | None = None,
        size: float = NUMBER,
        tight: float = 1.0,
        theme: Theme = DARK,
    ) -> None:
        super().__init__()
        self.values = np.asarray(values, dtype=float)
        self.size = size
        self.tight = tight
        self.theme = theme
        forms = forms or [column_format(self.values)] * self.values.shape[1]
        self.numbers = [
            [
                NumberLabel(float(value), form, size, theme.muted, theme, edge=(1, 0, 0))
                for value, form in zip(row, forms, strict=True)
            ]
            for row in self.values
        ]
        heights = [ROW * size] * len(self.values)
        columns_of = list(zip(*self.numbers, strict=True))
        self.fractions = [max(label.get_right()[0] - label.point for label in column) for column in columns_of]
        wholes = [max(label.point - label.get_left()[0] for label in column) for column in columns_of]
        widths = self.widths = [sum(parts) for parts in zip(wholes, self.fractions, strict=True)]
        rows, row_gaps = _places(heights, row_breaks, DOTS * ROW * size, 0.0)
        columns, column_gaps = _places(widths, column_breaks, DOTS * ROW * size, tight * COLUMN * size)
        self._write(-rows, columns)
        self.dots = [self._dots([(x, -y) for x in column_gaps], (1, 0)) for y in rows]
        upright = self._dots([(x, -y) for y in row_gaps for x in columns], (0, 1))
        corners = self._dots([(x, -y) for y in row_gaps for x in column_gaps], (0.8, -0.8))
        self.breaks = VGroup(upright, corners)
        self.brackets = self._brackets()
        self.add(*(VGroup(*row) for row in self.numbers), *self.dots, self.breaks, self.brackets)
        self.move_to([0, 0, 0])

    def row(self, row: int) -> VGroup:
        """Return the numbers and the dots of one row."""
        return VGroup(*self.numbers[row], self.dots[row])

    def light(self, row: int | None) -> Self:
        """Colour the numbers of one row (all for None) by their signs; the others are duller."""
        for number, labels in enumerate(self.numbers):
            for label in labels:
                hue = sign_color(self.theme, label.value)
                lit = row is None or number == row
                label.set_fill(hue if lit else interpolate_color(hue, self.theme.muted, ASIDE))
        return self

    def _write(self, rows: np.ndarray, columns: np.ndarray) -> None:
        figure = 0.5 * self.numbers[0][0].height
        for y, labels in zip(rows, self.numbers, strict=True):
            for x, width, fraction, label in zip(columns, self.widths, self.fractions, labels, strict=True):
                label.shift([x + width / 2 - fraction - label.point, y - figure - label.base_line, 0])

    def _dots(self, places: list[tuple[float, float]], way: tuple[float, float]) -> VMobject:
        """Return three dots at every place, along ``way``, as one mobject."""
        dots = VMobject(fill_color=self.theme.muted, fill_opacity=1.0, stroke_width=0.0)
        step = 0.0042 * self.size
        circle = Circle(radius=0.0011 * self.size).points
        for x, y in places:
            for number in (-1, 0, 1):
                at = np.array([x + number * step * way[0], y + number * step * way[1], 0])
                dots.append_points(circle + at)
        return dots

    def _brackets(self) -> VGroup:
        room, brackets = self.tight * BRACKET * self.size, VGroup()
        written = VGroup(*(label for row in self.numbers for label in row), *self.dots, self.breaks)
        top, bottom = written.get_top()[1] + room, written.get_bottom()[1] - room
        for side, way in ((written.get_left()[0] - 1.3 * room, 1), (written.get_right()[0] + 1.3 * room, -1)):
            hook = side + way * room
            corners = [[hook, top, 0], [side, top, 0], [side, bottom, 0], [hook, bottom, 0]]
            bracket = VMobject(stroke_color=self.theme.outline, stroke_width=3, fill_opacity=0)
            brackets.add(bracket.set_points_as_corners(corners))
        return brackets


def _places(
    lengths: list[float], breaks: Collection[int], length: float, gap: float
) -> tuple[np.ndarray, list[float]]:
    """Return the positions of items of these lengths in a row, and of the breaks between them."""
    places, dots, at = [], [], 0.0
    for number in range(len(lengths) + 1):
        if number in breaks:
            dots.append(at + length / 2)
            at += length + gap
        if number < len(lengths):
            places.append(at + lengths[number] / 2)
            at += lengths[number] + gap
    return np.array(places), dots
