"""Chapter 10: learning, watched."""

from __future__ import annotations

import numpy as np
from manim import (
    AnimationGroup,
    Create,
    FadeIn,
    FadeOut,
    Indicate,
    LaggedStart,
    Mobject,
    smooth,
    squish_rate_func,
)

from scenes.mobjects.neuron_portrait import OVER_NETWORK, NeuronPortrait
from scenes.mobjects.training_board import ReplayRun
from scenes.motions.flow import come_to_carry
from scenes.motions.fly import FlySquares
from scenes.motions.relocate import relocate
from scenes.stage.board import BRIGHTER, training_board
from scenes.stage.chapter import Chapter
from scenes.stage.layout import Area

# Where on the way, counted in snapshots, the replay rests, and how long its stretches take.
NUDGED, SHAPED = 0.1, 0.4
STRETCH_SECONDS = (4.0, 5.5, 4.5)
# Opacity of the other neurons and their edges while one is looked at
ASIDE, DIM = 0.25, 0.06


class Training(Chapter):
    """Learning is finding good weights and biases, and it can be watched."""

    name = "training"
    opens = "asleep"
    ends = "awake"

    def construct(self) -> None:
        end = len(self.run.snapshots) - 1
        self.nudged = min(max(1, round(NUDGED * end)), max(end - 1, 0))
        self.shaped = min(max(self.nudged + 1, round(SHAPED * end)), end)
        self.guess()
        self.measure()
        self.learn()
        self.look_closely()
        self.learn_on()
        self.come_home()

    # -- acts ---------------------------------------------------------------------------------------------

    def guess(self) -> None:
        """All that was learnt melts away: the untrained network, asked."""
        diagram, first = self.diagram, self.run.first
        outputs = first.activations[-1][self.cast.main]
        best = int(np.argmax(outputs))
        with self.beat("guess", answer=self.run.class_names[best], confidence=float(outputs[best])):
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
        """The network makes room for what it is measured by."""
        first, home = self.run.first, (self.diagram, self.names, self.notes)
        self.board = training_board(self)
        self.diagram = self.board.diagram
        self.names, self.notes = self.layer_names(self.diagram), self.choice_notes(self.diagram)
        self.loss, self.accuracy = self.board.curves
        variant = "chance" if self.is_chance(first.accuracy) else ""
        with self.beat("score", variant, tests=self.run.test_count, accuracy=first.accuracy):
            self.play(FadeOut(home[0].ring), run_time=0.4)
            named = ((home[1], self.names), (home[2], self.notes))
            gone = [] if self.has_names else [FadeOut(*home[1:])]
            more = named if self.has_names else ()
            self.play(relocate(home[0], self.diagram, *more), *gone, run_time=1.6)
            self.play(FadeIn(self.accuracy), run_time=0.8)
        with self.beat("loss", loss=first.loss):
            self.play(FadeIn(self.loss), run_time=0.8)
            self.lay_out_weights()

    def lay_out_weights(self) -> None:
        """Every neuron's weights leave for a picture of their own, from the pixels that their edges come from."""
        if self.board.pictures is None:
            return
        squares, origin = self.board.pictures.squares, self.diagram.inputs.pixels
        settled = squares.copy()
        squares.points = np.tile(origin.points, (len(self.diagram.shown[0]), 1))
        squares.set_opacities(np.zeros(len(squares.values)))
        self.add(self.board.pictures.set_z_index(OVER_NETWORK))
        self.play(FlySquares(squares, settled, lag=0.6, lift=-0.7, together=len(origin.values)), run_time=2.8)

    def learn(self) -> None:
        """The first few snapshots, slowly."""
        with self.beat("learn", batch=self.run.config.batch_size) as seconds:
            self.play(FadeIn(self.board.scrubber), run_time=0.6)
            if len(self.run.snapshots) > 2:
                self.replay(0, self.nudged, max(seconds - 0.6, STRETCH_SECONDS[0]))
            else:
                self.nudged = 0

    def look_closely(self) -> None:
        """The neuron whose weights change most, alone with its edges and its picture, for a stretch."""
        if len(self.run.snapshots) < 2:
            return
        position = self.most_changed()
        facts = {"shown": len(self.diagram.shown[0]), "number": position + 1}
        flat = len(self.run.layer_sizes) == 2
        with self.beat("most", "last" if flat else "", output=self.output_name(position), **facts):
            self.go_close(position)
        with self.beat("form") as seconds:
            self.replay(self.nudged, self.shaped, max(seconds, STRETCH_SECONDS[1]))

    def learn_on(self) -> None:
        """The rest of the way, quickly; what has been reached is said at rest."""
        end = len(self.run.snapshots) - 1
        if self.shaped < end:
            reached = self.run.snapshots[self.shaped]
            with self.beat("early", examples=reached.examples, accuracy=reached.accuracy):
                self.look_at_the_score()
            self.hush()
            self.replay(self.shaped, end, STRETCH_SECONDS[2])
        last, training = self.run.last, self.run.training_count
        with self.beat("late", epochs=last.examples / training, training=training, accuracy=last.accuracy):
            self.look_at_the_score()

    def come_home(self) -> None:
        """The digit is asked again; then the panels leave, and the network is again where the film has it."""
        label = self.run.examples[self.cast.main].label
        best = int(np.argmax(self.run.last.activations[-1][self.cast.main]))
        names = {"answer": self.run.class_names[best], "label": self.run.class_names[label]}
        with self.beat("found", "" if best == label else "wrong", parameters=self.run.parameters, **names):
            self.ask_again(best)
            away, home = self.diagram, (self.names, self.notes)
            self.build_awake()
            named = ((home[0], self.names), (home[1], self.notes))
            come = [] if self.has_names else [FadeIn(self.names, self.notes)]
            more = (*(named if self.has_names else ()), (away.ring, self.diagram.ring))
            gone = FadeOut(*self.panel(), rate_func=squish_rate_func(smooth, 0.0, 0.4))
            self.play(gone, relocate(away, self.diagram, *more), *come, run_time=1.8)
        self.hush()
        self.remove(*self.mobjects)
        self.set_awake()

    def ask_again(self, best: int) -> None:
        """The digit's way through what has been learnt; output ``best`` is the answer."""
        diagram, pulses = self.diagram, []
        for gap, matrix in enumerate(self.run.last.weights):
            activations = self.run.last.activations[gap][self.cast.main]
            carry = come_to_carry(diagram, gap, matrix, activations)
            pulses.append(AnimationGroup(carry, diagram.send_pulse(gap, matrix, activations)))
        self.play(LaggedStart(*pulses, lag_ratio=0.6), run_time=2.2)
        position = int(np.flatnonzero(diagram.shown[-1] == best)[0])
        named = (diagram.names[position], diagram.confidences[position])
        marked = [item.animate.set_color(self.theme.accent) for item in named]
        self.play(Create(diagram.put_ring(best)), *marked, run_time=0.7)

    # -- close to one neuron ------------------------------------------------------------------------------

    def most_changed(self) -> int:
        """The place of the neuron shown whose weights end farthest from where they began."""
        change = self.run.last.weights[0] - self.run.first.weights[0]
        return int(np.argmax(np.linalg.norm(change[self.diagram.shown[0]], axis=1)))

    def go_close(self, position: int) -> None:
        """Its edges stay lit, all else goes; from its pixels its weights gather in a picture beyond it."""
        diagram, board = self.diagram, self.board
        picture = self.picture_place(position)
        view = self.view_of(picture, position)
        zoom = min(self.stage.width / view.width, self.stage.height / view.height)
        form = self.board.scrubber.examples.form
        shape = self.run.image_shape
        portrait = NeuronPortrait(diagram, position, image_shape=shape, area=picture, form=form, zoom=zoom)
        board.portrait = portrait
        board.show_moment(float(self.nudged))
        squares, settled = portrait.picture.squares, portrait.picture.squares.copy()
        squares.points = diagram.inputs.pixels.points.copy()
        squares.set_opacities(np.zeros(len(squares.values)))
        self.add(portrait.lines, portrait.picture)
        self.beside = [*diagram.edges[1:], *diagram.layers[1:], diagram.names, diagram.confidences]
        self.beside += [*([self.names, self.notes] if self.has_names else []), *self.panel()]
        others = np.full(len(diagram.shown[0]), ASIDE)
        others[position] = 1.0
        late = squish_rate_func(smooth, 0.8, 1.0)
        self.play(
            self.look_at(view),
            FadeOut(*self.beside, rate_func=squish_rate_func(smooth, 0.0, 0.5)),
            diagram.edges[0].animate.set_opacity(DIM),
            FadeIn(portrait.lines),
            Create(portrait.ring),
            diagram.layers[0].discs.animate.set_opacities(others),
            FlySquares(squares, settled, lag=0.5, lift=0.0),
            FadeIn(portrait.number, rate_func=late),
            run_time=3.0,
        )

    def go_back(self) -> None:
        portrait = self.board.portrait
        assert portrait is not None
        self.board.portrait, discs = None, self.diagram.layers[0].discs
        self.play(
            self.look_home(),
            FadeOut(portrait),
            self.diagram.edges[0].animate.set_opacity(1.0),
            discs.animate.set_opacities(np.ones(len(discs.values))),
            FadeIn(*self.beside, rate_func=squish_rate_func(smooth, 0.5, 1.0)),
            run_time=1.8,
        )
        self.arrive_home()

    def picture_place(self, position: int) -> Area:
        """Beyond the neuron, seen from the pixels, as large as the pixels are."""
        inputs, layer = self.diagram.inputs, self.diagram.layers[0]
        neuron, side = layer.center_of(position), 0.8 * max(inputs.width, inputs.height)
        if self.diagram.is_tall:
            top = neuron[1] - layer.radius - 0.3
            return Area(inputs.get_x() - side / 2, top - side, inputs.get_x() + side / 2, top)
        left = neuron[0] + layer.radius + 0.35
        return Area(left, inputs.get_y() - side / 2, left + side, inputs.get_y() + side / 2)

    def view_of(self, picture: Area, position: int) -> Area:
        """The picture with its number, the pixels, the neuron, and what is between them, with some air."""
        inputs, layer = self.diagram.inputs, self.diagram.layers[0]
        reach = 1.6 * layer.radius * np.ones(3)
        corners = [inputs.get_corner([-1, -1, 0]), inputs.get_corner([1, 1, 0])]
        corners += [layer.center_of(position) - reach, layer.center_of(position) + reach]
        corners += [
            np.array([picture.left, picture.bottom - 0.35, 0]),
            np.array([picture.right, picture.top, 0]),
        ]
        left, bottom = np.min(corners, axis=0)[:2]
        right, top = np.max(corners, axis=0)[:2]
        return Area(float(left), float(bottom), float(right), float(top)).inset(-0.1)

    # -- small things -------------------------------------------------------------------------------------

    @property
    def has_names(self) -> bool:
        """Is there room for the names of the layers when the network has made room for the panels?"""
        return self.layout.name == "wide"

    def panel(self) -> list[Mobject]:
        """What stands around the network."""
        pictures = [] if self.board.pictures is None else [self.board.pictures]
        return [self.loss, self.accuracy, *pictures, self.board.scrubber]

    def replay(self, first: int, last: int, seconds: float) -> None:
        if last <= first:
            return
        portrait, diagram = self.board.portrait, self.diagram
        seen: list[Mobject] = [diagram.edges[0], diagram.layers[0]]
        if portrait is not None:
            seen += [portrait]
        else:
            seen += [*diagram.edges[1:], *diagram.layers[1:], diagram.confidences, *self.panel()]
        self.play(ReplayRun(self.board, first, last, seen), run_time=seconds)

    def look_at_the_score(self) -> None:
        """What part of the test digits is read right: to be seen from home only."""
        if self.board.portrait is not None:
            self.go_back()
        self.play(Indicate(self.accuracy.number, color=self.theme.accent), run_time=1.2)

    def is_chance(self, accuracy: float) -> bool:
        """Whether so many right answers are no more than a guesser's, who may have a little luck: within two
        standard deviations."""
        part = 1 / len(self.run.class_names)
        return bool(accuracy <= part + 2 * np.sqrt(part * (1 - part) / self.run.test_count))

    def output_name(self, position: int) -> str:
        """The name of an output; of a neuron of another layer there is none."""
        number = int(self.diagram.shown[0][position])
        return self.run.class_names[number] if len(self.run.layer_sizes) == 2 else ""
