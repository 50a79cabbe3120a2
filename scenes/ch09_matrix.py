"""Chapter 9: a layer is a matrix, a column and one line of mathematics; and how many numbers a network is."""

from __future__ import annotations

import numpy as np
from manim import DOWN, LEFT, RIGHT, Animation, Create, FadeIn, FadeOut, FadeTransform, Transform, VGroup

from scenes.mobjects.formula import Formula
from scenes.mobjects.layer_equation import LayerEquation, neighbours
from scenes.mobjects.neuron_edges import edges_into
from scenes.mobjects.sum_line import SYMBOLS, SumLine
from scenes.mobjects.tally import Tally, tally_of
from scenes.motions.gather import gather
from scenes.motions.reckon import count_up, light_gaps
from scenes.motions.run_through import RunThrough
from scenes.stage.chapter import Chapter
from scenes.stage.layout import Area
from scenes.stage.sets import REST
from scenes.stage.theme import LABEL, SMALL

FAINT = 0.07  # opacity of edges while one neuron is spoken of
ABOVE, BELOW = ("after", "before"), ("weights", "biases")  # the formula stands what its letters mean


class Matrix(Chapter):
    """One row of the matrix is one neuron's edges, and a layer is a' = σ(W a + b)."""

    name = "matrix"
    opens = "asleep"
    ends = "asleep"

    def construct(self) -> None:
        self.prepare()
        self.one_neuron()
        self.one_row()
        self.all_rows()
        self.the_pixels()
        self.row_times_column()
        self.bias_and_function()
        self.one_line()
        self.count()
        self.go_home()

    def prepare(self) -> None:
        """Which neuron, what it computes, and where it is written."""
        last, digit = self.run.last, self.cast.main
        self.pixels = last.activations[0][digit]
        self.neuron = self.cast.neuron
        self.position = int(np.flatnonzero(self.diagram.shown[0] == self.neuron)[0])
        self.weights, self.biases = last.weights[0], last.biases[0]
        self.totals = np.concatenate([[0.0], np.cumsum(self.weights[self.neuron] * self.pixels)])
        self.bias = float(self.biases[self.neuron])
        self.activation = float(last.activations[1][digit][self.neuron])
        self.bring_near = self.way_of_a_lone_layer()
        self.panel = self.free_panel()
        self.equation = self.write_equation()
        self.lamps = self.equation.lamps()

    # -- where things are ---------------------------------------------------------------------------------

    def way_of_a_lone_layer(self) -> np.ndarray:
        """Without hidden layers the last one stands far from the pixels: how far it comes nearer, (3,)."""
        diagram = self.diagram
        if len(diagram.layers) > 1:
            return np.zeros(3)
        edge, along = (diagram.inputs.get_bottom(), 1) if diagram.is_tall else (diagram.inputs.get_right(), 0)
        way = 0.72 * (edge - diagram.layers[0].discs.get_center())
        return np.where(np.arange(3) == along, way, 0.0)

    def free_panel(self) -> Area:
        """What is free when only the pixels and the layer after them are left."""
        stage, layer = self.stage, self.diagram.layers[0]
        if self.diagram.is_tall:
            top = layer.discs.get_bottom()[1] + self.bring_near[1] - 0.22
            return Area(stage.left, stage.bottom, stage.right, float(top))
        left = layer.discs.get_right()[0] + self.bring_near[0] + 0.35
        return Area(float(left), stage.bottom, stage.right, stage.top)

    def write_equation(self) -> LayerEquation:
        panel = self.panel if self.diagram.is_tall else self.panel.inset(0.0, 0.45)
        board, self.sum_area = panel.down(4.6, 1.0, gap=0.12)
        count = int(self.layout.pick(5, 4, 3))
        return LayerEquation.fitting(
            board,
            self.weights,
            self.pixels.reshape(self.run.image_shape),
            self.biases,
            neuron=self.neuron,
            rows=neighbours(self.diagram.shown[0], self.neuron, count),
            head=self.label("pixel"),
            with_biases=self.layout.name == "wide",
            theme=self.theme,
        )

    # -- one neuron ---------------------------------------------------------------------------------------

    def one_neuron(self) -> None:
        """Only the pixels and the layer after them stay, and of its edges those into one neuron are lit."""
        diagram = self.diagram
        first, later = diagram.layers[0], diagram.layers[1:]
        self.away = [part for part in (self.names, self.notes, diagram.names) if part.submobjects]
        with self.beat("row", inputs=self.run.layer_sizes[0]):
            motions: list[Animation] = [FadeOut(*self.away, *later)]
            motions += [edges.animate.set_opacity(0.0) for edges in diagram.edges[1:]]
            edges = diagram.edges[0].animate.set_opacity(FAINT)
            if self.bring_near.any():
                self.home_ends = diagram.edge_ends(0)
                starts, ends = self.home_ends
                edges = edges.set_ends(starts, ends + self.bring_near)
                motions.append(first.animate.shift(self.bring_near))
            self.play(*motions, edges, run_time=1.4)
            self.lines = edges_into(diagram, 0, self.position)
            self.ring = diagram.ring.copy().scale_to_fit_width(3.2 * first.radius)
            self.ring.move_to(first.center_of(self.position))
            self.lines.set_drawn(1.0, 1.0)
            self.add(self.lines)
            self.play(Create(self.ring), self.lines.animate.set_drawn(0.0, 1.0), run_time=1.4)

    def row_from_edges(self, row: int) -> Animation:
        """The weights of a row leave their edges for their places in the matrix."""
        excerpt = self.equation.excerpt
        position = int(np.flatnonzero(self.diagram.shown[0] == excerpt.rows[row])[0])
        end = self.diagram.layers[0].center_of(position)
        starts = self.diagram.inputs.pixels.centers[excerpt.columns]
        return gather(self.equation.matrix.numbers[row], 0.4 * starts + 0.6 * end)

    def one_row(self) -> None:
        """The weights of its edges, written beside each other."""
        matrix, excerpt = self.equation.matrix, self.equation.excerpt
        matrix.light(excerpt.row)
        self.picked = self.equation.written(self.lines).set_opacity(0.0)
        with self.beat("written"):
            self.add(self.picked)
            self.play(self.picked.animate.set_opacity(1.0), FadeIn(self.equation.heads), run_time=0.9)
            self.play(self.row_from_edges(excerpt.row), run_time=2.2)
            self.play(FadeIn(matrix.dots[excerpt.row]), run_time=0.4)

    def all_rows(self) -> None:
        """The other neurons write theirs above and below."""
        matrix, excerpt = self.equation.matrix, self.equation.excerpt
        others = [row for row in range(len(excerpt.rows)) if row != excerpt.row]
        neurons, inputs = self.weights.shape
        with self.beat("rows", neurons=neurons, inputs=inputs):
            if others:
                self.play(*(self.row_from_edges(row) for row in others), run_time=1.8)
            dots = [matrix.dots[row] for row in others]
            self.play(FadeIn(*dots, matrix.breaks), Create(matrix.brackets), run_time=0.9)

    def the_pixels(self) -> None:
        """The activations before, in a column: the very pixels whose weights are written."""
        column, excerpt = self.equation.column, self.equation.excerpt
        origin = self.diagram.inputs.pixels.centers[excerpt.columns]
        with self.beat("column"):
            home = self.lamps.copy()
            self.lamps.set_centers(origin).set_opacities(np.zeros(len(origin)))
            self.add(self.lamps)
            flights = gather((row[0] for row in column.numbers), origin)
            self.play(self.lamps.animate.become(home), flights, run_time=1.8)
            self.play(FadeIn(column.breaks), Create(column.brackets), run_time=0.7)

    # -- its sum ------------------------------------------------------------------------------------------

    def row_times_column(self) -> None:
        """Each weight times its pixel, added up along the row."""
        size = SMALL + 2 if self.layout.is_tall else LABEL + 4
        self.line = SumLine(
            float(self.totals[-1]),
            self.bias,
            self.activation,
            self.cast.function(1),
            area=self.sum_area,
            size=size,
            theme=self.theme,
        )
        frames = self.equation.frames()
        with self.beat("product", total=float(self.totals[-1])) as seconds:
            pulse = self.lines.copy().set_pulse(-0.15, length=0.3, strength=2.0, base=0.0)
            self.play(*map(Create, frames), run_time=0.7)
            self.play(
                RunThrough(self.line.sum, self.totals, appear=True),
                pulse.animate(remover=True).set_pulse(1.15, length=0.3, strength=2.0),
                run_time=min(seconds, 3.0),
            )
        self.play(FadeOut(*frames), run_time=0.3)

    def bias_and_function(self) -> None:
        shift, row, line = self.equation.shift_by, self.equation.excerpt.row, self.line
        first = self.diagram.layers[0]
        with self.beat("bias", total=float(self.totals[-1]) + self.bias):
            origin = first.center_of(self.position)
            if self.equation.with_biases:
                origin = shift.light(row).numbers[row][0].get_center()
                self.play(FadeIn(shift, self.equation.plus, shift=0.2 * LEFT), run_time=0.9)
            self.play(FadeIn(line.bias, target_position=origin), run_time=0.8)
            self.play(FadeIn(line.equals, line.both, shift=0.15 * RIGHT), run_time=0.6)
        with self.beat("squeeze", variant=self.cast.function(1), activation=self.activation):
            light = np.zeros(self.run.layer_sizes[1])
            light[self.neuron] = self.cast.brightness(self.run.last, 1, self.cast.main)[self.neuron]
            before, place, after, becomes = line.squashed
            away = FadeOut(line.sum, line.bias, line.equals)
            self.play(away, line.both.animate.move_to(place), run_time=0.8)
            self.play(
                FadeIn(before, after, becomes),
                first.discs.animate.set_values(light[first.indices]),
                run_time=0.9,
            )

    # -- one line -----------------------------------------------------------------------------------------

    def one_line(self) -> None:
        """Every block of numbers becomes its letter."""
        symbol = SYMBOLS[self.cast.function(1)]
        code = f"{{{{a' : after}}}} = {symbol}({{{{W : weights}}}} {{{{a : before}}}} + {{{{b : biases}}}})"
        equation = self.equation
        self.formula = Formula(code, size=76.0, theme=self.theme)
        self.panel.inset(0.1, 0.5).fit(self.formula, 1.0)
        above, below = ({part: self.label(part) for part in parts} for parts in (ABOVE, BELOW))
        self.letters = self.formula.name_letters(above, below, within=self.panel)
        with self.beat("formula"):
            blocks = {"weights": equation.matrix, "before": equation.column, "after": self.line.result}
            motions = [FadeOut(self.lamps, equation.heads), FadeIn(self.formula.rest)]
            if equation.with_biases:
                blocks["biases"] = equation.shift_by
                motions.append(FadeOut(equation.plus))
            else:
                motions.append(FadeIn(self.formula.part("biases")))
            becoming = [
                FadeTransform(block, self.formula.part(name), stretch=False) for name, block in blocks.items()
            ]
            self.play(*motions, *becoming, run_time=2.2)
            self.play(FadeIn(self.letters), run_time=0.6)

    # -- how many numbers ---------------------------------------------------------------------------------

    def count(self) -> None:
        """Back to all layers, which make room for a reckoning of their weights and biases."""
        diagram, gaps = self.diagram, len(self.diagram.edges)
        seen = VGroup(*self.reckoning())
        target, free, scale = self.layout.with_room(seen.width, seen.height)
        heading, tally = self.reckoning(scale)
        VGroup(heading, tally).move_to(free.center)
        self.play(FadeOut(self.ring, self.lines, self.picked, self.letters), run_time=0.5)
        with self.beat("layers", variant="one" if gaps == 1 else "", layers=gaps):
            motions = [FadeIn(*diagram.layers[1:])] if gaps > 1 else []
            self.play(
                self.look_at(target),
                Transform(self.formula, heading),
                *motions,
                *(edges.animate.set_opacity(0.3) for edges in diagram.edges),
                diagram.layers[0].discs.animate.set_values(np.zeros(len(diagram.layers[0].indices))),
                run_time=2.2,
            )
        self.reckon(tally)

    def reckoning(self, scale: float = 1.0) -> tuple[Formula, Tally]:
        """The formula as a heading, and what is counted under it, in type ``scale`` times as large as is agreed."""
        tally = tally_of(
            self.run.layer_sizes,
            self.label,
            width=scale * self.layout.pick(3.6, 2.5, 3.0),
            size=scale * self.layout.pick(LABEL, SMALL + 2, SMALL + 1),
            theme=self.theme,
        )
        heading = self.formula.copy()
        if self.layout.is_tall:  # has no room for it
            return heading.set_opacity(0.0).scale_to_fit_width(0.01), tally
        heading.scale_to_fit_width(min(self.formula.width, tally.width))
        VGroup(heading, tally).arrange(DOWN, buff=0.35 * scale, aligned_edge=LEFT)
        return heading, tally

    def reckon(self, tally: Tally) -> None:
        diagram, weights, biases = self.diagram, tally.lines[:-1], tally.lines[-1]
        gaps = len(diagram.edges)
        with self.beat("count", weights=sum(line.entry.count for line in weights)):
            self.play(FadeIn(tally.headings[0]), run_time=0.4)
            for number, line in enumerate(weights):
                lit = range(number, number + 1 if line is not weights[-1] else gaps)
                self.play(*light_gaps(diagram, lit), *count_up(line), run_time=1.3)
        with self.beat("biases"):
            self.play(FadeIn(tally.headings[1]), *light_gaps(diagram, range(0)), run_time=0.4)
            rims = [layer.discs.animate.set_stroke(self.theme.accent) for layer in diagram.layers]
            self.play(*rims, *count_up(biases), run_time=1.3)
        with self.beat("total", parameters=self.run.parameters):
            rims = [layer.discs.animate.set_stroke(self.theme.outline) for layer in diagram.layers]
            self.play(Create(tally.rule), *light_gaps(diagram, range(gaps)), *rims, run_time=0.5)
            self.play(*count_up(tally.sum), run_time=1.5)
        self.tally = tally

    def go_home(self) -> None:
        """To the whole network as it was."""
        diagram = self.diagram
        edges = [lines.animate.set_opacity(REST) for lines in diagram.edges]
        if self.bring_near.any():
            edges[0] = edges[0].set_ends(*self.home_ends)
            edges.append(diagram.layers[0].animate.shift(-self.bring_near))
        self.play(FadeOut(self.formula, self.tally), run_time=0.5)
        self.hush(self.look_home(), *edges, run_time=1.8)
        self.arrive_home()
        self.play(FadeIn(*self.away), run_time=0.6)
