"""The loop over squares and their pixels, compiled by numba.

Pixel coordinates: x to the right, y down, whole numbers at the centres of pixels. The coverage of a pixel
depends on its distances a and b >= 0 from the square's two middle lines.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from edgeglow.scenes.fields.compile_kernel import kernel
from edgeglow.scenes.fields.square_paint import SquareColors, paint
from edgeglow.scenes.fields.vectors import CHUNK

WHOLE = 1.0 - 1e-15  # full coverage, allowing for rounding


class LayerBox(NamedTuple):
    """Pixels of the layer: from left to before right, from top to before bottom."""

    left: int
    right: int
    top: int
    bottom: int


class SquareAxes(NamedTuple):
    """A square's middle, and the change of the distances from its middle lines per step along x or y."""

    x: float
    y: float
    ax: float
    ay: float
    bx: float
    by: float


class RoundedRectangleSize(NamedTuple):
    """A rounded rectangle: half its sides and the radius of its corners, in pixels."""

    half_a: float
    half_b: float
    radius: float


@kernel
def overlap(at: float, half: float) -> float:
    """Return how much of a pixel, one wide and centred at ``at``, the interval -half..half covers."""
    return min(max(min(at + 0.5, half) - max(at - 0.5, -half), 0.0), 1.0)


@kernel
def cover_row(row: np.ndarray, box: LayerBox, j: int, place: SquareAxes, outline: RoundedRectangleSize) -> None:
    """Compute how much of each of the box's pixels in row j of the layer a rounded rectangle covers.

    The loops have no branches and run to the end of a whole vector, beyond the box if needed.
    """
    x, y, ax, ay, bx, by = place
    half_a, half_b, radius = outline
    straight_a, straight_b = half_a - radius, half_b - radius
    down_a, down_b = (j - y) * ay, (j - y) * by
    count = (box.right - box.left + CHUNK - 1) // CHUNK * CHUNK
    if radius <= 0.0:
        for k in range(count):
            a, b = abs((box.left + k - x) * ax + down_a), abs((box.left + k - x) * bx + down_b)
            row[k] = overlap(a, half_a) * overlap(b, half_b)
        return
    for k in range(count):
        a, b = abs((box.left + k - x) * ax + down_a), abs((box.left + k - x) * bx + down_b)
        beyond_a, beyond_b = a - straight_a, b - straight_b
        distance = np.sqrt(beyond_a * beyond_a + beyond_b * beyond_b) - radius
        square = overlap(a, half_a) * overlap(b, half_b)
        is_corner = (beyond_a > 0.0) & (beyond_b > 0.0)
        row[k] = min(square, max(0.5 - distance, 0.0)) if is_corner else square


@kernel
def paint_row(
    layer: np.ndarray,
    start: int,
    count: int,
    inside: np.ndarray,
    outer: np.ndarray,
    inner: np.ndarray,
    colors: SquareColors,
) -> None:
    """Paint ``count`` pixels from ``start`` on, with the coverage by the square and by its stroke's two edges.

    The pixels that a convex shape covers completely are one run. (No function called here is too long to be
    inlined: numba would count references to the arrays in every row.)
    """
    red, green, blue, opacity = colors.fill
    left, right = 0, count if opacity >= np.float32(1.0) else 0
    while left < right and inner[left] < WHOLE:
        left += 1
    while right > left and inner[right - 1] < WHOLE:
        right -= 1
    for at in range(4 * (start + left), 4 * (start + right), 4):  # the background is covered completely
        layer[at], layer[at + 1], layer[at + 2], layer[at + 3] = red, green, blue, opacity
    for side in range(2):
        for k in range(right if side else 0, count if side else left):
            ring = colors.stroke_opacity * (outer[k] - inner[k])
            part, ring_part = np.float32((1.0 - ring) * inside[k]), np.float32(colors.opacity * ring)
            # If everything is thinner than a pixel, rounded corners can make the ring negative.
            if ring_part + part * opacity > np.float32(0.0):
                paint(layer, 4 * (start + k), part, ring_part, colors)


