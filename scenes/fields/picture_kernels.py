"""The loop over pictures and the frame's pixels that they cover, compiled by numba.

Pixel coordinates: x to the right, y down, whole numbers at the centres of pixels.
"""

from __future__ import annotations

import numpy as np

from edgeglow.scenes.fields.compile_kernel import kernel
from edgeglow.scenes.fields.compositing import composite_pixel


@kernel
def axis_coverage(
    start: float, cell: float, filled: float, count: int, first: int, out: np.ndarray, cells: np.ndarray
) -> None:
    """Compute how much of the frame's pixels first, first + 1, ... each of the squares along one axis covers.

    Each square has ``filled`` of the length of its ``cell`` and lies in its middle; the first cell begins at
    ``start``. ``cells`` (pixels,) is filled with the first square that touches a pixel, ``out`` (most, pixels)
    with the shares that this square and those after it cover.
    """
    most, pixels = out.shape
    half = filled * cell / 2
    for i in range(pixels):
        low, high = first + i - 0.5, first + i + 0.5
        begin = min(max(int(np.floor((low - start) / cell)), 0), count - 1)
        cells[i] = begin
        for k in range(most):
            out[k, i] = np.float32(0.0)
            if begin + k < count:
                middle = start + (begin + k + 0.5) * cell
                out[k, i] = np.float32(max(min(high, middle + half) - max(low, middle - half), 0.0))


@kernel
def add_parts(light: np.ndarray, parts: np.ndarray, lines: np.ndarray, column: np.ndarray) -> None:
    """Compute light += parts * lines[column]."""
    for i in range(np.uint64(len(light))):
        light[i] += parts[i] * lines[column[i]]


@kernel
def blend_row(
    out: np.ndarray,
    at: int,
    light: np.ndarray,
    covered: np.ndarray,
    covered_y: float,
    opacity: float,
    low: np.ndarray,
    rise: np.ndarray,
) -> None:
    """Lay a row of a picture over the flat frame of whole pixels, from pixel ``at`` on."""
    full, whole, to = np.float32(255.0), np.float32(1.0), np.uint64(at)
    low_r, low_g, low_b, rise_r, rise_g, rise_b = low[0], low[1], low[2], rise[0], rise[1], rise[2]
    for i in range(np.uint64(len(light))):
        alpha = opacity * covered[i] * covered_y
        dark, bright = full * alpha, full * opacity * light[i]
        red, green, blue = (
            dark * low_r + bright * rise_r,
            dark * low_g + bright * rise_g,
            dark * low_b + bright * rise_b,
        )
        out[to + i] = composite_pixel(out[to + i], whole - alpha, red, green, blue, dark)


@kernel
def draw_picture(
    out: np.ndarray,
    wide: int,
    high: int,
    box: np.ndarray,
    values: np.ndarray,
    filled: float,
    opacity: float,
    low: np.ndarray,
    rise: np.ndarray,
) -> None:
    """Lay one picture over the flat frame: each pixel gets the mean of the squares over it, gaps included."""
    rows, columns = values.shape
    left, top, right, bottom = box[0], box[1], box[2], box[3]
    cell_x, cell_y = (right - left) / columns, (bottom - top) / rows
    first_x, end_x = max(0, int(np.floor(left + 0.5))), min(wide, int(np.ceil(right + 0.5)))
    first_y, end_y = max(0, int(np.floor(top + 0.5))), min(high, int(np.ceil(bottom + 0.5)))
    if opacity <= 0.0 or cell_x <= 1e-9 or cell_y <= 1e-9 or first_x >= end_x or first_y >= end_y:
        return
    most_x, most_y = min(columns, int(1 / cell_x) + 2), min(rows, int(1 / cell_y) + 2)
    across = np.empty((most_x, end_x - first_x), dtype=np.float32)
    down = np.empty((most_y, end_y - first_y), dtype=np.float32)
    column, row = np.empty(end_x - first_x, dtype=np.uint64), np.empty(end_y - first_y, dtype=np.uint64)
    axis_coverage(left, cell_x, filled, columns, first_x, across, column)
    axis_coverage(top, cell_y, filled, rows, first_y, down, row)
    lines, light = np.zeros(columns + most_x, dtype=np.float32), np.empty(end_x - first_x, dtype=np.float32)
    covered = np.zeros(end_x - first_x, dtype=np.float32)
    for k in range(most_x):
        covered += across[k]
    for j in range(end_y - first_y):
        covered_y = np.float32(0.0)
        lines[:] = np.float32(0.0)
        for k in range(min(most_y, rows - np.int64(row[j]))):
            part = down[k, j]
            covered_y += part
            for c in range(np.uint64(columns)):
                lines[c] += part * values[row[j] + np.uint64(k), c]
        if covered_y > np.float32(0.0):
            light[:] = np.float32(0.0)
            for k in range(most_x):
                add_parts(light, across[k], lines[k:], column)
            at = (first_y + j) * wide + first_x
            blend_row(out, at, light, covered, covered_y, np.float32(opacity), low, rise)


@kernel
def draw_pictures(
    frame: np.ndarray,
    boxes: np.ndarray,
    values: np.ndarray,
    opacities: np.ndarray,
    filled: float,
    low: np.ndarray,
    rise: np.ndarray,
) -> None:
    """Lay upright pictures over the frame, uint8 (height, width, 4), colours multiplied by alpha.

    ``boxes`` is float64 (n, 4), left, top, right and bottom in pixels; ``values`` float32 (n, rows, columns)
    and ``opacities`` (n,) are 0..1. A value of 0 has the colour ``low``, one of 1 ``low + rise``, both
    float32 (3,), 0..1. Later pictures cover earlier ones.
    """
    high, wide, _ = frame.shape
    out = frame.reshape(-1).view(np.uint32)
    for n in range(len(boxes)):
        draw_picture(out, wide, high, boxes[n], values[n], filled, np.float64(opacities[n]), low, rise)
