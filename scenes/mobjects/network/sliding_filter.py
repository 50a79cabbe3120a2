"""A filter that slides over a picture, with its products, their sum, and the resulting feature map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Animation, Group, Rectangle, VGroup, linear

from edgeglow.scenes.mobjects.network.input_plane import InputPlane
from edgeglow.scenes.mobjects.numbers.number_label import NumberLabel
from edgeglow.scenes.mobjects.numbers.sum_line import format_added
from edgeglow.scenes.mobjects.pictures.tiles import Tiles, frame_of, signed_shades
from edgeglow.scenes.style.layout import Area
from edgeglow.scenes.style.number_format import WrittenSum
from edgeglow.scenes.style.theme import DARK, LABEL, SMALL, STILL, Theme


@dataclass(frozen=True, eq=False)
class FilterResult:
    """One filter on one picture.

    ``weights`` is (side, side), ``image`` (height, width), and ``cells``, the network's feature map, (rows,
    columns). ``scale`` is the |weight| drawn in full colour, ``peak`` the cell value drawn white.
    """

    weights: np.ndarray
    bias: float
    image: np.ndarray
    cells: np.ndarray
    scale: float
    peak: float

    def products(self, row: int, column: int) -> np.ndarray:
        """Return weight × pixel with the filter's upper left corner on this pixel: (side, side)."""
        side = len(self.weights)
        return np.asarray(self.weights * self.image[row : row + side, column : column + side])

    def total(self, row: int, column: int) -> float:
        """Return the sum of all products and the bias; the map's cell is this, or 0 if it is negative."""
        return float(self.products(row, column).sum() + self.bias)


class FilterSum(VGroup):
    """The sum of the products plus the bias, which has its name behind it, and the total on the line below."""

    def __init__(self, bias: float, bias_name: str, at: np.ndarray, size: float, theme: Theme = DARK) -> None:
        super().__init__()
        self.exact_bias = bias
        color = theme.accent
        self.sum = NumberLabel(-0.01, "{:z.2f}".format, size, color, theme, edge=tuple(RIGHT))  # the widest kind
        self.bias = NumberLabel(bias, format_added, size, color, theme)
        self.name = theme.write(bias_name, SMALL, theme.muted)
        VGroup(self.sum, self.bias, self.name).arrange(RIGHT, buff=0.005 * size).move_to(at + 0.009 * size * UP)
        self.equals = theme.write("=", size, theme.muted)
        self.total = NumberLabel(0.0, "{:z.2f}".format, size, color, theme)
        self.total.next_to(self.bias, DOWN, buff=0.005 * size, aligned_edge=LEFT)
        self.equals.next_to(self.total, LEFT, buff=0.005 * size)
        self.bias.shift([0, self.sum.base_line - self.bias.base_line, 0])
        self.add(self.sum, self.bias, self.name, self.equals, self.total).set_z_index(STILL)

    def set_sum(self, arrived: float) -> Self:
        """Show the sum of the products, ``arrived``, and its total with the bias."""
        written = WrittenSum.of(arrived, self.exact_bias)
        self.sum.set_value(written.sum)
        self.total.set_value(written.total)
        return self


