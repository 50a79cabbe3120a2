"""Chapter 8: the activation function squeezes every sum, and the bias sets how easily a neuron lights up."""

from __future__ import annotations

import numpy as np
from manim import DOWN, Animation, Create, FadeIn, FadeOut, Group, LaggedStart, VGroup, smooth, squish_rate_func

from edgeglow.model.run.run import Run
from edgeglow.scenes.fields import SquareField
from edgeglow.scenes.mobjects.charts.neuron_activation import NeuronActivation
from edgeglow.scenes.mobjects.charts.sum_plot import PIN, SlideBias, SumPlot
from edgeglow.scenes.mobjects.network.single_neuron import SingleNeuron
from edgeglow.scenes.mobjects.numbers.number_label import NumberLabel
from edgeglow.scenes.mobjects.pictures.weight_pictures import WeightPictures
from edgeglow.scenes.mobjects.text.function_names import SOFTMAX, function_shape, range_of, shape_facts
from edgeglow.scenes.motions.move_marks import MoveMarks
from edgeglow.scenes.motions.zoom_out_pictures import ZoomOutPictures
from edgeglow.scenes.stage.chapter import Chapter
from edgeglow.scenes.style.layout import grid_cells
from edgeglow.scenes.style.theme import LABEL, SMALL

MOST_DIGITS = 1000  # test digits in the plot; with more, single marks would be too small to see
MOVED = 1.2  # multiple of the sums' standard deviation by which the bias is raised and lowered
SOME = 0.1  # least share of all digits for which raising, or lowering, changes whether the neuron is lit
CLEAR = 0.1  # scene units left free beside the text below the count
LONE = 0.5  # diameter of a neuron without a weight picture, as a share of its cell
FINE = 0.12  # outline width of a small square, as a share of its side
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
        self.squeeze()
        self.count_lit()
        self.move_bias()
        self.return_to_network()

    # -- many sums ----------------------------------------------------------------------------------------

    def gather_sums(self) -> None:
        """Bring one weight picture forward, and fly the test digits from it to their sums on the plot."""
        self.plot = self.build_plot()
        marks = self.plot.marks
        with self.beat("sums", self.shape, squares=len(self.plot.sums)):
            axis = FadeIn(self.plot.axis, rate_func=squish_rate_func(smooth, 0.6, 1.0))
            if self.run.image_shape is None:
                self.leave_network(axis)
            else:
                self.play(
                    ZoomOutPictures(self.wall, self.place, self.cell, self.stage, inwards=True), axis, run_time=2.0
                )
                self.remove(self.wall)
                self.picture = self.weight_pictures(np.array([self.cast.neuron]), self.cell)
                self.add(self.picture)
            target = marks.copy()
            middle = np.broadcast_to(self.cell.center, (len(self.plot.sums), 3))
            marks.set_centers(middle).set_opacities(np.zeros(len(middle)))
            self.play(MoveMarks(marks, target, lag=0.75, lift=0.6), run_time=3.0)

    def leave_network(self, axis: Animation) -> None:
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
            axis,
            run_time=2.0,
        )
        self.remove(self.picture, self.picture.squares)  # the animation has added both to the scene
        self.remove(diagram.inputs, inputs)
        self.add(self.picture, self.plot.digit)

    def squeeze(self) -> None:
        """Mark the sum of the film's digit, draw the activation function, and move every mark up to the curve.

        Each mark gets the brightness of its activation.
        """
        plot = self.plot
        with self.beat("squeeze", self.shape, **shape_facts(self.kind)):
            there = self.run.image_shape is None  # a row is in the plot already
            pin = VGroup(plot.stem, plot.number) if there else plot.pin
            self.play(FadeIn(pin, shift=0.2 * DOWN), run_time=0.9)
            self.wait(0.3)
            self.play(Create(plot.curve), FadeIn(plot.level_names), run_time=1.4)
            bright = plot.neuron_activation.light(plot.shifted)
            self.play(plot.marks.animate.set_centers(plot.on_curve()).set_values(bright), run_time=1.8)
            light = [] if self.neuron is None else [self.neuron.animate.set_values(plot.own_light)]
            self.play(FadeIn(plot.dot, scale=0.3), *light, run_time=0.4)
            self.wait(0.4)
        plot.is_lit = True

    # -- the threshold ------------------------------------------------------------------------------------

    def count_lit(self) -> None:
        plot = self.plot
        self.build_count()
        facts = {"lit": plot.lit, "squares": len(plot.sums), "threshold": self.cast.threshold(1)}
        with self.beat("lit", self.shape, **facts):
            self.play(plot.marks.animate.set_centers(plot.stacked()), Create(plot.threshold), run_time=1.4)
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
            self.play(SlideBias(plot, self.bias - reach, self.lit_number, self.neuron), run_time=3.4)
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
        rest += [plot.number, plot.slider, self.count]
        network = (*diagram.edges, *diagram.layers, diagram.names, self.names, self.notes)
        early, late = squish_rate_func(smooth, 0.0, 0.5), squish_rate_func(smooth, 0.15, 0.9)
        moves = [  # each moves as a whole; the digit starts when the picture has left its place
            MoveMarks(self.picture.squares, home, lag=0.0, lift=0.0, run_time=1.7),
            MoveMarks(diagram.inputs.pixels, target, lag=0.0, lift=0.0, run_time=1.7),
        ]
        with self.beat("every"):
            self.remove(plot, plot.pin, plot.digit)
            self.add(*rest, diagram.inputs)
            self.play(
                *(FadeOut(part, rate_func=early) for part in rest),
                LaggedStart(*moves, lag_ratio=0.4),
                *(FadeIn(part, rate_func=late) for part in network),
                run_time=2.4,
            )
            self.remove(self.picture, self.picture.squares)  # the animation has added both to the scene
            discs = [layer.discs for layer in diagram.layers]
            self.play(*(disc.animate.set_stroke(self.theme.accent, 0.045) for disc in discs), run_time=0.6)
            self.play(*(disc.animate.set_stroke(self.theme.outline, 0.022) for disc in discs), run_time=0.8)
        self.clear_caption()

    # -- sums ---------------------------------------------------------------------------------------------

    @property
    def neuron(self) -> SquareField | None:
        """The single neuron, for rows; None where its weight picture is shown instead."""
        return self.picture.squares if isinstance(self.picture, SingleNeuron) else None

    @property
    def place(self) -> int:
        """Position of the neuron among those drawn of its layer."""
        return int(np.flatnonzero(self.cast.shown[0] == self.cast.neuron)[0])

    def sums(self, pixels: np.ndarray) -> np.ndarray:
        """Return the neuron's sums with the bias, (digits,), for ``pixels`` (digits, pixels).

        With softmax, its lead over the other neurons' sums instead (see ``NeuronActivation``).
        """
        sums = self.run.network().sums(1, pixels).astype(np.float64)
        own = sums[:, self.cast.neuron]
        if self.kind != SOFTMAX:
            return own
        others = np.delete(sums, self.cast.neuron, axis=1)
        return np.asarray(own - np.logaddexp.reduce(others, axis=1))

    # -- mobjects -----------------------------------------------------------------------------------------

    def build_plot(self) -> SumPlot:
        sums = self.sums(self.run.test_digits.head(MOST_DIGITS).pixels)
        own = self.cast.neuron_total  # in the digits of the other chapters
        if self.kind == SOFTMAX:
            own = float(self.sums(self.example.pixels[None])[0])
        few, most = np.quantile(sums, [SOME, 1 - SOME])
        reach = max(MOVED * float(sums.std()), -float(most), float(few), 1e-3)
        peak = float(np.max(np.abs(self.run.last.activations[1]), initial=0.0))
        neuron_activation = NeuronActivation(self.kind, self.cast.threshold(1), peak)
        ends = np.array([min(np.min(sums), own) - reach, max(np.max(sums), own) + reach])
        levels = zip(range_of(self.kind), neuron_activation.activation(ends), strict=True)
        low, top = (end if np.isfinite(end) else float(reached) for end, reached in levels)

        def bias_form(bias: float) -> str:
            return self.label("bias", bias=bias)

        digit = self.cast.input_plane(0.82 * PIN, 0.82 * PIN, self.theme)
        if self.run.image_shape is None:
            digit.pixels.set_stroke(width=min(0.02, FINE * digit.cell))
        return SumPlot(
            sums,
            own,
            digit.set_values(self.example.pixels).pixels,
            bias=self.bias,
            reach=reach,
            neuron_activation=neuron_activation,
            levels=(low, top),
            area=self.panel,
            name=self.label("lead" if self.kind == SOFTMAX else "sum"),
            bias_form=bias_form,
            theme=self.theme,
        )

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
            row, self.panel = self.stage.down(1.45, 4.2, gap=0.2)
            above, self.count_place = row.across(1.0, 1.4, gap=0.3)
        (self.cell,) = grid_cells(above, 1, columns / rows)
