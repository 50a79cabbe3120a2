"""Chapter 3: what a neuron is, and how pixels become the first layer."""

from __future__ import annotations

from typing import Any

import numpy as np
from manim import (
    RIGHT,
    UP,
    Circle,
    Create,
    FadeIn,
    FadeOut,
    LaggedStart,
    Mobject,
    Transform,
    smooth,
    squish_rate_func,
    there_and_back,
)

from edgeglow.scenes.fields import SquareField
from edgeglow.scenes.mobjects.network.input_plane import InputPlane
from edgeglow.scenes.mobjects.numbers.mark_numbers import MarkNumbers
from edgeglow.scenes.mobjects.text.function_names import range_of, scale_wording
from edgeglow.scenes.motions.camera import CameraMove
from edgeglow.scenes.motions.move_marks import MoveMarks
from edgeglow.scenes.motions.pass_over import PassOver
from edgeglow.scenes.stage.key_frames import REST
from edgeglow.scenes.stage.other_rows import OtherRows
from edgeglow.scenes.stage.picture_crop import find_crop
from edgeglow.scenes.style.layout import Area

STOPS = (0.0, 0.5, 1.0)  # brightnesses at which the ring stops in the close-up
OUTLINE = 0.045  # width of the outline in the close-up, as a share of a pixel's width
ON_A_LINE = (130, 96, 64)  # pixels on a line, at most: wide, square and upright
FARTHEST = 1.0  # most distance between two lines
NARROWEST = 2.2  # and least, in pixels
BETWEEN = 0.58  # place of another picture, as a share of the way from the first layer to the last
OTHER = 0.34  # its longer side, as a share of that way
MOST_LISTED = 3  # hidden layers, at most, whose sizes are listed one by one
FAINT = 0.12  # opacity of edges while the text is about neurons
OUTLINED = 2.0  # factor by which the outline of highlighted neurons grows


