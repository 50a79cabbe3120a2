"""Animation of a number through many values."""

from __future__ import annotations

import numpy as np
from manim import Animation, linear

from edgeglow.scenes.mobjects.numbers.number_label import NumberLabel

APPEARED = 0.2  # share of the time in which the number fades in


class StepThroughValues(Animation):
    """Animation of a number through ``values`` (n,), each shown equally long.

    With ``appear``, it fades in at the start.
    """

    def __init__(self, number: NumberLabel, values: np.ndarray, *, appear: bool = False, **kwargs: float) -> None:
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
