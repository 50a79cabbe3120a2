"""All edges of a network moving: our fields, beside one Manim Line for each edge.

./dev bench edges [--json] [--run RUN] [--frames 180] [--line-frames 4] [--rounds 5]

Two shots of the edges of a run's network, at 1080p60: "training", in which all weights move from snapshot to
snapshot, and "pulse", in which a pulse runs along all edges as in the chapter on the pixels' flow. Contestants take
turns, round after round, and medians count. Milliseconds a frame, of

- field: the whole shot, with the film's own writer and encoder settings, from the making of its scene to the closed
  file, divided by its frames.
- drawing: the same without an encoder.
- encode: the field's frames, in memory already, through the film's encoder and nothing else: the limit.
- lines: what passes from one frame to the next with one Line for each edge, under Manim's own camera and writer, in
  the same encoder settings. Their making and the seconds that Manim takes to begin an animation are left out. They
  move as a user of Manim would have them: Transform of stroke colour and opacity; ShowPassingFlash along copies.
- manimml: the same as "lines", of ManimML's forward pass along the connections of as large a network, in the pulse
  shot. Only where ManimML can be imported: it is no part of this project's environment.

"ratio" is lines over field, "manimml_ratio" manimml over field, "of_encoding" field over encode.
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

from film.look import Look
from film.writer import OneTakeEncoder
from model.errors import EdgeglowError

LOOK = Look(1920, 1080, 60)
KEPT = 120  # frames to encode alone: more than twice as many as x264 looks ahead
SHOTS = {"training": (TrainingField, TrainingLines), "pulse": (PulseField, PulseLines)}
WITHOUT = "ManimML is not installed here: left out (to have it, uv pip install manim-ml, and again)"


def forward_pass(sizes: tuple[int, ...], frames: int) -> type[Scene]:
    """ManimML's forward pass along the connections of all layers at once, in a network that fills the frame."""
    from manim_ml.neural_network import FeedForwardLayer, NeuralNetwork

    class ForwardPass(Scene):
        def construct(self) -> None:
            with redirect_stdout(StringIO()):  # it describes itself
                network = NeuralNetwork([FeedForwardLayer(size) for size in sizes])
            network.stretch_to_fit_height(7.0).stretch_to_fit_width(12.0).move_to([0.0, 0.0, 0.0])
            self.add(network)
            passes = [layer.make_forward_pass_animation() for layer in network.connective_layers]
            self.play(AnimationGroup(*passes), run_time=frames / LOOK.fps)

    return ForwardPass


class Contest:
    """One of the shots, and all who take part in it."""

    def __init__(self, name: str, edges: Edges, options: argparse.Namespace, folder: Path) -> None:
        self.name, self.edges, self.folder = name, edges, folder
        self.frames, self.line_frames = options.frames, options.line_frames
        fields, lines = SHOTS[name]
        self.fields, self.lines = fields.of(edges, self.frames), lines.of(edges, self.line_frames)
        self.kept = Rendered()

    def contestants(self) -> Mapping[str, Callable[[], float]]:
        """Each gives the seconds that a frame takes."""
        found = {"field": self.field, "drawing": self.drawing, "encode": self.encode}
        found["lines"] = partial(self.between, self.lines)
        if self.name == "pulse" and find_spec("manim_ml"):
            found["manimml"] = partial(self.between, forward_pass(self.edges.sizes, self.line_frames))
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
            encoder = OneTakeEncoder(target=target, spec=self.kept.encoder)
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
        warm = SHOTS[self.name][0].of(self.edges, 4)
        render(warm, self.folder, Look(192, 108, 60), dry_run=True)  # compiles what is not yet
        found = alternate(self.contestants(), rounds)
        row: dict[str, Any] = {"bench": "edges", "name": self.name}
        row["ratio"] = round(found["lines"] / found["field"], 1)
        if "manimml" in found:
            row["manimml_ratio"] = round(found["manimml"] / found["field"], 1)
        row["of_encoding"] = round(found["field"] / found["encode"], 2)
        row |= {f"{name}_ms": round(1000 * seconds, 2) for name, seconds in found.items()}
        return row | {"edges": len(self.edges), "rounds": rounds}


def as_text(row: Mapping[str, Any]) -> str:
    lines = [
        f"{row['name']}: {row['edges']:,} edges at 1080p60, milliseconds a frame (medians of {row['rounds']})"
    ]
    lines += [
        f"  {name:10s}{row[f'{name}_ms']:9.1f}"
        for name in ("field", "drawing", "encode", "lines", "manimml")
        if f"{name}_ms" in row
    ]
    lines.append(f"  lines / field {row['ratio']}, field / encode {row['of_encoding']}")
    if "manimml_ratio" in row:
        lines.append(f"  ManimML / field {row['manimml_ratio']}")
    elif row["name"] == "pulse":
        lines.append(f"  {WITHOUT}")
    return "\n".join(lines)


def rows(options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    edges = Edges.of_run(options.run, max(2, options.frames // SPAN + 1))
    with tempfile.TemporaryDirectory() as folder:
        for name in options.shots or SHOTS:
            yield Contest(name, edges, options, Path(folder)).measure(options.rounds)


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--frames", type=positive, default=180, help="frames of a shot with fields (180)")
    parser.add_argument(
        "--line-frames", type=positive, default=4, help="frames of a shot with Lines, 2 or more (4)"
    )
    parser.add_argument("shots", nargs="*", metavar="SHOT", help="training or pulse (default: both)")
    options = parsed(parser)
    if options.line_frames < 2:
        parser.error("--line-frames must be 2 or more: what passes between two is measured")
    if unknown := [name for name in options.shots if name not in SHOTS]:
        parser.error(f"there is no shot {unknown[0]}; there are: {', '.join(SHOTS)}")
    try:
        tell(rows(options), options.json, as_text)
    except EdgeglowError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