@kernel
def draw_any(
    layer: np.ndarray,
    wide: int,
    box: LayerBox,
    place: SquareAxes,
    outline: RoundedRectangleSize,
    grown: float,
    rows: np.ndarray,
    colors: SquareColors,
) -> None:
    """Draw any kind of square, row by row; ``rows`` (3, wide + CHUNK) is a buffer for the coverage."""
    half_a, half_b, radius = outline
    outer_radius = max(radius + grown, 0.0) if radius > 0.0 else 0.0  # a sharp corner stays sharp
    outer = RoundedRectangleSize(half_a + grown, half_b + grown, outer_radius)
    inner = RoundedRectangleSize(half_a - grown, half_b - grown, max(radius - grown, 0.0))
    is_ringed = grown > 0.0
    by_square, by_outer, by_inner = rows[0], rows[1 if is_ringed else 0], rows[2 if is_ringed else 0]
    for j in range(box.top, box.bottom):
        cover_row(by_square, box, j, place, outline)
        if is_ringed:
            cover_row(by_outer, box, j, place, outer)
            cover_row(by_inner, box, j, place, inner)
        paint_row(layer, j * wide + box.left, box.right - box.left, by_square, by_outer, by_inner, colors)


@kernel
def draw_upright(
    layer: np.ndarray,
    wide: int,
    box: LayerBox,
    place: SquareAxes,
    outline: RoundedRectangleSize,
    rows: np.ndarray,
    colors: SquareColors,
) -> None:
    """Draw a sharp square without a stroke whose sides run along x and y: rows and columns are independent."""
    x, y, half_x, half_y = place.x, place.y, outline.half_a, outline.half_b
    left, right = (max(box.left, int(np.floor(x - half_x + 0.5))), min(box.right, int(np.ceil(x + half_x + 0.5))))
    top, bottom = (max(box.top, int(np.floor(y - half_y + 0.5))), min(box.bottom, int(np.ceil(y + half_y + 0.5))))
    for k in range(right - left):
        rows[0, k] = overlap(abs(left + k - x), half_x)
    for j in range(top, bottom):
        down, start = overlap(abs(j - y), half_y), j * wide + left
        ring = np.float32(0.0 * down)  # a zero unknown to the compiler: it rounds as in paint_row
        for k in range(right - left):
            paint(layer, 4 * (start + k), np.float32(rows[0, k] * down), ring, colors)


@kernel
def length(x: float, y: float) -> float:
    """Return the length of the vector (x, y); faster if it is parallel to an axis."""
    return max(abs(x), abs(y)) if x == 0.0 or y == 0.0 else np.hypot(x, y)


@kernel
def shape_of(frame: np.ndarray, grown: float) -> tuple[float, float, float, float, float, float]:
    """Return a square's half sides, the lengths of its half-axes, and its reach along x and y in pixels.

    The half sides are measured at right angles to the edges, so that sheared squares are drawn correctly, too. The
    reach is the distance from the middle up to which pixels may show the square, enlarged by ``grown`` on all
    sides. All are 0 if the square has no area.
    """
    ux, uy, vx, vy = frame[2], frame[3], frame[4], frame[5]
    area = abs(ux * vy - uy * vx)
    if area < 1e-9:
        return 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    size_u, size_v = length(ux, uy), length(vx, vy)
    half_a, half_b = area / size_v, area / size_u
    more_a, more_b = 1.0 + grown / half_a, 1.0 + grown / half_b
    reach_x = abs(ux) * more_a + abs(vx) * more_b + 0.75
    reach_y = abs(uy) * more_a + abs(vy) * more_b + 0.75
    return half_a, half_b, size_u, size_v, reach_x, reach_y


@kernel
def draw_square(
    layer: np.ndarray,
    wide: int,
    high: int,
    rows: np.ndarray,
    frame: np.ndarray,
    above: int,
    roundness: float,
    grown: float,
    colors: SquareColors,
) -> None:
    """Draw one square into the flat layer, which begins ``above`` rows below the origin of ``frame``.

    ``grown`` is half the stroke's width.
    """
    half_a, half_b, size_u, size_v, reach_x, reach_y = shape_of(frame, grown)
    x, y, ux, uy, vx, vy = frame[0], frame[1] - above, frame[2], frame[3], frame[4], frame[5]
    outline = RoundedRectangleSize(half_a, half_b, roundness * min(half_a, half_b))
    place = SquareAxes(x, y, vy / size_v, -vx / size_v, uy / size_u, -ux / size_u)
    left, right = max(0, int(np.ceil(x - reach_x))), min(wide, int(np.floor(x + reach_x)) + 1)
    top, bottom = max(0, int(np.ceil(y - reach_y))), min(high, int(np.floor(y + reach_y)) + 1)
    box = LayerBox(left, right, top, bottom)
    if uy == vx == 0.0 and outline.radius <= 0.0 and grown <= 0.0:
        draw_upright(layer, wide, box, place, outline, rows, colors)
    elif left < right:
        draw_any(layer, wide, box, place, outline, grown, rows, colors)
