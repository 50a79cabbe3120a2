"""Find lines around a digit among the pieces of ink: rings that do not quite close, boxes that it touches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

import numpy as np

HELD = 0.2  # of a ring's size: a piece inside that is at least this large is a digit, not a speck
AS_LARGE = 1.15  # of a ring's size: a larger piece beside it is not another ring
AROUND = 0.8  # part of all directions in which a ring is visible from inside
DIRECTIONS = 60
STRIP = 0.04  # of a box's size: its line lies within this distance of its edge
BEYOND = 0.15  # of a box's height: a digit may reach this far beyond it
COVERED = 0.85  # part of each side of a box that has ink
FULL = 0.9  # part of a row that is a bar from side to side, as in an 8


class PieceLike(Protocol):
    """Connected ink: its number among the labels, and its box (top, left, bottom, right)."""

    @property
    def label(self) -> int: ...
    @property
    def box(self) -> tuple[int, int, int, int]: ...
    @property
    def size(self) -> int: ...


P = TypeVar("P", bound=PieceLike)


def within_rings(labels: np.ndarray, pieces: Sequence[P]) -> list[P]:
    """Return the pieces in the innermost ring.

    Returns all pieces where no ring has a digit in it, or where something as large is beside it.
    """
    left = list(pieces)
    for ring in sorted(pieces, key=lambda piece: -piece.size):
        if ring not in left:
            continue
        held = [piece for piece in left if piece is not ring and _is_inside(piece.box, ring.box)]
        beside = [piece for piece in left if piece is not ring and piece not in held]
        largest = max(held, key=lambda piece: piece.size, default=None)
        if largest is None or largest.size < HELD * ring.size or not _seen_around(labels, ring, largest):
            continue
        if all(piece.size < AS_LARGE * ring.size and not _holds(labels, piece, beside) for piece in beside):
            left = held
    return left


def _holds(labels: np.ndarray, ring: PieceLike, pieces: Sequence[PieceLike]) -> bool:
    held = [piece for piece in pieces if piece is not ring and _is_inside(piece.box, ring.box)]
    return any(piece.size >= HELD * ring.size and _seen_around(labels, ring, piece) for piece in held)


def _is_inside(inner: tuple[int, int, int, int], outer: tuple[int, int, int, int]) -> bool:
    return inner[0] > outer[0] and inner[1] > outer[1] and inner[2] < outer[2] and inner[3] < outer[3]


def _seen_around(labels: np.ndarray, ring: PieceLike, held: PieceLike) -> bool:
    """Return whether the ring is visible in nearly every direction from the centre of the piece inside."""
    top, left, bottom, right = ring.box
    mask = labels[top:bottom, left:right] == ring.label
    middle = (held.box[0] + held.box[2]) / 2 - top, (held.box[1] + held.box[3]) / 2 - left
    angles = np.linspace(0, 2 * np.pi, DIRECTIONS, endpoint=False)[:, None]
    away = np.arange(np.hypot(*mask.shape))
    rows = np.rint(middle[0] + away * np.sin(angles)).astype(int)
    columns = np.rint(middle[1] + away * np.cos(angles)).astype(int)
    there = (rows >= 0) & (rows < mask.shape[0]) & (columns >= 0) & (columns < mask.shape[1])
    rows, columns = np.where(there, rows, 0), np.where(there, columns, 0)
    return bool((mask[rows, columns] & there).any(axis=1).mean() >= AROUND)


def is_box_with_content(mask: np.ndarray) -> bool:
    """Return whether the ink, bool (height, width) and cut to it, is a box with something in it that touches it.

    An empty box, or one with a bar from side to side, is a 0 or an 8 as on displays.
    """
    views = mask, mask[::-1], mask.T, mask.T[::-1]
    if not all(_has_side(view) for view in views):
        return False
    height, width = mask.shape
    inner = mask[height // 4 : height - height // 4, width // 4 : width - width // 4]
    inked = inner[inner.any(axis=1)].mean(axis=1)
    return bool(len(inked) and inner.mean() > 0.01 and (inked < FULL).mean() > 0.5)


def _has_side(mask: np.ndarray) -> bool:
    """Return whether a straight line runs along the upper edge, or a little below it if the digit crosses it."""
    strip = max(2, round(STRIP * max(mask.shape)))
    places = range(0, max(1, round(BEYOND * mask.shape[0])), max(1, strip // 2))
    return any(mask[top : top + strip].any(axis=0).mean() >= COVERED for top in places)
