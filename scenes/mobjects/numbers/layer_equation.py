"""The numbers of one layer: matrix times column, plus the biases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, product
from typing import Any

import numpy as np
from manim import LEFT, RIGHT, UP, Rectangle, VGroup

from edgeglow.scenes.fields import LineField, SquareField
from edgeglow.scenes.mobjects.network.input_plane import InputPlane
from edgeglow.scenes.mobjects.numbers.number_matrix import NumberMatrix
from edgeglow.scenes.mobjects.text.fit_text import align_capitals, write_fitting
from edgeglow.scenes.style.layout import Area
from edgeglow.scenes.style.number_format import column_format, format_activation, format_number
from edgeglow.scenes.style.theme import DARK, LABEL, NUMBER, SMALL, Theme

LARGE = 30.0  # font size where there is much room
SIZES = (LARGE, LARGE - 2, LABEL, NUMBER, SMALL + 1.5, SMALL)
MOST_COLUMNS = 5
TIGHT = 0.5  # space around the numbers where there is little room, relative to the usual space
NAMES = (1.7, 1.2)  # largest width of the inputs' names beside their numbers, in scene units

Try = tuple[float, np.ndarray, tuple[float, int]]

# Font size and number of columns, the best first
TRIES = [
    (size, count)
    for size, least in ((LARGE, 3), (LARGE - 2, 3), (LABEL, 3), (NUMBER, 2), (SMALL, 2))
    for count in range(MOST_COLUMNS, least - 1, -1)
]


@dataclass(frozen=True, eq=False)
class MatrixExcerpt:
    """The rows and columns of a layer's matrix that are written: neurons, the main one among them, and pixels.

    ``rows`` (n,) and ``columns`` (k,) are ascending numbers from 0; ``row`` is the place in ``rows`` of the main
    neuron, ``places`` (k,) those of the columns among the inputs that are drawn.
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
    ) -> MatrixExcerpt:
        """Choose ``count`` adjacent pixels in a row of ``picture`` (height, width), or fewer if it is shorter.

        They have the largest sum of |weight × pixel| for the neuron. ``weights`` is (neurons, pixels). If the picture
        is a single row that is not all ``drawn``, they are adjacent among the drawn ones.
        """
        drawn = np.arange(picture.size) if drawn is None else drawn
        width = min(picture.shape[1], len(drawn))
        count = min(count, width)
        felt = np.convolve(np.abs(weights[neuron] * picture.ravel())[drawn], np.ones(count), mode="valid")
        felt[np.arange(len(felt)) % width + count > width] = -1.0  # would continue in the next row
        places = int(np.argmax(felt)) + np.arange(count)
        place = int(np.flatnonzero(rows == neuron)[0])
        return MatrixExcerpt(rows, drawn[places], place, weights.shape, places)

    @property
    def row_breaks(self) -> list[int]:
        return _breaks(self.rows, self.shape[0])

    @property
    def column_breaks(self) -> list[int]:
        return _breaks(self.columns, self.shape[1])


