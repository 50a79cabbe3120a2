"""Key frames: the pictures at which one chapter ends and the next begins."""

from __future__ import annotations

from typing import Any

import numpy as np
from manim import (
    DOWN,
    RIGHT,
    UP,
    Animation,
    AnimationGroup,
    FadeIn,
    FadeOut,
    Mobject,
    VGroup,
    smooth,
    squish_rate_func,
)

from edgeglow.model.run.run import Run
from edgeglow.scenes.fields import FieldScene
from edgeglow.scenes.mobjects.network.feature_column import FeatureColumn
from edgeglow.scenes.mobjects.network.input_plane import InputPlane, dark_behind
from edgeglow.scenes.mobjects.network.network_diagram import NetworkDiagram
from edgeglow.scenes.mobjects.pictures.weight_pictures import WeightPictures
from edgeglow.scenes.motions.camera import CameraMove
from edgeglow.scenes.motions.move_marks import MoveMarks
from edgeglow.scenes.script import Script
from edgeglow.scenes.stage.chapter_selection import ChapterSelection
from edgeglow.scenes.stage.neuron_count_notes import NeuronCountNotes, boxes_overlap, write_count
from edgeglow.scenes.stage.picture_crop import find_crop
from edgeglow.scenes.style.layout import Area, Layout, keep_apart
from edgeglow.scenes.style.theme import LABEL, SMALL, STILL, Theme

OVER_EDGES = 3  # z of words over edges: above these, below pixels and neurons
CLOSE = 5  # rows and columns of pixels in a close-up
REST = 0.6  # opacity of edges that are not highlighted
WIDEST_COLUMN = (0.8, 0.62, 0.4)  # largest distance between named numbers without a network: wide, square, upright
WORDS = 32.0  # and font size of their names and numbers, where the frame is wide enough
NAME_ROOM = 0.4  # height of an answer's name below its weight picture


