"""Chapter 4, the main chapter: a digit's pixels flow through every layer."""

from __future__ import annotations

import numpy as np
from manim import LEFT, Animation, Circle, Create, FadeIn, FadeOut, Group, Mobject, linear, smooth, squish_rate_func

from edgeglow.scenes.fields import LineField
from edgeglow.scenes.mobjects.network.neuron_edges import edges_onward, edges_out_of
from edgeglow.scenes.mobjects.numbers.input_drops import build_drops
from edgeglow.scenes.mobjects.numbers.mark_numbers import SHARE, MarkNumbers
from edgeglow.scenes.mobjects.text.function_names import function_shape, shape_facts
from edgeglow.scenes.motions.forward_animations import SumDrops, play_layer_step, show_answer, show_contributions
from edgeglow.scenes.stage.chapter import Chapter
from edgeglow.scenes.stage.key_frames import REST
from edgeglow.scenes.stage.sum_closeup import SumCloseup
from edgeglow.scenes.stage.true_label import TrueLabel
from edgeglow.scenes.style.number_format import format_activation

FAINT = 0.07  # opacity of edges that are not mentioned
TRAVEL = (0.05, 0.26)  # shares of the drops' time at which the camera starts and stops to follow the first
FLIGHT = 0.26  # share of that time during which a drop moves
NEXT_TO_NOTHING, LITTLE = 0.05, 0.5  # a neuron less bright than these passes on so much
DIGITS = 2  # number of further digits that the network reads right
REST_OF_A_DIGIT = 0.7  # seconds of pause after each of them
MANY_FIGURES = 10_000.0  # from this |activation| on, a number is written inside a neuron without decimals
SHORT, MOST_SHARE = 5, 0.9  # longest number with a margin, in characters; share of the width for longer ones
MANY_EDGES = 1_000_000  # from so many edges on, a shorter sentence is used


