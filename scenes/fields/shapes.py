"""Fast drawing of Manim's shapes.

Cairo computes the coverage of each pixel once; then it can be laid over frames in any colour. Following a
text's curves and filling them is the slowest part of drawing it, and most shapes of a frame were in the frame
before, perhaps in another colour.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from copy import copy
from functools import lru_cache
from typing import Any, NamedTuple

import cairo
import numpy as np
from manim import VMobject

from edgeglow.scenes.fields.compile_kernel import kernel
from edgeglow.scenes.fields.compositing import composite_cover
from edgeglow.scenes.fields.frame_buffer import FrameBuffer
from edgeglow.scenes.fields.viewport import Viewport
from edgeglow.scenes.manim_internals import CAP_STYLE_MAP, LINE_JOIN_MAP

MOST_PATHS = 2048  # kept at most
FINE = 4096.0  # Cairo rounds paths to fractions of a unit: this many per scene unit
MITER_LIMIT = 10.0  # Cairo's default: a stroke's corner extends at most this multiple of half its width
Key = tuple[Any, ...]  # the points' bytes, and how they are seen and drawn
Trace = Callable[[Any, VMobject], object]  # sets the path of a Cairo context to a shape's curves


class Coverage(NamedTuple):
    """The coverage of each pixel, uint8 (height, width); the first pixel is the frame's (left, top)."""

    pixels: np.ndarray
    left: int
    top: int


class ShapeStore:
    """Covers of shapes, kept up to a number of bytes. ``__slots__`` keeps it out of Manim's play cache."""

    __slots__ = ("_canvas", "_ink", "_size", "bytes", "covers", "limit", "paths")

    def __init__(self, limit: int = 48_000_000) -> None:
        self.limit = limit
        self.bytes = 0
        self.covers: OrderedDict[Key, Coverage | None] = OrderedDict()
        self.paths: OrderedDict[bytes, Any] = OrderedDict()
        self._canvas: Any = None
        self._ink = np.empty((0, 0), dtype=np.uint8)
        self._size = (0, 0)

    def get(self, key: Key, find: Callable[[], Coverage | None]) -> Coverage | None:
        """Return the kept cover, or the one that ``find`` computes; None if nothing is visible."""
        if key in self.covers:
            self.covers.move_to_end(key)
            return self.covers[key]
        found = self.covers[key] = find()
        self.bytes += _size(key, found)
        while self.bytes > self.limit and len(self.covers) > 1:
            self.bytes -= _size(*self.covers.popitem(last=False))
        return found

    def path(self, key: bytes, find: Callable[[], Any]) -> Any:
        """Return the kept path in Cairo's form, or the one that ``find`` computes."""
        found = self.paths.pop(key, None)
        self.paths[key] = found = find() if found is None else found
        if len(self.paths) > MOST_PATHS:
            self.paths.popitem(last=False)
        return found

    def canvas(self, size: tuple[int, int]) -> tuple[Any, np.ndarray]:
        """Return a Cairo context and the pixels it draws on: uint8 (height, at least width), all 0."""
        width, height = size
        if self._size != size:
            stride = cairo.ImageSurface.format_stride_for_width(cairo.FORMAT_A8, width)
            self._size, self._ink = size, np.zeros((height, stride), dtype=np.uint8)
            surface = cairo.ImageSurface.create_for_data(self._ink.data, cairo.FORMAT_A8, width, height, stride)
            self._canvas = cairo.Context(surface)
        return self._canvas, self._ink


def _size(key: Key, cover: Coverage | None) -> int:
    return len(key[0]) + (0 if cover is None else cover.pixels.nbytes)


