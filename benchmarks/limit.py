"""Film time compared with its limit, the encoder: wall time of a film over the time to encode its frames.

./dev bench limit [--json] [--run RUN] [-q h] [--jobs N] [--whole] [--rounds 3] [CHAPTER ...]

Two measurements alternate, and the medians of both count:

- film: wall time of ``render.py --fresh`` into an empty folder, from the start of its process to its end. It includes
  imports, measuring, drawing, encoding and joining, on all cores.
- encode: the time that the same cores need to encode the same frames, already in memory, with the same encoder
  settings: from the frame as the renderer returns it (RGBA) to the closed file. As in the film, every process has its
  own encoder, and as many run at once as there are cores. The encoder is Manim's own; and, as "own", the film's,
  which converts only what has changed. All frames do not fit into memory, so every process plays all chapters and
  keeps two seconds of every ten; then all wait for each other, and only their encoding is timed. A chapter's time is
  the mean time of its frames times their number, over the number of processes. With --whole nothing is left out, in
  samples of two seconds. Each sample has a file of its own, and begins with a key frame, as segments of the film do.

"ratio" is film over encode, "own_ratio" film over own: the difference is everything but encoding, less what the
film's encoder saves. "of_playing_time" is the film's wall time over its length. Frames in memory take up to 1 GB in
every process, at 1080p.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from queue import Empty
from statistics import median
from typing import Any

import numpy as np
from _bytecode import bytecode_kept
from _sampling import Encoding
from _side_by_side import ROOT, arguments, cores, medians, parsed, positive, seconds_of_command, tell, timings

from edgeglow.film.inputs import FilmInputs
from edgeglow.film.request import showable_chapters
from edgeglow.film.settings import QUALITIES, FilmSettings
from edgeglow.model.errors import EdgeglowError
from edgeglow.scenes.chapters import FILM


class Contest:
    """A film, and the time that its encoding takes at least."""

    def __init__(self, options: argparse.Namespace) -> None:
        width, height, fps = QUALITIES[options.quality]
        self.options, self.settings = options, FilmSettings(width, height, fps)
        asked = tuple(chapter for chapter in FILM if chapter.__name__ in (options.chapters or names()))
        self.chapters, _ = showable_chapters(asked, FilmInputs(options.run).load(), None)
        self.frames = self.sampled = 0
        self.own: list[float] = []

    def film(self, *more: str) -> float:
        """Return the seconds to render it without a cache."""
        options = self.options
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, ROOT / "render.py", "--fresh", "-q", options.quality, "--run", options.run]
            command += ["--jobs", options.jobs, "--media_dir", folder, *more, *options.chapters]
            return seconds_of_command(command)

    def encode(self) -> float:
        """Return the seconds to encode its frames on all cores with Manim's encoder."""
        count = self.options.jobs
        context = multiprocessing.get_context("spawn")
        barrier, results = context.Barrier(count), context.Queue()
        with tempfile.TemporaryDirectory() as folder:
            work = Encoding(self.options.run, self.settings, self.chapters, Path(folder), self.options.whole)
            processes = [context.Process(target=work, args=(n, barrier, results)) for n in range(count)]
            for process in processes:
                process.start()
            found = answers(processes, results)
        table = np.array(found)  # (process, chapter, 2 counts and the encoders' seconds)
        totals, sampled, *seconds = table.mean(axis=0).T
        self.frames, self.sampled = int(totals.sum()), int(sampled.sum())
        own, plain = (float((totals * each / np.maximum(sampled, 1)).sum() / count) for each in seconds)
        self.own.append(own)
        return plain

    def measure(self) -> dict[str, Any]:
        with bytecode_kept():
            self.film("-s")  # compiles the kernels first
            times = timings({"film": self.film, "encode": self.encode}, self.options.rounds)
        found = medians(times)
        playing = self.frames / self.settings.fps
        return {
            "bench": "limit",
            "name": str(self.settings),
            "ratio": round(found["film"] / found["encode"], 3),
            "own_ratio": round(found["film"] / median(self.own), 3),
            "of_playing_time": round(found["film"] / playing, 3),
            "film_seconds": round(found["film"], 1),
            "encode_seconds": round(found["encode"], 1),
            "own_seconds": round(median(self.own), 1),
            "playing_seconds": round(playing, 1),
            "frames": self.frames,
            "encoded_share": round(self.sampled / self.frames, 3),
            "jobs": self.options.jobs,
            "chapters": len(self.chapters),
            "rounds": self.options.rounds,
        }


def answers(processes: list[Any], results: Any) -> list[Any]:
    """Return the result of each process. Raises EdgeglowError when one of them failed or died."""
    found: list[Any] = []
    while len(found) < len(processes) and None not in found:
        try:
            found.append(results.get(timeout=1))
        except Empty:
            if any(process.exitcode for process in processes):
                found.append(None)
    for process in processes:
        if None in found:
            process.terminate()
        process.join()
    if None in found:
        raise EdgeglowError("a process that encodes frames failed; what it said stands above")
    return found


def names() -> list[str]:
    return [chapter.__name__ for chapter in FILM]


def rows(options: argparse.Namespace) -> Iterator[Mapping[str, Any]]:
    yield Contest(options).measure()


def main() -> None:
    parser = arguments(__doc__, rounds=3)
    parser.add_argument("-q", "--quality", choices=tuple(QUALITIES), default="h", help="as render.py's (h)")
    parser.add_argument("--jobs", type=positive, default=cores(), help="processes at once (one a core)")
    parser.add_argument("--whole", action="store_true", help="encode all frames, not two seconds of every ten")
    parser.add_argument("chapters", nargs="*", metavar="CHAPTER", help="only these (default: the whole film)")
    options = parsed(parser)
    if unknown := [name for name in options.chapters if name not in names()]:
        parser.error(f"there is no chapter {unknown[0]}; there are: {', '.join(names())}")
    try:
        tell(rows(options), options.json)
    except EdgeglowError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
