"""Chapter 10: the training, replayed from its snapshots."""

from __future__ import annotations

import numpy as np
from manim import AnimationGroup, Create, FadeIn, FadeOut, Indicate, LaggedStart, smooth, squish_rate_func

from edgeglow.model.run.run import Run
from edgeglow.scenes.motions.forward_animations import show_contributions
from edgeglow.scenes.motions.move_diagram import transform_diagram
from edgeglow.scenes.stage.training_board_parts import BRIGHTER, time_format, training_board
from edgeglow.scenes.stage.training_chapter import TrainingChapter

FIRST_EXAMPLES = 1000  # the examples that are replayed slowly,
MOST_OF_FIRST = 0.25  # at most so much of all snapshots
SWUNG, SHAPED = 0.5, 0.4  # snapshots at which the replay pauses at the latest, as shares of all
AFTER_SETTLING = 2  # snapshots for which the answers are watched after they stay the same
MOST_OF_ANSWERS = 16  # letters of the answers that a sentence lists
# Seconds of the first examples, of the answers, of the close-up of the first examples and of its rest, and of the end
SLOW_SECONDS, SWING_SECONDS, NOISE_SECONDS, FORM_SECONDS, LAST_SECONDS = 4.5, 4.0, 2.4, 3.6, 3.2
REWIND_SECONDS = 1.2


