"""Small pictures of one size: the filters of a convolutional network, or its feature maps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
from manim import Group, Rectangle

from edgeglow.scenes.fields import SquareField
from edgeglow.scenes.style.layout import Area, grid_cells
from edgeglow.scenes.style.theme import DARK, Theme

OVER_DIGIT, OVER_TILES = 5, 9  # z
EVEN = 0.72  # rows of equal length are preferred if their cells keep this share of the largest width


class Tiles(Group):
    """One picture of rows × columns cells in the middle of each place, all in one field.

    ``cell`` is the side of a cell, by default as large as fits. Cells have the theme's ``dark`` at 0 and its
    ``bright`` at 1 or, if ``signed``, the positive weights' colour at 1 and the negative weights' at -1.
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
        """Set the values of every picture: (places, rows, columns), within -1..1."""
        self.squares.set_values(pictures.ravel())
        return self

    def of_shape(self, shape: tuple[int, int]) -> Tiles:
        """Return dark pictures of another shape in the same places, with cells of the same size."""
        return Tiles(shape, self.places, cell=self.cell, theme=self.theme)

    def box(self, number: int) -> Area:
        """Return the area of one picture."""
        rows, columns = self.shape
        middle, half = self.places[number].center[:2], np.array([columns, rows]) * self.cell / 2
        return Area(*(middle - half), *(middle + half))

    def block(self, number: int) -> Area:
        """Return the area of one picture and of three around it: two by two, if there are as many."""
        boxes = [self.box(place) for place in range(len(self.places))]
        own = boxes[number]
        steps = [np.abs(box.center - own.center)[:2] for box in boxes]
        diagonal = [place for place, step in enumerate(steps) if step.min() > own.height / 2]
        far = boxes[min(diagonal, key=lambda place: float(steps[place].sum()))] if diagonal else own
        low = min(own.left, far.left), min(own.bottom, far.bottom)
        return Area(*low, max(own.right, far.right), max(own.top, far.top))

    def frame(self, number: int, row: int, column: int, side: int = 1) -> Rectangle:
        """Return a frame around side × side cells of a picture; with a small gap around a single cell."""
        box = self.box(number)
        corner = np.array([box.left + column * self.cell, box.top - row * self.cell, 0.0])
        return frame_of(corner, side * self.cell, side * self.cell, self.theme, 0.03 if side == 1 else 0.0)

    def centers(self, number: int) -> np.ndarray:
        """Return the positions of one picture's cells, row by row: (rows × columns, 3)."""
        count = self.shape[0] * self.shape[1]
        return self.squares.centers[number * count : (number + 1) * count]

    def picture(self, number: int) -> SquareField:
        """Return one of the pictures as a new field."""
        count = self.shape[0] * self.shape[1]
        mine = slice(number * count, (number + 1) * count)
        one = self.squares.copy()
        one.points = self.squares.marks[mine].reshape(-1, 3).copy()
        one.values, one.opacities = self.squares.values[mine].copy(), self.squares.opacities[mine].copy()
        return one

    def pooled(self, smaller: Tiles, size: int) -> SquareField:
        """Return the cells at the end of their move into the pooled pictures ``smaller``.

        Of every size × size cells, all move to the pooled cell; only the brightest stays visible.
        """
        rows, columns = self.shape
        fewer_rows, fewer_columns = smaller.shape
        pictures = self.squares.values.reshape(-1, rows, columns)
        end = self.squares.copy()
        row, column = np.indices(self.shape)
        kept = (row < fewer_rows * size) & (column < fewer_columns * size)
        to = np.minimum(row // size, fewer_rows - 1) * fewer_columns + np.minimum(column // size, fewer_columns - 1)
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


def signed_shades(weights: np.ndarray, scale: float) -> np.ndarray:
    """Return colours for weights, -1..1: the signed root of their share of ``scale``, as in all weight pictures."""
    part = weights / scale
    return np.asarray(np.clip(np.sign(part) * np.sqrt(np.abs(part)), -1.0, 1.0))


def frame_of(corner: np.ndarray, width: float, height: float, theme: Theme = DARK, around: float = 0.0) -> Rectangle:
    """Return a frame in the accent colour with this upper left corner, enlarged by ``around`` on all sides."""
    frame = Rectangle(width=width + 2 * around, height=height + 2 * around, color=theme.accent, stroke_width=4)
    return frame.move_to(corner + np.array([width / 2, -height / 2, 0.0])).set_z_index(OVER_TILES)


def even_cells(area: Area, count: int, aspect: float, gap: float) -> Sequence[Area]:
    """Return ``grid_cells``, but in rows of equal length if that does not make them much smaller."""
    best = grid_cells(area, count, aspect, gap)
    found: list[Sequence[Area]] = []
    for columns in (number for number in range(1, count + 1) if count % number == 0):
        rows = count // columns
        width = min((area.width - gap * (columns - 1)) / columns, aspect * (area.height - gap * (rows - 1)) / rows)
        across = (area.width - columns * (width + gap) + gap) / 2
        down = (area.height - rows * (width / aspect + gap) + gap) / 2
        if width > 0:
            lines = area.inset(across, down).down(*[1.0] * rows, gap=gap)
            found.append([place for line in lines for place in line.across(*[1.0] * columns, gap=gap)])
    even = max(found, key=lambda places: places[0].width, default=best)
    return even if even[0].width >= EVEN * best[0].width else best


def one_above_other(unit: Area, height: float) -> tuple[Area, Area]:
    """Split a unit into two parts, the upper one ``height`` times as high as the unit is wide."""
    top = Area(unit.left, unit.top - height * unit.width, unit.right, unit.top)
    return top, Area(unit.left, unit.bottom, unit.right, top.bottom - 0.2 * height * unit.width)
