"""Chapters that are quick to draw and each read one value of a run; and a worker pool that counts its tasks."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
from manim import ManimColor
from stand_ins import StandIn

from edgeglow.film.chapter_task import imported_code_version
from edgeglow.film.worker_pool import Report

SCRIPT = """
[words]
language = "One"
characters_per_second = 10
characters_per_line = 20
[losses]
title = "Losses"
[losses.beats]
appears = "A loss comes."
rests = "A loss rests."
[weighing]
title = "Weighing"
[weighing.beats]
appears = "A weight comes."
rests = "A weight rests."
[picture]
title = "Picture"
[picture.beats]
appears = "A picture comes."
rests = "A picture rests."
"""


class Reader(StandIn):
    """Chapter whose square is as bright as the value it reads, with the texts of its page in the script."""

    def setup(self) -> None:
        bright = float(np.clip(self.read(), 0.0, 1.0))
        self.color = ManimColor((bright, bright, bright))

    def read(self) -> float:
        raise NotImplementedError

    def tell(self, beat: str, show: Any) -> None:
        said = self.script.pages[self.name]["beats"][beat]
        super().tell(beat, show)
        cue = self.cues[-1]
        self.cues[-1] = type(cue)(cue.start_frame, cue.end_frame, beat, said)


class Losses(Reader):
    def read(self) -> float:
        return sum(snapshot.loss for snapshot in self.run.snapshots) / 50


class Weighing(Reader):
    def read(self) -> float:
        return float(np.abs(self.run.last.weights[0]).mean())


class Picture(Reader):
    def read(self) -> float:
        return float(self.run.examples[0].pixels.mean())


class RecordingPool:
    """Replacement of a worker pool that does tasks in this process, one after the other, and records them."""

    done: list[str] = []

    def __init__(self, count: int, folder: Path, warm_up: str = "") -> None:
        self.count = count

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *args: object) -> None:
        pass

    def warm_up(self) -> None:
        pass

    def work(self, tasks: Sequence[Any], report: Report) -> Iterator[tuple[int, Any]]:
        imported_code_version.cache_clear()  # as in a new process
        told: set[str] = set()
        for number, task in enumerate(tasks):
            what = f"{type(task).__name__} {task.name}"
            if what not in told:  # a chapter may have several rendering tasks
                self.done.append(what)
                told.add(what)
            yield number, pickle.loads(pickle.dumps(pickle.loads(pickle.dumps(task))(report)))
