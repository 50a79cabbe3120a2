"""From chapters to files: measure them, render them on all cores, join them."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from film.bar import Bar
from film.cache import FOLDER, Cache
from film.crew import Crew, TaskError, cores
from film.join import JOINABLE
from film.key import Basis, basis_of, key_of
from film.order import Order, fitting
from film.pieces import Stretch, share
from film.places import shown, workshop
from film.products import Product, Publisher
from film.rendering import Render, assemble
from film.speech import ESPEAK, find_speaker, speak
from film.takes import Measure, Stills, Take
from film.trace import Fingerprint
from film.version import rooms_version
from film.voice import Voice, find_recordings
from model.errors import EdgeglowError
from model.run import Run

SLOW_IMPORT = "scenes"  # what workers import while the parent does, too


def make_film(order: Order, bar: Bar) -> list[Product]:
    """The whole film when no chapter is named; else, or where it cannot be joined, a clip of each chapter.

    Chapters that were rendered before, and would come out the same, are not rendered again. Raises EdgeglowError when
    a chapter cannot be rendered; files that were there before stay as they were.
    """
    with _studio(order, bar) as silent:
        studio = silent.with_voice()
        is_film = not order.names and order.look.format in JOINABLE
        takes: dict[int, Take] = {}
        clips: dict[int, Product] = {}
        for number, take in studio.render():
            takes[number] = take
            if not is_film:
                clips[number] = studio.publisher.clip(take)
        if is_film:
            bar.begin("joining")
            return [studio.publisher.film([takes[number] for number in sorted(takes)])]
        return [clips[number] for number in sorted(clips)]


@contextmanager
def rendered(order: Order, bar: Bar) -> Iterator[list[Take]]:
    """The chapters that the order names (or all that fit), each rendered or found again, in their order: for as long
    as they are needed, since where the cache cannot be written their clips lie in a folder that then goes."""
    with _studio(order, bar) as silent:
        takes = dict(silent.with_voice().render())
        yield [takes[number] for number in sorted(takes)]


def take_pictures(order: Order, bar: Bar) -> list[Product]:
    """Each chapter's last picture, as a PNG: what is there before it all goes dark."""
    with _studio(order, bar) as studio:
        return [studio.publisher.picture(take) for take in studio.photograph()]


def measure_film(order: Order, bar: Bar) -> list[Take]:
    """How long each chapter is, and what is said in it, without rendering it."""
    with _studio(order, bar) as silent:
        return silent.with_voice().measure()


def take_stills(order: Order, bar: Bar) -> list[Product]:
    """A picture of the end of every beat, and a sheet of them for each chapter, or two where they are many."""
    with _studio(order, bar) as studio:
        return [product for take in studio.photograph() for product in studio.publisher.stills(take)]


