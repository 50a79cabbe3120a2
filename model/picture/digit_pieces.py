"""Find the pieces of ink that form the digit, and leave out specks and the table's edge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy import ndimage

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.picture.rings import is_box_with_content, within_rings
from edgeglow.model.text.shares import format_share

LEAST_INK = 5  # pixels
FAINTEST = 0.05  # of the paper's light: ink lacks at least this much
MOST_PIECES = 4000  # more pieces are noise
NEAR = 0.22  # of the digit's size: strokes nearer than this may belong together
TOUCHING = 0.07  # of the digit's size: pieces nearer than this always do
EVERYWHERE = 0.4  # of the picture, at most; a digit that fills its picture covers about a quarter
FILLED = 0.68  # of the square around the digit, at most; the boldest digits fill half
WIDEST_PLACE = 0.45  # of the digit's size, at most; junctions of a bold line reach 0.4
CROWDED = 0.25  # of the digit's surroundings, at most, are dark too
AS_LARGE = 0.5  # of the digit's size: a piece this high beside it is another digit (a five's bar is flat)
OUTSIDE = 0.03  # of the picture's shorter side: a piece nearer to the frame is not a second digit
ALIKE = 1e-3  # of the paper's light: values that differ by less are equal
EIGHT = np.ones((3, 3), bool)  # pixels that touch at a corner are connected
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True, eq=False)
class _InkPiece:
    """Connected ink. ``box`` is top, left, bottom, right; ``contact`` is its length on the frame over its size."""

    label: int
    box: tuple[int, int, int, int]
    mass: float
    area: int
    contact: float

    @property
    def size(self) -> int:
        return max(self.box[2] - self.box[0], self.box[3] - self.box[1])

    @property
    def height(self) -> int:
        return self.box[2] - self.box[0]


@dataclass(frozen=True, eq=False)
class FoundDigit:
    """The pieces found: ``mask``, bool (height, width), covers ``digit``; ``others`` are neither digit nor specks."""

    mask: np.ndarray
    digit: tuple[_InkPiece, ...]
    others: tuple[_InkPiece, ...]

    @property
    def box(self) -> tuple[int, int, int, int]:
        """The box around the digit: top, left, bottom, right."""
        return _union(self.digit)


def find_digit(ink: np.ndarray, noise: float, name: str) -> FoundDigit:
    """Find the digit's pieces in ``ink``, 0..1 (height, width).

    Raises EdgeglowError, with ``name``, when there is no ink, or ink everywhere.
    """
    ink = ink.copy()
    first: list[_InkPiece] = []
    for _ in range(3):
        labels, pieces = _find_pieces(ink, noise, name)
        first = first or pieces
        inside = [piece for piece in pieces if piece.contact < 0.5 and piece.size >= _least(ink)]
        if inside:
            return _together(labels, within_rings(labels, inside))
        touching = np.isin(labels, [piece.label for piece in pieces if piece.contact >= 0.5])
        if not touching.any():
            break
        # things along the frame may be much darker than the pen, so that a common threshold misses the pen
        ink[ndimage.binary_dilation(touching, EIGHT, iterations=3)] = 0
    raise no_ink_error(name)


class NoInkError(EdgeglowError):
    """An error for a picture without ink that is darker, or brighter, than the rest."""


def no_ink_error(name: str) -> NoInkError:
    return NoInkError(
        f"{name}: no line of a pen stands out from the paper; expected one digit, written darkly on light paper"
        " or lightly on dark; write it larger or with more contrast"
    )


def _least(ink: np.ndarray) -> float:
    return max(3.0, 0.03 * max(ink.shape))


def otsu_threshold(values: np.ndarray) -> float:
    """Return Otsu's threshold between two groups of values; below all values if they form one group."""
    if np.ptp(values) < ALIKE:  # a drawing with two colours and no grey
        return float(values.min()) - ALIKE
    counts, edges = np.histogram(values, 128)
    middle = (edges[1:] + edges[:-1]) / 2
    low, all_of_it = np.cumsum(counts), counts.sum()
    moment = np.cumsum(counts * middle)
    high = np.maximum(all_of_it - low, 1)
    between = low * high * (moment / np.maximum(low, 1) - (moment[-1] - moment) / high) ** 2
    return float(edges[1 + int(np.argmax(between[:-1]))])


