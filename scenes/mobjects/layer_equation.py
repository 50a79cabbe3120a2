"""What one layer computes, in numbers: matrix times column, and the biases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from manim import LEFT, RIGHT, UP, Rectangle, VGroup

from scenes.fields import LineField, SquareField
from scenes.mobjects.figures import alike, plain
from scenes.mobjects.fitted import stand_beside, write_fitting
from scenes.mobjects.input_plane import InputPlane
from scenes.mobjects.number_matrix import NumberMatrix
from scenes.stage.layout import Area
from scenes.stage.theme import DARK, LABEL, NUMBER, SMALL, Theme

LARGE = 30.0  # type size where there is much room
SIZES = (LARGE, LARGE - 2, LABEL, NUMBER, SMALL + 1.5, SMALL)
MOST_COLUMNS = 5
NAMES = (1.7, 1.2)  # scene units wide at most are the inputs' names beside their numbers

Try = tuple[float, np.ndarray, tuple[float, int]]

# Type size and number of columns, the best first
TRIES = [
    (size, count)
    for size, least in ((LARGE, 3), (LARGE - 2, 3), (LABEL, 3), (NUMBER, 2), (SMALL, 2))
    for count in range(MOST_COLUMNS, least - 1, -1)
]


@dataclass(frozen=True, eq=False)
class Excerpt:
    """Which rows and columns of a layer's matrix are written: neurons, the one told of among them, and pixels.

    ``rows`` (n,) and ``columns`` (k,) are ascending numbers, counted from 0; ``row`` is the place in ``rows`` of
    the neuron that is told of, ``places`` (k,) those of the columns among the inputs that are drawn.
    """

    rows: np.ndarray
    columns: np.ndarray
    row: int
    shape: tuple[int, int]
    places: np.ndarray

    @staticmethod
    def around(
        weights: np.ndarray,
        picture: np.ndarray,
        neuron: int,
        rows: np.ndarray,
        count: int,
        drawn: np.ndarray | None = None,
    ) -> Excerpt:
        """``count`` pixels beside each other in a row of ``picture`` (height, width), or as many as that has: those
        with the largest sum of |weight × pixel| for the neuron. ``weights`` is (neurons, pixels). Where the picture
        is one row of which not all is ``drawn``, next to each other among those drawn."""
        drawn = np.arange(picture.size) if drawn is None else drawn
        width = min(picture.shape[1], len(drawn))
        count = min(count, width)
        felt = np.convolve(np.abs(weights[neuron] * picture.ravel())[drawn], np.ones(count), mode="valid")
        felt[np.arange(len(felt)) % width + count > width] = -1.0  # would go on in the next row
        places = int(np.argmax(felt)) + np.arange(count)
        place = int(np.flatnonzero(rows == neuron)[0])
        return Excerpt(rows, drawn[places], place, weights.shape, places)

    @property
    def row_breaks(self) -> list[int]:
        return _breaks(self.rows, self.shape[0])

    @property
    def column_breaks(self) -> list[int]:
        return _breaks(self.columns, self.shape[1])


class LayerEquation(VGroup):
    """An excerpt of a layer's weights, times the activations before it, plus the biases.

    ``weights`` is (neurons, pixels), ``before`` (pixels,), ``biases`` (neurons,). The three blocks are
    ``matrix``, ``column`` and ``shift_by``, the last of which is left out without ``with_biases``; ``heads``
    are the numbers of the pixels, counted from 1, over the matrix, and ``lamps`` (a field, not a part of this
    group) the pixels beside their activations. ``names`` (pixels,), if there are any, are what the inputs are called,
    each of which is then a number of any size; those of the column are written at its left, ``called``.
    """

    def __init__(
        self,
        excerpt: Excerpt,
        weights: np.ndarray,
        before: np.ndarray,
        biases: np.ndarray,
        *,
        head: str,
        names: Sequence[str] = (),
        widest_name: float = NAMES[0],
        with_biases: bool = True,
        size: float = NUMBER,
        theme: Theme = DARK,
    ) -> None:
        super().__init__()
        self.excerpt, self.with_biases, self.theme = excerpt, with_biases, theme
        self.lamps_side = 0.0075 * size
        rows, columns = excerpt.rows, excerpt.columns
        look: dict[str, Any] = {"size": size, "theme": theme}
        written = weights[np.ix_(rows, columns)]
        self.matrix = NumberMatrix(
            written,
            row_breaks=excerpt.row_breaks,
            column_breaks=excerpt.column_breaks,
            forms=[alike(column) for column in written.T] if names else None,
            **look,
        )
        form = plain if names else "{:z.2f}".format
        self.column = NumberMatrix(
            before[columns, None], row_breaks=excerpt.column_breaks, forms=[form], **look
        )
        self.shift_by = NumberMatrix(biases[rows, None], row_breaks=excerpt.row_breaks, **look)
        for row in self.column.numbers:
            row[0].set_fill(theme.text)
        self.called = VGroup()
        if names and widest_name > 0:
            called = [names[column] for column in columns]
            self.called.add(*write_fitting(theme, called, widest_name, min(size, LABEL), theme.muted))
        self.plus = theme.write("+", size, theme.text)
        blocks = [self.matrix, self.column, *([self.plus, self.shift_by] if with_biases else [])]
        VGroup(*blocks).arrange(RIGHT, buff=0.0055 * size)
        room = self.called.width + 0.006 * size if self.called else 0.0
        VGroup(*blocks[1:]).shift(RIGHT * (0.011 * size + room))  # for the lamps, and the names
        self._place_names()
        self.heads = self._heads(head, theme)
        self.add(*blocks, self.heads, self.called)

    @staticmethod
    def fitting(
        area: Area,
        weights: np.ndarray,
        picture: np.ndarray,
        biases: np.ndarray,
        *,
        neuron: int,
        rows: np.ndarray,
        head: str,
        names: Sequence[str] = (),
        drawn: np.ndarray | None = None,
        are_named: bool = False,
        with_biases: bool = True,
        theme: Theme = DARK,
    ) -> LayerEquation:
        """In the middle of ``area``, with as many columns, and in as large a type, as there is room for.

        ``picture`` (height, width) are the pixels, ``drawn`` those that are to be seen (all by default), and
        ``are_named`` says whether their names stand there already; ``rows`` are the neurons written (or two of them,
        where there is no more room) and ``neuron`` the one told of.
        """
        few = neighbours(rows, neuron, 2)
        for room, written, (size, count) in _tries(rows, few, len(names), are_named):
            excerpt = Excerpt.around(weights, picture, neuron, written, count, drawn)
            look: dict[str, Any] = {"head": head, "with_biases": with_biases, "size": size, "theme": theme}
            look |= {"names": names, "widest_name": room}
            equation = LayerEquation(excerpt, weights, picture.ravel(), biases, **look)
            if equation.width <= area.width and equation.height <= area.height:
                break
        area.fit(equation, 1.0)
        return equation

    def frames(self) -> VGroup:
        """Around the row of the neuron that is told of, and around the column."""
        row = self.matrix.row(self.excerpt.row)
        column = VGroup(*(row[0] for row in self.column.numbers), self.column.breaks)
        frames = VGroup()
        for group in (row, column):
            frame = Rectangle(width=group.width + 0.12, height=group.height + 0.14, stroke_width=3)
            frames.add(frame.set_stroke(self.theme.accent).move_to(group))
        return frames

    def frame_of_pixels(self, pixels: SquareField) -> Rectangle:
        """Around those of all ``pixels`` whose weights are written."""
        marks = pixels.marks[self.excerpt.places].reshape(-1, 3)
        (left, bottom), (right, top) = marks.min(axis=0)[:2], marks.max(axis=0)[:2]
        frame = Rectangle(width=right - left + 0.08, height=top - bottom + 0.08, stroke_width=3)
        frame.set_stroke(self.theme.accent).move_to([(left + right) / 2, (bottom + top) / 2, 0])
        return frame.set_z_index(7)

    def written(self, lines: LineField) -> LineField:
        """Of all edges into the neuron that is told of those whose weights are written, brighter, over the others."""
        places = self.excerpt.places
        field = LineField(
            lines.starts[places],
            lines.ends[places],
            lines.values[places],
            positive=lines.positive,
            negative=lines.negative,
            width=1.8 * lines.line_width,
            gain=4.0 * lines.gain,
        )
        return field.set_z_index(2)

    def lamps(self, inputs: InputPlane) -> SquareField:
        """The pixels beside their activations, at the column's left, as bright as they are in ``inputs``."""
        centers = np.array([[self._lamps_left, row[0].get_y(), 0.0] for row in self.column.numbers])
        lamps = inputs.squares(centers, self.lamps_side, inputs.pixels.values[self.excerpt.places])
        return lamps.set_stroke(self.theme.outline, 0.015).set_z_index(6)

    @property
    def _lamps_left(self) -> float:
        """Where the middles of the lamps are."""
        return float(self.column.brackets[0].get_left()[0]) - 0.7 * self.lamps_side - 0.04

    def _place_names(self) -> None:
        """At the left of the lamps."""
        right = self._lamps_left - 0.9 * self.lamps_side
        for name, row in zip(self.called, self.column.numbers, strict=False):  # there may be none at all
            name.next_to([right, 0, 0], LEFT, buff=0)
            stand_beside(name, float(row[0].get_y()))

    def _heads(self, word: str, theme: Theme) -> VGroup:
        """The pixels' numbers over their columns; at the left the word for them."""
        heads = VGroup()
        height = self.matrix.get_top()[1]
        for label, pixel in zip(self.matrix.numbers[0], self.excerpt.columns, strict=True):
            head = theme.write(f"{pixel + 1}", SMALL, theme.muted)
            head.next_to([label.get_x(), height, 0], UP, buff=0.1)
            heads.add(head)
        name = theme.write(word, SMALL, theme.muted)
        name.next_to(heads[0], RIGHT * -1, buff=0.18)
        name.shift([0, heads[0].base_line - name.base_line, 0])
        return heads.add(name)


