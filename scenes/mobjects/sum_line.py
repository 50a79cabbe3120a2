"""What reaches a neuron, in one line: its sum, its bias, and what the activation function makes of both."""

from __future__ import annotations

from collections.abc import Callable

from manim import RIGHT, VGroup, VMobject

from scenes.mobjects.formula import Formula
from scenes.mobjects.functions import SOFTMAX, symbol
from scenes.mobjects.number_label import NumberLabel
from scenes.stage.layout import Area
from scenes.stage.theme import DARK, Theme

FORMULA_SIZE = 1.35  # a formula's type is so much larger than the film's for letters as high


class SumLine(VGroup):
    """``sum``, ``bias``, ``equals`` and ``both`` in a row; of ``squashed``, which takes their place, ``both`` is
    the second part, and the last is the ``activation``.

    ``kind`` is the name of the activation function. Everything stands in the middle of ``area``.
    """

    def __init__(
        self,
        total: float,
        bias: float,
        activation: float,
        kind: str,
        *,
        area: Area,
        size: float,
        theme: Theme = DARK,
    ) -> None:
        super().__init__()

        def number(value: float, form: Callable[[float], str] = "{:z.2f}".format) -> NumberLabel:
            return NumberLabel(value, form, size, theme.accent, theme)

        self.sum, self.bias, self.both = number(total), number(bias, added), number(total + bias)
        self.equals = theme.write("=", size, theme.muted)
        self.add(self.sum, self.bias, self.equals, self.both).arrange(RIGHT, buff=0.18)
        for part in self:
            part.shift([0, self.sum.base_line - part.base_line, 0])
        self.move_to(area.center)
        self.activation = number(activation)
        before: VMobject = VGroup()
        if kind == SOFTMAX:  # of all sums of the layer together: not a function of this one
            after: VMobject = Formula("arrow.r", FORMULA_SIZE * size, theme.muted, theme)
        else:
            before = Formula(symbol(kind) + r" \(", FORMULA_SIZE * size, theme.muted, theme)
            after = Formula(r"\) =", FORMULA_SIZE * size, theme.muted, theme)
        place = self.both.copy()
        self.squashed = VGroup(before, place, after, self.activation).arrange(RIGHT, buff=0.09)
        self.activation.shift([0, place.base_line - self.activation.base_line, 0])
        self.squashed.move_to(area.center)

    @property
    def result(self) -> VGroup:
        """The line as it stands in the end."""
        before, _, after, activation = self.squashed
        return VGroup(before, self.both, after, activation)


def added(value: float) -> str:
    """How a number is written behind another that it is added to."""
    return f"{'-' if value < 0 else '+'} {abs(value):.2f}"
