"""From chapters to files: measure them, render them on all cores, join them."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from film.bar import Bar
from film.crew import Crew, TaskError, cores
from film.join import JOINABLE
from film.order import Order, fitting
from film.places import shown, workshop
from film.products import Product, Publisher
from film.speech import ESPEAK, find_speaker, speak
from film.takes import Measure, Render, Stills, Take
from film.voice import Voice, find_recordings
from model.errors import EdgeglowError
from model.run import Run

SLOW_IMPORT = "scenes"  # what workers import while the parent does, too


def make_film(order: Order, bar: Bar) -> list[Product]:
    """The whole film when no chapter is named; else, or where it cannot be joined, a clip of each chapter.

    Raises EdgeglowError when a chapter cannot be rendered; files that were there before stay as they were.
    """
    with _studio(order, bar) as silent:
        studio, measured = silent.with_voice()
        lengths = [take.frames for take in measured]
        # The longest first, so that the last ones to end are short.
        queue = sorted(range(len(lengths)), key=lambda number: -lengths[number])
        tasks = studio.tasks(Render, [studio.chapters[number] for number in queue])
        bar.begin("rendering", sum(lengths))
        takes: dict[int, Take] = {}
        clips: dict[int, Product] = {}
        is_film = not order.names and order.look.format in JOINABLE
        for turn, take in studio.crew.work(tasks, bar.advance):
            takes[queue[turn]] = take
            if not is_film:
                clips[queue[turn]] = studio.publisher.clip(take)
        if is_film:
            bar.begin("joining")
            return [studio.publisher.film([takes[number] for number in sorted(takes)])]
        return [clips[number] for number in sorted(clips)]


def take_pictures(order: Order, bar: Bar) -> list[Product]:
    """Each chapter's last picture, as a PNG: what is there before it all goes dark."""
    with _studio(order, bar) as studio:
        return [studio.publisher.picture(take) for take in studio.photograph()]


def measure_film(order: Order, bar: Bar) -> list[Take]:
    """How long each chapter is, and what is said in it, without rendering it."""
    with _studio(order, bar) as studio:
        return studio.with_voice()[1]


def take_stills(order: Order, bar: Bar) -> list[Product]:
    """A picture of the end of every beat, and a sheet of them for each chapter, or two where they are many."""
    with _studio(order, bar) as studio:
        return [product for take in studio.photograph() for product in studio.publisher.stills(take)]


@dataclass(frozen=True)
class _Studio:
    """Workers, the chapters that they work on, and whose voice is heard."""

    order: Order
    bar: Bar
    crew: Crew
    folder: Path
    chapters: Sequence[type[Any]]
    voice: Voice

    @property
    def publisher(self) -> Publisher:
        return Publisher(self.order, self.folder, self.voice)

    def tasks(self, job: type[Any], chapters: Sequence[type[Any]], folder: str = "") -> list[Any]:
        """One job for each chapter, in a folder of its own."""
        return [
            job(
                chapter,
                self.order.run,
                self.order.look,
                self.folder / folder,
                self.voice.seconds(chapter.name),
            )
            for chapter in chapters
        ]

    def measure(self) -> list[Take]:
        self.bar.begin("measuring", len(self.chapters))
        takes = {}
        for number, take in self.crew.work(
            self.tasks(Measure, self.chapters, "measure"), lambda amount: None
        ):
            takes[number] = take
            self.bar.advance(1)
        return [takes[number] for number in range(len(self.chapters))]

    def photograph(self) -> list[Take]:
        tasks = self.tasks(Stills, self.chapters)
        self.bar.begin("taking stills", len(tasks))
        takes = dict(self.crew.work(tasks, self.bar.advance))
        return [takes[number] for number in sorted(takes)]

    def with_voice(self) -> tuple[_Studio, list[Take]]:
        """The studio with the spoken draft that was ordered, if it was; and how long everything then is."""
        takes = self.measure()
        if self.order.voice != ESPEAK:
            return self, takes
        self.bar.begin("speaking", len(takes))
        language = self.order.look.language
        chapters = [(take.page, take.cues) for take in takes]
        voice = speak(chapters, language, self.folder / "voice", self.bar.advance)
        studio = replace(self, voice=voice)
        return studio, studio.measure()


@contextmanager
def _studio(order: Order, bar: Bar) -> Iterator[_Studio]:
    """Workers that are warming up, and a folder for them; their failures become one line and a log."""
    bar.begin("preparing")
    jobs = min(order.jobs or cores(), len(order.names) or sys.maxsize)
    try:
        with workshop(order.media) as folder, Crew(jobs, folder, warm_up=SLOW_IMPORT) as crew:
            yield _Studio(order, bar, crew, folder, _chapters(order, bar), _voice(order))
    except TaskError as error:
        log = order.media / "logs" / f"{str(error).split(':')[0]}{order.suffix}.log"
        with suppress(OSError):  # what went wrong matters more
            log.parent.mkdir(parents=True, exist_ok=True)
            log.write_text(error.trace, encoding="utf-8")
            raise EdgeglowError(f"{error}. The traceback is in {shown(log)}") from error
        raise


def _chapters(order: Order, bar: Bar) -> tuple[type[Any], ...]:
    """The chapters asked for. Those of the film that the run cannot show are left out, and that is said."""
    chapters = order.chapters()
    order.words()  # a mistake in them is better told here than by every worker
    chapters, left_out = fitting(chapters, Run.load(order.run))
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
