"""Making of a lesson from rendered chapters: clips in every language, the page, and packages for other tools."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from edgeglow.film.cache import FOLDER
from edgeglow.film.chapter_task import ChapterResult
from edgeglow.film.paths import display_path, move_into_place, temporary_folder
from edgeglow.film.pipeline import RenderedChapters, rendered_chapters
from edgeglow.film.progress_bar import ProgressBar
from edgeglow.film.request import FilmRequest, showable_chapters
from edgeglow.film.sound_track import SoundTrack, place_recordings
from edgeglow.lesson.clip_files import ClipSource, make_clip_files
from edgeglow.lesson.lesson_data import ClipFiles, Edition, Lesson, LessonClip, Sentence
from edgeglow.lesson.packages import PackageMaker
from edgeglow.lesson.questions import questions_of
from edgeglow.lesson.run_facts import key_numbers, run_facts
from edgeglow.lesson.scorm import Scoring
from edgeglow.lesson.web_page import write_page
from edgeglow.model.errors import EdgeglowError
from edgeglow.model.files.output_file import check_output
from edgeglow.scenes.script.lesson_texts import LESSON, lesson_text
from edgeglow.scenes.script.script_parts import AROUND

if TYPE_CHECKING:
    from edgeglow.model.run.run import Run
    from edgeglow.scenes.script import Script

NAME = "lesson"
PARTS = ("index.html", "clips", "embed")  # in every lesson's folder


@dataclass(frozen=True)
class LessonOutput:
    """Something that was made: its path, its size in bytes, and for a clip its length in seconds."""

    kind: str  # "lesson", "clip", or the kind of a package: "zip", "scorm" ...
    path: Path
    size: int
    seconds: float = 0.0


@dataclass(frozen=True)
class FinishedLesson:
    """A finished lesson: its folder, and all that was made, beginning with the folder."""

    lesson: Lesson
    folder: Path
    made: tuple[LessonOutput, ...]


def make_lesson(
    requests: Sequence[FilmRequest],
    bar: ProgressBar,
    kinds: Sequence[str] = (),
    *,
    transparent: bool = False,
    webm: bool = True,
    scoring: Scoring | None = None,
) -> FinishedLesson:
    """Make the lesson that the requests ask for: one for each language, with the same chapters of the same run.

    ``webm`` makes WebM clips, too; ``scoring`` is for a SCORM package. Chapters rendered before are taken from the
    cache. Raises EdgeglowError when a chapter cannot be rendered or a file cannot be written; earlier files then stay
    as they were.
    """
    first = requests[0]
    _check_placeholders(requests)
    _check_place(first)
    with ExitStack() as stack:
        wanted = [*requests, *(_transparent_request(request) for request in requests if transparent)]
        chapters = stack.enter_context(rendered_chapters(wanted, bar))
        told, see_through = chapters[: len(requests)], chapters[len(requests) :]
        clear = [one.results for one in see_through] if transparent else [None for _ in requests]
        draft = stack.enter_context(temporary_folder(first.media))
        folder = draft / NAME
        lesson = _lesson(requests, told, clear, folder, bar, webm=webm)
        bar.begin("writing the page")
        write_page(lesson, folder)
        bar.finish("page written")
        packages = PackageMaker(lesson, folder, draft, bar, requests, scoring or Scoring())
        others = [packages.make(kind) for kind in kinds]
        stem = f"{NAME}{_suffix(first)}"
        made = [_publish("lesson", folder, first.media / stem)]
        made += [_publish(kind, path, first.media / f"{stem}{end}") for kind, path, end in others]
    folder = made[0].path
    return FinishedLesson(lesson, folder, (*made, *_clips(lesson, folder)))


def _check_placeholders(requests: Sequence[FilmRequest]) -> None:
    """Raise EdgeglowError before rendering, which may take hours, if a text has a placeholder without a value."""
    for request in requests:
        run = request.source.load()
        script = replace(request.words(), subject=run.subject)
        facts = run_facts(run, script)
        for chapter in showable_chapters(request.chapters(), run)[0]:
            for what in AROUND:
                lesson_text(script, chapter.name, what, facts)


def _check_place(request: FilmRequest) -> None:
    """Raise EdgeglowError if the lesson's folder, which is replaced, holds something else, or an input file."""
    folder = request.media / f"{NAME}{_suffix(request)}"
    check_output(folder, *request.inputs, is_folder=True)
    if folder.is_dir() and any(folder.iterdir()) and not all((folder / part).exists() for part in PARTS):
        raise EdgeglowError(
            f"{display_path(folder)}: holds something else than a lesson, which would be lost; move it away,"
            " or choose another --media_dir"
        )


