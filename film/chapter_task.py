"""Chapter tasks: measure a chapter, or take stills of it (rendering it is in film/render_task.py)."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from edgeglow.film.cache_key import InputDigests, chapter_pages, input_digests
from edgeglow.film.inputs import FilmInputs
from edgeglow.film.paths import display_path, naming_path
from edgeglow.film.render_environment import code_version
from edgeglow.film.segments import CutPoint
from edgeglow.film.settings import FilmSettings
from edgeglow.film.subtitle_files import ChapterCaptions, TimedCaption
from edgeglow.film.worker_pool import Report
from edgeglow.model.errors import EdgeglowError


@dataclass(frozen=True)
class ChapterResult:
    """Result of a chapter that was measured, rendered or photographed.

    ``page`` is its table in the script, ``frames`` its length. ``files`` is what was made: one video (or its
    segments), or a picture for each beat, whose names are ``beats``. ``cut_points`` are where it may be cut, from its
    beginning to its end. ``digests`` is what it was made from, and ``was_kept`` tells that it was there already.
    """

    name: str
    page: str
    title: str
    frames: int
    cues: tuple[TimedCaption, ...]
    files: tuple[Path, ...] = ()
    cut_points: tuple[CutPoint, ...] = ()
    beats: tuple[str, ...] = ()
    digests: InputDigests | None = None
    was_kept: bool = False

    @property
    def told(self) -> ChapterCaptions:
        return ChapterCaptions(self.page, self.frames, self.cues)


@dataclass(frozen=True)
class ChapterTask:
    """Chapter task: a chapter, the run and settings to show it with, and an output folder.

    ``voice`` maps beats to the seconds of their recordings. ``digests`` has the digests of the inputs when the film
    was begun: if they have changed since, the task fails, so that no film shows two runs.
    """

    chapter: type[Any]
    source: FilmInputs
    settings: FilmSettings
    folder: Path
    voice: Mapping[str, float] = field(default_factory=dict)
    digests: InputDigests | None = None

    @property
    def name(self) -> str:
        return self.chapter.__name__

    @property
    def place(self) -> Path:
        """Output folder."""
        return self.folder / self.name

    @contextmanager
    def staged(self, **manim_settings: Any) -> Iterator[StagedChapter]:
        """Yield the chapter ready to render, with Manim's config set."""
        import manim

        _silence_manim()
        folder = self.place
        folder.mkdir(parents=True, exist_ok=True)
        run = self.source.load()
        with manim.tempconfig(self.settings.manim(str(folder)) | manim_settings):
            settings = self.settings
            telling: dict[str, Any] = {
                "script": settings.script,
                "captions": settings.captions == "burnt",
                "voice": self.voice,
            }
            if other := self.source.load_other():
                telling |= {"other": other, "called": self.source.called}
            # The run contains the user's digits; without digit=() the chapter would read more from the environment.
            scene = self.chapter(run=run, lang=settings.language, theme=settings.theme, digit=(), **telling)
            digests = input_digests(
                self.chapter, run.digest, scene.script, imported_code_version(), self.source.beside()
            )
            self._check(digests)
            scene.script = replace(scene.script, pages=chapter_pages(self.chapter, scene.script))
            try:
                yield StagedChapter(scene, digests)
            finally:
                free_frames(scene.renderer)

    def _check(self, digests: InputDigests) -> None:
        """Raise EdgeglowError unless run and script are the same as when the film was begun."""
        if self.digests is not None:
            for what, now, before in (
                (display_path(self.source.run), digests.run, self.digests.run),
                (display_path(self.source.other or self.source.run), digests.beside, self.digests.beside),
                ("the script", digests.words, self.digests.words),
            ):
                if now != before:
                    raise EdgeglowError(f"{what}: changed while the film was being made; render it again")

    def told(self, stage: StagedChapter, frames: int, **rest: Any) -> ChapterResult:
        scene = stage.scene
        cues = tuple(scene.cues)
        return ChapterResult(self.name, scene.name, scene.title, frames, cues, digests=stage.digests, **rest)


@dataclass(frozen=True)
class StagedChapter:
    """A chapter ready to render, and what it is made from."""

    scene: Any
    digests: InputDigests


class MeasureTask(ChapterTask):
    """Task that finds a chapter's length and cues by running it without drawing."""

    def __call__(self, report: Report) -> ChapterResult:
        with self.staged(dry_run=True) as stage:
            scene, frames = stage.scene, 0
            play = skip_all_animations(scene).play

            def count(*args: Any, **kwargs: Any) -> None:
                nonlocal frames
                play(*args, **kwargs)
                frames += round(scene.duration * self.settings.fps)

            scene.renderer.play = count
            scene.renderer.update_frame = draw_nothing
            scene.render()
            return self.told(stage, frames, cut_points=_cut_points(scene, frames))


class StillsTask(ChapterTask):
    """Task that saves a picture of the end of every beat."""

    def __call__(self, report: Report) -> ChapterResult:
        from PIL import Image

        files: list[Path] = []
        beats: list[str] = []
        with self.staged(dry_run=True) as stage:
            scene = stage.scene
            renderer = skip_all_animations(scene)
            draw = renderer.update_frame

            def keep(chapter: Any, beat: str) -> None:
                renderer.static_image = None
                draw(chapter)
                files.append(self.folder / self.name / f"{len(files) + 1:02d}-{beat}.png")
                beats.append(beat)
                with naming_path(files[-1]):
                    Image.fromarray(renderer.get_frame()).save(files[-1])

            renderer.update_frame = draw_nothing
            scene.on_beat_end = keep
            scene.render()
            report(1)
            return self.told(stage, 0, files=tuple(files), beats=tuple(beats))


def _cut_points(scene: Any, frames: int) -> tuple[CutPoint, ...]:
    """Return the cut points: the chapter's beginning, the beginning of each beat, and its end."""
    cut_points = [CutPoint(0, 0), *(CutPoint(*cut_point) for cut_point in getattr(scene, "cut_points", ()))]
    cut_points.append(CutPoint(scene.renderer.num_plays, frames))
    return tuple(
        cut_point for cut_point, after in pairwise([*cut_points, CutPoint(-1, -1)]) if cut_point.frame != after.frame
    )


def skip_all_animations(scene: Any) -> Any:
    """Make every animation jump to its end, and return the renderer."""
    scene.renderer._original_skipping_status = True  # Manim resets skip_animations to this before every play
    return scene.renderer


def draw_nothing(*args: Any, **kwargs: Any) -> None:
    """Replace a drawing function where no picture is needed."""


def free_frames(renderer: Any) -> None:
    """Free the frames of a finished scene and its camera's data.

    The scene itself stays in memory until Python's garbage collector runs.
    """
    renderer.static_image = None
    renderer.camera.__dict__.clear()


@cache
def imported_code_version() -> str:
    """Return the version of the code that this process has imported, as it was at the first call."""
    return code_version()


@cache
def _silence_manim() -> None:
    """Turn off Manim's log and progress bars; once in a process."""
    import logging

    import manim
    from tqdm import tqdm

    manim.logger.setLevel(logging.ERROR)  # the parent process shows the progress
    tqdm.set_lock(threading.RLock())  # the default lock is a semaphore, which leaks if a worker is killed
    tqdm.monitor_interval = 0