class KeyFrameScene(FieldScene):
    """A scene that can build the key frames.

    ``opens`` and ``ends`` name the key frames at which a chapter begins and ends: "dark", "closeup" (a few pixels of
    the film's digit, which fill the frame), "digit" (the film's digit, large), "asleep" (the network with its
    weights, only the inputs lit), "awake" (the network lit by the digit, with the answer), "wall" (the weight
    pictures of the first hidden layer).
    """

    opens = "dark"
    ends = "dark"

    run: Run
    cast: ChapterSelection
    theme: Theme
    layout: Layout
    script: Script

    @property
    def stage(self) -> Area:
        """Area of the picture: the frame without the caption strip and a border."""
        return self.layout.stage

    def set_up(self, name: str) -> None:
        """Add everything of one key frame to the scene."""
        if name != "dark":
            getattr(self, f"set_{name}")()

    # -- weight pictures ----------------------------------------------------------------------------------

    def digit_picture(self) -> InputPlane:
        """Return the film's digit, large and centred; for a row, the column of named numbers without its words."""
        rows, columns = self.run.image_shape or (1, 1)
        side = 0.88 * min(self.stage.width * max(rows / columns, 1), self.stage.height * max(columns / rows, 1))
        widest = self.layout.pick(*WIDEST_COLUMN)
        plane = self.cast.input_plane(side, 0.9 * self.stage.height, self.theme, widest=widest)
        plane.move_to(self.stage.center).set_values(self.run.examples[self.cast.main].pixels)
        if isinstance(plane, FeatureColumn):  # centred together with its words
            words = self.digit_words(plane)
            plane.shift(RIGHT * (self.stage.x - (words.get_left()[0] + words.get_right()[0]) / 2))
        return plane

    def digit_words(self, plane: InputPlane) -> VGroup:
        """Return the names and numbers beside the large column of a row; empty for a picture."""
        if not isinstance(plane, FeatureColumn):
            return VGroup()
        size = self.words_size
        numbers = plane.written_numbers(self.run.examples[self.cast.main].pixels, size)
        room = self.stage.width - numbers.width - 2.4 * plane.cell - 0.2
        whole = [self.run.feature_names[index] for index in plane.indices]
        if max(self.theme.write(name, SMALL).width for name in whole) <= room:
            plane.called = whole  # with all letters
        names = plane.written_names(size, room)
        note = VGroup()
        if plane.is_cut:
            count = write_count(len(plane.indices), plane.size, self.theme, self.script)
            note.add(count.next_to(plane, DOWN, buff=0.1))
        return VGroup(*names, *numbers, *note).set_z_index(STILL)

    def set_closeup(self) -> None:
        """Show a few pixels of the film's digit, which fill the frame; for a row, the digit itself."""
        self.set_digit()
        if self.run.image_shape is not None:
            self.backing = dark_behind(self.plane.area, self.theme)
            self.add(self.backing, self.plane)
            self.move_close(self.run.examples[self.cast.main].pixels.reshape(self.run.image_shape), self.plane.area)

    def move_close(self, picture: np.ndarray, area: Area) -> None:
        """Place the camera at a few pixels of a picture (height, width) that fills ``area``."""
        move = self.look_at(closeup_area(picture, area))
        move.begin()
        move.finish()

    def look_at(self, target: Area | Mobject, margin: float = 0.0, **kwargs: Any) -> CameraMove:
        """Return the camera move after which ``target`` fills the stage, apart from ``margin``."""
        raise NotImplementedError

    @property
    def words_size(self) -> float:
        """Font size of the names and numbers beside the large column of a row."""
        return self.layout.pick(WORDS, LABEL, SMALL)

    def set_digit(self) -> None:
        self.plane = self.digit_picture()
        self.words = self.digit_words(self.plane)
        self.add(self.plane, *self.words)

    # -- weight pictures ----------------------------------------------------------------------------------

    def build_network(self) -> None:
        """Create ``diagram``, ``names`` and ``notes``, the network with the film's digit; nothing is added."""
        self.diagram = self.cast.diagram(self.theme, self.stage)
        self.diagram.set_weights(self.run.last.weights)
        self.diagram.set_pixels(self.run.examples[self.cast.main].pixels)
        for edges in self.diagram.edges:
            edges.set_opacity(REST)
        self.names = self.layer_names(self.diagram)
        self.notes = self.choice_notes(self.diagram)

    def set_asleep(self) -> None:
        self.build_network()
        diagram = self.diagram
        self.add(*diagram.edges, diagram.inputs, *diagram.layers, diagram.names, self.names, self.notes)

    def build_awake(self) -> None:
        """Create the network lit by the film's digit, with the answer marked; the ring is ``diagram.ring``."""
        self.build_network()
        run, digit, diagram = self.run, self.cast.main, self.diagram
        activations = [layer[digit] for layer in run.last.activations]
        diagram.show_flow(run.last.weights, activations, self.cast.lights(run.last, digit))
        best = int(np.argmax(activations[-1]))
        diagram.mark_answer(best).put_ring(best)

    def set_awake(self) -> None:
        self.build_awake()
        self.add(self.diagram, self.names, self.notes, self.diagram.ring)

    def into_network(self, plane: InputPlane, pixels: np.ndarray | None = None) -> Animation:
        """Return the animation from the key frame "digit" to "asleep": the digit becomes the first layer.

        The rest of the network fades in. Afterwards the plane has left the scene, replaced by ``diagram.inputs``. For
        another picture than the film's digit, ``pixels`` are the values of the inputs.
        """
        self.build_network()
        if pixels is not None:
            self.diagram.set_pixels(pixels)
        diagram, late = self.diagram, squish_rate_func(smooth, 0.45, 1.0)
        target = diagram.inputs.pixels.copy()
        diagram.inputs.pixels.become(plane.pixels)
        self.remove(plane)
        self.add(diagram.inputs)
        rest = (*diagram.edges, *diagram.layers, diagram.names, self.names, self.notes)
        early, words = squish_rate_func(smooth, 0.0, 0.4), getattr(self, "words", VGroup())
        return AnimationGroup(
            MoveMarks(diagram.inputs.pixels, target, lag=0.0, lift=0.0),
            *(FadeOut(word, rate_func=early) for word in words),
            *(FadeIn(part, rate_func=late) for part in rest),
            run_time=2.0,
        )

    def out_of_network(self) -> Animation:
        """Return the animation from "asleep" or "awake" to the key frame "digit".

        The inputs become the large digit, ``plane``, and the rest of the network fades out.
        """
        diagram = self.diagram
        self.plane = self.digit_picture()
        self.words = self.digit_words(self.plane)
        target = self.plane.pixels.copy()
        rest = [*diagram.edges, *diagram.layers, diagram.names, self.names, self.notes]
        rest += [diagram.confidences, diagram.ring]
        rest = [part for part in rest if part in self.get_mobject_family_members()]
        self.plane.pixels.become(diagram.inputs.pixels)
        self.remove(diagram, diagram.inputs)
        self.add(*rest, self.plane)
        early, late = squish_rate_func(smooth, 0.0, 0.5), squish_rate_func(smooth, 0.6, 1.0)
        return AnimationGroup(
            MoveMarks(self.plane.pixels, target, lag=0.0, lift=0.0),
            *(FadeOut(part, rate_func=early) for part in rest),
            *(FadeIn(word, rate_func=late) for word in self.words),
            run_time=2.0,
        )

    def layer_names(self, diagram: NetworkDiagram) -> VGroup:
        """Return the names above the layers of a diagram: first layer, hidden layers, last layer."""
        hidden: list[Mobject] = [layer.discs for layer in diagram.layers[:-1]]
        groups = {"first": [diagram.inputs], "last": [diagram.layers[-1].discs]}
        if hidden:
            groups["hidden" if len(hidden) > 1 else "hidden_one"] = hidden
        names = VGroup()
        for name, layers in groups.items():
            text: Mobject = self.theme.write(self.script.label("network", name), LABEL, self.theme.muted)
            if diagram.is_tall:
                self._name_row(text, layers[0], diagram)
                rows = (diagram.inputs, *(layer.discs for layer in diagram.layers))
                if any(row is not layers[0] and boxes_overlap(text, row) for row in rows):
                    text = VGroup()  # no room above a row close to another one or to the picture
            else:
                place = float(np.mean([layer.get_x() for layer in layers]))
                text.move_to([place, diagram.area.top - 0.1, 0])
                text.shift(RIGHT * max(0.0, diagram.area.left - float(text.get_left()[0])))
            names.add(text)
        if not diagram.is_tall:
            keep_apart([names[0], *names[2:], names[1]], diagram.area)
        names.add(*diagram.input_names)
        return names.set_z_index(OVER_EDGES if diagram.is_tall else STILL)

    def _name_row(self, text: Mobject, layer: Mobject, diagram: NetworkDiagram) -> None:
        """Place a row's name above it at the left, over the edges: only the corners have none."""
        text.scale(SMALL / LABEL)
        text.set_stroke(self.theme.background, width=8, background=True)
        if layer is diagram.inputs:
            text.next_to(layer, UP, buff=0.1)
            if isinstance(layer, FeatureColumn):  # the count of inputs may be at its right
                text.align_to([diagram.area.left, 0, 0], [-1, 0, 0])
        else:
            text.next_to([diagram.area.left, layer.get_top()[1], 0], UP + RIGHT, buff=0.12)
            text.align_to([diagram.area.left, 0, 0], [-1, 0, 0])

    def choice_notes(self, diagram: NetworkDiagram, *, reasoned: bool = True) -> VGroup:
        """Return notes on how many neurons are drawn, at every layer that is cut.

        With ``reasoned``, a note at the top says how the neurons were chosen.
        """
        counts = NeuronCountNotes(diagram, self.theme, self.script)
        notes = VGroup(*counts.notes())
        if diagram.is_tall:  # no room for the reason in a narrow frame
            return notes.set_z_index(OVER_EDGES)
        if reasoned and counts.cut:
            reason = self.theme.write(self.script.label("network", "choice"), SMALL, self.theme.muted)
            place = float(np.mean([layer.get_x() for layer in counts.cut]))
            place = min(place, diagram.area.right - reason.width / 2)
            notes.add(reason.move_to([place, diagram.area.top - 0.45, 0]))
        return notes.set_z_index(STILL)

    # -- weight pictures ----------------------------------------------------------------------------------

    def weight_wall(self) -> WeightPictures:
        """Return the weight pictures of all neurons shown of the first layer after the inputs.

        Without a hidden layer there is room below each for the name of its answer.
        """
        area = self.stage.inset(0.0, 0.15)
        if len(self.run.layer_sizes) > 2:
            return self.weight_pictures(self.cast.shown[0], area)
        area = Area(area.left, area.bottom + NAME_ROOM, area.right, area.top)
        return self.weight_pictures(self.cast.shown[0], area, NAME_ROOM)

    @property
    def picture_shape(self) -> tuple[int, int]:
        """Shape (height, width) of the pictures that the network reads; not for networks that read rows."""
        assert self.run.image_shape is not None
        return self.run.image_shape

    def weight_pictures(self, neurons: np.ndarray, area: Area, gap: float | None = None) -> WeightPictures:
        """Return the trained weight pictures of some neurons of that layer."""
        pictures = WeightPictures(
            self.picture_shape, neurons, scale=self.cast.weight_scale[0], area=area, gap=gap, theme=self.theme
        )
        return pictures.set_weights(self.run.last.weights[0])

    def set_wall(self) -> None:
        self.wall = self.weight_wall()
        self.add(self.wall)


def closeup_area(picture: np.ndarray, area: Area) -> Area:
    """Return the area of a few pixels with many shades of a picture (height, width) that fills ``area``."""
    height, width = picture.shape
    return find_crop(picture, CLOSE, CLOSE).area(area, (height, width))
