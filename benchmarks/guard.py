"""Guard against slower drawing: compares a few ratios with recorded ones.

./dev bench guard [--json] [--rounds 9] [--record]

Exits with 1 if a ratio falls clearly below the one in recorded.toml, and names it. Times of one machine do not
transfer to another, so every ratio is of two pieces of work that alternate in one process. Processor time of all
threads counts, since other programs stretch every other measure. A ratio is the median of all rounds' ratios. With
the 12,960 edges of 784-16-16-10,

- mixing, snapshot, pulse: a plain loop that draws light over a frame of 1080p, over the camera's work on a frame that
  mixes two drawn snapshots; on one that draws a snapshot; on one in which a pulse runs.
- edges: a mixed frame of 12,960 edges over one of 200,000.
- lines: a frame of a scene with 200 Lines over one with the field, at 480p.
- film: the encoding of a scene's frames over drawing, writing and encoding them, at 480p.

--record writes the measured ratios as the new record. The tolerance of each is edited in that file by hand.
"""

from __future__ import annotations

import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numba
import numpy as np
from _shots import BRIGHTER, GAIN, LENGTH, Edges, Rendered, TrainingField, TrainingLines, line_field, render
from _side_by_side import arguments, machine, tell, timings
from scale import USUAL, Mixing, edges_of

from edgeglow.film.segment_writer import FilmEncoder
from edgeglow.film.settings import FilmSettings

RECORDED = Path(__file__).parent / "recorded.toml"
HEIGHT, SMALL = 1080, FilmSettings(854, 480, 60)
MANY, FEW = 200_000, 200  # edges
FRAMES, SHOT, LINE_FRAMES = 12, 120, 6
# numerator and denominator of each ratio
RATIOS = {
    "mixing": ("reference", "mixing"),
    "snapshot": ("reference", "snapshot"),
    "pulse": ("reference", "pulse"),
    "edges": ("mixing", "many"),
    "lines": ("lines", "scene"),
    "film": ("encode", "film"),
}
TOLERATED = 1.4


@dataclass(frozen=True)
class Recorded:
    """A recorded ratio, and the factor by which it may fall."""

    ratio: float
    tolerated: float = TOLERATED

    @property
    def least(self) -> float:
        return self.ratio / self.tolerated


def verdict(recorded: Mapping[str, Recorded], found: Mapping[str, float]) -> list[str]:
    """Return a line for each ratio that fell too far, or that is not recorded."""
    wrong = []
    for name, ratio in found.items():
        if name not in recorded:
            wrong.append(f"{name}: not in {RECORDED.name}; write it there with --record")
        elif ratio < recorded[name].least:
            was = recorded[name]
            wrong.append(
                f"{name}: {ratio:.3g}, where {was.ratio:.3g} is recorded and {was.least:.3g} would do: slower than"
                f" it was ({' over '.join(RATIOS.get(name, ()))})"
            )
    return wrong


def read_recorded(path: Path = RECORDED) -> dict[str, Recorded]:
    if not path.exists():
        return {}
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    return {name: Recorded(**table) for name, table in tables.items()}


