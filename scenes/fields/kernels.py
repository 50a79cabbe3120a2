"""The loop over lines, compiled by numba.

Pixel coordinates: x to the right, y down, whole numbers at the centres of pixels. The light of lines is summed
in float32 arrays (2, width, height): the hue, then the column, then the row. Most lines of a network run across,
and then the pixels across a line, which are lit together, lie side by side in memory.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

LEVELS, PHASES = 32, 256  # of the line profile: thicknesses, and positions between two pixels
CHUNK = 8  # pixels that are lit by one instruction
DIAGONAL = float(np.sqrt(2)) - 1


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile on first use, without the GIL; keep the machine code on disk where a folder can be written."""
    how: dict[str, Any] = {"nogil": True, "error_model": "numpy", "fastmath": {"contract"}}
    try:
        return njit(cache=True, **how)(function)
    except RuntimeError:  # numba found no folder for its cache
        return njit(**how)(function)


def reach(width: float) -> int:
    """How many pixels across a line of this width may be lit, rounded up to whole chunks."""
    return CHUNK * int(np.ceil((width * (1 + DIAGONAL) + 2) / CHUNK))


@lru_cache(maxsize=16)
def line_profiles(width: float) -> np.ndarray:
    """Coverage of the pixels across a line of this width in pixels: float32 (LEVELS, PHASES, reach).

    Level l is for lines whose thickness along the minor axis is ``width`` times 1 .. sqrt(2), as their slope
    makes it; the phase tells how far the line's upper edge lies below the pixel before the first. A pixel sees
    through a tent two pixels wide: the coverages across always sum to the thickness, so that a line's light
    depends neither on its slope nor on where it falls between pixels, and a line thinner than a pixel is fainter,
    not broken.
    """
    thickness = width * (1 + DIAGONAL * np.linspace(0, 1, LEVELS)[:, None, None])
    phase = ((np.arange(PHASES) + 0.5) / PHASES)[None, :, None]
    offset = np.arange(reach(width))[None, None, :] - phase - thickness / 2
    below, above = (np.clip(offset + side * thickness / 2, -1, 1) for side in (-1, 1))
    coverage = (above - above * np.abs(above) / 2) - (below - below * np.abs(below) / 2)
    return coverage.astype(np.float32)


