"""Rows of named numbers, drawn as columns of squares, with words below each."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from manim import DOWN, Group, VGroup

from edgeglow.scenes.mobjects.network.feature_column import FeatureColumn
from edgeglow.scenes.mobjects.numbers.number_label import NumberLabel
from edgeglow.scenes.mobjects.pictures.gallery import AIR, APART, GAP, LINE
from edgeglow.scenes.style.layout import Area
from edgeglow.scenes.style.number_format import format_number
from edgeglow.scenes.style.theme import DARK, SMALL, TextLine, Theme

LEAST = 0.265  # least distance between squares with numbers beside them
FIGURES = SMALL + 1  # font size of the numbers
BESIDE = 0.1  # between a column and its numbers
ROOM_FOR_NAMES = 2.2
FEWEST = 3  # names are omitted if they would leave room for fewer columns


class RowGallery(Group):
    """A gallery of as many ``rows`` (n, inputs) as fit in ``area``, each drawn as a column, or a line, of squares.

    ``build`` creates a column of a given length. It gets its numbers, if they are readable, and its lines of
    ``words`` below it, the last in the accent colour.

    ``pictures`` are the columns, in the order of ``rows``, ``centers`` their middles, ``words`` those below them;
    ``notes`` are the numbers, and the inputs' names beside the first column of every line of columns.
    """

    def __init__(
        self,
        rows: np.ndarray,
        words: Sequence[Sequence[str]],
        build: Callable[[float], FeatureColumn],
        *,
        area: Area,
        theme: Theme = DARK,
    ) -> None:
        super().__init__()
        self.theme, self.words, self.notes = theme, VGroup(), VGroup()
        written = [[theme.write(line, SMALL, theme.muted) for line in lines] for lines in words]
        self.under = AIR + len(written[0]) * LINE
        self.widest = max(line.width for lines in written for line in lines)
        self.is_row = build(1.0).is_row
        self.length = area.width if self.is_row else area.height - self.under
        sample = build(self.length)
        self.number_width = max(number.width for row in rows for number in self._numbers(sample, row))
        self.has_numbers = sample.cell >= (self.number_width + 2 * BESIDE if self.is_row else LEAST)
        names = sample.written_names(SMALL, ROOM_FOR_NAMES) if self.has_numbers else VGroup()
        size = self._size_of_one(sample)
        if (area.width - names.width + GAP) / (size[0] + GAP) < FEWEST:
            names = VGroup()
        free = Area(area.left + names.width, area.bottom, area.right, area.top)
        places, self.in_line = _places(free, len(rows), size)
        self.pictures = Group(*(build(self.length) for _ in places))
        for number, (place, column) in enumerate(zip(places, self.pictures, strict=True)):
            self._stand(column.set_values(rows[number]), place)
            self._write(written[number], place)
            if self.has_numbers:
                self.notes.add(*self._numbers(column, rows[number]))
            if len(names) and number % self.in_line == 0:
                self.notes.add(*column.written_names(SMALL, ROOM_FOR_NAMES))
        self.centers = np.array([column.get_center() for column in self.pictures])
        self.add(self.pictures, self.words, self.notes)

    def _size_of_one(self, sample: FeatureColumn) -> tuple[float, float]:
        """Return width and height of a column with its numbers and words."""
        wide, high = sample.width, sample.height
        if self.has_numbers and self.is_row:
            high += LINE
        elif self.has_numbers:
            wide += 2 * BESIDE + self.number_width
        return max(wide, self.widest + APART), high + self.under

    def _stand(self, column: FeatureColumn, place: Area) -> None:
        """Place a column above its words, centred together with its numbers."""
        column.move_to([place.x, place.top - column.height / 2, 0])
        if self.has_numbers and not self.is_row:
            column.shift([-(BESIDE + self.number_width) / 2, 0, 0])

    def _write(self, texts: Sequence[TextLine], place: Area) -> None:
        texts[-1].set_fill(self.theme.accent)
        for number, text in enumerate(reversed(texts)):
            text.move_to([place.x, 0, 0]).shift([0, place.bottom + (number + 0.22) * LINE - text.base_line, 0])
        self.words.add(*texts)

    def _numbers(self, column: FeatureColumn, row: np.ndarray) -> list[NumberLabel]:
        """Return labels with a column's numbers: right of each square, or below it in a line."""
        if not self.is_row:
            return list(column.written_numbers(row, FIGURES))
        numbers = []
        for index, center in zip(column.indices, column.pixels.centers, strict=True):
            number = NumberLabel(
                float(row[index]), format_number, FIGURES, self.theme.text, self.theme, edge=(0.0, 0.0, 0.0)
            )
            numbers.append(number.next_to(center, DOWN, buff=column.cell / 2 + AIR))
        return numbers


def _places(area: Area, count: int, size: tuple[float, float]) -> tuple[list[Area], int]:
    """Return the areas of up to ``count`` items of this size, in reading order, and how many are in a line."""
    wide, high = size
    most_across = max(1, int((area.width + GAP) / (wide + GAP)))
    most_down = max(1, int((area.height + GAP) / (high + GAP)))
    count = min(count, most_across * most_down)
    lines = -(-count // most_across)
    in_line = -(-count // lines)
    across = min(area.width / in_line, wide + GAP + 0.35 * (area.width / in_line - wide))
    down = min(area.height / lines, high + GAP)
    places = []
    for number in range(count):
        line, column = divmod(number, in_line)
        here = in_line if line < lines - 1 else count - in_line * (lines - 1)
        x = area.x + (column - (here - 1) / 2) * across
        y = area.y - (line - (lines - 1) / 2) * down
        places.append(Area(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2))
    return places, in_line
