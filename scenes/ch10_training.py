"""Chapter 10: learning, watched."""

from __future__ import annotations

from typing import Any

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    Create,
    FadeIn,
    FadeOut,
    Group,
    Indicate,
    LaggedStart,
    smooth,
    squish_rate_func,
)

from model.run import Snapshot
from scenes.mobjects.curve import Curve
from scenes.mobjects.scrubber import Scrubber
from scenes.mobjects.training_board import Moment, ReplayRun, TrainingBoard
from scenes.mobjects.weight_pictures import WeightPictures
from scenes.motions.fly import FlySquares
from scenes.stage.chapter import Chapter
from scenes.stage.layout import Area
from scenes.stage.theme import SMALL

PANEL_LEFT = 2.95
PANEL_WIDTH = 3.3
CURVE_HEIGHT = 0.5
# Where on the way, counted in snapshots, the replay rests, and how long its stretches take.
NUDGED, SHAPED = 0.1, 0.4
STRETCH_SECONDS = (4.0, 6.0, 8.0)


class Training(Chapter):
    """Learning is finding good weights and biases, and it can be watched."""

    name = "training"

    def construct(self) -> None:
        self.build()
        self.guess()
        self.measure()
        self.look_at_weights()
        self.learn()
        self.ask_again()
        self.close()

    # -- the board ----------------------------------------------------------------------------------------

    def build(self) -> None:
        run = self.run
        self.diagram = self.cast.diagram(self.theme, Area(-6.4, -1.75, 2.5, 3.7))
        self.diagram.set_pixels(run.examples[self.cast.main].pixels)
        self.names = self.layer_names(self.diagram)
        self.notes = self.choice_notes(self.diagram)
        self.loss, self.accuracy = self.curves()
        self.pictures = self.weight_pictures()
        self.scrubber = self.track()
        moments = [self.moment(number) for number in range(len(run.snapshots))]
        parts = (self.diagram, self.pictures, (self.loss, self.accuracy), self.scrubber)
        self.board = TrainingBoard(*parts, moments)

    def moment(self, number: int) -> Moment:
        snapshot = self.run.snapshots[number]
        layers = range(1, len(self.run.layer_sizes))
        return Moment(
            weights=snapshot.weights,
            brightness=tuple(self.cast.brightness(snapshot, layer, self.cast.main) for layer in layers),
            confidences=snapshot.activations[-1][self.cast.main],
            examples=snapshot.examples,
        )

    def curves(self) -> tuple[Curve, Curve]:
        """Loss and accuracy on the test digits, as measured at every snapshot, over the examples seen."""
        snapshots = self.run.snapshots
        losses = np.array([snapshot.loss for snapshot in snapshots])
        accuracies = np.array([snapshot.accuracy for snapshot in snapshots])
        seen = np.array([snapshot.examples for snapshot in snapshots]) / max(self.run.last.examples, 1)
        shape: dict[str, Any] = {"width": PANEL_WIDTH, "height": CURVE_HEIGHT, "theme": self.theme}
        top = 1.05 * float(losses.max())
        loss = Curve(
            seen, losses, name=self.label("loss"), form="{:.2f}", top=top, color=self.theme.accent, **shape
        )
        accuracy = Curve(
            seen,
            accuracies,
            name=self.label("accuracy"),
            form="{:.1%}",
            top=1.0,
            color=self.theme.text,
            **shape,
        )
        loss.shift(np.array([PANEL_LEFT, 0]) - [loss.axes.get_left()[0], loss.name.get_top()[1], 0])
        gap = accuracy.name.get_top()[1] - loss.axes.get_bottom()[1] + 0.3
        accuracy.shift([PANEL_LEFT - accuracy.axes.get_left()[0], -gap, 0])
        return loss, accuracy

    def weight_pictures(self) -> WeightPictures:
        self.heading = self.theme.write(self.label("pictures"), SMALL, self.theme.muted)
        self.heading.next_to(self.accuracy.axes, DOWN, buff=0.2).align_to(self.accuracy.axes, LEFT)
        below = Area(PANEL_LEFT, -2.45, PANEL_LEFT + PANEL_WIDTH, float(self.heading.get_bottom()[1]) - 0.14)
        # Full colour for the weights that one in a hundred exceeds: the same as the edges' scale.
        pictures = WeightPictures(
            self.run.image_shape,
            self.diagram.shown[0],
            scale=self.cast.weight_scale[0],
            area=below,
            theme=self.theme,
        )
        return pictures

    def track(self) -> Scrubber:
        def examples(count: float) -> str:
            return self.label("examples", examples=round(count))

        def epoch(count: float) -> str:
            return self.label("epoch", epoch=count)

        width = 8.0
        scrubber = Scrubber(
            self.run.last.examples,
            self.run.training_count,
            examples_form=examples,
            epoch_form=epoch,
            width=width,
            theme=self.theme,
        )
        return scrubber.move_to([-2.1, -2.12, 0])

    # -- acts ---------------------------------------------------------------------------------------------

    def guess(self) -> None:
        """The untrained network, asked."""
        diagram, first = self.diagram, self.run.first
        outputs = first.activations[-1][self.cast.main]
        best = int(np.argmax(outputs))
        parts = Group(diagram.inputs, *diagram.layers, diagram.names, diagram.confidences)
        everything = Group(parts, *diagram.edges, self.names, self.notes)
        # In the middle of the frame while it is alone; it makes room when the measurements come.
        aside = everything.get_center()[0] * RIGHT
        everything.shift(-aside)
        self.aside = aside
        self.play(FadeIn(parts, self.names, self.notes), run_time=1.0)
        for edges in diagram.edges:
            edges.set_drawn(0.0, 0.0)
        self.add(*diagram.edges)
        with self.beat("guess", answer=self.run.class_names[best], confidence=float(outputs[best])):
            grow = [edges.animate.set_drawn(0.0, 1.0) for edges in diagram.edges]
            self.play(LaggedStart(*grow, lag_ratio=0.4), run_time=1.8)
            self.play(Create(diagram.put_ring(best)), run_time=0.8)

    def measure(self) -> None:
        first = self.run.first
        with self.beat("score", tests=self.run.test_count, accuracy=first.accuracy):
            stage = Group(self.diagram, self.names, self.notes)
            self.play(FadeOut(self.diagram.ring), run_time=0.4)
            self.play(stage.animate.shift(self.aside), run_time=1.2)
            self.play(FadeIn(self.accuracy), run_time=0.8)
        with self.beat("loss", loss=first.loss):
            self.play(FadeIn(self.loss), run_time=1.0)

    def look_at_weights(self) -> None:
        """Every neuron's weights leave for a picture of their own, from the pixels that their edges come from."""
        pictures = self.pictures.squares
        with self.beat("pictures", variant="" if len(self.run.layer_sizes) > 2 else "last"):
            origin = self.diagram.inputs.pixels
            neurons = len(self.pictures.indices)
            start = pictures.copy()
            start.points = np.tile(origin.points, (neurons, 1))
            start.set_opacities(np.zeros(len(start.values)))
            settled = pictures.copy()
            self.remove(self.pictures)
            pictures.become(start)
            self.add(self.pictures.set_z_index(7))
            self.play(
                FlySquares(pictures, settled, lag=0.7, lift=-0.7, together=len(origin.values)),
                FadeIn(self.heading, rate_func=squish_rate_func(smooth, 0.85, 1.0)),
                run_time=5.0,
            )

    def learn(self) -> None:
        """The snapshots one after another: the fast beginning slowly, and what has been reached said at rest."""
        run, end = self.run, len(self.run.snapshots) - 1
        nudged = max(1, round(NUDGED * end)) if end else 0
        shaped = min(max(nudged + 1, round(SHAPED * end)), end)
        with self.beat("learn", batch=run.config.batch_size) as seconds:
            self.play(FadeIn(self.scrubber), run_time=0.6)
            self.replay(0, nudged, max(seconds - 0.6, STRETCH_SECONDS[0]))
        if shaped > nudged:
            with self.beat("form") as seconds:
                self.replay(nudged, shaped, max(seconds, STRETCH_SECONDS[1]))
        if shaped < end:
            self.say_what_is_reached("early", run.snapshots[shaped])
            self.hush()
            self.replay(shaped, end, STRETCH_SECONDS[2])
        self.say_what_is_reached("late", run.last)

    def replay(self, first: int, last: int, seconds: float) -> None:
        if last > first:
            self.play(ReplayRun(self.board, first, last), run_time=seconds)

    def say_what_is_reached(self, beat: str, reached: Snapshot) -> None:
        facts: dict[str, Any] = {
            "examples": reached.examples,
            "accuracy": reached.accuracy,
            "loss": reached.loss,
        }
        with self.beat(beat, **facts):
            self.play(Indicate(self.accuracy.number, color=self.theme.accent), run_time=1.2)

    def ask_again(self) -> None:
        example = self.run.examples[self.cast.main]
        outputs = self.run.last.activations[-1][self.cast.main]
        best = int(np.argmax(outputs))
        names = {"answer": self.run.class_names[best], "label": self.run.class_names[example.label]}
        beat = "asked" if best == example.label else "asked_wrong"
        with self.beat(beat, confidence=float(outputs[best]), **names):
            position = int(np.flatnonzero(self.diagram.shown[-1] == best)[0])
            named = (self.diagram.names[position], self.diagram.confidences[position])
            self.play(
                Create(self.diagram.put_ring(best)),
                *(item.animate.set_color(self.theme.accent) for item in named),
                run_time=0.9,
            )
        with self.beat("found", parameters=self.run.parameters):
            weights = self.run.last.weights
            pulses = [
                self.diagram.send_pulse(gap, matrix, self.activations(gap))
                for gap, matrix in enumerate(weights)
            ]
            self.play(*pulses, run_time=2.4)

    def activations(self, layer: int) -> np.ndarray:
        return self.run.last.activations[layer][self.cast.main]
