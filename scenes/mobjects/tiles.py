"""Small pictures of one size: the filters of a convolutional network, or the maps that they make."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
from manim import Group, Rectangle

from scenes.fields import SquareField
from scenes.stage.layout import Area, cells
from scenes.stage.theme import DARK, Theme

OVER_DIGIT, OVER_TILES = 5, 9  # z
EVEN = 0.72  # of the width of the largest cells is enough for rows of equal length


class Tiles(Group):
    """One picture of rows × columns cells in the middle of each place, all of them one field.

    ``cell`` is the side of a cell; as large as the places let it be when left out. Cells are black at 0 and white
    at 1, or, where they are ``signed``, in the hue of positive weights at 1 and of negative ones at -1.
    """

    def __init__(
        self,
        shape: tuple[int, int],
        places: Sequence[Area],
        *,
        cell: float | None = None,
        signed: bool = False,
        theme: Theme = DARK,
    ) -> None:
        super().__init__()
        self.shape = shape
        self.places = tuple(places)
        self.theme = theme
        rows, columns = shape
        self.cell = cell or min(min(place.width / columns, place.height / rows) for place in places)
        row, column = (grid.ravel() for grid in np.indices(shape))
        across = (column - (columns - 1) / 2) * self.cell
        up = ((rows - 1) / 2 - row) * self.cell
        grid = np.column_stack([across, up, np.zeros(rows * columns)])
        self.squares = SquareField(
            np.concatenate([place.center + grid for place in places]),
            self.cell,
            np.zeros(len(places) * rows * columns),
            low=theme.dark,
            high=theme.positive if signed else theme.bright,
            negative=theme.negative if signed else None,
        ).set_z_index(OVER_DIGIT)
        self.add(self.squares)

    def set_pictures(self, pictures: np.ndarray) -> Self:
        """Show the values of every picture: (places, rows, columns), within -1..1."""
        self.squares.set_values(pictures.ravel())
        return self

    def of_shape(self, shape: tuple[int, int]) -> Tiles:
        """Dark pictures of another shape in the middle of the same places, their cells as large."""
        return Tiles(shape, self.places, cell=self.cell, theme=self.theme)

    def box(self, number: int) -> Area:
        """What one picture takes up."""
        rows, columns = self.shape
        middle, half = self.places[number].center[:2], np.array([columns, rows]) * self.cell / 2
        return Area(*(middle - half), *(middle + half))

    def frame(self, number: int, row: int, column: int, side: int = 1) -> Rectangle:
        """A frame around side × side cells of a picture; around a single one it leaves the cell free."""
        box = self.box(number)
        corner = np.array([box.left + column * self.cell, box.top - row * self.cell, 0.0])
        return frame_of(corner, side * self.cell, side * self.cell, self.theme, 0.03 if side == 1 else 0.0)

    def centers(self, number: int) -> np.ndarray:
        """Where the cells of one picture are, row by row: (rows × columns, 3)."""
        count = self.shape[0] * self.shape[1]
        return self.squares.centers[number * count : (number + 1) * count]

    def picture(self, number: int) -> SquareField:
        """One of the pictures, as a field of its own."""
        count = self.shape[0] * self.shape[1]
        mine = slice(number * count, (number + 1) * count)
        one = self.squares.copy()
        one.points = self.squares.marks[mine].reshape(-1, 3).copy()
        one.values, one.opacities = self.squares.values[mine].copy(), self.squares.opacities[mine].copy()
        return one

    def pooled(self, smaller: Tiles, size: int) -> SquareField:
        """The cells on their way into pooled pictures, which stand where ``smaller`` has them: of every size × size
        cells the brightest goes to where the pooled cell is, the others go there too and are gone."""
        rows, columns = self.shape
        fewer_rows, fewer_columns = smaller.shape
        pictures = self.squares.values.reshape(-1, rows, columns)
        end = self.squares.copy()
        row, column = np.indices(self.shape)
        kept = (row < fewer_rows * size) & (column < fewer_columns * size)
        to = np.minimum(row // size, fewer_rows - 1) * fewer_columns + np.minimum(
            column // size, fewer_columns - 1
        )
        count = fewer_rows * fewer_columns
        ends, seen = [], []
        for number, values in enumerate(pictures):
            ends.append(smaller.centers(number)[to.ravel()])
            order = np.argsort(-values.ravel(), kind="stable")
            order = order[kept.ravel()[order]]
            _, first = np.unique(to.ravel()[order], return_index=True)
            best = np.zeros(rows * columns)
            best[order[first]] = 1.0
            seen.append(best)
            assert len(first) == count
        return end.set_centers(np.concatenate(ends)).set_opacities(np.concatenate(seen))


def shade(weights: np.ndarray, scale: float) -> np.ndarray:
    """Colours for weights, -1..1: the signed root of their part of ``scale``, as in all pictures of weights."""
    part = weights / scale
    return np.asarray(np.clip(np.sign(part) * np.sqrt(np.abs(part)), -1.0, 1.0))


def frame_of(
    corner: np.ndarray, width: float, height: float, theme: Theme = DARK, around: float = 0.0
) -> Rectangle:
    """A frame in the colour of attention, its upper left corner there, and all of it so much farther out."""
    frame = Rectangle(
        width=width + 2 * around, height=height + 2 * around, color=theme.accent, stroke_width=4
    )
    return frame.move_to(corner + np.array([width / 2, -height / 2, 0.0])).set_z_index(OVER_TILES)


def even_cells(area: Area, count: int, aspect: float, gap: float) -> Sequence[Area]:
    """As ``cells``, but in rows of equal length where there are such whose cells are not much smaller."""
    best = cells(area, count, aspect, gap)
    found: list[Sequence[Area]] = []
    for columns in (number for number in range(1, count + 1) if count % number == 0):
        rows = count // columns
        width = min(
            (area.width - gap * (columns - 1)) / columns, aspect * (area.height - gap * (rows - 1)) / rows
        )
        across = (area.width - columns * (width + gap) + gap) / 2
        down = (area.height - rows * (width / aspect + gap) + gap) / 2
        if width > 0:
            lines = area.inset(across, down).down(*[1.0] * rows, gap=gap)
            found.append([place for line in lines for place in line.across(*[1.0] * columns, gap=gap)])
    even = max(found, key=lambda places: places[0].width, default=best)
    return even if even[0].width >= EVEN * best[0].width else best


def one_above_other(unit: Area, height: float) -> tuple[Area, Area]:
    """Two parts of a unit, at its upper and its lower end, the first so many times as high as the unit is wide."""
    top = Area(unit.left, unit.top - height * unit.width, unit.right, unit.top)
    return top, Area(unit.left, unit.bottom, unit.right, top.bottom - 0.2 * height * unit.width)
