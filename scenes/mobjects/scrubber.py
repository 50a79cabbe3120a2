"""How far learning has come: a track with marks for the epochs, and a knob."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

import numpy as np
from manim import DOWN, LEFT, RIGHT, Dot, Line, VGroup

from scenes.mobjects.number_label import NumberLabel
from scenes.stage.theme import DARK, NUMBER, Theme

MOST_MARKS = 50


class Scrubber(VGroup):
    """A track from the first example to the last, with a mark for every epoch, or for every so many.

    ``total`` is the number of examples of the whole run, ``epoch_size`` those of one epoch; ``examples_form``
    and ``epoch_form`` write the two numbers below the track, in type of ``size``.
    """

    def __init__(
        self,
        total: int,
        epoch_size: int,
        *,
        examples_form: Callable[[float], str],
        epoch_form: Callable[[float], str],
        width: float,
        size: float = NUMBER,
        theme: Theme = DARK,
    ) -> None:
        super().__init__()
        self.total = max(total, 1)
        self.epoch_size = epoch_size
        self.track = Line([0, 0, 0], [width, 0, 0], color=theme.outline, stroke_width=3)
        self.done = Line([0, 0, 0], [0, 0, 0], color=theme.accent, stroke_width=5)
        marks = VGroup()
        every = epoch_size * max(1, -(-self.total // (MOST_MARKS * epoch_size)))
        for examples in np.arange(0, self.total + 1, every):
            x = width * examples / self.total
            marks.add(Line([x, -0.07, 0], [x, 0.07, 0], color=theme.outline, stroke_width=2))
        self.knob = Dot(radius=0.09, color=theme.accent)
        self.epoch = NumberLabel(0.0, epoch_form, size, theme.muted, theme)
        self.epoch.next_to(self.track, DOWN, buff=0.16).align_to(self.track, LEFT)
        self.examples = NumberLabel(0.0, examples_form, size, theme.muted, theme, edge=tuple(RIGHT))
        self.examples.next_to(self.track, DOWN, buff=0.16).align_to(self.track, RIGHT)
        self.add(self.track, marks, self.done, self.knob, self.epoch, self.examples)

    def set_examples(self, examples: float, written: int | None = None) -> Self:
        """Move the knob; ``written`` is what the numbers say, where only some moments were measured."""
        start, end = self.track.get_start(), self.track.get_end()
        here = start + (end - start) * min(examples / self.total, 1.0)
        self.knob.move_to(here)
        self.done.put_start_and_end_on(start, here + RIGHT * 1e-4)
        said = examples if written is None else written
        self.epoch.set_value(said / self.epoch_size)
        self.examples.set_value(said)
        return self
