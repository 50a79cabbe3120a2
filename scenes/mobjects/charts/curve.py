"""A measured quantity over the course of the training, drawn up to the present point."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Self

import numpy as np
from manim import DOWN, LEFT, UP, Dot, Line, ManimColor, VGroup, VMobject

from edgeglow.model.text.shares import format_share
from edgeglow.scenes.mobjects.numbers.number_label import NumberLabel
from edgeglow.scenes.style.theme import DARK, LABEL, SMALL, Theme

TICK = 0.09  # length of the mark at an axis's upper end
BESIDE = 0.1  # between an axis and the labels at its ends


class Curve(VGroup):
    """A curve through measured points, with its name and its present value above it.

    ``axes`` are the base, the side, and a tick at its upper end; ``ends`` are the labels there.

    Parameters
    ----------
    positions, values
        The points' positions on the axis, in 0..1 from left to right, and the measured values; (points,).
    top
        The value at the upper end of the axis; the lower end is 0.
    form
        Format of the present value.
    ends, gutter
        Labels left of the side at its lower and its upper end, if any, and the part of ``width`` that is left
        free for them.
    size
        Font size of the name; the number's is a little larger.
    """

    def __init__(
        self,
        positions: np.ndarray,
        values: np.ndarray,
        *,
        name: str,
        form: str,
        top: float,
        width: float,
        height: float,
        color: ManimColor,
        ends: Sequence[str] = (),
        gutter: float = 0.0,
        size: float = LABEL,
        theme: Theme = DARK,
    ) -> None:
        super().__init__()
        self.positions = np.asarray(positions, dtype=float)
        self.values = np.asarray(values, dtype=float)
        self.top = top
        left = gutter
        lines = (
            ((left, 0), (width, 0)),
            ((left, 0), (left, height)),
            ((left - TICK / 2, height), (left + TICK / 2, height)),
        )
        base, side, tick = (Line([*start, 0], [*end, 0], color=theme.outline, stroke_width=2) for start, end in lines)
        self.ends = VGroup(*(theme.write(end, SMALL, theme.muted) for end in ends if end))
        for word, up in zip(self.ends, (0.0, height), strict=False):
            word.move_to([left - BESIDE - word.width / 2, up, 0])
        self.name = theme.write(name, size, theme.muted).next_to(side, UP, buff=0.16).align_to(base, LEFT)
        self.number = NumberLabel(self.values[0], partial(format_share, spec=form), size + 3, color, theme)
        self.number.next_to(self.name, DOWN).set_x(width, direction=[1, 0, 0])
        self.number.edge = (1.0, 0.0, 0.0)
        self.number.shift([0, self.name.base_line - self.number.base_line, 0])
        self.line = VMobject(color=color, stroke_width=4).set_fill(opacity=0)
        self.head = Dot(radius=0.07, color=color)
        self.axes = VGroup(base, side, tick)
        self.add(self.axes, self.ends, self.name, self.number, self.line, self.head)
        self.show_until(0)

    def show_until(self, reached: float) -> Self:
        """Draw the curve up to point number ``reached``; with a fraction, also a part of the next segment."""
        reached = float(np.clip(reached, 0, len(self.values) - 1))
        whole = int(reached)
        points = self._places(np.append(np.arange(whole + 1), reached))
        self.line.set_points_as_corners(points)
        self.head.move_to(points[-1])
        self.number.set_value(float(self.values[whole]))  # only measured values are written
        return self

    def _places(self, numbers: np.ndarray) -> np.ndarray:
        """Return the positions of the curve's points of these numbers, (n, 3)."""
        order = np.arange(len(self.values))
        base, side = self.axes[0], self.axes[1]
        origin = base.get_start()
        along = np.interp(numbers, order, self.positions)[:, None]
        up = np.minimum(np.interp(numbers, order, self.values) / self.top, 1.0)[:, None]
        return np.asarray(origin + along * (base.get_end() - origin) + up * (side.get_end() - origin))
