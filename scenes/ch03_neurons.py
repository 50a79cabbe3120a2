"""Chapter 3: what a neuron is, and how pixels become the first layer."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    RIGHT,
    UP,
    AnimationGroup,
    Circle,
    Create,
    FadeIn,
    FadeOut,
    LaggedStart,
    Rectangle,
    VGroup,
    smooth,
    squish_rate_func,
)

from scenes.fields import SquareField
from scenes.mobjects.input_plane import FILLED, InputPlane
from scenes.mobjects.number_label import NumberLabel
from scenes.motions.fly import FlySquares
from scenes.stage.chapter import Chapter
from scenes.stage.theme import LABEL, Words

SAMPLES = (0.0, 0.25, 0.5, 0.75, 1.0)  # greys that are looked for in the picture
APART, NEARNESS = 3.0, 0.12  # so many cells between them are worth a grey that is off by so much
STRIP_HEIGHT = 5.6
MOST_LISTED = 3  # hidden layers whose sizes are told one by one


class Neurons(Chapter):
    """A neuron holds a number; every pixel is one; the last layer's say what the digit is."""

    name = "neurons"

    def construct(self) -> None:
        self.digit = self.run.examples[self.cast.main]
        self.diagram = self.cast.diagram(self.theme, self.stage)
        self.names = self.layer_names(self.diagram)
        self.notes = self.choice_notes(self.diagram)
        self.show_picture()
        self.show_numbers()
        self.become_neurons()
        self.line_up()
        self.add_last_layer()
        self.add_hidden_layers()
        self.close()

    def show_picture(self) -> None:
        rows, columns = self.run.image_shape
        self.plane = InputPlane(self.run.image_shape, side=5.4, theme=self.theme).move_to([0, 0.6, 0])
        facts = {"rows": rows, "columns": columns, "inputs": self.run.layer_sizes[0]}
        with self.beat("picture", variant=self.run.source, **facts) as seconds:
            self.play(FadeIn(self.plane), run_time=0.8)
            self.play(self.plane.animate.set_values(self.digit.pixels), run_time=min(1.6, seconds))

    def show_numbers(self) -> None:
        """Five of its pixels, from black to white, come out of the picture with their numbers."""
        with self.beat("pixel"):
            self.play(self.plane.animate.scale(0.85).move_to([-3.75, 0.6, 0]), run_time=1.0)
            self.take_samples()
            self.play(FadeIn(self.marks, lag_ratio=0.2), run_time=0.6)
            self.play(FlySquares(self.samples, self.large, lag=0.4), run_time=1.8)
            self.play(LaggedStart(*(FadeIn(number, shift=0.1 * UP) for number in self.numbers)), run_time=0.8)
            self.wait(1.0)
        with self.beat("hold", variant=self.run.hidden):
            self.play(
                self.samples.animate.set_roundness(1.0).set_stroke(self.theme.outline, 0.03), run_time=1.4
            )
        with self.beat("bright"):
            word = self.theme.write(self.label("activation"), LABEL, self.theme.accent)
            word.next_to(self.numbers, DOWN, buff=0.45)
            self.word = word
            ring = Circle(radius=0.62, color=self.theme.accent, stroke_width=5)
            ring.move_to(self.samples.centers[0]).set_z_index(9)
            self.play(FadeIn(word, shift=0.1 * UP), Create(ring), run_time=0.7)
            for center in self.samples.centers[1:]:
                self.play(ring.animate.move_to(center), run_time=0.6)
            self.play(FadeOut(ring), run_time=0.4)

    def take_samples(self) -> None:
        """Copies of real pixels on the picture, where they go, and what is written under them."""
        values = self.digit.pixels
        # Of equal greys the one nearest to the middle of the picture, where the eye is; none next to another.
        cells = self.plane.flat_centers() / self.plane.cell
        unfit = 1e-4 * np.linalg.norm(cells, axis=1)
        found: list[int] = []
        for grey in SAMPLES:
            found.append(int(np.argmin(np.abs(values - grey) + unfit)))
            away = np.linalg.norm(cells - cells[found[-1]], axis=1)
            unfit = unfit + NEARNESS * (away < APART) + (away == 0)
        chosen = np.array(sorted(found, key=lambda index: float(values[index])))
        self.sampled = chosen
        origin = self.plane.pixels
        side = self.small_side()
        places = np.array([[0.25 + 1.4 * number, 0.95, 0.0] for number in range(len(chosen))])
        self.samples = self.plane.squares(origin.centers[chosen], side, values[chosen]).set_z_index(7)
        self.large = self.plane.squares(places, 1.0, values[chosen])
        self.marks = VGroup()
        for center in origin.centers[chosen]:
            mark = Rectangle(width=side * 1.25, height=side * 1.25, color=self.theme.accent, stroke_width=3)
            self.marks.add(mark.move_to(center).set_z_index(8))
        self.numbers = VGroup()
        for index, place in zip(chosen, places, strict=True):
            number = NumberLabel(float(values[index]), size=LABEL + 5, theme=self.theme)
            self.numbers.add(number.move_to(place + 0.95 * DOWN))

    def small_side(self) -> float:
        """How wide a pixel of the picture is now."""
        return self.plane.width / self.run.image_shape[1] * FILLED

    def become_neurons(self) -> None:
        with self.beat("become"):
            centers = self.plane.pixels.centers[self.sampled]
            home = self.plane.squares(centers, self.small_side(), self.samples.values)
            self.play(
                FadeOut(self.numbers, self.word, self.marks),
                AnimationGroup(FlySquares(self.samples, home, lag=0.2), run_time=1.3),
            )
            self.remove(self.samples)
            self.play(self.plane.animate.move_to([0, 0.6, 0]), run_time=0.8)
            self.play(self.plane.pixels.animate.set_roundness(1.0), run_time=1.2)

    def line_up(self) -> None:
        inputs = self.run.layer_sizes[0]
        strip = self.strip()
        with self.beat("line", inputs=inputs):
            self.play(FlySquares(self.plane.pixels, strip, lag=0.72, lift=0.35), run_time=4.2)
            name = self.names[0].copy().next_to(strip, RIGHT, buff=0.6)
            self.play(FadeIn(name, shift=0.1 * RIGHT), run_time=0.5)
        with self.beat("fold", inputs=inputs):
            folded = self.diagram.inputs.pixels.copy().set_values(self.digit.pixels)
            self.play(
                FlySquares(self.plane.pixels, folded, lag=0.6, lift=0.25),
                FadeOut(name, rate_func=squish_rate_func(smooth, 0.0, 0.2)),
                FadeIn(self.names[0], rate_func=squish_rate_func(smooth, 0.85, 1.0)),
                run_time=3.2,
            )
            self.diagram.set_pixels(self.digit.pixels)
            self.remove(self.plane)
            self.add(self.diagram.inputs)

    def strip(self) -> SquareField:
        """All pixels in reading order as one column, a quarter as wide as high: slimmer, they could not be seen."""
        count = self.run.layer_sizes[0]
        wide = max(1, round(np.sqrt(count) / 2))
        high = -(-count // wide)
        cell = STRIP_HEIGHT / high
        row, column = np.divmod(np.arange(count), wide)
        middle = self.stage.y
        centers = np.column_stack(
            [(column - (wide - 1) / 2) * cell, middle + ((high - 1) / 2 - row) * cell, 0.0 * row]
        )
        return self.plane.squares(centers, min(cell * 0.9, 0.3), self.digit.pixels, roundness=1.0)

    def add_last_layer(self) -> None:
        outputs = self.run.layer_sizes[-1]
        diagram, last = self.diagram, self.run.last
        layer = len(self.run.layer_sizes) - 1
        with self.beat("last", outputs=outputs):
            self.play(
                FadeIn(diagram.layers[-1]),
                LaggedStart(*(FadeIn(name, shift=0.15 * RIGHT) for name in diagram.names), lag_ratio=0.12),
                FadeIn(self.names[1], *self._notes_at(-1)),
                run_time=1.8,
            )
        with self.beat("believe"):
            activations = last.activations[layer][self.cast.main]
            light = self.cast.brightness(last, layer, self.cast.main)
            diagram.set_confidences(activations)
            self.play(
                diagram.layers[-1].discs.animate.set_values(light[diagram.shown[-1]]),
                LaggedStart(*(FadeIn(label) for label in diagram.confidences), lag_ratio=0.08),
                run_time=1.5,
            )
            self.play(Create(diagram.put_ring(int(np.argmax(activations)))), run_time=0.8)

    def add_hidden_layers(self) -> None:
        """The layers between, with every edge; then what they do for this digit."""
        diagram, last = self.diagram, self.run.last
        hidden = self.run.layer_sizes[1:-1]
        if not hidden:
            return
        many = len(hidden) > MOST_LISTED
        sizes = f"{sum(hidden):,}" if many else self.script.enumeration(hidden)
        with self.beat("hidden", variant="many" if many else "one" if len(hidden) == 1 else "", hidden=sizes):
            diagram.set_weights(last.weights)
            for edges in diagram.edges:
                edges.set_opacity(0.5).set_drawn(0.0, 0.0)
            self.add(*diagram.edges)
            self.play(
                LaggedStart(*(FadeIn(column) for column in diagram.layers[:-1]), lag_ratio=0.4),
                FadeIn(self.names[2], *self._notes_at(slice(0, -1))),
                LaggedStart(*(edges.animate.set_drawn(0.0, 1.0) for edges in diagram.edges), lag_ratio=0.35),
                run_time=3.0,
            )
        with self.beat("unknown"):
            lit = [self.cast.brightness(last, layer, self.cast.main) for layer in range(1, len(hidden) + 1)]
            shine = [
                column.discs.animate(rate_func=smooth).set_values(light[column.indices])
                for column, light in zip(diagram.layers, lit, strict=False)
            ]
            self.play(LaggedStart(*shine, lag_ratio=0.5), run_time=1.8)

    def _notes_at(self, which: int | slice) -> list[Words]:
        """The notes that belong to some of the columns, if these have any, and why those neurons were chosen."""
        columns = self.diagram.layers[which] if isinstance(which, slice) else [self.diagram.layers[which]]
        places = [column.discs.get_x() for column in columns]
        *counts, reason = self.notes.submobjects or [None]
        found = [note for note in counts if any(abs(note.get_x() - place) < 1e-6 for place in places)]
        return [*found, reason] if found else []
