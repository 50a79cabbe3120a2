"""The layout and parts of the training board, for a frame of any shape."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from edgeglow.model.run.run import Run
from edgeglow.scenes.mobjects.charts.curve import Curve
from edgeglow.scenes.mobjects.charts.training_board import BoardSnapshot, TrainingBoard
from edgeglow.scenes.mobjects.charts.training_progress import TrainingProgress
from edgeglow.scenes.mobjects.pictures.weight_pictures import WeightPictures
from edgeglow.scenes.stage.chapter_selection import ChapterSelection
from edgeglow.scenes.style.layout import Area, Layout
from edgeglow.scenes.style.theme import LABEL, NUMBER, SMALL, Theme

TRACK = 0.5  # height of the training's progress with its numbers
CURVE = 1.05  # height of a curve with its name
MOST_OF_CURVES = 3.0  # height of two curves if there is room, relative to the spaces above and below them
WRITTEN = 0.44  # height of a curve's name and number, included in CURVE
GUTTER = 0.62  # width of the labels beside a curve's axis
BRIGHTER = 2.0  # brightness of all edges relative to other chapters: the first weights are small


@dataclass(frozen=True)
class BoardAreas:
    """Areas of the parts of a board.

    ``pictures`` is None in a tall frame, which has no room for them, and for inputs that are not a picture; the
    curves then get the room.
    """

    network: Area
    loss: Area
    accuracy: Area
    pictures: Area | None
    track: Area

    @classmethod
    def of(cls, layout: Layout, *, pictured: bool) -> BoardAreas:
        """Compute the areas: curves and pictures beside the network, or below it in a tall frame."""
        stage = layout.stage
        if layout.is_tall:
            network, curves, track = stage.down(stage.height - CURVE - TRACK - 0.44, CURVE, TRACK, gap=0.22)
            loss, accuracy = curves.across(1, 1.45, gap=0.25)
            return cls(network, loss, accuracy, None, track)
        left, right = stage.across(layout.pick(2.6, 2.1, 1.0), 1, gap=layout.pick(0.6, 0.35, 0.0))
        track = Area(left.left, left.bottom, left.right, left.bottom + TRACK)
        network = Area(left.left, track.top + 0.05, left.right, left.top)
        if not pictured:
            middle = right.down(1, MOST_OF_CURVES, 1)[1]
            loss, accuracy = middle.down(1, 1, gap=0.6)
            return cls(network, loss, accuracy, None, track)
        loss, accuracy, pictures = right.down(CURVE, CURVE, right.height - 2 * CURVE - 0.6, gap=0.3)
        return cls(network, loss, accuracy, pictures, track)


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
    places = BoardAreas.of(chapter.layout, pictured=run.image_shape is not None)
    diagram = cast.diagram(chapter.theme, places.network, chapter.layout.is_tall)
    diagram.set_pixels(run.examples[cast.main].pixels)
    pictures = None
    if places.pictures is not None and run.image_shape is not None:
        # Full colour is the weight that one in a hundred exceeds, as for the edges.
        pictures = WeightPictures(
            run.image_shape, diagram.shown[0], scale=cast.weight_scale[0], area=places.pictures, theme=chapter.theme
        )
    moments = [board_snapshot(chapter, number) for number in range(len(run.snapshots))]
    curves = (loss_curve(chapter, places.loss), accuracy_curve(chapter, places.accuracy))
    board = TrainingBoard(diagram, pictures, curves, build_training_progress(chapter, places.track), moments)
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


def round_above(value: float) -> float:
    """Round up to a number with one significant digit."""
    power = 10.0 ** np.floor(np.log10(max(value, 1e-6)))
    return float(np.ceil(value / power - 1e-9) * power)


def _curve(chapter: TrainingSource, area: Area, values: np.ndarray, most: str, name: str, **kwargs: Any) -> Curve:
    times = chapter.run.times
    curve = Curve(
        (times - times[0]) / (times[-1] - times[0]),
        values,
        name=chapter.label(name),
        width=area.width,
        height=area.height - WRITTEN,
        ends=("0", most) if chapter.layout.name == "wide" else (),
        gutter=chapter.layout.pick(GUTTER, 0.0, 0.0),
        size=chapter.layout.pick(LABEL, SMALL, SMALL),
        theme=chapter.theme,
        **kwargs,
    )
    return curve.shift([area.left, area.bottom, 0])


def build_training_progress(chapter: TrainingSource, area: Area) -> TrainingProgress:
    """Create the training's progress bar, with a mark for every epoch, or else for every snapshot."""
    run, forms = chapter.run, [time_format(chapter)]
    marks = run.times
    if (epoch := run.training_count) is not None:
        marks = np.arange(0, run.times[-1] + 1, epoch)
        forms.insert(0, lambda seen: chapter.label("epoch", epoch=seen / epoch))
    track = TrainingProgress(
        run.times[0],
        run.times[-1],
        marks,
        forms=forms,
        width=area.width - 0.2,
        size=chapter.layout.pick(NUMBER, NUMBER, SMALL),
        theme=chapter.theme,
    )
    return track.move_to([area.x, area.y, 0])


def time_format(chapter: TrainingSource) -> Callable[[float], str]:
    """Return the format of a time of the training, in the unit that the run uses."""
    forms: dict[str, Callable[[float], str]] = {
        "examples": lambda when: chapter.label("examples", examples=round(when)),
        "step": lambda when: chapter.label("step", step=round(when)),
        "epoch": lambda when: chapter.label("at_epoch", epoch=when),
    }
    return forms[chapter.run.clock]
