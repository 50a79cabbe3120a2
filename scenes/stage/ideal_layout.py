"""The layout of the ideal network's pictures and neurons, and the choice of the real neurons in it."""

from __future__ import annotations

import numpy as np
from manim import DOWN, RIGHT

from edgeglow.scenes.fields import LineField, SquareField
from edgeglow.scenes.mobjects.network.ideal_network import IdealNetwork
from edgeglow.scenes.mobjects.network.network_diagram import NetworkDiagram
from edgeglow.scenes.mobjects.pictures.ideal_network_layout import StageLayout
from edgeglow.scenes.stage.ideal_features import IdealFeatures, evenly_spaced
from edgeglow.scenes.style.layout import Area, Layout
from edgeglow.scenes.style.theme import TextLine, Theme

SHARES = (0.75, 1.5, 1.1)  # lengths of the stages in proportion: pieces, parts, answers


class IdealLayout:
    """The layout of ``ideal`` in a diagram's frame: ``network`` is the mobject, in the area ``region``.

    ``homes`` are the real layers of its stages, ``chosen`` the positions in them of the neurons that take part.
    """

    def __init__(self, ideal: IdealFeatures, diagram: NetworkDiagram, layout: Layout, theme: Theme) -> None:
        self.ideal, self.diagram, self.layout = ideal, diagram, layout
        self.region = self._region()
        features, layers = ideal.features, diagram.layers
        plan = StageLayout(
            self.region,
            diagram.is_tall,
            tuple(map(len, features)),
            SHARES[-len(features) :],
            radius=self._radius,
            gap=layout.pick(0.95, 0.4, 0.2),
            after=0.25 if diagram.is_tall else 0.15 + max(name.width for name in diagram.names),
        )
        self.network = IdealNetwork(plan.stages(), features, plan.radius, theme)
        self.homes = [layers[0], layers[-2], layers[-1]][-len(features) :]
        hidden = zip(features[:-1], self.homes[:-1], strict=True)
        answers = [int(np.flatnonzero(diagram.shown[-1] == ideal.class_of(number))[0]) for number in ideal.answers]
        self.chosen = [evenly_spaced(len(found), len(home.indices)) for found, home in hidden] + [np.array(answers)]

    @property
    def _radius(self) -> float:
        """Radius of its neurons."""
        return self.layout.pick(0.19, 0.15, 0.12)

    def _region(self) -> Area:
        """Return the part of the stage that the inputs leave free."""
        stage, inputs = self.layout.stage, self.diagram.inputs
        if self.diagram.is_tall:
            return Area(stage.left, stage.bottom, stage.right, float(inputs.get_bottom()[1]) - 0.3)
        left = float(inputs.get_right()[0]) + self.layout.pick(1.0, 0.45, 0.3)
        return Area(left, stage.bottom + 0.1, stage.right, stage.top - 0.65)

    def neurons_at_home(self) -> list[SquareField]:
        """Return the neurons that take part, as they are in the network."""
        places = zip(self.homes, self.chosen, strict=True)
        return [self.network.neurons_of(home, which, stage) for stage, (home, which) in enumerate(places)]

    def lines_into(self, stage: int) -> LineField:
        """Return the lines that end at a stage's pictures, from the pixels of each part or from the stage before."""
        stages, main = self.network.stages, self.ideal.main_place
        if stage == 0:
            parts = [feature.part for feature in self.network.features[0]]
            return self.network.lines([self._middle_of(part) for part in parts], [slot.entry for slot in stages[0]])
        if stage == len(stages) - 1:
            return self.network.lines_between(stage - 1, [(0, main), (1, main)])
        return self.network.lines_between(stage - 1, list(enumerate(self.ideal.owners)))

    def _middle_of(self, part: np.ndarray) -> np.ndarray:
        """Return the position of a part of the digit in the network's inputs."""
        return np.asarray(self.diagram.inputs.pixels.centers[part.ravel()].mean(axis=0))

    def beside(self, name: TextLine, neuron: np.ndarray) -> TextLine:
        """Move a name to the place of an output's name beside ``neuron``."""
        away = DOWN if self.diagram.is_tall else RIGHT
        name.next_to(neuron, away, buff=self._radius + 0.12)
        return name
