"""What a training is watched on, laid out for a frame of any shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from scenes.mobjects.curve import Curve
from scenes.mobjects.scrubber import Scrubber
from scenes.mobjects.training_board import Moment, TrainingBoard
from scenes.mobjects.weight_pictures import WeightPictures
from scenes.stage.chapter import Chapter
from scenes.stage.layout import Area, Layout
from scenes.stage.theme import LABEL, NUMBER, SMALL

TRACK = 0.5  # high is the scrubber with its numbers
CURVE = 1.05  # high is a curve with its name
WRITTEN = 0.44  # of that are its name and number
GUTTER = 0.62  # wide is the place of what is written beside a curve's axis
BRIGHTER = 2.0  # than elsewhere are all edges here, before and after: the first weights are small


@dataclass(frozen=True)
class Places:
    """Where the parts of a board go. In a tall frame there is no room for ``pictures``."""

    network: Area
    loss: Area
    accuracy: Area
    pictures: Area | None
    track: Area

    @classmethod
    def of(cls, layout: Layout) -> Places:
        """Beside the network what it is measured by; in a tall frame below it."""
        stage = layout.stage
        if layout.is_tall:
            network, curves, track = stage.down(stage.height - CURVE - TRACK - 0.44, CURVE, TRACK, gap=0.22)
            loss, accuracy = curves.across(1, 1.45, gap=0.25)
            return cls(network, loss, accuracy, None, track)
        left, right = stage.across(layout.pick(2.6, 2.1, 1.0), 1, gap=layout.pick(0.6, 0.35, 0.0))
        track = Area(left.left, left.bottom, left.right, left.bottom + TRACK)
        network = Area(left.left, track.top + 0.05, left.right, left.top)
        loss, accuracy, pictures = right.down(CURVE, CURVE, right.height - 2 * CURVE - 0.6, gap=0.3)
        return cls(network, loss, accuracy, pictures, track)


def training_board(chapter: Chapter) -> TrainingBoard:
    """The board of a chapter's run, at the first snapshot; nothing of it is on stage yet."""
    places, cast, run = Places.of(chapter.layout), chapter.cast, chapter.run
    diagram = cast.diagram(chapter.theme, places.network, chapter.layout.is_tall)
    diagram.set_pixels(run.examples[cast.main].pixels)
    pictures = None
    if places.pictures is not None:
        # Full colour for the weights that one in a hundred exceeds: the same as the edges' scale.
        pictures = WeightPictures(
            run.image_shape,
            diagram.shown[0],
            scale=cast.weight_scale[0],
            area=places.pictures,
            theme=chapter.theme,
        )
    moments = [moment(chapter, number) for number in range(len(run.snapshots))]
    curves = (loss_curve(chapter, places.loss), accuracy_curve(chapter, places.accuracy))
    board = TrainingBoard(diagram, pictures, curves, scrubber(chapter, places.track), moments)
    for edges in diagram.edges:
        edges.set_gain(BRIGHTER * edges.gain)
    return board


def moment(chapter: Chapter, number: int) -> Moment:
    """What the board shows of snapshot ``number``, for the film's digit."""
    run, cast = chapter.run, chapter.cast
    snapshot = run.snapshots[number]
    return Moment(
        weights=snapshot.weights,
        brightness=tuple(cast.lights(snapshot, cast.main)),
        confidences=snapshot.activations[-1][cast.main],
        examples=snapshot.examples,
    )


def loss_curve(chapter: Chapter, area: Area) -> Curve:
    """The loss on the test digits, as measured at every snapshot, over the examples seen."""
    losses = np.array([snapshot.loss for snapshot in chapter.run.snapshots])
    top, color = _round_above(float(losses.max())), chapter.theme.accent
    return _curve(chapter, area, losses, f"{top:g}", name="loss", form="{:.2f}", top=top, color=color)


def accuracy_curve(chapter: Chapter, area: Area) -> Curve:
    """The accuracy on the same digits."""
    accuracies = np.array([snapshot.accuracy for snapshot in chapter.run.snapshots])
    color = chapter.theme.text
    return _curve(chapter, area, accuracies, "100%", name="accuracy", form="{:.1%}", top=1.0, color=color)


def _round_above(value: float) -> float:
    """The next number from ``value`` on that has one figure."""
    power = 10.0 ** np.floor(np.log10(max(value, 1e-6)))
    return float(np.ceil(value / power - 1e-9) * power)


def _curve(chapter: Chapter, area: Area, values: np.ndarray, most: str, name: str, **kwargs: Any) -> Curve:
    snapshots = chapter.run.snapshots
    seen = np.array([snapshot.examples for snapshot in snapshots]) / max(snapshots[-1].examples, 1)
    curve = Curve(
        seen,
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


def scrubber(chapter: Chapter, area: Area) -> Scrubber:
    """The track of the whole training."""

    def examples(count: float) -> str:
        return chapter.label("examples", examples=round(count))

    def epoch(count: float) -> str:
        return chapter.label("epoch", epoch=count)

    track = Scrubber(
        chapter.run.last.examples,
        chapter.run.training_count,
        examples_form=examples,
        epoch_form=epoch,
        width=area.width - 0.2,
        size=chapter.layout.pick(NUMBER, NUMBER, SMALL),
        theme=chapter.theme,
    )
    return track.move_to([area.x, area.y, 0])
