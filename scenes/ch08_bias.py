"""Chapter 8: the activation function squeezes every sum, and the bias sets how easily a neuron lights up."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    Animation,
    AnimationGroup,
    Create,
    FadeIn,
    FadeOut,
    Group,
    LaggedStart,
    Line,
    MoveAlongPath,
    VGroup,
    smooth,
    squish_rate_func,
)

from edgeglow.model.run.run import Run
from edgeglow.scenes.fields import SquareField
from edgeglow.scenes.mobjects.network.single_neuron import SingleNeuron
from edgeglow.scenes.mobjects.numbers.neuron_numbers import numbers_of_neurons
from edgeglow.scenes.mobjects.numbers.number_label import NumberLabel
from edgeglow.scenes.mobjects.pictures.weight_pictures import WeightPictures
from edgeglow.scenes.mobjects.text.function_names import SOFTMAX, function_shape, shape_facts
from edgeglow.scenes.motions.move_marks import MoveMarks
from edgeglow.scenes.motions.slide_bias import SlideBias
from edgeglow.scenes.motions.zoom_out_pictures import ZoomOutPictures
from edgeglow.scenes.stage.chapter import Chapter
from edgeglow.scenes.stage.key_frames import REST
from edgeglow.scenes.stage.sums_of_neuron import build_sum_plot
from edgeglow.scenes.style.layout import grid_cells
from edgeglow.scenes.style.theme import LABEL, SMALL

CLEAR = 0.1  # scene units left free beside the text below the count
LONE = 0.5  # diameter of a neuron without a weight picture, as a share of its cell
FAINT = 0.12  # opacity of the edges behind the biases
COUNT = 52.0  # font size of the number of digits that light the neuron


class Bias(Chapter):
    """The chapter on the bias: the activation function squeezes any sum, and the bias is a threshold."""

    name = "bias"
    opens = "wall"
    ends = "asleep"

    @classmethod
    def opening(cls, run: Run) -> str:
        return "asleep" if run.image_shape is None else cls.opens  # there is no weight wall for rows

    picture: WeightPictures | SingleNeuron

    def construct(self) -> None:
        self.example = self.run.examples[self.cast.main]
        self.kind = self.cast.function(1)
        self.shape = function_shape(self.kind)
        self.bias = self.cast.neuron_bias
        self.take_places()
        self.gather_sums()
        self.add_bias()
        self.squeeze()
        self.call_it_a_function()
        self.count_lit()
        self.move_bias()
        self.return_to_network()

    # -- many sums ----------------------------------------------------------------------------------------

    def gather_sums(self) -> None:
        """Bring one weight picture forward, and fly the test digits from it to their sums, without the bias."""
        self.plot = plot = build_sum_plot(self.cast, self.label, self.panel, self.theme).set_bias(0.0)
        marks = plot.marks
        target = marks.copy()
        middle = np.broadcast_to(self.cell.center, (len(plot.sums), 3))
        marks.set_centers(middle).set_opacities(np.zeros(len(middle)))
        gather = MoveMarks(marks, target, lag=0.75, lift=0.6, run_time=2.4)
        late = squish_rate_func(smooth, 0.35, 0.75)
        with self.beat("sums", self.shape, squares=len(plot.sums)):
            axis = FadeIn(plot.axis, plot.plain_name, rate_func=late)
            if self.run.image_shape is None:
                self.leave_network(axis, FadeIn(plot.stem, plot.number, rate_func=squish_rate_func(smooth, 0.8, 1.0)))
                self.play(gather)
                return
            zoom = ZoomOutPictures(self.wall, self.place, self.cell, self.stage, inwards=True)
            first = AnimationGroup(zoom, axis, FadeIn(plot.pin, shift=0.2 * DOWN, rate_func=late), run_time=2.0)
            self.play(AnimationGroup(first, gather, lag_ratio=0.7))
            self.remove(self.wall, plot.pin, marks)
            self.picture = self.weight_pictures(np.array([self.cast.neuron]), self.cell)
            self.add(self.picture, marks, plot.pin)

    def leave_network(self, *animations: Animation) -> None:
        """Leave the network, for rows: the neuron moves to the picture's place, the inputs to their sum.

        Rows have no weight pictures. The rest of the network fades out.
        """
        diagram, layer = self.diagram, self.diagram.layers[0]
        rest = [*diagram.edges, *diagram.layers, diagram.names, self.names, self.notes]
        self.picture = SingleNeuron(layer.center_of(self.place), layer.radius, self.theme)
        radius = LONE * min(self.cell.width, self.cell.height) / 2
        here = SingleNeuron(self.cell.center, radius, self.theme)
        inputs = diagram.inputs.pixels
        self.add(self.picture)
        early = squish_rate_func(smooth, 0.0, 0.6)
        self.play(
            *(FadeOut(part, rate_func=early) for part in rest),
            MoveMarks(self.picture.squares, here.squares, lag=0.0, lift=0.0),
            MoveMarks(inputs, self.plot.digit, lag=0.0, lift=0.0),
            *animations,
            run_time=2.0,
        )
        self.remove(self.picture, self.picture.squares)  # the animation has added both to the scene
        self.remove(diagram.inputs, inputs)
        self.add(self.picture, self.plot.digit)

    def add_bias(self) -> None:
        """Move every sum by the neuron's bias; from here on the bias is part of all sums."""
        plot = self.plot
        facts = {"bias": self.bias, "sum": plot.written(0.0), "total": plot.written(self.bias)}
        with self.beat("added", "softmax" if self.kind == SOFTMAX else "", **facts):
            self.wait(0.6)
            names = [FadeOut(plot.plain_name), FadeIn(plot.name)]
            if plot.name.text == plot.plain_name.text:
                names = []
                self.remove(plot.plain_name)
                self.add(plot.name)
            self.play(SlideBias(plot, self.bias, None), *names, run_time=2.0)

    def squeeze(self) -> None:
        """Draw the activation function, and move every mark up to the curve.

        Each mark gets the brightness of its activation.
        """
        plot = self.plot
        with self.beat("squeeze", self.shape, **shape_facts(self.kind)):
            self.play(Create(plot.curve), FadeIn(plot.level_names), run_time=1.4)
            bright = plot.neuron_activation.light(plot.shifted)
            self.play(plot.marks.animate.set_centers(plot.on_curve()).set_values(bright), run_time=1.8)
            light = [] if self.neuron is None else [self.neuron.animate.set_values(plot.own_light)]
            self.play(FadeIn(plot.dot, scale=0.3), *light, run_time=0.4)
            self.wait(0.4)
        plot.is_lit = True

    def call_it_a_function(self) -> None:
        """Go from the digit down to the curve, and write the activation there: what goes in, and what comes out."""
        plot = self.plot
        number = plot.activation_number()
        self.out = number if self.has_room_for(number) else VGroup()
        facts = {"inputs": self.run.layer_sizes[0], "activation": number.value}
        with self.beat("function", "softmax" if self.kind == SOFTMAX else "", **facts):
            way = Line(plot.stem.get_end(), plot.dot.get_center())
            self.play(MoveAlongPath(plot.dot.copy(), way, remover=True, introducer=True), run_time=1.0)
            self.play(FadeIn(self.out), run_time=0.5)

    def has_room_for(self, number: NumberLabel) -> bool:
        """Whether a number beside the curve lies on no square of the stacks."""
        half = np.array([number.width, number.height]) / 2
        away = np.abs(self.plot.marks.centers - number.get_center())[:, :2]
        return not bool((away < half).all(axis=1).any())

    # -- the threshold ------------------------------------------------------------------------------------

    def count_lit(self) -> None:
        plot = self.plot
        self.build_count()
        facts = {"lit": plot.lit, "squares": len(plot.sums), "threshold": self.cast.threshold(1)}
        with self.beat("lit", self.shape, **facts):
            self.play(
                FadeOut(self.out, run_time=0.4),
                plot.marks.animate.set_centers(plot.stacked()),
                Create(plot.threshold),
                run_time=1.4,
            )
            self.play(FadeIn(self.count), run_time=0.6)

    def move_bias(self) -> None:
        """Raise the bias, lower it, and return it to its trained value, with the digits counted in every frame."""
        plot, reach = self.plot, self.plot.reach
        raised = int(np.count_nonzero(plot.neuron_activation.is_lit(plot.sums + reach)))
        with self.beat("raise", lit=raised):
            self.play(FadeIn(plot.slider), run_time=0.5)
            self.play(SlideBias(plot, self.bias + reach, self.lit_number, self.neuron), run_time=2.6)
        lowered = int(np.count_nonzero(plot.neuron_activation.is_lit(plot.sums - reach)))
        before, after = plot.neuron_activation.is_lit(np.array([plot.own, plot.own - reach]))
        name = self.cast.truth(self.cast.main)
        own = ("dark" if name else "own") if self.run.image_shape else ""  # rows: the plain sentence
        variant = "none" if lowered == 0 else own if before and not after else ""
        with self.beat("lower", variant, lit=lowered, label=name or ""):
            self.play(SlideBias(plot, self.bias - reach, self.lit_number, self.neuron), run_time=2.8)
        with self.beat("trained", bias=self.bias):
            self.play(SlideBias(plot, self.bias, self.lit_number, self.neuron), run_time=2.2)

    def return_to_network(self) -> None:
        """Turn the picture back into its neuron, and the marked digit into the first layer."""
        plot = self.plot
        self.build_network()
        diagram = self.diagram
        target = diagram.inputs.pixels.copy()
        diagram.inputs.pixels.become(plot.digit)
        neuron = diagram.layers[0]
        squares = self.picture.squares
        shrink = 1.4 * neuron.radius / max(squares.width, squares.height)
        home = squares.copy().scale(shrink).move_to(neuron.center_of(self.place))
        if self.neuron is not None:
            home.set_values(np.zeros(1))
        rest = [plot.axis, plot.marks, plot.threshold, plot.curve, plot.level_names, plot.stem, plot.dot]
        rest += [plot.name, plot.number, plot.slider, self.count]
        network = (*diagram.edges, *diagram.layers, diagram.names, self.names, self.notes)
        late = squish_rate_func(smooth, 0.45, 0.95)
        moves = [  # each moves as a whole, over an empty stage, and out of the other's way
            MoveMarks(self.picture.squares, home, lag=0.0, lift=0.0, run_time=1.3),
            MoveMarks(diagram.inputs.pixels, target, lag=0.0, lift=0.0, run_time=1.3),
        ]
        with self.beat("every"):
            self.remove(plot, plot.pin, plot.digit)
            self.add(*rest, diagram.inputs)
            self.play(*map(FadeOut, rest), run_time=0.5)
            come = (FadeIn(part, rate_func=late, run_time=2.0) for part in network)
            self.play(LaggedStart(*moves, lag_ratio=0.5), *come)
            self.remove(self.picture, self.picture.squares)  # the animation has added both to the scene
            self.show_biases()
        self.clear_caption(*(edges.animate.set_opacity(REST) for edges in diagram.edges), *self.hide_biases())

    def show_biases(self) -> None:
        """Write every neuron's bias beside it, where there is room, and give it a rim in the accent colour."""
        diagram = self.diagram
        self.biases = numbers_of_neurons(diagram, self.run.last.biases, self.theme)
        rims = (layer.discs.animate.set_stroke(self.theme.accent, 0.045) for layer in diagram.layers)
        dim = (edges.animate.set_opacity(FAINT) for edges in diagram.edges)
        self.play(*rims, *dim, *map(FadeIn, self.biases), run_time=0.9)
        self.wait(0.8)

    def hide_biases(self) -> list[Animation]:
        rims = [layer.discs.animate.set_stroke(self.theme.outline, 0.022) for layer in self.diagram.layers]
        return [*rims, *map(FadeOut, self.biases)]

    # -- sums ---------------------------------------------------------------------------------------------

    @property
    def neuron(self) -> SquareField | None:
        """The single neuron, for rows; None where its weight picture is shown instead."""
        return self.picture.squares if isinstance(self.picture, SingleNeuron) else None

    @property
    def place(self) -> int:
        """Position of the neuron among those drawn of its layer."""
        return int(np.flatnonzero(self.cast.shown[0] == self.cast.neuron)[0])

    # -- mobjects -----------------------------------------------------------------------------------------

    def build_count(self) -> None:
        """Write how many digits light the neuron, below or beside its picture."""
        theme, size = self.theme, self.layout.pick(COUNT, COUNT, 0.8 * COUNT)
        self.lit_number = NumberLabel(self.plot.lit, "{:,.0f}".format, size, theme.text, theme, edge=(0.0, 0.0, 0.0))
        text = self.label("lit", squares=len(self.plot.sums))
        words = theme.write(text, LABEL, theme.muted)
        if words.width > self.count_place.width - CLEAR:
            words = theme.write(text, SMALL, theme.muted)
        self.count = Group(self.lit_number, words.next_to(self.lit_number, DOWN, buff=0.25))
        self.count.move_to(self.count_place.center)

    def take_places(self) -> None:
        rows, columns = self.run.image_shape or (1, 1)
        if self.layout.name == "wide":
            column, self.panel = self.stage.across(2.75, 9.6, gap=0.5)
            above, self.count_place = column.down(2.75, 1.6, gap=0.25)
        else:
            row, self.panel = self.stage.down(1.1, 4.5, gap=0.15)
            above, self.count_place = row.across(1.0, 1.4, gap=0.3)
        (self.cell,) = grid_cells(above, 1, columns / rows)
