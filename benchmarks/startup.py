"""Time to answer from what exists already: --help, a cached film, a single still.

    python benchmarks/startup.py [--json] [--rounds 5] [--run RUN.npz] [--short]

Every measurement is a whole process, from its start to its end, and all take part in every round, with two lower
limits among them: "python" (python -c pass) and "manim" (python -c "import manim").

"cached_clips" are two chapters and "cached_film" is the whole film, both at -q l. They are rendered once before,
which takes a minute ("first_s"; --short leaves the film out), then requested again in every round; the benchmark
fails if any chapter was not found in the cache then. "still" is `stills` of a chapter at -q l: it plays the chapter
without drawing, except for the end of each beat, and caches nothing.

Everything has run once before, so that modules are compiled and files are in memory; the very first start after an
installation is not measured.

Seconds are medians. "to_python" and "to_manim" are the ratios to these two in the same rounds.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import _side_by_side as side
from _bytecode import bytecode_kept

CHAPTERS = ("Pixels", "Handwriting")
PROGRAM = (sys.executable, str(side.ROOT / "render.py"))
FLOORS = {"python": (sys.executable, "-c", "pass"), "manim": (sys.executable, "-c", "import manim")}


def commands(run: Path, media: Path, *, short: bool) -> dict[str, tuple[str, ...]]:
    """Return the commands to start, by name."""
    options = ("-q", "l", "--run", str(run), "--media_dir", str(media), "--json")
    found = {
        "help": (*PROGRAM, "--help"),
        "cached_clips": (*PROGRAM, "film", *CHAPTERS, *options),
        "cached_film": (*PROGRAM, "film", *options),
        "still": (*PROGRAM, "stills", CHAPTERS[0], *options),
    }
    return FLOORS | {name: command for name, command in found.items() if not (short and name == "cached_film")}


def started(name: str, command: tuple[str, ...], *, must_be_cached: bool) -> float:
    """Return the seconds of a process from start to end; exit if it fails, or had to render again."""
    start = time.perf_counter()
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    seconds = time.perf_counter() - start
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["it said nothing"]
        sys.exit(f"startup.py: {name} ended with {done.returncode}: {said[-1]}")
    if must_be_cached:
        products = json.loads(done.stdout)
        if any(product["chapters"] != product["from_cache"] for product in products):
            sys.exit(f"startup.py: {name}: a chapter was rendered again: was the program changed meanwhile?")
    return seconds


def measure(run: Path, rounds: int, *, short: bool) -> Iterator[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        all_commands = commands(run, Path(folder), short=short)
        first = {name: started(name, command, must_be_cached=False) for name, command in all_commands.items()}

        def contestant(name: str) -> Callable[[], float]:
            return lambda: started(name, all_commands[name], must_be_cached="cached" in name)

        seconds = side.alternate({name: contestant(name) for name in all_commands}, rounds)
    for name, found in seconds.items():
        row = {"bench": "startup", "name": name, "seconds": round(found, 3)}
        row |= {f"to_{floor}": round(found / seconds[floor], 2) for floor in FLOORS}
        yield row | ({"first_s": round(first[name], 1)} if "cached" in name else {})


def as_text(row: Mapping[str, Any]) -> str:
    text = f"{row['name']:13s}{row['seconds']:7.2f} s, {row['to_python']:6.1f} × python -c pass"
    text += f", {row['to_manim']:5.2f} × import manim"
    return text + (f"; {row['first_s']:.1f} s the first time" if "first_s" in row else "")


def main() -> None:
    parser = side.arguments(__doc__)
    parser.add_argument("--short", action="store_true", help="without the whole film, which takes a minute")
    options = side.parsed(parser)
    with bytecode_kept():
        side.tell(measure(options.run, options.rounds, short=options.short), options.json, as_text)


if __name__ == "__main__":
    main()
