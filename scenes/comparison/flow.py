"""The same digits through two networks: where they agree and where they differ."""

from __future__ import annotations

import numpy as np
from manim import AnimationGroup, FadeIn, FadeOut, Group, Mobject

from edgeglow.scenes.comparison.comparison_chapter import Comparison, ComparisonSide
from edgeglow.scenes.motions.forward_animations import play_layer_step, show_answer
from edgeglow.scenes.stage.key_frames import REST

BARELY = 0.15  # opacity of edges before pulses run along them


class TwoNetworks(Comparison):
    """The chapter that compares two networks: the same pixels, other weights, sometimes other answers."""

    name = "two_networks"

    def construct(self) -> None:
        self.meet()
        self.flow()
        self.differ()
        self.score()
        self.close_but_names()

    # -- parts --------------------------------------------------------------------------------------------

    def meet(self) -> None:
        """Show both networks, not lit, with the same digit as input."""
        first, second = self.sides
        parts = [self.build(side) for side in self.sides]
        pictures = [side.diagram.inputs for side in self.sides]
        self.add(*self.titles, *pictures)  # the film's first frame is not empty
        with self.beat("both", name=first.name, other=second.name):
            self.play(FadeIn(*parts), run_time=1.6)
        sizes = [side.run.parameters for side in self.sides]
        alike = "alike" if first.run.layer_sizes == second.run.layer_sizes else ""
        with self.beat("size", alike, parameters=sizes[0], rival=sizes[1]):
            self.wait(0.4)

    def flow(self) -> None:
        """Run one digit through both networks at once."""
        digit = self.digit
        with self.beat("flow"):
            self.run_through(digit, slowly=True)
        self.tell("answer", digit)

    def differ(self) -> None:
        """Show digits that only one of the two networks reads right."""
        for number, (digit, knows) in enumerate(((self.pairing.first_only, 0), (self.pairing.second_only, 1))):
            if digit is None:
                continue
            knower, other = self.sides[knows], self.sides[1 - knows]
            facts = {"label": knower.cast.truth(digit), "answer": other.cast.answer(digit)}
            with self.beat("again" if number else "unlike"):
                self.run_through(digit)
            with self.beat("back" if number else "differ", "", other=other.name, **facts):
                self.wait(0.4)

    def score(self) -> None:
        """Write the accuracy of each network on the same digits."""
        one, two = self.pairing.accuracies
        words = [
            side.at_title(self.label("score", accuracy=accuracy))
            for side, accuracy in zip(self.sides, (one, two), strict=True)
        ]
        with self.beat("score", tests=self.pairing.count, accuracy=one, against=two):
            self.play(FadeIn(*words), run_time=0.8)
        with self.beat("alike", share=self.pairing.alike):
            self.wait(0.4)

    def close_but_names(self) -> None:
        """Fade out everything but the names of the networks, with which the next chapter begins."""
        self._caption, names = None, [side.title for side in self.sides]
        self.play(FadeOut(Group(*(part for part in self.mobjects if part not in names))), run_time=0.8)
        self.wait(0.2)

    # -- the networks -------------------------------------------------------------------------------------

    def build(self, side: ComparisonSide) -> Mobject:
        """Create a side's network, not lit, with the first digit's pixels, and return it."""
        diagram = side.build().set_pixels(side.run.examples[self.digit].pixels)
        for edges in diagram.edges:
            edges.set_opacity(REST)
        notes = self.choice_notes(diagram, reasoned=False)
        parts = (diagram.input_names, *diagram.layers, diagram.names, notes)
        return Group(*diagram.edges, *parts)

    def run_through(self, digit: int, slowly: bool = False) -> None:
        """Run a digit through both networks, layer by layer, and show both answers."""
        changes, seen = [], self.get_mobject_family_members()
        for side in self.sides:
            diagram = side.diagram
            changes += [column.discs.animate.set_values(np.zeros(len(column.indices))) for column in diagram.layers]
            if diagram.ring in seen:
                changes += [FadeOut(diagram.ring, *diagram.confidences)]
            changes += [name.animate.set_fill(self.theme.text) for name in diagram.names]
            changes += [diagram.inputs.animate.set_values(side.run.examples[digit].pixels)]
            changes += [edges.animate.set_opacity(BARELY) for edges in diagram.edges]
        self.play(*changes, run_time=0.6)
        for gap in range(max(side.depth for side in self.sides)):
            passing = [self.pass_on(side, gap, digit) for side in self.sides if gap < side.depth]
            self.play(AnimationGroup(*passing), run_time=1.3 if slowly else 0.8)
        told = [show_answer(side.diagram, side.run.last.activations[-1][digit]) for side in self.sides]
        self.play(AnimationGroup(*told), run_time=1.2 if slowly else 0.8)

    def pass_on(self, side: ComparisonSide, gap: int, digit: int) -> AnimationGroup:
        last = side.run.last
        light = side.cast.brightness(last, gap + 1, digit)
        return play_layer_step(side.diagram, gap, last.weights[gap], last.activations[gap][digit], light)

    def tell(self, beat: str, digit: int) -> None:
        """Say the answer of each network."""
        one, two = (side.cast.answer(digit) for side in self.sides)
        with self.beat(beat, "alike" if one == two else "", answer=one, second=two):
            self.wait(0.4)
