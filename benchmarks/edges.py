"""All edges of a network in motion: the project's fields compared with one Manim Line for each edge.

./dev bench edges [--json] [--run RUN] [--frames 180] [--line-frames 4] [--rounds 5]

Two test scenes with the edges of a run's network, at 1080p60: "training", in which all weights change from snapshot
to snapshot, and "pulse", in which a pulse runs along all edges as in the chapter on the pixels' flow. Measurements
alternate, and medians count. Milliseconds per frame of

- field: the whole scene, with the film's own writer and encoder settings, from its creation to the closed file.
- drawing: the same without an encoder.
- encode: only encoding the field's frames, already in memory, with the film's encoder: the limit.
- lines: the time from one frame to the next with one Line for each edge, with Manim's own camera and writer and the
  same encoder settings. Creating the Lines and beginning the animation, which takes Manim seconds, is left out. They
  move as usual in Manim: Transform of stroke colour and opacity; ShowPassingFlash along copies.

"ratio" is lines over field, "of_encoding" field over encode. A third row, "manimml", compares ManimML's forward pass
along the connections of a network with our pulse through a network of the same size, if ManimML can be imported; it
is not part of this project's environment. It makes an animation for each edge, and with 12,960 of them Manim does not
even begin to play within ten minutes, so the network has 100 inputs unless --manimml-inputs says otherwise.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stdout
from functools import partial
from importlib.util import find_spec
from io import StringIO
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from _shots import SPAN, Edges, PulseField, PulseLines, Rendered, TrainingField, TrainingLines, render
from _side_by_side import alternate, arguments, parsed, positive, seconds_of, tell
from manim import AnimationGroup, Scene

from edgeglow.film.segment_writer import FilmEncoder
from edgeglow.film.settings import FilmSettings
from edgeglow.model.errors import EdgeglowError

LOOK = FilmSettings(1920, 1080, 60)
KEPT = 120  # frames to encode alone: more than twice x264's lookahead
SHOTS = {"training": (TrainingField, TrainingLines), "pulse": (PulseField, PulseLines)}
NAMES = (*SHOTS, "manimml")
HIDDEN = (16, 16, 10)
WITHOUT = "left out, since ManimML is not installed here (uv pip install manim-ml)"


def forward_pass(sizes: tuple[int, ...], frames: int) -> type[Scene]:
    """Return a scene with ManimML's forward pass along the connections of all layers at once."""
    from manim_ml.neural_network import FeedForwardLayer, NeuralNetwork

    class ForwardPass(Scene):
        def construct(self) -> None:
            with redirect_stdout(StringIO()):  # the network prints its description
                network = NeuralNetwork([FeedForwardLayer(size) for size in sizes])
            network.stretch_to_fit_height(7.0).stretch_to_fit_width(12.0).move_to([0.0, 0.0, 0.0])
            self.add(network)
            passes = [layer.make_forward_pass_animation() for layer in network.connective_layers]
            self.play(AnimationGroup(*passes), run_time=frames / LOOK.fps)

    return ForwardPass


