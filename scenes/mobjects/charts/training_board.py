"""The replay of a training: the network, its curves, its weight pictures, and the progress."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from manim import Animation, Group, Mobject

from edgeglow.scenes.fields.versioned_array import read_only_copy
from edgeglow.scenes.mobjects.charts.curve import Curve
from edgeglow.scenes.mobjects.charts.output_curves import OutputCurves
from edgeglow.scenes.mobjects.charts.training_progress import TrainingProgress
from edgeglow.scenes.mobjects.network.network_diagram import NetworkDiagram
from edgeglow.scenes.mobjects.network.weights_closeup import WeightsCloseup


@dataclass(frozen=True, eq=False)
class BoardSnapshot:
    """The content of the board at one snapshot.

    ``weights[k]`` is (fan_out, fan_in); ``brightness[k]`` (size of layer k + 1,) for the digit shown;
    ``confidences`` (outputs,); ``when`` is the snapshot's time, in the unit of ``progress``.
    """

    weights: tuple[np.ndarray, ...]
    brightness: tuple[np.ndarray, ...]
    confidences: np.ndarray
    when: float


class TrainingBoard:
    """Everything that changes during training, updated together.

    Brightness and colours are interpolated between two snapshots; written numbers are those of the last snapshot.
    ``outputs`` are the curves of the answers, if there are any; ``closeup`` is set during a close-up of a neuron.
    """

    def __init__(
        self,
        diagram: NetworkDiagram,
        curves: Sequence[Curve],
        progress: TrainingProgress,
        moments: Sequence[BoardSnapshot],
        outputs: OutputCurves | None = None,
    ) -> None:
        self.diagram = diagram
        self.curves = list(curves)
        self.outputs = outputs
        self.progress = progress
        self.closeup: WeightsCloseup | None = None
        self.moments = list(moments)
        self._edges = [
            [read_only_copy(diagram.edge_values(gap, matrix)) for gap, matrix in enumerate(moment.weights)]
            for moment in moments
        ]
        diagram.set_weights(moments[0].weights)
        self.show_moment(0.0)

    def show_moment(self, position: float) -> Self:
        """Show the training at snapshot number ``position``; fractions are between two snapshots."""
        position = float(np.clip(position, 0, len(self.moments) - 1))
        number = int(position)
        part = position - number
        following = min(number + 1, len(self.moments) - 1)
        now, then = self.moments[number], self.moments[following]
        for gap, edges in enumerate(self.diagram.edges):
            edges.set_values_between(self._edges[number][gap], self._edges[following][gap], part)
        for layer, (before, after) in enumerate(zip(now.brightness, then.brightness, strict=True), start=1):
            self.diagram.set_brightness(layer, (1 - part) * before + part * after)
        if self.closeup is not None:
            self.closeup.set_weights_between(now.weights[0], then.weights[0], part)
            self.closeup.number.set_value(now.when)
        self.diagram.set_confidences(now.confidences)
        for curve in self.curves:
            curve.show_until(position)
        if self.outputs is not None:
            self.outputs.show_until(position)
        self.progress.set_moment((1 - part) * now.when + part * then.when, written=now.when)
        return self


class ReplayRun(Animation):
    """Animation of the board from one snapshot to another, each interval taking the same time.

    ``seen`` are its mobjects in the scene: everything changes, but nothing is added to the scene.
    """

    def __init__(self, board: TrainingBoard, first: int, last: int, seen: Sequence[Mobject], **kwargs: float) -> None:
        self.board = board
        self.span = (first, last)
        super().__init__(Group(*seen), rate_func=lambda t: t, **kwargs)

    def interpolate_mobject(self, alpha: float) -> None:
        first, last = self.span
        self.board.show_moment(first + (last - first) * self.rate_func(alpha))
