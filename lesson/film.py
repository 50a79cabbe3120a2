"""From chapters to files: measure them, render them on all cores, join them."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from lesson.bar import Bar
from lesson.crew import Crew, TaskError, cores
from lesson.join import JOINABLE, Clip, join
from lesson.order import Order
from lesson.places import publish, shown, unwritable, workshop
from lesson.sheet import lay_out
from lesson.subtitles import compose
from lesson.takes import Measure, Render, Stills, Take
from model.errors import EdgeglowError
from model.run import Run

FILM_TITLE = "edgeglow"
SLOW_IMPORT = "scenes"  # what workers import while the parent does, too


@dataclass(frozen=True)
class Product:
    """A finished file and the chapters in it."""

    kind: str  # "film", "clip", "picture" or "stills"
    path: Path
    takes: tuple[Take, ...]

    @property
    def frames(self) -> int:
        return sum(take.frames for take in self.takes)


def make_film(order: Order, bar: Bar) -> list[Product]:
    """The whole film when no chapter is named; else, or where it cannot be joined, a clip of each chapter.

    Raises EdgeglowError when a chapter cannot be rendered; files that were there before stay as they were.
    """
    with _studio(order, bar) as (crew, folder):
        chapters = order.chapters()
        lengths = [take.frames for take in _measure(crew, chapters, order, folder, bar)]
        # The longest first, so that the last ones to end are short.
        queue = sorted(range(len(chapters)), key=lambda number: -lengths[number])
        tasks = [Render(chapters[number], order.run, order.look, folder) for number in queue]
        bar.begin("rendering", sum(lengths))
        takes: dict[int, Take] = {}
        clips: dict[int, Product] = {}
        is_film = not order.names and order.look.format in JOINABLE
        for place, take in crew.work(tasks, bar.advance):
            takes[queue[place]] = take
            if not is_film:
                clips[queue[place]] = _publish_clip(take, order, folder)
        if is_film:
            bar.begin("joining")
            return [_publish_film([takes[number] for number in sorted(takes)], order, folder)]
        return [clips[number] for number in sorted(clips)]


def take_pictures(order: Order, bar: Bar) -> list[Product]:
    """Each chapter's last picture, as a PNG: what is there before it all goes dark."""
    with _studio(order, bar) as (crew, folder):
        return [_publish_picture(take, order) for take in _photograph(crew, order, folder, bar)]


def measure_film(order: Order, bar: Bar) -> list[Take]:
    """How long each chapter is, and what is said in it, without rendering it."""
    with _studio(order, bar) as (crew, folder):
        return _measure(crew, order.chapters(), order, folder, bar)


def take_stills(order: Order, bar: Bar) -> list[Product]:
    """A picture of the end of every beat, and a sheet of them for each chapter."""
    with _studio(order, bar) as (crew, folder):
        return [_publish_stills(take, order, folder) for take in _photograph(crew, order, folder, bar)]


@contextmanager
def _studio(order: Order, bar: Bar) -> Iterator[tuple[Crew, Path]]:
    """Workers that are warming up, and a folder for them; their failures become one line and a log."""
    bar.begin("preparing")
    jobs = min(order.jobs or cores(), len(order.names) or sys.maxsize)
    try:
        with workshop(order.media) as folder, Crew(jobs, folder, warm_up=SLOW_IMPORT) as crew:
            yield crew, folder
    except TaskError as error:
        log = order.media / "logs" / f"{str(error).split(':')[0]}{order.suffix}.log"
        with suppress(OSError):  # what went wrong matters more
            log.parent.mkdir(parents=True, exist_ok=True)
            log.write_text(error.trace, encoding="utf-8")
            raise EdgeglowError(f"{error}. The traceback is in {shown(log)}") from error
        raise


def _measure(crew: Crew, chapters: Sequence[type], order: Order, folder: Path, bar: Bar) -> list[Take]:
    bar.begin("measuring", len(chapters))
    takes = {}
    tasks = [Measure(chapter, order.run, order.look, folder / "measure") for chapter in chapters]
    for number, take in crew.work(tasks, lambda amount: None):
        takes[number] = take
        bar.advance(1)
    return [takes[number] for number in range(len(chapters))]


def _photograph(crew: Crew, order: Order, folder: Path, bar: Bar) -> list[Take]:
    tasks = [Stills(chapter, order.run, order.look, folder) for chapter in order.chapters()]
    bar.begin("taking stills", len(tasks))
    takes = dict(crew.work(tasks, bar.advance))
    return [takes[number] for number in sorted(takes)]


def _publish_film(takes: Sequence[Take], order: Order, folder: Path) -> Product:
    return Product("film", _assemble(takes, FILM_TITLE, f"film{order.suffix}", order, folder), tuple(takes))


def _publish_clip(take: Take, order: Order, folder: Path) -> Product:
    name = f"{take.name}{order.suffix}"
    if order.look.format in JOINABLE:
        return Product("clip", _assemble([take], take.title, name, order, folder), (take,))
    return Product("clip", publish(take.files[0], order.media / f"{name}.{order.look.format}"), (take,))


def _publish_picture(take: Take, order: Order) -> Product:
    path = order.media / f"{take.name}{order.suffix}.png"
    return Product("picture", publish(take.files[-1], path), (take,))


def _assemble(takes: Sequence[Take], title: str, name: str, order: Order, folder: Path) -> Path:
    """Join takes into one video, which appears in ``media`` when it is whole, with its subtitles."""
    draft = folder / f"{name}.{order.look.format}"
    target = order.media / draft.name
    comment = f"edgeglow, run {Run.load(order.run).digest}"
    try:
        clips = [Clip(take.files[0], take.title) for take in takes]
        join(clips, draft, title=title, language=order.look.language, comment=comment)
        words = folder / f"{name}.srt"
        subtitles = compose(((take.frames, take.cues) for take in takes), order.look.fps)
        words.write_text(subtitles, encoding="utf-8")
    except OSError as error:  # PyAV's own errors are among them
        raise unwritable(target, error) from error
    # Not beside the film: players would lay them over the captions that are in the picture already.
    publish(words, order.media / "captions" / words.name)
    return publish(draft, target)


def _publish_stills(take: Take, order: Order, folder: Path) -> Product:
    name = f"{take.name}{order.suffix}"
    sheet = folder / f"{name}.png"
    try:
        lay_out(take.files, take.beats, f"{take.name}   {order.look.language}   {order.look.theme}", sheet)
    except OSError as error:
        raise unwritable(sheet, error) from error
    publish(take.files[0].parent, order.media / "stills" / name)
    return Product("stills", publish(sheet, order.media / "stills" / sheet.name), (take,))
