"""The base of chapters that show a training: the board around the network, and close-ups of one neuron."""

from __future__ import annotations

import numpy as np
from manim import Create, FadeIn, FadeOut, Mobject, Transform, smooth, squish_rate_func

from edgeglow.scenes.mobjects.charts.curve import Curve
from edgeglow.scenes.mobjects.charts.training_board import ReplayRun, TrainingBoard
from edgeglow.scenes.mobjects.network.feature_column import FeatureColumn
from edgeglow.scenes.mobjects.network.weights_closeup import WeightsCloseup
from edgeglow.scenes.stage.chapter import Chapter
from edgeglow.scenes.stage.training_board_parts import time_format
from edgeglow.scenes.style.layout import Area

# Opacity of the other neurons and their edges during a close-up
ASIDE, DIM = 0.25, 0.06
LINE_OF_WEIGHTS = 1.0  # width of a line of weights, for inputs that are not a picture, with its text
SIDE = 1.2  # side of the picture of weights relative to the inputs
BELOW = 0.35  # space below a picture for text


class TrainingChapter(Chapter):
    """A chapter with a training ``board``.

    ``diagram``, ``names`` and ``notes`` are the board's network, ``loss`` and ``accuracy`` its curves, ``charts``
    those that are shown. ``beside`` are the mobjects that are removed during a close-up of one neuron.
    """

    board: TrainingBoard
    loss: Curve
    accuracy: Curve
    charts: list[Mobject]
    beside: list[Mobject]

    @property
    def has_names(self) -> bool:
        """Whether there is room for the names of the layers beside the panels."""
        return self.layout.name == "wide"

    def panel(self) -> list[Mobject]:
        """Return the mobjects around the network."""
        return [*self.charts, self.board.progress]

    def words_around(self) -> list[Mobject]:
        """Return the text at the layers, without the names of the inputs, which stay with these."""
        if not self.has_names:
            return []
        inputs = list(self.diagram.input_names)
        return (
            [*(name for name in self.names if name not in inputs), self.notes] if inputs else [self.names, self.notes]
        )

    def replay(self, first: int, last: int, seconds: float) -> None:
        """Replay the training from one snapshot to another, or backwards to an earlier one."""
        if last == first:
            return
        closeup, diagram = self.board.closeup, self.diagram
        seen: list[Mobject] = [diagram.edges[0], diagram.layers[0]]
        if closeup is not None:
            seen += [closeup]
        else:
            seen += [*diagram.edges[1:], *diagram.layers[1:], diagram.confidences, *self.panel()]
        self.play(ReplayRun(self.board, first, last, seen), run_time=seconds)

    # -- close-up of one neuron ---------------------------------------------------------------------------

    def open_closeup(self, position: int, number: int) -> None:
        """Zoom in on the neuron shown at ``position``, at snapshot ``number``.

        Its edges stay lit, everything else fades, and the picture of its weights grows out of it, beside it.
        """
        diagram, board = self.diagram, self.board
        picture = self.picture_place(position)
        view = self.view_of(picture, position)
        zoom = min(self.stage.width / view.width, self.stage.height / view.height)
        closeup = WeightsCloseup(diagram, position, area=picture, form=time_format(self), zoom=zoom)
        board.closeup = closeup
        board.show_moment(float(number))
        squares, settled = closeup.picture.squares, closeup.picture.squares.copy()
        squares.scale(diagram.layers[0].radius / max(squares.width, squares.height))
        squares.move_to(diagram.layers[0].center_of(position)).set_opacities(np.zeros(len(squares.values)))
        self.add(closeup.lines, closeup.picture)
        self.beside = [*diagram.edges[1:], *diagram.layers[1:], diagram.names, diagram.confidences]
        self.beside += [*self.words_around(), *self.panel()]
        others = np.full(len(diagram.shown[0]), ASIDE)
        others[position] = 1.0
        grow = squish_rate_func(smooth, 0.5, 1.0)
        self.play(
            self.look_at(view),
            FadeOut(*self.beside, rate_func=squish_rate_func(smooth, 0.0, 0.5)),
            diagram.edges[0].animate.set_opacity(DIM),
            FadeIn(closeup.lines),
            Create(closeup.ring),
            diagram.layers[0].discs.animate.set_opacities(others),
            Transform(squares, settled, rate_func=grow),
            FadeIn(closeup.number, rate_func=squish_rate_func(smooth, 0.8, 1.0)),
            run_time=3.0,
        )

    def show_charts(self, *charts: Mobject) -> None:
        """Replace the charts on the board by others."""
        gone, self.charts = self.charts, list(charts)
        self.play(FadeOut(*gone), run_time=0.4)
        self.play(FadeIn(*charts), run_time=0.6)

    def close_closeup(self) -> None:
        closeup = self.board.closeup
        assert closeup is not None
        self.board.closeup, discs = None, self.diagram.layers[0].discs
        self.play(
            self.look_home(),
            FadeOut(closeup),
            self.diagram.edges[0].animate.set_opacity(1.0),
            discs.animate.set_opacities(np.ones(len(discs.values))),
            FadeIn(*self.beside, rate_func=squish_rate_func(smooth, 0.5, 1.0)),
            run_time=1.8,
        )
        self.end_closeup()

    def picture_place(self, position: int) -> Area:
        """Return the area of the weight picture: behind the neuron, seen from the inputs, and as large as these."""
        inputs, layer = self.diagram.inputs, self.diagram.layers[0]
        neuron, side = layer.center_of(position), SIDE * max(inputs.width, inputs.height)
        x, y, wide, high = inputs.get_x(), inputs.get_y(), side, side
        if isinstance(inputs, FeatureColumn):
            wide, high = (inputs.width, inputs.cell) if inputs.is_row else (LINE_OF_WEIGHTS, inputs.height)
        if self.diagram.is_tall:
            top = neuron[1] - layer.radius - 0.3
            return Area(x - wide / 2, top - high, x + wide / 2, top)
        left = neuron[0] + layer.radius + 0.35
        return Area(left, y - high / 2, left + wide, y + high / 2)

    def view_of(self, picture: Area, position: int) -> Area:
        """Return the area of the picture with its number, the inputs, the neuron, and what is between them."""
        inputs, layer = self.diagram.inputs, self.diagram.layers[0]
        reach = 1.6 * layer.radius * np.ones(3)
        named = [inputs, *(self.diagram.input_names if self.has_names else ())]
        corners = [part.get_corner(corner) for part in named for corner in ([-1, -1, 0], [1, 1, 0])]
        corners += [layer.center_of(position) - reach, layer.center_of(position) + reach]
        corners += [np.array([picture.left, picture.bottom - BELOW, 0]), np.array([picture.right, picture.top, 0])]
        left, bottom = np.min(corners, axis=0)[:2]
        right, top = np.max(corners, axis=0)[:2]
        return Area(float(left), float(bottom), float(right), float(top)).inset(-0.1)