@dataclass(frozen=True)
class _Studio:
    """Workers, the chapters that they work on, whose voice is heard, and what there is from before."""

    order: Order
    bar: Bar
    crew: Crew
    folder: Path
    chapters: Sequence[type[Any]]
    voice: Voice
    cache: Cache
    run: Fingerprint
    bases: Sequence[Basis]

    @property
    def publisher(self) -> Publisher:
        return Publisher(self.order, self.folder, self.voice, self.cache)

    def with_voice(self) -> _Studio:
        """The studio with the spoken draft that was ordered, if it was."""
        if self.order.voice != ESPEAK:
            return self
        takes = self.measure()
        self.bar.begin("speaking", len(takes))
        language = self.order.look.language
        chapters = [(take.page, take.cues) for take in takes]
        voice = speak(chapters, language, self.folder / "voice", self.bar.advance)
        return replace(self, voice=voice)

    def render(self) -> Iterator[tuple[int, Take]]:
        """Every chapter's number and clip: first those that were kept, then the others as they are done."""
        kept = self._kept(range(len(self.chapters)), with_clip=True)
        yield from kept.items()
        missing = [number for number in range(len(self.chapters)) if number not in kept]
        if not missing:
            return
        measured = self._measured(missing)
        if self.order.look.format in JOINABLE:
            stretches = share({number: take.joints for number, take in measured.items()}, self.crew.count)
        else:
            stretches = [Stretch(number, ()) for number in missing]
        self.bar.begin("rendering", sum(take.frames for take in measured.values()))
        tasks = [self._task(Render, one.chapter, joints=one.joints) for one in stretches]
        made: dict[int, dict[int, Take]] = {number: {} for number in missing}
        for turn, take in self.crew.work(tasks, self.bar.advance):
            number = stretches[turn].chapter
            made[number][turn] = take
            if len(made[number]) == sum(one.chapter == number for one in stretches):
                parts = sorted(made[number], key=lambda part: stretches[part].begin)
                whole = assemble(measured[number], [made[number][part] for part in parts], self.folder)
                yield number, self._keep(number, whole)

    def measure(self) -> list[Take]:
        """Every chapter's length and cues."""
        takes = self._measured(range(len(self.chapters)))
        return [takes[number] for number in sorted(takes)]

    def photograph(self) -> list[Take]:
        """A picture of every beat's end, of every chapter."""
        numbers = range(len(self.chapters))
        self.bar.begin("taking stills", len(numbers))
        tasks = [self._task(Stills, number) for number in numbers]
        takes = dict(self.crew.work(tasks, self.bar.advance))
        return [takes[number] for number in sorted(takes)]

    def _measured(self, numbers: Sequence[int]) -> dict[int, Take]:
        takes = self._kept(numbers, with_clip=False)
        missing = [number for number in numbers if number not in takes]
        self.bar.begin("measuring", len(missing))
        tasks = [self._task(Measure, number, "measure") for number in missing]
        for turn, take in self.crew.work(tasks, lambda amount: None):
            takes[missing[turn]] = self._keep(missing[turn], take)
            self.bar.advance(1)
        return takes

    def _task(self, job: type[Any], number: int, folder: str = "", **rest: Any) -> Any:
        """A job on one chapter, in a folder of its own."""
        order, chapter = self.order, self.chapters[number]
        voice = self.voice.seconds(chapter.name)
        return job(chapter, order.source, order.look, self.folder / folder, voice, self.bases[number], **rest)

    # -- what there is from before ------------------------------------------------------------------------

    def _kept(self, numbers: Sequence[int], *, with_clip: bool) -> dict[int, Take]:
        """Those of the chapters that need not be made again, by their numbers."""
        found = {
            number: self.cache.find(self._keys[number], self.run, with_clip=with_clip) for number in numbers
        }
        return {number: take for number, take in found.items() if take is not None}

    def _keep(self, number: int, take: Take) -> Take:
        """Keep what was made; but not if a worker found other code than there was when the film was begun."""
        return self.cache.keep(self._keys[number], take) if take.basis == self.bases[number] else take

    @cached_property
    def _keys(self) -> list[str]:
        return [
            key_of(chapter, basis, self.order.look, self.voice.seconds(chapter.name))
            for chapter, basis in zip(self.chapters, self.bases, strict=True)
        ]


@contextmanager
def _studio(order: Order, bar: Bar) -> Iterator[_Studio]:
    """Workers, and a folder for them; their failures become one line and a log."""
    bar.begin("preparing")
    jobs = min(order.jobs or cores(), len(order.names) or sys.maxsize)
    cache = Cache(order.media / FOLDER, order.is_fresh)
    rooms = rooms_version()  # before workers import it: what they then find may be newer, and is told apart
    try:
        with workshop(order.media) as folder, Crew(jobs, folder, warm_up=SLOW_IMPORT) as crew:
            if order.is_fresh or not cache.folder.exists():
                crew.warm_up()  # there will be work
            run = order.source.load()
            chapters = _chapters(order, run, bar)
            words = order.words()
            beside = order.source.beside()
            bases = [basis_of(chapter, run.digest, words, rooms, beside) for chapter in chapters]
            voice = _voice(order)
            yield _Studio(order, bar, crew, folder, chapters, voice, cache, Fingerprint(run), bases)
        cache.prune()
    except TaskError as error:
        log = order.media / "logs" / f"{str(error).split(':')[0]}{order.suffix}.log"
        with suppress(OSError):  # what went wrong matters more
            log.parent.mkdir(parents=True, exist_ok=True)
            log.write_text(error.trace, encoding="utf-8")
            raise EdgeglowError(f"{error}. The traceback is in {shown(log)}") from error
        raise


def _chapters(order: Order, run: Run, bar: Bar) -> tuple[type[Any], ...]:
    """The chapters asked for. Those of the film that the run cannot show are left out, and that is said."""
    chapters = order.chapters()
    order.words()  # a mistake in them is better told here than by every worker
    chapters, left_out = fitting(chapters, run, order.source.load_other())
    for name, reason in left_out.items():
        if order.names:
            raise EdgeglowError(f"{name} cannot be shown: {reason}")
        bar.tell(f"{name} is left out: {reason}")
    return chapters


def _voice(order: Order) -> Voice:
    """The recordings that the order names; a spoken draft is made later, but it is known now whether it can be."""
    if order.voice == ESPEAK:
        find_speaker()
    if order.voice in ("", ESPEAK):
        return Voice()
    return find_recordings(Path(order.voice), order.words())
