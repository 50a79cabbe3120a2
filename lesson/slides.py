"""A lesson as slides, one for each beat: reveal.js for a browser, or PowerPoint. Made with manim-slides.

Each slide plays its beat and then holds its last frame; the speaker's notes are what is said, and what is asked then.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any

from film.crew import Crew, Report
from film.places import make_folder, unwritable
from film.resources import cores
from lesson.cutting import Cut
from lesson.material import Clip, Edition, Lesson, Question
from model.errors import EdgeglowError

KINDS = ("slides", "powerpoint")
SHARED = "reveal"  # the folder of what all decks need
PARTS = ("reveal.js", "reveal.css", "notes.js", "LICENSE.txt", "LICENSE-marked.txt")  # notes.js holds marked
SLIDE_WIDTH = 1280  # pixels, whatever the clip's: PowerPoint's pages are of a size, not of a resolution


def check_slides() -> None:
    """Raise EdgeglowError where slides cannot be made: better before a film is rendered than after."""
    try:
        _converters()
    except ImportError as error:
        raise EdgeglowError(
            f"slides are made with manim-slides, but {error.name} is not installed. Install it:"
            ' pip install "manim-slides>=5.7"'
        ) from error


def _converters() -> Any:
    """Its module as it is, not as its types have it: they ask for what has a default."""
    return import_module("manim_slides.convert")


def write_slides(
    lesson: Lesson,
    folder: Path,
    target: Path,
    kind: str,
    *,
    cuts: Path | None = None,
    jobs: int = 0,
    report: Report = lambda frames: None,
) -> Path:
    """Write the lesson whose files lie in ``folder`` as slides of a kind into the folder ``target``.

    The first language's deck is index.html, another's ko.html; presentations are lesson-en.pptx and so on. ``cuts``
    is a folder for the pieces of the clips, which another call may use again. Raises EdgeglowError when manim-slides
    is not installed, a clip cannot be read, or a file cannot be written.
    """
    check_slides()
    make_folder(target)
    try:
        with tempfile.TemporaryDirectory(prefix=".cuts-", dir=target.parent) as name:
            chapters = cut(lesson, folder, cuts or Path(name), jobs=jobs, report=report)
            for number, edition in enumerate(lesson.editions):
                decks = [chapters[edition.language, clip.slug] for clip in edition.clips]
                if kind == "powerpoint":
                    _write_powerpoint(edition, decks, target / f"lesson-{edition.language}.pptx")
                else:
                    page = "index" if number == 0 else edition.language
                    _write_reveal(edition, decks, target / f"{page}.html", Path(name))
            if kind != "powerpoint":
                for part in PARTS:
                    make_folder(target / SHARED)
                    content = files("lesson").joinpath("assets", "slides", part).read_bytes()
                    (target / SHARED / part).write_bytes(content)
    except OSError as error:
        raise unwritable(Path(error.filename or target), error) from error
    return target


@dataclass(frozen=True)
class Slide:
    """A beat: its video, and what the speaker says, and asks when it has ended."""

    video: Path
    notes: str


@dataclass(frozen=True)
class Chapter:
    """The slides of a clip, and the colour behind them, as #rrggbb."""

    slides: tuple[Slide, ...]
    background: str


def cut(
    lesson: Lesson, folder: Path, cuts: Path, *, jobs: int = 0, report: Report = lambda frames: None
) -> Mapping[tuple[str, str], Chapter]:
    """The slides of every clip, by language and slug, cut into the folder ``cuts`` unless they lie there already."""
    clips = [clip for edition in lesson.editions for clip in edition.clips]
    tasks = [_cut_of(clip, folder, cuts) for clip in clips]
    marks = [task.folder / "background" for task in tasks]  # written when all of a clip is cut
    missing = [number for number, mark in enumerate(marks) if not mark.exists()]
    missing.sort(key=lambda number: -clips[number].seconds)  # so that the last ones to end are short
    for number in missing:
        make_folder(tasks[number].folder)
    with Crew(jobs or cores(), make_folder(cuts), warm_up="av") as crew:
        for turn, colour in crew.work([tasks[number] for number in missing], report):
            marks[missing[turn]].write_text(colour)
    return {
        (clip.language, clip.slug): Chapter(
            tuple(Slide(video, notes) for video, notes in zip(task.targets, notes_of(clip), strict=True)),
            mark.read_text(),
        )
        for clip, task, mark in zip(clips, tasks, marks, strict=True)
    }


