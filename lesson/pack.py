"""Making of a lesson from rendered chapters: clips in every language, the page, and packages for other tools."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from film.bar import Bar
from film.cache import FOLDER
from film.order import Order, fitting
from film.places import publish, shown, workshop
from film.sound import Sound, place
from film.studio import Rendered, rendered
from film.takes import Take
from lesson.facts import key_numbers, run_facts
from lesson.material import Clip, Edition, Lesson, Media, Sentence
from lesson.media import Footage, make_media
from lesson.packages import Packages
from lesson.page import write_page
from lesson.scorm import Scoring
from lesson.wording import questions_of
from model.errors import EdgeglowError
from model.output_file import check_output
from scenes.script.overrides import AROUND
from scenes.script.teaching import LESSON, told_of

if TYPE_CHECKING:
    from model.run import Run
    from scenes.script import Script

NAME = "lesson"
PARTS = ("index.html", "clips", "embed")  # in every lesson's folder


@dataclass(frozen=True)
class Packed:
    """Something that was made: its path, its size in bytes, and for a clip its length in seconds."""

    kind: str  # "lesson", "clip", or the kind of a package: "zip", "scorm" ...
    path: Path
    size: int
    seconds: float = 0.0


@dataclass(frozen=True)
class Pack:
    """A finished lesson: its folder, and all that was made, beginning with the folder."""

    lesson: Lesson
    folder: Path
    made: tuple[Packed, ...]


def make_lesson(
    orders: Sequence[Order],
    bar: Bar,
    kinds: Sequence[str] = (),
    *,
    transparent: bool = False,
    webm: bool = True,
    scoring: Scoring | None = None,
) -> Pack:
    """Make the lesson that the orders ask for: one order for each language, with the same chapters of the same run.

    ``webm`` makes WebM clips, too; ``scoring`` is for a SCORM package. Chapters rendered before are taken from the
    cache. Raises EdgeglowError when a chapter cannot be rendered or a file cannot be written; earlier files then stay
    as they were.
    """
    first = orders[0]
    _check_words(orders)
    _check_place(first)
    with ExitStack() as stack:
        wanted = [*orders, *(_see_through(order) for order in orders if transparent)]
        chapters = stack.enter_context(rendered(wanted, bar))
        told, see_through = chapters[: len(orders)], chapters[len(orders) :]
        clear = [one.takes for one in see_through] if transparent else [None for _ in orders]
        draft = stack.enter_context(workshop(first.media))
        folder = draft / NAME
        lesson = _lesson(orders, told, clear, folder, bar, webm=webm)
        bar.begin("writing the page")
        write_page(lesson, folder)
        bar.finish("page written")
        packages = Packages(lesson, folder, draft, bar, first, scoring or Scoring())
        others = [packages.make(kind) for kind in kinds]
        stem = f"{NAME}{_suffix(first)}"
        made = [_publish("lesson", folder, first.media / stem)]
        made += [_publish(kind, path, first.media / f"{stem}{end}") for kind, path, end in others]
    folder = made[0].path
    return Pack(lesson, folder, (*made, *_clips(lesson, folder)))


def _check_words(orders: Sequence[Order]) -> None:
    """Raise EdgeglowError before rendering, which may take hours, if a text has a placeholder without a value."""
    for order in orders:
        run = order.source.load()
        script = replace(order.words(), subject=run.subject)
        facts = run_facts(run, script)
        for chapter in fitting(order.chapters(), run)[0]:
            for what in AROUND:
                told_of(script, chapter.name, what, facts)


def _check_place(order: Order) -> None:
    """Raise EdgeglowError if the lesson's folder, which is replaced, holds something else, or an input file."""
    folder = order.media / f"{NAME}{_suffix(order)}"
    check_output(folder, *order.inputs, is_folder=True)
    if folder.is_dir() and any(folder.iterdir()) and not all((folder / part).exists() for part in PARTS):
        raise EdgeglowError(
            f"{shown(folder)}: holds something else than a lesson, which would be lost; move it away,"
            " or choose another --media_dir"
        )


def _see_through(order: Order) -> Order:
    return replace(order, look=replace(order.look, format="webm", transparent=True))


def _suffix(order: Order) -> str:
    """Return the end of the lesson's name, for the digits and settings, but without a language."""
    return order.suffix.removeprefix(f"-{order.look.language}")


