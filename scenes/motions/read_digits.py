"""Animation that reads test digits at a growing speed and counts the answers."""

from __future__ import annotations

from collections.abc import Callable

from manim import Animation, Mobject

COUNT_POWER = 3.0  # the count grows with this power of the time


class ReadDigits(Animation):
    """Animation that calls ``count`` in every frame, and ``show`` for some of the digits.

    ``count`` gets the number of digits read so far, from ``first`` to ``last``; ``show`` the number of a digit, at
    most ``pictures`` times in all, as more per second would flicker. Both may change only parts of the mobject.
    """

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
        """Return how many digits are read at this share of the time."""
        return self.first + round((self.last - self.first) * alpha**COUNT_POWER)
