"""The layout and parts of the training board, for a frame of any shape."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from edgeglow.model.run.run import Run
from edgeglow.scenes.mobjects.charts.curve import Curve
from edgeglow.scenes.mobjects.charts.output_curves import OutputCurves
from edgeglow.scenes.mobjects.charts.training_board import BoardSnapshot, TrainingBoard
from edgeglow.scenes.mobjects.charts.training_progress import TrainingProgress
from edgeglow.scenes.stage.chapter_selection import ChapterSelection
from edgeglow.scenes.style.layout import Area, Layout
from edgeglow.scenes.style.theme import LABEL, NUMBER, SMALL, Theme

TRACK = 0.5  # height of the training's progress with its numbers
SCALED_TRACK = 0.85  # the same with the scale between
CURVE = 1.05  # height of a curve with its name, beside a second training
SHARE_OF_CURVES = 0.43  # height of the curves in a tall frame, as a share of the stage
WRITTEN = 0.44  # height of a curve's name and number, included in CURVE
GUTTER = 0.62  # width of the labels beside a curve's axis
DENSE = 0.34  # first step between snapshots, relative to the mean step, below which time is drawn logarithmic
EVEN_STEPS = 10  # length of the even beginning of a logarithmic axis, in first steps
KNOB = 0.1  # height of the track's knob above it
CLOSEST = 0.1  # least distance between two ticks, as a share of the axis
BRIGHTER = 2.0  # brightness of all edges relative to other chapters: the first weights are small


@dataclass(frozen=True)
class BoardAreas:
    """Areas of the parts of a board: ``charts`` holds both curves, ``track`` lies below them."""

    network: Area
    charts: Area
    loss: Area
    accuracy: Area
    track: Area

    @classmethod
    def of(cls, layout: Layout) -> BoardAreas:
        """Compute the areas: curves beside the network, in half of the stage, or beside each other below it."""
        stage = layout.stage
        if layout.is_tall:
            network, panel = stage.down(1 - SHARE_OF_CURVES, SHARE_OF_CURVES, gap=0.2)
        else:
            network, panel = stage.across(1, 1, gap=layout.pick(0.5, 0.35, 0.0))
        charts, track = panel.down(panel.height - SCALED_TRACK - 0.1, SCALED_TRACK, gap=0.1)
        accuracy, loss = charts.across(1.45, 1, gap=0.25) if layout.is_tall else charts.down(1, 1, gap=0.3)
        return cls(network, charts, loss, accuracy, track)


@dataclass(frozen=True)
class TimeScale:
    """Places of times on the axis of a training, 0 to 1.

    The axis is even, or, for ``even`` above 0, even only up to about that time after ``start`` and logarithmic later.
    """

    start: float
    end: float
    even: float = 0.0

    @classmethod
    def of(cls, times: np.ndarray) -> TimeScale:
        """Return the scale for the times of a run's snapshots: logarithmic if these are dense in the beginning."""
        steps = np.diff(times)
        dense = len(steps) > 1 and steps[0] < DENSE * steps.mean()
        return cls(float(times[0]), float(times[-1]), EVEN_STEPS * float(steps[0]) if dense else 0.0)

    def __call__(self, times: np.ndarray | float) -> np.ndarray:
        share = np.clip((np.asarray(times, dtype=float) - self.start) / max(self.end - self.start, 1e-12), 0.0, 1.0)
        if not self.even:
            return share
        most = (self.end - self.start) / self.even
        return np.asarray(np.log1p(share * most) / np.log1p(most))

    @property
    def ticks(self) -> list[float]:
        """Times to write at the axis: start and end, or the start and powers of ten."""
        if not self.even:
            return [self.start, self.end]
        powers = 10.0 ** np.arange(np.ceil(np.log10(self.even)), np.floor(np.log10(self.end)) + 1)
        return [self.start, *(float(power) for power in powers if self(power) > CLOSEST)]


class TrainingSource(Protocol):
    """A run whose training is shown: a chapter's own, or one of two that are compared."""

    run: Run
    cast: ChapterSelection
    theme: Theme
    layout: Layout

    def label(self, name: str, **facts: object) -> str: ...


def training_board(chapter: TrainingSource) -> TrainingBoard:
    """Create the board of a run, at the first snapshot; nothing is added to the scene."""
    cast, run = chapter.cast, chapter.run
    places = BoardAreas.of(chapter.layout)
    diagram = cast.diagram(chapter.theme, places.network, chapter.layout.is_tall)
    diagram.set_pixels(run.examples[cast.main].pixels)
    moments = [board_snapshot(chapter, number) for number in range(len(run.snapshots))]
    curves = (loss_curve(chapter, places.loss), accuracy_curve(chapter, places.accuracy))
    outputs = output_curves(chapter, places.charts)
    progress = build_training_progress(chapter, places.track)
    board = TrainingBoard(diagram, curves, progress, moments, outputs=outputs)
    for edges in diagram.edges:
        edges.set_gain(BRIGHTER * edges.gain)
    return board


