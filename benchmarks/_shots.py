"""Test scenes of benchmarks: all edges of a network, as fields, and as one Manim Line for each edge."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from _side_by_side import RUN
from manim import Animation, Line, Scene, ShowPassingFlash, Transform, VGroup, linear, tempconfig

from edgeglow.film.segment_writer import write_segments
from edgeglow.film.settings import FilmSettings
from edgeglow.model.run.run import Run
from edgeglow.scenes.fields import FieldScene, LineField
from edgeglow.scenes.fields.versioned_array import read_only_copy

SIZES = (784, 16, 16, 10)
POSITIVE, NEGATIVE = "#4fc3dc", "#f08048"
GAIN, WIDTH = 1.5, 0.012
SPAN = 30  # frames from one snapshot to the next, as in the film
FROM, TO, LENGTH, BRIGHTER = -0.15, 1.15, 0.3, 2.4  # start, end, length, gain of a pulse, as in the film
QUIET = {"background_color": "#0d0e13", "verbosity": "ERROR"}


def neurons(sizes: tuple[int, ...]) -> list[np.ndarray]:
    """Return the positions of pixels and neurons, (size, 3) for each layer: a grid of pixels, then columns."""
    side = int(np.ceil(np.sqrt(sizes[0])))
    k = np.arange(sizes[0])
    across, down = k % side - (side - 1) / 2, (side - 1) / 2 - k // side
    layers = [np.stack([across * 3.3 / side - 4.6, down * 3.3 / side, 0 * across], axis=1)]
    for x, size in zip(np.linspace(0, 5, len(sizes) - 1), sizes[1:], strict=True):
        y = np.linspace(2.8, -2.8, size)
        layers.append(np.stack([np.full(size, x), y, 0 * y], axis=1))
    return layers


@dataclass(frozen=True, eq=False)  # arrays have no single truth value to compare
class Edges:
    """Edges of a network: ``starts`` and ``ends`` (edges, 3), in the order of the weights.

    ``snapshots`` are their values at several steps, (edges,) each. They are read-only, like those that the film
    shows.
    """

    sizes: tuple[int, ...]
    starts: np.ndarray
    ends: np.ndarray
    snapshots: list[np.ndarray]

    def __len__(self) -> int:
        return len(self.starts)

    @classmethod
    def made_up(cls, sizes: tuple[int, ...], snapshots: int = 2) -> Edges:
        """Return the edges of a network with random weights; their values do not affect speed."""
        random = np.random.default_rng(0)
        spreads = np.concatenate([np.full(a * b, 2 / np.sqrt(a)) for a, b in pairwise(sizes)])
        values = [read_only_copy(random.normal(size=len(spreads)) * spreads) for _ in range(snapshots)]
        return cls(sizes, *_ends(sizes), values)

    @classmethod
    def of_run(cls, path: Path = RUN, snapshots: int = 2) -> Edges:
        """Return the edges of a run, with ``snapshots`` evenly spaced snapshots."""
        run = Run.load(path)
        chosen = np.linspace(0, len(run.snapshots) - 1, snapshots).round().astype(int)
        weights = [run.snapshots[index].weights for index in chosen]
        values = [read_only_copy(np.concatenate([each.ravel() for each in layers])) for layers in weights]
        return cls(run.layer_sizes, *_ends(run.layer_sizes), values)


def _ends(sizes: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    pairs = list(pairwise(neurons(sizes)))
    starts = [np.tile(before, (len(after), 1)) for before, after in pairs]
    ends = [np.repeat(after, len(before), axis=0) for before, after in pairs]
    return np.concatenate(starts), np.concatenate(ends)


def line_field(edges: Edges, snapshot: int = 0) -> LineField:
    shown = edges.starts, edges.ends, edges.snapshots[snapshot]
    return LineField(*shown, gain=GAIN, width=WIDTH, positive=POSITIVE, negative=NEGATIVE)


def lines(edges: Edges, snapshot: int = 0) -> VGroup:
    """Return one Line for each edge, with the colour and opacity that the field has."""
    group = VGroup()
    for start, end, value in zip(edges.starts, edges.ends, edges.snapshots[snapshot], strict=True):
        opacity = 1 - np.exp(-GAIN * abs(value))
        line = Line(start, end, stroke_width=100 * WIDTH)
        group.add(line.set_stroke(POSITIVE if value > 0 else NEGATIVE, opacity=opacity))
    return group


class Replay(Animation):
    """Animation of a field's values through snapshots."""

    def __init__(self, field: LineField, snapshots: list[np.ndarray], **options: Any) -> None:
        self.snapshots = snapshots
        super().__init__(field, rate_func=linear, **options)

    def interpolate_mobject(self, alpha: float) -> None:
        at = alpha * (len(self.snapshots) - 1)
        k = min(int(at), len(self.snapshots) - 2)
        moved = self.mobject
        assert isinstance(moved, LineField)
        moved.set_values_between(self.snapshots[k], self.snapshots[k + 1], at - k)


