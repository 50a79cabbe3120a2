"""The same quantity of two trainings: two curves on the same axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from manim import ManimColor, VGroup

from edgeglow.scenes.mobjects.charts.curve import Curve
from edgeglow.scenes.style.theme import DARK, Theme

APART = 0.22  # between the two numbers


class PairedCurves(VGroup):
    """Two curves, ``first`` and ``second``, with one name and one pair of axes, and their numbers side by side.

    ``positions``, ``values`` and ``colors`` have one entry for each; other arguments are those of Curve.
    """

    def __init__(
        self,
        positions: Sequence[np.ndarray],
        values: Sequence[np.ndarray],
        *,
        colors: Sequence[ManimColor],
        theme: Theme = DARK,
        **kwargs: Any,
    ) -> None:
        super().__init__()
        self.first, self.second = (
            Curve(place, value, color=color, theme=theme, **kwargs)
            for place, value, color in zip(positions, values, colors, strict=True)
        )
        self.second.remove(self.second.axes, self.second.ends, self.second.name)
        self.second.axes = self.first.axes
        widest = max(self._widest(self.second, form) for form in self.second.values)
        self.first.number.shift([-widest - APART, 0, 0])
        self.add(self.first, self.second)

    @staticmethod
    def _widest(curve: Curve, value: float) -> float:
        """Return the width of a curve's number for this value."""
        number = curve.number.copy()
        return float(number.set_value(float(value)).width)
