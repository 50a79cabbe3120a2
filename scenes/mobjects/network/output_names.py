"""Names and numbers of the output neurons, beside or below the last layer."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from manim import DOWN, PI, RIGHT, VGroup

from edgeglow.scenes.mobjects.network.neuron_layer import NeuronLayer
from edgeglow.scenes.mobjects.numbers.number_label import NumberLabel, align_points
from edgeglow.scenes.mobjects.text.fit_text import align_capitals, write_fitting
from edgeglow.scenes.style.layout import Area, keep_apart
from edgeglow.scenes.style.number_format import format_output
from edgeglow.scenes.style.theme import LABEL, NUMBER, SMALL, STILL, Theme

NAME_GAP = 0.2  # between an output neuron and its name
MOST_OF_A_NAME = 1.8  # largest width of a name beside a column,
ITS_SHARE = 0.19  # also as a share of the area's width
LINE_OF_FIGURES = 0.0112  # height of a line of digits of font size 1, with a little space
LINE_OF_LETTERS = 0.0148  # and of one of letters, from descender to ascender
UNDER_ROW = 1.12  # room below a last layer that is a row, for its names and numbers
HANGING = 0.06  # and for the descenders of letters
IN_A_ROW = {True: SMALL + 1, False: SMALL}  # font size below a row, of names that are digits, and of others
TOUCH = 0.04  # least distance between two numbers
APART = {True: 0.06, False: 0.14}  # least distance between them
LONGEST = 0.27  # largest length of a rotated name, as a share of the area's height


def are_figures(names: Sequence[str]) -> bool:
    """Return whether all names are numbers, which have no descenders."""
    return all(name.isdecimal() for name in names)


def room_beside(width: float) -> float:
    """Return the largest width of a name beside a column in an area of this width."""
    return min(MOST_OF_A_NAME, ITS_SHARE * width)


def widest_of(names: Sequence[str], width: float, theme: Theme) -> float:
    """Return the width of the widest name beside a column in an area of this width."""
    return max(words.width for words in write_fitting(theme, names, room_beside(width)))


def spacing_for(names: Sequence[str], width: float, theme: Theme) -> float | None:
    """Return the spacing of a row's neurons with which these names fit below them; None if they must be rotated."""
    figures = are_figures(names)
    widths = [theme.write(name, IN_A_ROW[figures]).width for name in names]
    spacing = max(((one + other) / 2 + APART[figures] for one, other in pairwise(widths)), default=0.0)
    ends = (widths[0] + widths[-1]) / 2
    return float(spacing) if spacing * (len(names) - 1) + ends <= width else None


def upright_length(names: Sequence[str], height: float, theme: Theme) -> float:
    """Return the length of the longest name when rotated, in an area of this height."""
    return float(max(words.width for words in write_fitting(theme, names, LONGEST * height, SMALL)))


class OutputNames(VGroup):
    """The names of the output neurons: right of a column, at most ``room`` wide, or below a row.

    ``upright`` is the length of names that are rotated below a row; 0 if they are not.
    """

    def __init__(
        self, layer: NeuronLayer, names: Sequence[str], theme: Theme, *, room: float, upright: float = 0.0
    ) -> None:
        super().__init__()
        figures = are_figures(names)
        if upright:
            self.add(*write_fitting(theme, names, upright, SMALL))
        elif layer.is_row:
            self.add(*(theme.write(name, IN_A_ROW[figures]) for name in names))
        else:
            line = LINE_OF_FIGURES if figures else LINE_OF_LETTERS
            size = float(np.clip(layer.spacing / line, SMALL, LABEL))
            self.add(*write_fitting(theme, names, room, size))
        for position, name in enumerate(self):
            center = layer.center_of(position)
            if upright:
                name.rotate(-PI / 2).next_to(center, DOWN, buff=layer.radius + 0.13)
            elif layer.is_row:
                name.move_to(center).shift(DOWN * (layer.radius + 0.13 + name.height / 2))
            else:
                name.move_to(center)
                if not figures:
                    align_capitals(name, float(center[1]))
                name.shift(RIGHT * (layer.radius + NAME_GAP + max(0.08, name.width / 2)))
        if layer.is_row and not upright and not figures:
            line = min(name.base_line for name in self)
            for name in self:
                name.shift([0, line - name.base_line, 0])
        self.share_a_line = not figures
        self.set_z_index(STILL)


class OutputNumbers(VGroup):
    """The activations of the output neurons, beside their names.

    Below a row they alternate between two heights if they are wider than the spacing, and stay within ``area``.
    """

    def __init__(self, names: OutputNames, is_row: bool, area: Area, theme: Theme) -> None:
        super().__init__()
        self.area, self.is_row = area, is_row
        self.places = [float(name.get_x()) for name in names]
        low = float(names.get_bottom()[1])
        apart = float(np.min(np.diff([name.get_x() for name in names]), initial=np.inf))
        for position, name in enumerate(names):
            size = min(NUMBER, name.size)
            label = NumberLabel(0.0, format_output, size, theme.muted, theme, by_point=not is_row)
            if is_row:
                step = 0.27 if label.width + 0.1 > apart else 0.0
                foot = low if names.share_a_line else float(name.get_bottom()[1])
                label.next_to([name.get_x(), foot, 0], DOWN, buff=0.09 + step * (position % 2))
                label.edge = (0.0, 0.0, 0.0)
            else:
                label.next_to(name, RIGHT, buff=0.28)
                if names.share_a_line:
                    label.shift([0, name.base_line - label.base_line, 0])
            self.add(label)
        if not is_row:
            align_points(list(self))
        self.set_z_index(STILL)

    def set_values(self, values: np.ndarray) -> None:
        """Write these activations, (outputs drawn,)."""
        for label, value in zip(self, values, strict=True):
            label.set_value(float(value))
        if not self.is_row:
            return
        for label, place in zip(self, self.places, strict=True):
            label.set_x(place)
        rows = len({round(float(label.base_line), 2) for label in self})  # one, or two in turn
        for row in range(rows):
            keep_apart(list(self)[row::rows], self.area, TOUCH)
