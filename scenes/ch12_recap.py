"""Chapter 12: the whole network is one function; shown once more in one take, with the details of the run."""

from __future__ import annotations

import numpy as np
from manim import Animation, Create, FadeIn, FadeOut, LaggedStart, Succession, Transform, smooth, squish_rate_func

from edgeglow.model.run.run import Run
from edgeglow.scenes.ch05_hidden_layers import HiddenLayers
from edgeglow.scenes.mobjects.network.input_plane import dark_behind
from edgeglow.scenes.mobjects.text.card import Card
from edgeglow.scenes.mobjects.text.function_names import common_shape, list_functions
from edgeglow.scenes.motions.forward_animations import play_layer_step
from edgeglow.scenes.motions.move_marks import MoveMarks
from edgeglow.scenes.stage.chapter import Chapter
from edgeglow.scenes.stage.key_frames import REST, closeup_area
from edgeglow.scenes.style.layout import Area
from edgeglow.scenes.style.theme import SMALL

FAINT = 0.15  # opacity of edges before the activations reach them
STEP_SECONDS, ALL_SECONDS = 1.4, 6.0  # most seconds from one layer to the next, and through all layers
LEAST_SHARE = 0.23  # if the network would be scaled below this beside the card, it is faded out
CARD_SECONDS = 3.8  # seconds during which the card does not move
MNIST = "mnist"  # written in capitals
AIRS = (0.32, 0.2, 0.12, 0.03)  # lines between the card's entries; the largest that fits is used
ABOVE = 0.1  # scene units left free above and below the card
DIGEST = 12  # characters of the digest that are written


class Recap(Chapter):
    """The closing chapter: numbers go in, numbers come out; the network is one function, found by learning."""

    name = "recap"
    opens = "asleep"
    ends = "closeup"

    def construct(self) -> None:
        digit = self.cast.main
        self.activations = [layer[digit] for layer in self.run.last.activations]
        self.answer = int(np.argmax(self.activations[-1]))
        self.numbers_in()
        self.all_the_way()
        self.numbers_out()
        self.one_function()
        self.which_run()
        self.turn_the_question()

    # -- the network --------------------------------------------------------------------------------------

    def stroke(self) -> Area:
        """Return the part of the first layer that contains the digit; for rows, all of it with its names."""
        pixels = self.diagram.inputs.pixels
        if self.run.image_shape is None:
            marks = [pixels.marks.reshape(-1, 3), *(name.points for name in self.diagram.input_names)]
            lit = np.concatenate(marks)
        else:
            lit = pixels.marks[self.activations[0] > 0.5 * self.activations[0].max()].reshape(-1, 3)
        (left, bottom), (right, top) = lit.min(axis=0)[:2], lit.max(axis=0)[:2]
        return Area(left, bottom, right, top)

    def numbers_in(self) -> None:
        with self.beat("in", inputs=self.run.layer_sizes[0]):
            titles = [name for name in self.names if name not in [*self.diagram.input_names]]
            away = [*titles, *self.notes, *self.diagram.names]
            faint = [edges.animate.set_opacity(FAINT) for edges in self.diagram.edges]
            self.play(self.look_at(self.stroke(), margin=0.06), FadeOut(*away), *faint, run_time=2.0)

    def all_the_way(self) -> None:
        """Zoom out from the pixels to the whole network while the activations run through it."""
        weights = self.run.last.weights
        light = self.cast.lights(self.run.last, self.cast.main)
        each = min(STEP_SECONDS, ALL_SECONDS / len(weights))
        passes = [
            play_layer_step(self.diagram, gap, matrix, self.activations[gap], light[gap]).set_run_time(each)
            for gap, matrix in enumerate(weights)
        ]
        with self.beat("through", variant=common_shape(self.run.functions[:-1] or self.run.functions)):
            self.play(self.look_home(run_time=each * len(weights)), Succession(*passes))
        self.end_closeup()

    def numbers_out(self) -> None:
        diagram, answer = self.diagram, self.answer
        with self.beat("out", outputs=self.run.layer_sizes[-1], answer=self.cast.name(answer)):
            diagram.set_confidences(self.activations[-1])
            position = int(np.flatnonzero(diagram.shown[-1] == answer)[0])
            for place, label in enumerate(diagram.confidences):
                label.set_fill(self.theme.accent if place == position else self.theme.muted)
            diagram.names[position].set_fill(self.theme.accent)
            written = [*diagram.names, *diagram.confidences]
            self.play(LaggedStart(*map(FadeIn, written), lag_ratio=0.05), run_time=0.9)
            self.play(Create(diagram.put_ring(answer)), run_time=0.7)

    def one_function(self) -> None:
        """Send pulses through all layers at once, then show the learnt weights."""
        run, diagram = self.run, self.diagram
        seen = digits_seen(run)
        known = {} if seen is None else {"training": seen}
        with self.beat("function", "" if known else "elsewhere", parameters=run.parameters, **known):
            self.play(*self.pulses(), run_time=1.8)
            learnt = self.cast.diagram(self.theme, self.stage).set_weights(run.last.weights)
            for edges in learnt.edges:
                edges.set_opacity(REST)
            pairs = zip(diagram.edges, learnt.edges, strict=True)
            self.play(*(Transform(edges, weights) for edges, weights in pairs), run_time=1.5)

    def pulses(self) -> list[Animation]:
        """Return animations of a pulse through every gap at the same time."""
        weights = enumerate(self.run.last.weights)
        return [self.diagram.send_pulse(gap, matrix, self.activations[gap]) for gap, matrix in weights]

    # -- the card -----------------------------------------------------------------------------------------

    def which_run(self) -> None:
        """Move the network aside for a card with the details of the run, and hold it long enough to read."""
        card, diagram = self.card(), self.diagram
        target, free, scale = self.layout.with_room(card.width, card.height)
        small = [diagram.names, diagram.confidences, *diagram.input_names]
        if 1 / scale < LEAST_SHARE:
            self.stage.fit(card, 1.0)
            motions = [FadeOut(*small, *diagram.edges, diagram.inputs, *diagram.layers, diagram.ring)]
            self.network = []
        else:
            card = self.card(scale)
            card.move_to(free.center)
            motions = [self.look_at(target), FadeOut(*small)]
            self.network = [*diagram.edges, *diagram.layers, diagram.ring]
        has_ideal = HiddenLayers.fits(self.run) is None
        with self.beat("card", variant="hope" if has_ideal else "") as seconds:
            self.play(*motions, run_time=1.6)
            self.play(FadeIn(card), run_time=0.6)
            self.shown_card = card
            self.wait(max(seconds - 2.2, CARD_SECONDS))

    def turn_the_question(self) -> None:
        """Come back to a few pixels of the digit, with which the film began, and ask what the network sees."""
        plane = self.digit_picture()
        target, words = plane.pixels.copy(), self.digit_words(plane)
        if self.network:
            plane.pixels.become(self.diagram.inputs.pixels)
            self.remove(self.diagram.inputs)
            self.add(plane)
            come: list[Animation] = [MoveMarks(plane.pixels, target, lag=0.0, lift=0.0)]
        else:
            come = [FadeIn(plane)]
        late = squish_rate_func(smooth, 0.6, 1.0)
        gone = FadeOut(self.shown_card, *self.network, rate_func=squish_rate_func(smooth, 0.0, 0.5))
        with self.beat("turn"):
            self.play(gone, self.look_home(), *come, *(FadeIn(word, rate_func=late) for word in words), run_time=2.0)
            if self.run.image_shape is not None:
                area = closeup_area(self.activations[0].reshape(self.run.image_shape), plane.area)
                self.backing = dark_behind(plane.area, self.theme)
                self.play(self.look_at(area), FadeIn(self.backing), run_time=1.8)
        with self.beat("promise", parameters=self.run.parameters):
            self.wait(0.5)
        self.clear_caption()

    def card(self, scale: float = 1.0) -> Card:
        entries = [(self.label(name), self.label(f"{name}_value", **facts)) for name, facts in card_facts(self.run)]
        width = scale * self.layout.pick(5.6, 4.5, 4.06)
        size = scale * self.layout.pick(SMALL + 2, SMALL, SMALL)
        for air in AIRS[2 * self.layout.is_tall :]:
            card = Card(self.label("card"), entries, width=width, size=size, air=air, theme=self.theme)
            if card.height <= scale * (self.stage.height - ABOVE):
                break
        return card


