"""The loop over pictures and the frame's pixels that they cover, compiled by numba.

Pixel coordinates: x to the right, y down, whole numbers at the centres of pixels.
"""

from __future__ import annotations

import numpy as np

from scenes.fields.compiled import kernel


@kernel
def shares(
    start: float, cell: float, filled: float, count: int, first: int, out: np.ndarray, cells: np.ndarray
) -> None:
    """How much of the frame's pixels first, first + 1, ... each of the squares along one axis covers.

    The squares are ``filled`` of a ``cell`` long, each in the middle of its own; the first cell begins at
    ``start``. ``cells`` (pixels,) is filled with the first square that a pixel sees anything of, and ``out``
    (pixels, most) with the parts that this one and those after it cover.
    """
    pixels, most = out.shape
    half = filled * cell / 2
    for i in range(pixels):
        low, high = first + i - 0.5, first + i + 0.5
        begin = min(max(int(np.floor((low - start) / cell)), 0), count - 1)
        cells[i] = begin
        for k in range(most):
            out[i, k] = np.float32(0.0)
            if begin + k < count:
                middle = start + (begin + k + 0.5) * cell
                out[i, k] = np.float32(max(min(high, middle + half) - max(low, middle - half), 0.0))


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
    """Lay one picture over the flat frame: the mean of its squares over every pixel, gaps included."""
    rows, columns = values.shape
    left, top, right, bottom = box[0], box[1], box[2], box[3]
    cell_x, cell_y = (right - left) / columns, (bottom - top) / rows
    first_x, end_x = max(0, int(np.floor(left + 0.5))), min(wide, int(np.ceil(right + 0.5)))
    first_y, end_y = max(0, int(np.floor(top + 0.5))), min(high, int(np.ceil(bottom + 0.5)))
    if opacity <= 0.0 or cell_x <= 1e-9 or cell_y <= 1e-9 or first_x >= end_x or first_y >= end_y:
        return
    most_x, most_y = min(columns, int(1 / cell_x) + 2), min(rows, int(1 / cell_y) + 2)
    across = np.empty((end_x - first_x, most_x), dtype=np.float32)
    down = np.empty((end_y - first_y, most_y), dtype=np.float32)
    column, row = np.empty(end_x - first_x, dtype=np.int64), np.empty(end_y - first_y, dtype=np.int64)
    shares(left, cell_x, filled, columns, first_x, across, column)
    shares(top, cell_y, filled, rows, first_y, down, row)
    lines = np.empty(columns, dtype=np.float32)
    whole, full, half = np.float32(1.0), np.float32(255.0), np.float32(0.5)
    solid = np.float32(opacity)
    for j in range(end_y - first_y):
        covered_y = np.float32(0.0)
        lines[:] = np.float32(0.0)
        for k in range(min(most_y, rows - row[j])):
            part = down[j, k]
            covered_y += part
            for c in range(columns):
                lines[c] += part * values[row[j] + k, c]
        if covered_y <= np.float32(0.0):
            continue
        to = 4 * ((first_y + j) * wide + first_x)
        for i in range(end_x - first_x):
            covered, light = np.float32(0.0), np.float32(0.0)
            for k in range(min(most_x, columns - column[i])):
                covered += across[i, k]
                light += across[i, k] * lines[column[i] + k]
            alpha = solid * covered * covered_y
            rest = whole - alpha
            at = to + 4 * i
            for c in range(3):
                color = solid * (low[c] * covered * covered_y + rise[c] * light)
                out[at + c] = np.uint8(np.float32(out[at + c]) * rest + full * color + half)
            out[at + 3] = np.uint8(np.float32(out[at + 3]) * rest + full * alpha + half)


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
    float32 (3,), 0..1. Later pictures lie above earlier ones.
    """
    high, wide, _ = frame.shape
    out = frame.reshape(-1)
    for n in range(len(boxes)):
        draw_picture(out, wide, high, boxes[n], values[n], filled, np.float64(opacities[n]), low, rise)
