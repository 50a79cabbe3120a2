"""Draw handwritten digits with strokes: training data that needs no download.

Every digit is one of the ways in model/data/digit_templates.py, written by a random hand (slant, proportions, a
smooth warp, unsteady points) with a random pen (width, pressure), and then normalised like MNIST: fitted into a box
of 20 x 20 pixels, its centre of mass moved to the middle of 28 x 28.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgeglow.model.data.digit_templates import LEAN, PEN, WAYS
from edgeglow.model.data.digits import Digits
from edgeglow.model.data.pen_path import PenPath, prepare_pen_path
from edgeglow.model.errors import EdgeglowError

DEFAULT_TRAINING = 60_000
DEFAULT_TEST = 10_000

SIDE = 28  # pixels, side of the image
BOX = 20  # pixels, side of the box that the ink is fitted into
CENTRE = 14.0  # the pixel at the centre of mass, as measured on MNIST
SAMPLES = 96  # points along a digit's line, less than a pixel apart
CHUNK = 512  # digits written at once
SHEET = 16  # digits drawn at once: their distances fit into the processor's cache


@dataclass(frozen=True)
class HandwritingVariation:
    """The variation of writers and pens: standard deviations, in parts of the digit's box unless said otherwise."""

    slant: float = 0.24  # in parts of the height
    turn: float = 0.12  # radians
    proportion: float = 0.2  # standard deviation of log(width / height)
    narrow: float = 0.82  # typical width / height
    bend: float = 0.22  # quadratic and cubic warp
    shake: float = 0.05  # of every point independently
    pen: float = 2.5  # pixels, the typical width of the line
    pen_spread: float = 0.27  # of the width's logarithm
    pressure: float = 0.12  # relative change of the width along the line
    rough: float = 0.10  # pixels, roughness of the edge
    soft: float = 1.1  # pixels from black to white at the edge


HAND = HandwritingVariation()


def draw_digits(count: int, seed: int = 0, hand: HandwritingVariation = HAND) -> Digits:
    """Draw ``count`` digits, equally many of each class (give or take one), in random order.

    The same count, seed and hand give the same bytes. Raises EdgeglowError for a count below 1.
    """
    if count < 1:
        raise EdgeglowError(f"strokes: asked for {count} digits; expected at least 1")
    random = np.random.default_rng(seed)
    labels = random.permutation(np.arange(count, dtype=np.int64) % 10)
    images = np.zeros((count, SIDE, SIDE), np.float32)
    for label, ways in enumerate(WAYS):
        paths = [prepare_pen_path(way, SAMPLES) for way in ways]
        shares = np.array([path.share for path in paths])
        places = np.flatnonzero(labels == label)
        chosen = random.choice(len(paths), size=len(places), p=shares / shares.sum())
        for number, path in enumerate(paths):
            mine = places[chosen == number]
            for start in range(0, len(mine), CHUNK):
                part = mine[start : start + CHUNK]
                lines = draw_pen_lines(path, len(part), LEAN[label], random, hand)
                images[part] = centre_boxes(
                    rasterise_lines(*fit_pen_lines(lines, path, PEN[label], random, hand), random, hand)
                )
    return Digits(images, labels, "strokes")


def draw_pen_lines(
    path: PenPath, count: int, lean: float, random: np.random.Generator, hand: HandwritingVariation
) -> np.ndarray:
    """Write a digit in one way ``count`` times: the pen's lines, (count, samples, 2), y down, of any size."""
    mix = random.uniform(-0.15, 1.15, (count, 1, 1)).astype(np.float32)
    points = path.points + mix * (path.other_points - path.points)
    points = points + _normal(random, points.shape) * (hand.shake * path.freedom)
    lines = path.spline @ points
    x, y = lines[..., 0], lines[..., 1]
    bends = np.stack([x * y, x * x - 0.08, y * y - 0.08, x * x * y, y * y * y - 0.15 * y, x * y * y], axis=-1)
    lines = lines + bends @ (_normal(random, (count, bends.shape[-1], 2)) * hand.bend)

    slant = lean + hand.slant * _normal(random, (count,))
    turn = hand.turn * _normal(random, (count,))
    width = hand.narrow * np.exp(hand.proportion * _normal(random, (count,)))
    shear = np.zeros((count, 2, 2), np.float32)  # (x, y) @ shear gives slanted x, y
    shear[:, 0, 0] = width
    shear[:, 1, 0] = -slant
    shear[:, 1, 1] = 1.0
    cos, sin = np.cos(turn), np.sin(turn)
    rotation = np.stack([np.stack([cos, sin], -1), np.stack([-sin, cos], -1)], -2)
    return lines @ (shear @ rotation)


