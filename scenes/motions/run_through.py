"""A number on its way through others."""

from __future__ import annotations

import numpy as np
from manim import Animation, linear

from scenes.mobjects.number_label import NumberLabel


class RunThrough(Animation):
    """A number shows ``values`` (n,), one after another, each for as long; at the end the last."""

    def __init__(self, number: NumberLabel, values: np.ndarray, **kwargs: float) -> None:
        self.values = np.asarray(values, dtype=np.float64)
        super().__init__(number, rate_func=linear, **kwargs)

    def interpolate_mobject(self, alpha: float) -> None:
        place = round(float(np.clip(self.rate_func(alpha), 0.0, 1.0)) * (len(self.values) - 1))
        assert isinstance(self.mobject, NumberLabel)
        self.mobject.set_value(float(self.values[place]))