@intrinsic  # type: ignore[untyped-decorator]
def add_chunk(typing: Any, light: Any, at: Any, profile: Any, first: Any, amount: Any) -> Any:
    """light[at:at + CHUNK] += amount * profile[first:first + CHUNK], as vectors; nothing is checked."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        vector = ir.VectorType(ir.FloatType(), CHUNK)
        light_type, _, profile_type, _, _ = signature.args
        places = [
            builder.bitcast(
                builder.gep(context.make_array(kind)(context, builder, array).data, [index]),
                vector.as_pointer(),
            )
            for kind, array, index in ((light_type, args[0], args[1]), (profile_type, args[2], args[3]))
        ]
        nothing = ir.Constant(vector, ir.Undefined)
        one = builder.insert_element(nothing, args[4], ir.Constant(ir.IntType(32), 0))
        amounts = builder.shuffle_vector(
            one, nothing, ir.Constant(ir.VectorType(ir.IntType(32), CHUNK), None)
        )
        old, shape = (builder.load(place, align=4) for place in places)
        builder.store(builder.fadd(old, builder.fmul(amounts, shape)), places[0], align=4)
        return context.get_dummy_value()

    return types.void(light, types.uint64, profile, types.uint64, types.float32), generate


@kernel
def clip_axis(position: float, step: float, low: float, high: float) -> tuple[float, float]:
    """The t in 0..1 for which position + t * step lies in low..high, as (t0, t1); t0 > t1 if there are none."""
    if step == 0.0:
        return (0.0, 1.0) if low <= position <= high else (1.0, 0.0)
    near, far = (low - position) / step, (high - position) / step
    return max(min(near, far), 0.0), min(max(near, far), 1.0)


@kernel
def light_run(
    light: np.ndarray,
    at: int,
    next_x: int,
    next_y: int,
    across: float,
    slope: float,
    count: int,
    profiles: np.ndarray,
    shape: int,
    length: int,
    amount: float,
    u: float,
    du: float,
) -> None:
    """Light the pixels across a line at ``count`` places along it.

    ``at`` is where the first place's pixel 0 across lies in memory, ``across`` the line's edge there, in pixels;
    ``next_x`` and ``next_y`` are the steps in memory along the line and across. All places are equally bright
    if ``du`` is 0, else as the bump makes them: u is where in the bump, -1..1, the first lies.
    """
    # Fixed point, 32 bits after the point: the pixel and the phase then cost a shift each.
    place, step = np.uint64(np.int64(across * 4294967296.0)), np.uint64(np.int64(slope * 4294967296.0))
    bright = np.float32(amount)
    base, along = np.uint64(at + next_y), np.uint64(next_x)
    profile, size, apart = np.uint64(shape), np.uint64(length), np.uint64(next_y)
    for _ in range(count):
        if du != 0.0:
            bump = max(1.0 - u * u, 0.0)
            bright = np.float32(amount * bump * bump)
            u += du
        phase = (place >> np.uint64(24)) & np.uint64(PHASES - 1)
        first = profile + phase * size
        if apart == np.uint64(1):
            to = base + (place >> np.uint64(32))
            add_chunk(light, to, profiles, first, bright)
            for k in range(CHUNK, length, CHUNK):
                add_chunk(light, to + np.uint64(k), profiles, first + np.uint64(k), bright)
        else:
            to = base + (place >> np.uint64(32)) * apart
            for k in range(length):
                light[to + np.uint64(k) * apart] += bright * profiles[first + np.uint64(k)]
        place += step
        base += along


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
    """Add the light of lines to a layer (2, width, height) whose first pixel is the frame's (left, top).

    ``segments`` is (n, 4): x0, y0, x1, y1; ``amounts`` (n, 2). Only proportions start..stop along each line
    are drawn. With ``bump_length`` 0 they are evenly bright, else as the bump around ``bump_at`` makes them;
    ``strength`` multiplies all. Lines are cut off ``reach(width)`` pixels inside the layer's border.
    """
    _, columns, rows = layer.shape
    light, shapes = layer.reshape(-1), profiles.reshape(-1)
    length = profiles.shape[2]
    for n in range(len(segments)):
        x, y = np.float64(segments[n, 0]), np.float64(segments[n, 1])
        dx, dy = segments[n, 2] - x, segments[n, 3] - y
        x, y = x - left, y - top
        size_x, size_y, next_x, next_y = columns, rows, rows, 1
        if abs(dy) > abs(dx):  # steep: step along y; from here on, x is the axis that is stepped along
            x, y, dx, dy = y, x, dy, dx
            size_x, size_y, next_x, next_y = rows, columns, 1, rows
        near_x, far_x = clip_axis(x, dx, length - 0.5, size_x - length - 0.5)
        near_y, far_y = clip_axis(y, dy, length / 2, size_y - length - 1.0)
        t0, t1 = max(near_x, near_y, start), min(far_x, far_y, stop)
        if t0 >= t1 or abs(dx) < 1e-9:
            continue
        slope = dy / dx
        stretch = np.sqrt(1.0 + slope * slope)
        level = int((stretch - 1.0) / DIAGONAL * (LEVELS - 1) + 0.5)
        shape = level * PHASES * length
        exact = strength * stretch / (1.0 + DIAGONAL * level / (LEVELS - 1))  # the level is only the nearest
        xa, xb = min(x + t0 * dx, x + t1 * dx), max(x + t0 * dx, x + t1 * dx)
        edge = y - slope * x - width * stretch / 2 - 1.0  # of the line's lit pixels, at x = 0
        first, last = int(xa + 0.5), int(xb + 0.5)
        du = 2.0 / (dx * bump_length) if bump_length > 0.0 else 0.0
        for hue in range(2):
            if amounts[n, hue] <= 0.0:
                continue
            base = hue * rows * columns
            i = first
            while i <= last:  # the first and the last pixel along the line may be lit in part
                part = exact * amounts[n, hue] * max(0.0, min(i + 0.5, xb) - max(i - 0.5, xa))
                count = last - first - 1 if first < i < last else 1
                across = edge + slope * min(max(np.float64(i), xa), xb)
                at, u = base + i * next_x, (i - x - bump_at * dx) * du
                light_run(light, at, next_x, next_y, across, slope, count, shapes, shape, length, part, u, du)
                i += count


@kernel
def mix_layers(result: np.ndarray, first: np.ndarray, share: float, second: np.ndarray, other: float) -> None:
    """result = share * first + other * second, all of the same shape."""
    out, one, two = result.reshape(-1), first.reshape(-1), second.reshape(-1)
    a, b = np.float32(share), np.float32(other)
    for i in range(len(out)):
        out[i] = a * one[i] + b * two[i]
