"""A number that can change in every frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Self

import numpy as np
from manim import LEFT, ManimColor, VMobject

from edgeglow.scenes.style.number_format import with_minus
from edgeglow.scenes.style.theme import DARK, DRAWN_AT, NUMBER, Theme, text_curves


@cache
def _glyph(character: str) -> tuple[np.ndarray, float]:
    """Return a character's curves, on the base line 0 and centred, and its width.

    All digits have the width of a 0, so that a changing number does not shake.
    """
    stand, framed = text_curves(f"0{character}0")
    _, noughts = text_curves("00")
    nought = len(noughts) // 2
    points = framed[nought:-nought] - np.array([0, stand, 0])
    points[:, 0] -= (points[:, 0].min() + points[:, 0].max()) / 2
    wider = text_curves("000")[1] if character.isdigit() else framed
    return points, float(np.ptp(wider[:, 0]) - np.ptp(noughts[:, 0]))


class NumberLabel(VMobject):
    """A number in the film's typeface, fast enough to be set in every frame.

    ``form`` formats the value, by default with two decimals. The side of the box that ``edge`` names (LEFT,
    RIGHT or ORIGIN) and the base line stay in place when the number changes; ``by_point``, its decimal point does.
    """

    def __init__(
        self,
        value: float = 0.0,
        form: Callable[[float], str] = "{:z.2f}".format,
        size: float = NUMBER,
        color: ManimColor | None = None,
        theme: Theme = DARK,
        edge: Sequence[float] = tuple(LEFT),
        by_point: bool = False,
    ) -> None:
        super().__init__(fill_color=color or theme.text, fill_opacity=1.0, stroke_width=0.0)
        self.form = form
        self.size = size
        self.edge, self.by_point = edge, by_point
        self.whole = 0.0  # width up to the decimal point, in units of the size drawn
        self.text = ""
        self.hang = 0.0  # from the base line to the lowest point, in units of the size drawn
        self.set_value(value)

    def set_value(self, value: float) -> Self:
        """Show ``value``."""
        self.value = value
        text = with_minus(self.form(value))
        if text == self.text:
            return self
        scale = self.size / DRAWN_AT
        points = self._line(text) * scale
        if self.text:
            side, stand = self._fixed, self.base_line
        else:
            side, stand = 0.0, 0.0
        self.text = text
        self.set_points(points)
        self.whole = self._pen(text.partition(".")[0]) - float(points[:, 0].min()) / scale
        self.hang = float(points[:, 1].min()) / scale
        self.shift([side - self._fixed, stand, 0])
        return self

    @property
    def base_line(self) -> float:
        """Height (y) of the base line; a comma extends below it."""
        return float(self.get_bottom()[1] - self.hang * self.size / DRAWN_AT)

    @property
    def point(self) -> float:
        """Position (x) of the decimal point, or of the end of a whole number."""
        return float(self.get_left()[0] + self.whole * self.size / DRAWN_AT)

    @property
    def _fixed(self) -> float:
        """Position (x) that stays when the number changes."""
        return self.point if self.by_point else float(self.get_critical_point([self.edge[0], 0, 0])[0])

    @staticmethod
    def _pen(text: str) -> float:
        """Return the room of a text, in units of the size drawn."""
        return sum(0.5 * _glyph("0")[1] if character == " " else _glyph(character)[1] for character in text)

    def _line(self, text: str) -> np.ndarray:
        shapes = []
        pen = 0.0
        for character in text:
            if character == " ":
                pen += 0.5 * _glyph("0")[1]
                continue
            points, room = _glyph(character)
            shapes.append(points + np.array([pen + room / 2, 0, 0]))
            pen += room
        return np.concatenate(shapes)


def align_points(labels: Sequence[NumberLabel]) -> None:
    """Shift numbers in a column sideways so that their decimal points are at the rightmost of these."""
    x = max((label.point for label in labels), default=0.0)
    for label in labels:
        label.shift([x - label.point, 0, 0])
