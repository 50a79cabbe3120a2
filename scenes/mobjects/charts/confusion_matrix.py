"""The confusion matrix: how often digits of each class are read as each class."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Self

import numpy as np
from manim import DOWN, LEFT, PI, RIGHT, UP, Group, Rectangle, VGroup

from edgeglow.scenes.fields import SquareField
from edgeglow.scenes.mobjects.numbers.mark_numbers import MarkNumbers
from edgeglow.scenes.mobjects.text.fit_text import align_capitals, write_fitting
from edgeglow.scenes.style.layout import Area
from edgeglow.scenes.style.theme import DARK, DRAWN_AT, SMALL, TextLine, Theme, text_curves

FILLED = 0.94  # size of a cell as a share of its place
AIR = 0.12  # between names and cells
LINE = 0.3  # height of a line of names or titles
LARGEST = 24.0  # largest font size in a cell
LONGEST = 0.3  # longest name, as a share of the table's width or height
LEAST_ROOM = 0.5  # least column width for a name; if columns are narrower, some names are omitted
CONDENSED = 0.65  # least width of a condensed number, relative to its usual width
ROOM = 0.95  # widest number, as a share of a cell's width


def most_of(counts: np.ndarray) -> tuple[int, int]:
    """Return the largest of the ``counts`` (classes, classes) on the diagonal, and the largest of the others."""
    right = np.eye(len(counts), dtype=bool)
    return int(counts[right].max()), int(counts[~right].max())


def forms_of(count: float) -> list[str]:
    """Return how a count may be written, the exact one first: 1135, 1.1k, 1k."""
    exact = f"{count:.0f}"
    return [exact] if count < 1000 else [exact, f"{count / 1000:.1f}k", f"{count / 1000:.0f}k"]


@lru_cache(maxsize=512)
def width_of(text: str) -> float:
    """Return the width of a number relative to its font size; digits have the width of a 0."""
    zeros = "".join("0" if character.isdigit() else character for character in text)
    return float(np.ptp(text_curves(zeros)[1][:, 0])) / DRAWN_AT


class ConfusionMatrix(Group):
    """A cell for every pair of classes: the row is the digit's class, the column the network's answer.

    A cell's brightness is its count as a share of ``most``, two numbers: the first for right answers, on the
    diagonal and ``bright``, the second for mistakes, in the accent colour. ``rows`` and ``columns`` are the titles of
    the names. The table fills ``area``. Names longer than a cell are rotated above it; if they do not fit beside
    each other, only every second or third is written.
    """

    def __init__(
        self,
        class_names: Sequence[str],
        *,
        rows: str,
        columns: str,
        most: tuple[int, int],
        area: Area,
        theme: Theme = DARK,
    ) -> None:
        super().__init__()
        self.theme, self.count = theme, len(class_names)
        self.most = np.where(np.eye(self.count, dtype=bool), *np.maximum(most, 1))
        names = [str(name) for name in class_names]
        self.row_title = theme.write(rows, SMALL, theme.muted)
        beside = write_fitting(theme, names, LONGEST * area.width, SMALL)
        above = write_fitting(theme, names, LONGEST * area.height, SMALL)
        left = max(*(name.width for name in beside), self.row_title.width) + AIR
        self._take_room(area, left, above)
        size = self.side * self.count
        self.counts = np.zeros((self.count, self.count), np.int64)
        self.numbered = np.zeros(0, np.int64)  # the cells in which ``numbers`` are written
        row, column = np.divmod(np.arange(self.count**2), self.count)
        places = self.corner + np.column_stack([column + 0.5, -row - 0.5, np.zeros(len(row))]) * self.side
        colors = {"low": theme.dark, "high": theme.bright, "negative": theme.accent}
        self.cells = SquareField(places, FILLED * self.side, np.zeros(len(row)), **colors)
        across = LINE if self.is_upright else max(name.width for name in above) + 0.08
        every = int(-(-max(LINE - 0.04, across) // self.side))  # the same for rows and columns
        named = range(0, self.count, every)
        self.row_names = VGroup(*(self._beside(number, beside[number]) for number in named))
        # The column names start above the first row's name.
        foot = max(self.row_names[0].get_top()[1] - self.corner[1], 0.0) + AIR / 2
        self.column_names = VGroup(*(self._above(number, above[number], foot) for number in named))
        self.column_title = theme.write(columns, SMALL, theme.muted)
        over = self.corner[1] + AIR + self.above + LINE / 2
        self.column_title.move_to([self.corner[0] + size / 2, over, 0])
        end = min(self.corner[0] - AIR, self.column_names.get_left()[0] - AIR / 2)
        self.row_title.next_to([end, self.corner[1] + foot, 0], UP + LEFT, buff=0)
        self.add(self.cells, self.row_names, self.column_names, self.row_title, self.column_title)

    def _take_room(self, area: Area, left: float, above: list[TextLine]) -> None:
        """Compute the side of a cell and the upper left ``corner`` of all cells.

        ``left`` is the width of the rows' names. Names ``above`` the columns are rotated if they are too long.
        """
        widest = max(name.width for name in above)
        self.above, self.side = LINE, self._side(area, left, LINE)
        self.is_upright = widest > max(self.side, LEAST_ROOM)
        if self.is_upright:
            self.above = widest + LINE / 2
            self.side = self._side(area, left, self.above)
            widest = max(name.rotate(PI / 2).width for name in above)
        over = max(0.0, (widest - self.side) / 2)  # a name may be wider than its column
        self.side = min(self.side, (area.width - left - over) / self.count)
        size = self.side * self.count
        middle = area.y - (LINE + self.above + AIR) / 2
        self.corner = np.array([area.x + (left - over - size) / 2, middle + size / 2, 0.0])

    def set_counts(self, counts: np.ndarray) -> Self:
        """Show ``counts`` (classes, classes), rows by the digits' class."""
        self.counts = counts
        self.cells.set_values(self.shades(counts))
        return self

    def shades(self, counts: np.ndarray) -> np.ndarray:
        """Return the brightness of every cell, (classes²,); mistakes are negative."""
        light = counts / self.most
        return np.where(np.eye(self.count, dtype=bool), light, -light).ravel()

    def numbers(self) -> MarkNumbers | None:
        """Return labels with the counts that are not 0; None if there is no room.

        Where a count is a little wider than its cell, it is condensed; if that is not enough, it is in thousands.
        """
        room, counts = ROOM * FILLED * self.side, self.counts.ravel()

        def form(count: float) -> str:
            return next((text for text in forms_of(count) if CONDENSED * SMALL * width_of(text) <= room), "")

        widths = np.array([width_of(form(count)) if form(count) else 0.0 for count in counts.tolist()])
        self.numbered = written = np.flatnonzero((counts > 0) & (widths > 0))
        if not len(written) or FILLED * self.side < LINE:
            return None
        widest = float(widths[written].max())
        share = max(SMALL, min(LARGEST, room / widest)) * widest / (FILLED * self.side)
        numbers = MarkNumbers(self.cells, written, counts[written], form=form, share=share, theme=self.theme)
        for number in numbers:
            if number.width > room:
                number.stretch(room / number.width, 0)
        return numbers

    def cell(self, label: int, answer: int) -> Area:
        """Return the area of the cell of two classes."""
        left, top = self.corner[0] + answer * self.side, self.corner[1] - label * self.side
        return Area(left, top - self.side, left + self.side, top)

    def frame_of(self, label: int, answer: int) -> Rectangle:
        """Return an accent frame around a cell."""
        return Rectangle(
            width=1.1 * self.side, height=1.1 * self.side, color=self.theme.text, stroke_width=5
        ).move_to(self.cell(label, answer).center)

    def names_of(self, label: int, answer: int) -> VGroup:
        """Return the names of a cell's row and column, if they are written."""
        pairs = ((self.row_names, label), (self.column_names, answer))
        return VGroup(*(names[number // self.step] for names, number in pairs if number % self.step == 0))

    @property
    def step(self) -> int:
        """Distance between the classes whose names are written."""
        return -(-self.count // len(self.row_names))

    def _side(self, area: Area, left: float, above: float) -> float:
        """Return the largest side of a cell beside names of this size."""
        return min((area.width - left) / self.count, (area.height - LINE - above - AIR) / self.count)

    def _beside(self, number: int, name: TextLine) -> TextLine:
        name.next_to(self.corner + AIR * LEFT + (number + 0.5) * self.side * DOWN, LEFT, buff=0)
        return name if name.text.isdecimal() else align_capitals(name, name.get_y())

    def _above(self, number: int, name: TextLine, foot: float) -> TextLine:
        """Place a name above its column; a rotated one starts ``foot`` above the cells."""
        place = self.corner + (number + 0.5) * self.side * RIGHT
        if self.is_upright:
            return name.next_to(place + foot * UP, UP, buff=0)
        name.move_to(place + (AIR / 2 + LINE / 2) * UP)
        return name if name.text.isdecimal() else align_capitals(name, name.get_y())
