"""The outputs of a network for one input over the course of the training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
from manim import LEFT, UP, Dot, Line, VGroup, VMobject

from edgeglow.scenes.mobjects.charts.curve import BESIDE, TICK
from edgeglow.scenes.mobjects.numbers.number_label import NumberLabel
from edgeglow.scenes.style.layout import Area
from edgeglow.scenes.style.theme import DARK, LABEL, SMALL, Theme

NAMES = 0.5  # height of the chart's name
BESIDE_HEAD = np.array([0.16, 0.2, 0.0])  # from the end of the answer's curve to its name


class OutputCurves(VGroup):
    """A curve for every output of a network, and the name of the highest one, its answer, at its end.

    Outputs that are the answer at some snapshot have bright curves, the last answer's in the accent colour.

    Parameters
    ----------
    positions, values
        The snapshots' positions on the axis, in 0..1, (snapshots,), and the outputs, (snapshots, outputs).
    names
        Names of the outputs.
    name
        The chart's name.
    area, gutter
        Its place, and the part of the width that is left free for the labels at its side; without it, there are none.
    """

    def __init__(
        self,
        positions: np.ndarray,
        values: np.ndarray,
        names: Sequence[str],
        *,
        name: str,
        area: Area,
        gutter: float,
        theme: Theme = DARK,
    ) -> None:
        super().__init__()
        self.positions = np.asarray(positions, dtype=float)
        self.values = np.asarray(values, dtype=float)
        self.answers = self.values.argmax(axis=1)
        low, high = min(0.0, float(self.values.min())), max(1.0, float(self.values.max()))
        self.range = (low, high)
        self.corner = np.array([area.left + gutter, area.bottom, 0.0])
        self.size = np.array([area.width - gutter, area.height - NAMES, 0.0])
        x, y, (width, height, _) = area.left + gutter, area.bottom, self.size
        ends = (
            ((x, y), (x + width, y)),
            ((x, y), (x, y + height)),
            ((x - TICK / 2, y + height), (x + TICK / 2, y + height)),
        )
        lines = (Line([*start, 0], [*end, 0], color=theme.outline, stroke_width=2) for start, end in ends)
        self.axes = VGroup(*lines)
        self.ends = VGroup(*(theme.write(f"{value:.3g}", SMALL, theme.muted) for value in self.range if gutter))
        for word, up in zip(self.ends, (0.0, height), strict=False):
            word.move_to([x - BESIDE - word.width / 2, y + up, 0])
        self.name = (
            theme.write(name, LABEL, theme.muted).next_to(self.axes[1], UP, buff=0.16).align_to(self.axes[0], LEFT)
        )
        ever = set(self.answers.tolist())
        looks = [(theme.text, 3) if output in ever else (theme.outline, 2) for output in range(len(names))]
        looks[self.answers[-1]] = (theme.accent, 5)
        self.curves = VGroup(*(VMobject(color=color, stroke_width=wide).set_fill(opacity=0) for color, wide in looks))
        self.head = Dot(radius=0.07, color=theme.text)
        self.answer = NumberLabel(
            float(self.answers[0]), lambda k: names[round(k)], LABEL + 6, theme.text, theme, edge=(-1.0, 0.0, 0.0)
        )
        self.add(self.axes, self.ends, self.name, *self.curves, self.head, self.answer)
        self.show_until(0)

    def show_until(self, reached: float) -> Self:
        """Draw the curves up to snapshot number ``reached``; with a fraction, also a part of the next segment."""
        reached = float(np.clip(reached, 0, len(self.values) - 1))
        numbers = np.append(np.arange(int(reached) + 1), reached)
        for output, curve in enumerate(self.curves):
            curve.set_points_as_corners(self._places(numbers, output))
        best = int(self.answers[int(reached)])  # only the answer of a snapshot is written
        here = self._places(numbers[-1:], best)[0]
        self.head.move_to(here)
        self.answer.set_value(float(best))
        self.answer.shift(here + BESIDE_HEAD - self.answer.get_corner([-1, 0, 0]))
        self.answer.shift([min(0.0, self.corner[0] + self.size[0] - self.answer.get_right()[0]), 0, 0])
        return self

    def _places(self, numbers: np.ndarray, output: int) -> np.ndarray:
        """Return the places of one output's points of these numbers, (n, 3)."""
        order, (low, high) = np.arange(len(self.values)), self.range
        along = np.interp(numbers, order, self.positions)
        up = (np.interp(numbers, order, self.values[:, output]) - low) / (high - low)
        return self.corner + np.stack([along, up, np.zeros_like(up)], axis=1) * self.size
