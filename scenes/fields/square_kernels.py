"""The loop over squares and their pixels, compiled by numba.

Pixel coordinates: x to the right, y down, whole numbers at the centres of pixels.
"""

from __future__ import annotations

import numpy as np

from scenes.fields.compiled import kernel


@kernel
def overlap(at: float, half: float) -> float:
    """How much of the pixel at..at, one wide, the stretch -half..half covers."""
    return min(max(min(at + 0.5, half) - max(at - 0.5, -half), 0.0), 1.0)


@kernel
def coverage(a: float, b: float, half_a: float, half_b: float, radius: float) -> float:
    """How much of a pixel, at distances a and b >= 0 from the middle, a rounded rectangle covers."""
    if half_a <= 0.0 or half_b <= 0.0:
        return 0.0
    box = overlap(a, half_a) * overlap(b, half_b)
    beyond_a, beyond_b = a - (half_a - radius), b - (half_b - radius)
    if box == 0.0 or radius <= 0.0 or beyond_a <= 0.0 or beyond_b <= 0.0:
        return box
    distance = np.hypot(beyond_a, beyond_b) - radius
    return min(box, max(0.5 - distance, 0.0), 1.0)


@kernel
def paint(layer: np.ndarray, at: int, red: float, green: float, blue: float, alpha: float) -> None:
    """Put a colour, multiplied by alpha, into the pixel whose channels start at ``at`` of the flat layer.

    What it covers is taken to be another part of the pixel than what is covered already, as far as there is
    room: squares that touch leave no seam, and a square that covers the whole pixel hides what is below.
    """
    old = layer[at + 3]
    keep = min(np.float32(1.0), (np.float32(1.0) - alpha) / old) if old > np.float32(0.0) else np.float32(0.0)
    layer[at] = red + keep * layer[at]
    layer[at + 1] = green + keep * layer[at + 1]
    layer[at + 2] = blue + keep * layer[at + 2]
    layer[at + 3] = alpha + keep * old


@kernel
def draw_square(
    layer: np.ndarray,
    wide: int,
    high: int,
    frame: np.ndarray,
    fill: np.ndarray,
    opacity: float,
    roundness: float,
    stroke: np.ndarray,
    grown: float,
    stroke_opacity: float,
) -> None:
    """Draw one square into the flat layer; ``grown`` is half the stroke's width."""
    x, y, ux, uy, vx, vy = frame[0], frame[1], frame[2], frame[3], frame[4], frame[5]
    size_u, size_v = np.hypot(ux, uy), np.hypot(vx, vy)
    area = abs(ux * vy - uy * vx)
    if opacity <= 0.0 or area < 1e-9:
        return
    # Distances are measured at right angles to the edges, so a sheared square is drawn right as well.
    half_a, half_b = area / size_v, area / size_u
    ax, ay, bx, by = vy / size_v, -vx / size_v, uy / size_u, -ux / size_u
    radius = roundness * min(half_a, half_b)
    outer_radius = max(radius + grown, 0.0) if radius > 0.0 else 0.0  # a sharp corner stays sharp
    inner_radius = max(radius - grown, 0.0)
    more_a, more_b = 1.0 + grown / half_a, 1.0 + grown / half_b
    reach_x = abs(ux) * more_a + abs(vx) * more_b + 0.75
    reach_y = abs(uy) * more_a + abs(vy) * more_b + 0.75
    deep_a, deep_b = half_a - grown - radius - 0.5, half_b - grown - radius - 0.5
    red, green, blue = (
        np.float32(opacity * fill[0]),
        np.float32(opacity * fill[1]),
        np.float32(opacity * fill[2]),
    )
    for j in range(max(0, int(np.ceil(y - reach_y))), min(high, int(np.floor(y + reach_y)) + 1)):
        for i in range(max(0, int(np.ceil(x - reach_x))), min(wide, int(np.floor(x + reach_x)) + 1)):
            at = 4 * (j * wide + i)
            a, b = abs((i - x) * ax + (j - y) * ay), abs((i - x) * bx + (j - y) * by)
            if a <= deep_a and b <= deep_b:
                paint(layer, at, red, green, blue, np.float32(opacity))
                continue
            inside = coverage(a, b, half_a, half_b, radius)
            ring = 0.0
            if grown > 0.0:
                outer = coverage(a, b, half_a + grown, half_b + grown, outer_radius)
                ring = stroke_opacity * (outer - coverage(a, b, half_a - grown, half_b - grown, inner_radius))
            ring_part = np.float32(opacity * ring)
            part = np.float32((1.0 - ring) * inside)
            alpha = ring_part + part * np.float32(opacity)
            if alpha > np.float32(0.0):
                paint(
                    layer,
                    at,
                    part * red + ring_part * stroke[0],
                    part * green + ring_part * stroke[1],
                    part * blue + ring_part * stroke[2],
                    alpha,
                )


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
    """Draw squares into a layer (height, width, 4), colours multiplied by alpha.

    ``frames`` is float64 (n, 6): centre and half-axes, in the layer's pixels; ``fills`` float32 (n, 3) and
    ``stroke`` float32 (3,) are 0..1. Later squares lie above earlier ones.
    """
    high, wide, _ = layer.shape
    pixels = layer.reshape(-1)
    for n in range(len(frames)):
        draw_square(
            pixels,
            wide,
            high,
            frames[n],
            fills[n],
            np.float64(opacities[n]),
            roundness,
            stroke,
            stroke_width / 2,
            stroke_opacity,
        )
