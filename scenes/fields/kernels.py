"""The loops over lines, squares and pixels, compiled by numba.

Pixel coordinates: x to the right, y down, whole numbers at the centres of pixels. A layer is a float32 array
(height, width, channels) whose first pixel is the frame's pixel (left, top).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit

LEVELS, PHASES = 32, 256  # of the line profile: thicknesses, and positions between two pixels
SHADES = 256  # of the tone curve, for every unit of light
MOST_LIGHT = 16  # beyond it, exp(-light) is less than half a step of a 16-bit image


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile on first use, without the GIL; keep the machine code on disk where a folder can be written."""
    try:
        return njit(cache=True, nogil=True)(function)
    except RuntimeError:  # numba found no folder for its cache
        return njit(nogil=True)(function)


def line_profiles(width: float) -> np.ndarray:
    """Coverage of the pixels across a line, (LEVELS, PHASES, pixels), float32.

    Level l is for lines whose thickness along the minor axis is ``width`` times 1 .. sqrt(2), as their slope
    makes it; the phase is the distance from the line's edge to the first pixel's centre. A pixel sees through a tent two
    pixels wide: the coverages across always sum to the thickness, so that a line's light depends neither on its
    slope nor on where it falls between pixels, and a line thinner than a pixel is fainter, not broken.
    """
    thickness = width * np.linspace(1, np.sqrt(2), LEVELS)[:, None, None]
    phase = ((np.arange(PHASES) + 0.5) / PHASES)[None, :, None]
    offset = np.arange(profile_reach(width))[None, None, :] + phase - 1 - thickness / 2
    below, above = (np.clip(offset + side * thickness / 2, -1, 1) for side in (-1, 1))
    coverage = (above - above * np.abs(above) / 2) - (below - below * np.abs(below) / 2)
    return coverage.astype(np.float32)


def profile_reach(width: float) -> int:
    """How many pixels across a line of this width may be lit."""
    return int(np.ceil(width * np.sqrt(2) + 2))


def tone_curve() -> np.ndarray:
    """1 - exp(-light) for light 0 .. MOST_LIGHT in steps of 1 / SHADES, float32."""
    light = np.arange(MOST_LIGHT * SHADES + 2) / SHADES
    return (1 - np.exp(-light)).astype(np.float32)


@kernel
def clip(
    x: float, y: float, dx: float, dy: float, low_x: float, low_y: float, high_x: float, high_y: float
) -> tuple[float, float]:
    """The part of the line (x, y) + t (dx, dy), t in 0..1, inside the box, as (t0, t1); t0 > t1 if none."""
    t0, t1 = 0.0, 1.0
    for position, step, low, high in ((x, dx, low_x, high_x), (y, dy, low_y, high_y)):
        if step == 0.0:
            if position < low or position > high:
                return 1.0, 0.0
        else:
            near, far = (low - position) / step, (high - position) / step
            if near > far:
                near, far = far, near
            t0, t1 = max(t0, near), min(t1, far)
    return t0, t1


@kernel
def draw_lines(
    layer: np.ndarray,
    left: int,
    top: int,
    segments: np.ndarray,
    amounts: np.ndarray,
    width: float,
    profiles: np.ndarray,
    start: float,
    stop: float,
    bump_at: float,
    bump_length: float,
    strength: float,
) -> None:
    """Add the light of lines to a layer with two channels, one for each hue.

    ``segments`` is (n, 4): x0, y0, x1, y1; ``amounts`` (n, 2). Only proportions start..stop along each line
    are drawn. With ``bump_length`` 0 they are evenly bright, else as the bump around ``bump_at`` makes them;
    ``strength`` multiplies all. The layer must leave a margin of the profiles' reach around what it shows.
    """
    height, wide, channels = layer.shape
    light = layer.reshape(-1)
    reach = profiles.shape[2]
    margin = reach // 2 + 1
    for n in range(len(segments)):
        positive, negative = amounts[n, 0] * strength, amounts[n, 1] * strength
        if positive == 0.0 and negative == 0.0:
            continue
        x, y = np.float64(segments[n, 0]), np.float64(segments[n, 1])
        dx, dy = segments[n, 2] - x, segments[n, 3] - y
        x, y = x - left, y - top
        steep = abs(dy) > abs(dx)
        if steep:  # step along y: from here on, x is the axis stepped along
            x, y, dx, dy = y, x, dy, dx
            size_x, size_y, stride_x, stride_y = height, wide, wide * channels, channels
        else:
            size_x, size_y, stride_x, stride_y = wide, height, channels, wide * channels
        if abs(dx) < 1e-9:
            continue
        t0, t1 = clip(x, y, dx, dy, margin - 0.5, margin - 1.0, size_x - margin - 0.5, size_y - margin + 0.0)
        t0, t1 = max(t0, start), min(t1, stop)
        if t0 >= t1:
            continue
        slope = dy / dx
        stretch = np.sqrt(1.0 + slope * slope)
        level = int((stretch - 1.0) / 0.41421356237 * (LEVELS - 1) + 0.5)
        exact = stretch / (1.0 + level * 0.41421356237 / (LEVELS - 1))  # the level is only the nearest
        positive *= exact
        negative *= exact
        half = width * stretch / 2 + 1.0
        xa, xb = x + t0 * dx, x + t1 * dx
        if xa > xb:
            xa, xb = xb, xa
        for i in range(int(np.ceil(xa - 0.5)), int(np.floor(xb + 0.5)) + 1):
            part = min(i + 0.5, xb) - max(i - 0.5, xa)
            if part <= 0.0:
                continue
            edge = y + slope * (min(max(float(i), xa), xb) - x) - half
            first = int(np.floor(edge)) + 1
            phase = min(int((first - edge) * PHASES), PHASES - 1)
            if bump_length > 0.0:
                u = 2.0 * ((i - x) / dx - bump_at) / bump_length
                bump = max(1.0 - u * u, 0.0)
                part *= bump * bump
            at = i * stride_x + first * stride_y
            if positive > 0.0:
                amount = np.float32(positive * part)
                for k in range(reach):
                    light[at + k * stride_y] += amount * profiles[level, phase, k]
            if negative > 0.0:
                amount = np.float32(negative * part)
                for k in range(reach):
                    light[at + 1 + k * stride_y] += amount * profiles[level, phase, k]


@kernel
def mix_layers(result: np.ndarray, first: np.ndarray, share: float, second: np.ndarray, other: float) -> None:
    """result = share * first + other * second."""
    out, one, two = result.reshape(-1), first.reshape(-1), second.reshape(-1)
    a, b = np.float32(share), np.float32(other)
    for i in range(len(out)):
        out[i] = a * one[i] + b * two[i]
