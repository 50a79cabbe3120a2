"""What a lesson is made of, as plain data: what its rooms pass to each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath


@dataclass(frozen=True)
class Sentence:
    """What is said in a beat of a clip, from ``start`` to ``end``, in seconds of the clip."""

    start: float
    end: float
    beat: str
    text: str


@dataclass(frozen=True)
class Question:
    """Asked when a beat of a clip has ended, ``at`` so many seconds; ``right`` is the number of the right choice."""

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
class File:
    """A file of the pack: its place from the pack's folder, how large it is in bytes, and its media type."""

    path: PurePosixPath
    size: int
    type: str


@dataclass(frozen=True)
class Captions:
    """What is said in a clip, in one language, as a track and as subtitles."""

    language: str
    vtt: File
    srt: File


@dataclass(frozen=True)
class Media:
    """The files of a clip. ``stills`` are the ends of its beats, one for each sentence, in their order;
    ``webm`` and ``transparent`` are there where they were asked for."""

    mp4: File
    webm: File | None
    poster: File
    loop: File
    stills: tuple[File, ...]
    captions: tuple[Captions, ...]
    transparent: File | None = None


@dataclass(frozen=True)
class Clip:
    """A chapter in one language. ``sentences`` are its own; ``told`` says the same, at the same times, in every
    language of the lesson, its own among them."""

    name: str  # of the chapter's class: PixelFlow
    slug: str  # as files and addresses have it: pixel-flow
    language: str
    title: str
    claim: str
    description: str  # of what is seen, for those who do not see it
    seconds: float
    width: int
    height: int
    sentences: tuple[Sentence, ...]
    told: Mapping[str, tuple[Sentence, ...]]
    questions: tuple[Question, ...]
    media: Media
    goal: str = ""  # what one can do who has watched it
    study: str = ""  # to be read after it


@dataclass(frozen=True)
class Fact:
    """A key number of the run, as it is written."""

    name: str
    value: str


@dataclass(frozen=True)
class Edition:
    """A lesson in one language: its clips in order, the run's key numbers, and the words of the page, by name."""

    language: str
    called: str  # the language's own name: 한국어
    title: str
    clips: tuple[Clip, ...]
    facts: tuple[Fact, ...]
    words: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True)
class Lesson:
    """All of it. The first edition is what a page opens with, where the reader's browser asks for no other."""

    run: str  # its digest
    editions: tuple[Edition, ...]

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(edition.language for edition in self.editions)
