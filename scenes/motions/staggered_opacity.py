"""Animation of opacities, one mark after another."""

from __future__ import annotations

import numpy as np
from manim import Animation

from edgeglow.scenes.fields import PictureField, SquareField


class StaggeredOpacity(Animation):
    """Animation of the marks of a field to other opacities, one after another.

    ``opacities`` (n,) are the final ones; ``turns`` (n,), 0..1, are the order in which the marks start; each takes
    the share ``span`` of the time.
    """

    def __init__(
        self,
        field: PictureField | SquareField,
        opacities: np.ndarray,
        turns: np.ndarray,
        span: float = 0.3,
        **kwargs: float,
    ) -> None:
        self.opacities = np.asarray(opacities, dtype=np.float32)
        self.turns = np.asarray(turns, dtype=float)
        self.span = span
        super().__init__(field, rate_func=lambda t: t, **kwargs)

    def begin(self) -> None:
        self.before = self.mobject.opacities.copy()
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        part = np.clip((self.rate_func(alpha) - self.turns * (1 - self.span)) / self.span, 0.0, 1.0)
        part = part * part * (3 - 2 * part)  # at rest at both ends
        self.mobject.set_opacities((1 - part) * self.before + part * self.opacities)
