"""A growing sum, term by term, beside the picture whose pixels are its terms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

import numpy as np
from manim import DOWN, UP, Animation, Dot, Line, VGroup, VMobject

from edgeglow.scenes.mobjects.numbers.number_label import NumberLabel
from edgeglow.scenes.style.layout import Area
from edgeglow.scenes.style.theme import DARK, LABEL, Theme


class RunningTotal(VGroup):
    """A curve that runs downwards beside a picture: at the height of each row, the sum so far.

    Parameters
    ----------
    terms
        The terms, pixel by pixel in reading order, (pixels,).
    rows
        Rows of the picture.
    total
        The total as it is written when all terms are added.
    area
        The curve's area, as high as the picture; there is a line of text above and below it.
    beside
        Left end of the line that marks the present row over the picture.
    name, form
        The text above, and the format of the total below.
    """

    def __init__(
        self,
        terms: np.ndarray,
        rows: int,
        total: float,
        *,
        area: Area,
        beside: float,
        name: str,
        form: Callable[[float], str] = "{:z.2f}".format,
        theme: Theme = DARK,
    ) -> None:
        super().__init__()
        self.totals = np.concatenate([[0.0], np.cumsum(np.asarray(terms, dtype=np.float64))])
        self.total = total
        self.columns = len(terms) // rows
        self.rows = rows
        self.area = area
        low, high = float(self.totals.min()), float(self.totals.max())
        self.low = low
        self.per_unit = area.width / max(high - low, 1e-9)
        zero = self._across(0.0)
        self.axis = Line([zero, area.top, 0], [zero, area.bottom, 0], color=theme.outline, stroke_width=2)
        self.row = Line([beside, 0, 0], [area.right, 0, 0], color=theme.accent, stroke_width=2)
        self.line = VMobject(color=theme.text, stroke_width=4).set_fill(opacity=0)
        self.head = Dot(radius=0.07, color=theme.accent)
        self.name = theme.write(name, LABEL, theme.muted).next_to(self.axis, UP, buff=0.14)
        self.number = NumberLabel(0.0, form, LABEL + 6, theme.accent, theme, edge=(0.0, 0.0, 0.0))
        self.number.next_to(self.axis, DOWN, buff=0.22).set_x(area.x)
        self.name.set_x(min(area.x, area.right - self.name.width / 2))
        self.add(self.axis, self.row, self.line, self.head, self.name, self.number)
        self.show_until(0)

    def show_until(self, reached: float) -> Self:
        """Add up the first ``reached`` terms, the last one partly if the number is a fraction."""
        reached = float(np.clip(reached, 0, len(self.totals) - 1))
        numbers = np.append(np.arange(int(reached) + 1), reached)
        totals = np.interp(numbers, np.arange(len(self.totals)), self.totals)
        points = np.column_stack([self._across(totals), self._down(numbers), 0 * numbers])
        self.line.set_points_as_corners(points)
        self.head.move_to(points[-1])
        self.row.set_y(self._down(np.floor(min(reached, len(self.totals) - 1.5) / self.columns) * self.columns))
        self.row.shift(DOWN * self.area.height / self.rows / 2)
        added = int(reached)  # a term counts when it is added completely
        self.number.set_value(self.total if added == len(self.totals) - 1 else float(self.totals[added]))
        return self

    def _across(self, total: np.ndarray | float) -> np.ndarray | float:
        return self.area.left + (total - self.low) * self.per_unit

    def _down(self, count: np.ndarray | float) -> np.ndarray | float:
        return self.area.top - self.area.height * count / (len(self.totals) - 1)


class AnimateRunningTotal(Animation):
    """Animation of a total through all its terms, each taking the same time."""

    def __init__(self, total: RunningTotal, **kwargs: float) -> None:
        super().__init__(total, **kwargs)

    def interpolate_mobject(self, alpha: float) -> None:
        assert isinstance(self.mobject, RunningTotal)
        self.mobject.show_until(self.rate_func(alpha) * (len(self.mobject.totals) - 1))
