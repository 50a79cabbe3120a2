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
    RIGHT or ORIGIN) and the base line stay in place when the number changes.
    """

    def __init__(
        self,
        value: float = 0.0,
        form: Callable[[float], str] = "{:z.2f}".format,
        size: float = NUMBER,
        color: ManimColor | None = None,
        theme: Theme = DARK,
        edge: Sequence[float] = tuple(LEFT),
    ) -> None:
        super().__init__(fill_color=color or theme.text, fill_opacity=1.0, stroke_width=0.0)
        self.form = form
        self.size = size
        self.edge = edge
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
            side = self.get_critical_point([self.edge[0], 0, 0])[0]
            stand = self.base_line
        else:
            side, stand = 0.0, 0.0
        self.text = text
        self.set_points(points)
        self.hang = float(points[:, 1].min()) / scale
        self.shift([side - self.get_critical_point([self.edge[0], 0, 0])[0], stand, 0])
        return self

    @property
    def base_line(self) -> float:
        """Height (y) of the base line; a comma extends below it."""
        return float(self.get_bottom()[1] - self.hang * self.size / DRAWN_AT)

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
