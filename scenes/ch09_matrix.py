"""Chapter 9: a layer is a matrix, a column and one formula; and how many numbers a network has."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    Animation,
    Create,
    FadeIn,
    FadeOut,
    Indicate,
    LaggedStart,
    Transform,
    VGroup,
    smooth,
    squish_rate_func,
)

from edgeglow.scenes.mobjects.network.neuron_edges import edges_into
from edgeglow.scenes.mobjects.numbers.layer_equation import LayerEquation
from edgeglow.scenes.mobjects.numbers.parameter_table import ParameterTable, build_parameter_table
from edgeglow.scenes.mobjects.numbers.sum_line import SumLine
from edgeglow.scenes.mobjects.text.formula import Formula
from edgeglow.scenes.mobjects.text.function_names import common_shape
from edgeglow.scenes.mobjects.text.layer_formula import LayerFormula
from edgeglow.scenes.motions.count_parameters import count_up, highlight_gaps
from edgeglow.scenes.motions.number_steps import StepThroughValues
from edgeglow.scenes.motions.write_row import write_row
from edgeglow.scenes.stage.chapter import Chapter
from edgeglow.scenes.stage.formula_by_layer import play_function_formulas
from edgeglow.scenes.stage.key_frames import REST
from edgeglow.scenes.stage.layer_panel import build_layer_equation, free_panel, shift_towards_inputs
from edgeglow.scenes.stage.letters_for_numbers import put_letters_for_numbers
from edgeglow.scenes.style.layout import Area
from edgeglow.scenes.style.theme import LABEL, SMALL

FAINT = 0.07  # opacity of edges while one neuron is highlighted
DIM = 0.45  # opacity of the edges into that neuron while a few of them are highlighted
SOON, LATE = squish_rate_func(smooth, 0.0, 0.3), squish_rate_func(smooth, 0.65, 1.0)


class Matrix(Chapter):
    """The chapter on the matrix: one row holds the edges of one neuron, and a layer computes a' = σ(W a + b)."""

    name = "matrix"
    opens = "asleep"
    ends = "asleep"

    def construct(self) -> None:
        self.prepare()
        self.one_row()
        self.all_rows()
        self.the_pixels()
        self.row_times_column()
        self.bias_and_function()
        self.one_line()
        self.count()
        self.go_home()

    def prepare(self) -> None:
        """Choose the neuron, compute its numbers, and lay out where they are written."""
        last, digit = self.run.last, self.cast.main
        self.neuron = self.cast.neuron
        self.position = int(np.flatnonzero(self.diagram.shown[0] == self.neuron)[0])
        products = last.weights[0][self.neuron].astype(np.float64) * last.activations[0][digit]
        self.written = self.cast.neuron_sum
        self.totals = np.concatenate([[0.0], np.cumsum(products)[:-1], [self.written.sum]])
        self.activation = self.cast.neuron_activation
        self.bring_near = shift_towards_inputs(self.diagram, self.layout)
        self.home_ends = self.diagram.edge_ends(0)
        self.panel = free_panel(self.diagram, self.stage, self.bring_near)
        self.equation = self.write_equation()
        self.pixel_squares = self.equation.pixel_squares(self.diagram.inputs)

    def write_equation(self) -> LayerEquation:
        panel = self.panel if self.diagram.is_tall else self.panel.inset(0.0, 0.45)
        board, self.sum_area = panel.down(4.6, 1.0, gap=0.12)
        most = int(self.layout.pick(5, 4, 3))
        return build_layer_equation(self.cast, self.diagram, board, most, head=self.label("pixel"), theme=self.theme)

    # -- rows ----------------------------------------------------------------------------------------------

    def one_row(self) -> None:
        """Keep only the pixels and the first layer, and write the weights of the edges into one neuron."""
        matrix, excerpt = self.equation.matrix, self.equation.excerpt
        matrix.light(excerpt.row)
        inputs, columns = self.run.layer_sizes[0], len(excerpt.columns)
        variant = "whole" if columns == inputs else "one" if columns == 1 else ""
        with self.beat("row", variant, inputs=inputs, columns=columns):
            self.leave_one_layer()
            self.lines = edges_into(self.diagram, 0, self.position)
            self.ring = self.diagram.ring.copy().scale_to_fit_width(3.2 * self.diagram.layers[0].radius)
            self.ring.move_to(self.diagram.layers[0].center_of(self.position))
            self.add(self.lines.set_drawn(0.0, 0.0))
            self.play(self.lines.animate.set_drawn(0.0, 1.0), Create(self.ring), run_time=1.0)
            self.picked = self.equation.written(self.lines).set_drawn(0.0, 0.0)
            self.add(self.picked)
            numbers = [*matrix.numbers[excerpt.row], matrix.dots[excerpt.row]]
            self.marks = self.equation.frame_of_pixels(self.diagram.inputs.pixels)
            self.play(
                Create(self.marks),
                self.picked.animate.set_drawn(0.0, 1.0),
                self.lines.animate.set_opacity(DIM),
                FadeIn(self.equation.heads),
                run_time=0.8,
            )
            self.play(LaggedStart(*map(FadeIn, numbers), lag_ratio=0.5), run_time=1.2)

    def leave_one_layer(self) -> None:
        """Fade out everything not needed, and move the first layer nearer to the pixels."""
        diagram = self.diagram
        first, later = diagram.layers[0], diagram.layers[1:]
        names = VGroup(*(name for name in self.names if name not in diagram.input_names.submobjects))
        self.away = [part for part in (names, self.notes, diagram.names) if part.submobjects]
        motions = [edges.animate.set_opacity(0.0) for edges in diagram.edges[1:]]
        starts, ends = self.home_ends
        nearer = diagram.edges[0].animate.set_opacity(FAINT).set_ends(starts, ends + self.bring_near)
        self.play(
            FadeOut(*self.away, *later, rate_func=SOON),
            first.animate.shift(self.bring_near),
            nearer,
            *motions,
            run_time=1.1,
        )

    def all_rows(self) -> None:
        """Write the weights of other neurons above and below."""
        matrix, excerpt = self.equation.matrix, self.equation.excerpt
        others = [row for row in range(len(excerpt.rows)) if row != excerpt.row]
        inputs, neurons = self.run.layer_sizes[:2]
        with self.beat("rows", "single" if neurons == 1 else "", neurons=neurons, inputs=inputs):
            if others:
                self.play(LaggedStart(*map(self.row_of, others), lag_ratio=0.35), run_time=1.9)
            self.play(FadeIn(matrix.breaks), Create(matrix.brackets), run_time=0.8)

    def row_of(self, row: int) -> Animation:
        """Return the animation that writes the weights of the edges into this row's neuron."""
        matrix = self.equation.matrix
        neuron = self.equation.excerpt.rows[row]
        position = int(np.flatnonzero(self.diagram.shown[0] == neuron)[0])
        return write_row(edges_into(self.diagram, 0, position), [*matrix.numbers[row], matrix.dots[row]])

    def the_pixels(self) -> None:
        """Write the activations before the layer as a column: the pixels whose weights are written."""
        column, size = self.equation.column, self.marks.height
        with self.beat("column"):
            self.play(Indicate(self.marks, 1 + 0.12 / size, self.theme.accent), run_time=0.9)
            self.play(FadeIn(self.pixel_squares, *self.equation.called), run_time=0.5)
            numbers = [row[0] for row in column.numbers]
            appear = LaggedStart(*map(FadeIn, numbers), lag_ratio=0.3)
            self.play(appear, FadeIn(column.breaks), Create(column.brackets), run_time=0.9)

    # -- sum ----------------------------------------------------------------------------------------------

    def row_times_column(self) -> None:
        """Multiply each weight by its pixel, and add the products along the row."""
        size = SMALL + 2 if self.layout.is_tall else LABEL + 4
        function, theme = self.cast.function(1), self.theme
        self.line = SumLine(self.written, self.activation, function, area=self.sum_area, size=size, theme=theme)
        frames = self.equation.frames()
        with self.beat("product", total=self.written.sum) as seconds:
            pulse = self.lines.copy().set_opacity(1.0).set_pulse(-0.15, length=0.3, strength=2.0, base=0.0)
            self.play(*map(Create, frames), run_time=0.6)
            self.play(
                StepThroughValues(self.line.sum, self.totals, appear=True),
                pulse.animate(remover=True).set_pulse(1.15, length=0.3, strength=2.0),
                run_time=min(seconds, 3.0),
            )
        self.frames = frames

    def bias_and_function(self) -> None:
        shift, row, line = self.equation.shift_by, self.equation.excerpt.row, self.line
        first, kind = self.diagram.layers[0], self.cast.function(1)
        with self.beat("bias", variant=common_shape([kind]), total=self.written.total, activation=self.activation):
            come = FadeIn(shift.light(row), self.equation.plus)
            added = FadeIn(line.bias, line.equals, line.both, shift=0.15 * RIGHT)
            self.play(FadeOut(*self.frames), come, added, run_time=0.9)
            self.wait(0.7)
            light = np.zeros(self.run.layer_sizes[1])
            light[self.neuron] = self.cast.brightness(self.run.last, 1, self.cast.main)[self.neuron]
            before, place, after, becomes = line.activated
            self.play(FadeOut(line.sum, line.bias, line.equals), run_time=0.4)
            self.play(line.both.animate.move_to(place), run_time=0.6)
            self.play(
                FadeIn(before, after, becomes), first.discs.animate.set_values(light[first.indices]), run_time=0.8
            )

    # -- formula ------------------------------------------------------------------------------------------

    def one_line(self) -> None:
        """Let a letter take the place of every block of numbers, and join the letters to the layer's formula."""
        kind, area = self.cast.function(1), self.panel.inset(0.1, 0.5)
        formula = LayerFormula(kind, self.label, area=area, theme=self.theme)
        self.formula, run = formula, self.run
        hidden = set(run.functions[:-1])
        own = len(hidden) == 1 and run.output not in hidden  # the output layer has another function
        with self.beat("formula", variant=run.output if own else ""):
            put_letters_for_numbers(self, self.equation, self.line.result, formula, self.pixel_squares, self.marks)
            self.play(FadeIn(formula.names), run_time=0.6)
            if own:
                self.formula = play_function_formulas(self, formula, area)
        if len(hidden) > 1:
            with self.beat("functions"):
                self.formula = play_function_formulas(self, formula, area)

    # -- parameter count ----------------------------------------------------------------------------------

    def count(self) -> None:
        """Zoom out to all layers, beside which the weights and biases are counted."""
        seen = VGroup(*self.reckoning())
        target, free, scale = self.layout.with_room(seen.width, seen.height)
        heading, self.table = self.reckoning(scale)
        VGroup(heading, self.table).move_to(free.center)
        weights, biases = self.table.lines[:-1], self.table.lines[-1]
        facts = {"weights": sum(line.entry.count for line in weights), "biases": biases.entry.count}
        with self.beat("layers", variant="one" if len(self.diagram.edges) == 1 else "", **facts):
            self.all_layers(target, heading)
            self.reckon()
        with self.beat("total", parameters=self.run.parameters):
            layers, every = self.diagram.layers, range(len(self.diagram.edges))
            rims = [layer.discs.animate.set_stroke(self.theme.outline) for layer in layers]
            self.play(Create(self.table.rule), *highlight_gaps(self.diagram, every), *rims, run_time=0.5)
            self.play(*count_up(self.table.sum), run_time=1.5)

    def all_layers(self, target: Area, heading: Formula) -> None:
        """Move the first layer back, fade in the later ones, and shrink the formula to a heading."""
        diagram, first = self.diagram, self.diagram.layers[0]
        edges = [lines.animate.set_opacity(0.3) for lines in diagram.edges]
        edges[0] = edges[0].set_ends(*self.home_ends)
        dark = first.copy().shift(-self.bring_near)
        dark.discs.set_values(np.zeros(len(first.indices)))
        near = [self.ring, self.lines, self.picked, self.formula.names]
        if len(diagram.input_names):  # too small to read from there
            near.append(diagram.input_names)
            self.away.append(diagram.input_names)
        self.play(
            FadeOut(*near, rate_func=SOON),
            self.look_at(target),
            Transform(self.formula, heading),
            Transform(first, dark),
            *(FadeIn(layer, rate_func=LATE) for layer in diagram.layers[1:]),
            *edges,
            run_time=1.8,
        )

    def reckoning(self, scale: float = 1.0) -> tuple[Formula, ParameterTable]:
        """Return the formula as a heading and the parameter count below it, in type ``scale`` times as large."""
        table = build_parameter_table(
            self.run.layer_sizes,
            self.label,
            width=scale * self.layout.pick(3.6, 2.5, 3.0),
            size=scale * self.layout.pick(LABEL, SMALL + 2, SMALL + 1),
            theme=self.theme,
        )
        heading = self.formula.copy()
        if self.layout.is_tall:  # no room for the heading
            return heading.set_opacity(0.0).scale_to_fit_width(0.01), table
        heading.scale_to_fit_width(min(self.formula.width, table.width))
        VGroup(heading, table).arrange(DOWN, buff=0.35 * scale, aligned_edge=LEFT)
        return heading, table

    def reckon(self) -> None:
        """Count the weights gap by gap, then the biases of all neurons."""
        diagram, table = self.diagram, self.table
        weights, biases = table.lines[:-1], table.lines[-1]
        for number, line in enumerate(weights):
            lit = range(number, number + 1 if line is not weights[-1] else len(diagram.edges))
            heading = [FadeIn(table.headings[0])] if number == 0 else []
            self.play(*heading, *highlight_gaps(diagram, lit), *count_up(line), run_time=0.8)
        rims = [layer.discs.animate.set_stroke(self.theme.accent) for layer in diagram.layers]
        self.play(FadeIn(table.headings[1]), *highlight_gaps(diagram, ()), *rims, *count_up(biases), run_time=1.0)

    def go_home(self) -> None:
        """Return to the whole network."""
        edges = [lines.animate.set_opacity(REST) for lines in self.diagram.edges]
        late = FadeIn(*self.away, rate_func=LATE)
        self.clear_caption(
            FadeOut(self.formula, self.table, rate_func=SOON), self.look_home(), *edges, late, run_time=1.9
        )
        self.end_closeup()
