"""Laying what was drawn over the frame, compiled by numba.

The frame is Manim's: uint8 (height, width, 4), red, green, blue and alpha, colours multiplied by alpha.
"""

from __future__ import annotations

import numpy as np

from scenes.fields.kernels import MOST_LIGHT, SHADES, kernel


@kernel
def lay_light(
    frame: np.ndarray,
    left: int,
    top: int,
    first: np.ndarray,
    share: float,
    second: np.ndarray,
    other: float,
    opacity: float,
    positive: np.ndarray,
    negative: np.ndarray,
    curve: np.ndarray,
) -> None:
    """Lay the light ``share * first + other * second`` over the frame, in the two hues (3,) 0..1.

    With P and N in the two channels: alpha = opacity * (1 - exp(-(P + N))), colour = (P * positive + N * negative)
    / (P + N). ``curve`` is ``tone_curve()``.
    """
    one, two = np.float32(share), np.float32(other)
    most = np.float32(MOST_LIGHT - 1.0 / SHADES)
    shades = np.float32(SHADES)
    full = np.float32(255.0)
    half = np.float32(0.5)
    solid = np.float32(opacity)
    p0, p1, p2 = (
        full * np.float32(positive[0]),
        full * np.float32(positive[1]),
        full * np.float32(positive[2]),
    )
    n0, n1, n2 = (
        full * np.float32(negative[0]),
        full * np.float32(negative[1]),
        full * np.float32(negative[2]),
    )
    mix = two != np.float32(0.0)
    for j in range(max(0, -top), min(first.shape[0], frame.shape[0] - top)):
        for i in range(max(0, -left), min(first.shape[1], frame.shape[1] - left)):
            p, n = one * first[j, i, 0], one * first[j, i, 1]
            if mix:
                p += two * second[j, i, 0]
                n += two * second[j, i, 1]
            light = p + n
            if light < np.float32(1e-5):
                continue
            at = min(light, most) * shades
            k = int(at)
            alpha = solid * (curve[k] + (at - np.float32(k)) * (curve[k + 1] - curve[k]))
            share_p = alpha * (p / light)
            share_n = alpha - share_p
            rest = np.float32(1.0) - alpha
            y, x = top + j, left + i
            frame[y, x, 0] = np.uint8(frame[y, x, 0] * rest + share_p * p0 + share_n * n0 + half)
            frame[y, x, 1] = np.uint8(frame[y, x, 1] * rest + share_p * p1 + share_n * n1 + half)
            frame[y, x, 2] = np.uint8(frame[y, x, 2] * rest + share_p * p2 + share_n * n2 + half)
            frame[y, x, 3] = np.uint8(frame[y, x, 3] * rest + alpha * full + half)


@kernel
def lay_picture(frame: np.ndarray, left: int, top: int, layer: np.ndarray, opacity: float) -> None:
    """Lay a layer with four channels, colours multiplied by alpha, 0..1, over the frame."""
    solid = np.float32(opacity)
    full = np.float32(255.0)
    half = np.float32(0.5)
    for j in range(max(0, -top), min(layer.shape[0], frame.shape[0] - top)):
        for i in range(max(0, -left), min(layer.shape[1], frame.shape[1] - left)):
            alpha = solid * layer[j, i, 3]
            if alpha <= np.float32(0.0):
                continue
            rest = np.float32(1.0) - alpha
            y, x = top + j, left + i
            for c in range(4):
                frame[y, x, c] = np.uint8(frame[y, x, c] * rest + full * solid * layer[j, i, c] + half)
