"""Timed copy of the film pipeline: makes a film as the program does, and notes the time of every part.

The tasks here do what those in film/ do, and write to a file how long they took and in which process. Workers must be
able to import them, so they are not in the program that is started.
"""

from __future__ import annotations

import functools
import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from edgeglow.film.cache import FOLDER, Cache
from edgeglow.film.chapter_task import ChapterResult, MeasureTask
from edgeglow.film.progress_bar import ProgressBar
from edgeglow.film.render_task import RenderTask
from edgeglow.film.segments import CutPoint, SegmentRange
from edgeglow.film.settings import QUALITIES, FilmSettings
from edgeglow.film.worker_pool import Report

NOTES = "EDGEGLOW_BENCHMARK_NOTES"  # environment variable with the file's path, for all processes


def note(**facts: Any) -> None:
    """Append one line of JSON in a single write, so that lines of several processes do not mix."""
    with Path(os.environ[NOTES]).open("a", encoding="utf-8") as file:
        file.write(json.dumps({"process": os.getpid(), **facts}) + "\n")


class TimedMeasure(MeasureTask):
    def __call__(self, report: Report) -> ChapterResult:
        begin = time.time()
        result = super().__call__(report)
        cut_points = [(cut_point.play, cut_point.frame) for cut_point in result.cut_points]
        note(kind="measure", chapter=self.name, begin=begin, end=time.time(), cut_points=cut_points)
        return result


@dataclass(frozen=True)
class TimedRender(RenderTask):
    """Rendering task that notes its times; ``first`` is the time of its first frame, before which it only skips."""

    def __call__(self, report: Report) -> ChapterResult:
        begin, first = time.time(), 0.0

        def tell(frames: int) -> None:
            nonlocal first
            first = first or time.time()
            report(frames)

        result = super().__call__(tell)
        plays = [cut_point.play for cut_point in self.cut_points]
        note(kind="render", chapter=self.name, begin=begin, first=first, end=time.time(), plays=plays)
        return result


class Clock(ProgressBar):
    """Progress bar that shows nothing, and notes when each phase begins."""

    def begin(self, text: str, total: float | None = None) -> None:
        note(kind="phase", phase=text, begin=time.time())


def timed(part: str, function: Callable[..., Any], chapter: Callable[..., str]) -> Callable[..., Any]:
    """Return a wrapper of a function that notes its seconds; ``chapter`` returns the chapter for its arguments."""

    @functools.wraps(function)
    def measured(*args: Any, **kwargs: Any) -> Any:
        begin = time.time()
        result = function(*args, **kwargs)
        note(kind="parent", part=part, chapter=chapter(*args), begin=begin, end=time.time())
        return result

    return measured


def one_by_one(chapters: Mapping[int, Sequence[CutPoint]], processes: int) -> list[SegmentRange]:
    """Return every segment of every chapter as a range of its own, the longest first.

    Replaces ``schedule_segments``; the number of processes makes no difference.
    """
    found = [SegmentRange(number, pair) for number, cut_points in chapters.items() for pair in pairwise(cut_points)]
    return sorted(found, key=lambda segment_range: -segment_range.frames)


def settings_of(quality: str) -> FilmSettings:
    width, height, fps = QUALITIES[quality]
    return FilmSettings(width, height, fps)


def make_timed(
    started: float, run: str, names: Sequence[str], quality: str, folder: str, jobs: int, cores: int, apart: bool
) -> list[dict[str, Any]]:
    """Make the film with ``jobs`` processes on ``cores`` cores, and return all notes.

    To be called in a fresh process. ``started`` is the time at which that was started. With ``apart`` each segment is
    a task of its own.
    """
    from edgeglow.film import pipeline
    from edgeglow.film.inputs import FilmInputs
    from edgeglow.film.outputs import OutputWriter
    from edgeglow.film.request import FilmRequest

    pin(cores)
    media = Path(folder) / "media"
    (media / FOLDER).mkdir(parents=True)  # if a cache exists, workers start only when there are tasks
    os.environ[NOTES] = str(Path(folder) / "notes")
    replaced: dict[str, Any] = {"RenderTask": TimedRender, "MeasureTask": TimedMeasure}
    if apart:
        replaced["schedule_segments"] = one_by_one
    replaced["assemble_chapter"] = timed(
        "assemble", pipeline.assemble_chapter, lambda measured, *_: str(measured.name)
    )
    for name, replacement in replaced.items():
        assert hasattr(pipeline, name), name
        setattr(pipeline, name, replacement)
    keep: Any = timed("keep", Cache.keep, lambda cache, key, result: str(result.name))
    clip: Any = timed("clip", OutputWriter.clip, lambda writer, result: str(result.name))
    Cache.keep, OutputWriter.clip = keep, clip  # type: ignore[method-assign]
    note(kind="phase", phase="started", begin=started)
    with Clock("") as bar:
        pipeline.make_film(
            FilmRequest(tuple(names), settings_of(quality), FilmInputs(Path(run)), media=media, jobs=jobs), bar
        )
    note(kind="phase", phase="done", begin=time.time())
    return [json.loads(line) for line in Path(os.environ[NOTES]).read_text("utf-8").splitlines()]


def pin(cores: int) -> None:
    """Limit this process, and those that it starts, to a number of cores, where the system supports it."""
    if cores and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])
