"""The progress of the training: a track with marks, and a knob."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Self

import numpy as np
from manim import DOWN, LEFT, RIGHT, Dot, Line, VGroup

from edgeglow.scenes.mobjects.numbers.number_label import NumberLabel
from edgeglow.scenes.style.theme import DARK, NUMBER, SMALL, Theme

MOST_MARKS = 50
BETWEEN = 0.12  # least distance between two times written at the track; others are left out
TICK_HEIGHT = 0.2  # of a time written at the track


class TrainingProgress(VGroup):
    """A progress bar from one time of the training to another, with a mark at each of ``marks``, or fewer if many.

    ``start`` and ``end`` are times in any unit that grows during training. ``forms`` format the present time below
    the track, in font size ``size``: the last at the right end, one before it at the left. ``scale`` maps a time to
    its place on the track, 0 to 1 (evenly by default); ``ticks`` are times that are written below the track.
    """

    def __init__(
        self,
        start: float,
        end: float,
        marks: np.ndarray,
        *,
        forms: Sequence[Callable[[float], str]],
        width: float,
        size: float = NUMBER,
        scale: Callable[[float], float | np.ndarray] | None = None,
        ticks: Sequence[float] = (),
        theme: Theme = DARK,
    ) -> None:
        super().__init__()
        self.start = start
        self.span = end - start if end > start else 1.0
        self.scale = scale or self._evenly
        self.track = Line([0, 0, 0], [width, 0, 0], color=theme.outline, stroke_width=3)
        self.done = Line([0, 0, 0], [0, 0, 0], color=theme.accent, stroke_width=5)
        lines = VGroup()
        for moment in marks[:: max(1, -(-(len(marks) - 1) // MOST_MARKS))]:
            x = width * float(self.scale(moment))
            lines.add(Line([x, -0.07, 0], [x, 0.07, 0], color=theme.outline, stroke_width=2))
        self.knob = Dot(radius=0.09, color=theme.accent)
        self.ticks = VGroup()
        for moment in ticks:
            x = width * float(self.scale(moment))
            word = theme.write(f"{moment:,.10g}", SMALL, theme.muted)
            word.move_to([min(max(x, word.width / 2), width - word.width / 2), -0.16 - TICK_HEIGHT / 2, 0])
            if not len(self.ticks) or word.get_left()[0] > self.ticks[-1].get_right()[0] + BETWEEN:
                self.ticks.add(word)
        self.numbers = VGroup()
        under = TICK_HEIGHT + 0.12 if len(self.ticks) else 0.0
        for form, edge in zip(forms, (LEFT, RIGHT)[-len(forms) :], strict=True):
            number = NumberLabel(start, form, size, theme.muted, theme, edge=tuple(edge))
            self.numbers.add(number.next_to(self.track, DOWN, buff=0.16 + under).align_to(self.track, edge))
        self.add(self.track, lines, self.done, self.knob, self.ticks, *self.numbers)

    def set_moment(self, moment: float, written: float | None = None) -> Self:
        """Move the knob to a time; ``written`` is the time in the numbers, where only some were measured."""
        start, end = self.track.get_start(), self.track.get_end()
        here = start + (end - start) * float(np.clip(self.scale(moment), 0.0, 1.0))
        self.knob.move_to(here)
        self.done.put_start_and_end_on(start, here + RIGHT * 1e-4)
        for number in self.numbers:
            number.set_value(moment if written is None else written)
        return self

    def _evenly(self, moment: float) -> float:
        return (moment - self.start) / self.span
