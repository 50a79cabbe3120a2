"""An idealised network: every neuron stands for a part of a digit, with its picture beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from manim import Group

from edgeglow.scenes.fields import LineField, SquareField
from edgeglow.scenes.mobjects.network.neuron_layer import NeuronLayer
from edgeglow.scenes.mobjects.pictures.ideal_network_layout import PictureSlot
from edgeglow.scenes.mobjects.pictures.part_picture import OVER_LINES, PartPicture, Window
from edgeglow.scenes.style.theme import DARK, Theme

LINE_WIDTH = 0.03
GLOW = 2.5  # gain at which a single line is nearly opaque


@dataclass(frozen=True, eq=False)
class IdealFeature:
    """The ideal meaning of one neuron: ``part`` of ``image``, both (height, width), seen through ``window``."""

    image: np.ndarray
    part: np.ndarray
    window: Window


class IdealNetwork(Group):
    """Stages of pictures with a neuron each, and accent-coloured lines between them.

    Nothing in it is an activation or a weight: a chapter that shows it must say that it is staged. Its lines
    have another colour than weights. ``pictures[s][i]`` and neuron i of ``discs[s]`` belong to ``stages[s][i]``
    and ``features[s][i]``.
    """

    def __init__(
        self,
        stages: Sequence[Sequence[PictureSlot]],
        features: Sequence[Sequence[IdealFeature]],
        radius: float,
        theme: Theme = DARK,
    ) -> None:
        super().__init__()
        self.stages = stages
        self.features = features
        self.theme = theme
        self.pictures = [
            [
                PartPicture(feature.image, feature.window, slot.picture, theme).light(feature.part)
                for slot, feature in zip(slots, row, strict=True)
            ]
            for slots, row in zip(stages, features, strict=True)
        ]
        self.discs = [
            SquareField(
                np.array([slot.neuron for slot in slots]),
                2 * radius,
                np.zeros(len(slots)),
                low=theme.dark,
                high=theme.bright,
                negative=theme.negative,
                roundness=1.0,
                stroke_color=theme.outline,
                stroke_width=0.022,
            ).set_z_index(OVER_LINES - 1)
            for slots in stages
        ]

    def neurons_of(self, layer: NeuronLayer, which: np.ndarray, stage: int) -> SquareField:
        """Return the neurons of a stage as they are in a real layer, at these positions in it."""
        real = self.discs[stage].copy()
        real.points = layer.discs.marks[which].reshape(-1, 3).copy()
        return real.set_values(layer.discs.values[which])

    def lines(self, starts: Sequence[np.ndarray], ends: Sequence[np.ndarray]) -> LineField:
        """Return lines between points (3,), above the first layer and below the pictures."""
        field = LineField(
            np.array(starts),
            np.array(ends),
            np.ones(len(starts)),
            positive=self.theme.accent,
            negative=self.theme.accent,
            width=LINE_WIDTH,
            gain=GLOW,
        )
        return field.set_z_index(5)

    def lines_between(self, stage: int, pairs: Sequence[tuple[int, int]]) -> LineField:
        """Return lines from neurons of a stage to pictures of the next, by their numbers."""
        here, there = self.stages[stage], self.stages[stage + 1]
        return self.lines([here[one].neuron for one, _ in pairs], [there[other].entry for _, other in pairs])
