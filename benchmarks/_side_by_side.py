"""Shared parts of the benchmarks: alternating rounds, medians, and a report of the machine.

Importing it also makes the project's packages importable from any current folder.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import redirect_stdout
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from edgeglow.film.resources import cores

ROOT = Path(__file__).resolve().parents[1]
RUN = ROOT / "media" / "runs" / "default.npz"
PACKAGES = ("edgeglow", "manim", "numpy", "numba", "av")

Machine = dict[str, str | int]


# -- rounds -----------------------------------------------------------------------------------------------------


def timings(contestants: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Return the seconds of each contestant, one for each round.

    A contestant measures itself and returns seconds. All take part in every round, and the first one changes from
    round to round, so that other work on the machine, heat and caches affect all equally.
    """
    names = list(contestants)
    found: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(rounds):
        first = turn % len(names)
        for name in names[first:] + names[:first]:
            found[name].append(contestants[name]())
    return found


def alternate(contestants: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """Return the median of each contestant's seconds."""
    return medians(timings(contestants, rounds))


def medians(found: Mapping[str, Sequence[float]]) -> dict[str, float]:
    return {name: median(times) for name, times in found.items()}


def spread(times: Sequence[float]) -> float:
    """Return (longest - shortest) / median of several measurements."""
    return (max(times) - min(times)) / median(times)


def seconds_of(work: Callable[[], object]) -> float:
    """Return the seconds that a call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


# -- processes --------------------------------------------------------------------------------------------------


def seconds_of_command(command: Sequence[str | Path], **options: Any) -> float:
    """Return the seconds that a program takes from start to end; ``options`` are those of subprocess.run.

    If the program fails, exit with its last line of output.
    """
    return seconds_of(lambda: _run(command, **options))


def in_process(function: Callable[..., Any], **arguments: Any) -> Any:
    """Call a function of a benchmark's file in a fresh process and return its result.

    Arguments and result are sent as JSON. For measurements that a process allows only once: its first import, its
    peak memory.
    """
    file = Path(function.__code__.co_filename)
    command: list[str | Path] = [
        sys.executable,
        __file__,
        file,
        function.__name__,
        json.dumps(arguments, default=str),
    ]
    return json.loads(_run(command).splitlines()[-1])


def _run(command: Sequence[str | Path], **options: Any) -> str:
    done = subprocess.run(list(map(str, command)), check=False, text=True, **{"capture_output": True} | options)
    if done.returncode:
        said = ((done.stderr or "") + (done.stdout or "")).strip().splitlines() or ["it said nothing"]
        sys.exit(f"{Path(sys.argv[0]).name}: {Path(command[0]).name} ended with {done.returncode}: {said[-1]}")
    return done.stdout or ""


def _answer(file: str, name: str, arguments: str) -> None:
    """Call the function in the fresh process of ``in_process`` and print its result."""
    sys.path.insert(0, str(Path(file).parent))
    spec = importlib.util.spec_from_file_location(Path(file).stem, file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    with redirect_stdout(sys.stderr):  # stdout is only for the result
        spec.loader.exec_module(module)
        answer = getattr(module, name)(**json.loads(arguments))
    print(json.dumps(answer))


# -- the machine ------------------------------------------------------------------------------------------------


@cache
def machine() -> Machine:
    """Return what the figures depend on: processor, memory, system, and versions of packages."""
    found: Machine = {
        "cpu": _cpu(),
        "cores": cores(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    found["x264"] = _x264()
    if commit := _commit():
        found["commit"] = commit
    return found


def _cpu() -> str:
    try:
        names = re.findall(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text("utf-8"), re.MULTILINE)
    except OSError:
        names = []
    if not names and platform.system() == "Darwin":
        names = [_output("sysctl", "-n", "machdep.cpu.brand_string")]
    return names[0] if names and names[0] else platform.processor() or platform.machine()


def _x264() -> str:
    """Return the version of x264, which it writes into encoded videos."""
    import av

    try:
        codec: Any = av.CodecContext.create("libx264", "w")
        codec.width, codec.height, codec.pix_fmt, codec.framerate = 64, 64, "yuv420p", 30
        packets = [*codec.encode(av.VideoFrame(64, 64, "yuv420p")), *codec.encode(None)]
    except (av.FFmpegError, ValueError):
        return "not installed"
    found = re.search(rb"x264 - (core \d+\w*(?: r\w+)?)", b"".join(map(bytes, packets)))
    return found[1].decode() if found else "of unknown build"


def _commit() -> str:
    return _output("git", "-C", str(ROOT), "describe", "--always", "--dirty", "--exclude=*")


def _output(*command: str) -> str:
    """Return what a program prints, or an empty string when it fails or does not exist."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return "" if done.returncode else done.stdout.strip()


# -- the command line -------------------------------------------------------------------------------------------


def arguments(doc: str | None, *, rounds: int = 5) -> argparse.ArgumentParser:
    """Return a parser for the options of every benchmark: --json, --rounds, --run.

    ``doc`` is the benchmark's docstring, whose first line becomes the description.
    """
    parser = argparse.ArgumentParser(description=(doc or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--rounds", type=positive, default=rounds, help=f"how often each is timed ({rounds})")
    parser.add_argument("--run", type=Path, default=RUN, help="the run to show (default: ./dev video's)")
    return parser


def positive(text: str) -> int:
    """Parse a whole number from 1 on, for argparse."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 on")
    return int(text)


def parsed(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """Return the options; exit with one line if the run does not exist."""
    options = parser.parse_args()
    if not options.run.is_file():
        parser.error(f"{options.run} is not there: train it first (./dev video train), or name one with --run")
    return options


def tell(
    rows: Iterable[Mapping[str, Any]], as_json: bool, as_text: Callable[[Mapping[str, Any]], str] | None = None
) -> None:
    """Print the machine once and a line for each row as it arrives; as JSON, each object has the machine."""
    if not as_json:
        print("machine: " + ", ".join(f"{name} {value}" for name, value in machine().items()), flush=True)
    for row in rows:
        if as_json:
            print(json.dumps({**row, "machine": machine()}), flush=True)
        else:
            print((as_text or line_of)(row), flush=True)


def line_of(row: Mapping[str, Any]) -> str:
    """Return a row as text: its name, then its figures."""
    names = [str(row[key]) for key in ("bench", "name") if key in row]
    figures = [
        f"{key} {value:,}" if isinstance(value, int | float) else f"{key} {value}"
        for key, value in row.items()
        if key not in ("bench", "name")
    ]
    return f"{' '.join(names):28s} " + "  ".join(figures)


if __name__ == "__main__":
    _answer(*sys.argv[1:])