class Contest:
    """One of the test scenes and everything that is measured with it."""

    def __init__(self, name: str, edges: Edges, options: argparse.Namespace, folder: Path) -> None:
        self.name, self.edges, self.folder = name, edges, folder
        self.frames, self.line_frames = options.frames, options.line_frames
        fields, lines = SHOTS[name]
        self.fields, self.lines = fields.of(edges, self.frames), lines.of(edges, self.line_frames)
        self.kept = Rendered()

    def contestants(self) -> Mapping[str, Callable[[], float]]:
        """Return the measurements by name; each returns seconds per frame."""
        found = {"field": self.field, "drawing": self.drawing, "encode": self.encode}
        found["lines"] = partial(self.between, self.lines)
        return found

    def field(self) -> float:
        done = render(self.fields, self.folder, LOOK)
        return done.seconds / self._checked(done, self.frames)

    def drawing(self) -> float:
        done = render(self.fields, self.folder, LOOK, dry_run=True)
        return done.seconds / self._checked(done, self.frames)

    def encode(self) -> float:
        if not self.kept.frames:
            self.kept = render(self.fields, self.folder, LOOK, keep=KEPT)
        frames, target = self.kept.frames, self.folder / "alone.mp4"

        def encode() -> None:
            encoder = FilmEncoder(target=target, spec=self.kept.encoder)
            for frame in frames:
                encoder.write_frame(frame)
            encoder.finish()

        return seconds_of(encode) / len(frames)

    def between(self, shot: type[Scene]) -> float:
        done = render(shot, self.folder, LOOK, as_film=False)
        self._checked(done, self.line_frames)
        return median(np.diff(done.moments).tolist())

    def _checked(self, done: Rendered, frames: int) -> int:
        if len(done.moments) != frames:
            raise EdgeglowError(f"{self.name}: {len(done.moments)} frames came, where {frames} were expected")
        return frames

    def measure(self, rounds: int) -> dict[str, Any]:
        found = alternate(self.contestants(), rounds)
        row: dict[str, Any] = {"bench": "edges", "name": self.name}
        row["ratio"] = round(found["lines"] / found["field"], 1)
        row["of_encoding"] = round(found["field"] / found["encode"], 2)
        row |= {f"{name}_ms": round(1000 * seconds, 2) for name, seconds in found.items()}
        return row | {"edges": len(self.edges), "rounds": rounds}


def beside_manimml(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Measure ManimML's forward pass and our pulse, in networks of the same size."""
    if not find_spec("manim_ml"):
        return {"bench": "edges", "name": "manimml", "skipped": WITHOUT}
    edges = Edges.made_up((options.manimml_inputs, *HIDDEN))
    contest = Contest("pulse", edges, options, folder)
    passing = partial(contest.between, forward_pass(edges.sizes, options.line_frames))
    found = alternate({"field": contest.field, "manimml": passing}, options.rounds)
    row: dict[str, Any] = {"bench": "edges", "name": "manimml"}
    row["ratio"] = round(found["manimml"] / found["field"], 1)
    row |= {f"{name}_ms": round(1000 * seconds, 2) for name, seconds in found.items()}
    return row | {"edges": len(edges), "rounds": options.rounds}


def as_text(row: Mapping[str, Any]) -> str:
    if "skipped" in row:
        return f"{row['name']}: {row['skipped']}"
    lines = [f"{row['name']}: {row['edges']:,} edges at 1080p60, milliseconds a frame (medians of {row['rounds']})"]
    lines += [f"  {key[:-3]:10s}{value:9.1f}" for key, value in row.items() if key.endswith("_ms")]
    slow = "manimml" if "manimml_ms" in row else "lines"
    encoding = f", field / encode {row['of_encoding']}" if "of_encoding" in row else ""
    return "\n".join([*lines, f"  {slow} / field {row['ratio']}{encoding}"])


def rows(options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    edges = Edges.of_run(options.run, max(2, options.frames // SPAN + 1))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for shot in (TrainingField, PulseField):  # compiles the kernels first
            render(shot.of(edges, 4), folder, FilmSettings(192, 108, 60), dry_run=True)
        for shot_name in options.shots:
            if shot_name in SHOTS:
                yield Contest(shot_name, edges, options, folder).measure(options.rounds)
            else:
                yield beside_manimml(options, folder)


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--frames", type=positive, default=180, help="frames of a shot with fields (180)")
    parser.add_argument("--line-frames", type=positive, default=4, help="frames of a shot with Lines, 2 or more (4)")
    parser.add_argument("--manimml-inputs", type=positive, default=100, help="of the network for ManimML (100)")
    parser.add_argument("shots", nargs="*", default=NAMES, metavar="SHOT", help=", ".join(NAMES))
    options = parsed(parser)
    if options.line_frames < 2:
        parser.error("--line-frames must be 2 or more: what passes between two is measured")
    if unknown := [name for name in options.shots if name not in NAMES]:
        parser.error(f"there is no shot {unknown[0]}; there are: {', '.join(NAMES)}")
    try:
        tell(rows(options), options.json, as_text)
    except EdgeglowError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
