"""Test stage: plays a chapter without drawing it, and records what is visible at the end of every beat."""

from __future__ import annotations

import os
import pickle
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from abroad import NAMES as ABROAD
from abroad import make_abroad
from casts import make_run
from manim import tempconfig
from memory import cleared_after_module, give_back_growth
from shot import Shot, look, picture_of

import edgeglow.scenes.chapters
from edgeglow.film.chapter_task import free_frames
from edgeglow.model.run.run import Run
from edgeglow.scenes.script import Script
from edgeglow.scenes.stage.chapter import Chapter, TimedCaption

FPS = 30
MOST_KEPT = 6  # performances: each takes some 8 MB; tests of the same one follow each other
ASPECTS = {"16:9": (320, 180), "1:1": (180, 180), "9:16": (180, 320)}  # small, since nothing is drawn
CHAPTERS = {chapter.__name__: chapter for chapter in edgeglow.scenes.chapters.FILM}
_MEDIA = TemporaryDirectory(prefix="edgeglow-stage-")  # for Manim's text cache
SETTINGS: dict[str, Any] = {
    "pixel_width": 1280,
    "pixel_height": 720,
    "frame_rate": FPS,
    "dry_run": True,
    "disable_caching": True,
    "progress_bar": "none",
    "verbosity": "ERROR",
    "media_dir": _MEDIA.name,
}


@dataclass(frozen=True)
class Told:
    """A request for a line or a label of the script, with its facts."""

    kind: str  # "beats" or "labels"
    page: str
    name: str
    variant: str
    facts: dict[str, object]


@dataclass(eq=False)
class Performance:
    """Record of a chapter that was played to its end."""

    run: Run
    lang: str
    chapter: Chapter
    shots: list[Shot] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    opening: bytes = b""  # the first and the last picture
    ending: bytes = b""

    @property
    def cues(self) -> list[TimedCaption]:
        return self.chapter.cues

    def shot(self, beat: str) -> Shot:
        """Return the only shot of this beat."""
        (found,) = [shot for shot in self.shots if shot.beat == beat]
        return found


@dataclass(frozen=True)
class Words:
    """All that is said and written in a chapter."""

    subject: str  # of the run
    told: tuple[Told, ...]
    cues: tuple[TimedCaption, ...]
    written: tuple[tuple[str, tuple[str, ...]], ...]  # the name of every beat, and the texts that are seen at its end

    @classmethod
    def of(cls, played: Performance) -> Words:
        written = tuple((shot.beat, tuple(writing.text for writing in shot.writings)) for shot in played.shots)
        return cls(played.run.subject, tuple(played.told), tuple(played.cues), written)


class _Prompter(Script):
    """Script that records the requests for its lines."""

    told: list[Told]

    def line(self, chapter: str, beat: str, variant: str = "", **facts: object) -> str:
        self.told.append(Told("beats", chapter, beat, variant, facts))
        return super().line(chapter, beat, variant, **facts)

    def label(self, chapter: str, name: str, **facts: object) -> str:
        self.told.append(Told("labels", chapter, name, "", facts))
        return super().label(chapter, name, **facts)


@lru_cache(maxsize=MOST_KEPT)
def perform(chapter: str, run: str, lang: str = "en", theme: str = "dark", aspect: str = "16:9") -> Performance:
    """Play the chapter with one of the runs of ``casts`` or ``abroad``; the result is cached."""
    width, height = ASPECTS[aspect]
    played = play(CHAPTERS[chapter], run_called(run), lang, theme, pixel_width=width, pixel_height=height)
    if (lang, theme, aspect) == ("en", "dark", "16:9"):
        _keep(_file_of(chapter, run), Words.of(played))
    return played


cleared_after_module(perform.cache_clear)


def words(chapter: str, run: str) -> Words:
    """What is said and written in a chapter, in the look that ``perform`` plays it in unless told otherwise. It is
    kept in a file, so that one process that tests plays the chapter for all tests that need no more than this."""
    file = _file_of(chapter, run)
    if not file.exists():
        return Words.of(perform(chapter, run))
    found: Words = pickle.loads(file.read_bytes())
    return found


def _file_of(chapter: str, run: str) -> Path:
    return Path(os.environ["EDGEGLOW_TEST_WORDS"], f"{chapter}-{run}.pickle")


def _keep(file: Path, found: Words) -> None:
    unfinished = file.with_suffix(f".{os.getpid()}")
    unfinished.write_bytes(pickle.dumps(found))
    os.replace(unfinished, file)


def fitting(run: str) -> list[str]:
    """Return the names of the chapters that a run can be shown in."""
    return [name for name, chapter in CHAPTERS.items() if chapter.fits(run_called(run)) is None]


def run_called(name: str) -> Run:
    """Return a run of ``casts`` or ``abroad`` by name."""
    return make_abroad(name) if name in ABROAD else make_run(name)


def play(
    chapter: type[Chapter], run: Run, lang: str = "en", theme: str = "dark", *, draw: bool = False, **settings: Any
) -> Performance:
    """Play a chapter, with every animation jumping to its end.

    ``draw`` also draws the end of every beat, and the first and last picture.
    """
    with tempconfig(SETTINGS | settings):
        scene = chapter(run, lang, theme)
        renderer = scene.renderer
        renderer._original_skipping_status = True  # Manim resets skip_animations to this before every play
        drawing = renderer.update_frame
        renderer.update_frame = lambda *args, **kwargs: None
        performance = Performance(run, lang, scene)
        prompter = _Prompter(scene.script.language, scene.script.pages, subject=scene.script.subject)
        object.__setattr__(prompter, "told", performance.told)
        scene.script = prompter
        scene.on_beat_end = lambda _, beat: performance.shots.append(look(scene, beat, drawing if draw else None))
        if draw:
            scene.on_open = lambda _: setattr(performance, "opening", picture_of(scene, drawing))
        scene.render()
        if draw:
            performance.ending = picture_of(scene, drawing)
        free_frames(renderer)  # of its frames, which are half of what a chapter takes
    give_back_growth()
    return performance
