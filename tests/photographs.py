"""Difficult photographs of digits, made from 28×28 ones: written large on paper, with one disturbance or all."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from PIL import Image
from scipy import ndimage

HEIGHT, WIDTH = 420, 560  # pixels of the photograph
WRITTEN = 11  # default number of pixels of the photograph for one of the digit's
PAPER, INK = 0.88, 0.14  # share of the light that they reflect

Random = np.random.Generator


def write_large(digit: np.ndarray, scale: float = WRITTEN) -> np.ndarray:
    """Return the digit (28, 28), 0..1, as a line with sharp edges, ``scale`` times as large, cut to its ink."""
    large = ndimage.gaussian_filter(ndimage.zoom(np.pad(digit, 2), scale, order=3), scale * 0.45)
    line = np.clip((large - 0.45) * 1.2 * scale + 0.5, 0, 1)
    rows, columns = np.flatnonzero(line.any(axis=1)), np.flatnonzero(line.any(axis=0))
    return line[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def with_pen(line: np.ndarray, width: float) -> np.ndarray:
    """Return the digit drawn along the middle of its line by a pen of ``width`` pixels."""
    middle = np.pad(thin(line > 0.5), int(width) + 2)
    return np.clip(width / 2 + 0.5 - ndimage.distance_transform_edt(~middle), 0, 1)


def thin(mask: np.ndarray) -> np.ndarray:
    """Return the middle line of a shape, one pixel wide (Zhang and Suen's thinning, 1984)."""
    mask = np.pad(mask, 1)
    while True:
        before = mask
        for first in (True, False):
            around = [np.roll(mask, move, (0, 1)) for move in AROUND]
            north, _, east, _, south, _, west, _ = around
            pairs = zip(around, [*around[1:], around[0]], strict=True)
            turns = sum((~one & other).astype(int) for one, other in pairs)
            count = sum(one.astype(int) for one in around)
            edge = ~(east & south & (north | west)) if first else ~(north & west & (east | south))
            if first:
                edge = ~(north & east & south) & ~(east & south & west)
            else:
                edge = ~(north & east & west) & ~(north & south & west)
            mask = mask & ~((count >= 2) & (count <= 6) & (turns == 1) & edge)
        if (mask == before).all():
            return mask[1:-1, 1:-1]


# shifts that move a pixel's neighbour onto it: north first, then clockwise
AROUND = ((1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1))


def lay(line: np.ndarray, random: Random, *, apart: float = 0.3) -> np.ndarray:
    """Place the line on an empty page (HEIGHT, WIDTH), up to ``apart`` of the free space away from the middle."""
    page = np.zeros((HEIGHT, WIDTH))
    free = np.array(page.shape) - line.shape
    top, left = np.rint(free * (0.5 + apart * random.uniform(-1, 1, 2))).astype(int)
    page[top : top + line.shape[0], left : left + line.shape[1]] = line
    return page


def ink(page: np.ndarray, dark: float = INK) -> np.ndarray:
    """Return the light that a page with this ink reflects."""
    return PAPER * (1 - page) + dark * page


def expose(light: np.ndarray, random: Random, noise: float = 0.008) -> np.ndarray:
    """Return the light as a camera records it: uint8, with a little noise."""
    return np.rint(255 * np.clip(light + noise * random.standard_normal(light.shape), 0, 1)).astype(np.uint8)


def _places() -> tuple[np.ndarray, np.ndarray]:
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    return rows / HEIGHT - 0.5, columns / WIDTH - 0.5


def _lines(random: Random, distance: float, lean: float, width: float = 2.0) -> np.ndarray:
    """Return parallel lines, 0..1, at ``lean`` radians from horizontal."""
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    along = rows * np.cos(lean) + columns * np.sin(lean) + random.uniform(0, distance)
    off = np.abs((along + distance / 2) % distance - distance / 2)
    return np.clip(width / 2 + 0.5 - off, 0, 1)


def _jpeg(image: np.ndarray, quality: int) -> np.ndarray:
    file = io.BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file))


