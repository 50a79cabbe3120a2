"""Chapter 7: a neuron's weights form a picture, and a digit's contribution to the neuron is one sum."""

from __future__ import annotations

import numpy as np
from manim import Create, FadeIn, FadeOut, Transform, smooth, squish_rate_func
from scipy.ndimage import label

from edgeglow.scenes.ch05_hidden_layers import HiddenLayers
from edgeglow.scenes.fields import SquareField
from edgeglow.scenes.mobjects.network.neuron_edges import edges_into
from edgeglow.scenes.mobjects.numbers.running_total import AnimateRunningTotal, RunningTotal
from edgeglow.scenes.mobjects.pictures.weight_pictures import WeightPictures
from edgeglow.scenes.motions.move_marks import MoveMarks
from edgeglow.scenes.motions.zoom_out_pictures import ZoomOutPictures
from edgeglow.scenes.stage.chapter import Chapter
from edgeglow.scenes.style.layout import Area, grid_cells

FAINT = 0.07  # opacity of edges while one neuron is highlighted
BESIDE = 0.4  # scene units between the picture and its sum
WRITING = 0.55  # scene units above and below the growing sum, for text
FLAT = 0.6  # strength of both colours while only signs are shown
FEW = 5  # patches of one sign in a simple picture: an edge has two, a loop three, two lines five


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
            self.play(MoveMarks(ink, self.ink_over(self.picture), lag=0.4, lift=0.2), run_time=2.2)
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
            self.play(AnimateRunningTotal(self.total), run_time=max(3.5, seconds - 0.9))
            self.play(FadeOut(self.total.row), run_time=0.4)

    # -- all neurons --------------------------------------------------------------------------------------

    def show_all(self) -> None:
        """Show the weight pictures of all neurons, then only the signs, to compare with chapter 5."""
        weights = self.run.last.weights[0]
        shown, count = len(self.cast.shown[0]), len(weights)
        self.wall = self.weight_wall()
        with self.beat("all", self.how_many(shown, count), shown=shown, count=count):
            self.play(
                FadeOut(self.total.axis, self.total.line, self.total.head, self.total.name, self.total.number),
                self.picture.squares.animate.set_values(self.picture.shades(weights)),
                run_time=0.8,
            )
            self.remove(self.picture)
            self.add(self.wall)
            self.play(ZoomOutPictures(self.wall, self.place, self.cell, self.stage), run_time=2.2)
            self.wait(0.5)
            self.play(self.wall.squares.animate.set_values(FLAT * self.signs().ravel()), run_time=1.0)
            self.wait(1.0)

    def read_all(self) -> None:
        """Lay several digits over all pictures in turn, and say how well the network reads."""
        weights = self.run.last.weights[0]
        with self.beat("yet", self.how_well(), accuracy=self.run.accuracy, tests=self.run.test_count):
            for digit in (self.cast.main, *self.cast.others[:2]):
                products = self.wall.shades(weights * self.run.examples[digit].pixels)
                self.play(self.wall.squares.animate.set_values(products), run_time=0.7)
                self.wait(0.3)
            self.play(self.wall.squares.animate.set_values(self.wall.shades(weights)), run_time=0.9)
            self.wait(0.3)
        self.clear_caption()

    def signs(self) -> np.ndarray:
        """Return the sign of every weight, (neurons shown, rows, columns).

        It is 0 at pixels that no test digit lights: their weights cannot be learnt.
        """
        shape = self.picture_shape
        lit = self.run.test_digits.pixels.max(axis=0).reshape(shape) > 0
        return np.sign(self.run.last.weights[0][self.cast.shown[0]].reshape(-1, *shape)) * lit

    def patches(self) -> int:
        """Return the median number of connected patches of one sign in the pictures shown."""
        counts = [sum(label(signs == sign)[1] for sign in (1, -1)) for signs in self.signs()]
        return int(np.median(counts))

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

        It depends on the number of neurons, whether all are shown, whether the pictures are simple, and whether
        chapter 5 fits the run.
        """
        if count == 1:
            return "single"
        variant = "plain" if self.patches() <= FEW else "some" if shown < count else ""
        has_ideal = HiddenLayers.fits(self.run) is None
        return variant if has_ideal or variant == "plain" else f"{variant}_unhoped".removeprefix("_")

    def how_well(self) -> str:
        """Return the variant for the accuracy.

        "weak" if the accuracy is nearer to guessing than to 1; "given" for imported networks, whose training data are
        not known; else "".
        """
        weak = self.run.accuracy < (1 + 1 / self.run.layer_sizes[-1]) / 2
        return "weak" if weak else "" if self.run.imported is None else "given"

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