class SlidingFilter(Group):
    """The filter, its products with the pixels below it, their sum, and the map, in the given areas.

    A frame on the picture ``plane`` marks the filter's position. ``written`` is the sum, at ``number_at``; the bias
    in it has a name.
    """

    def __init__(
        self,
        filtering: FilterResult,
        plane: InputPlane,
        areas: tuple[Area, Area, Area],
        number_at: np.ndarray,
        bias_name: str,
        size: float = LABEL,
        theme: Theme = DARK,
    ) -> None:
        super().__init__()
        self.filtering = filtering
        self.plane = plane
        side = len(filtering.weights)
        self.written = FilterSum(filtering.bias, bias_name, number_at, size, theme)
        on_filter, on_products, on_map = areas
        self.filter = Tiles((side, side), [on_filter], signed=True, theme=theme)
        self.filter.set_pictures(signed_shades(filtering.weights, filtering.scale))
        self.products = Tiles((side, side), [on_products], signed=True, theme=theme)
        cell = min(plane.cell, on_map.width / filtering.cells.shape[1], on_map.height / filtering.cells.shape[0])
        self.map = Tiles(filtering.cells.shape, [on_map], cell=cell, theme=theme)
        self.frame, self.cell_frame = (frame_of(np.zeros(3), 1.0, 1.0, theme) for _ in range(2))
        self.add(self.filter, self.products, self.map, self.frame, self.cell_frame, self.written)
        self.set_place(0, 0).show_cells(np.zeros(filtering.cells.shape, dtype=bool))

    def set_place(self, row: float, column: float) -> Self:
        """Move the frame; the products and the sum are those of the nearest whole position."""
        at = round(row), round(column)
        side, filtering = len(self.filtering.weights), self.filtering
        centers = self.plane.pixels.centers.reshape(*filtering.image.shape, 3)
        step = self.plane.cell
        corner = centers[0, 0] + np.array([column, -row, 0.0]) * step
        middle = corner + np.array([side - 1, 1 - side, 0.0]) * step / 2
        _fit(self.frame, side * step, middle)
        _fit(self.cell_frame, self.map.cell + 0.06, self.map.centers(0)[at[0] * self.map.shape[1] + at[1]])
        self.products.set_pictures(signed_shades(filtering.products(*at), filtering.scale))
        self.written.set_sum(float(filtering.products(*at).sum()))
        return self

    def show_cells(self, seen: np.ndarray) -> Self:
        """Show the values of these cells of the map, bool (rows, columns); the others are dark."""
        self.map.set_pictures(np.where(seen, self.filtering.cells / self.filtering.peak, 0.0))
        return self


class SlideFilter(Animation):
    """Animation that moves the filter straight from one (row, column) to another, where the map's cell lights up.

    With ``lights``, so do all cells that it passes. ``seen`` are the cells already lit.
    """

    def __init__(
        self,
        sliding: SlidingFilter,
        start: tuple[int, int],
        end: tuple[int, int],
        seen: np.ndarray,
        lights: bool = False,
        **kwargs: Any,
    ) -> None:
        self.start, self.end = np.array(start), np.array(end)
        self.seen = seen
        self.lights = lights
        super().__init__(sliding, **kwargs)

    def interpolate_mobject(self, alpha: float) -> None:
        sliding = self.mobject
        assert isinstance(sliding, SlidingFilter)
        steps = max(int(np.abs(self.end - self.start).max()), 1)
        part = self.rate_func(alpha)
        passed = np.arange(round(part * steps) + 1)[:, None] / steps
        if not self.lights:
            passed = passed[passed[:, 0] == 1.0]
        seen = self.seen.copy()
        seen[tuple(np.round(self.start + passed * (self.end - self.start)).astype(int).T)] = True
        sliding.set_place(*(self.start + part * (self.end - self.start))).show_cells(seen)


class FillMap(Animation):
    """Animation that lights the rest of the map, row by row; ``seen`` are the cells already lit."""

    def __init__(self, sliding: SlidingFilter, seen: np.ndarray, **kwargs: float) -> None:
        self.seen = seen
        self.sliding = sliding
        super().__init__(sliding.map, rate_func=linear, **kwargs)

    def interpolate_mobject(self, alpha: float) -> None:
        seen = self.seen.ravel().copy()
        seen[: round(self.rate_func(alpha) * len(seen))] = True
        self.sliding.show_cells(seen.reshape(self.seen.shape))


def _fit(frame: Rectangle, side: float, middle: np.ndarray) -> None:
    frame.stretch_to_fit_width(side).stretch_to_fit_height(side).move_to(middle)