def _lesson(
    orders: Sequence[Order],
    told: Sequence[Rendered],
    clear: Sequence[Sequence[Take] | None],
    folder: Path,
    bar: Bar,
    *,
    webm: bool,
) -> Lesson:
    """Return the lesson with the clips of all languages, whose files are written into the folder."""
    run = orders[0].source.load()
    said = {
        order.look.language: _sentences(one.takes, order.look.fps)
        for order, one in zip(orders, told, strict=True)
    }
    footage = [
        one
        for order, chapters, others in zip(orders, told, clear, strict=True)
        for one in _footage(order, chapters, others, said, run)
    ]
    order = orders[0]
    cache = order.media / FOLDER / NAME
    media = iter(
        make_media(
            footage,
            folder,
            jobs=order.processes,
            cache=cache,
            is_fresh=order.is_fresh,
            bar=bar,
            webm=webm,
        )
    )
    editions = [_edition(order, one.takes, said, media, run) for order, one in zip(orders, told, strict=True)]
    return Lesson(run.digest, tuple(editions))


Said = Mapping[str, Mapping[str, tuple[Sentence, ...]]]  # by language and chapter's name


def _sentences(takes: Sequence[Take], fps: float) -> dict[str, tuple[Sentence, ...]]:
    return {
        take.name: tuple(
            Sentence(cue.start_frame / fps, cue.end_frame / fps, cue.beat, cue.text)
            for cue in take.cues
            if cue.text.strip()
        )
        for take in takes
    }


def _in_every_language(name: str, language: str, said: Said) -> dict[str, tuple[Sentence, ...]]:
    """Return the captions of a clip in every language, at the clip's times, its own language first.

    Languages with other beats are left out.
    """
    own = said[language][name]
    told = {language: own}
    for other, chapters in said.items():
        if other != language and [one.beat for one in chapters[name]] == [one.beat for one in own]:
            told[other] = tuple(
                replace(sentence, text=theirs.text)
                for sentence, theirs in zip(own, chapters[name], strict=True)
            )
    return told


def _footage(
    order: Order, told: Rendered, clear: Sequence[Take] | None, said: Said, run: Run
) -> Iterator[Footage]:
    language = order.look.language
    for number, take in enumerate(told.takes):
        spots = place([take.told], told.voice, order.look.fps)
        yield Footage(
            take.files[0],
            language,
            slug_of(take),
            take.title,
            f"edgeglow, run {run.digest}",
            order.look.fps,
            said[language][take.name],
            _in_every_language(take.name, language, said),
            clear[number].files[0] if clear else None,
            Sound(tuple(spots)) if spots else None,
        )


def _edition(order: Order, takes: Sequence[Take], said: Said, media: Iterator[Media], run: Run) -> Edition:
    script = replace(order.words(), subject=run.subject)
    facts = run_facts(run, script)
    clips = [_clip(order, take, said, next(media), script, facts) for take in takes]
    words: Mapping[str, str] = script.pages[LESSON]["labels"]
    called = str(script.pages["words"]["language"])
    return Edition(
        script.language, called, script.title(LESSON), tuple(clips), key_numbers(run, script), words
    )


def _clip(
    order: Order, take: Take, said: Said, media: Media, script: Script, facts: Mapping[str, object]
) -> Clip:
    look = order.look
    return Clip(
        take.name,
        slug_of(take),
        look.language,
        take.title,
        told_of(script, take.page, "claim", facts),
        told_of(script, take.page, "description", facts),
        take.frames / look.fps,
        look.width,
        look.height,
        said[look.language][take.name],
        _in_every_language(take.name, look.language, said),
        questions_of(script, take.page, take.cues, look.fps, facts),
        media,
        told_of(script, take.page, "goal", facts),
        told_of(script, take.page, "study", facts),
    )


def slug_of(take: Take) -> str:
    """Return a chapter's name in files and addresses: pixel-flow."""
    return take.page.replace("_", "-")


# -- outputs ------------------------------------------------------------------------------------------------


def _publish(kind: str, draft: Path, target: Path) -> Packed:
    publish(draft, target)
    size = target.stat().st_size if target.is_file() else _size(target)
    return Packed(kind, target, size)


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _clips(lesson: Lesson, folder: Path) -> Iterator[Packed]:
    for edition in lesson.editions:
        for clip in edition.clips:
            for file in filter(None, (clip.media.mp4, clip.media.webm, clip.media.transparent)):
                yield Packed("clip", folder / file.path, file.size, clip.seconds)
