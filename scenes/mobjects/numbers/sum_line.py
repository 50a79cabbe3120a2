"""One line with a neuron's sum, its bias, and its activation."""

from __future__ import annotations

from collections.abc import Callable

from manim import RIGHT, VGroup, VMobject

from edgeglow.scenes.mobjects.numbers.number_label import NumberLabel
from edgeglow.scenes.mobjects.text.formula import Formula
from edgeglow.scenes.mobjects.text.function_names import SOFTMAX, function_symbol
from edgeglow.scenes.style.layout import Area
from edgeglow.scenes.style.number_format import WrittenSum, format_activation, with_minus
from edgeglow.scenes.style.theme import DARK, Theme

FORMULA_SIZE = 1.35  # font size of a formula relative to text with letters of the same height
AIR = 0.08  # more room behind the equals sign than the formula has


class SumLine(VGroup):
    """The parts ``sum``, ``bias``, ``equals`` and ``both`` in a row, and ``activated``, which replaces them.

    The second part of ``activated`` is ``both``, the last the ``activation``. ``kind`` is the name of the
    activation function. Everything is in the middle of ``area``.
    """

    def __init__(
        self, written: WrittenSum, activation: float, kind: str, *, area: Area, size: float, theme: Theme = DARK
    ) -> None:
        super().__init__()

        def number(value: float, form: Callable[[float], str] = "{:z.2f}".format) -> NumberLabel:
            return NumberLabel(value, form, size, theme.accent, theme)

        self.sum, self.bias = number(written.sum), number(written.bias, format_added)
        self.both = number(written.total)
        self.equals = theme.write("=", size, theme.muted)
        self.add(self.sum, self.bias, self.equals, self.both).arrange(RIGHT, buff=0.18)
        for part in self:
            part.shift([0, self.sum.base_line - part.base_line, 0])
        self.move_to(area.center)
        self.activation = number(activation, format_activation)
        before: VMobject = VGroup()
        if kind == SOFTMAX:  # of all sums of the layer together, not of this one
            after: VMobject = Formula("arrow.r", FORMULA_SIZE * size, theme.muted, theme)
        else:
            before = Formula(function_symbol(kind) + r" \(", FORMULA_SIZE * size, theme.muted, theme)
            after = Formula(r"\) =", FORMULA_SIZE * size, theme.muted, theme)
        place = self.both.copy()
        self.activated = VGroup(before, place, after, self.activation).arrange(RIGHT, buff=0.09)
        self.activation.shift([AIR, place.base_line - self.activation.base_line, 0])
        self.activated.move_to(area.center)

    @property
    def result(self) -> VGroup:
        """The line in its final state."""
        before, _, after, activation = self.activated
        return VGroup(before, self.both, after, activation)


def format_added(value: float) -> str:
    """Format a number for behind another to which it is added."""
    written = with_minus(f"{value:+z.2f}")
    return f"{written[0]} {written[1:]}"
