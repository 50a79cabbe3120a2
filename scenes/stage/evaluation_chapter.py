"""The base of chapters that show the network's test: it reads digits, and a table counts the answers."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    Animation,
    AnimationGroup,
    FadeIn,
    FadeOut,
    Mobject,
    VGroup,
    smooth,
    squish_rate_func,
    there_and_back_with_pause,
)

from edgeglow.model.run.evaluation import Evaluation
from edgeglow.scenes.mobjects.charts.confusion_matrix import ConfusionMatrix, most_of
from edgeglow.scenes.mobjects.network.feature_column import FeatureColumn
from edgeglow.scenes.mobjects.network.input_plane import InputPlane
from edgeglow.scenes.mobjects.network.neuron_layer import NeuronLayer
from edgeglow.scenes.mobjects.numbers.number_label import NumberLabel
from edgeglow.scenes.motions.move_diagram import transform_diagram
from edgeglow.scenes.motions.move_marks import MoveMarks
from edgeglow.scenes.stage.chapter import Chapter
from edgeglow.scenes.stage.key_frames import REST
from edgeglow.scenes.style.layout import Area
from edgeglow.scenes.style.theme import LABEL

ON_THE_WAY = 8  # z of pictures that fly over everything
FAINT = 0.2  # opacity of cells that are not highlighted
EARLY = squish_rate_func(smooth, 0.0, 0.5)


class EvaluationChapter(Chapter):
    """A chapter with the network, or if there is no room the digit alone, beside a confusion matrix.

    ``matrix`` is the table, ``numbers`` are the numbers in it, ``ticker`` counts the digits read; ``plane`` shows
    the digit being read, ``readers`` are the layers that light up for it; ``landed`` are pictures that lie in
    their cells.
    """

    def prepare_evaluation(self) -> None:
        """Create all mobjects, before any animation."""
        self.evaluation = Evaluation.of(self.run)
        self.numbers: VGroup | None = None
        self.readers: list[NeuronLayer] = []
        self.landed: list[Mobject] = []
        self.lay_out()

    def lay_out(self) -> None:
        """Place the reading area and the table side by side, or one above the other in a tall frame."""
        if self.layout.is_tall:
            self.reader, table = self.stage.down(1.25, self.stage.height - 1.4, gap=0.15)
        else:
            self.reader, table = self.stage.across(1, self.layout.pick(0.85, 2.6, 0.0), gap=0.4)
        self.matrix = ConfusionMatrix(
            self.cast.class_names,
            rows=self.label("rows"),
            columns=self.label("columns"),
            most=most_of(self.evaluation.counts()),
            area=table,
            theme=self.theme,
        )
        self.ticker = NumberLabel(
            0, lambda count: self.label("read", count=round(count)), LABEL, self.theme.muted, self.theme
        )
        self.ticker.edge = (0.0, 0.0, 0.0)

    def network_aside(self) -> Animation:
        area, away = self.reader, self.diagram
        diagram = self.cast.diagram(self.theme, Area(area.left, area.bottom + 0.6, area.right, area.top))
        diagram.set_weights(self.run.last.weights).set_pixels(self.run.examples[self.cast.main].pixels)
        for edges in diagram.edges:
            edges.set_opacity(REST)
        self.diagram, self.plane = diagram, diagram.inputs
        self.readers = diagram.layers
        middle = (diagram.inputs.get_left()[0] + diagram.layers[-1].get_right()[0]) / 2
        self.ticker.move_to([middle, area.bottom + 0.3, 0])
        return transform_diagram(away, diagram, numbers=False)

    def digit_aside(self) -> Animation:
        away, area, tall = self.diagram, self.reader, self.layout.is_tall
        side, room = min(area.width, area.height, 1.9), 0.5 * area.width if tall else area.height - 0.8
        plane = self.cast.input_plane(side, room, self.theme, is_row=tall)
        plane.set_values(self.run.examples[self.cast.main].pixels).move_to(area.center)
        if tall:
            plane.set_x(area.left + (0.3 if self.run.image_shape is not None else 0.26) * area.width)
            self.ticker.next_to(plane, RIGHT, buff=0.3)
            self.ticker.edge = tuple(LEFT)
        else:
            self.ticker.next_to(plane, DOWN, buff=0.2)
        target = plane.pixels.copy()
        plane.pixels.become(away.inputs.pixels)
        self.remove(away, away.inputs)
        rest = [*away.edges, *away.layers, away.names]
        self.add(*rest, away.confidences, away.ring, plane)
        self.plane = plane
        return AnimationGroup(MoveMarks(plane.pixels, target, lag=0.0, lift=0.0), FadeOut(*rest, rate_func=EARLY))

    def see(self, number: int) -> list[Animation]:
        """Return animations that show test digit ``number`` to the network."""
        lit = [
            layer.discs.animate.set_values(light[layer.indices])
            for layer, light in zip(self.readers, self.lights(number), strict=True)
        ]
        return [self.plane.animate.set_values(self.evaluation.digits.pixels[number]), *lit]

    def drop(self, number: int) -> None:
        """Let the picture appear in its cell, which counts it, and leave it there.

        It grows there: on a flight it would cross the neurons.
        """
        matrix, digits = self.matrix, self.evaluation.digits
        label, answer = int(digits.labels[number]), int(self.evaluation.answers[number])
        cell = matrix.cell(label, answer)
        landed = self.upright(0.9 * cell.width, cell.center, digits.pixels[number]).pixels.set_z_index(ON_THE_WAY)
        noticed = [
            name.animate(rate_func=there_and_back_with_pause).set_color(self.theme.accent)
            for name in matrix.names_of(label, answer)
        ]
        self.play(FadeIn(landed, scale=0.3), *noticed, run_time=1.0)
        counted = self.evaluation.counts(number + 1)
        self.ticker.set_value(number + 1)
        matrix.set_counts(counted)
        self.landed.append(landed)

    def upright(self, side: float, center: np.ndarray, pixels: np.ndarray) -> InputPlane:
        """Return an upright picture at a position; a row of numbers is a line of this length."""
        plane = self.cast.input_plane(side, side, self.theme, is_row=self.layout.is_tall)
        return plane.move_to(center).set_values(pixels)

    def line_of(self, length: float) -> FeatureColumn:
        """Return the inputs of a network that does not read pictures, at most this long."""
        line = self.cast.input_plane(length, length, self.theme, is_row=self.layout.is_tall)
        assert isinstance(line, FeatureColumn)
        return line

    def count(self, read: int) -> None:
        self.matrix.set_counts(self.evaluation.counts(read))
        self.ticker.set_value(read)

    def show(self, number: int) -> None:
        self.plane.set_values(self.evaluation.digits.pixels[number])
        for layer, light in zip(self.readers, self.lights(number), strict=True):
            layer.discs.set_values(light[layer.indices])

    def lights(self, number: int) -> list[np.ndarray]:
        """Return the brightness of the neurons shown for a test digit."""
        if not self.readers:
            return []
        return self.cast.lights_of(self.evaluation.digits.pixels[number])

    def light_up(self, cells: np.ndarray) -> Animation:
        """Keep only these cells (classes, classes) and their numbers bright."""
        opacities = np.where(cells.ravel(), 1.0, FAINT)
        changes: list[Animation] = [self.matrix.cells.animate.set_opacities(opacities)]
        if self.numbers is not None:
            changes += [
                number.animate.set_fill(opacity=float(cells.ravel()[which]))
                for which, number in zip(self.matrix.numbered, self.numbers, strict=True)
            ]
        return AnimationGroup(*changes)

    def reading(self) -> list[Mobject]:
        """Return the mobjects beside the table while digits are read."""
        if not self.readers:
            return [self.plane, self.ticker]
        diagram = self.diagram
        return [*diagram.edges, diagram.inputs, *diagram.layers, diagram.names, self.ticker]
