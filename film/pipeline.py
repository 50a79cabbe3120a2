"""Pipeline from chapters to files: measure, render in parallel, join."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from edgeglow.film.cache import FOLDER
from edgeglow.film.chapter_task import ChapterResult, MeasureTask, StillsTask
from edgeglow.film.join import JOINABLE
from edgeglow.film.narration import Narration
from edgeglow.film.outputs import OutputFile
from edgeglow.film.paths import display_path, make_folder, temporary_folder
from edgeglow.film.prepared_request import PreparedRequest, prepare_request
from edgeglow.film.progress_bar import ProgressBar
from edgeglow.film.render_environment import code_version
from edgeglow.film.render_task import RenderTask, assemble_chapter
from edgeglow.film.request import FilmRequest, output_paths
from edgeglow.film.segments import SegmentRange, schedule_segments
from edgeglow.film.worker_pool import Report, Task, TaskError, WorkerPool
from edgeglow.model.errors import EdgeglowError
from edgeglow.model.files.output_file import check_output

SLOW_IMPORT = "edgeglow.scenes.chapters"  # imported by workers at the same time as by the parent


class TaskRunner(Protocol):
    """Workers that do tasks: a local worker pool or a cluster."""

    @property
    def count(self) -> int:
        """Number of tasks that are done at once."""

    def warm_up(self) -> None:
        """Prepare for work: tasks will follow."""

    def work(self, tasks: Sequence[Task], report: Report) -> Iterator[tuple[int, Any]]:
        """Yield each task's number and result as they finish."""


def make_film(request: FilmRequest, bar: ProgressBar) -> list[OutputFile]:
    """Make the whole film, or clips of the chapters if chapters are named or the format cannot be joined.

    Chapters that would come out the same are taken from the cache. Raises EdgeglowError when a chapter cannot be
    rendered; earlier files then stay as they were.
    """
    return make_films([request], bar)


def make_films(requests: Sequence[FilmRequest], bar: ProgressBar) -> list[OutputFile]:
    """Make the films or clips of several requests in parallel; each is published as soon as it is complete.

    ``jobs`` and ``cluster`` of the first request count for all.
    """
    outputs: dict[tuple[int, int], OutputFile] = {}
    _check_targets(requests)
    with opened_pipeline(requests, bar) as pipeline:
        pipeline.speak()
        results: list[dict[int, ChapterResult]] = [{} for _ in requests]
        for film, number, result in pipeline.render():
            prepared = pipeline.all_prepared[film]
            results[film][number] = result
            if prepared.request.names or prepared.request.settings.format not in JOINABLE:
                outputs[film, number] = prepared.writer.clip(result)
            elif len(results[film]) == len(prepared.chapters):
                whole = [results[film][each] for each in prepared.numbers]
                outputs[film, 0] = prepared.writer.film(whole)
    return [outputs[place] for place in sorted(outputs)]


@dataclass(frozen=True)
class RenderedChapters:
    """The rendered chapters of a request, in order, and their narration."""

    results: list[ChapterResult]
    voice: Narration


@contextmanager
def rendered_chapters(requests: Sequence[FilmRequest], bar: ProgressBar) -> Iterator[list[RenderedChapters]]:
    """Yield the rendered chapters of each request: those that it names, or all that the run can be shown in.

    Clips and synthesised narration may lie in a temporary folder, which is removed at the end of the ``with`` block.
    """
    with opened_pipeline(requests, bar) as pipeline:
        pipeline.speak()
        found = {(film, number): result for film, number, result in pipeline.render()}
        yield [
            RenderedChapters([found[place] for place in sorted(found) if place[0] == film], prepared.voice)
            for film, prepared in enumerate(pipeline.all_prepared)
        ]


def render_last_frames(request: FilmRequest, bar: ProgressBar) -> list[OutputFile]:
    """Make a PNG of each chapter's last beat, before everything fades out."""
    _check_targets([request])
    with opened_pipeline([request], bar) as pipeline:
        return [pipeline.all_prepared[0].writer.picture(result) for result in pipeline.photograph(pipeline.places)]