def _find_pieces(ink: np.ndarray, noise: float, name: str) -> tuple[np.ndarray, list[_InkPiece]]:
    least = max(4.5 * noise, FAINTEST)
    dark = ink[ink > least]
    if len(dark) < LEAST_INK:
        raise no_ink_error(name)
    high = otsu_threshold(dark)
    labels, _ = ndimage.label(ink > max(least, 0.5 * high), EIGHT)
    if (ink > high).mean() > EVERYWHERE:
        raise EdgeglowError(
            f"{name}: {format_share((ink > high).mean(), '.0%')} of it is ink; expected one digit with paper around"
            " it; cut out the digit, with some of its paper"
        )
    keep = np.unique(labels[ink > max(least, high)])
    if len(keep) > MOST_PIECES:
        raise EdgeglowError(
            f"{name}: {len(keep)} pieces of ink, as in noise or a photo of something else; expected one digit;"
            " take a picture of one digit on plain paper"
        )
    boxes = ndimage.find_objects(labels)
    return labels, [_measure(ink, labels, int(number), boxes[number - 1]) for number in keep]


def _measure(ink: np.ndarray, labels: np.ndarray, label: int, place: tuple[slice, slice]) -> _InkPiece:
    mask = labels[place] == label
    rows, columns = place
    box = (rows.start, columns.start, rows.stop, columns.stop)
    frame = 0
    if box[0] == 0:
        frame += int(mask[0].sum())
    if box[2] == ink.shape[0]:
        frame += int(mask[-1].sum())
    if box[1] == 0:
        frame += int(mask[:, 0].sum())
    if box[3] == ink.shape[1]:
        frame += int(mask[:, -1].sum())
    size = max(mask.shape)
    return _InkPiece(label, box, float(ink[place][mask].sum()), int(mask.sum()), frame / size)


def _together(labels: np.ndarray, inside: list[_InkPiece]) -> FoundDigit:
    """Collect the main piece and the pieces that belong to it."""
    main = max(inside, key=lambda piece: piece.mass * (0.3 if piece.contact else 1.0))
    digit = [main]
    waiting = [piece for piece in inside if piece is not main and not _is_speck(piece, main)]
    while waiting:
        box = _union(digit)
        size = max(box[2] - box[0], box[3] - box[1])
        near = [piece for piece in waiting if _belongs(labels, piece, digit, size)]
        if not near:
            break
        digit += near
        waiting = [piece for piece in waiting if piece not in near]
    mask = np.isin(labels, [piece.label for piece in digit])
    return FoundDigit(mask, tuple(digit), tuple(waiting))


def _is_speck(piece: _InkPiece, main: _InkPiece) -> bool:
    return piece.mass < 0.01 * main.mass or piece.size < 0.06 * main.size


def _union(digit: Sequence[_InkPiece]) -> tuple[int, int, int, int]:
    boxes = np.array([piece.box for piece in digit])
    top, left = boxes[:, :2].min(axis=0)
    bottom, right = boxes[:, 2:].max(axis=0)
    return int(top), int(left), int(bottom), int(right)


def _belongs(labels: np.ndarray, piece: _InkPiece, digit: list[_InkPiece], size: int) -> bool:
    """Return whether a piece is near and not another digit, that is, not beside or under it while both are high."""
    gap = _gap(labels, piece, digit, size)
    if gap <= TOUCHING * size:
        return True
    box = _union(digit)
    apart = any(piece.box[axis] >= box[axis + 2] or piece.box[axis + 2] <= box[axis] for axis in (0, 1))
    lower = min(piece.height, box[2] - box[0])
    return gap <= NEAR * size and not (apart and lower >= AS_LARGE * size)


def _gap(labels: np.ndarray, piece: _InkPiece, digit: list[_InkPiece], size: int) -> float:
    """Return the distance between a piece and the digit in pixels, exact below NEAR * size."""
    around = int(NEAR * size) + 2
    top, left = (max(0, piece.box[axis] - around) for axis in (0, 1))
    part = labels[top : piece.box[2] + around, left : piece.box[3] + around]
    others = np.isin(part, [one.label for one in digit])
    if not others.any():
        return float("inf")
    return float(ndimage.distance_transform_edt(~others)[part == piece.label].min()) - 1


