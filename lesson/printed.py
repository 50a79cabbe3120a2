"""A lesson as it is printed: in the light theme's colours and words, whatever the clips' are."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from edgeglow.film.chapter_stills import chapter_stills
from edgeglow.lesson.lesson_data import Edition, Lesson, LessonClip, LessonFile, Sentence
from edgeglow.lesson.questions import questions_of
from edgeglow.lesson.run_facts import run_facts
from edgeglow.scenes.script.lesson_texts import lesson_text

if TYPE_CHECKING:
    from edgeglow.film.chapter_task import ChapterResult
    from edgeglow.film.progress_bar import ProgressBar
    from edgeglow.film.request import FilmRequest

PAPER = "light"  # the theme whose background is paper


def printed_lesson(lesson: Lesson, requests: Sequence[FilmRequest], folder: Path, bar: ProgressBar) -> Lesson:
    """Return the lesson for print: its stills are taken again, into ``folder``, unless they are on paper already.

    ``requests`` are those of the lesson, one for each of its languages.
    """
    if requests[0].settings.theme == PAPER:
        return lesson
    wanted = [replace(one, settings=replace(one.settings, theme=PAPER), voice="") for one in requests]
    with chapter_stills(wanted, bar) as chapters:
        editions = [
            _edition(edition, request, results, folder)
            for edition, request, results in zip(lesson.editions, wanted, chapters, strict=True)
        ]
    return replace(lesson, editions=tuple(editions))


def _edition(edition: Edition, request: FilmRequest, results: Sequence[ChapterResult], folder: Path) -> Edition:
    run = request.source.load()
    script = replace(request.words(), subject=run.subject)
    facts = run_facts(run, script)
    clips: list[LessonClip] = []
    for clip, result in zip(edition.clips, results, strict=True):
        sentences, stills = zip(*_pictures(clip, result, folder), strict=True)
        questions = questions_of(script, result.page, result.cues, request.settings.fps, facts)
        claim = lesson_text(script, result.page, "claim", facts)
        media = replace(clip.media, stills=stills)
        clips.append(replace(clip, claim=claim, sentences=sentences, questions=questions, media=media))
    return replace(edition, clips=tuple(clips))


def _pictures(clip: LessonClip, result: ChapterResult, folder: Path) -> Iterator[tuple[Sentence, LessonFile]]:
    """Yield every sentence of a chapter, and the still of the end of its beat, copied into the folder."""
    stills = iter(zip(result.beats, result.files, strict=True))
    for number, cue in enumerate(cue for cue in result.cues if cue.text.strip()):
        still = next(file for beat, file in stills if beat == cue.beat)
        target = folder / clip.language / f"{clip.slug}-{number}{still.suffix}"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(still, target)
        path = PurePosixPath(target.resolve().as_posix())
        yield Sentence(0.0, 0.0, cue.beat, cue.text), LessonFile(path, target.stat().st_size, "image/png")