def measure_film(request: FilmRequest, bar: ProgressBar) -> list[ChapterResult]:
    """Return each chapter's length and cues without rendering it."""
    with opened_pipeline([request], bar) as pipeline:
        pipeline.speak()
        return list(pipeline.measure().values())


def render_stills(request: FilmRequest, bar: ProgressBar) -> list[OutputFile]:
    """Make a still of the end of every beat, and one or more contact sheets for each chapter."""
    with opened_pipeline([request], bar) as pipeline:
        writer = pipeline.all_prepared[0].writer
        return [output for result in pipeline.photograph(pipeline.places) for output in writer.stills(result)]


def _check_targets(requests: Sequence[FilmRequest]) -> None:
    """Raise EdgeglowError before any work begins if an output cannot be written or is one of the inputs."""
    for request in requests:
        make_folder(request.media)
        for target in output_paths(request):
            check_output(target, *request.inputs)


Place = tuple[int, int]  # (index of the request, number of its chapter)


@dataclass
class _Pipeline:
    """Pipeline for several requests: their workers and prepared requests."""

    runner: TaskRunner
    bar: ProgressBar
    all_prepared: list[PreparedRequest]

    @property
    def places(self) -> list[Place]:
        return [(film, number) for film, one in enumerate(self.all_prepared) for number in one.numbers]

    def speak(self) -> None:
        """Synthesise the narration of the requests that ask for it."""
        for film, prepared in enumerate(self.all_prepared):
            if prepared.is_draft_spoken:
                results = self.measure([(film, number) for number in prepared.numbers])
                self.all_prepared[film] = prepared.spoken(list(results.values()), self.bar)

    def render(self) -> Iterator[tuple[int, int, ChapterResult]]:
        """Yield (request, chapter, result) for every chapter: cached ones first, then each when it is rendered."""
        there = self._kept(self.places, with_clip=True)
        for (film, number), result in there.items():
            yield film, number, result
        missing = [place for place in self.places if place not in there]
        if not missing:
            return
        measured = self.measure(missing)
        segment_ranges = self._share(measured)
        self.bar.begin("rendering", sum(result.frames for result in measured.values()))
        places = [missing[one.chapter] for one in segment_ranges]
        counts = Counter(places)
        done = 0
        parts: dict[Place, dict[int, ChapterResult]] = {place: {} for place in missing}
        tasks = [
            self._task(RenderTask, place, cut_points=one.cut_points)
            for place, one in zip(places, segment_ranges, strict=True)
        ]
        for turn, result in self._work(places, tasks, self.bar.advance):
            place = places[turn]
            parts[place][turn] = result
            if len(parts[place]) == counts[place]:
                own = parts.pop(place)
                turns = sorted(own, key=lambda one: segment_ranges[one].begin)
                prepared = self.all_prepared[place[0]]
                whole = assemble_chapter(measured[place], [own[one] for one in turns], prepared.folder)
                kept = prepared.keep(place[1], whole)
                done += 1
                self.bar.finish(f"{self._called(place)} rendered, {done} of {len(missing)}")
                yield *place, kept

    def _called(self, place: Place) -> str:
        """Return a chapter's name, with the suffix and run that tell it apart from that of other requests."""
        request = self.all_prepared[place[0]].request
        name = f"{self.all_prepared[place[0]].chapters[place[1]].__name__}{request.suffix}"
        are_several = len({one.request.source.run for one in self.all_prepared}) > 1
        return f"{name} of {display_path(request.source.run)}" if are_several else name

    def _share(self, measured: dict[Place, ChapterResult]) -> list[SegmentRange]:
        """Return the rendering tasks for the measured chapters, which are numbered by their place in ``measured``."""
        cut_points = {
            turn: result.cut_points
            for turn, (place, result) in enumerate(measured.items())
            if self.all_prepared[place[0]].request.settings.format in JOINABLE
        }
        whole = [SegmentRange(turn, ()) for turn in range(len(measured)) if turn not in cut_points]
        return [*whole, *schedule_segments(cut_points, self.runner.count)]

    def measure(self, places: Sequence[Place] | None = None) -> dict[Place, ChapterResult]:
        """Return the lengths and cues of these chapters, by default of all."""
        places = self.places if places is None else places
        results = self._kept(places, with_clip=False)
        missing = [place for place in places if place not in results]
        self.bar.begin("measuring", len(missing))
        tasks = [self._task(MeasureTask, place, "measure") for place in missing]
        for turn, result in self._work(missing, tasks, lambda amount: None):
            film, number = missing[turn]
            results[missing[turn]] = self.all_prepared[film].keep(number, result)
            self.bar.advance(1)
        return {place: results[place] for place in places}

    def photograph(self, places: Sequence[Place]) -> list[ChapterResult]:
        """Return a still of the end of every beat, for each of these chapters."""
        self.bar.begin("taking stills", len(places))
        tasks = [self._task(StillsTask, place) for place in places]
        results = {}
        for turn, result in self._work(places, tasks, self.bar.advance):
            results[turn] = result
            self.bar.finish(f"stills of {self._called(places[turn])} taken, {len(results)} of {len(tasks)}")
        return [results[turn] for turn in sorted(results)]

    def _kept(self, places: Sequence[Place], *, with_clip: bool) -> dict[Place, ChapterResult]:
        """Return those of the chapters that are in the cache."""
        return {
            (film, number): result
            for film, prepared in enumerate(self.all_prepared)
            for number, result in prepared.kept(
                [number for other, number in places if other == film], with_clip=with_clip
            ).items()
        }

    def _task(self, job: type[Any], place: Place, folder: str = "", **rest: Any) -> Any:
        return self.all_prepared[place[0]].task(job, place[1], folder, **rest)

    def _work(self, places: Sequence[Place], tasks: Sequence[Any], report: Report) -> Iterator[tuple[int, Any]]:
        """Yield the workers' results; for an unexpected error, write a log beside the film and raise one line."""
        try:
            yield from self.runner.work(tasks, report)
        except TaskError as error:
            request = self.all_prepared[places[error.number][0]].request
            log = request.media / "logs" / f"{tasks[error.number].name}{request.suffix}.log"
            with suppress(OSError):  # the task's error is more important than a log that cannot be written
                log.parent.mkdir(parents=True, exist_ok=True)
                log.write_text(error.trace, encoding="utf-8")
                raise EdgeglowError(f"{error}. The traceback is in {display_path(log)}") from error
            raise