class Shot:
    """Base of the test scenes: the edges to show and the length in seconds."""

    edges: Edges
    seconds: float

    @classmethod
    def of(cls, edges: Edges, frames: int, rate: float = 60.0) -> Any:
        """Return a scene class with these edges and this number of frames."""
        return type(cls.__name__, (cls,), {"edges": edges, "seconds": frames / rate})


class TrainingField(Shot, FieldScene):
    """Test scene in which all edges change from snapshot to snapshot, as in the chapter on training."""

    def construct(self) -> None:
        self.play(Replay(line_field(self.edges), self.edges.snapshots, run_time=self.seconds))


class PulseField(Shot, FieldScene):
    """Test scene in which a pulse runs along all edges, as bright as their values, as in the chapter on the flow."""

    def construct(self) -> None:
        self.add(line_field(self.edges).set_opacity(0.4))
        pulse = line_field(self.edges).set_gain(BRIGHTER * GAIN)
        pulse.set_pulse(FROM, length=LENGTH, strength=1.0, base=0.0)
        self.play(pulse.animate(rate_func=linear).set_pulse(TO, length=LENGTH), run_time=self.seconds)


class TrainingLines(Shot, Scene):
    """``TrainingField`` with one Line for each edge.

    Transform changes colour and opacity from the first snapshot to the second.
    """

    def construct(self) -> None:
        shown = lines(self.edges)
        self.add(shown)
        self.play(Transform(shown, lines(self.edges, 1), rate_func=linear), run_time=self.seconds)


class PulseLines(Shot, Scene):
    """``PulseField`` with one Line for each edge: ShowPassingFlash along copies of all Lines."""

    def construct(self) -> None:
        resting = lines(self.edges)
        flash = ShowPassingFlash(resting.copy(), time_width=LENGTH, rate_func=linear)
        self.add(resting.set_stroke(opacity=0.2))
        self.play(flash, run_time=self.seconds)


@dataclass
class Rendered:
    """Result of rendering a test scene.

    ``seconds`` are from the scene's creation to the closed file, ``moments`` the times at which frames were finished,
    ``frames`` the first frames, uint8 (height, width, 4), if kept, and ``encoder`` the encoder's settings.
    """

    seconds: float = 0.0
    moments: list[float] = field(default_factory=list)
    frames: list[np.ndarray] = field(default_factory=list)
    encoder: Any = None


def render(
    shot: type[Scene],
    folder: Path,
    settings: FilmSettings,
    *,
    keep: int = 0,
    as_film: bool = True,
    clock: Callable[[], float] = time.perf_counter,
    **manim_settings: Any,
) -> Rendered:
    """Render a test scene with the film's writer or with Manim's, and keep its first ``keep`` frames."""
    found = Rendered()
    with tempconfig(settings.manim(str(folder)) | QUIET | manim_settings):
        start = clock()
        scene = shot()
        renderer: Any = scene.renderer
        if as_film:
            write_segments(renderer)
        found.encoder = renderer.file_writer.video_encoder
        add_frame = renderer.add_frame

        def add(frame: np.ndarray, num_frames: int = 1) -> None:
            add_frame(frame, num_frames)
            found.moments.append(clock())
            if len(found.frames) < keep:
                found.frames.append(frame.copy())

        renderer.add_frame = add
        scene.render()
        found.seconds = clock() - start
    return found
