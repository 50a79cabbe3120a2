"""Animation of a mark that passes over words and leaves them unchanged."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import Animation, Group, ManimColor, VMobject, interpolate_color, smooth

COMES = 0.1  # share of the time for fading in, and for fading out


class PassOver(Animation):
    """Animation of ``mark`` along ``places`` (n, 3), from the first to the last.

    Of the n ``words`` the one at the mark's place has the mark's colour, those beside it a little of it. At the
    end the mark is removed and the words are as before.
    """

    def __init__(self, mark: VMobject, words: Sequence[VMobject], places: np.ndarray, **kwargs: float) -> None:
        self.mark = mark
        self.words = tuple(words)
        self.places = np.asarray(places, dtype=np.float64)
        self.color: ManimColor = mark.get_stroke_color()
        self.at_rest = [word.get_fill_color() for word in self.words]
        super().__init__(Group(mark), rate_func=lambda t: t, introducer=True, remover=True, **kwargs)

    def interpolate_mobject(self, alpha: float) -> None:
        there = float(np.clip(min(alpha, 1.0 - alpha) / COMES, 0.0, 1.0))
        way = float(np.clip((alpha - COMES) / (1.0 - 2.0 * COMES), 0.0, 1.0))
        at = smooth(way) * (len(self.places) - 1)
        before = min(int(at), max(len(self.places) - 2, 0))
        after = min(before + 1, len(self.places) - 1)
        part = at - before
        self.mark.move_to((1.0 - part) * self.places[before] + part * self.places[after])
        self.mark.set_stroke(opacity=there)
        for number, (word, color) in enumerate(zip(self.words, self.at_rest, strict=True)):
            near = there * max(0.0, 1.0 - abs(at - number))
            word.set_fill(interpolate_color(color, self.color, near))