# -- one disturbance each -------------------------------------------------------------------------------------


def clean(line: np.ndarray, random: Random) -> np.ndarray:
    return expose(ink(lay(line, random)), random)


def off_centre(line: np.ndarray, random: Random) -> np.ndarray:
    return expose(ink(lay(line, random, apart=0.48)), random)


def uneven_light(line: np.ndarray, random: Random) -> np.ndarray:
    rows, columns = _places()
    turn = random.uniform(0, 2 * np.pi)
    fall = np.exp(-1.6 * (rows * np.sin(turn) + columns * np.cos(turn) + 0.3))
    return expose(ink(lay(line, random)) * np.minimum(fall, 1.1), random)


def vignette(line: np.ndarray, random: Random) -> np.ndarray:
    rows, columns = _places()
    return expose(ink(lay(line, random)) * (1 - 1.4 * (rows**2 + columns**2)), random)


def grain(line: np.ndarray, random: Random) -> np.ndarray:
    fibres = ndimage.gaussian_filter(random.standard_normal((HEIGHT, WIDTH)), 1.5)
    return expose(ink(lay(line, random)) * (1 + 0.06 * fibres / fibres.std()), random, noise=0.04)


def ruled(line: np.ndarray, random: Random) -> np.ndarray:
    lines = _lines(random, random.uniform(40, 80), random.uniform(-0.06, 0.06))
    page = ink(lay(line, random)) * (1 - 0.4 * lines)
    return expose(page, random)


def squared(line: np.ndarray, random: Random) -> np.ndarray:
    distance, lean = random.uniform(28, 50), random.uniform(-0.06, 0.06)
    lines = np.maximum(_lines(random, distance, lean), _lines(random, distance, lean + np.pi / 2))
    return expose(ink(lay(line, random)) * (1 - 0.35 * lines), random)


def rotated(line: np.ndarray, random: Random) -> np.ndarray:
    turned = np.clip(ndimage.rotate(line, random.uniform(-15, 15), order=1), 0, 1)
    return expose(ink(lay(turned, random)), random)


def thin_pen(line: np.ndarray, random: Random) -> np.ndarray:
    return expose(ink(lay(with_pen(line, random.uniform(2.5, 4)), random), 0.3), random)


def thick_pen(line: np.ndarray, random: Random) -> np.ndarray:
    return expose(ink(lay(with_pen(line, 44), random)), random)


def pencil(line: np.ndarray, random: Random) -> np.ndarray:
    grains = ndimage.gaussian_filter(random.random((HEIGHT, WIDTH)), 0.7)
    page = lay(with_pen(line, 6), random) * np.clip(1.2 * grains / grains.mean() - 0.2, 0, 1)
    return expose(ink(page, 0.62), random, noise=0.015)


def blurred(line: np.ndarray, random: Random) -> np.ndarray:
    return expose(ndimage.gaussian_filter(ink(lay(line, random)), 5), random)


def jpeg(line: np.ndarray, random: Random) -> np.ndarray:
    return _jpeg(expose(ink(lay(line, random), 0.4), random, noise=0.02), 12)


def shadow(line: np.ndarray, random: Random) -> np.ndarray:
    rows, columns = _places()
    turn = random.uniform(0, 2 * np.pi)
    edge = rows * np.sin(turn) + columns * np.cos(turn) - random.uniform(-0.2, 0.2)
    return expose(ink(lay(line, random)) * (1 - 0.55 / (1 + np.exp(-90 * edge))), random)


def hand_shadow(line: np.ndarray, random: Random) -> np.ndarray:
    """Return a photograph with a narrow shadow across the digit."""
    rows, columns = _places()
    turn = random.uniform(0, 2 * np.pi)
    away = np.abs(rows * np.sin(turn) + columns * np.cos(turn) - random.uniform(-0.1, 0.1))
    return expose(ink(lay(line, random)) * (1 - 0.35 / (1 + np.exp(60 * (away - 0.09)))), random)


