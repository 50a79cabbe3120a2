"""The loop over lines, compiled by numba.

Pixel coordinates: x to the right, y down, whole numbers at the centres of pixels. The light of lines is
summed in float32 arrays (2, width, height): colour, column, row. Most lines of a network run from left to
right; then the pixels across a line, which are lit together, are adjacent in memory.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from edgeglow.scenes.fields.compile_kernel import kernel
from edgeglow.scenes.fields.vectors import CHUNK, add_chunk

PHASES = 256  # positions of a line between two pixels
DIAGONAL = float(np.sqrt(2)) - 1


def reach(width: float) -> int:
    """Return how many pixels across a line of this width may be lit, rounded up to whole chunks."""
    return CHUNK * int(np.ceil((width * (1 + DIAGONAL) + 2) / CHUNK))


@lru_cache(maxsize=16)
def line_profiles(width: float) -> np.ndarray:
    """Return the coverage of the pixels across a line of this width in pixels: float32 (levels, PHASES, reach).

    Each level is for another slope, which makes a line ``width`` times 1 .. sqrt(2) thick along the minor axis,
    in steps of about 1/40 of a pixel. The phase is the distance of the line's edge from the last pixel before
    it. Coverage is filtered by a tent two pixels wide, so the coverages across always sum to the thickness:
    a line's light depends neither on its slope nor on its position between pixels, and a line thinner than a
    pixel is fainter, not broken.
    """
    profiles = np.empty((int(np.ceil(16 * width)) + 1, PHASES, reach(width)), dtype=np.float32)
    fill_profiles(profiles, width)
    return profiles


@kernel
def fill_profiles(profiles: np.ndarray, width: float) -> None:
    """Fill ``profiles`` with what ``line_profiles`` returns."""
    levels, phases, length = profiles.shape
    for level in range(levels):
        thickness = width * (1 + DIAGONAL * level / (levels - 1))
        for phase in range(phases):
            middle = (phase + 0.5) / phases + thickness / 2
            for k in range(length):
                below = min(max(k - middle - thickness / 2, -1.0), 1.0)
                above = min(max(k - middle + thickness / 2, -1.0), 1.0)
                covered = (above - above * abs(above) / 2) - (below - below * abs(below) / 2)
                profiles[level, phase, k] = np.float32(covered)


@kernel
def clip_axis(position: float, step: float, low: float, high: float) -> tuple[float, float]:
    """Return the range (t0, t1) within 0..1 where position + t * step is in low..high; t0 > t1 if there is none."""
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
    edge: float,
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

    ``at`` is the memory index of the first place's pixel 0 across, ``edge`` the line's edge there in pixels,
    ``next_x`` and ``next_y`` the memory steps along and across the line. All places are equally bright if
    ``du`` is 0, else the bump sets their brightness: u is the first place's position in it, -1..1.
    """
    # Fixed point with 32 fractional bits: the pixel and the phase then cost one shift each.
    place, step = np.uint64(np.int64(edge * 4294967296.0)), np.uint64(np.int64(slope * 4294967296.0))
    bright = np.float32(amount)
    base, along = np.uint64(at + next_y), np.uint64(next_x)
    profile, size, apart = np.uint64(shape), np.uint64(length), np.uint64(next_y)
    for _ in range(count):
        if du != 0.0:
            bump = max(1.0 - u * u, 0.0)
            bright = np.float32(amount * bump * bump)
            u += du
        first = profile + ((place >> np.uint64(24)) & np.uint64(PHASES - 1)) * size
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
def light_end(
    light: np.ndarray,
    at: int,
    next_y: int,
    size_y: int,
    edge: float,
    profiles: np.ndarray,
    shape: int,
    length: int,
    amount: float,
    behind: float,
    ahead: float,
    further: float,
) -> None:
    """Light the pixels across a wide line near its end, which is cut at right angles.

    Pixel 0 across is ``behind`` pixels after the line's start and ``ahead`` before its end, measured along
    it; every next pixel is ``further``.
    """
    row = int(np.floor(edge))
    first = shape + min(int((edge - row) * PHASES), PHASES - 1) * length
    for k in range(length):
        j = row + 1 + k
        inside = min(behind + j * further, ahead - j * further) + 0.5
        if 0 <= j < size_y and inside > 0.0:
            light[at + j * next_y] += np.float32(amount * min(inside, 1.0)) * profiles[first + k]


