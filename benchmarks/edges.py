"""All edges of a network moving: one LineField, beside one Manim Line for each edge.

    uv run python benchmarks/edges.py [--json] [--run RUN.npz] [--frames 180] [--line-frames 4] [--rounds 3]

The shot is that of the chapter on training: the 12,960 edges of 784-16-16-10, whose values move from snapshot to
snapshot, at 1080p60, rendered by Manim into a film file with the encoder settings of the film. With a run
file the weights are its snapshots', else random ones: speed does not depend on what they are.

The field's time is that of the whole shot, from its first line to the closed file, divided by the frames. The
Lines' time is only what passes from one frame to the next: their making, and the seconds Manim takes to
begin the animation, are left out. Each Line moves as a user of Manim would have it: stroke colour and
opacity are interpolated by Transform. "encode" is the limit: the field's own frames through the same encoder
and nothing else. Rounds take turns and the fastest counts, so that other work on the machine hits all alike;
of the Lines, the fastest frame. "ratio" is the Lines' time over the field's.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
from manim import Animation, Line, Scene, Transform, VGroup, linear, tempconfig

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from film.look import X264
from model.run import Run
from scenes.fields import FieldScene, LineField

SIZES = (784, 16, 16, 10)
POSITIVE, NEGATIVE = "#4fc3dc", "#f08048"
GAIN, WIDTH = 1.5, 0.012
SPAN = 30  # frames from one snapshot to the next, as in the film
SHOT = {
    "pixel_width": 1920,
    "pixel_height": 1080,
    "frame_rate": 60,
    "video_encoder_options": X264,
    "disable_caching": True,
    "background_color": "#0d0e13",
    "verbosity": "ERROR",
    "progress_bar": "none",
    "notify_outdated_version": False,
}


def neurons(sizes: tuple[int, ...]) -> list[np.ndarray]:
    """Where pixels and neurons lie, (size, 3) for each layer: a grid of pixels, then columns."""
    side = int(np.ceil(np.sqrt(sizes[0])))
    k = np.arange(sizes[0])
    across, down = k % side - (side - 1) / 2, (side - 1) / 2 - k // side
    layers = [np.stack([across * 3.3 / side - 4.6, down * 3.3 / side, 0 * across], axis=1)]
    for x, size in zip(np.linspace(0, 5, len(sizes) - 1), sizes[1:], strict=True):
        y = np.linspace(2.8, -2.8, size)
        layers.append(np.stack([np.full(size, x), y, 0 * y], axis=1))
    return layers


def edges(sizes: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Where every edge starts and ends, both (edges, 3), in the order of the weights."""
    layers = neurons(sizes)
    pairs = list(pairwise(layers))
    starts = [np.tile(before, (len(after), 1)) for before, after in pairs]
    ends = [np.repeat(after, len(before), axis=0) for before, after in pairs]
    return np.concatenate(starts), np.concatenate(ends)


def values_of(path: Path | None, count: int) -> tuple[tuple[int, ...], list[np.ndarray]]:
    """Layer sizes, and the weights of ``count`` snapshots as (edges,) each: a run's, or random ones."""
    if path is not None:
        run = Run.load(path)
        chosen = np.linspace(0, len(run.snapshots) - 1, count).round().astype(int)
        weights = [run.snapshots[index].weights for index in chosen]
        return run.layer_sizes, [np.concatenate([each.ravel() for each in layers]) for layers in weights]
    generator = np.random.default_rng(0)
    spreads = [np.full(a * b, 1 / np.sqrt(a)) for a, b in pairwise(SIZES)]
    return SIZES, [generator.normal(size=12_960) * 2 * np.concatenate(spreads) for _ in range(count)]


class Replay(Animation):
    """The values of a field move through snapshots."""

    def __init__(self, field: LineField, snapshots: list[np.ndarray], **options: Any) -> None:
        self.snapshots = snapshots
        super().__init__(field, rate_func=linear, **options)

    def interpolate_mobject(self, alpha: float) -> None:
        at = alpha * (len(self.snapshots) - 1)
        k = min(int(at), len(self.snapshots) - 2)
        field = self.mobject
        assert isinstance(field, LineField)
        field.set_values_between(self.snapshots[k], self.snapshots[k + 1], at - k)


class FieldShot(FieldScene):
    """The shot as one field."""

    ends: tuple[np.ndarray, np.ndarray]
    snapshots: list[np.ndarray]
    frames: int

    def construct(self) -> None:
        starts, ends = self.ends
        field = LineField(
            starts, ends, self.snapshots[0], positive=POSITIVE, negative=NEGATIVE, gain=GAIN, width=WIDTH
        )
        self.play(Replay(field, self.snapshots, run_time=self.frames / 60))