def card_facts(run: Run) -> list[tuple[str, dict[str, object]]]:
    """Return the known details of a run, each with the name of its label."""
    seen = digits_seen(run)
    source = "strokes" if run.source == "strokes" else "data"
    name = run.source.upper() if run.source == MNIST else run.source
    tests: dict[str, object] = {"tests": run.test_count}
    facts: list[tuple[str, dict[str, object]]] = [
        (source, {"source": name}),
        ("tested", tests) if seen is None else ("learnt", {"training": seen} | tests),
    ]
    if own := sum(example.kind == "own" for example in run.examples):
        facts.append(("own", {"count": own}))
    facts += [
        ("layers", {"layers": "-".join(map(str, run.layer_sizes))}),
        ("functions", {"functions": list_functions(run.functions)}),
        ("parameters", {"parameters": run.parameters}),
        learning_of(run),
        ("accuracy", {"accuracy": run.accuracy}),
    ]
    if run.convolution is not None:
        facts.append(("convolution", {"accuracy": run.convolution.accuracy}))
    facts.append(("digest", {"digest": run.digest[:DIGEST]}))
    return facts


def learning_of(run: Run) -> tuple[str, dict[str, object]]:
    """Return how a network was trained; for an imported one, its file."""
    if run.config is None:
        assert run.imported is not None  # every run has one of the two
        return "elsewhere", {"file": run.imported.file}
    seen, each = run.last.examples or 0, run.training_count or 1
    return "learning", {"optimiser": NAMES[run.config.optimiser], "epochs": seen / each}


def digits_seen(run: Run) -> int | None:
    """Return how many different digits the network learnt from; None if that is not known."""
    if run.training_count is None or run.last.examples is None:
        return None
    return min(run.training_count, run.last.examples)


NAMES = {"adam": "Adam", "sgd": "SGD"}  # spelling of the optimisers' names
