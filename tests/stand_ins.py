"""Simple chapters that are quick to draw, for tests of the film pipeline. Workers import them from here."""

from __future__ import annotations

import os
import time
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any, ClassVar

from manim import BLUE, DOWN, RIGHT, WHITE, YELLOW, FadeIn, ManimColor, Scene, Square, config

from edgeglow.model.run.run import Run
from edgeglow.scenes.stage.timed_caption import TimedCaption

LITTLE = 0.05  # seconds: Manim rounds the frames of an animation and of a wait differently


@dataclass(frozen=True)
class Words:
    """Script without its checks, quick to import, from the folder $STAND_INS_WORDS if that is set."""

    language: str
    pages: Mapping[str, Any]

    @classmethod
    def load(cls, language: str, overrides: Path | None) -> Words:
        installed = Path(__file__).parent.parent / "scenes" / "script"
        folder = Path(os.environ.get("STAND_INS_WORDS", installed))
        pages = tomllib.loads((folder / f"{language}.toml").read_text(encoding="utf-8"))
        own = tomllib.loads(overrides.read_text(encoding="utf-8")) if overrides else {}
        for page, tables in own.items():
            for table, content in tables.items():
                known = pages[page].get(table)
                pages[page][table] = known | content if isinstance(known, dict) else content
        return cls(language, pages)


class StandIn(Scene):
    """Minimal chapter with one moving and one still beat, each of ``frames`` frames or as long as its recording."""

    name: ClassVar[str]
    also_says: ClassVar[tuple[str, ...]] = ()
    frames = 4
    color: ManimColor = YELLOW

    def __init__(
        self,
        run: Run | None = None,
        lang: str | None = None,
        theme: str | None = None,
        *,
        digit: Sequence[object] = (),
        script: Path | None = None,
        captions: bool = True,
        voice: Mapping[str, float] | None = None,
    ) -> None:
        self.run = run
        self.script = Words.load(lang or "en", script)
        self.words = f"{self.script.pages.get('words', {}).get('comma') if script else lang} words"
        self.captions = captions
        self.voice = voice or {}
        self.frame = 0
        self.cues: list[TimedCaption] = []
        self.cut_points: list[tuple[int, int]] = []
        self.on_beat_end: Callable[[Any, str], None] | None = None
        super().__init__()

    def __init_subclass__(cls) -> None:
        cls.name = cls.__name__.lower()

    @classmethod
    def fits(cls, run: Run) -> str | None:
        return None

    @property
    def title(self) -> str:
        return f"The {type(self).__name__.lower()} one"

    def construct(self) -> None:
        if self.captions:
            self.add(Square(1.0, color=WHITE, fill_opacity=1).shift(3.3 * DOWN))  # in place of a caption
        square = Square(color=self.color, fill_opacity=1)
        self.tell("appears", lambda seconds: self.play(FadeIn(square), run_time=seconds - LITTLE))
        square.shift(RIGHT)
        self.tell("rests", lambda seconds: self.wait(seconds + LITTLE))
        self.remove(square)

    def tell(self, beat: str, show: Callable[[float], object]) -> None:
        """Play a beat of ``frames`` frames, or more if its recording is longer."""
        frames = max(self.frames, ceil(self.voice.get(beat, 0.0) * config.frame_rate))
        self.cut_points.append((self.renderer.num_plays, self.frame))
        show(frames / config.frame_rate)
        self.cues.append(TimedCaption(self.frame, self.frame + frames, beat, f"{self.words}: {beat}"))
        self.frame += frames
        if self.on_beat_end is not None:
            self.on_beat_end(self, beat)


class First(StandIn):
    pass


class Second(StandIn):
    frames = 7
    color = BLUE


class Unfit(StandIn):
    @classmethod
    def fits(cls, run: Run) -> str | None:
        return f"a network of {len(run.layer_sizes)} layers has no such thing."


class Broken(StandIn):
    def construct(self) -> None:
        super().construct()
        raise ZeroDivisionError("the third act\nis missing")


class Endless(StandIn):
    """Chapter whose rendering does not end."""

    def construct(self) -> None:
        super().construct()
        if not config.dry_run:
            time.sleep(600)


class Slow(StandIn):
    """Chapter that takes long enough to render for a test to interrupt it."""

    frames = 30

    def construct(self) -> None:
        super().construct()
        self.tell("turns", lambda seconds: self.play(FadeIn(Square()), run_time=seconds - LITTLE))
        if not config.dry_run:
            time.sleep(1.5)