class LineShot(Scene):
    """The shot as one Line for each edge."""

    ends: tuple[np.ndarray, np.ndarray]
    snapshots: list[np.ndarray]
    frames: int

    def construct(self) -> None:
        lines = VGroup(
            *(Line(start, end, stroke_width=100 * WIDTH) for start, end in zip(*self.ends, strict=True))
        )
        target = lines.copy()
        for group, values in ((lines, self.snapshots[0]), (target, self.snapshots[1])):
            for line, value in zip(group, values, strict=True):
                line.set_stroke(POSITIVE if value > 0 else NEGATIVE, opacity=1 - np.exp(-GAIN * abs(value)))
        self.add(lines)
        self.play(Transform(lines, target, rate_func=linear), run_time=self.frames / 60)


def render(shot: type[Scene], folder: str, **settings: Any) -> tuple[float, list[float], list[np.ndarray]]:
    """Render a shot: seconds for all of it, the moments its frames were done, and its first frames."""
    done: list[float] = []
    kept: list[np.ndarray] = []
    with tempconfig(SHOT | {"media_dir": folder} | settings):
        begin = time.perf_counter()
        scene = shot()
        add_frame = scene.renderer.add_frame

        def add(frame: np.ndarray, num_frames: int = 1) -> None:
            add_frame(frame, num_frames)
            done.append(time.perf_counter())
            if len(kept) < 30:
                kept.append(frame)

        scene.renderer.add_frame = add
        scene.render()
        return time.perf_counter() - begin, done, kept


def encode(frames: list[np.ndarray], path: Path) -> float:
    """Seconds to encode frames, for each of them."""
    begin = time.perf_counter()
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=Fraction(60), options=dict(X264))
        stream.width, stream.height, stream.pix_fmt = 1920, 1080, "yuv420p"
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgba")))
        container.mux(stream.encode())
    return (time.perf_counter() - begin) / len(frames)


def measure(run: Path | None, frames: int, line_frames: int, rounds: int) -> dict[str, Any]:
    """Time the shot in both ways."""
    sizes, snapshots = values_of(run, max(2, frames // SPAN + 1))
    shared = {"ends": edges(sizes), "snapshots": snapshots}
    field_shot = type("FieldShot", (FieldShot,), shared | {"frames": frames})
    line_shot = type("LineShot", (LineShot,), shared | {"frames": line_frames})
    whole: list[float] = []
    drawing: list[float] = []
    encoding: list[float] = []
    between: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        warm = type("FieldShot", (FieldShot,), shared | {"frames": 4})
        render(warm, folder, pixel_width=192, pixel_height=108, dry_run=True)  # compiles what is not yet
        for _ in range(rounds):
            seconds, done, kept = render(field_shot, folder)
            whole.append(seconds / frames)
            drawing.append(render(field_shot, folder, dry_run=True)[0] / frames)
            encoding.append(encode(kept, Path(folder) / "alone.mp4"))
            line_done = render(line_shot, folder)[1]
            between.extend(np.diff(line_done))
            assert len(done) == frames and len(line_done) == line_frames
    return {
        "bench": "edges",
        "ratio": round(min(between) / min(whole), 1),
        "field_ms": round(1000 * min(whole), 2),
        "line_ms": round(1000 * float(min(between)), 1),
        "field_drawing_ms": round(1000 * min(drawing), 2),
        "encode_ms": round(1000 * min(encoding), 2),
        "edges": len(shared["ends"][0]),
        "frames": frames,
        "line_frames": line_frames,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--run", type=Path, help="a run file to take the weights from")
    parser.add_argument("--frames", type=int, default=180, help="frames of the shot with the field")
    parser.add_argument("--line-frames", type=int, default=4, help="frames of the shot with Lines, 2 or more")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is timed")
    options = parser.parse_args()
    found = measure(options.run, options.frames, options.line_frames, options.rounds)
    if options.json:
        print(json.dumps(found))
        return
    print(f"{found['edges']:,} edges moving at 1080p60, milliseconds for each frame")
    print(f"  one LineField, whole shot   {found['field_ms']:8.1f}   ({found['frames']} frames)")
    print(f"    drawing without encoding  {found['field_drawing_ms']:8.1f}")
    print(f"    encoding without drawing  {found['encode_ms']:8.1f}")
    print(f"  one Line for each edge      {found['line_ms']:8.1f}   ({found['line_frames']} frames)")
    print(f"  ratio                       {found['ratio']:8.1f}")


if __name__ == "__main__":
    main()
