"""Slides of a lesson: a title, then for each clip its name and claim, its beats, and its questions with answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from edgeglow.lesson.caption_tracks import in_one_line
from edgeglow.lesson.lesson_data import Edition, LessonClip, Question

TICK, DASH = "✓", "–"


@dataclass(frozen=True)
class BeatVideo:
    """A beat of a clip as a video, and a picture of its last frame."""

    video: Path
    still: Path


@dataclass(frozen=True)
class ClipSegments:
    """Segments of a clip, one for each beat, and its background colour, as #rrggbb."""

    videos: tuple[BeatVideo, ...]
    background: str


@dataclass(frozen=True)
class TitleSlide:
    """First slide: the lesson's title and its chapters."""

    title: str
    chapters: tuple[str, ...]

    kind = "title"

    @property
    def notes(self) -> str:
        return "\n".join([self.title, *self.chapters])


@dataclass(frozen=True)
class ClipTitleSlide:
    """Slide before a clip: its number in the lesson, its name and its claim."""

    number: int
    title: str
    claim: str
    description: str

    kind = "opening"

    @property
    def notes(self) -> str:
        return f"{self.claim}\n\n{self.description}"


@dataclass(frozen=True)
class BeatSlide:
    """Slide of a beat: the video plays and then holds its last frame, above the beat's sentence."""

    beat: BeatVideo
    said: str

    kind = "film"

    @property
    def notes(self) -> str:
        return self.said


@dataclass(frozen=True)
class QuestionSlide:
    """Slide with a question and its choices; if ``is_answered``, the right one is marked and the reason given."""

    question: Question
    is_answered: bool

    kind = "question"

    @property
    def notes(self) -> str:
        """Speaker notes, with the answer on both slides."""
        choices = [f"{self.mark(number)} {choice}" for number, choice in enumerate(self.question.choices)]
        return "\n".join([self.question.ask, *choices, self.question.why])

    def mark(self, number: int) -> str:
        return TICK if number == self.question.right else DASH


Slide = TitleSlide | ClipTitleSlide | BeatSlide | QuestionSlide


@dataclass(frozen=True)
class SlideSection:
    """Slides that belong together and have the same background colour."""

    slides: tuple[Slide, ...]
    background: str

    @property
    def ink(self) -> str:
        """Text colour for the background."""
        red, green, blue = (int(self.background[place : place + 2], 16) for place in (1, 3, 5))
        return "#1c2330" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 140 else "#eef1f6"


@dataclass(frozen=True)
class SlideDeck:
    """All slides of a lesson in one language; ``width`` and ``height`` are in pixels."""

    language: str
    title: str
    width: int
    height: int
    sections: tuple[SlideSection, ...]


def deck_of(edition: Edition, segments: Mapping[tuple[str, str], ClipSegments]) -> SlideDeck:
    """Return the slides of an edition.

    ``segments`` has the segments of its clips, by (language, slug).
    """
    found = [segments[edition.language, clip.slug] for clip in edition.clips]
    first = edition.clips[0]
    title = TitleSlide(edition.title, tuple(clip.title for clip in edition.clips))
    sections = [SlideSection((title,), found[0].background)]
    for number, (clip, cut) in enumerate(zip(edition.clips, found, strict=True), 1):
        opening = ClipTitleSlide(number, clip.title, clip.claim, clip.description)
        sections.append(SlideSection((opening, *_told(clip, cut.videos)), cut.background))
    return SlideDeck(edition.language, edition.title, first.width, first.height, tuple(sections))


def _told(clip: LessonClip, videos: Sequence[BeatVideo]) -> list[Slide]:
    """Return the slides of a clip's beats, each followed by the questions that are asked at its end."""
    if not clip.sentences:
        return [BeatSlide(video, clip.claim) for video in videos]
    asked: list[list[Question]] = [[] for _ in clip.sentences]
    for question in clip.questions:
        distances = [abs(question.at - sentence.end) for sentence in clip.sentences]
        asked[distances.index(min(distances))].append(question)
    slides: list[Slide] = []
    for sentence, video, questions in zip(clip.sentences, videos, asked, strict=True):
        slides.append(BeatSlide(video, in_one_line(sentence.text)))
        for question in questions:
            slides += [QuestionSlide(question, is_answered=False), QuestionSlide(question, is_answered=True)]
    return slides
