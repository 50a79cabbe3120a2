"""The compiled loop over squares against a slow one that works out every pixel."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from edgeglow.scenes.fields.square_bands import SquareArrays, draw_squares

WIDE, HIGH = 45, 30
STROKE = np.array([1.0, 0.5, 0.0], dtype=np.float32)


def overlap(at, half):
    return np.clip(np.minimum(at + 0.5, half) - np.maximum(at - 0.5, -half), 0, 1)


def coverage(a, b, half_a, half_b, radius):
    """How much of pixels at distances a and b from the middle a rounded rectangle covers."""
    if half_a <= 0 or half_b <= 0:
        return np.zeros_like(a)
    box = overlap(a, half_a) * overlap(b, half_b)
    beyond_a, beyond_b = a - (half_a - radius), b - (half_b - radius)
    rounded = np.minimum(box, np.maximum(0.5 - (np.hypot(beyond_a, beyond_b) - radius), 0))
    return np.where((beyond_a > 0) & (beyond_b > 0) & (radius > 0), rounded, box)


def expected(frames, fills, opacities, roundness, stroke_width, stroke_opacity):
    """What draw_squares should draw into an empty layer, in float64."""
    layer, grown = np.zeros((HIGH, WIDE, 4)), stroke_width / 2
    j, i = np.mgrid[:HIGH, :WIDE]
    for (x, y, ux, uy, vx, vy), fill, opacity in zip(frames, fills, opacities, strict=True):
        size_u, size_v, area = np.hypot(ux, uy), np.hypot(vx, vy), abs(ux * vy - uy * vx)
        half_a, half_b = area / size_v, area / size_u
        a = abs((i - x) * vy - (j - y) * vx) / size_v
        b = abs((i - x) * uy - (j - y) * ux) / size_u
        radius = roundness * min(half_a, half_b)
        inside = coverage(a, b, half_a, half_b, radius)
        outer = coverage(a, b, half_a + grown, half_b + grown, radius + grown if radius > 0 else 0.0)
        inner = coverage(a, b, half_a - grown, half_b - grown, max(radius - grown, 0))
        ring = stroke_opacity * (outer - inner) if grown > 0 else np.zeros_like(a)
        more_a, more_b = 1 + grown / half_a, 1 + grown / half_b
        near = abs(i - x) <= abs(ux) * more_a + abs(vx) * more_b + 0.75
        near &= abs(j - y) <= abs(uy) * more_a + abs(vy) * more_b + 0.75
        part, ring = ((opacity * near * amount)[..., None] for amount in ((1 - ring) * inside, ring))
        new = part * np.append(fill, 1) + ring * np.append(STROKE, 1)
        alpha, old = new[..., 3:], layer[..., 3:]
        keep = np.minimum(1, np.divide(1 - alpha, old, out=np.ones_like(old), where=old > 0))
        layer = np.where(alpha > 0, new + keep * layer, layer)  # a very thin ring can be below 0
    return layer


def drawn(frames, fills, opacities, *look):
    layer = np.zeros((HIGH, WIDE, 4), dtype=np.float32)
    arrays = (np.array(numbers, dtype=np.float32) for numbers in (fills, opacities))
    roundness, stroke_width, stroke_opacity = look
    draw_squares(layer, SquareArrays(np.array(frames), *arrays, roundness, STROKE, stroke_width, stroke_opacity))
    return layer


def numbers(least, most):
    return st.floats(least, most).map(lambda number: float(np.float32(number)))


SHARE = numbers(0, 1) | st.sampled_from([0.0, 1.0])
HALF = numbers(0.1, 12) | st.sampled_from([0.5, 1.0, 1.5, 4.0, 40.0])


@st.composite
def frame(draw):
    """A square that stands upright, is turned, or is turned and sheared; perhaps partly outside."""
    x, y = draw(numbers(-6, WIDE + 6)), draw(numbers(-6, HIGH + 6))
    half, other = draw(HALF), draw(HALF)
    angle = draw(st.just(0.0) | numbers(-3.2, 3.2))
    shear = draw(st.just(0.0) | numbers(-0.6, 0.6))
    u, v = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    return [x, y, *(half * u), *(other * (v + shear * u))]


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.tuples(frame(), st.tuples(SHARE, SHARE, SHARE), SHARE), min_size=1, max_size=5),
    st.tuples(SHARE, st.just(0.0) | numbers(0.05, 6), SHARE),
)
def test_squares_of_all_kinds_are_the_reference(squares, look):
    frames, fills, opacities = zip(*squares, strict=True)
    found = drawn(frames, fills, opacities, *look)
    assert np.abs(found - expected(frames, fills, opacities, *look)).max() < 1e-6