class LayerEquation(VGroup):
    """An excerpt of a layer's weights, times the activations before it, plus the biases.

    ``weights`` is (neurons, pixels), ``before`` (pixels,), ``biases`` (neurons,). The blocks are ``matrix``,
    ``column`` and ``shift_by``. ``heads`` are the numbers of the pixels, from
    1, above the matrix; ``pixel_squares`` (a field, not part of this group) the pixels beside their activations.
    ``names`` (pixels,) are the inputs' names, if they are numbers of any size instead of pixels; those of the
    column are written at its left, ``called``. ``tight`` scales the space around numbers.
    """

    def __init__(
        self,
        excerpt: MatrixExcerpt,
        weights: np.ndarray,
        before: np.ndarray,
        biases: np.ndarray,
        *,
        head: str,
        names: Sequence[str] = (),
        widest_name: float = NAMES[0],
        size: float = NUMBER,
        tight: float = 1.0,
        theme: Theme = DARK,
    ) -> None:
        super().__init__()
        self.excerpt, self.theme = excerpt, theme
        self.pixel_side = 0.0075 * size
        rows, columns = excerpt.rows, excerpt.columns
        options: dict[str, Any] = {"size": size, "tight": tight, "theme": theme}
        written = weights[np.ix_(rows, columns)]
        self.matrix = NumberMatrix(
            written,
            row_breaks=excerpt.row_breaks,
            column_breaks=excerpt.column_breaks,
            forms=[column_format(column) for column in written.T] if names else None,
            **options,
        )
        form = format_number if names else format_activation
        self.column = NumberMatrix(before[columns, None], row_breaks=excerpt.column_breaks, forms=[form], **options)
        form = "{:z.2f}".format  # as in the line of the sum
        self.shift_by = NumberMatrix(biases[rows, None], row_breaks=excerpt.row_breaks, forms=[form], **options)
        for row in self.column.numbers:
            row[0].set_fill(theme.text)
        self.called = VGroup()
        if names and widest_name > 0:
            called = [names[column] for column in columns]
            self.called.add(*write_fitting(theme, called, widest_name, min(size, LABEL), theme.muted))
        self.plus = theme.write("+", size, theme.text)
        blocks = [self.matrix, self.column, self.plus, self.shift_by]
        VGroup(*blocks).arrange(RIGHT, buff=0.0055 * size * tight)
        room = self.called.width + 0.006 * size if self.called else 0.0
        VGroup(*blocks[1:]).shift(RIGHT * (0.0135 * size + room))  # for the pixels and the names
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
        theme: Theme = DARK,
    ) -> LayerEquation:
        """Return an equation in the middle of ``area``, with as many columns and as large a type as fit.

        ``picture`` (height, width) are the pixels, ``drawn`` the visible ones (all by default); ``are_named`` is
        whether their names are on screen already. ``rows`` are the neurons written (two of them if there is no more
        room) and ``neuron`` is the main one.
        """
        few = neighbours(rows, neuron, 2)
        tries = product((1.0, TIGHT), _tries(rows, few, len(names), are_named))
        for tight, (room, written, (size, count)) in chain(tries, [(TIGHT, (0.0, few, (SMALL, 1)))]):
            excerpt = MatrixExcerpt.around(weights, picture, neuron, written, count, drawn)
            options: dict[str, Any] = {"head": head, "size": size, "theme": theme}
            options |= {"names": names, "widest_name": room, "tight": tight}
            equation = LayerEquation(excerpt, weights, picture.ravel(), biases, **options)
            if equation.width <= area.width and equation.height <= area.height:
                break
        area.fit(equation, 1.0)
        return equation

    def frames(self) -> VGroup:
        """Return frames around the row of the main neuron and around the column."""
        row = self.matrix.row(self.excerpt.row)
        column = VGroup(*(row[0] for row in self.column.numbers), self.column.breaks)
        frames = VGroup()
        for group in (row, column):
            frame = Rectangle(width=group.width + 0.12, height=group.height + 0.14, stroke_width=3)
            frames.add(frame.set_stroke(self.theme.accent).move_to(group))
        return frames

    def frame_of_pixels(self, pixels: SquareField) -> Rectangle:
        """Return a frame around those of ``pixels`` whose weights are written."""
        marks = pixels.marks[self.excerpt.places].reshape(-1, 3)
        (left, bottom), (right, top) = marks.min(axis=0)[:2], marks.max(axis=0)[:2]
        frame = Rectangle(width=right - left + 0.08, height=top - bottom + 0.08, stroke_width=3)
        frame.set_stroke(self.theme.accent).move_to([(left + right) / 2, (bottom + top) / 2, 0])
        return frame.set_z_index(7)

    def written(self, lines: LineField) -> LineField:
        """Return brighter copies of the edges whose weights are written, out of all edges into the main neuron."""
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

    def pixel_squares(self, inputs: InputPlane) -> SquareField:
        """Return the pixels left of their activations in the column, as bright as in ``inputs``."""
        centers = np.array([[self._pixels_x, row[0].get_y(), 0.0] for row in self.column.numbers])
        squares = inputs.squares(centers, self.pixel_side, inputs.pixels.values[self.excerpt.places])
        return squares.set_stroke(self.theme.outline, 0.015).set_z_index(6)

    @property
    def _pixels_x(self) -> float:
        """Horizontal position (x) of the middles of the pixel squares."""
        return float(self.column.brackets[0].get_left()[0]) - 1.2 * self.pixel_side

    def _place_names(self) -> None:
        """Place the names left of the pixel squares."""
        right = self._pixels_x - 1.1 * self.pixel_side
        for name, row in zip(self.called, self.column.numbers, strict=False):  # there may be no names
            name.next_to([right, 0, 0], LEFT, buff=0)
            align_capitals(name, float(row[0].get_y()))

    def _heads(self, word: str, theme: Theme) -> VGroup:
        """Return the pixels' numbers above their columns, with the word for them at the left, or above."""
        heads = VGroup()
        height = self.matrix.get_top()[1]
        for label, pixel in zip(self.matrix.numbers[0], self.excerpt.columns, strict=True):
            head = theme.write(f"{pixel + 1}", SMALL, theme.muted)
            head.next_to([label.get_x(), height, 0], UP, buff=0.1)
            heads.add(head)
        name = theme.write(word, SMALL, theme.muted)
        if self.matrix.tight < 1.0:
            return heads.add(name.next_to(heads, UP, buff=0.08))
        name.next_to(heads[0], LEFT, buff=0.18)
        name.shift([0, heads[0].base_line - name.base_line, 0])
        return heads.add(name)


def neighbours(neurons: np.ndarray, neuron: int, count: int) -> np.ndarray:
    """Return ``count`` adjacent neurons (or all, if there are fewer); ``neuron`` is the second one if possible."""
    place = int(np.flatnonzero(neurons == neuron)[0])
    first = min(max(place - 1, 0), max(len(neurons) - count, 0))
    return neurons[first : first + count]


def _tries(rows: np.ndarray, few: np.ndarray, named: int, are_named: bool) -> Iterator[Try]:
    """Yield widths of names, rows, and pairs of font size and number of columns, the best first.

    For ``named`` inputs with names: numbers of any size need room, so the best is a complete row, whose inputs
    need no names if these are on screen already; then fewer inputs with names, then without.
    """
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
    """Return the places where numbers from 0 to ``size`` - 1 are left out among ascending numbers."""
    before = np.concatenate([[-1], numbers])
    after = np.concatenate([numbers, [size]])
    return [place for place, gap in enumerate(after - before) if gap > 1]