def fit_pen_lines(
    lines: np.ndarray, path: PenPath, pen: float, random: np.random.Generator, hand: HandwritingVariation
) -> tuple[np.ndarray, np.ndarray]:
    """Choose pens, and scale lines and ink to fit the box, keeping proportions.

    Returns the lines in pixels, (count, samples, 2), and the pens' radii along them, (count, samples).
    """
    count = len(lines)
    radii = 0.5 * pen * hand.pen * np.exp(hand.pen_spread * _normal(random, (count, 1)))
    radii = np.clip(radii, 0.7, 3.2)
    low, high = lines.min(axis=1, keepdims=True), lines.max(axis=1, keepdims=True)
    size = (high - low).max(axis=2, keepdims=True)
    lines = (lines - (low + high) / 2) * ((BOX - 2 * radii[..., None]) / size) + BOX / 2
    waves = np.float32(2 * np.pi) * (
        path.progress[:, None] * np.array([1.0, 2.5], np.float32) + random.random((count, 1, 2), dtype=np.float32)
    )
    return lines, radii * (1 + hand.pressure * np.sin(waves).sum(axis=2))


def rasterise_lines(
    lines: np.ndarray, radii: np.ndarray, random: np.random.Generator, hand: HandwritingVariation
) -> np.ndarray:
    """Draw the lines: (count, 20, 20), 0..1.

    A pixel at p is inked when it is nearer to a point q of the line than the pen's radius r there, that is, when ``|p
    - q|^2 / r^2 < 1``. With p's powers on one side, (p.p, x, y, 1), that is one matrix product for all p and q.
    """
    rows, columns = (np.mgrid[0:BOX, 0:BOX].reshape(2, -1) + 0.5).astype(np.float32)
    pixels = np.stack([rows**2 + columns**2, columns, rows, np.ones_like(rows)])
    inverse = 1 / radii**2
    line_powers = np.stack(
        [inverse, *(-2 * inverse[..., None] * lines).transpose(2, 0, 1), inverse * (lines**2).sum(axis=2)], axis=-1
    )
    nearest = np.empty((len(lines), BOX * BOX), np.float32)
    for start in range(0, len(lines), SHEET):
        np.min(line_powers[start : start + SHEET] @ pixels, axis=1, out=nearest[start : start + SHEET])
    radius = radii.mean(axis=1, keepdims=True)
    outside = (np.sqrt(np.maximum(nearest, 0)) - 1) * radius + hand.rough * _normal(random, nearest.shape)
    blend = np.clip(0.5 - outside / hand.soft, 0, 1)
    return (np.rint(blend * 255) / 255).astype(np.float32).reshape(-1, BOX, BOX)


def centre_boxes(boxes: np.ndarray) -> np.ndarray:
    """Place each box in an image so that its centre of mass is in the middle: (count, 28, 28)."""
    images = np.zeros((len(boxes), SIDE, SIDE), np.float32)
    mass = boxes.sum(axis=(1, 2))
    places = np.arange(BOX)
    down = np.rint(CENTRE - boxes.sum(axis=2) @ places / mass)
    right = np.rint(CENTRE - boxes.sum(axis=1) @ places / mass)
    offsets = np.clip(np.stack([down, right], axis=1), 0, SIDE - BOX).astype(int)
    for image, box, (top, left) in zip(images, boxes, offsets.tolist(), strict=True):
        image[top : top + BOX, left : left + BOX] = box
    return images


def _normal(random: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return random.standard_normal(shape, dtype=np.float32)
