"""Cost of a frame with more edges and with more pixels, and the memory of a process.

./dev bench scale [--json] [--run RUN] [--rounds 5] [--frames 40] [--whole] [PART ...]

Frames are drawn and not encoded, in alternating rounds, and medians count. In all of them the values of edges move
between two snapshots that are drawn already, as in most of the chapter on training. The parts are

- edges: at 1080p, 1 thousand to 1 million edges. "mix_ms" is the camera's work on a frame (capture_mobjects),
  "scene_ms" the time between two frames of a Manim scene, which includes setting the new values and Manim's own work.
  "snapshot_ms" is the camera's work on a frame in which one snapshot is drawn for the first time. "flat" is mix_ms
  over that of 12,960 edges, "scene_flat" the same of scene_ms.
- pixels: 480p to 2160p, with the 12,960 edges of 784-16-16-10. "linear" is ms_a_megapixel over that of 1080p.
- memory: the peak memory (resident set) of a fresh process that renders a chapter as workers of the film do, with the
  encoder, at 1080p60 and 2160p60: the three longest of the ranges of segments that two workers would share, or, with
  --whole, all of them.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from _shots import SIZES, Edges, TrainingField, line_field, render
from _side_by_side import alternate, arguments, in_process, parsed, positive, seconds_of, tell

from edgeglow.scenes.fields.versioned_array import read_only_copy

COUNTS = (1_000, 12_960, 100_000, 1_000_000)
USUAL = 12_960
HEIGHTS = (480, 720, 1080, 1440, 2160)
CHAPTERS = ("Training", "PixelFlow")
WORKERS, LONGEST = 2, 3
SETTLED = 8  # frames after which both snapshots are drawn and cached


def edges_of(count: int) -> Edges:
    """Return ``count`` edges from a grid of pixels to a column; any count fills the same part of the frame."""
    if count == USUAL:
        return Edges.made_up(SIZES)
    whole, random = Edges.made_up(SIZES), np.random.default_rng(0)
    starts = whole.starts[:784][np.arange(count) % 784]
    ends = np.stack([np.full(count, 5.0), np.linspace(2.8, -2.8, count), np.zeros(count)], axis=1)
    # The same total brightness for any count, so that no pixel is brighter than in the film.
    size = 2.0 / np.sqrt(784) * min(1.0, USUAL / count)
    return Edges((784,), starts, ends, [read_only_copy(random.normal(size=count) * size) for _ in range(2)])


class Mixing:
    """A camera, at 1080p by default, and a field whose values move between two snapshots."""

    def __init__(self, edges: Edges, frames: int, height: int = 1080) -> None:
        from edgeglow.film.settings import FilmSettings
        from edgeglow.scenes.fields.camera import FieldCamera

        self.settings = FilmSettings(2 * round(height * 8 / 9), height, 60)
        self.camera = FieldCamera(
            pixel_width=self.settings.width, pixel_height=height, frame_width=8 * 16 / 9, frame_height=8.0
        )
        self.edges, self.frames = edges, frames
        self.field = line_field(edges)
        self.mixed()  # draws the snapshots

    @property
    def megapixels(self) -> float:
        return self.settings.width * self.settings.height / 1e6

    def capture(self) -> float:
        self.camera.reset()
        return seconds_of(lambda: self.camera.capture_mobjects([self.field]))

    def mixed(self) -> float:
        """Return the seconds to draw a frame."""
        times = []
        first, second = self.edges.snapshots
        for alpha in np.linspace(0.1, 0.9, self.frames):
            self.field.set_values_between(first, second, float(alpha))
            times.append(self.capture())
        return median(times)

    def snapshot(self) -> float:
        """Return the seconds to draw a frame when nothing is cached; the cached layers for mixing are kept."""
        kept, self.camera.layers = self.camera.layers, type(self.camera.layers)()
        self.field.set_values(self.edges.snapshots[0])
        seconds = self.capture()
        self.camera.layers = kept
        return seconds

    def scene(self) -> float:
        """Return the seconds from frame to frame of a scene."""
        shot = TrainingField.of(self.edges, SETTLED + self.frames)
        with tempfile.TemporaryDirectory() as folder:
            done = render(shot, Path(folder), self.settings, dry_run=True)
        return median(np.diff(done.moments)[SETTLED:].tolist())


def by_edges(options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    stages = {count: Mixing(edges_of(count), options.frames) for count in COUNTS}
    found = {}
    for name in ("mixed", "scene", "snapshot"):
        found[name] = alternate({str(count): getattr(stage, name) for count, stage in stages.items()}, options.rounds)
    mix, scene = found["mixed"], found["scene"]
    for count in COUNTS:
        yield {
            "bench": "scale",
            "name": f"edges-{count}",
            "mix_ms": round(1000 * mix[str(count)], 2),
            "flat": round(mix[str(count)] / mix[str(USUAL)], 2),
            "scene_ms": round(1000 * scene[str(count)], 2),
            "scene_flat": round(scene[str(count)] / scene[str(USUAL)], 2),
            "snapshot_ms": round(1000 * found["snapshot"][str(count)], 2),
        }


def by_pixels(options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    edges = edges_of(USUAL)
    stages = {str(height): Mixing(edges, options.frames, height) for height in HEIGHTS}
    found = alternate({name: stage.mixed for name, stage in stages.items()}, options.rounds)
    cost = {name: found[name] / stage.megapixels for name, stage in stages.items()}
    for name, stage in stages.items():
        yield {
            "bench": "scale",
            "name": f"pixels-{name}p",
            "mix_ms": round(1000 * found[name], 2),
            "ms_a_megapixel": round(1000 * cost[name], 3),
            "linear": round(cost[name] / cost["1080"], 2),
            "megapixels": round(stage.megapixels, 2),
        }


def peak_of(chapter: str, run: str, height: int, whole: bool) -> dict[str, int]:
    """Render ranges of a chapter's segments, longest first, and return the peak memory of this process, in MB."""
    import edgeglow.scenes.chapters
    from edgeglow.film.chapter_task import MeasureTask
    from edgeglow.film.inputs import FilmInputs
    from edgeglow.film.render_task import RenderTask
    from edgeglow.film.segments import schedule_segments
    from edgeglow.film.settings import FilmSettings

    shown, settings = (
        getattr(edgeglow.scenes.chapters, chapter),
        FilmSettings(2 * round(height * 8 / 9), height, 60),
    )
    with tempfile.TemporaryDirectory() as name:
        job = (shown, FilmInputs(Path(run)), settings, Path(name))
        measured = MeasureTask(*job)(lambda _: None)
        segment_ranges = schedule_segments({0: measured.cut_points}, WORKERS)[: None if whole else LONGEST]
        for segment_range in segment_ranges:
            for file in RenderTask(*job, cut_points=segment_range.cut_points)(lambda _: None).files:
                file.unlink()
    frames = sum(segment_range.frames for segment_range in segment_ranges)
    return {"peak_mb": round(peak_bytes() / 1e6), "frames": frames, "of_frames": measured.frames}


def peak_bytes() -> int:
    """Return the peak memory of this process, in bytes."""
    with suppress(OSError):  # Linux: getrusage would include the parent's memory when it started this process
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def by_memory(options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    for height in (720, 1080, 2160):
        for chapter in CHAPTERS:
            found = in_process(peak_of, chapter=chapter, run=options.run, height=height, whole=options.whole)
            yield {"bench": "scale", "name": f"memory-{chapter}-{height}p60", **found}


PARTS = {"edges": by_edges, "pixels": by_pixels, "memory": by_memory}


def rows(options: argparse.Namespace) -> Iterator[Mapping[str, Any]]:
    for name in options.parts:
        yield from partial(PARTS[name], options)()


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--frames", type=positive, default=40, help="frames in a round (40)")
    parser.add_argument("--whole", action="store_true", help="memory: render all of the chapters")
    parser.add_argument("parts", nargs="*", default=tuple(PARTS), metavar="PART", help=", ".join(PARTS))
    options = parsed(parser)
    if unknown := [name for name in options.parts if name not in PARTS]:
        parser.error(f"there is no part {unknown[0]}; there are: {', '.join(PARTS)}")
    tell(rows(options), options.json)


if __name__ == "__main__":
    main()