def _transparent_request(request: FilmRequest) -> FilmRequest:
    return replace(request, settings=replace(request.settings, format="webm", transparent=True))


def _suffix(request: FilmRequest) -> str:
    """Return the end of the lesson's name, for the digits and settings, but without a language."""
    return request.suffix.removeprefix(f"-{request.settings.language}")


def _lesson(
    requests: Sequence[FilmRequest],
    told: Sequence[RenderedChapters],
    clear: Sequence[Sequence[ChapterResult] | None],
    folder: Path,
    bar: ProgressBar,
    *,
    webm: bool,
) -> Lesson:
    """Return the lesson with the clips of all languages, whose files are written into the folder."""
    run = requests[0].source.load()
    said = {
        request.settings.language: _sentences(one.results, request.settings.fps)
        for request, one in zip(requests, told, strict=True)
    }
    sources = [
        one
        for request, chapters, others in zip(requests, told, clear, strict=True)
        for one in _footage(request, chapters, others, said, run)
    ]
    request = requests[0]
    cache = request.media / FOLDER / NAME
    media = iter(
        make_clip_files(
            sources, folder, jobs=request.processes, cache=cache, is_fresh=request.is_fresh, bar=bar, webm=webm
        )
    )
    editions = [_edition(request, one.results, said, media, run) for request, one in zip(requests, told, strict=True)]
    return Lesson(run.digest, tuple(editions))


Said = Mapping[str, Mapping[str, tuple[Sentence, ...]]]  # by language and chapter's name


def _sentences(results: Sequence[ChapterResult], fps: float) -> dict[str, tuple[Sentence, ...]]:
    return {
        result.name: tuple(
            Sentence(cue.start_frame / fps, cue.end_frame / fps, cue.beat, cue.text)
            for cue in result.cues
            if cue.text.strip()
        )
        for result in results
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
                replace(sentence, text=theirs.text) for sentence, theirs in zip(own, chapters[name], strict=True)
            )
    return told


def _footage(
    request: FilmRequest, told: RenderedChapters, clear: Sequence[ChapterResult] | None, said: Said, run: Run
) -> Iterator[ClipSource]:
    language = request.settings.language
    for number, result in enumerate(told.results):
        spots = place_recordings([result.told], told.voice, request.settings.fps)
        yield ClipSource(
            result.files[0],
            language,
            slug_of(result),
            result.title,
            f"edgeglow, run {run.digest}",
            request.settings.fps,
            said[language][result.name],
            _in_every_language(result.name, language, said),
            clear[number].files[0] if clear else None,
            SoundTrack(tuple(spots)) if spots else None,
        )


def _edition(
    request: FilmRequest, results: Sequence[ChapterResult], said: Said, media: Iterator[ClipFiles], run: Run
) -> Edition:
    script = replace(request.words(), subject=run.subject)
    facts = run_facts(run, script)
    clips = [_clip(request, result, said, next(media), script, facts) for result in results]
    words: Mapping[str, str] = script.pages[LESSON]["labels"]
    called = str(script.pages["words"]["language"])
    return Edition(script.language, called, script.title(LESSON), tuple(clips), key_numbers(run, script), words)


def _clip(
    request: FilmRequest,
    result: ChapterResult,
    said: Said,
    media: ClipFiles,
    script: Script,
    facts: Mapping[str, object],
) -> LessonClip:
    settings = request.settings
    return LessonClip(
        result.name,
        slug_of(result),
        settings.language,
        result.title,
        lesson_text(script, result.page, "claim", facts),
        lesson_text(script, result.page, "description", facts),
        result.frames / settings.fps,
        settings.width,
        settings.height,
        said[settings.language][result.name],
        _in_every_language(result.name, settings.language, said),
        questions_of(script, result.page, result.cues, settings.fps, facts),
        media,
        lesson_text(script, result.page, "goal", facts),
        lesson_text(script, result.page, "study", facts),
    )


def slug_of(result: ChapterResult) -> str:
    """Return a chapter's name in files and addresses: pixel-flow."""
    return result.page.replace("_", "-")


# -- outputs ------------------------------------------------------------------------------------------------


def _publish(kind: str, draft: Path, target: Path) -> LessonOutput:
    move_into_place(draft, target)
    size = target.stat().st_size if target.is_file() else _size(target)
    return LessonOutput(kind, target, size)


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _clips(lesson: Lesson, folder: Path) -> Iterator[LessonOutput]:
    for edition in lesson.editions:
        for clip in edition.clips:
            for file in filter(None, (clip.media.mp4, clip.media.webm, clip.media.transparent)):
                yield LessonOutput("clip", folder / file.path, file.size, clip.seconds)