def record(found: Mapping[str, float], path: Path = RECORDED) -> None:
    """Write new ratios; tolerances stay."""
    before = read_recorded(path)
    lines = [
        "# Ratios that benchmarks/guard.py found, and by which factor each may fall before it is taken for slower.",
        f"# On {', '.join(f'{name} {value}' for name, value in machine().items() if name != 'commit')}.",
    ]
    for name, ratio in found.items():
        tolerated = before[name].tolerated if name in before else TOLERATED
        lines += ["", f"[{name}]", f"ratio = {ratio:.4g}", f"tolerated = {tolerated:g}"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@numba.njit(nogil=True, error_model="numpy")
def reference(frame: np.ndarray, light: np.ndarray) -> None:
    """Draw light, float32 (pixels,), over a frame, uint8 (4 * pixels,), in the simplest way."""
    one, half, full = np.float32(1.0), np.float32(0.5), np.float32(255.0)
    for i in range(len(light)):
        x = light[i]
        rest = one / (one + x + half * x * x)
        for c in range(4):
            frame[4 * i + c] = np.uint8(np.float32(frame[4 * i + c]) * rest + full * (one - rest))


class Works:
    """The pieces of work that are timed: each returns the seconds of processor time per frame."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.edges = folder, edges_of(USUAL)
        self.usual = Mixing(self.edges, 2, HEIGHT)
        self.numerous = Mixing(edges_of(MANY), 2, HEIGHT)
        self.running = line_field(self.edges).set_gain(BRIGHTER * GAIN)
        self.running.set_pulse(0.0, length=LENGTH, strength=1.0, base=0.0)
        few = np.linspace(0, USUAL - 1, FEW).astype(int)
        starts, ends, values = self.edges.starts[few], self.edges.ends[few], self.edges.snapshots
        self.few = Edges((FEW,), starts, ends, [each[few] for each in values])
        pixels = self.usual.settings.width * HEIGHT
        self.frame, self.light = np.zeros(4 * pixels, np.uint8), np.linspace(0, 3, pixels, dtype=np.float32)
        self.kept = self._render(TrainingField.of(self.edges, SHOT), keep=SHOT)

    def all(self) -> dict[str, Callable[[], float]]:
        names = dict.fromkeys(name for pair in RATIOS.values() for name in pair)
        return {name: getattr(self, name) for name in names}

    def reference(self) -> float:
        return _each(lambda _: reference(self.frame, self.light))

    def mixing(self) -> float:
        return _each(lambda alpha: _mix(self.usual, alpha))

    def many(self) -> float:
        return _each(lambda alpha: _mix(self.numerous, alpha))

    def snapshot(self) -> float:
        camera = self.usual.camera
        kept, camera.layers = camera.layers, type(camera.layers)()
        field = line_field(self.edges)
        values = self.edges.snapshots[0]
        found = _each(lambda alpha: camera.capture_mobjects([field.set_values(values * np.float32(1 + alpha))]))
        camera.layers = kept
        return found

    def pulse(self) -> float:
        camera, field = self.usual.camera, self.running
        return _each(lambda alpha: camera.capture_mobjects([field.set_pulse(alpha, length=LENGTH)]))

    def lines(self) -> float:
        shot = TrainingLines.of(self.few, LINE_FRAMES)
        return _between(self._render(shot, dry_run=True))

    def scene(self) -> float:
        return _between(self._render(TrainingField.of(self.edges, SHOT), dry_run=True))

    def film(self) -> float:
        return _cpu(lambda: self._render(TrainingField.of(self.edges, SHOT))) / SHOT

    def encode(self) -> float:
        def encode() -> None:
            encoder = FilmEncoder(target=self.folder / "alone.mp4", spec=self.kept.encoder)
            for frame in self.kept.frames:
                encoder.write_frame(frame)
            encoder.finish()

        return _cpu(encode) / len(self.kept.frames)

    def _render(self, shot: Any, **options: Any) -> Rendered:
        return render(shot, self.folder, SMALL, clock=time.process_time, **options)


def _mix(stage: Mixing, alpha: float) -> None:
    first, second = stage.edges.snapshots
    stage.field.set_values_between(first, second, alpha)
    stage.camera.capture_mobjects([stage.field])


def _cpu(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _each(work: Callable[[float], object]) -> float:
    """Return the seconds of one frame of several, at proportions 0.1 to 0.9."""
    return _cpu(lambda: [work(float(alpha)) for alpha in np.linspace(0.1, 0.9, FRAMES)]) / FRAMES


def _between(done: Rendered) -> float:
    """Return the median seconds from one frame to the next."""
    return median(np.diff(done.moments).tolist())


def measure(rounds: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        works = Works(Path(folder)).all()
        timings(works, 1)  # warms up, and compiles the kernels
        times = timings(works, rounds)
    return {name: median(np.divide(times[one], times[other]).tolist()) for name, (one, other) in RATIOS.items()}


def rows(found: Mapping[str, float], recorded: Mapping[str, Recorded]) -> Iterator[dict[str, Any]]:
    for name, ratio in found.items():
        row: dict[str, Any] = {"bench": "guard", "name": name, "ratio": round(ratio, 4)}
        if name in recorded:
            row |= {"recorded": recorded[name].ratio, "least": round(recorded[name].least, 4)}
        yield row


def main() -> None:
    parser = arguments(__doc__, rounds=9)
    parser.add_argument("--record", action="store_true", help=f"write what is found to {RECORDED.name}")
    options = parser.parse_args()
    found = measure(options.rounds)
    if options.record:
        record(found)
    recorded = read_recorded()
    tell(rows(found, recorded), options.json)
    if wrong := verdict(recorded, found):
        sys.exit("\n".join(f"guard.py: {line}" for line in wrong))


if __name__ == "__main__":
    main()
