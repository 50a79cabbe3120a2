"""Surroundings of paper and digits in test pictures: desks, light, margins of a scan, windows of a screen.

Pictures are float arrays (height, width, 3), 0 to 1; every function draws its random numbers from ``random``.
"""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageDraw
from PIL.Image import Resampling, Transform
from scipy import ndimage

Random = np.random.Generator
Color = tuple[float, float, float]

HEIGHT, WIDTH = 600, 800  # pixels of the picture


def filled(color: Color | float, height: int = HEIGHT, width: int = WIDTH) -> np.ndarray:
    return np.ones((height, width, 3)) * np.asarray(color)


def dark_desk(random: Random) -> np.ndarray:
    """Return a desk of one dark colour, with a little grain."""
    color = np.array([(0.28, 0.2, 0.15), (0.12, 0.12, 0.14), (0.2, 0.26, 0.3), (0.35, 0.3, 0.28)][random.integers(4)])
    return filled(color * random.uniform(0.6, 1.1)) * (1 + 0.05 * random.standard_normal((HEIGHT, WIDTH, 1)))


def wooden_desk(random: Random, brightness: float = 0.45) -> np.ndarray:
    """Return planks with their grain, and dark gaps between them."""
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH].astype(float)
    if random.random() < 0.5:
        rows, columns = columns, rows
    wave = ndimage.gaussian_filter(random.standard_normal((HEIGHT, WIDTH)), 40)
    grain = np.sin((rows + 400 * wave / (np.abs(wave).max() + 1e-9) * 0.2 + columns * 0.05) / random.uniform(3, 7))
    fine = ndimage.gaussian_filter(random.standard_normal((HEIGHT, WIDTH)), (1, 1))
    wood = brightness * (1 + 0.12 * grain + 0.15 * fine)
    plank = rows % random.uniform(130, 220)
    wood = wood * np.where(plank < 3, 0.45, 1.0)
    return np.clip(wood[..., None] * np.array([1.25, 0.92, 0.62]), 0, 1)


def light_desk(random: Random) -> np.ndarray:
    """Return a desk nearly as light as paper: pale wood, or grey plastic."""
    if random.random() < 0.5:
        return wooden_desk(random, 0.6) ** 0.8
    return filled(random.uniform(0.5, 0.66)) * (1 + 0.02 * random.standard_normal((HEIGHT, WIDTH, 1)))


def corners(random: Random, height: int, width: int, turn: float, tilt: float, room: float = 0.9) -> np.ndarray:
    """Return the corners (4, 2; x and y) of a sheet of that shape, turned and seen at an angle.

    ``turn`` is in degrees; the sheet takes up at most ``room`` of the picture.
    """
    box = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * np.array([width, height]) / 2
    angle = np.deg2rad(turn)
    box = box @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    toward = random.uniform(0, 2 * np.pi)
    away = 1 + tilt * (box @ np.array([np.cos(toward), np.sin(toward)])) / np.abs(box).max()
    box = box / away[:, None]
    span = np.ptp(box, axis=0)
    scale = room * min(WIDTH / span[0], HEIGHT / span[1])
    box = (box - box.min(axis=0)) * scale
    free = np.array([WIDTH, HEIGHT]) - span * scale
    return box + free * random.uniform(0.35, 0.65, 2)