def light_on_dark(line: np.ndarray, random: Random) -> np.ndarray:
    rows, _ = _places()
    board = 0.16 + 0.05 * rows
    page = lay(line, random)
    return expose(board * (1 - page) + 0.8 * page, random, noise=0.02)


def transparent(line: np.ndarray, random: Random) -> np.ndarray:
    """Return a drawing on a transparent background: RGBA, in an ink of any brightness."""
    image = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    image[..., :3] = random.choice([0, 40, 255])
    image[..., 3] = np.rint(255 * lay(line, random))
    return image


def deep(line: np.ndarray, random: Random) -> np.ndarray:
    """Return a photograph with 16 bits per pixel, as scanners save."""
    return np.rint(65535 * ink(lay(line, random))).astype(np.uint16)


def table(line: np.ndarray, random: Random) -> np.ndarray:
    """Return a photograph in which the page ends, on a dark wooden table."""
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    wood = 0.3 + 0.05 * np.sin(columns / 6 + 3 * np.sin(rows / 90)) + 0.02 * random.standard_normal(rows.shape)
    lean = random.uniform(-0.08, 0.08)
    off = (columns - WIDTH * random.uniform(0.0, 0.2)) + lean * (rows - HEIGHT / 2)
    down = (HEIGHT * random.uniform(0.82, 1.0) - rows) + lean * (columns - WIDTH / 2)
    page = np.clip(np.minimum(off, down) + 0.5, 0, 1)
    return expose(ink(lay(line, random, apart=0.1)) * page + wood * (1 - page), random)


def specks(line: np.ndarray, random: Random) -> np.ndarray:
    page = lay(line, random)
    for _ in range(12):
        row, column = random.integers(0, HEIGHT), random.integers(0, WIDTH)
        page[row : row + random.integers(1, 6), column : column + random.integers(1, 6)] = 1
    return expose(ink(page), random)


def coloured(line: np.ndarray, random: Random) -> np.ndarray:
    """Return a photograph of a blue pen on yellow paper, or a red one on white."""
    pens = (((0.95, 0.9, 0.6), (0.15, 0.25, 0.7)), ((0.95, 0.95, 0.95), (0.85, 0.2, 0.2)))
    paper, pen = pens[random.integers(2)]
    page = lay(line, random)[..., None]
    return expose(np.array(paper) * (1 - page) + np.array(pen) * page, random)


def all_at_once(line: np.ndarray, random: Random) -> np.ndarray:
    """Return a tilted photograph of squared paper, half in shadow, with a thin pen, grain, and strong compression."""
    rows, columns = _places()
    turned = np.clip(ndimage.rotate(with_pen(line, 7), random.uniform(-8, 8), order=1), 0, 1)
    distance, lean = random.uniform(36, 60), random.uniform(-0.12, 0.12)
    lines = np.maximum(_lines(random, distance, lean), _lines(random, distance, lean + np.pi / 2))
    light = np.exp(-0.9 * (columns + 0.3)) * (1 - 0.35 / (1 + np.exp(-60 * (rows - 0.1 + columns / 2))))
    page = ink(lay(turned, random), 0.28) * (1 - 0.25 * lines) * np.minimum(light, 1.1)
    return _jpeg(expose(ndimage.gaussian_filter(page, 0.8), random, noise=0.025), 35)


TROUBLES: dict[str, Callable[[np.ndarray, Random], np.ndarray]] = {
    trouble.__name__: trouble
    for trouble in (
        clean,
        off_centre,
        uneven_light,
        vignette,
        grain,
        ruled,
        squared,
        rotated,
        thin_pen,
        thick_pen,
        pencil,
        blurred,
        jpeg,
        shadow,
        hand_shadow,
        light_on_dark,
        transparent,
        deep,
        table,
        specks,
        coloured,
        all_at_once,
    )
}


def photograph(digit: np.ndarray, trouble: str, seed: int) -> np.ndarray:
    """Return a photograph of a digit (28, 28), 0..1, with that disturbance: uint8 or uint16, grey, RGB or RGBA."""
    return TROUBLES[trouble](write_large(digit), np.random.default_rng(seed))