@contextmanager
def opened_pipeline(requests: Sequence[FilmRequest], bar: ProgressBar) -> Iterator[_Pipeline]:
    """Prepare the requests, with workers and a temporary folder for each; prune the caches at the end."""
    bar.begin("preparing")
    version = code_version()  # taken before workers import the code, so that a later change is noticed
    with ExitStack() as stack:
        folders = [stack.enter_context(temporary_folder(request.media)) for request in requests]
        runner = stack.enter_context(_task_runner(requests, folders[0]))
        if any(request.is_fresh or not (request.media / FOLDER).exists() for request in requests):
            runner.warm_up()
        whole = [
            prepare_request(request, folder, version, tell)
            for request, folder, tell in zip(requests, folders, _unique_messages(requests, bar), strict=True)
        ]
        yield _Pipeline(runner, bar, whole)
    for prepared in whole:
        prepared.cache.prune()


def _unique_messages(requests: Sequence[FilmRequest], bar: ProgressBar) -> Iterator[Callable[[str], None]]:
    """Yield a function for each request that prints a line once, with the run's name if there are several runs."""
    said: set[str] = set()
    are_several = len({request.source.run for request in requests}) > 1
    for request in requests:

        def tell(text: str, run: Path = request.source.run) -> None:
            line = f"{display_path(run)}: {text}" if are_several else text
            if line not in said:
                said.add(line)
                bar.tell(line)

        yield tell


def _task_runner(requests: Sequence[FilmRequest], folder: Path) -> AbstractContextManager[TaskRunner]:
    """Return the workers: a cluster if the first request names one, else a local worker pool."""
    first = requests[0]
    if first.cluster:
        from edgeglow.film.cluster import DaskCluster

        return DaskCluster(first.cluster, warm_up=SLOW_IMPORT)
    return WorkerPool(min(request.processes for request in requests), folder, warm_up=SLOW_IMPORT)