def lay(sheet: np.ndarray, ground: np.ndarray, places: np.ndarray, *, shadow: float = 0.0) -> np.ndarray:
    """Draw the sheet on the ground, its corners at ``places`` (4, 2; x and y, clockwise from the top left one)."""
    height, width = sheet.shape[:2]
    there = np.array([[0, 0], [width, 0], [width, height], [0, height]], float)
    rows, right = [], []
    for (x, y), (u, v) in zip(places, there, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        right += [u, v]
    numbers = tuple(np.linalg.solve(np.array(rows), np.array(right)))
    size = ground.shape[1], ground.shape[0]
    image = _image(sheet).convert("RGBA").transform(size, Transform.PERSPECTIVE, numbers, Resampling.BICUBIC)
    pixels = np.asarray(image, float) / 255
    cover = ndimage.gaussian_filter(pixels[..., 3:], (0.6, 0.6, 0))
    if shadow:
        dark = np.roll(ndimage.gaussian_filter(pixels[..., 3], 6), (5, 5), (0, 1))[..., None]
        ground = ground * (1 - shadow * dark)
    return ground * (1 - cover) + pixels[..., :3] * cover


def lit(scene: np.ndarray, random: Random, strength: float = 0.5) -> np.ndarray:
    """Return the scene with light that decreases to one side."""
    height, width = scene.shape[:2]
    rows, columns = np.mgrid[-0.5 : 0.5 : height * 1j, -0.5 : 0.5 : width * 1j]
    turn = random.uniform(0, 2 * np.pi)
    fall = np.exp(-strength * random.random() * (rows * np.sin(turn) + columns * np.cos(turn) + 0.5))
    tint = 1 + 0.06 * np.array([1, 0, -1]) * random.uniform(-1, 1)
    return scene * fall[..., None] * tint


def glare(scene: np.ndarray, random: Random, middle: tuple[float, float], radius: float) -> np.ndarray:
    """Return the scene with a lamp's reflection, white with soft edges; ``middle`` is x and y in pixels."""
    rows, columns = np.mgrid[0 : scene.shape[0], 0 : scene.shape[1]]
    stretch = random.uniform(0.6, 1.6)
    away = np.hypot((columns - middle[0]) * stretch, rows - middle[1]) / radius
    return scene + random.uniform(0.5, 0.9) / (1 + np.exp(9 * (away - 1)))[..., None]


def photographed(scene: np.ndarray, random: Random) -> np.ndarray:
    """Return the scene as a telephone saves it: soft, grainy and compressed, uint8."""
    soft = ndimage.gaussian_filter(scene, (*[random.uniform(0.4, 1.3)] * 2, 0))
    grain = soft + random.uniform(0.004, 0.02) * random.standard_normal(soft.shape)
    file = io.BytesIO()
    _image(grain).save(file, "JPEG", quality=int(random.integers(55, 95)))
    return np.asarray(Image.open(file))


def words(
    page: np.ndarray, random: Random, place: tuple[int, int], width: int, size: int, color: Color
) -> np.ndarray:
    """Draw marks like a line of print at ``place`` (x, y), in groups as long as words."""
    image = _image(page)
    pen = ImageDraw.Draw(image)
    x, y = place
    end = x + width
    ink = tuple(round(255 * part) for part in color)
    while x < end - size:
        for _ in range(random.integers(2, 9)):
            if x > end - size:
                break
            tall = size if random.random() < 0.35 else round(size * 0.7)
            box = (x, y + size - tall, x + max(2, round(size * random.uniform(0.25, 0.5))), y + size)
            kind = random.integers(3)
            if kind == 0:
                pen.ellipse(box, outline=ink, width=max(1, size // 8))
            elif kind == 1:
                pen.line((box[0], box[1], box[0], box[3]), fill=ink, width=max(1, size // 7))
            else:
                pen.arc(box, 160, 420, fill=ink, width=max(1, size // 8))
            x = box[2] + max(1, size // 6)
        x += size // 2
    return np.asarray(image, float) / 255


def rectangle(page: np.ndarray, box: tuple[float, float, float, float], color: Color, width: int = 0) -> np.ndarray:
    """Draw a rectangle (left, top, right, bottom), filled if ``width`` is 0, else its outline."""
    image = _image(page)
    ink = tuple(round(255 * part) for part in color)
    pen = ImageDraw.Draw(image)
    if width:
        pen.rectangle(box, outline=ink, width=width)
    else:
        pen.rectangle(box, fill=ink)
    return np.asarray(image, float) / 255


def _image(page: np.ndarray) -> Image.Image:
    return Image.fromarray(np.rint(255 * np.clip(page, 0, 1)).astype(np.uint8))
