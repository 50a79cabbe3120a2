"""Squares band by band: into a layer, or into the frame at once. Compiled by numba."""

from __future__ import annotations

import numpy as np

from scenes.fields.compiled import CHUNK, kernel
from scenes.fields.square_kernels import draw_square, shape_of
from scenes.fields.square_paint import Look
from scenes.fields.tone import lay_picture

BAND = 400_000  # bytes


@kernel
def spans(frames: np.ndarray, opacities: np.ndarray, grown: float) -> np.ndarray:
    """The rows, from and to, int64 (n, 2), that each square may be seen in; none if it cannot be."""
    found = np.zeros((len(frames), 2), dtype=np.int64)
    for n in range(len(frames)):
        _, _, _, _, _, reach = shape_of(frames[n], grown)
        if reach > 0.0 and opacities[n] > 0.0:
            y = min(max(frames[n, 1], -1e9), 1e9)
            found[n, 0], found[n, 1] = (
                int(np.floor(y - min(reach, 1e9))),
                int(np.ceil(y + min(reach, 1e9))) + 1,
            )
    return found


@kernel
def draw_band(
    layer: np.ndarray,
    above: int,
    rows: np.ndarray,
    frames: np.ndarray,
    spans: np.ndarray,
    fills: np.ndarray,
    opacities: np.ndarray,
    roundness: float,
    stroke: np.ndarray,
    stroke_width: float,
    stroke_opacity: float,
) -> None:
    """Draw what is seen of the squares in a band of rows, with nothing in it, that begins ``above`` rows down."""
    high, wide, _ = layer.shape
    pixels = layer.reshape(-1)
    pixels[:] = np.float32(0.0)
    edge = (stroke[0], stroke[1], stroke[2], np.float32(1.0))
    for n in range(len(frames)):
        if spans[n, 0] < above + high and spans[n, 1] > above:
            part, red, green, blue = np.float64(opacities[n]), fills[n, 0], fills[n, 1], fills[n, 2]
            fill = (
                np.float32(part * red),
                np.float32(part * green),
                np.float32(part * blue),
                np.float32(part),
            )
            look = Look(fill, edge, part, stroke_opacity)
            draw_square(pixels, wide, high, rows, frames[n], above, roundness, stroke_width / 2, look)


@kernel
def draw_squares(
    layer: np.ndarray,
    frames: np.ndarray,
    fills: np.ndarray,
    opacities: np.ndarray,
    roundness: float,
    stroke: np.ndarray,
    stroke_width: float,
    stroke_opacity: float,
) -> None:
    """Draw squares into a layer (height, width, 4), colours multiplied by alpha; what was in it is gone.

    ``frames`` is float64 (n, 6): centre and half-axes, in the layer's pixels; ``fills`` float32 (n, 3) and
    ``stroke`` float32 (3,) are 0..1. Later squares lie above earlier ones.
    """
    rows, seen = np.empty((3, layer.shape[1] + CHUNK)), spans(frames, opacities, stroke_width / 2)
    look = (roundness, stroke, stroke_width, stroke_opacity)
    draw_band(layer, 0, rows, frames, seen, fills, opacities, *look)


@kernel
def lay_squares(
    frame: np.ndarray,
    left: int,
    top: int,
    wide: int,
    high: int,
    frames: np.ndarray,
    fills: np.ndarray,
    opacities: np.ndarray,
    roundness: float,
    stroke: np.ndarray,
    stroke_width: float,
    stroke_opacity: float,
    opacity: float,
) -> None:
    """Draw squares as ``draw_squares`` does into a layer of ``wide`` by ``high`` pixels, and lay it over the frame,
    uint8 (height, width, 4), from (left, top) on: band by band, each of which stays in the processor's own memory."""
    rows, seen = np.empty((3, wide + CHUNK)), spans(frames, opacities, stroke_width / 2)
    look = (roundness, stroke, stroke_width, stroke_opacity)
    count = max(BAND // (16 * wide), 8)
    room = np.empty((count, wide, 4), dtype=np.float32)
    for above in range(0, high, count):
        band = room[: min(count, high - above)]
        draw_band(band, above, rows, frames, seen, fills, opacities, *look)
        lay_picture(frame, band, left, top + above, opacity)
