"""Cost model of a film for any number of workers, made of measured parts and the worker pool's scheduling."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Any

from edgeglow.film.segments import CutPoint, SegmentRange, schedule_segments
from edgeglow.film.worker_pool import EAGER


@dataclass(frozen=True)
class Parts:
    """Measured seconds of one worker with a core of its own.

    ``start`` is until the program has read the request, ``prepare`` until it knows the tasks, ``spawn`` to start one
    more worker, ``wake`` until that worker is ready (imports), ``finish`` from the last chapter to the end.
    ``measure`` has the seconds to measure each chapter; a worker's first takes ``measure_cold`` more. ``skip`` is (a,
    b) for each chapter: in a range of segments that begins at frame f, the first frame comes after a + b·f seconds;
    after ``chapter_cold`` more if it is the worker's first of that chapter, and ``cold`` more if it is its first of
    all.
    ``segments`` has the seconds of each segment's other frames, by (chapter, play); ``assemble`` those of assembling
    each chapter.
    """

    chapters: tuple[str, ...]
    cut_points: Mapping[str, tuple[CutPoint, ...]]
    start: float
    prepare: float
    spawn: float
    wake: float
    finish: float
    measure: Mapping[str, float]
    measure_cold: float
    skip: Mapping[str, tuple[float, float]]
    chapter_cold: float
    cold: float
    segments: Mapping[tuple[str, int], float]
    assemble: Mapping[str, float]

    def rendering(self, chapter: str, cut_points: Sequence[CutPoint]) -> float:
        """Return the seconds for a range of segments on a worker that has rendered before."""
        a, b = self.skip[chapter]
        return (
            a + b * cut_points[0].frame + sum(self.segments[chapter, cut_point.play] for cut_point in cut_points[:-1])
        )


@dataclass
class Worker:
    ready: float
    seen: set[str] = field(default_factory=set)
    rendered: set[str] = field(default_factory=set)
    measured: bool = False


@dataclass(frozen=True)
class Prediction:
    """Predicted times, in seconds from the start.

    ``last`` is the chapter of the range of segments that ends last, ``longest`` the seconds of the longest range.
    """

    workers: int
    segment_ranges: int
    measuring: float
    rendering: float
    assembled: float
    done: float
    busy: float
    last: str
    longest: float


def predict(parts: Parts, workers: int) -> Prediction:
    """Return the prediction for a number of workers."""
    found = _Film(parts, workers)
    return found.play()


class _Film:
    """Simulation of one film as film/pipeline.py and film/worker_pool.py make it."""

    def __init__(self, parts: Parts, count: int) -> None:
        self.parts, self.count = parts, count
        self.pool: list[Worker] = []
        self.now = parts.start
        self.busy = self.longest = 0.0
        self.last = ""

    def play(self) -> Prediction:
        parts = self.parts
        self.grow(min(self.count, EAGER))
        self.now = measuring = parts.start + parts.prepare
        self.work(parts.chapters, lambda name: name, self.measuring, lambda name: 0.0)
        rendering = self.now
        segment_ranges = schedule_segments(
            {k: parts.cut_points[name] for k, name in enumerate(parts.chapters)}, self.count
        )
        left = {k: sum(one.chapter == k for one in segment_ranges) for k in range(len(parts.chapters))}

        def put_together(segment_range: SegmentRange) -> float:
            left[segment_range.chapter] -= 1
            return 0.0 if left[segment_range.chapter] else parts.assemble[parts.chapters[segment_range.chapter]]

        self.work(segment_ranges, lambda one: parts.chapters[one.chapter], self.rendering, put_together)
        done = self.now + parts.finish
        facts = (measuring, rendering, self.now, done, self.busy, self.last, self.longest)
        return Prediction(self.count, len(segment_ranges), *facts)

    def grow(self, size: int) -> None:
        """Start workers, one after another, until there are ``size``."""
        while len(self.pool) < size:
            self.now += self.parts.spawn
            self.pool.append(Worker(self.now + self.parts.wake))

    def work(
        self,
        tasks: Sequence[Any],
        name_of: Callable[[Any], str],
        cost: Callable[[Any, Worker], float],
        after: Callable[[Any], float],
    ) -> None:
        """Simulate WorkerPool.work: tasks in order, but a worker prefers chapters that it has worked on."""
        self.grow(min(self.count, len(tasks)))
        waiting, idle = list(range(len(tasks))), list(self.pool)
        under_way: list[tuple[float, int, Worker]] = []
        while waiting or under_way:
            while idle and waiting:
                worker = idle.pop()
                chosen = next((n for n in waiting if name_of(tasks[n]) in worker.seen), waiting[0])
                waiting.remove(chosen)
                worker.seen.add(name_of(tasks[chosen]))
                seconds = cost(tasks[chosen], worker)
                self.busy += seconds
                heappush(under_way, (max(self.now, worker.ready) + seconds, chosen, worker))
            end, number, worker = heappop(under_way)
            worker.ready = end
            self.last = name_of(tasks[number])
            self.now = max(self.now, end) + after(tasks[number])
            idle.append(worker)

    def measuring(self, chapter: str, worker: Worker) -> float:
        cold = 0.0 if worker.measured else self.parts.measure_cold
        worker.measured = True
        return self.parts.measure[chapter] + cold

    def rendering(self, segment_range: SegmentRange, worker: Worker) -> float:
        chapter = self.parts.chapters[segment_range.chapter]
        seconds = self.parts.rendering(chapter, segment_range.cut_points)
        seconds += 0.0 if worker.rendered else self.parts.cold
        seconds += 0.0 if chapter in worker.rendered else self.parts.chapter_cold
        worker.rendered.add(chapter)
        self.longest = max(self.longest, seconds)
        return seconds
