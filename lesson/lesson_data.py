"""Data classes of a lesson, which its modules pass to each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath


@dataclass(frozen=True)
class Sentence:
    """A caption of a clip, from ``start`` to ``end``, in seconds of the clip."""

    start: float
    end: float
    beat: str
    text: str


@dataclass(frozen=True)
class Question:
    """A question at the end of a beat, ``at`` seconds of the clip; ``right`` is the index of the right choice."""

    beat: str
    at: float
    ask: str
    choices: tuple[str, ...]
    right: int
    why: str

    @property
    def answer(self) -> str:
        return self.choices[self.right]


@dataclass(frozen=True)
class LessonFile:
    """A file of the lesson: its path relative to the lesson's folder, its size in bytes, and its media type."""

    path: PurePosixPath
    size: int
    type: str


@dataclass(frozen=True)
class CaptionFiles:
    """Caption files of a clip in one language, as WebVTT and as SubRip."""

    language: str
    vtt: LessonFile
    srt: LessonFile


@dataclass(frozen=True)
class ClipFiles:
    """Files of a clip.

    ``stills`` show the ends of its beats, one for each sentence, in order. ``webm`` and ``transparent`` exist if
    asked for.
    """

    mp4: LessonFile
    webm: LessonFile | None
    poster: LessonFile
    loop: LessonFile
    stills: tuple[LessonFile, ...]
    captions: tuple[CaptionFiles, ...]
    transparent: LessonFile | None = None


@dataclass(frozen=True)
class LessonClip:
    """A chapter in one language.

    ``sentences`` are its captions; ``told`` has captions in every language of the lesson, at the same times.
    """

    name: str  # name of the chapter's class: PixelFlow
    slug: str  # name in files and addresses: pixel-flow
    language: str
    title: str
    claim: str
    description: str  # description of the picture, for people who cannot see it
    seconds: float
    width: int
    height: int
    sentences: tuple[Sentence, ...]
    told: Mapping[str, tuple[Sentence, ...]]
    questions: tuple[Question, ...]
    media: ClipFiles
    goal: str = ""  # learning goal
    study: str = ""  # text to read after the clip


@dataclass(frozen=True)
class KeyNumber:
    """A key number of the run, as text."""

    name: str
    value: str


@dataclass(frozen=True)
class Edition:
    """A lesson in one language: its clips in order, the run's key numbers, and the texts of the page, by name."""

    language: str
    called: str  # the language's name in that language: 한국어
    title: str
    clips: tuple[LessonClip, ...]
    facts: tuple[KeyNumber, ...]
    words: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True)
class Lesson:
    """A lesson in all its languages.

    A page opens with the first edition, unless the reader's browser asks for another language.
    """

    run: str  # the run's digest
    editions: tuple[Edition, ...]

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(edition.language for edition in self.editions)