def board_snapshot(chapter: TrainingSource, number: int) -> BoardSnapshot:
    """Return what the board shows of snapshot ``number``, for the film's digit."""
    run, cast = chapter.run, chapter.cast
    snapshot = run.snapshots[number]
    return BoardSnapshot(
        weights=snapshot.weights,
        brightness=tuple(cast.lights(snapshot, cast.main)),
        confidences=snapshot.activations[-1][cast.main],
        when=float(run.times[number]),
    )


def loss_curve(chapter: TrainingSource, area: Area) -> Curve:
    """Create the curve of the loss on the test digits at every snapshot, over the training."""
    losses = np.array([snapshot.loss for snapshot in chapter.run.snapshots])
    top, color = round_above(float(losses.max())), chapter.theme.accent
    return _curve(chapter, area, losses, f"{top:g}", name="loss", form=".2f", top=top, color=color)


def accuracy_curve(chapter: TrainingSource, area: Area) -> Curve:
    """Create the curve of the accuracy on the test digits."""
    accuracies = np.array([snapshot.accuracy for snapshot in chapter.run.snapshots])
    color = chapter.theme.text
    return _curve(chapter, area, accuracies, "100%", name="accuracy", form=".1%", top=1.0, color=color)


def output_curves(chapter: TrainingSource, area: Area) -> OutputCurves:
    """Create the curves of all outputs for the film's digit."""
    run, cast = chapter.run, chapter.cast
    return OutputCurves(
        TimeScale.of(run.times)(run.times),
        np.array([snapshot.activations[-1][cast.main] for snapshot in run.snapshots]),
        cast.class_names,
        name=chapter.label("outputs"),
        area=area,
        gutter=gutter_of(chapter),
        theme=chapter.theme,
    )


def round_above(value: float) -> float:
    """Round up to a number with one significant digit."""
    power = 10.0 ** np.floor(np.log10(max(value, 1e-6)))
    return float(np.ceil(value / power - 1e-9) * power)


def _curve(chapter: TrainingSource, area: Area, values: np.ndarray, most: str, name: str, **kwargs: Any) -> Curve:
    times = chapter.run.times
    curve = Curve(
        TimeScale.of(times)(times),
        values,
        name=chapter.label(name),
        width=area.width,
        height=area.height - WRITTEN,
        ends=() if chapter.layout.is_tall else ("0", most),
        gutter=gutter_of(chapter),
        size=chapter.layout.pick(LABEL, SMALL, SMALL),
        theme=chapter.theme,
        **kwargs,
    )
    return curve.shift([area.left, area.bottom, 0])


def gutter_of(chapter: TrainingSource) -> float:
    """Return the width of the labels beside the axes, for which a tall frame has no room."""
    return 0.0 if chapter.layout.is_tall else GUTTER


def build_training_progress(chapter: TrainingSource, area: Area) -> TrainingProgress:
    """Create the training's progress bar below the curves, on the same scale.

    An even one has a mark for every snapshot. A square frame has no room for a second number.
    """
    run, forms = chapter.run, [time_format(chapter)]
    if (epoch := run.training_count) is not None and chapter.layout.name != "square":
        forms.insert(0, lambda seen: chapter.label("epoch", epoch=seen / epoch))
    scale = TimeScale.of(run.times)
    track = TrainingProgress(
        run.times[0],
        run.times[-1],
        np.array(scale.ticks) if scale.even else run.times,
        forms=forms,
        width=area.width - gutter_of(chapter),
        size=chapter.layout.pick(NUMBER, NUMBER, SMALL),
        scale=scale,
        ticks=scale.ticks,
        theme=chapter.theme,
    )
    return track.shift([area.left + gutter_of(chapter), area.top - KNOB, 0])


def time_format(chapter: TrainingSource) -> Callable[[float], str]:
    """Return the format of a time of the training, in the unit that the run uses."""
    forms: dict[str, Callable[[float], str]] = {
        "examples": lambda when: chapter.label("examples", examples=round(when)),
        "step": lambda when: chapter.label("step", step=round(when)),
        "epoch": lambda when: chapter.label("at_epoch", epoch=when),
    }
    return forms[chapter.run.clock]
