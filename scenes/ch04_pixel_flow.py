"""Chapter 4, the heart of the film: a digit's pixels flow through every layer."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Animation,
    AnimationGroup,
    Create,
    FadeIn,
    FadeOut,
    LaggedStart,
    linear,
    smooth,
    squish_rate_func,
)

from model.run import Example
from scenes.fields import LineField
from scenes.mobjects.number_label import NumberLabel
from scenes.stage.chapter import Chapter
from scenes.stage.theme import LABEL, Words

REST = 0.45  # opacity of edges that are not spoken of


class PixelFlow(Chapter):
    """Each edge carries weight × activation; the brightest output is the answer."""

    name = "pixel_flow"

    def construct(self) -> None:
        self.last = self.run.last
        self.depth = len(self.last.weights)
        self.diagram = self.cast.diagram(self.theme, self.stage)
        self.truth: Words | None = None
        self.give()
        self.join()
        self.carry()
        self.follow_one()
        self.flow_on()
        self.answer()
        self.again()
        self.fail()
        self.whole()
        self.close()

    # -- acts ---------------------------------------------------------------------------------------------

    def give(self) -> None:
        diagram = self.diagram
        names = self.layer_names(diagram)
        notes = self.choice_notes(diagram)
        self.play(FadeIn(diagram.inputs, *diagram.layers), FadeIn(diagram.names, names, notes), run_time=1.0)
        with self.beat("given"):
            pixels = self.example(self.cast.main).pixels
            self.play(diagram.inputs.animate.set_values(pixels), run_time=1.6)

    def join(self) -> None:
        """The edges of the first gap grow out of the pixels; then what their two hues mean; then the others."""
        diagram = self.diagram
        diagram.set_weights(self.last.weights)
        first = diagram.edges[0]
        with self.beat("joined", edges=self.last.weights[0].size):
            first.set_drawn(0.0, 0.0)
            self.add(first)
            self.play(first.animate.set_drawn(0.0, 1.0), run_time=2.6)
        with self.beat("weights"):
            weights = first.values.copy()
            for part in (np.maximum(weights, 0.0), np.minimum(weights, 0.0), weights):
                self.play(first.animate.set_values(part), run_time=0.9)
                self.wait(0.4)
            for edges in diagram.edges[1:]:
                edges.set_drawn(0.0, 0.0)
            self.add(*diagram.edges[1:])
            grow = [edges.animate.set_drawn(0.0, 1.0).set_opacity(REST) for edges in diagram.edges[1:]]
            if grow:
                self.play(*grow, run_time=1.2)

    def carry(self) -> None:
        with self.beat("carry"):
            self.play(self.to_flow(0, self.cast.main), run_time=2.4)

    def follow_one(self) -> None:
        """One neuron alone, with the sum that reaches it and what becomes of that."""
        diagram = self.diagram
        position, neuron = self.telling_neuron()
        center = diagram.layers[0].center_of(position)
        lines = self.lines_of(position)
        total = float(self.sums(0)[neuron])
        activation = float(self.last.activations[1][self.cast.main][neuron])
        arrived, bias = total - float(self.last.biases[0][neuron]), float(self.last.biases[0][neuron])
        note, shift, both = (
            self.number(value, form)
            for value, form in ((arrived, "{:z.2f}"), (bias, "{:+z.2f}"), (total, "{:z.2f}"))
        )
        if self.depth == 1:  # beside the neuron stands its name; its number goes where all numbers will
            note.next_to(diagram.names[position], RIGHT, buff=0.28)
        else:
            note.next_to(center, RIGHT, buff=diagram.layers[0].radius + 0.2)
        shift.next_to(note, RIGHT, buff=0.15)
        both.move_to(note, aligned_edge=LEFT)
        ring = diagram.ring.copy().scale_to_fit_width(3.2 * diagram.layers[0].radius).move_to(center)
        others = [edges.animate.set_opacity(0.08) for edges in diagram.edges]
        with self.beat("one", total=total):
            self.add(lines)
            self.play(*others, Create(ring), run_time=0.9)
            run = lines.copy().set_pulse(-0.15, length=0.3, strength=2.0, base=0.0)
            self.play(run.animate(rate_func=linear).set_pulse(1.15, length=0.3, strength=2.0), run_time=1.5)
            self.remove(run)
            self.play(FadeIn(note, shift=0.15 * RIGHT), run_time=0.5)
            self.play(FadeIn(shift, shift=0.15 * LEFT), run_time=0.6)
            self.wait(0.6)
            self.play(FadeOut(note, shift, target_position=both), FadeIn(both), run_time=0.8)
        with self.beat("squeeze", variant=self.cast.function(1), activation=activation):
            light = np.zeros(self.run.layer_sizes[1])
            light[neuron] = self.light(1, self.cast.main)[neuron]
            becomes = self.number(activation, "{:z.2f}").move_to(both, aligned_edge=LEFT)
            self.play(
                diagram.layers[0].discs.animate.set_values(light[diagram.shown[0]]),
                FadeOut(both, shift=0.2 * UP),
                FadeIn(becomes, shift=0.2 * UP),
                run_time=1.2,
            )
        back = [
            edges.animate.set_opacity(1.0 if gap == 0 else REST) for gap, edges in enumerate(diagram.edges)
        ]
        self.play(*back, FadeOut(ring, becomes, lines), run_time=0.8)

    def flow_on(self) -> None:
        with self.beat("layer"):
            self.play(self.pass_light(0, self.cast.main), run_time=2.4)
        if self.depth > 1:
            with self.beat("onward" if self.depth > 2 else "onward_one"):
                for gap in range(1, self.depth):
                    self.play(self.pass_light(gap, self.cast.main), run_time=2.2)

    def answer(self) -> None:
        best, confidence = self.ranking(self.cast.main)[0]
        with self.beat("answer", answer=self.class_name(best), confidence=confidence):
            self.play(self.write_confidences(self.cast.main), run_time=0.7)
            self.play(Create(self.diagram.put_ring(best)), self.name_answer(best), run_time=0.9)

    def again(self) -> None:
        if not self.cast.others:
            return
        with self.beat("again"):
            for digit in self.cast.others:
                self.run_through(digit)

    def fail(self) -> None:
        """A digit that it finds hard, and one that it gets wrong, each shown as what it is."""
        if self.cast.hard is not None:
            (best, confidence), (second, doubt), *_ = self.ranking(self.cast.hard)
            self.hush()
            self.run_through(self.cast.hard)
            names = {"answer": self.class_name(best), "second": self.class_name(second)}
            label = self.class_name(self.example(self.cast.hard).label)
            with self.beat("hard", label=label, confidence=confidence, doubt=doubt, **names):
                self.tell_truth(self.cast.hard)
        if self.cast.wrong is not None:
            best, confidence = self.ranking(self.cast.wrong)[0]
            self.hush()
            self.run_through(self.cast.wrong)
            label = self.class_name(self.example(self.cast.wrong).label)
            with self.beat("wrong", label=label, answer=self.class_name(best), confidence=confidence):
                self.tell_truth(self.cast.wrong)

    def whole(self) -> None:
        with self.beat("whole"):
            self.run_through(self.cast.main)

    # -- motions ------------------------------------------------------------------------------------------

    def run_through(self, digit: int) -> None:
        """Another digit takes the place of the one before, and its light runs through all layers."""
        diagram = self.diagram
        dark = [column.discs.animate.set_values(np.zeros(len(column.indices))) for column in diagram.layers]
        gone = [FadeOut(diagram.ring, diagram.confidences)]
        if self.truth is not None:
            gone.append(FadeOut(self.truth))
            self.truth = None
        unnamed = diagram.names.animate.set_color(self.theme.text)
        change = diagram.inputs.animate.set_values(self.example(digit).pixels)
        faint = [edges.animate.set_opacity(0.15) for edges in diagram.edges]
        self.play(change, *dark, *gone, unnamed, *faint, run_time=0.6)
        for gap in range(self.depth):
            self.play(self.pass_light(gap, digit), run_time=0.75)
        best, _ = self.ranking(digit)[0]
        self.play(
            self.write_confidences(digit),
            Create(diagram.put_ring(best)),
            self.name_answer(best),
            run_time=0.6,
        )
        self.wait(0.5)

    def to_flow(self, gap: int, digit: int) -> Animation:
        """The edges of a gap come to carry weight × activation."""
        values, gain = self.diagram.flow(gap, self.last.weights[gap], self.activations(gap, digit))
        return self.diagram.edges[gap].animate.set_values(values).set_gain(gain).set_opacity(1.0)

    def pass_light(self, gap: int, digit: int) -> Animation:
        """A pulse runs along every edge of a gap, as bright as what it carries. Behind it the edges show what
        they carry, and when it arrives the next layer lights up."""
        diagram = self.diagram
        before = diagram.edges[gap]
        values, gain = diagram.flow(gap, self.last.weights[gap], self.activations(gap, digit))
        after = before.copy().set_values(values).set_gain(gain).set_opacity(1.0).set_drawn(0.0, 0.0)
        diagram.replace_edges(gap, after)
        column = diagram.layers[gap]
        light = self.light(gap + 1, digit)[column.indices]
        late = squish_rate_func(smooth, 0.55, 1.0)
        return AnimationGroup(
            FadeOut(before, rate_func=smooth),
            after.animate(rate_func=squish_rate_func(linear, 0.1, 0.9), introducer=True).set_drawn(0.0, 1.0),
            diagram.send_pulse(gap, self.last.weights[gap], self.activations(gap, digit)),
            column.discs.animate(rate_func=late).set_values(light),
        )

    def write_confidences(self, digit: int) -> Animation:
        best, _ = self.ranking(digit)[0]
        labels = self.diagram.set_confidences(self.activations(self.depth, digit)).confidences
        for label, index in zip(labels, self.diagram.shown[-1], strict=True):
            label.set_fill(self.theme.accent if index == best else self.theme.muted)
        return LaggedStart(*(FadeIn(label) for label in labels), lag_ratio=0.05)

    def name_answer(self, best: int) -> Animation:
        position = int(np.flatnonzero(self.diagram.shown[-1] == best)[0])
        return self.diagram.names[position].animate.set_color(self.theme.accent)

    def tell_truth(self, digit: int) -> None:
        """What the digit really is, under it."""
        words = self.label("truth", label=self.class_name(self.example(digit).label))
        self.truth = self.theme.write(words, LABEL)
        self.truth.next_to(self.diagram.inputs, DOWN, buff=0.12)
        self.play(FadeIn(self.truth, shift=0.1 * UP), run_time=0.6)

    # -- what the model says ------------------------------------------------------------------------------

    def example(self, digit: int) -> Example:
        return self.run.examples[digit]

    def class_name(self, label: int) -> str:
        return self.run.class_names[label]

    def activations(self, layer: int, digit: int) -> np.ndarray:
        return self.last.activations[layer][digit]

    def light(self, layer: int, digit: int) -> np.ndarray:
        return self.cast.brightness(self.last, layer, digit)

    def ranking(self, digit: int) -> list[tuple[int, float]]:
        """The outputs and their activations, the brightest first."""
        outputs = self.activations(self.depth, digit)
        return [(int(index), float(outputs[index])) for index in np.argsort(-outputs, kind="stable")]

    def sums(self, gap: int) -> np.ndarray:
        """What reaches each neuron after a gap, its bias included, for the main digit."""
        return self.last.weights[gap] @ self.activations(gap, self.cast.main) + self.last.biases[gap]

    def telling_neuron(self) -> tuple[int, int]:
        """Place and number of the first hidden neuron to look at: lit, but not the end of its range."""
        shown = self.diagram.shown[0]
        light = np.abs(self.light(1, self.cast.main)[shown])
        position = int(np.argmin(np.abs(light - 0.85)))
        return position, int(shown[position])

    def number(self, value: float, form: str) -> NumberLabel:
        """A number that is spoken of."""
        return NumberLabel(value, form.format, size=LABEL + 6, color=self.theme.accent, theme=self.theme)

    def lines_of(self, position: int) -> LineField:
        """The edges into one neuron of the first hidden layer, over the others."""
        every = self.diagram.edges[0]
        count = len(self.diagram.sources(0))
        mine = slice(position * count, (position + 1) * count)
        field = LineField(
            every.starts[mine],
            every.ends[mine],
            every.values[mine],
            positive=self.theme.positive,
            negative=self.theme.negative,
            width=every.line_width,
            gain=2.5 * every.gain,
        )
        return field.set_z_index(1)
