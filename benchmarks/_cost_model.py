"""What a film costs with any number of workers: a model made of measured parts, and the crew's own order of work."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Any

from film.crew import EAGER
from film.pieces import Joint, Stretch, share


@dataclass(frozen=True)
class Parts:
    """Seconds, of one worker with a core of its own.

    ``start`` until the program knows what is asked, ``prepare`` until it knows what is to be done, ``spawn`` to start
    one more worker, ``wake`` until that one can work (all imports), ``finish`` from the last chapter to the end.
    ``measure`` of each chapter, ``measure_cold`` more for a worker's first. ``skip`` is (a, b) of each chapter: of a
    stretch that begins at frame f, the first frame is there a + b·f seconds later; ``chapter_cold`` more when it is
    the worker's first of that chapter, and ``cold`` more when it is its first of all. ``pieces`` are the seconds of
    each piece's other frames, by chapter and play; ``assemble`` those that putting a chapter together takes.
    """

    chapters: tuple[str, ...]
    joints: Mapping[str, tuple[Joint, ...]]
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
    pieces: Mapping[tuple[str, int], float]
    assemble: Mapping[str, float]

    def rendering(self, chapter: str, joints: Sequence[Joint]) -> float:
        """Seconds for a stretch that a warm worker renders."""
        a, b = self.skip[chapter]
        return a + b * joints[0].frame + sum(self.pieces[chapter, joint.play] for joint in joints[:-1])


@dataclass
class Worker:
    ready: float
    seen: set[str] = field(default_factory=set)
    rendered: set[str] = field(default_factory=set)
    measured: bool = False


@dataclass(frozen=True)
class Prediction:
    """Moments, in seconds from the start. ``last`` is the stretch that ends last, ``longest`` the longest alone."""

    workers: int
    stretches: int
    measuring: float
    rendering: float
    assembled: float
    done: float
    busy: float
    last: str
    longest: float


def predict(parts: Parts, workers: int) -> Prediction:
    """The film by so many workers."""
    found = _Film(parts, workers)
    return found.play()


class _Film:
    """One film, as film/studio.py and film/crew.py go about it, in time that is only counted."""

    def __init__(self, parts: Parts, count: int) -> None:
        self.parts, self.count = parts, count
        self.crew: list[Worker] = []
        self.now = parts.start
        self.busy = self.longest = 0.0
        self.last = ""

    def play(self) -> Prediction:
        parts = self.parts
        self.grow(min(self.count, EAGER))
        self.now = measuring = parts.start + parts.prepare
        self.work(parts.chapters, lambda name: name, self.measuring, lambda name: 0.0)
        rendering = self.now
        stretches = share({k: parts.joints[name] for k, name in enumerate(parts.chapters)}, self.count)
        left = {k: sum(one.chapter == k for one in stretches) for k in range(len(parts.chapters))}

        def put_together(stretch: Stretch) -> float:
            left[stretch.chapter] -= 1
            return 0.0 if left[stretch.chapter] else parts.assemble[parts.chapters[stretch.chapter]]

        self.work(stretches, lambda one: parts.chapters[one.chapter], self.rendering, put_together)
        done = self.now + parts.finish
        facts = (measuring, rendering, self.now, done, self.busy, self.last, self.longest)
        return Prediction(self.count, len(stretches), *facts)

    def grow(self, size: int) -> None:
        """Start workers until there are so many, one after another."""
        while len(self.crew) < size:
            self.now += self.parts.spawn
            self.crew.append(Worker(self.now + self.parts.wake))

    def work(
        self,
        tasks: Sequence[Any],
        name_of: Callable[[Any], str],
        cost: Callable[[Any, Worker], float],
        after: Callable[[Any], float],
    ) -> None:
        """As Crew.work: in order, but what a worker has seen of a chapter makes it take that chapter first."""
        self.grow(min(self.count, len(tasks)))
        waiting, idle = list(range(len(tasks))), list(self.crew)
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

    def rendering(self, stretch: Stretch, worker: Worker) -> float:
        chapter = self.parts.chapters[stretch.chapter]
        seconds = self.parts.rendering(chapter, stretch.joints)
        seconds += 0.0 if worker.rendered else self.parts.cold
        seconds += 0.0 if chapter in worker.rendered else self.parts.chapter_cold
        worker.rendered.add(chapter)
        self.longest = max(self.longest, seconds)
        return seconds
