"""Chapters that are quick to draw, for tests of how chapters become films. Workers import them from here."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from manim import BLUE, RIGHT, YELLOW, FadeIn, ManimColor, Scene, Square, config

from model.run import Run


@dataclass(frozen=True)
class Cue:
    start_frame: int
    end_frame: int
    beat: str
    text: str


class StandIn(Scene):
    """What a film needs of a chapter: two beats of ``frames`` frames each, one moving and one at rest."""

    frames = 4
    color: ManimColor = YELLOW

    def __init__(self, run: Run | None = None, lang: str | None = None, theme: str | None = None) -> None:
        self.run = run
        self.words = f"{lang} words"
        self.cues: list[Cue] = []
        self.on_beat_end: Callable[[Any, str], None] | None = None
        super().__init__()

    @property
    def title(self) -> str:
        return f"The {type(self).__name__.lower()} one"

    def construct(self) -> None:
        square = Square(color=self.color, fill_opacity=1)
        self.tell(
            "appears", lambda: self.play(FadeIn(square), run_time=(self.frames - 0.25) / config.frame_rate)
        )
        square.shift(RIGHT)
        self.tell("rests", lambda: self.wait((self.frames + 0.25) / config.frame_rate))
        self.remove(square)

    def tell(self, beat: str, show: Callable[[], object]) -> None:
        show()
        start = len(self.cues) * self.frames
        self.cues.append(Cue(start, start + self.frames, beat, f"{self.words}: {beat}"))
        if self.on_beat_end is not None:
            self.on_beat_end(self, beat)


class First(StandIn):
    pass


class Second(StandIn):
    frames = 7
    color = BLUE


class Broken(StandIn):
    def construct(self) -> None:
        super().construct()
        raise ZeroDivisionError("the third act\nis missing")


class Endless(StandIn):
    """Begins to be rendered, and does not end."""

    def construct(self) -> None:
        super().construct()
        if not config.dry_run:
            time.sleep(600)