class Training(TrainingChapter):
    """The chapter on training: learning is finding good weights and biases, and it can be watched."""

    name = "training"
    opens = "asleep"
    ends = "awake"

    @classmethod
    def fits(cls, run: Run) -> str | None:
        if len(run.snapshots) < 2:
            return "it shows a network while it learns, and of this one only what it had learnt in the end is known"
        return super().fits(run)

    def construct(self) -> None:
        self.choose_pauses()
        self.guess()
        self.measure()
        self.learn()
        self.watch_the_answer()
        self.look_closely()
        self.learn_on()
        self.come_home()

    def choose_pauses(self) -> None:
        """Choose the snapshots at which the replay pauses.

        ``nudged`` is after the first examples, ``swung`` when the answer has settled, ``shaped`` in the close-up.
        """
        end = len(self.run.snapshots) - 1
        early = [shot.examples for shot in self.run.snapshots if shot.examples is not None]
        first = int(np.searchsorted(early, FIRST_EXAMPLES)) if early else end
        self.nudged = min(max(1, min(first, round(MOST_OF_FIRST * end))), max(end - 1, 0))
        answers = self.answers(end)
        settled = max((k + 1 for k in range(end) if answers[k] != answers[end]), default=0)
        latest = max(self.nudged, round(SWUNG * end))
        self.settled = settled
        self.swung = min(max(settled, self.nudged + 1) + AFTER_SETTLING, latest)
        self.shaped = min(max(self.nudged + 1, round(SHAPED * end)), end)

    # -- parts --------------------------------------------------------------------------------------------

    def guess(self) -> None:
        """Show the first known weights, which are random for most runs, and their answer for the film's digit."""
        diagram, first = self.diagram, self.run.first
        outputs = first.activations[-1][self.cast.main]
        best = int(np.argmax(outputs))
        facts = {"confidence": float(outputs[best]), "moment": self.moment(0)}
        variant = "taught" if self.is_taught_here else "" if self.is_blank else "begun"
        with self.beat("guess", variant, answer=self.cast.name(best), **facts):
            melt = [
                edges.animate.set_values(diagram.edge_values(gap, matrix))
                .set_gain(BRIGHTER * edges.gain)
                .set_opacity(1.0)
                for gap, (edges, matrix) in enumerate(zip(diagram.edges, first.weights, strict=True))
            ]
            self.play(*melt, run_time=2.2)
            lights = self.cast.lights(first, self.cast.main)
            lit = [
                layer.discs.animate.set_values(light[layer.indices])
                for layer, light in zip(diagram.layers, lights, strict=True)
            ]
            diagram.set_confidences(outputs)
            self.play(LaggedStart(*lit, lag_ratio=0.4), FadeIn(diagram.confidences), run_time=1.2)
            self.play(Create(diagram.put_ring(best)), run_time=0.7)

    def measure(self) -> None:
        """Move the network aside for the curves of accuracy and loss."""
        first, home = self.run.first, (self.diagram, self.names, self.notes)
        self.board = training_board(self)
        self.diagram = self.board.diagram
        self.names, self.notes = self.layer_names(self.diagram), self.choice_notes(self.diagram)
        self.loss, self.accuracy = self.board.curves
        self.charts = [self.loss, self.accuracy]
        luck, how = self.is_chance(first.accuracy), "" if self.is_taught_here else "given"
        variant = "_".join(word for word in (how, "chance" if luck else "") if word)
        with self.beat("score", variant, tests=self.run.test_count, accuracy=first.accuracy):
            self.play(FadeOut(home[0].ring), run_time=0.4)
            named = ((home[1], self.names), (home[2], self.notes))
            gone = [] if self.has_names else [FadeOut(*home[1:])]
            more = named if self.has_names else ()
            self.play(transform_diagram(home[0], self.diagram, *more), *gone, run_time=1.6)
            self.play(FadeIn(self.accuracy), run_time=0.8)
        with self.beat("loss", loss=first.loss):
            self.play(FadeIn(self.loss), run_time=0.8)

    def learn(self) -> None:
        """Replay the first examples, slowly."""
        config = self.run.config
        facts = {} if config is None else {"batch": config.batch_size}
        with self.beat("learn", "" if config else "given", **facts) as seconds:
            self.play(FadeIn(self.board.progress), run_time=0.6)
            if len(self.run.snapshots) > 2:
                self.replay(0, self.nudged, max(seconds - 0.6, SLOW_SECONDS))
            else:
                self.nudged = self.swung = 0

    def watch_the_answer(self) -> None:
        """Replay the training until the answer for the film's digit has settled, with the curves of its outputs."""
        outputs = self.board.outputs
        if outputs is None or self.swung == self.nudged:
            self.swung = self.nudged
            return
        answers = self.answers(self.swung)
        said = [int(answer) for k, answer in enumerate(answers) if k == 0 or answer != answers[k - 1]]
        names = [self.cast.name(answer) for answer in said]
        last = next((k for k in range(len(names)) if len(", ".join(names[k:])) <= MOST_OF_ANSWERS), len(names) - 1)
        listed = ", ".join(names[last:])
        facts = {"answers": f"… {listed}" if last else listed, "answer": names[-1]}
        variant = "steady" if len(said) == 1 else "settles" if self.settled <= self.swung else ""
        with self.beat("swing", variant, **facts) as seconds:
            self.show_charts(outputs)
            self.replay(self.nudged, self.swung, max(seconds - 1.0, SWING_SECONDS))

    def look_closely(self) -> None:
        """Begin again, close to the neuron that the film follows, and replay a part of the training there."""
        position = int(np.flatnonzero(self.diagram.shown[0] == self.cast.neuron)[0])
        with self.beat("know", "" if self.is_taught_here else "given"):
            self.replay(self.swung, 0, REWIND_SECONDS)
            self.open_closeup(position, 0)
        self.charts = [self.loss, self.accuracy]
        self.beside = [item for item in self.beside if item is not self.board.outputs]
        self.beside += [chart for chart in self.charts if chart not in self.beside]
        with self.beat("form", "" if self.is_taught_here else "given") as seconds:
            self.replay(0, self.nudged, NOISE_SECONDS)
            self.replay(self.nudged, self.shaped, max(seconds - NOISE_SECONDS, FORM_SECONDS))

    def learn_on(self) -> None:
        """Replay the rest of the training quickly; the text at each pause states the accuracy."""
        end = len(self.run.snapshots) - 1
        if self.shaped < end:
            reached = self.run.snapshots[self.shaped]
            facts = {"examples": reached.examples, "moment": self.moment(self.shaped)}
            with self.beat("early", "" if self.is_taught_here else "given", accuracy=reached.accuracy, **facts):
                self.look_at_the_score()
            self.clear_caption()
            self.replay(self.shaped, end, LAST_SECONDS)
        with self.beat("late", "" if self.is_taught_here else "given", **self.reached_in_the_end()):
            self.look_at_the_score()

    def reached_in_the_end(self) -> dict[str, object]:
        """Return the length of the training and its final accuracy, as facts for a sentence."""
        last, training = self.run.last, self.run.training_count
        if training is None or last.examples is None:
            return {"moment": self.moment(-1), "accuracy": last.accuracy}
        return {"epochs": last.examples / training, "training": training, "accuracy": last.accuracy}

    def come_home(self) -> None:
        """Show the trained network's answer for the digit, then restore the network's place in the film."""
        main, label = self.cast.main, self.run.examples[self.cast.main].label
        best = int(np.argmax(self.run.last.activations[-1][main]))
        wrong = label is not None and best != label  # unknown for a digit without a label
        names = {"answer": self.cast.name(best), "label": self.cast.truth(main) or ""}
        variant = "wrong" if wrong else "weak" if self.cast.is_weak else ""
        with self.beat("found", variant, parameters=self.run.parameters, **names):
            self.ask_again(best)
        away, home = self.diagram, (self.names, self.notes)
        self.build_awake()
        named = ((home[0], self.names), (home[1], self.notes))
        come = [] if self.has_names else [FadeIn(self.names, self.notes)]
        more = (*(named if self.has_names else ()), (away.ring, self.diagram.ring))
        gone = FadeOut(*self.panel(), rate_func=squish_rate_func(smooth, 0.0, 0.4))
        self.clear_caption(gone, transform_diagram(away, self.diagram, *more), *come, run_time=1.8)
        self.remove(*self.mobjects)
        self.set_awake()

    def ask_again(self, best: int) -> None:
        """Run the digit through the trained network; output ``best`` is the answer."""
        diagram, pulses = self.diagram, []
        for gap, matrix in enumerate(self.run.last.weights):
            activations = self.run.last.activations[gap][self.cast.main]
            carry = show_contributions(diagram, gap, matrix, activations)
            pulses.append(AnimationGroup(carry, diagram.send_pulse(gap, matrix, activations)))
        self.play(LaggedStart(*pulses, lag_ratio=0.6), run_time=2.2)
        position = int(np.flatnonzero(diagram.shown[-1] == best)[0])
        named = (diagram.names[position], diagram.confidences[position])
        marked = [item.animate.set_color(self.theme.accent) for item in named]
        self.play(Create(diagram.put_ring(best)), *marked, run_time=0.7)

    # -- helpers ------------------------------------------------------------------------------------------

    def look_at_the_score(self) -> None:
        """Highlight the accuracy, after zooming out if needed."""
        if self.board.closeup is not None:
            self.close_closeup()
        self.play(Indicate(self.accuracy.number, color=self.theme.accent), run_time=1.2)

    def answers(self, end: int) -> np.ndarray:
        """Return the answers for the film's digit at all snapshots up to number ``end``, (end + 1,)."""
        return np.array([shot.activations[-1][self.cast.main].argmax() for shot in self.run.snapshots[: end + 1]])

    def is_chance(self, accuracy: float) -> bool:
        """Return whether an accuracy is within two standard deviations of guessing, or below."""
        part = 1 / len(self.run.class_names)
        return bool(accuracy <= part + 2 * np.sqrt(part * (1 - part) / self.run.test_count))

    def moment(self, number: int) -> str:
        """Return the time of a snapshot in words."""
        return time_format(self)(self.run.times[number])

    @property
    def is_taught_here(self) -> bool:
        """Whether the network was trained by edgeglow, so that its data and its random start are known."""
        return self.run.config is not None

    @property
    def is_blank(self) -> bool:
        """Whether the first snapshot precedes all training and is as accurate as guessing."""
        return self.run.from_scratch and self.is_chance(self.run.first.accuracy)
