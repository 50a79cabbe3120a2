"""What slides a lesson has: a title; of each clip its name and claim, its beats, and its questions, then answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lesson.material import Clip, Edition, Question
from lesson.tracks import in_one_line

TICK, DASH = "✓", "–"


@dataclass(frozen=True)
class Piece:
    """A beat of a clip as a video, and a picture of its last frame."""

    video: Path
    still: Path


@dataclass(frozen=True)
class Cuttings:
    """The pieces of a clip, one for each beat, and the colour behind them, as #rrggbb."""

    pieces: tuple[Piece, ...]
    background: str


@dataclass(frozen=True)
class Title:
    """The first slide: whose deck it is, and what is in it."""

    title: str
    chapters: tuple[str, ...]

    kind = "title"

    @property
    def notes(self) -> str:
        return "\n".join([self.title, *self.chapters])


@dataclass(frozen=True)
class Opening:
    """The slide before a clip: its place in the lesson, its name and its claim."""

    number: int
    title: str
    claim: str
    description: str

    kind = "opening"

    @property
    def notes(self) -> str:
        return f"{self.claim}\n\n{self.description}"


@dataclass(frozen=True)
class Film:
    """A beat: it plays, and then holds its last frame, over the sentence that is said in it."""

    piece: Piece
    said: str

    kind = "film"

    @property
    def notes(self) -> str:
        return self.said


@dataclass(frozen=True)
class Asked:
    """A question with its choices; on the slide after it the right one is marked, and the reason given."""

    question: Question
    is_answered: bool

    kind = "question"

    @property
    def notes(self) -> str:
        """Who asks it sees the answer on both slides."""
        choices = [f"{self.mark(number)} {choice}" for number, choice in enumerate(self.question.choices)]
        return "\n".join([self.question.ask, *choices, self.question.why])

    def mark(self, number: int) -> str:
        return TICK if number == self.question.right else DASH


Slide = Title | Opening | Film | Asked


@dataclass(frozen=True)
class Section:
    """Slides of one colour that belong together."""

    slides: tuple[Slide, ...]
    background: str

    @property
    def ink(self) -> str:
        """The colour of words on it."""
        red, green, blue = (int(self.background[place : place + 2], 16) for place in (1, 3, 5))
        return "#1c2330" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 140 else "#eef1f6"


@dataclass(frozen=True)
class Deck:
    """All slides of a lesson in one language, for pages of ``width`` by ``height``."""

    language: str
    title: str
    width: int
    height: int
    sections: tuple[Section, ...]


def deck_of(edition: Edition, cuttings: Mapping[tuple[str, str], Cuttings]) -> Deck:
    """The slides of an edition. ``cuttings`` are the pieces of its clips, by language and slug."""
    found = [cuttings[edition.language, clip.slug] for clip in edition.clips]
    first = edition.clips[0]
    title = Title(edition.title, tuple(clip.title for clip in edition.clips))
    sections = [Section((title,), found[0].background)]
    for number, (clip, cut) in enumerate(zip(edition.clips, found, strict=True), 1):
        opening = Opening(number, clip.title, clip.claim, clip.description)
        sections.append(Section((opening, *_told(clip, cut.pieces)), cut.background))
    return Deck(edition.language, edition.title, first.width, first.height, tuple(sections))


def _told(clip: Clip, pieces: Sequence[Piece]) -> list[Slide]:
    """A clip's beats, and after each what is asked at its end."""
    if not clip.sentences:
        return [Film(piece, clip.claim) for piece in pieces]
    asked: list[list[Question]] = [[] for _ in clip.sentences]
    for question in clip.questions:
        distances = [abs(question.at - sentence.end) for sentence in clip.sentences]
        asked[distances.index(min(distances))].append(question)
    slides: list[Slide] = []
    for sentence, piece, questions in zip(clip.sentences, pieces, asked, strict=True):
        slides.append(Film(piece, in_one_line(sentence.text)))
        for question in questions:
            slides += [Asked(question, is_answered=False), Asked(question, is_answered=True)]
    return slides
