"""Chapter 7: a neuron's weights form a picture, and a digit's contribution to the neuron is one sum."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from manim import UP, Create, FadeIn, FadeOut, Group, Mobject, Transform, VGroup, smooth, squish_rate_func

from edgeglow.scenes.ch05_hidden_layers import HiddenLayers
from edgeglow.scenes.ch06_convolution import Convolution
from edgeglow.scenes.fields import SquareField
from edgeglow.scenes.mobjects.network.neuron_edges import edges_into
from edgeglow.scenes.mobjects.numbers.running_total import AnimateRunningTotal, RunningTotal
from edgeglow.scenes.mobjects.pictures.weight_pictures import WeightPictures
from edgeglow.scenes.motions.move_marks import MoveMarks
from edgeglow.scenes.motions.zoom_out_pictures import ZoomOutPictures
from edgeglow.scenes.stage.chapter import Chapter
from edgeglow.scenes.stage.compared_features import ComparedFeatures
from edgeglow.scenes.stage.digit_maps import DigitMaps
from edgeglow.scenes.stage.ideal_features import IdealFeatures
from edgeglow.scenes.stage.key_frames import NAME_ROOM
from edgeglow.scenes.stage.weight_patterns import answer_alike
from edgeglow.scenes.style.layout import Area, grid_cells
from edgeglow.scenes.style.theme import SMALL, STILL

FAINT = 0.07  # opacity of edges while one neuron is highlighted
BESIDE = 0.4  # scene units between the picture and its sum
WRITING = 0.55  # scene units above and below the growing sum, for text


class Weights(Chapter):
    """The chapter on weights: they show what a neuron responds to, and its input is the sum of weight × pixel."""

    name = "weights"
    subjects = ("digits", "pictures")
    opens = "asleep"
    ends = "wall"

    def construct(self) -> None:
        self.example = self.run.examples[self.cast.main]
        self.place = int(np.flatnonzero(self.cast.shown[0] == self.cast.neuron)[0])
        self.weights = self.run.last.weights[0][self.cast.neuron].astype(np.float64)  # for exact sums
        self.take_places()
        self.single_out()
        self.turn_into_picture()
        self.multiply_by_digit()
        self.add_up()
        self.show_all()
        self.compare()
        self.read_all()

    # -- one neuron ---------------------------------------------------------------------------------------

    def single_out(self) -> None:
        """Dim everything except the edges into one neuron."""
        diagram = self.diagram
        column = diagram.layers[0]
        self.lines = edges_into(diagram, 0, self.place)
        self.ring = diagram.ring.copy().scale_to_fit_width(3.0 * column.radius)
        self.ring.move_to(column.center_of(self.place))
        hidden = len(self.run.layer_sizes) - 2
        variant = "last" if hidden == 0 else "one" if hidden == 1 else ""
        with self.beat("one", variant, inputs=self.run.layer_sizes[0]):
            dim = [edges.animate.set_opacity(FAINT) for edges in diagram.edges]
            self.lines.set_drawn(1.0, 1.0)
            self.add(self.lines)
            self.play(Create(self.ring), *dim, run_time=0.8)
            self.play(self.lines.animate.set_drawn(0.0, 1.0), run_time=1.8)

    def turn_into_picture(self) -> None:
        """Retract the edges into their pixels, leave the weights there, and turn these into a picture."""
        diagram = self.diagram
        self.picture = self.weight_pictures(np.array([self.cast.neuron]), self.free)
        shades = self.picture.shades(self.run.last.weights[0])
        laid = diagram.inputs.pixels.copy().set_values(shades).set_opacities(np.zeros(len(shades)))
        theme = self.theme
        laid.set_colors(theme.dark, theme.positive, theme.negative).set_z_index(5)
        with self.beat("lay"):
            self.add(laid)
            self.play(
                self.lines.animate.set_drawn(0.0, 0.0),
                laid.animate(rate_func=squish_rate_func(smooth, 0.35, 1.0)).set_opacities(np.ones(len(shades))),
                run_time=1.7,
            )
            self.remove(self.lines)
            rest = [*diagram.edges, *diagram.layers, diagram.names, self.names, self.notes, self.ring]
            early = squish_rate_func(smooth, 0.0, 0.4)
            self.play(
                MoveMarks(laid, self.picture.squares, lag=0.5, lift=0.2),
                *(FadeOut(part, rate_func=early) for part in rest),
                run_time=2.6,
            )
            self.remove(laid)
            self.add(self.picture)
        with self.beat("picture"):
            self.wait(0.5)

    # -- one sum ------------------------------------------------------------------------------------------

    def multiply_by_digit(self) -> None:
        """Lay the digit over the picture; each weight becomes weight × pixel."""
        pixels = self.example.pixels
        ink = self.diagram.inputs.pixels
        products = self.run.last.weights[0] * pixels
        worked = self.weight_pictures(np.array([self.cast.neuron]), self.cell).set_weights(products)
        with self.beat("over", self.unnamed, label=self.truth):
            self.play(MoveMarks(ink, self.ink_over(self.picture), lag=0.4, lift=0.2), run_time=1.8)
            self.wait(0.2)
            gone = self.ink_over(worked).set_opacities(np.zeros(len(pixels)))
            self.play(Transform(self.picture.squares, worked.squares), Transform(ink, gone), run_time=1.8)
            self.remove(self.diagram.inputs, ink)

    def ink_over(self, picture: WeightPictures) -> SquareField:
        """Return the digit's pixels over a picture of weights, with the pixel values as opacities."""
        pixels = self.example.pixels
        side = 0.92 * picture.cells[0].width / self.picture_shape[1]
        over = self.diagram.inputs.squares(picture.squares.centers, side, pixels)
        return over.set_opacities(pixels)

    def add_up(self) -> None:
        """Add up all products, row by row, to the weighted sum of the neuron."""
        self.total = RunningTotal(
            self.weights * self.example.pixels,
            self.picture_shape[0],
            self.cast.neuron_sum.sum,
            area=self.panel,
            beside=self.cell.left,
            name=self.label("total"),
            theme=self.theme,
        )
        with self.beat("sum", self.unnamed, label=self.truth, total=self.cast.neuron_sum.sum) as seconds:
            self.play(FadeIn(self.total), run_time=0.5)
            self.play(AnimateRunningTotal(self.total), run_time=max(3.0, seconds - 0.9))
            self.play(FadeOut(self.total.row), run_time=0.4)

    # -- all neurons --------------------------------------------------------------------------------------

    def show_all(self) -> None:
        """Show the weight pictures of all neurons; each belongs to an answer if there is no hidden layer."""
        weights = self.run.last.weights[0]
        shown, count = len(self.cast.shown[0]), len(weights)
        self.wall = self.weight_wall()
        self.answer_names = self.names_of_answers()
        with self.beat("all", self.how_many(shown, count), **self.facts_of_all(shown, count)):
            self.play(
                FadeOut(self.total.axis, self.total.line, self.total.head, self.total.name, self.total.number),
                self.picture.squares.animate.set_values(self.picture.shades(weights)),
                run_time=0.8,
            )
            self.remove(self.picture)
            self.add(self.wall)
            self.play(ZoomOutPictures(self.wall, self.place, self.cell, self.stage), run_time=2.2)
            if len(self.answer_names):
                self.play(FadeIn(self.answer_names), run_time=0.6)
            self.wait(1.5)

    def compare(self) -> None:
        """Show a few of the pictures beside what chapter 5 hoped for, and beside the maps of chapter 6."""
        features = self.features_to_compare()
        self.home = self.wall.squares.copy()
        self.compared: list[Mobject] = []
        if features.is_empty:
            return
        comparison = features.place(self.stage.inset(0.0, 0.1), self.layout, self.theme)
        few = features.few(self.wall, self.place, comparison)
        moves = [
            MoveMarks(self.wall.squares, few, lag=0.0, lift=0.0, run_time=1.5),
            FadeOut(self.answer_names, run_time=0.5),
            FadeIn(comparison.words[features.own], rate_func=squish_rate_func(smooth, 0.5, 1.0), run_time=1.5),
        ]
        self.compared.append(comparison.words[features.own])
        if features.ideal is not None:
            with self.beat("compare"):
                self.play(*moves)
                self.show_beside(comparison.words[0], features.hoped(comparison))
        if features.maps is not None:
            with self.beat("edges"):
                if features.ideal is None:
                    self.play(*moves)
                self.show_beside(comparison.words[-1], features.found(comparison))

    def show_beside(self, words: Group, groups: list[Group]) -> None:
        """Fade in one kind of features: its heading, then each group of pictures with the note below it."""
        heading, *notes = words
        self.play(FadeIn(heading), run_time=0.5)
        for pictures, note in zip(groups, notes, strict=True):
            self.play(FadeIn(pictures, shift=0.15 * UP), FadeIn(note), run_time=0.8)
            self.wait(0.4)
        self.compared += [words, *groups]

    def read_all(self) -> None:
        """Lay several digits over all pictures in turn, and say how well the network reads."""
        weights = self.run.last.weights[0]
        with self.beat("yet", self.how_well(), accuracy=self.run.accuracy, tests=self.run.test_count):
            if self.compared:
                back = MoveMarks(self.wall.squares, self.home, lag=0.0, lift=0.0, run_time=1.4)
                self.play(FadeOut(*self.compared), run_time=0.5)
                self.play(back)
                if len(self.answer_names):
                    self.play(FadeIn(self.answer_names), run_time=0.4)
            for digit in (self.cast.main, *self.cast.others[:1]):
                products = self.wall.shades(weights * self.run.examples[digit].pixels)
                self.play(self.wall.squares.animate.set_values(products), run_time=0.7)
                self.wait(0.3)
            self.play(self.wall.squares.animate.set_values(self.wall.shades(weights)), run_time=0.9)
            self.wait(0.3)
        self.clear_caption(FadeOut(self.answer_names, run_time=0.4))

    def features_to_compare(self) -> ComparedFeatures:
        """Return what chapters 5 and 6 show of this run, and the name of the layer whose weights are pictures."""
        run, main = self.run, self.cast.main
        ideal = maps = None
        if HiddenLayers.fits(run) is None:
            ideal = IdealFeatures(run, main, self.cast.shown[-1], len(self.cast.shown[0]), self.layout.is_tall)
        if run.convolution is not None and Convolution.fits(run) is None:
            maps = DigitMaps(run.convolution, run.examples[main].pixels.reshape(self.picture_shape))
            maps = maps if maps.is_deep else None
        hidden = len(run.layer_sizes) - 2
        layer = self.label("layer_last" if hidden == 0 else "layer_one" if hidden == 1 else "layer")
        return ComparedFeatures(ideal, maps, layer, self.label)

    def names_of_answers(self) -> VGroup:
        """Return the name of the answer that each picture belongs to, below it; empty with hidden layers."""
        if len(self.run.layer_sizes) > 2:
            return VGroup()
        names = VGroup()
        for neuron, cell in zip(self.cast.shown[0], self.wall.cells, strict=True):
            name = self.theme.write(self.cast.name(int(neuron)), SMALL, self.theme.text)
            names.add(name.move_to([cell.x, cell.bottom - NAME_ROOM / 2, 0]))
        return names.set_z_index(STILL)

    def facts_of_all(self, shown: int, count: int) -> dict[str, object]:
        facts: dict[str, object] = {"shown": shown, "count": count}
        return facts | {"alike": self.alike} if self.alike else facts

    @cached_property
    def alike(self) -> str:
        """The answer whose picture is most like its own digits; "" with hidden layers, or if none is like them."""
        if len(self.run.layer_sizes) > 2:
            return ""
        found = answer_alike(self.run, self.cast.shown[0])
        return "" if found is None else self.cast.name(found)

    # -- text ---------------------------------------------------------------------------------------------

    @property
    def truth(self) -> str:
        """Class name of the film's digit; empty if its class is not known."""
        return self.cast.truth(self.cast.main) or ""

    @property
    def unnamed(self) -> str:
        """Variant for a digit without a class name; only networks that read digits need it."""
        return "unnamed" if self.run.subject == "digits" and not self.truth else ""

    def how_many(self, shown: int, count: int) -> str:
        """Return the variant for the sentence about all pictures.

        It depends on the number of neurons, on whether all are shown, on whether one of them looks like its answer,
        and on whether chapter 5 fits the run.
        """
        if count == 1:
            return "single"
        if self.alike:
            return "answers"
        variant = "some" if shown < count else ""
        return variant if HiddenLayers.fits(self.run) is None else f"{variant}_unhoped".removeprefix("_")

    def how_well(self) -> str:
        """Return the variant for the accuracy.

        "weak" if it is no achievement (see ``ChapterSelection.is_weak``); "given" for imported networks,
        whose training data are not known; else "".
        """
        return "weak" if self.cast.is_weak else "" if self.run.imported is None else "given"

    # -- layout -------------------------------------------------------------------------------------------

    def take_places(self) -> None:
        """Compute the areas: ``free`` for the picture beside the first layer, then ``cell`` and ``panel`` without it.

        ``cell`` holds the picture while ``panel`` shows its sum.
        """
        room, inputs, rows = self.stage, self.diagram.inputs, self.picture_shape
        if self.diagram.is_tall:
            self.free = Area(room.left, room.bottom, room.right, float(inputs.get_bottom()[1]) - 0.25)
        else:
            self.free = Area(float(inputs.get_right()[0]) + 0.5, room.bottom, room.right, room.top)
        self.free = self.free.inset(0.0, 0.0 if self.diagram.is_tall else WRITING)
        panel = self.layout.pick(2.8, 1.9, 1.15)
        place = Area(room.left, room.bottom + WRITING, room.right - panel - BESIDE, room.top - WRITING)
        (cell,) = grid_cells(place, 1, rows[1] / rows[0])
        left = room.x - (cell.width + BESIDE + panel) / 2
        self.cell = Area(left, cell.bottom, left + cell.width, cell.top)
        left = self.cell.right + BESIDE
        self.panel = Area(left, cell.bottom, left + panel, cell.top)
