"""A small lesson, made once for all tests: three chapters of a small network, in both languages."""

from __future__ import annotations

import fcntl
import pickle
from dataclasses import replace
from pathlib import Path

import pytest
from casts import make_run

from edgeglow.film.inputs import FilmInputs
from edgeglow.film.progress_bar import ProgressBar
from edgeglow.film.request import FilmRequest
from edgeglow.film.settings import FilmSettings
from edgeglow.lesson.lesson_builder import FinishedLesson, make_lesson

CHAPTERS = ("Pixels", "PixelFlow", "Bias")
LOOK = FilmSettings(width=160, height=90, fps=5.0, captions="none", is_small=True)


def orders_in(folder: Path, chapters: tuple[str, ...] = CHAPTERS) -> list[FilmRequest]:
    """Return the requests for the lesson of the usual network, in English and Korean, to be made in ``folder``."""
    run = folder / "usual.npz"
    if not run.exists():
        make_run("usual").save(run)
    order = FilmRequest(chapters, LOOK, FilmInputs(run), folder / "media", jobs=2)
    return [order, replace(order, settings=replace(LOOK, language="ko"))]


def packed_once(factory: pytest.TempPathFactory) -> FinishedLesson:
    """Return the lesson; the first process makes it, and the others wait. Tests must not change its folder."""
    base = factory.getbasetemp()
    folder = (base.parent if base.name.startswith("popen-") else base) / "lesson-of-all"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = folder / "pack.pickle"
        if not done.exists():
            with ProgressBar("") as bar:
                pack = make_lesson(orders_in(folder), bar)
            done.write_bytes(pickle.dumps(pack))
        found: FinishedLesson = pickle.loads(done.read_bytes())
    return found
