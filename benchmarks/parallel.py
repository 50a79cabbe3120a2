"""Time of a film with one worker and with two, and a prediction for 4, 16 and 64.

    python benchmarks/parallel.py [--json] [--rounds 3] [--run RUN.npz] [-q l] [--model] [CHAPTER ...]

First the program makes the film (or clips of CHAPTERS) without a cache: with --jobs 1 on one core, with --jobs 1 on
two, and with --jobs 2 on two; whole processes in alternating rounds, medians. Then the parts of that work are
measured in a film that one worker makes on one core, each segment of each chapter by itself, and put into a model
(benchmarks/_cost_model.py):

- the program starts, loads the run and the chapters' inputs; workers start one after another, and import;
- every chapter is measured by a free worker; then every chapter is cut into ranges of segments for so many workers by
  the program's own film/segments.py, and these are assigned as in film/worker_pool.py: the longest first, but a
  worker that has seen a chapter gets more of it;
- a range that begins at frame f has its first frame after a + b·f seconds (what comes before is played, but not
  drawn), later if it is a worker's first of that chapter, or of all; then each of its segments takes its time;
- the program assembles each chapter after its last range, and the film after its last chapter.

The model is compared with the measured times of 1 and 2 workers, then asked for more. It assumes

- a core of its own for each worker (which draws and encodes on it), and one for the program;
- that cores do not slow each other: no contention for memory, caches, disk or heat. How much two cores did here is
  measured and reported ("contention": the seconds of the same ranges, by two workers over by one);
- enough memory for every worker, and a disk (or a network) that nobody waits for;
- that a segment takes the same time everywhere;
- that progress reports and assigning tasks cost the program nothing.

"cores_used" is the processor time over the wall time of what was measured: if it is far below the number of workers,
they had to wait, or other programs used the machine, which the model does not know.

Speed-up is relative to one worker on one core; efficiency is speed-up over workers. "limit" shows where the time goes
with the most workers: nothing is faster than start, measuring, the longest range, and joining, one after another.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import _side_by_side as side
from _bytecode import bytecode_kept
from _cost_model import Parts, Prediction, predict
from _fitting import contention, fitted, moments
from _parts import make_timed, pin

from edgeglow.film.settings import QUALITIES
from edgeglow.film.worker_pool import EAGER, WorkerPool

MORE = (4, 16, 64)
MEASURED = {"1 on 1 core": (1, 1), "1 on 2 cores": (1, 2), "2 on 2 cores": (2, 2)}  # jobs, cores


class Film:
    """The film that is rendered in every measurement."""

    def __init__(self, run: Path, names: Sequence[str], quality: str) -> None:
        self.run, self.names, self.quality = run.absolute(), list(names), quality
        self.used: dict[tuple[int, int], list[float]] = {}

    def wall(self, jobs: int, cores: int) -> float:
        """Return the wall seconds of the whole program without a cache."""
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, str(side.ROOT / "render.py"), "film", *self.names, "-q", self.quality]
            command += ["--run", str(self.run), "--media_dir", folder, "--jobs", str(jobs)]
            before = os.times()
            seconds = side.seconds_of(lambda: self._render(command, cores))
            after = os.times()
        worked = after.children_user + after.children_system - before.children_user - before.children_system
        self.used.setdefault((jobs, cores), []).append(worked / seconds)
        return seconds

    @staticmethod
    def _render(command: list[str], cores: int) -> None:
        done = subprocess.run(command, check=False, capture_output=True, text=True, preexec_fn=lambda: pin(cores))
        if done.returncode:
            said = done.stderr.strip().splitlines() or ["it said nothing"]
            sys.exit(f"parallel.py: render.py ended with {done.returncode}: {said[-1]}")

    def notes(self, workers: int, *, apart: bool) -> tuple[list[dict[str, Any]], float]:
        """Return the notes of a timed film, and the seconds that its process took to end after it.

        The film is made by ``workers`` workers with a core each; ``apart`` makes each segment a task of its own.
        """
        with tempfile.TemporaryDirectory() as folder:
            asked = {"run": self.run, "names": self.names, "quality": self.quality, "folder": folder}
            how = {"jobs": workers, "cores": workers, "apart": apart}
            notes = side.in_process(make_timed, started=time.time(), **asked, **how)
            return notes, time.time() - moments(notes)["done"]


def seconds_to_spawn() -> float:
    """Return the seconds that the program takes to start one worker."""
    with tempfile.TemporaryDirectory() as folder, WorkerPool(EAGER, Path(folder)) as pool:
        return side.seconds_of(pool.warm_up) / EAGER


def measure(film: Film, rounds: int, *, is_measured: bool) -> Iterator[dict[str, Any]]:
    """Yield rows: measured times, the model's parts, its predictions, and what limits it."""
    Film(film.run, film.names, "l").wall(side.cores(), 0)  # compiles the kernels first
    walls = _walls(film, rounds) if is_measured else {}
    notes, tail = film.notes(1, apart=True)
    parts = fitted(notes, seconds_to_spawn(), tail)
    for name, seconds in walls.items():
        jobs, cores = MEASURED[name]
        row = {"bench": "parallel", "name": f"measured: {name}", "workers": jobs, "cores": cores}
        row |= {"seconds": round(seconds, 1), "cores_used": round(median(film.used[jobs, cores]), 2)}
        row |= {"speed_up": round(walls["1 on 1 core"] / seconds, 2)}
        if jobs == cores:  # as the model assumes
            predicted = predict(parts, jobs).done
            row |= {"model": round(predicted, 1), "off_percent": round(100 * (predicted / seconds - 1), 1)}
        yield row
    yield {"bench": "parallel", "name": "parts"} | told(parts)
    if is_measured and side.cores() > 1:
        factor = contention(parts, film.notes(2, apart=False)[0])
        yield {"bench": "parallel", "name": "contention of 2 cores", "factor": round(factor, 2)}
    alone = predict(parts, 1)
    for workers in (1, 2, *MORE):
        yield _row(predict(parts, workers), alone)
    yield limit(parts, predict(parts, MORE[-1]))


