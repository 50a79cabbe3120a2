"""film/crew.py, beside concurrent.futures, loky and dask's local cluster, with the same tasks.

    python benchmarks/crew.py [--json] [--rounds 3]

Each has two processes, begun afresh ("spawn", as rendering needs it), and is used as benchmarks/_crews.py shows; loky
and dask.distributed take part where they are installed. Nothing here renders: tasks only sleep and report, so that
what is measured is the handling of processes. Every figure and every yes or no was found by trying it just then:

- first_s: from nothing (its import is counted in) to the first result; task_ms: what one of 300 empty tasks takes
  then, end_s: what leaving takes.
- progress_ms: how long a report from inside a task is on its way to the one who waits; early: whether it comes before
  the task's end.
- A task's process dies by SIGKILL in the middle, while four others wait. told_s is the time until the one who waits
  knows, names_task and names_signal whether its error's message does, redone whether it was done again instead.
- The program is stopped at different moments (MOMENTS in benchmarks/_stops.py). gone_s is the time until none of its
  processes is left (after 6 s, twice as long as any task, they are killed: left says how many), noise how many lines
  they wrote; processes and mb are what there was just before, the one who waits included.

Times are medians of rounds in which all take turns; of what was tried in every round, all outcomes are told.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from statistics import median
from typing import Any

import _side_by_side as side
from _crews import WAYS, Dying, Task, installed
from _stops import COUNT, MOMENTS, stop

EMPTY = 300  # tasks


def speed(way: str, folder: str) -> dict[str, Any]:
    """How fast it starts, hands out tasks, brings their reports, and ends."""
    late: list[float] = []
    start = time.perf_counter()
    with WAYS[way][0](COUNT, Path(folder)) as crew:
        list(crew.work([Task("first")], late.append))
        first = time.perf_counter() - start
        start = time.perf_counter()
        pids = set(crew.work([Task(f"empty {number}") for number in range(EMPTY)], late.append))
        each = (time.perf_counter() - start) / EMPTY
        list(crew.work([Task("telling", 20, 0.01)], lambda told: late.append(time.time() - told / 1e9)))
        done = len(late)
        start = time.perf_counter()
    end = time.perf_counter() - start
    return {
        "first_s": first,
        "task_ms": 1000 * each,
        "progress_ms": 1000 * median(late) if late else None,
        "early": done >= 15,
        "end_s": end,
        "spread": len(pids),
    }


def death(way: str, folder: str) -> dict[str, Any]:
    """What becomes of a task whose process is killed."""
    mark = Path(folder) / "killed"
    tasks = [Dying("the unlucky one", 1, 0.3, str(mark)), *(Task(f"other {n}", 5, 0.1) for n in range(4))]
    message, results = "", 0
    with WAYS[way][0](COUNT, Path(folder)) as crew:
        try:
            for _ in crew.work(tasks, lambda told: None):
                results += 1
        except Exception as error:  # which one it is differs, and is what is looked for
            message = f"{type(error).__name__}: {error}"
        told = time.time() - float(mark.read_text("utf-8"))
    return {
        "told_s": told,
        "names_task": tasks[0].name in message if message else None,
        "names_signal": any(word in message for word in ("signal 9", "SIGKILL", "-9")) if message else None,
        "redone": results == len(tasks),
        "message": message.splitlines()[0] if message else "",
    }


def measure(rounds: int) -> Iterator[dict[str, Any]]:
    """A row for each way."""
    found: dict[str, list[dict[str, Any]]] = {way: [] for way in installed()}

    def contestant(way: str) -> Callable[[], float]:
        def take_part() -> float:
            row: dict[str, Any] = {}
            for what in (speed, death):
                with tempfile.TemporaryDirectory() as folder:
                    row |= side.in_process(what, way=way, folder=folder)
            for moment in MOMENTS:
                row |= {f"{moment}_{key}": value for key, value in stop(way, moment).items()}
            found[way].append(row)
            return float(row["first_s"])

        return take_part

    side.alternate({way: contestant(way) for way in found}, rounds)
    for way, rows in found.items():
        yield {"bench": "crew", "name": way} | {key: _summed([row[key] for row in rows]) for key in rows[0]}


def _summed(values: list[Any]) -> Any:
    """The median of figures; of anything else, what it was, or all that it was."""
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        middle = round(float(median(values)), 3)
        return int(middle) if middle.is_integer() else middle
    different = sorted(set(values), key=str)
    return different[0] if len(different) == 1 else different


def as_text(row: Mapping[str, Any]) -> str:
    """A row for people."""
    fate = (
        "done again" if row["redone"] else f"named: {row['names_task']}, how it died: {row['names_signal']}"
    )
    lines = [
        f"{row['name']}: first result after {row['first_s']:.2f} s, {row['task_ms']:.2f} ms a task,"
        f" ended in {row['end_s']:.2f} s; {row['busy_processes']} processes, {row['busy_mb']:.0f} MB",
        f"  progress on its way for {row['progress_ms']} ms, before the task's end: {row['early']}",
        f"  killed task: known after {row['told_s']:.2f} s, {fate}",
    ]
    for name, moment in MOMENTS.items():
        gone, noise, left = (row[f"{name}_{key}"] for key in ("gone_s", "noise", "left"))
        lines.append(f"  {gone:6.2f} s until gone, {noise} lines of noise, {left} left: {moment.what}")
    return "\n".join(lines)


def main() -> None:
    options = side.arguments(__doc__, rounds=3).parse_args()
    if missing := [package for way, (_, package) in WAYS.items() if way not in installed()]:
        print(f"left out, since not installed: {', '.join(missing)}", file=sys.stderr)
    side.tell(measure(options.rounds), options.json, as_text)


if __name__ == "__main__":
    main()