@kernel
def draw_line(
    light: np.ndarray,
    next_x: int,
    next_y: int,
    size_x: int,
    size_y: int,
    x: float,
    y: float,
    dx: float,
    dy: float,
    amount: float,
    width: float,
    profiles: np.ndarray,
    levels: int,
    length: int,
    start: float,
    stop: float,
    bump_at: float,
    bump_length: float,
) -> None:
    """Add the light of one line, |dy| <= |dx|, to one colour of a flat layer of size_x by size_y pixels."""
    slope = dy / dx
    stretch = np.sqrt(1.0 + slope * slope)
    half = width * stretch / 2 + 1.0  # height of the lit part
    near_x, far_x = clip_axis(x, dx, length - 0.5, size_x - length - 0.5)
    near_y, far_y = clip_axis(y, dy, length - half, size_y - length - 1.0 + half)
    t0, t1 = max(near_x, near_y, start), min(far_x, far_y, stop)
    if t0 >= t1:
        return
    level = int((stretch - 1.0) / DIAGONAL * (levels - 1) + 0.5)
    shape = level * PHASES * length
    amount *= stretch / (1.0 + DIAGONAL * level / (levels - 1))  # the level is only the nearest one
    edge = y - slope * x - half  # of the lit part, at x = 0
    du = 2.0 / (dx * bump_length) if bump_length > 0.0 else 0.0
    # Thin lines are cut between two places along them. For wide lines this slant would be visible: near their ends
    # each pixel is cut by itself, unless the end is only the frame's border.
    slanted = width / 2 * abs(slope) / stretch + 0.5 if width > 2.0 else 0.0
    cut_a, cut_b = (t0 > start, t1 < stop) if dx > 0.0 else (t1 < stop, t0 > start)
    end_a, end_b = 0.0 if cut_a else slanted, 0.0 if cut_b else slanted
    xa, xb = min(x + t0 * dx, x + t1 * dx), max(x + t0 * dx, x + t1 * dx)
    first, last = max(int(xa - end_a + 0.5), 0), min(int(xb + end_b + 0.5), size_x - 1)
    inner, outer = int(xa + end_a + 0.5) + 1, int(xb - end_b + 0.5) - 1
    i = first
    while i <= last:
        at, u = i * next_x, (i - x - bump_at * dx) * du
        if i == inner and outer > inner:
            count = outer - inner + 1
            begin = edge + slope * i
            light_run(light, at, next_x, next_y, begin, slope, count, profiles, shape, length, amount, u, du)
            i = outer
        elif slanted == 0.0:
            part = amount * max(0.0, min(i + 0.5, xb) - max(i - 0.5, xa))
            begin = edge + slope * min(max(np.float64(i), xa), xb)
            light_run(light, at, next_x, next_y, begin, slope, 1, profiles, shape, length, part, u, du)
        else:
            bump = max(1.0 - u * u, 0.0)
            behind = (i - xa - slope * (y + slope * (xa - x))) / stretch + (1e9 if cut_a else 0.0)
            ahead = (xb - i + slope * (y + slope * (xb - x))) / stretch + (1e9 if cut_b else 0.0)
            part = amount * bump * bump if du != 0.0 else amount
            begin, further = edge + slope * i, slope / stretch
            light_end(light, at, next_y, size_y, begin, profiles, shape, length, part, behind, ahead, further)
        i += 1


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
) -> None:
    """Add the light of lines to a layer (2, width, height) whose first pixel is the frame's (left, top).

    ``segments`` is (n, 4): x0, y0, x1, y1; ``amounts`` (n, 2). Each line is drawn from proportion ``start`` to
    ``stop``: evenly bright if ``bump_length`` is 0, else with the brightness of the bump around ``bump_at``.
    Lines may be incomplete within ``reach(width)`` pixels of the layer's border.
    """
    _, wide, high = layer.shape
    light, shapes, length = layer.reshape(-1), profiles.reshape(-1), profiles.shape[2]
    for n in range(len(segments)):
        x, y = np.float64(segments[n, 0]), np.float64(segments[n, 1])
        dx, dy = segments[n, 2] - x, segments[n, 3] - y
        x, y = x - left, y - top
        # Skip lines without length, and lines so far away that their pixels cannot be computed exactly.
        if max(abs(dx), abs(dy)) < 1e-6 or max(abs(x), abs(y), abs(dx), abs(dy)) > 1e9:
            continue
        for hue in range(2):
            amount = np.float64(amounts[n, hue])
            part = light[hue * wide * high : (hue + 1) * wide * high]
            how = (width, shapes, profiles.shape[0], length, start, stop, bump_at, bump_length)
            if amount <= 0.0:
                continue
            if abs(dx) >= abs(dy):
                draw_line(part, high, 1, wide, high, x, y, dx, dy, amount, *how)
            else:  # steps along y
                draw_line(part, 1, high, high, wide, y, x, dy, dx, amount, *how)