def _walls(film: Film, rounds: int) -> dict[str, float]:
    def contestant(name: str) -> Callable[[], float]:
        return lambda: film.wall(*MEASURED[name])

    possible = [name for name, (_, cores) in MEASURED.items() if cores <= side.cores()]
    return side.alternate({name: contestant(name) for name in possible}, rounds)


def _row(found: Prediction, alone: Prediction) -> dict[str, Any]:
    speed_up = alone.done / found.done
    return {
        "bench": "parallel",
        "name": f"model: {found.workers}",
        "workers": found.workers,
        "segment_ranges": found.segment_ranges,
        "seconds": round(found.done, 1),
        "speed_up": round(speed_up, 2),
        "efficiency_percent": round(100 * speed_up / found.workers, 1),
    }


def told(parts: Parts) -> dict[str, Any]:
    """Return the parts as a row of seconds."""
    single = ("start", "prepare", "spawn", "wake", "measure_cold", "cold", "chapter_cold", "finish")
    row = {name: round(getattr(parts, name), 3) for name in single}
    row |= {"measure": round(sum(parts.measure.values()), 2), "segments": round(sum(parts.segments.values()), 1)}
    lines = parts.skip.values()
    ends = [parts.cut_points[name][-2].frame for name in parts.chapters]
    row["skip_to_begin"] = round(sum(a for a, _ in lines) / len(lines), 2)
    row["skip_to_last_segment"] = round(
        sum(a + b * end for (a, b), end in zip(lines, ends, strict=True)) / len(ends), 2
    )
    return row | {"assemble": round(sum(parts.assemble.values()), 2), "count_of_segments": len(parts.segments)}


def limit(parts: Parts, found: Prediction) -> dict[str, Any]:
    """Return a row that shows where the time goes with this number of workers."""
    row: dict[str, Any] = {"bench": "parallel", "name": f"limit of {found.workers}"}
    row |= {"seconds": round(found.done, 1), "until_measuring": round(found.measuring, 1)}
    row |= {"measuring": round(found.rendering - found.measuring, 1)}
    row |= {"rendering": round(found.assembled - found.rendering, 1), "longest_range": round(found.longest, 1)}
    row |= {"ended_last": found.last, "joining_and_end": round(parts.finish, 1)}
    return row | {"workers_busy_percent": round(100 * found.busy / found.workers / found.done)}


def main() -> None:
    parser = side.arguments(__doc__, rounds=3)
    parser.add_argument("chapters", nargs="*", metavar="CHAPTER", help="clips of these only, not the film")
    parser.add_argument("-q", "--quality", choices=list(QUALITIES), default="l", help="as of render.py (l)")
    parser.add_argument("--model", action="store_true", help="only the model, not held against measured times")
    options = side.parsed(parser)
    film = Film(options.run, options.chapters, options.quality)
    with bytecode_kept():
        side.tell(measure(film, options.rounds, is_measured=not options.model), options.json)


if __name__ == "__main__":
    main()
