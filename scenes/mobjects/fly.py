"""Many marks on their way, each setting out in its turn."""

from __future__ import annotations

import numpy as np
from manim import Animation

from scenes.fields import SquareField


class FlySquares(Animation):
    """The squares of one field move to where those of another are, one after another.

    ``lag`` is the part of the time between the first square's start and the last one's; ``lift`` how far the
    middle of a path bends to the side, in scene units.
    """

    def __init__(
        self, field: SquareField, target: SquareField, lag: float = 0.6, lift: float = 0.5, **kwargs: float
    ) -> None:
        self.target = target
        self.lag = lag
        self.lift = lift
        super().__init__(field, rate_func=lambda t: t, **kwargs)

    def begin(self) -> None:
        self.origin = self.mobject.copy()
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        alpha = self.rate_func(alpha)
        count = len(self.origin.values)
        turn = np.linspace(0.0, self.lag, count)
        progress = np.clip((alpha - turn) / max(1.0 - self.lag, 1e-9), 0.0, 1.0)
        eased = progress**3 * (progress * (6 * progress - 15) + 10)  # at rest at both ends
        self.mobject.interpolate(self.origin, self.target, float(eased.mean()))
        self.mobject.points = self._paths(eased)

    def _paths(self, eased: np.ndarray) -> np.ndarray:
        each = len(self.origin.points) // len(eased)  # points per square, one square after another
        part = np.repeat(eased, each)[:, None]
        bend = 4 * part * (1 - part) * self.lift * np.array([0.0, 1.0, 0.0])
        return self.origin.points * (1 - part) + self.target.points * part + bend
