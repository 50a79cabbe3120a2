"""Numbers leave what they were read from, and come to where they are written."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from manim import Animation, FadeIn, LaggedStart, Mobject

SMALL = 0.35  # of their size they have where they come from


def gather(numbers: Iterable[Mobject], origins: Iterable[np.ndarray], lag: float = 0.2) -> Animation:
    """Every number grows out of its origin, (3,), and goes to its place, one after another."""
    flights = [
        FadeIn(number, target_position=origin, scale=SMALL)
        for number, origin in zip(numbers, origins, strict=True)
    ]
    return LaggedStart(*flights, lag_ratio=lag)