class PixelFlow(Chapter):
    """The chapter on the forward pass: each edge carries weight × activation; the brightest output is the answer."""

    name = "pixel_flow"
    opens = "asleep"
    ends = "awake"

    def construct(self) -> None:
        self.last = self.run.last
        self.depth = len(self.last.weights)
        self.weight_gain = self.diagram.edges[-1 if self.depth < 2 else 1].gain  # of edges that show their weights
        is_cut = len(self.diagram.inputs_shown) < self.run.layer_sizes[0]
        note = self.notes[0] if is_cut else None
        self.truth = TrueLabel(self.diagram, self.names[0], note, self.stage, self.theme)
        self.words = Group(self.names, self.notes, self.diagram.names)
        self.join()
        self.weigh()
        self.carry()
        self.add_up()
        self.add_bias()
        self.squeeze()
        self.flow_on()
        self.stay_dark()
        self.answer()
        self.again()
        self.hard()
        self.wrong()
        self.whole()

    # -- the edges ----------------------------------------------------------------------------------------

    def join(self) -> None:
        """Show the edges out of one strong input near the picture's middle, then those out of every input."""
        first, *others = self.diagram.edges
        pixels = self.diagram.inputs.pixels
        away = np.linalg.norm(pixels.centers - pixels.get_center(), axis=1)
        strength = np.abs(pixels.values)
        pixel = int(np.argmin(away + 100 * (strength.max() - strength)))
        fan = edges_out_of(self.diagram, pixel).set_drawn(0.0, 0.0)
        ring = Circle(radius=self.diagram.inputs.cell, color=self.theme.accent, stroke_width=4)
        ring.move_to(pixels.centers[pixel]).set_z_index(6)
        edges = self.last.weights[0].size
        with self.beat("joined", "many" if edges >= MANY_EDGES else "", edges=edges):
            self.play(*self.dim(0.4 * REST, [first]), *self.dim(FAINT, others), Create(ring), run_time=0.6)
            self.add(fan)
            self.play(fan.animate(rate_func=linear).set_drawn(0.0, 1.0), run_time=1.0)
            self.wait(0.3)
            self.play(first.animate.set_opacity(1.0), FadeOut(fan, ring), run_time=1.2)

    def weigh(self) -> None:
        """Show the positive weights, the negative weights, and both."""
        first = self.diagram.edges[0]
        weights = first.values.copy()
        with self.beat("weights"):
            for part in (np.maximum(weights, 0.0), np.minimum(weights, 0.0), weights):
                self.play(first.animate.set_values(part), run_time=0.7)
                self.wait(0.3)

    def carry(self) -> None:
        weights, activations = self.last.weights[0], self.activations(0, self.cast.main)
        with self.beat("carry"):
            self.play(show_contributions(self.diagram, 0, weights, activations), run_time=2.2)

    # -- one neuron ---------------------------------------------------------------------------------------

    def add_up(self) -> None:
        """Send weight × activation of each edge to the neuron as a drop, follow the first, and count the sum."""
        diagram, neuron = self.diagram, self.cast.neuron
        position = int(np.flatnonzero(diagram.shown[0] == neuron)[0])
        flows = self.last.weights[0][neuron] * self.activations(0, self.cast.main)
        drops, amounts = build_drops(diagram, flows, 0.6 * diagram.layers[0].radius)
        self.near = SumCloseup(diagram, position, self.cast.neuron_sum, layout=self.layout, theme=self.theme)
        self.note = self.near.number(0.0)
        self.aside = self.near.in_its_way(diagram.layers[1:])
        is_all = len(diagram.inputs_shown) == len(flows)
        with self.beat("arrive", "" if is_all else "some", inputs=len(flows)) as seconds:
            dim = self.dim(FAINT / 2, diagram.edges)
            mine = (FadeIn(self.near.edges), Create(self.near.ring))
            self.play(*dim, FadeOut(self.words, *self.aside), *mine, run_time=0.9)
            travel = self.look_at(self.near.area, rate_func=squish_rate_func(smooth, *TRAVEL))
            arrivals = SumDrops(drops, self.note, amounts, self.cast.neuron_sum.sum, self.near.center, flight=FLIGHT)
            self.play(travel, arrivals, run_time=max(5.2, seconds - 0.9))
            self.remove(drops)

    def add_bias(self) -> None:
        """Write sum + bias = total in one line, and keep the total."""
        written = self.cast.neuron_sum
        first, shift, equals, both = self.near.sum_row
        with self.beat("bias", bias=written.bias, total=written.total) as seconds:
            self.play(self.note.animate.move_to(first), FadeIn(shift), run_time=0.7)
            self.wait(0.4)
            self.play(FadeIn(equals, both), run_time=0.6)
            self.wait(max(0.6, seconds - 2.8))
            self.play(FadeOut(self.note, shift, equals), run_time=0.3)
            self.play(both.animate.move_to(self.near.number(both.value)), run_time=0.5)
        self.sum = both

    def squeeze(self) -> None:
        """Turn the sum into the neuron's activation, written inside the neuron."""
        discs = self.diagram.layers[0].discs
        activation = self.cast.neuron_activation
        light = np.zeros(discs.count)
        light[self.near.position] = self.cast.brightness(self.last, 1, self.cast.main)[self.cast.neuron]
        lit = discs.copy().set_values(light)
        here, number = np.array([self.near.position]), np.array([activation])
        form = "{:.0f}".format if abs(activation) >= MANY_FIGURES else format_activation
        share = SHARE if len(form(activation)) <= SHORT else MOST_SHARE
        self.inside = MarkNumbers(lit, here, number, form=form, share=share, theme=self.theme)
        function = self.cast.function(1)
        with self.beat("squeeze", variant=function_shape(function), activation=activation, **shape_facts(function)):
            self.wait(0.5)
            self.play(
                FadeOut(self.sum, target_position=self.near.center, scale=0.5),
                discs.animate.set_values(light),
                FadeIn(self.inside, shift=0.1 / self.near.zoom * LEFT),
                run_time=1.3,
            )

    # -- every neuron -------------------------------------------------------------------------------------

    def flow_on(self) -> None:
        """Zoom out to the whole network, then light it layer by layer."""
        first, *others = self.diagram.edges
        with self.beat("layer", variant={1: "none", 2: "one"}.get(self.depth, "")):
            back = [first.animate.set_opacity(1.0), *self.dim(REST, others)]
            gone = (FadeOut(self.near.edges, self.near.ring), FadeOut(self.inside, run_time=0.5))
            self.play(self.look_home(), *back, *gone, run_time=1.4)
            self.end_closeup()
            self.play(self.pass_on(0, self.cast.main), FadeIn(self.words, *self.aside), run_time=1.2)
            for gap in range(1, self.depth):
                self.play(self.pass_on(gap, self.cast.main), run_time=1.1)

    def stay_dark(self) -> None:
        """Point at the darkest neuron of the first hidden layer: its edges carry next to nothing."""
        self.pointed: list[Mobject] = []
        if self.depth < 2:
            return
        diagram, layer, weights = self.diagram, self.diagram.layers[0], self.last.weights[1]
        activations = self.activations(1, self.cast.main)
        light = np.abs(self.cast.brightness(self.last, 1, self.cast.main)[layer.indices])
        position = int(np.argmin(light))
        neuron = layer.indices[position]
        carried = edges_onward(diagram, 1, position)
        fan = carried.copy().set_values(weights[diagram.shown[1], neuron])
        fan.set_gain(carried.gain / diagram.edges[1].gain * self.weight_gain)
        ring = diagram.ring.copy().scale_to_fit_width(3.0 * layer.radius).move_to(layer.center_of(position))
        limits = {"": 0.0, "nearly": NEXT_TO_NOTHING, "little": LITTLE}
        variant = next((name for name, most in limits.items() if light[position] <= most), "all")
        with self.beat("dark", variant, activation=float(activations[neuron])):
            self.play(*self.dim(FAINT, diagram.edges), Create(ring), run_time=0.7)
            self.add(fan.set_drawn(0.0, 0.0))
            self.play(fan.animate(rate_func=linear).set_drawn(0.0, 1.0), run_time=0.8)
            self.wait(0.3)
            self.play(fan.animate.set_values(carried.values).set_gain(carried.gain), run_time=1.0)
        self.pointed = [fan, ring]

    def answer(self) -> None:
        main = self.cast.main
        best, confidence = self.ranking(main)[0]
        facts: dict[str, object] = {"answer": self.cast.name(best), "confidence": confidence}
        if (truth := self.cast.truth(main)) is not None:
            facts["label"] = truth
        with self.beat("answer", self.verdict(main), **facts):
            if self.pointed:
                self.play(FadeOut(*self.pointed), *self.dim(1.0, self.diagram.edges), run_time=0.7)
            self.play(show_answer(self.diagram, self.activations(self.depth, main)), run_time=1.6)
            self.tell_of_own(main)

    # -- more digits --------------------------------------------------------------------------------------

    def again(self) -> None:
        """Show the user's other digits, or else some that the network reads right."""
        own = [digit for digit in self.cast.others if self.is_own(digit)]
        if not self.cast.others:
            return
        with self.beat("again", "own" if own else ""):
            for digit in own or self.others()[:DIGITS]:
                self.run_through(digit)
                self.tell_of_own(digit)
                self.wait(REST_OF_A_DIGIT)

    def others(self) -> list[int]:
        """Return the digits that are read right, those of classes that appear later (hard, wrong) last."""
        examples = self.run.examples
        to_come = {examples[digit].label for digit in (self.cast.hard, self.cast.wrong) if digit is not None}
        return sorted(self.cast.others, key=lambda digit: examples[digit].label in to_come)

    def hard(self) -> None:
        """Show a digit that the network is barely right about."""
        if self.cast.hard is not None:
            second, doubt = self.ranking(self.cast.hard)[1]
            self.show_truly("hard", self.cast.hard, second=self.cast.name(second), doubt=doubt)

    def wrong(self) -> None:
        """Show a digit that the network gets wrong."""
        if self.cast.wrong is not None:
            self.show_truly("wrong", self.cast.wrong)

    def show_truly(self, beat: str, digit: int, **facts: object) -> None:
        """Show the network's answer for a digit first, then say what the digit is."""
        best, confidence = self.ranking(digit)[0]
        self.run_through(digit, silently=True)
        facts |= {"label": self.cast.truth(digit), "answer": self.cast.name(best), "confidence": confidence}
        with self.beat(beat, "", **facts):
            self.tell_truth(digit)

    def whole(self) -> None:
        """Show the film's digit again, in the key frame that the next chapter starts with."""
        with self.beat("whole"):
            self.run_through(self.cast.main)
        diagram = self.diagram
        self.remove(*diagram.edges, diagram.inputs, *diagram.layers, diagram.names, diagram.confidences)
        self.add(diagram, self.names, self.notes, diagram.ring)
        self.clear_caption()

    # -- animations ---------------------------------------------------------------------------------------

    def run_through(self, digit: int, silently: bool = False) -> None:
        """Replace the digit shown by another, and run its activations through all layers."""
        change = self.clear_caption if silently else self.play
        diagram = self.diagram
        dark = [column.discs.animate.set_values(np.zeros(len(column.indices))) for column in diagram.layers]
        gone = [FadeOut(diagram.ring, diagram.confidences), *self.truth.forget()]
        unnamed = [name.animate.set_fill(self.theme.text) for name in diagram.names]
        pixels = diagram.inputs.animate.set_values(self.run.examples[digit].pixels)
        change(pixels, *dark, *gone, *unnamed, *self.dim(0.15, diagram.edges), run_time=0.45)
        for gap in range(self.depth):
            self.play(self.pass_on(gap, digit), run_time=0.4)
        self.play(show_answer(diagram, self.activations(self.depth, digit)), run_time=0.6)

    def dim(self, opacity: float, every: list[LineField]) -> list[Animation]:
        return [edges.animate.set_opacity(opacity) for edges in every]

    def pass_on(self, gap: int, digit: int) -> Animation:
        """Return the animation that takes a digit's activations from one layer to the next."""
        light = self.cast.brightness(self.last, gap + 1, digit)
        return play_layer_step(self.diagram, gap, self.last.weights[gap], self.activations(gap, digit), light)

    def tell_truth(self, digit: int) -> None:
        """Write what the digit is."""
        words = self.label("truth", label=self.cast.truth(digit))
        self.play(*self.truth.tell(words), run_time=0.6)

    def tell_of_own(self, digit: int) -> None:
        """Write what a user's own digit is, if its label is known."""
        if self.is_own(digit) and self.cast.truth(digit) is not None:
            self.tell_truth(digit)

    # -- values -------------------------------------------------------------------------------------------

    def activations(self, layer: int, digit: int) -> np.ndarray:
        return self.last.activations[layer][digit]

    def is_own(self, digit: int) -> bool:
        return self.run.examples[digit].kind == "own"

    def verdict(self, digit: int) -> str:
        """Return whether the answer for a user's own digit is "right", "wrong" or "unknown"; "" for other digits."""
        example = self.run.examples[digit]
        if not self.is_own(digit):
            return ""
        if example.label is None:
            return "unknown"
        return "right" if example.label == self.ranking(digit)[0][0] else "wrong"

    def ranking(self, digit: int) -> list[tuple[int, float]]:
        """Return the outputs with their activations, the largest first."""
        outputs = self.activations(self.depth, digit)
        return [(int(index), float(outputs[index])) for index in np.argsort(-outputs, kind="stable")]
