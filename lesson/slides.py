"""Slides of a lesson, for a browser (reveal.js) or PowerPoint; videos play a beat and hold its last frame."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

from edgeglow.film.paths import make_folder, unwritable_error
from edgeglow.film.resources import cores
from edgeglow.film.worker_pool import Report, WorkerPool
from edgeglow.lesson.lesson_data import Lesson, LessonClip
from edgeglow.lesson.slide_deck import BeatSlide, BeatVideo, ClipSegments, SlideDeck, deck_of
from edgeglow.lesson.split_clip import SplitTask, still_of
from edgeglow.model.errors import EdgeglowError

KINDS = ("slides", "powerpoint")
SHARED = "reveal"  # folder of the files that all decks need
PARTS = (
    "reveal.js",
    "reveal.css",
    "deck.css",
    "notes.js",
    "LICENSE.txt",
    "LICENSE-marked.txt",
)  # notes.js contains marked


def check_slides() -> None:
    """Raise EdgeglowError if python-pptx is missing; called before rendering."""
    try:
        import_module("pptx")
    except ImportError as error:
        raise EdgeglowError(
            "presentations are made with python-pptx, which is not installed. Install it:"
            ' pip install "python-pptx>=1.0"'
        ) from error


def write_slides(
    lesson: Lesson,
    folder: Path,
    target: Path,
    kind: str,
    *,
    cuts: Path | None = None,
    jobs: int = 0,
    report: Report = lambda frames: None,
    silent: bool = True,
) -> Path:
    """Write the lesson whose files lie in ``folder`` as slides of ``kind`` into the folder ``target``.

    The first language's deck is index.html, another's ko.html; presentations are lesson-en.pptx and so on. ``cuts``
    is a folder for the segments of the clips, which another call may reuse; ``silent`` says that they have no sound.

    Raises EdgeglowError when python-pptx is missing, a clip cannot be read, or a file cannot be written.
    """
    if kind == "powerpoint":
        check_slides()
    make_folder(target)
    try:
        with tempfile.TemporaryDirectory(prefix=".cuts-", dir=target.parent) as name:
            segments = split_clips(lesson, folder, cuts or Path(name), jobs=jobs, report=report)
            for number, edition in enumerate(lesson.editions):
                deck = deck_of(edition, segments)
                if kind == "powerpoint":
                    from edgeglow.lesson.powerpoint import write_powerpoint

                    write_powerpoint(deck, target / f"lesson-{edition.language}.pptx")
                else:
                    page = "index" if number == 0 else edition.language
                    _write_reveal(deck, target / f"{page}.html", silent=silent)
            if kind != "powerpoint":
                for part in PARTS:
                    make_folder(target / SHARED)
                    content = files("edgeglow.lesson").joinpath("assets", "slides", part).read_bytes()
                    (target / SHARED / part).write_bytes(content)
    except OSError as error:
        raise unwritable_error(Path(error.filename or target), error) from error
    return target


def split_clips(
    lesson: Lesson, folder: Path, cuts: Path, *, jobs: int = 0, report: Report = lambda frames: None
) -> Mapping[tuple[str, str], ClipSegments]:
    """Split every clip into segments in the folder ``cuts``, unless they exist; return them by (language, slug)."""
    clips = [clip for edition in lesson.editions for clip in edition.clips]
    tasks = [_split_task(clip, folder, cuts) for clip in clips]
    marks = [task.folder / "background" for task in tasks]  # written when a clip is complete
    missing = [number for number, mark in enumerate(marks) if not mark.exists()]
    missing.sort(key=lambda number: -clips[number].seconds)  # longest first: the last tasks to end are short
    for number in missing:
        make_folder(tasks[number].folder)
    with WorkerPool(jobs or cores(), make_folder(cuts), warm_up="av") as pool:
        for turn, colour in pool.work([tasks[number] for number in missing], report):
            marks[missing[turn]].write_text(colour)
    return {
        (clip.language, clip.slug): ClipSegments(
            tuple(BeatVideo(video, still_of(video)) for video in task.targets), mark.read_text()
        )
        for clip, task, mark in zip(clips, tasks, marks, strict=True)
    }


def _split_task(clip: LessonClip, folder: Path, cuts: Path) -> SplitTask:
    place = cuts / clip.language / clip.slug
    beats = [(sentence.end, sentence.beat) for sentence in clip.sentences] or [(clip.seconds, "all")]
    names = [f"{clip.slug}-{number:02d}-{beat}.mp4" for number, (_, beat) in enumerate(beats, 1)]
    return SplitTask(
        folder / clip.media.mp4.path, tuple(end for end, _ in beats), tuple(place / name for name in names)
    )


def _write_reveal(deck: SlideDeck, target: Path, *, silent: bool) -> None:
    """Write a deck for a browser, with a vertical stack for each chapter, and its videos in a folder per language."""
    from edgeglow.lesson.web_page import environment

    beside = make_folder(target.parent / deck.language)
    films = [slide for section in deck.sections for slide in section.slides if isinstance(slide, BeatSlide)]
    for film in films:
        for file in (film.beat.video, film.beat.still):
            shutil.copyfile(file, beside / file.name)
    page = environment().get_template("deck.html")
    text = page.render(
        deck=deck,
        shared=SHARED,  # local files: nothing is loaded from the network
        unit=min(deck.width, deck.height) / 100,
        silent=silent,
        at=lambda file: f"{deck.language}/{quote(file.name)}",
    )
    target.write_text(text, encoding="utf-8")
