"""How a program that works with processes ends when it is stopped in the middle: how soon, how cleanly, how quietly.

    python benchmarks/_stops.py WAY MOMENT FOLDER

is the program that is then stopped; ``stop`` starts it, stops it, and watches what becomes of its processes.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import _side_by_side  # noqa: F401  makes the program's packages importable
from _crews import WAYS, Importing, Task

COUNT = 2
LONG = (300, 0.01)  # steps, seconds each
PATIENCE = 6.0  # seconds: by then every task would long have ended by itself


@dataclass(frozen=True)
class Moment:
    """When it is stopped, by which signal, and whether all of its group get that or only the one who waits."""

    what: str
    sign: signal.Signals = signal.SIGINT
    all: bool = True


MOMENTS = {
    "busy": Moment("Ctrl-C while both processes are in a task of three seconds"),
    "idle": Moment("Ctrl-C while one has such a task and the other none"),
    "importing": Moment("Ctrl-C while both import Manim for their first task"),
    "alone": Moment("SIGINT to the one who waits alone, both others in a task", all=False),
    "orphaned": Moment("SIGKILL to the one who waits, both others in a task", signal.SIGKILL, all=False),
}


def main(way: str, moment: str, folder: Path) -> None:
    """Work until it is stopped. A Ctrl-C is taken as render.py takes it: quietly, exit code 130."""

    def tell(told: int) -> None:
        (folder / "busy").touch()

    # a shell makes what it starts in the background deaf to it
    signal.signal(signal.SIGINT, signal.default_int_handler)
    kind = Importing if moment == "importing" else Task
    count = 1 if moment == "idle" else COUNT
    try:
        with WAYS[way][0](COUNT, folder) as crew:
            if moment == "idle":  # so that both have begun
                list(crew.work([Task(f"short {number}", 0, 0.0) for number in range(4)], lambda told: None))
            list(crew.work([kind(f"long {number}", *LONG) for number in range(count)], tell))
    except KeyboardInterrupt:
        sys.exit(130)


def stop(way: str, moment: str) -> dict[str, Any]:
    """Start the program, stop it, and tell how soon its processes are gone, which were left, and what was said."""
    chosen = MOMENTS[moment]
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "said").open("w+b") as said:
        command = [sys.executable, __file__, way, moment, folder]
        process = subprocess.Popen(command, stdout=said, stderr=said, start_new_session=True)
        while not (Path(folder) / "busy").exists():
            if process.poll() is not None:
                sys.exit(f"crew.py: {way} ended with {process.returncode} before it was stopped")
            time.sleep(0.02)
        time.sleep(0.2 if moment == "importing" else 1.0)
        before = alive(process.pid)
        start = time.perf_counter()
        (os.killpg if chosen.all else os.kill)(process.pid, chosen.sign)
        left = _wait_for_end(process, start + PATIENCE)
        gone = time.perf_counter() - start
        said.seek(0)
        lines = len(said.read().splitlines())
    return {
        "gone_s": gone,
        "left": len(left),
        "code": process.returncode,
        "noise": lines,
        "processes": len(before),
        "mb": sum(before.values()) / 1000,
    }


def _wait_for_end(process: subprocess.Popen[bytes], until: float) -> dict[int, int]:
    """Wait for all of the process' group; those that are left by then are killed, and returned."""
    while (left := alive(process.pid)) and time.perf_counter() < until:
        process.poll()
        time.sleep(0.02)
    for number in left:
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
    process.wait()
    return left


def alive(group: int) -> dict[int, int]:
    """The processes of a group that still run, and the kB of memory of each."""
    command = ["ps", "-A", "-o", "pgid=,pid=,rss=,stat="]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in listed.splitlines()]
    return {int(row[1]): int(row[2]) for row in rows if int(row[0]) == group and row[3][0] != "Z"}


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
