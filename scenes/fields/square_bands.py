"""Squares drawn band by band, into a layer or directly into the frame. Compiled by numba."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from edgeglow.scenes.fields.compile_kernel import kernel
from edgeglow.scenes.fields.compositing import composite_layer
from edgeglow.scenes.fields.square_kernels import draw_square, shape_of
from edgeglow.scenes.fields.square_paint import SquareColors
from edgeglow.scenes.fields.vectors import CHUNK

BAND = 400_000  # bytes


class SquareArrays(NamedTuple):
    """Squares as the kernels read them; later squares cover earlier ones.

    ``frames`` is float64 (n, 6): centre and half-axes, in a layer's pixels. ``fills`` float32 (n, 3), ``opacities``
    (n,), ``stroke`` (3,) and ``roundness`` are 0..1, ``stroke_width`` in pixels.
    """

    frames: np.ndarray
    fills: np.ndarray
    opacities: np.ndarray
    roundness: float
    stroke: np.ndarray
    stroke_width: float
    stroke_opacity: float


@kernel
def spans(squares: SquareArrays) -> np.ndarray:
    """Return the rows, from and to, int64 (n, 2), in which each square may be visible; equal if it is not."""
    found = np.zeros((len(squares.frames), 2), dtype=np.int64)
    for n in range(len(found)):
        _, _, _, _, _, reach = shape_of(squares.frames[n], squares.stroke_width / 2)
        if reach > 0.0 and squares.opacities[n] > 0.0:
            y, reach = min(max(squares.frames[n, 1], -1e9), 1e9), min(reach, 1e9)
            found[n, 0], found[n, 1] = int(np.floor(y - reach)), int(np.ceil(y + reach)) + 1
    return found


@kernel
def draw_band(layer: np.ndarray, above: int, rows: np.ndarray, spans: np.ndarray, squares: SquareArrays) -> None:
    """Draw the squares' part in a band of rows that begins ``above`` rows down; its old content is overwritten."""
    high, wide, _ = layer.shape
    pixels, grown = layer.reshape(-1), squares.stroke_width / 2
    pixels[:] = np.float32(0.0)
    edge = (squares.stroke[0], squares.stroke[1], squares.stroke[2], np.float32(1.0))
    for n in range(len(spans)):
        if spans[n, 0] < above + high and spans[n, 1] > above:
            part, fill = np.float64(squares.opacities[n]), squares.fills[n]
            red, green, blue = (np.float32(part * fill[0]), np.float32(part * fill[1]), np.float32(part * fill[2]))
            colors = SquareColors((red, green, blue, np.float32(part)), edge, part, squares.stroke_opacity)
            draw_square(pixels, wide, high, rows, squares.frames[n], above, squares.roundness, grown, colors)


@kernel
def draw_squares(layer: np.ndarray, squares: SquareArrays) -> None:
    """Draw squares into a layer (height, width, 4), colours multiplied by alpha; its old content is overwritten."""
    draw_band(layer, 0, np.empty((3, layer.shape[1] + CHUNK)), spans(squares), squares)


@kernel
def lay_squares(
    frame: np.ndarray, left: int, top: int, wide: int, high: int, squares: SquareArrays, opacity: float
) -> None:
    """Draw squares over the frame, uint8 (height, width, 4), as ``draw_squares`` and ``composite_layer`` would.

    The part of ``wide`` by ``high`` pixels from (left, top) on is drawn band by band, so that each band stays in
    the processor's cache.
    """
    rows, seen = np.empty((3, wide + CHUNK)), spans(squares)
    count = max(BAND // (16 * wide), 8)
    room = np.empty((count, wide, 4), dtype=np.float32)
    for above in range(0, high, count):
        band = room[: min(count, high - above)]
        draw_band(band, above, rows, seen, squares)
        composite_layer(frame, band, left, top + above, opacity)