class ShapeDrawing:
    """One of Manim's shapes as seen by the camera. ``trace`` is Manim's function that sets its path in Cairo."""

    def __init__(self, mobject: VMobject, store: ShapeStore, viewport: Viewport, trace: Trace) -> None:
        self.mobject, self.store, self.size, self.trace = mobject, store, viewport.size, trace
        self.view, self.line_width = viewport.view, viewport.line_width
        self.key: Key = (mobject.points.tobytes(), *self.view)

    def has_one_colour(self) -> bool:
        """Return whether fill and strokes have a single colour each. Other shapes are drawn by Cairo itself."""
        mobject = self.mobject
        colours = (mobject.get_fill_rgbas(), mobject.get_stroke_rgbas(False), mobject.get_stroke_rgbas(True))
        return all(len(rgbas) == 1 for rgbas in colours)

    def touch(self, frame_buffer: FrameBuffer) -> None:
        """Mark the part of the frame where the shape is as drawn on."""
        if box := self.box(max(self.reach(behind) for behind in (False, True))):
            left, right, top, bottom = box
            frame_buffer.touch(left, top, right - left, bottom - top)

    def reach(self, behind: bool) -> float:
        """Return the distance from the curves up to which a stroke may be visible, in scene units."""
        return float(self.mobject.get_stroke_width(behind)) * self.line_width / 2 * MITER_LIMIT

    def lay_over(self, frame_buffer: FrameBuffer) -> None:
        """Draw the shape over the frame: background stroke, fill, stroke."""
        mobject = self.mobject
        self.stroke(frame_buffer, behind=True)
        self.lay(frame_buffer, mobject.get_fill_rgbas()[0], self.key, 0.0, lambda canvas: canvas.fill())
        self.stroke(frame_buffer, behind=False)

    def stroke(self, frame_buffer: FrameBuffer, *, behind: bool) -> None:
        mobject = self.mobject
        width = mobject.get_stroke_width(behind) * self.line_width
        if width == 0:
            return
        join, cap = LINE_JOIN_MAP[mobject.joint_type], CAP_STYLE_MAP[mobject.cap_style]

        def draw(canvas: Any) -> None:
            canvas.set_line_width(width)
            canvas.set_line_join(join)
            canvas.set_line_cap(cap)
            canvas.stroke()

        key = (*self.key, width, join, cap)
        self.lay(frame_buffer, mobject.get_stroke_rgbas(behind)[0], key, self.reach(behind), draw)

    def lay(
        self, frame_buffer: FrameBuffer, rgba: np.ndarray, key: Key, around: float, draw: Callable[[Any], None]
    ) -> None:
        """Lay over the frame what ``draw`` covers, at most ``around`` scene units from the curves."""
        colour = colour_of(rgba.tobytes(), rgba.dtype.str)
        cover = self.store.get(key, lambda: self.cover(around, draw)) if colour else None
        if cover is not None:
            pixels, left, top = cover
            frame_buffer.touch(left, top, pixels.shape[1], pixels.shape[0])
            composite_cover(frame_buffer.pixels, pixels, left, top, colour)

    def cover(self, around: float, draw: Callable[[Any], None]) -> Coverage | None:
        """Return the coverage that Cairo computes, cropped; None if it is empty."""
        box = self.box(around)
        if box is None:
            return None
        canvas, ink = self.store.canvas(self.size)
        self.follow(canvas)
        draw(canvas)
        left, right, top, bottom = extent(ink, *box)
        if left == right:
            return None
        part = ink[top:bottom, left:right]
        found = Coverage(part.copy(), left, top)
        part.fill(0)
        return found

    def follow(self, canvas: Any) -> None:
        """Set the canvas' path to the shape's curves.

        Paths are kept relative to their first point: building one takes as long as filling it, and most shapes that
        change in a frame have only moved.
        """
        x, y, _ = self.mobject.points[0]
        curves = np.round(self.mobject.points - self.mobject.points[0], 7)
        view = cairo.Matrix(*self.view)
        path = self.store.path(curves.tobytes(), lambda: self.traced(canvas, curves))
        view.translate(x, y)
        canvas.set_matrix(view)
        canvas.new_path()
        canvas.append_path(path)

    def traced(self, canvas: Any, curves: np.ndarray) -> Any:
        """Return curves, (n, 3), as a path in Cairo's form."""
        stand_in = copy(self.mobject)
        stand_in.points = curves
        canvas.set_matrix(cairo.Matrix(FINE, 0, 0, FINE))
        canvas.new_path()
        self.trace(canvas, stand_in)
        return canvas.copy_path()

    def box(self, around: float) -> tuple[int, int, int, int] | None:
        """Return the frame's part (left, right, top, bottom) up to ``around`` from the curves; None if outside."""
        ends: list[int] = []
        for axis, (scale, shift) in enumerate(((self.view[0], self.view[4]), (self.view[3], self.view[5]))):
            along = self.mobject.points[:, axis] * scale + shift
            reach = around * abs(scale) + 2
            low, high = along.min() - reach, along.max() + reach
            if not (low < self.size[axis] and high > 0):  # also true if a point is NaN
                return None
            ends += [int(max(low, 0)), int(min(high, self.size[axis] - 1)) + 1]
        return ends[0], ends[1], ends[2], ends[3]


@kernel
def extent(ink: np.ndarray, left: int, right: int, top: int, bottom: int) -> tuple[int, int, int, int]:
    """Return the columns and rows (from, to, from, to) of the nonzero part of the ink, uint8 (height, width).

    All four are 0 if there is none.
    """
    columns, flat = np.zeros(right - left, dtype=np.uint8), ink.reshape(-1)
    count = np.uint64(right - left)
    above, below = bottom, top
    for j in range(top, bottom):
        start, found = np.uint64(j * ink.shape[1] + left), np.uint8(0)
        for k in range(count):
            found |= flat[start + k]
        if found:
            for k in range(count):
                columns[k] |= flat[start + k]
            above, below = min(above, j), j + 1
    if above >= below:
        return 0, 0, 0, 0
    first, last = 0, right - left
    while not columns[first]:
        first += 1
    while not columns[last - 1]:
        last -= 1
    return left + first, left + last, above, below


@lru_cache(maxsize=4096)
def colour_of(rgba: bytes, kind: str) -> int:
    """Return four numbers, 0..1, as Cairo's colour: red + 256 (green + 256 (blue + 256 alpha)).

    Each part is multiplied by alpha and in 0..255. The result is 0 if nothing is visible.
    """
    parts = [min(max(float(part), 0.0), 1.0) for part in np.frombuffer(rgba, dtype=kind)]
    whole = [min(int(part * parts[3] * 256), 255) for part in (*parts[:3], 1.0)]
    return sum(part << 8 * place for place, part in enumerate(whole)) if whole[3] else 0