def neighbours(neurons: np.ndarray, neuron: int, count: int) -> np.ndarray:
    """``count`` of these neurons (or all, if they are fewer), next to each other; ``neuron`` is the second of them
    where it can be."""
    place = int(np.flatnonzero(neurons == neuron)[0])
    first = min(max(place - 1, 0), max(len(neurons) - count, 0))
    return neurons[first : first + count]


def _tries(rows: np.ndarray, few: np.ndarray, named: int, are_named: bool) -> Iterator[Try]:
    """How wide names may be, which rows, and type size and number of columns, the best first, for ``named`` inputs
    with names. Numbers of any size need room: best is a row of the matrix that is whole, whose inputs need no names
    where these are to be read already; then some with names, and then some without."""
    if not named:
        yield from product((0.0,), (rows, few), TRIES)
        return

    def tries(*counts: int) -> list[tuple[float, int]]:
        return [(size, count) for count in counts for size in SIZES if count <= named]

    if named <= MOST_COLUMNS:
        yield from product((NAMES[0], 0.0) if are_named else NAMES, (rows,), tries(named))
    yield from product(NAMES, (rows,), tries(*range(MOST_COLUMNS, 2, -1)))
    yield from product((0.0,), (rows, few), tries(*range(MOST_COLUMNS, 1, -1)))
    yield from product((0.0,), (rows, few), tries(1))


def _breaks(numbers: np.ndarray, size: int) -> list[int]:
    """Where among ascending numbers some are left out, of 0 to ``size`` - 1."""
    before = np.concatenate([[-1], numbers])
    after = np.concatenate([numbers, [size]])
    return [place for place, gap in enumerate(after - before) if gap > 1]