def check_pen_lines(found: FoundDigit, ink: np.ndarray, name: str) -> None:
    """Refuse ink that is not lines of a pen, or is hidden among other ink. Raises EdgeglowError."""
    box, area = found.box, int(found.mask.sum())
    size = max(box[2] - box[0], box[3] - box[1])
    if area < LEAST_INK or size < 3:
        raise EdgeglowError(
            f"{name}: {area} pixels of ink; expected at least {LEAST_INK}; write it larger, or cut the picture closer"
        )
    if _crowded(found, ink, size):
        raise no_ink_error(name)
    top, left, bottom, right = box
    if is_box_with_content(found.mask[top:bottom, left:right]):
        raise EdgeglowError(f"{name}: a box and what touches it cannot be told apart; expected one digit; cut it out")
    # in a small picture, the grey edges of a bold line are as wide as the line itself
    core = found.mask & (ink > 0.5 * np.median(ink[found.mask]))
    if core.sum() > FILLED * size * size or widest_place(core) - 1 > WIDEST_PLACE * size:
        raise EdgeglowError(
            f"{name}: the ink is a filled shape of {box[3] - box[1]}×{box[2] - box[0]} pixels, not lines of a pen;"
            " expected one digit; cut out the digit, with some of its paper"
        )


def _crowded(found: FoundDigit, ink: np.ndarray, size: int) -> bool:
    """Return whether much around the digit is at least half as dark, without being the digit or another piece."""
    top, left = (max(0, found.box[axis] - size // 2 - 2) for axis in (0, 1))
    around = slice(top, found.box[2] + size // 2 + 2), slice(left, found.box[3] + size // 2 + 2)
    bare = ~ndimage.binary_dilation(found.mask[around], EIGHT, iterations=2 + size // 40)
    if not bare.any():
        return False
    return bool((ink[around][bare] > 0.5 * np.median(ink[found.mask])).mean() > CROWDED)


def widest_place(mask: np.ndarray) -> float:
    """Return the diameter of the largest disc that lies in the mask, in pixels."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return 0.0
    cut = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return float(2 * ndimage.distance_transform_edt(np.pad(cut, 1)).max())


def check_single_digit(found: FoundDigit, name: str) -> None:
    """Refuse several digits or many pieces. Raises EdgeglowError."""
    main, others, box = found.digit[0], found.others, found.box
    size = max(box[2] - box[0], box[3] - box[1])
    like_it = [piece for piece in others if piece.height >= AS_LARGE * size and piece.mass >= 0.2 * main.mass]
    # a page's edge, and things beside it on the table, reach the frame or nearly so
    margin = OUTSIDE * min(found.mask.shape)
    like_it = [piece for piece in like_it if _off_the_frame(piece, found.mask.shape) >= margin]
    if len(like_it) + 1 >= len(NUMBERS) or sum(piece.mass for piece in others) > 4 * main.mass:
        raise EdgeglowError(
            f"{name}: {len(others) + 1} pieces of ink, none of which stands alone; expected one digit on plain paper;"
            " take a picture of it alone"
        )
    if like_it:
        boxes = [box, *(piece.box for piece in like_it)]
        raise EdgeglowError(
            f"{name}: {NUMBERS[len(boxes)]} pieces of about the same size{_arrangement(boxes)}; expected one digit;"
            " cut one out"
        )


def _off_the_frame(piece: _InkPiece, shape: tuple[int, ...]) -> int:
    """Return the distance in pixels from the side of the frame that the piece lies along."""
    axis = 0 if piece.height < piece.size else 1
    return min(piece.box[axis], shape[axis] - piece.box[axis + 2])


def _arrangement(boxes: list[tuple[int, int, int, int]]) -> str:
    for axis, said in ((1, " side by side"), (0, " one above the other")):
        if all(one[axis + 2] <= next_one[axis] for one, next_one in pairwise(sorted(boxes, key=lambda b: b[axis]))):
            return said
    return ""
