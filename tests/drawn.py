"""Reference drawing of fields, simple and in float64 NumPy, and small scenes to compare with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from manim import BLUE, ORANGE, RED, WHITE, Mobject, tempconfig

from edgeglow.film.yuv_conversion import YuvPicture
from edgeglow.scenes.fields import FieldCamera, FieldScene, LineField, SquareField

SMALL = {
    "pixel_width": 96,
    "pixel_height": 54,
    "frame_rate": 4,
    "dry_run": True,
    "verbosity": "ERROR",
    "progress_bar": "none",
}


def pixel_grid(size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Return x and y of every pixel's centre, both (height, width)."""
    x, y = np.meshgrid(np.arange(size[0]), np.arange(size[1]))
    return x.astype(float), y.astype(float)


def tent_sum(u: np.ndarray) -> np.ndarray:
    """Return the integral from -infinity to u of a triangle of height 1 over -1..1."""
    u = np.clip(u, -1, 1)
    return 0.5 + u - u * np.abs(u) / 2


def line_coverage(size: tuple[int, int], ends: np.ndarray, width: float) -> np.ndarray:
    """Return how much of every pixel one line (x0, y0, x1, y1) covers, (height, width)."""
    x0, y0, x1, y1 = ends
    x, y = pixel_grid(size)
    if abs(y1 - y0) > abs(x1 - x0):
        x0, y0, x1, y1, x, y = y0, x0, y1, x1, y, x
    if x0 > x1:
        x0, y0, x1, y1 = x1, y1, x0, y0
    if x0 == x1:
        return np.zeros(x.shape)
    slope = (y1 - y0) / (x1 - x0)
    stretch = np.hypot(1, slope)
    if width > 2:  # cut off at right angles
        after = ((x - x0) + slope * (y - y0)) / stretch
        before = ((x1 - x) + slope * (y1 - y)) / stretch
        along = np.clip(np.minimum(after, before) + 0.5, 0, 1)
        off = y - (y0 + slope * (x - x0))
    else:  # cut off between two pixels
        along = np.clip(np.minimum(x + 0.5, x1) - np.maximum(x - 0.5, x0), 0, None)
        off = y - (y0 + slope * (np.clip(x, x0, x1) - x0))
    return along * (tent_sum(off + width * stretch / 2) - tent_sum(off - width * stretch / 2))


def evened(amount: float, width: float) -> float:
    """Return the amount with which a line hides 1 - exp(-amount) of what is below on average, by bisection."""
    slopes, offsets = (np.linspace(0, 1, 11)[:, None, None], np.linspace(0, 1, 20, endpoint=False)[None, :, None])
    thickness = width * np.hypot(1, slopes)
    off = np.arange(-width - 3, width + 4).round()[None, None, :] - offsets
    covered = tent_sum(off + thickness / 2) - tent_sum(off - thickness / 2)
    low, high = 0.0, 30.0
    for _ in range(40):
        middle = (low + high) / 2
        hidden = (1 - np.exp(-middle * covered)).sum(axis=2) / thickness[:, :, 0]
        low, high = (middle, high) if hidden.mean() < 1 - np.exp(-amount) else (low, middle)
    return low


def light(size: tuple[int, int], segments: np.ndarray, amounts: np.ndarray, width: float) -> np.ndarray:
    """Return the summed light of lines (n, 4) with amounts (n, 2): (2, height, width)."""
    covered = np.array([line_coverage(size, ends, width) for ends in segments.astype(float)])
    return np.einsum("nh,nyx->hyx", amounts.astype(float), covered)


def toned(
    behind: np.ndarray, summed: np.ndarray, hues: np.ndarray, gain: float = 1, opacity: float = 1
) -> np.ndarray:
    """Return a frame, uint8 (height, width, 4), with light (2, height, width) of hues (2, 3), 0..1, drawn over it."""
    total = summed.sum(axis=0)
    alpha = opacity * (1 - np.exp(-gain * total))
    mean = np.einsum("hyx,hc->yxc", summed, hues) / np.maximum(total, 1e-30)[..., None]
    over = np.concatenate([mean * alpha[..., None], alpha[..., None]], axis=2)
    return np.floor(behind * (1 - alpha[..., None]) + 255 * over + 0.5).astype(np.uint8)


def square_coverage(
    size: tuple[int, int], frame: np.ndarray, roundness: float = 0, grow: float = 0, samples: int = 16
) -> np.ndarray:
    """Return how much of every pixel a square (x, y, ux, uy, vx, vy) covers, by ``samples``^2 points in each."""
    x, y = pixel_grid(size)
    center, u, v = frame[:2], frame[2:4], frame[4:6]
    half = np.array([np.hypot(*u), np.hypot(*v)])
    radius = roundness * half.min()
    radius = max(radius + grow, 0) if radius > 0 else 0
    covered = np.zeros(x.shape)
    steps = (np.arange(samples) + 0.5) / samples - 0.5
    for sub_x in steps:
        for sub_y in steps:
            away = np.stack([x + sub_x - center[0], y + sub_y - center[1]], axis=-1)
            beyond = np.stack([abs(away @ u) / half[0], abs(away @ v) / half[1]], axis=-1) - (half + grow - radius)
            covered += np.hypot(*np.moveaxis(np.maximum(beyond, 0), -1, 0)) <= radius
    return covered / samples**2


def picture(*mobjects: Mobject, **config: Any) -> np.ndarray:
    """Draw mobjects with a new camera and return the picture, uint8 (height, width, 4)."""
    with tempconfig(SMALL | config):
        camera = FieldCamera()
        camera.capture_mobjects(mobjects)
        return camera.pixel_array.copy()


def frames_of(construct: Callable[[FieldScene], None], **config: Any) -> list[np.ndarray]:
    """Return all frames of a scene with this ``construct``, and its last picture."""
    frames: list[np.ndarray] = []

    class Shot(FieldScene):
        def construct(self) -> None:
            self.renderer.add_frame = lambda frame, num_frames=1: frames.append(frame)
            construct(self)

    with tempconfig(SMALL | config):
        scene = Shot()
        scene.render()
        scene.renderer.static_image = None
        scene.renderer.update_frame(scene)
        frames.append(scene.renderer.get_frame())
    return frames


def play_hashes(construct: Callable[[FieldScene], None], **config: Any) -> list[str | None]:
    """Return the hashes that Manim's play cache gives the plays of a scene with this ``construct``."""
    shot = type("Shot", (FieldScene,), {"construct": construct})
    with tempconfig(SMALL | config):
        scene = shot()
        scene.render()
    return scene.renderer.animations_hashes


def lines(count: int = 30, seed: int = 0, **options) -> LineField:
    rng = np.random.default_rng(seed)
    starts, ends = rng.random((2, count, 3)) * [12, 7, 0] - [6, 3.5, 0]
    look = {"positive": BLUE, "negative": ORANGE, "width": 0.2} | options
    return LineField(starts, ends, rng.normal(size=count), **look)


def grid(**options) -> SquareField:
    centers = np.stack(np.meshgrid(np.arange(5) - 2, np.arange(4) - 1.5, [0]), axis=-1).reshape(-1, 3)
    look = {"low": "#222222", "high": WHITE, "negative": RED} | options
    return SquareField(centers, 0.9, np.linspace(-1, 1, 20), **look)


def planes(shown: YuvPicture) -> list[np.ndarray]:
    """Return copies of a picture's Y, U and V planes without the padding at line ends."""
    return [
        np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, -1)[:, : plane.width].copy()
        for plane in shown.frame.planes
    ]
