"""Prepared request: an order with its chapters, recordings, cache and output folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from film.bar import Bar
from film.cache import FOLDER, Cache
from film.key import Basis, basis_of, key_of
from film.order import Order, fitting
from film.products import Publisher
from film.source import Source
from film.speech import ESPEAK, find_speaker, speak
from film.takes import Job, Take
from film.voice import Voice, find_recordings
from model.errors import EdgeglowError
from model.run import Run


@dataclass(frozen=True)
class Production:
    """One prepared order; temporary files go to ``folder``.

    ``bases`` has the digests of what each chapter is made from.
    """

    order: Order
    folder: Path
    chapters: Sequence[type[Any]]
    voice: Voice
    cache: Cache
    bases: Sequence[Basis]

    @property
    def numbers(self) -> range:
        return range(len(self.chapters))

    @property
    def is_draft_spoken(self) -> bool:
        """Whether narration is to be synthesised once the cues are known."""
        return self.order.voice == ESPEAK

    @property
    def publisher(self) -> Publisher:
        return Publisher(self.order, self.folder, self.voice, self.cache)

    def spoken(self, takes: Sequence[Take], bar: Bar) -> Production:
        """Return a copy with synthesised narration for the measured chapters."""
        bar.begin("speaking", len(takes))
        chapters = [(take.page, take.cues) for take in takes]
        voice = speak(chapters, self.order.look.language, self.folder / "voice", bar.advance)
        return replace(self, voice=voice)

    def task(self, job: type[Job], number: int, folder: str = "", **rest: Any) -> Any:
        """Return the task ``job`` for the chapter with this number; ``folder`` is relative to ``self.folder``."""
        order, chapter = self.order, self.chapters[number]
        voice = self.voice.seconds(chapter.name)
        return job(chapter, self._source, order.look, self.folder / folder, voice, self.bases[number], **rest)

    def kept(self, numbers: Iterable[int], *, with_clip: bool) -> dict[int, Take]:
        """Return those of the chapters that are in the cache, by number."""
        found = {
            number: self.cache.find(self._keys[number], self.folder, with_clip=with_clip)
            for number in numbers
        }
        return {number: take for number, take in found.items() if take is not None}

    def keep(self, number: int, take: Take) -> Take:
        """Store a result in the cache, unless a worker had other code than there was when the film was begun."""
        return self.cache.keep(self._keys[number], take) if take.basis == self.bases[number] else take

    @cached_property
    def _source(self) -> Source:
        return self.order.source.for_workers()

    @cached_property
    def _keys(self) -> list[str]:
        return [
            key_of(chapter, basis, self.order.look, self.voice.seconds(chapter.name))
            for chapter, basis in zip(self.chapters, self.bases, strict=True)
        ]


def begin(order: Order, folder: Path, rooms: str, tell: Callable[[str], object]) -> Production:
    """Prepare an order.

    ``rooms`` is the version of the source code that the clips are made by. ``tell`` receives a line for each chapter
    that is left out. Raises EdgeglowError when the order cannot be made.
    """
    run = order.source.load()
    chapters = _chapters(order, run, tell)
    words = order.words()
    beside = order.source.beside()
    bases = [basis_of(chapter, run.digest, words, rooms, beside) for chapter in chapters]
    cache = Cache(order.media / FOLDER, order.is_fresh)
    return Production(order, folder, chapters, _voice(order), cache, bases)


def _chapters(order: Order, run: Run, tell: Callable[[str], object]) -> tuple[type[Any], ...]:
    """Return the chapters asked for; chapters of the film that the run cannot show are left out and reported."""
    chapters = order.chapters()
    order.words()  # raises here for an invalid script, not in every worker
    chapters, left_out = fitting(chapters, run, order.source.load_other())
    for name, reason in left_out.items():
        if order.names:
            raise EdgeglowError(f"{name} cannot be shown: {reason}")
        tell(f"{name} is left out: {reason}")
    return chapters


def _voice(order: Order) -> Voice:
    """Return the recordings that the order names, or check that espeak-ng is installed if it is to be used later."""
    if order.voice == ESPEAK:
        find_speaker()
    if order.voice in ("", ESPEAK):
        return Voice()
    return find_recordings(Path(order.voice), order.words())
