"""Chapter 5: what hidden layers would ideally do. A staged example, marked as such; chapter 7 tests it."""

from __future__ import annotations

import numpy as np
from manim import (
    UP,
    Animation,
    Create,
    FadeIn,
    FadeOut,
    Group,
    LaggedStart,
    RoundedRectangle,
    VGroup,
    smooth,
    squish_rate_func,
)

from edgeglow.model.run.run import Run
from edgeglow.scenes.fields import LineField, SquareField
from edgeglow.scenes.motions.move_marks import MoveMarks
from edgeglow.scenes.stage.chapter import Chapter
from edgeglow.scenes.stage.ideal_features import IdealFeatures
from edgeglow.scenes.stage.ideal_layout import IdealLayout
from edgeglow.scenes.style.theme import LABEL, SMALL, STILL

NEAR = 1.5  # zoom on the hidden layers
FEWEST = 2  # neurons that a hidden layer needs, one for each part of the digit


class HiddenLayers(Chapter):
    """The chapter on hidden layers: perhaps one finds strokes, and the next finds the loops made of them."""

    name = "hidden_layers"
    subjects = ("digits",)
    opens = "awake"
    ends = "digit"

    @classmethod
    def fits(cls, run: Run) -> str | None:
        hidden = run.layer_sizes[1:-1]
        if unfit := super().fits(run):
            return unfit
        if not hidden:
            return "this network has no hidden layer"
        if min(hidden[0], hidden[-1]) < FEWEST:
            return "a hidden layer of a single neuron has no place for two parts"
        return None

    @classmethod
    def ending(cls, run: Run) -> str:
        """Return the closing key frame: "digit" if a convolution chapter follows, else the network."""
        return cls.ends if run.convolution else cls.opens

    def construct(self) -> None:
        self.plan()
        self.ask_what_for()
        self.split_digit()
        if self.ideal.has_pieces:
            self.split_parts()
        self.run_forward()
        if self.ideal.sharing:
            self.share()
        self.return_to_network_values()
        self.leave()

    # -- setup --------------------------------------------------------------------------------------------

    def plan(self) -> None:
        diagram, main = self.diagram, self.cast.main
        self.ideal = IdealFeatures(self.run, main, diagram.shown[-1], len(diagram.layers[0].indices), diagram.is_tall)
        self.staged = IdealLayout(self.ideal, diagram, self.layout, self.theme)
        self.ideal_network = self.staged.network
        self.main_place = self.ideal.main_place
        self.kind = "" if self.ideal.parts.has_loop else "halves"
        self.unnamed = "unnamed" if self.cast.truth(main) is None else ""
        self.digit_name = self.cast.name(self.ideal.class_of(main))  # or what it is taken for

    # -- parts --------------------------------------------------------------------------------------------

    def ask_what_for(self) -> None:
        """Frame the hidden layers, and dim everything else."""
        diagram = self.diagram
        self.frames = self.frames_of_hidden()
        with self.beat("purpose"):
            self.play(
                *(edges.animate.set_opacity(0.3) for edges in diagram.edges),
                FadeOut(diagram.confidences, diagram.ring),
                diagram.names.animate.set_fill(self.theme.text),
                LaggedStart(*(Create(frame) for frame in self.frames), lag_ratio=0.3),
                run_time=1.8,
            )

    def split_digit(self) -> None:
        """Replace the network by an ideal one: the digit's own pixels, split into two parts."""
        parts, answer = self.ideal_network.pictures[-2], self.ideal_network.pictures[-1][self.main_place]
        with self.beat("wish", variant=self.unnamed or self.kind, label=self.digit_name):
            self.leave_real_network()
            large = answer.cells.copy().set_values(answer.seen(answer.image))
            self.staged.region.inset(0.0, 0.3).fit(large)
            self.add(cells := answer.lying_on(self.diagram.inputs.pixels))
            self.play(MoveMarks(cells, large, lag=0.0, lift=0.0), run_time=1.3)
            copies = [cells.copy() for _ in parts]
            self.add(*copies)
            flights = [
                MoveMarks(copy, picture.cells, lag=0.0, lift=0.0)
                for copy, picture in zip((cells, *copies), (answer, *parts), strict=True)
            ]
            self.play(*flights, run_time=1.3)
            self.shown = [cells, *copies]

    def leave_real_network(self) -> None:
        """Fade out all of the network except its inputs and a few neurons, and move these to the ideal network.

        A tag on screen says that this is staged.
        """
        diagram, ideal_network = self.diagram, self.ideal_network
        self.real = self.staged.neurons_at_home()
        self.answer_names = VGroup(*(diagram.names[int(at)].copy() for at in self.staged.chosen[-1]))
        self.tag = self.theme.write(self.label("staged"), self.layout.pick(LABEL, LABEL, SMALL), self.theme.accent)
        self.tag.move_to([self.staged.region.x, diagram.area.top - 0.1, 0]).set_z_index(STILL)
        self.add(*self.real, self.answer_names)
        self.play(
            FadeOut(self.frames, self.names, self.notes, diagram.names, *diagram.layers),
            *(edges.animate.set_opacity(0.0) for edges in diagram.edges),
            run_time=0.7,
        )
        names = zip(self.answer_names, ideal_network.stages[-1], strict=True)
        self.play(
            *self.flights_of_neurons(ideal_network.discs),
            *(name.animate.move_to(self.staged.beside(name.copy(), slot.neuron)) for name, slot in names),
            FadeIn(self.tag, rate_func=squish_rate_func(smooth, 0.4, 1.0)),
            run_time=1.0,
        )

    def split_parts(self) -> None:
        """Split each part's picture into its pieces, and enlarge them."""
        flights: list[Animation] = []
        wholes = [self.ideal_network.pictures[1][owner] for owner in self.ideal.owners]
        for piece, whole in zip(self.ideal_network.pictures[0], wholes, strict=True):
            cells = piece.within(whole)
            flights.append(MoveMarks(cells, piece.cells, lag=0.0, lift=0.0))
            self.shown.append(cells)
            self.add(cells)
        with self.beat("strokes", variant=self.kind):
            self.play(LaggedStart(*flights, lag_ratio=0.25), run_time=2.6)

    def run_forward(self) -> None:
        """Run the ideal forward pass: pieces, parts, and the answer."""
        self.lines: list[LineField] = []
        last = len(self.real) - 1
        with self.beat("forward", variant="" if self.ideal.has_pieces else "one", label=self.digit_name):
            for stage, real in enumerate(self.real):
                lit = np.ones(len(real.values))
                if stage == last:
                    lit = (np.arange(len(lit)) == self.main_place).astype(float)
                self.play_light(self.staged.lines_into(stage), real, lit)

    def play_light(self, lines: LineField, neurons: SquareField, lit: np.ndarray) -> None:
        """Grow lines to some neurons, then light the neurons."""
        self.lines.append(lines)
        self.add(lines.set_drawn(0.0, 0.0))
        late = squish_rate_func(smooth, 0.6, 1.0)
        self.play(lines.animate.set_drawn(0.0, 1.0), neurons.animate(rate_func=late).set_values(lit), run_time=1.2)

    def share(self) -> None:
        """Show other digits with a similar loop, in their own pixels."""
        others = self.ideal.other_places
        pictures = [self.ideal_network.pictures[-1][place] for place in others]
        lit = [picture.cells.values for picture in pictures]
        for picture in pictures:
            picture.cells.set_values(picture.seen(picture.image))
        with self.beat(
            "share", others=", ".join(self.cast.name(self.ideal.class_of(number)) for number in self.ideal.sharing)
        ):
            appear = [FadeIn(picture, shift=0.2 * UP) for picture in pictures]
            self.play(LaggedStart(*appear, lag_ratio=0.4), run_time=1.2)
            lines = self.ideal_network.lines_between(len(self.real) - 2, [(0, place) for place in others])
            self.lines.append(lines)
            self.add(lines.set_drawn(0.0, 0.0))
            late = squish_rate_func(smooth, 0.5, 1.0)
            self.play(
                lines.animate.set_drawn(0.0, 1.0),
                *(
                    picture.cells.animate(rate_func=late).set_values(values)
                    for picture, values in zip(pictures, lit, strict=True)
                ),
                run_time=1.6,
            )

    def return_to_network_values(self) -> None:
        """Fade out the staged pictures, move the neurons back, and light them with the network's real activations."""
        diagram, run, digit = self.diagram, self.run, self.cast.main
        with self.beat("truth", self.unnamed, label=self.digit_name):
            self.step_back()
            lights = self.cast.lights(run.last, digit)
            self.play(
                *(edges.animate.set_opacity(1.0) for edges in diagram.edges),
                *(
                    layer.discs.animate.set_values(light[layer.indices])
                    for layer, light in zip(diagram.layers, lights, strict=True)
                ),
                FadeIn(diagram.confidences, diagram.ring),
                run_time=1.4,
            )

    def step_back(self) -> None:
        """Reverse ``leave_real_network``, and fade out all pictures."""
        diagram = self.diagram
        for layer in diagram.layers:
            layer.discs.set_values(np.zeros(len(layer.indices)))
        others = [self.ideal_network.pictures[-1][place] for place in self.ideal.other_places]
        self.play(
            FadeOut(self.tag, *others, *self.shown),
            *(lines.animate.set_opacity(0.0) for lines in self.lines),
            *(real.animate.set_values(np.zeros(len(real.values))) for real in self.real),
            run_time=0.7,
        )
        names = zip(self.answer_names, self.staged.chosen[-1], strict=True)
        self.play(
            *self.flights_of_neurons(self.staged.neurons_at_home()),
            *(name.animate.move_to(diagram.names[int(at)]) for name, at in names),
            run_time=0.9,
        )
        self.play(FadeIn(self.names, self.notes, diagram.names, *diagram.layers), run_time=0.5)
        self.remove(*self.lines, *self.real, self.answer_names)

    def leave(self) -> None:
        """Go near to the hidden layers, and frame them again, with the question still open."""
        diagram, frames = self.diagram, self.frames_of_hidden()
        words = [diagram.names, diagram.confidences, diagram.ring, self.names, self.notes]
        with self.beat("ask"):
            hidden = Group(*(layer.discs for layer in diagram.layers[:-1]))
            near = self.look_at(self.stage.near(hidden.get_center(), NEAR), run_time=1.6)
            self.play(near, FadeOut(*words, run_time=0.5))
            self.play(LaggedStart(*(Create(frame) for frame in frames), lag_ratio=0.3), run_time=1.4)
        if self.ending(self.run) == "digit":
            early = squish_rate_func(smooth, 0.0, 0.3)
            self.clear_caption(FadeOut(frames, rate_func=early), self.look_home(run_time=1.6), self.out_of_network())
            self.end_closeup()
            return
        self.clear_caption(FadeOut(frames, run_time=0.6), self.look_home(run_time=1.4), FadeIn(*words, run_time=1.4))
        self.end_closeup()
        self.clear()
        self.set_awake()

    # -- helpers ------------------------------------------------------------------------------------------

    def frames_of_hidden(self) -> VGroup:
        """Return an accent frame around every hidden layer."""
        frames = VGroup()
        room = 0.14 if self.diagram.is_tall else 0.24
        for layer in self.diagram.layers[:-1]:
            width, height = layer.discs.width + room, layer.discs.height + room
            frame = RoundedRectangle(corner_radius=room / 2, width=width, height=height, stroke_width=4)
            frames.add(frame.set_color(self.theme.accent).move_to(layer.discs).set_z_index(8))
        return frames

    def flights_of_neurons(self, targets: list[SquareField]) -> list[MoveMarks]:
        pairs = zip(self.real, targets, strict=True)
        return [MoveMarks(real, target, lag=0.0, lift=0.0) for real, target in pairs]
