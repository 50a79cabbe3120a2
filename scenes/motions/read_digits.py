"""Test digits are read, slowly at first and then faster and faster, and their answers counted."""

from __future__ import annotations

from collections.abc import Callable

from manim import Animation, Mobject

SWIFTNESS = 3.0  # the power of the time by which the count grows


class ReadDigits(Animation):
    """``count`` is called in every frame with how many digits have been read, from ``first`` to ``last``, and
    ``show`` with the number of one that is being read, not more than ``pictures`` times in all: more in a second
    would flicker. Both change nothing but parts of the mobject."""

    def __init__(
        self,
        mobject: Mobject,
        first: int,
        last: int,
        *,
        count: Callable[[int], object],
        show: Callable[[int], object],
        pictures: int,
        **kwargs: float,
    ) -> None:
        self.first, self.last = first, last
        self.count, self.show = count, show
        self.pictures = pictures
        super().__init__(mobject, rate_func=lambda t: t, **kwargs)

    def interpolate_mobject(self, alpha: float) -> None:
        alpha = self.rate_func(alpha)
        self.count(self.read_at(alpha))
        shown = self.read_at(int(alpha * self.pictures + 1e-9) / self.pictures)
        if shown:
            self.show(shown - 1)

    def read_at(self, alpha: float) -> int:
        """How many digits have been read when this part of the time is over."""
        return self.first + round((self.last - self.first) * alpha**SWIFTNESS)
