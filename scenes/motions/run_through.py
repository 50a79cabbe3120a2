"""A number on its way through others."""

from __future__ import annotations

import numpy as np
from manim import Animation, linear

from scenes.mobjects.number_label import NumberLabel

APPEARED = 0.2  # of the time a number needs to be there entirely


class RunThrough(Animation):
    """A number shows ``values`` (n,), one after another, each for as long; at the end the last.

    With ``appear`` it comes out of nothing as it begins.
    """

    def __init__(
        self, number: NumberLabel, values: np.ndarray, *, appear: bool = False, **kwargs: float
    ) -> None:
        self.values = np.asarray(values, dtype=np.float64)
        self.appear = appear
        super().__init__(number, rate_func=linear, introducer=appear, **kwargs)

    def interpolate_mobject(self, alpha: float) -> None:
        reached = float(np.clip(self.rate_func(alpha), 0.0, 1.0))
        place = round(reached * (len(self.values) - 1))
        assert isinstance(self.mobject, NumberLabel)
        if self.appear:
            self.mobject.set_fill(opacity=min(1.0, reached / APPEARED))
        self.mobject.set_value(float(self.values[place]))
