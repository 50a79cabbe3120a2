"""What one layer computes, in numbers: matrix times column, and the biases."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from manim import RIGHT, UP, Rectangle, VGroup

from scenes.fields import LineField, SquareField
from scenes.mobjects.number_matrix import NumberMatrix
from scenes.stage.layout import Area
from scenes.stage.theme import DARK, LABEL, NUMBER, SMALL, Theme

LARGE = 30.0  # type size where there is much room

# Type size and number of columns, the best first
TRIES = [
    (size, count)
    for size, least in ((LARGE, 3), (LARGE - 2, 3), (LABEL, 3), (NUMBER, 2), (SMALL, 2))
    for count in range(5, least - 1, -1)
]


@dataclass(frozen=True, eq=False)
class Excerpt:
    """Which rows and columns of a layer's matrix are written: neurons, the one told of among them, and pixels.

    ``rows`` (n,) and ``columns`` (k,) are ascending numbers, counted from 0; ``row`` is the place in ``rows`` of
    the neuron that is told of.
    """

    rows: np.ndarray
    columns: np.ndarray
    row: int
    shape: tuple[int, int]

    @staticmethod
    def around(
        weights: np.ndarray, picture: np.ndarray, neuron: int, rows: np.ndarray, count: int
    ) -> Excerpt:
        """``count`` pixels beside each other in a row of ``picture`` (height, width), or as many as that has: those
        with the largest sum of |weight × pixel| for the neuron. ``weights`` is (neurons, pixels)."""
        width = picture.shape[1]
        count = min(count, width)
        felt = np.convolve(np.abs(weights[neuron] * picture.ravel()), np.ones(count), mode="valid")
        felt[np.arange(len(felt)) % width + count > width] = -1.0  # would go on in the next row
        first = int(np.argmax(felt))
        place = int(np.flatnonzero(rows == neuron)[0])
        return Excerpt(rows, np.arange(first, first + count), place, weights.shape)

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
    group) the pixels beside their activations.
    """

    def __init__(
        self,
        excerpt: Excerpt,
        weights: np.ndarray,
        before: np.ndarray,
        biases: np.ndarray,
        *,
        head: str,
        with_biases: bool = True,
        size: float = NUMBER,
        theme: Theme = DARK,
    ) -> None:
        super().__init__()
        self.excerpt = excerpt
        self.with_biases = with_biases
        rows, columns = excerpt.rows, excerpt.columns
        look: dict[str, Any] = {"size": size, "theme": theme}
        self.matrix = NumberMatrix(
            weights[np.ix_(rows, columns)],
            row_breaks=excerpt.row_breaks,
            column_breaks=excerpt.column_breaks,
            **look,
        )
        self.column = NumberMatrix(before[columns, None], row_breaks=excerpt.column_breaks, **look)
        self.shift_by = NumberMatrix(biases[rows, None], row_breaks=excerpt.row_breaks, **look)
        for row in self.column.numbers:
            row[0].set_fill(theme.text)
        self.plus = theme.write("+", size, theme.text)
        blocks = [self.matrix, self.column, *([self.plus, self.shift_by] if with_biases else [])]
        VGroup(*blocks).arrange(RIGHT, buff=0.0055 * size)
        VGroup(*blocks[1:]).shift(RIGHT * 0.011 * size)  # room for the lamps
        self.heads = self._heads(head, theme)
        self.add(*blocks, self.heads)
        self.lamps_side = 0.0075 * size
        self.theme = theme

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
        with_biases: bool = True,
        theme: Theme = DARK,
    ) -> LayerEquation:
        """In the middle of ``area``, with as many columns, and in as large a type, as there is room for.

        ``picture`` (height, width) are the pixels, ``rows`` the neurons written (or two of them, where there is no
        more room) and ``neuron`` the one told of.
        """
        for written, (size, count) in product((rows, neighbours(rows, neuron, 2)), TRIES):
            excerpt = Excerpt.around(weights, picture, neuron, written, count)
            look: dict[str, Any] = {"head": head, "with_biases": with_biases, "size": size, "theme": theme}
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
        marks = pixels.marks[self.excerpt.columns].reshape(-1, 3)
        (left, bottom), (right, top) = marks.min(axis=0)[:2], marks.max(axis=0)[:2]
        frame = Rectangle(width=right - left + 0.08, height=top - bottom + 0.08, stroke_width=3)
        frame.set_stroke(self.theme.accent).move_to([(left + right) / 2, (bottom + top) / 2, 0])
        return frame.set_z_index(7)

    def written(self, lines: LineField) -> LineField:
        """Of all edges into the neuron that is told of those whose weights are written, brighter, over the others."""
        columns = self.excerpt.columns
        field = LineField(
            lines.starts[columns],
            lines.ends[columns],
            lines.values[columns],
            positive=lines.positive,
            negative=lines.negative,
            width=1.8 * lines.line_width,
            gain=4.0 * lines.gain,
        )
        return field.set_z_index(2)

    def lamps(self) -> SquareField:
        """The pixels beside their activations, at the column's left."""
        labels = [row[0] for row in self.column.numbers]
        left = self.column.brackets[0].get_left()[0] - 0.7 * self.lamps_side - 0.04
        centers = np.array([[left, label.get_y(), 0.0] for label in labels])
        values = np.array([label.value for label in labels])
        look: dict[str, Any] = {
            "low": self.theme.dark,
            "high": self.theme.bright,
            "stroke_color": self.theme.outline,
        }
        return SquareField(centers, self.lamps_side, values, stroke_width=0.015, **look).set_z_index(6)

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


def _breaks(numbers: np.ndarray, size: int) -> list[int]:
    """Where among ascending numbers some are left out, of 0 to ``size`` - 1."""
    before = np.concatenate([[-1], numbers])
    after = np.concatenate([numbers, [size]])
    return [place for place, gap in enumerate(after - before) if gap > 1]