def _cut_of(clip: Clip, folder: Path, cuts: Path) -> Cut:
    place = cuts / clip.language / clip.slug
    beats = [(sentence.end, sentence.beat) for sentence in clip.sentences] or [(clip.seconds, "all")]
    names = [f"{clip.slug}-{number:02d}-{beat}.mp4" for number, (_, beat) in enumerate(beats, 1)]
    return Cut(
        folder / clip.media.mp4.path, tuple(end for end, _ in beats), tuple(place / name for name in names)
    )


def notes_of(clip: Clip) -> list[str]:
    """What the speaker says in each beat; below it what may be asked at its end, the right choice ticked, and why."""
    if not clip.sentences:
        return [clip.claim]
    asked: list[list[Question]] = [[] for _ in clip.sentences]
    for question in clip.questions:
        distances = [abs(question.at - sentence.end) for sentence in clip.sentences]
        asked[distances.index(min(distances))].append(question)
    return [
        "\n\n".join([" ".join(sentence.text.split()), *map(_told, questions)])
        for sentence, questions in zip(clip.sentences, asked, strict=True)
    ]


def _told(question: Question) -> str:
    choices = [
        f"{'✓' if number == question.right else '–'} {choice}"
        for number, choice in enumerate(question.choices)
    ]
    return "\n".join([question.ask, *choices, question.why])


# -- decks ----------------------------------------------------------------------------------------------------


def _write_reveal(edition: Edition, chapters: Sequence[Chapter], target: Path, desk: Path) -> None:
    """A deck for a browser, each chapter a stack of slides, its videos in a folder named as the language."""
    template = desk / "deck.html"
    text = files("lesson").joinpath("assets", "slides", "deck.html").read_text(encoding="utf-8")
    template.write_text(text.replace("{{ language }}", edition.language), encoding="utf-8")
    first = edition.clips[0]
    _converters().RevealJS(
        presentation_configs=[_config(chapter, first) for chapter in chapters],
        assets_dir=edition.language,
        template=template,
        title=edition.title,
        cdn_url=SHARED,  # beside the deck: nothing is fetched from anywhere
        width=first.width,
        height=first.height,
        background_color=chapters[0].background,
    ).convert_to(target)


def _write_powerpoint(edition: Edition, chapters: Sequence[Chapter], target: Path) -> None:
    first = edition.clips[0]
    height = round(SLIDE_WIDTH * first.height / first.width)
    configs = [_config(chapter, first) for chapter in chapters]
    with _no_bars() as convert:
        convert.PowerPoint(presentation_configs=configs, width=SLIDE_WIDTH, height=height).convert_to(target)
    _name(target, edition, [slide for chapter in chapters for slide in chapter.slides])


def _config(chapter: Chapter, clip: Clip) -> Any:
    config: Any = import_module("manim_slides.config")
    slides = [
        # reversed videos are for manim-slides' own player alone
        config.SlideConfig(file=slide.video, rev_file=slide.video, notes=slide.notes, dedent_notes=False)
        for slide in chapter.slides
    ]
    return config.PresentationConfig(
        slides=slides, resolution=(clip.width, clip.height), background_color=chapter.background
    )


def _name(target: Path, edition: Edition, slides: Sequence[Slide]) -> None:
    """Say whose and what the presentation is, and of each video, for those who do not see it, what is said."""
    from pptx import Presentation

    presentation = Presentation(str(target))
    about = presentation.core_properties
    about.title, about.author, about.language = edition.title, "edgeglow", edition.language
    about.last_modified_by = ""
    for page, slide in zip(presentation.slides, slides, strict=True):
        (video,) = page.shapes
        video._element.nvPicPr.cNvPr.set("descr", slide.notes.split("\n")[0])
    presentation.save(str(target))


@contextmanager
def _no_bars() -> Iterator[Any]:
    """The converters, without bars of their own: one, ours, tells how far things are."""
    convert = _converters()
    before = convert.tqdm
    convert.tqdm = lambda things, **options: things
    try:
        yield convert
    finally:
        convert.tqdm = before
