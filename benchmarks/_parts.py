"""A film is made as the program makes it, while the clock is read at every part of the work.

Jobs here do what those in film/ do, and write down in a file how long they took and in which process. They must be
importable by the workers, so they do not live in the program that is started.
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

from film.bar import Bar
from film.cache import FOLDER, Cache
from film.crew import Report
from film.look import QUALITIES, Look
from film.pieces import Joint, Stretch
from film.rendering import Render
from film.takes import Measure, Take

NOTES = "EDGEGLOW_BENCHMARK_NOTES"  # names the file, to all processes


def note(**facts: Any) -> None:
    """One line, written at once, so that processes do not mix theirs."""
    with Path(os.environ[NOTES]).open("a", encoding="utf-8") as file:
        file.write(json.dumps({"process": os.getpid(), **facts}) + "\n")


class TimedMeasure(Measure):
    def __call__(self, report: Report) -> Take:
        begin = time.time()
        take = super().__call__(report)
        joints = [(joint.play, joint.frame) for joint in take.joints]
        note(kind="measure", chapter=self.name, begin=begin, end=time.time(), joints=joints)
        return take


@dataclass(frozen=True)
class TimedRender(Render):
    """``first`` is when its first frame was written: until then it was set up, and went to its first joint."""

    def __call__(self, report: Report) -> Take:
        begin, first = time.time(), 0.0

        def tell(frames: int) -> None:
            nonlocal first
            first = first or time.time()
            report(frames)

        take = super().__call__(tell)
        plays = [joint.play for joint in self.joints]
        note(kind="render", chapter=self.name, begin=begin, first=first, end=time.time(), plays=plays)
        return take


class Clock(Bar):
    """A bar that shows nothing, and writes down when what begins."""

    def begin(self, text: str, total: float | None = None) -> None:
        note(kind="phase", phase=text, begin=time.time())


def timed(part: str, function: Callable[..., Any], chapter: Callable[..., str]) -> Callable[..., Any]:
    """A function whose seconds are written down, for the chapter that its arguments are about."""

    @functools.wraps(function)
    def measured(*args: Any, **kwargs: Any) -> Any:
        begin = time.time()
        result = function(*args, **kwargs)
        note(kind="parent", part=part, chapter=chapter(*args), begin=begin, end=time.time())
        return result

    return measured


def in_pieces(chapters: Mapping[int, Sequence[Joint]], processes: int) -> list[Stretch]:
    """Every piece of every chapter as a stretch of its own, the longest first, for however many processes."""
    found = [Stretch(number, pair) for number, joints in chapters.items() for pair in pairwise(joints)]
    return sorted(found, key=lambda stretch: -stretch.frames)


def look_of(quality: str) -> Look:
    width, height, fps = QUALITIES[quality]
    return Look(width, height, fps)


def make_timed(
    started: float,
    run: str,
    names: Sequence[str],
    quality: str,
    folder: str,
    jobs: int,
    cores: int,
    apart: bool,
) -> list[dict[str, Any]]:
    """Make the film by so many jobs on so many cores, and return all notes; for a fresh process.

    ``started`` is when that was started; with ``apart`` each piece of a chapter is rendered by itself.
    """
    from film import studio
    from film.order import Order
    from film.products import Publisher

    pin(cores)
    media = Path(folder) / "media"
    (media / FOLDER).mkdir(parents=True)  # with a cache, workers begin only when there is work for them
    os.environ[NOTES] = str(Path(folder) / "notes")
    replaced: dict[str, Any] = {"Render": TimedRender, "Measure": TimedMeasure}
    if apart:
        replaced["share"] = in_pieces
    replaced["assemble"] = timed("assemble", studio.assemble, lambda measured, *_: str(measured.name))
    for name, replacement in replaced.items():
        setattr(studio, name, replacement)
    keep: Any = timed("keep", Cache.keep, lambda cache, key, take: str(take.name))
    clip: Any = timed("clip", Publisher.clip, lambda publisher, take: str(take.name))
    Cache.keep, Publisher.clip = keep, clip  # type: ignore[method-assign]
    note(kind="phase", phase="started", begin=started)
    with Clock("") as bar:
        studio.make_film(Order(tuple(names), look_of(quality), run=Path(run), media=media, jobs=jobs), bar)
    note(kind="phase", phase="done", begin=time.time())
    return [json.loads(line) for line in Path(os.environ[NOTES]).read_text("utf-8").splitlines()]


def pin(cores: int) -> None:
    """Let this process, and those that it starts, use so many cores only, where the system can do that."""
    if cores and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])
