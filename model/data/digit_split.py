"""Split a digit into parts by its pixels: the loop around a hole and the rest, and small pieces of both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

INKS = (0.5, 0.3, 0.7, 0.15, 0.85)  # thresholds of brightness for ink; each is tried in turn to find a hole
LEAST_REST = 0.12  # of all ink: with less outside the loop, the digit counts as a loop only
LOOP_PIECES, REST_PIECES = 4, 2


@dataclass(frozen=True, eq=False)  # arrays have no single truth value to compare
class DigitParts:
    """A digit in two parts, as masks of its pixels: bool (height, width) each.

    If ``has_loop``, ``first`` is the loop around the digit's largest hole, and ``second`` is the rest, empty where
    that is very little. Otherwise they are the upper and the lower half of the ink. Every pixel that is not black
    belongs to one of them. ``holes`` is the number of holes.
    """

    first: np.ndarray
    second: np.ndarray
    hole: tuple[float, float] | None  # row and column of its centre
    holes: int

    @property
    def has_loop(self) -> bool:
        return self.hole is not None

    def pieces(self, most: int) -> tuple[tuple[np.ndarray, ...], tuple[np.ndarray, ...]]:
        """Return small pieces of the first part and of the second, at most ``most`` in all, at least one of each.

        A loop is cut into sectors around its hole; any other part is cut across its longest direction.
        """
        rest = min(REST_PIECES, max(1, most // 3))
        loop = min(LOOP_PIECES, max(1, most - rest))
        first = _around(self.first, self.hole, loop) if self.hole else _along(self.first, loop)
        return first, _along(self.second, rest)


def split_digit_strokes(image: np.ndarray) -> DigitParts:
    """Return the parts of a digit, an image (height, width) in 0..1."""
    for ink in INKS:
        holes, count = _holes(image >= ink)
        if count:
            sizes = ndimage.sum_labels(holes > 0, holes, np.arange(1, count + 1))
            hole = holes == 1 + int(np.argmax(sizes))
            first, second = _loop(image, hole)
            middle = tuple(float(place.mean()) for place in np.nonzero(hole))
            return DigitParts(first, second, (middle[0], middle[1]), count)
    return split_halves(image)


def split_loop_and_rest(image: np.ndarray) -> DigitParts:
    """Return the parts of a digit that is one loop and something else; the halves of any other digit."""
    parts = split_digit_strokes(image)
    return parts if parts.holes == 1 and parts.second.any() else split_halves(image)


def split_halves(image: np.ndarray) -> DigitParts:
    """Return the upper and the lower half of a digit's ink, an image (height, width) in 0..1."""
    lit = image > 0
    ink = np.cumsum(image.sum(axis=1))
    below = min(int(np.searchsorted(ink, ink[-1] / 2)) + 1, int(np.flatnonzero(lit.any(axis=1))[-1]))
    upper = np.arange(len(image))[:, None] < below
    return DigitParts(lit & upper, lit & ~upper, None, 0)


def _holes(ink: np.ndarray) -> tuple[np.ndarray, int]:
    """Return the areas enclosed by ink, numbered from 1, and their number."""
    areas, count = ndimage.label(np.pad(~ink, 1, constant_values=True))
    inner = areas[1:-1, 1:-1]
    outside = areas[0, 0]
    numbers = [number for number in range(1, count + 1) if number != outside]
    found = np.zeros(ink.shape, dtype=int)
    for place, number in enumerate(numbers, start=1):
        found[inner == number] = place
    return found, len(numbers)


def _loop(image: np.ndarray, hole: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the ink that is no farther from the hole than the stroke's width, and the rest."""
    lit = image > 0
    ink = image >= 0.5
    thickness = 2 * np.median(ndimage.distance_transform_edt(ink)[_ridge(ink)]) if ink.any() else 1.0
    near = ndimage.distance_transform_edt(~hole) <= thickness + 0.5
    loop = lit & near
    rest = lit & ~near
    pieces, count = ndimage.label(rest, structure=np.ones((3, 3)))
    if count > 1:  # small pieces of the stroke's outer edge belong to the loop
        weights = ndimage.sum_labels(image, pieces, np.arange(1, count + 1))
        crumbs = rest & (pieces != 1 + int(np.argmax(weights)))
        loop, rest = loop | crumbs, rest & ~crumbs
    if image[rest].sum() < LEAST_REST * image.sum():
        return lit, np.zeros_like(lit)
    return loop, rest


def _ridge(ink: np.ndarray) -> np.ndarray:
    """Return the centre line of the strokes: ink where the distance from the edge has a maximum."""
    depth = ndimage.distance_transform_edt(ink)
    return ink & (depth >= ndimage.maximum_filter(depth, size=3) - 1e-9)


def _around(part: np.ndarray, middle: tuple[float, float], count: int) -> tuple[np.ndarray, ...]:
    """Cut a part into ``count`` sectors around a point, clockwise, the first one above it."""
    row, column = np.indices(part.shape)
    turn = np.arctan2(column - middle[1], middle[0] - row) / (2 * np.pi)  # 0 is up, 1/4 is right
    sector = np.floor(turn * count + 0.5).astype(int) % count
    return _those_with_ink([part & (sector == number) for number in range(count)])


def _along(part: np.ndarray, count: int) -> tuple[np.ndarray, ...]:
    """Cut a part across its longest direction into ``count`` pieces with equally many pixels, from the top."""
    places = np.argwhere(part).astype(float)
    if len(places) < 2:
        return _those_with_ink([part])
    centred = places - places.mean(axis=0)
    direction = np.linalg.svd(centred, full_matrices=False)[2][0]
    direction *= np.sign(direction[np.argmax(np.abs(direction))])
    order = np.argsort(centred @ direction, kind="stable")
    pieces = []
    for chosen in np.array_split(order, count):
        piece = np.zeros_like(part)
        piece[tuple(np.argwhere(part)[chosen].T)] = True
        pieces.append(piece)
    return _those_with_ink(pieces)


def _those_with_ink(pieces: list[np.ndarray]) -> tuple[np.ndarray, ...]:
    return tuple(piece for piece in pieces if piece.any())