class Neurons(OtherRows):
    """The chapter on neurons: a neuron holds a number, every input is one, and the last layer gives the answer."""

    name = "neurons"
    opens = "digit"
    ends = "asleep"

    def construct(self) -> None:
        self.digit = self.run.examples[self.cast.main]
        self.build_network()
        if self.run.image_shape is None:
            self.ask_for_the_kind()
        self.come_close()
        self.see_brightness()
        if self.run.image_shape is None:
            self.see_largest()
            self.move_over()
        else:
            self.see_all()
            self.line_up()
        self.add_last_layer()
        self.pass_over_outputs()
        self.add_hidden_layers()
        self.tell_scale()
        self.highlight_hidden_layers()

    # -- one neuron ---------------------------------------------------------------------------------------

    def come_close(self) -> None:
        """Zoom in on pixels of every shade, and turn them into round neurons.

        Rows of named numbers are readable already, so the camera stays.
        """
        pixels, shape = self.plane.pixels, self.run.image_shape
        close = None
        self.near = np.arange(pixels.count)
        if shape is not None:
            self.near, close = self.corner_of(shape)
        scale = scale_wording(self.run.functions[:-1] or ("sigmoid",))
        held = "" if shape is not None and scale == "sigmoid" else "any"  # named numbers may be any
        with self.beat("hold", variant=held):
            if close is not None:
                self.play(close, run_time=2.0)
            outline = OUTLINE * self.plane.cell
            round_ones = pixels.animate.set_roundness(1.0).set_stroke(self.theme.outline, outline)
            self.play(round_ones, run_time=1.1)
            if close is not None:
                self.numbers = MarkNumbers(pixels, self.near, theme=self.theme)
                self.play(LaggedStart(*map(FadeIn, self.numbers), lag_ratio=0.04), run_time=0.9)

    def corner_of(self, shape: tuple[int, int]) -> tuple[np.ndarray, CameraMove]:
        """Choose a part of the picture with many shades; return its pixel numbers and the camera move to it."""
        rows, columns = (int(self.layout.pick(*sizes)) for sizes in ((4, 4, 5), (7, 5, 3)))
        corner = find_crop(self.digit.pixels.reshape(shape), rows, columns)
        return corner.numbers(shape), self.look_at(corner.area(self.plane.area, shape), margin=0.02)

    def see_brightness(self) -> None:
        """Move a ring from a dark neuron to a bright one.

        A picture has stops at three shades, a row at its darkest, middle and brightest input.
        """
        shades = np.abs(self.plane.pixels.values[self.near])
        if self.run.image_shape is None:
            places = np.argsort(shades)[[0, len(shades) // 2, -1]]
        else:
            places = np.array([np.argmin(np.abs(shades - stop)) for stop in STOPS])
        stops = self.near[places]
        centers = self.plane.pixels.centers[stops]
        ring = Circle(radius=0.5 * self.plane.cell, color=self.theme.accent, stroke_width=7 / self.zoom)
        ring.move_to(centers[0]).set_z_index(8)
        with self.beat("bright") as seconds:
            self.play(Create(ring), run_time=0.6)
            for center in centers[1:]:
                self.wait(0.4)
                self.play(ring.animate.move_to(center), run_time=max(0.8, (seconds - 2.2) / 2))
        self.ring = ring

    def see_largest(self) -> None:
        """Explain, for rows, what full brightness means for each input, and which colour values below 0 have."""
        values, rows = self.plane.pixels.values, self.run.last.activations[0][list(self.cast.digits)]
        below = bool((rows[:, self.cast.inputs] < 0).any())
        stops = [int(np.argmax(np.abs(values)))]
        if values.min() < 0:
            stops.append(int(np.argmin(values)))
        with self.beat("largest", variant="below" if below else ""):
            for stop in dict.fromkeys(stops):
                self.play(self.ring.animate.move_to(self.plane.pixels.centers[stop]), run_time=0.8)
                self.wait(0.8)

    def see_all(self) -> None:
        with self.beat("become"):
            self.play(FadeOut(self.numbers, self.ring), run_time=0.5)
            home = self.look_home()
            self.play(home, self.plane.pixels.animate.set_stroke(width=0.0), run_time=2.0)
            self.end_closeup()

    # -- the first layer ----------------------------------------------------------------------------------

    def line_up(self) -> None:
        """Lay the picture's rows end to end, with the layer's name above, then stack them to a picture again."""
        name = self.names[0]
        at_home = name.copy()
        _, below = self.stage.down(0.1, 1.0)
        lines, row = self.lines(below), self.plane.image_shape[1]
        name.next_to(lines, UP, buff=0.3)
        folded = self.diagram.inputs.pixels.copy()
        with self.beat("first", inputs=self.run.layer_sizes[0]):
            named = FadeIn(name, shift=0.1 * UP, rate_func=squish_rate_func(smooth, 0.6, 1.0))
            self.play(MoveMarks(self.plane.pixels, lines, lag=0.6, lift=0.0, together=row), named, run_time=2.4)
            self.wait(0.5)
            self.play(
                MoveMarks(self.plane.pixels, folded, lag=0.5, lift=0.0, together=row),
                Transform(name, at_home, rate_func=squish_rate_func(smooth, 0.0, 0.5)),
                run_time=1.7,
            )
            self.remove(self.plane)
            self.add(self.diagram.inputs)

    def move_over(self) -> None:
        """Move the column of named numbers to its place in the network, and fade in their names there."""
        target = self.diagram.inputs.pixels.copy()
        note = self.notes[: int(self.diagram.inputs_is_cut)]
        with self.beat("first", inputs=self.run.layer_sizes[0]):
            self.play(FadeOut(self.ring, *self.words), run_time=0.5)
            self.play(MoveMarks(self.plane.pixels, target, lag=0.0, lift=0.0), run_time=1.4)
            self.remove(self.plane)
            self.add(self.diagram.inputs)
            self.play(FadeIn(self.names[0], *self.diagram.input_names, *note), run_time=0.6)

    def lines(self, room: Area) -> SquareField:
        """Return the pixels in reading order, row after row, on as few lines as the room's width allows."""
        rows, columns = self.plane.image_shape
        together = min(rows, max(1, int(self.layout.pick(*ON_A_LINE)) // columns))  # rows of the picture on a line
        together = -(-rows // -(-rows // together))  # lines of the same length, as far as that is possible
        count = -(-rows // together)
        apart = min(room.height / count, FARTHEST)
        cell = min(room.width / (together * columns), apart / NARROWEST)
        row, column = np.divmod(np.arange(rows * columns), together * columns)
        across, up = (column - (together * columns - 1) / 2) * cell, ((count - 1) / 2 - row) * apart
        centers = room.center + np.column_stack([across, up, 0.0 * row])
        return self.plane.squares(centers, cell * 0.9, self.digit.pixels, roundness=1.0)

    # -- the last layer -----------------------------------------------------------------------------------

    def add_last_layer(self) -> None:
        diagram = self.diagram
        with self.beat("last", outputs=self.run.layer_sizes[-1]):
            self.play(
                FadeIn(diagram.layers[-1]),
                LaggedStart(*(FadeIn(name, shift=0.15 * RIGHT) for name in diagram.names), lag_ratio=0.12),
                FadeIn(self.names[1], *self.notes_of(len(diagram.layers) - 1)),
                run_time=1.8,
            )

    def pass_over_outputs(self) -> None:
        """Light the outputs as another picture does, about which the network doubts, and ring the two brightest.

        Without such a picture, and for rows, a ring passes over the outputs, which are still dark.
        """
        discs, hard = self.diagram.layers[-1].discs, self.cast.hard
        with self.beat("believe") as seconds:
            if hard is None or self.run.image_shape is None:
                ring = self.diagram.ring.copy()
                self.play(PassOver(ring, self.diagram.names, discs.centers), run_time=seconds)
                return
            picture = self.other_picture(hard)
            light = self.cast.brightness(self.run.last, len(self.diagram.layers), hard)[self.diagram.shown[-1]]
            best = np.sort(np.argsort(-light)[:2])
            rings = [self.diagram.ring.copy().move_to(discs.centers[place]) for place in best]
            self.play(FadeIn(picture), run_time=0.6)
            self.play(discs.animate.set_values(light), run_time=0.8)
            self.play(*map(Create, rings), run_time=0.7)
            self.wait(max(0.9, seconds - 2.8))
            self.play(FadeOut(picture, *rings), discs.animate.set_values(np.zeros(discs.count)), run_time=0.7)

    def other_picture(self, example: int) -> InputPlane:
        """Return another of the run's pictures, small, between the first layer and the last."""
        inputs, outputs = self.diagram.inputs.pixels, self.diagram.layers[-1].discs
        away = outputs.get_center() - inputs.get_center()
        side = OTHER * (abs(away[1]) if self.layout.is_tall else min(abs(away[0]), self.stage.height))
        picture = self.cast.input_plane(side, side, self.theme)
        return picture.set_values(self.run.examples[example].pixels).move_to(inputs.get_center() + BETWEEN * away)

    # -- the hidden layers ----------------------------------------------------------------------------------

    def add_hidden_layers(self) -> None:
        """Add the hidden layers and draw every edge."""
        diagram = self.diagram
        hidden = self.run.layer_sizes[1:-1]
        columns = diagram.layers[:-1]
        for edges in diagram.edges:
            edges.set_drawn(0.0, 0.0)
        grow = LaggedStart(*(edges.animate.set_drawn(0.0, 1.0) for edges in diagram.edges), lag_ratio=0.35)
        if not hidden:
            with self.beat("straight"):
                self.add(*diagram.edges)
                self.play(grow, run_time=2.6)
            return
        with self.beat("hidden", **self.told_sizes(hidden)):
            notes = [note for layer in range(len(columns)) for note in self.notes_of(layer)]
            fresh = [note for note in dict.fromkeys(notes) if note not in self.get_mobject_family_members()]
            self.add(*diagram.edges)
            self.play(
                LaggedStart(*map(FadeIn, columns), lag_ratio=0.4), FadeIn(self.names[2], *fresh), grow, run_time=2.4
            )

    def told_sizes(self, hidden: tuple[int, ...]) -> dict[str, Any]:
        """Return the wording of the hidden layers' sizes, with its facts."""
        facts: dict[str, Any] = {"layers": len(hidden)}
        if len(hidden) > 1 and len(set(hidden)) == 1:
            return facts | {"variant": "alike", "hidden": f"{hidden[0]:,}"}
        if len(hidden) > MOST_LISTED:
            return facts | {"variant": "many", "hidden": f"{sum(hidden):,}"}
        return facts | {"variant": "one" if len(hidden) == 1 else "", "hidden": self.script.enumeration(hidden)}

    def notes_of(self, layer: int) -> list[Mobject]:
        """Return the notes on how many neurons of a layer are drawn, and why these; empty if all are drawn."""
        cut = [number for number, column in enumerate(self.diagram.layers) if column.is_cut]
        if layer not in cut:
            return []
        before = int(self.diagram.inputs_is_cut)
        return [self.notes[before + cut.index(layer)], *self.notes[before + len(cut) :]]

    def tell_scale(self) -> None:
        """Explain what full brightness means where an activation may be larger than 1, or below 0."""
        functions = self.run.functions[:-1]
        scale = scale_wording(functions) if functions else "sigmoid"
        if scale == "sigmoid":
            return
        with self.beat("scale", variant=scale):
            pass
        if scale == "mixed" and any(range_of(name)[0] < 0 for name in functions):
            with self.beat("below"):
                pass

    def highlight_hidden_layers(self) -> None:
        """Highlight the hidden layers one after another, to ask what their neurons do."""
        diagram = self.diagram
        hidden = [column.discs for column in diagram.layers[:-1]]
        if not hidden:
            self.clear_caption()
            return
        accent = self.theme.accent
        looks = [
            discs.animate(rate_func=there_and_back).set_stroke(accent, OUTLINED * discs.stroke_width)
            for discs in hidden
        ]
        with self.beat("unknown") as seconds:
            self.play(*(edges.animate.set_opacity(FAINT) for edges in diagram.edges), run_time=0.6)
            self.play(LaggedStart(*looks, lag_ratio=0.4), run_time=max(2.0, seconds - 0.6))
        self.clear_caption(*(edges.animate.set_opacity(REST) for edges in diagram.edges), run_time=0.8)
