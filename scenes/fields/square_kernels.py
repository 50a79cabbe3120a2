"""The loop over squares and their pixels, compiled by numba. Coordinates and layers as in ``kernels``."""

from __future__ import annotations

import numpy as np

from scenes.fields.kernels import kernel


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
    return min(box, min(max(0.5 - distance, 0.0), 1.0))


@kernel
def grown_radius(radius: float, by: float) -> float:
    """The corner radius of an outline grown outwards; a sharp corner stays sharp."""
    return max(radius + by, 0.0) if radius > 0.0 else 0.0


@kernel
def draw_squares(
    layer: np.ndarray,
    left: int,
    top: int,
    frames: np.ndarray,
    fills: np.ndarray,
    opacities: np.ndarray,
    roundness: float,
    stroke: np.ndarray,
    stroke_width: float,
    stroke_opacity: float,
) -> None:
    """Draw squares into a layer with four channels, colours multiplied by alpha.

    ``frames`` is (n, 6): the centre and the two half-axes in pixels. ``fills`` is (n, 3), ``stroke`` (3,), 0..1.
    What a new square covers of a pixel is taken to be another part than what is covered already, as far as
    there is room: squares that touch leave no seam, and a square that covers a whole pixel hides what is below.
    """
    for n in range(len(frames)):
        x, y, ux, uy, vx, vy = frames[n]
        size_u, size_v = np.hypot(ux, uy), np.hypot(vx, vy)
        area = abs(ux * vy - uy * vx)
        if opacities[n] <= 0.0 or area < 1e-9:
            continue
        # Distances are measured at right angles to the edges, so a sheared square is drawn right as well.
        half_a, half_b = area / size_v, area / size_u
        ax, ay, bx, by = vy / size_v, -vx / size_v, uy / size_u, -ux / size_u
        radius = roundness * min(half_a, half_b)
        grown = stroke_width / 2
        reach_x, reach_y = abs(ux) + abs(vx) + grown * 2 + 1.0, abs(uy) + abs(vy) + grown * 2 + 1.0
        for j in range(max(0, int(y - top - reach_y)), min(layer.shape[0], int(y - top + reach_y) + 2)):
            for i in range(max(0, int(x - left - reach_x)), min(layer.shape[1], int(x - left + reach_x) + 2)):
                px, py = i + left - x, j + top - y
                a, b = abs(px * ax + py * ay), abs(px * bx + py * by)
                fill = coverage(a, b, half_a, half_b, radius)
                ring = 0.0
                if grown > 0.0:
                    outer = coverage(a, b, half_a + grown, half_b + grown, grown_radius(radius, grown))
                    inner = coverage(a, b, half_a - grown, half_b - grown, grown_radius(radius, -grown))
                    ring = stroke_opacity * (outer - inner)
                alpha = opacities[n] * (ring + (1.0 - ring) * fill)
                if alpha <= 0.0:
                    continue
                ring_part, fill_part = opacities[n] * ring, opacities[n] * (1.0 - ring) * fill
                old = layer[j, i, 3]
                keep = min(1.0, (1.0 - alpha) / old) if old > 0.0 else 0.0
                for c in range(3):
                    new = ring_part * stroke[c] + fill_part * fills[n, c]
                    layer[j, i, c] = new + keep * layer[j, i, c]
                layer[j, i, 3] = alpha + keep * old
