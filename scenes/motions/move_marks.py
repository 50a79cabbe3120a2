"""Animation of many marks, which start one after another."""

from __future__ import annotations

import numpy as np
from manim import Animation

from edgeglow.scenes.fields import PictureField, SquareField


class MoveMarks(Animation):
    """Animation of the marks of one field to those of another, one after another, in position and appearance.

    ``lag`` is the share of the time between the first mark's start and the last one's; ``lift`` how far the
    middle of a path is bent upwards, in scene units; ``together`` how many adjacent marks start at the same time.
    """

    def __init__(
        self,
        field: SquareField | PictureField,
        target: SquareField | PictureField,
        lag: float = 0.6,
        lift: float = 0.5,
        together: int = 1,
        **kwargs: float,
    ) -> None:
        self.together = together
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
        turn = np.repeat(np.linspace(0.0, self.lag, -(-count // self.together)), self.together)[:count]
        progress = np.clip((alpha - turn) / max(1.0 - self.lag, 1e-9), 0.0, 1.0)
        eased = progress**3 * (progress * (6 * progress - 15) + 10)  # at rest at both ends
        self.mobject.interpolate(self.origin, self.target, float(eased.mean()))
        self.mobject.points = self._paths(eased)
        seen = np.minimum(1.0, 6 * eased)  # marks that start invisible appear soon after their start
        self.mobject.set_opacities(self.origin.opacities * (1 - seen) + self.target.opacities * seen)

    def _paths(self, eased: np.ndarray) -> np.ndarray:
        each = len(self.origin.points) // len(eased)  # points per mark; marks are consecutive
        part = np.repeat(eased, each)[:, None]
        bend = 4 * part * (1 - part) * self.lift * np.array([0.0, 1.0, 0.0])
        return self.origin.points * (1 - part) + self.target.points * part + bend
