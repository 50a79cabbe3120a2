"""The sheet, box or window that a digit stands in: found, cut out and made straight before any ink is looked for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image
from PIL.Image import Resampling, Transform
from scipy import ndimage

from model.errors import EdgeglowError
from model.picture_ink import WIDEST, find_ink, find_paper
from model.picture_pieces import EIGHT, WIDEST_PLACE, widest_place
from model.picture_regions import (
    RINGS,
    SOLID,
    Region,
    contrast_at_edge,
    fill,
    find_regions,
    make_small,
    solidity,
)
from model.picture_tone import is_light_on_dark, to_grey

RIM = 2  # pixels of the small picture, left out along a region's edge: neither paper nor desk
FAINT = 0.08  # of the paper's light, missing: less is no ink
INKED_RIM = 0.15  # of a region's edge: if there is more ink on it, the edge is a line of the digit's
SMALLEST_SIZE = 10  # pixels of the small picture
SMALLEST_INK = 0.06  # of its sheet: a digit is larger
SMALLEST_FRAMED = 0.2  # of a ring of ink: what is in it is a digit
SMALLEST_DOUBTED = 0.1  # of a ring: between these two it may be a digit or a speck
PLAIN_RIM = 0.7  # of its edge is as light as what is further inside: else it is a line, the outline of a 0
DIM = 12  # of 255: light that differs by less may be uneven
AS_DARK = 0.5  # of a ring's own contrast with the paper: the digit in it differs as much
DARK = 0.08  # of the contrast of a sheet with what it lies on
HOLE = 0.4  # of the height and width of the region that it is in, or more
AS_LARGE = 0.6  # of another sheet's ink: then it is not clear which of them is meant
LARGE = 0.15  # of the picture: a blank sheet that is told
SPECKS = 0.001  # of a sheet: so little ink on it is none
STRAIGHT = 0.94  # of what the hull and four corners around it cover, both do
CORNERS = 4


Box = tuple[int, int, int, int]


@dataclass(frozen=True, eq=False)
class Sheet:
    """``image`` is uint8 (height, width, 3), nothing but the sheet; ``framed`` tells that a line runs around it, ``dark_ink``
    that what is written on it is darker than its paper.
    """

    image: np.ndarray
    framed: bool
    dark_ink: bool


@dataclass(frozen=True, eq=False)
class _Written:
    """A region with ink that stands in it without touching its edge. ``box`` is top, left, bottom, right of the ink."""

    region: Region
    box: Box
    framed: bool
    dark_ink: bool
    doubtful: bool

    @property
    def size(self) -> int:
        return max(self.box[2] - self.box[0], self.box[3] - self.box[1])


def find_sheet(picture: np.ndarray, name: str) -> Sheet | None:
    """The innermost sheet, box or ring that has ink in it, made straight; None where there is no more than paper.

    ``picture`` is uint8 (height, width, 3). Raises EdgeglowError, with ``name``, when it is not clear which it is.
    """
    small, scale = make_small(picture)
    grey = to_grey(small)
    written: list[_Written] = []
    regions = find_regions(small)
    for region in regions:
        found = _look_into(region, grey)
        if found is not None and not any(_overlap(found, inner) for inner in written):
            written.append(found)
    best = max(written, key=lambda each: each.size, default=None)
    _check_blank(regions, best, grey, name)
    if best is None:
        return None
    for other in written:
        if other.size > AS_LARGE * best.size and not (other.region.mask & best.region.mask).any():
            raise EdgeglowError(
                f"{name}: two sheets or boxes with something in them; expected one digit; cut one out"
            )
    if best.framed and _is_beside(best, regions, grey):
        return None
    if best.doubtful:
        raise EdgeglowError(
            f"{name}: a line runs around something small, and either may be the digit; expected one digit;"
            " cut it out"
        )
    return Sheet(_cut_out(picture, best.region, scale), best.framed, best.dark_ink)


def _check_blank(regions: list[Region], best: _Written | None, grey: np.ndarray, name: str) -> None:
    """Raise EdgeglowError for a sheet that lies on something else and has nothing on it.

    ``best`` is what was found: it may be such a sheet with a part of the desk, whose grain was taken for ink.
    """
    frame = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    for region in reversed(regions):
        if region.area < LARGE * grey.size or (best is not None and not _is_better(region, best)):
            continue
        step, framed = contrast_at_edge(region, grey)
        if framed:
            continue
        rows, columns = _bounds(region.mask)
        deep = ndimage.binary_erosion(region.mask, EIGHT, iterations=2 * RIM + 1, border_value=1)[
            rows, columns
        ]
        light = _extend(grey[rows, columns], deep)
        # the paper within a bold 0 is blank as well, but the same paper lies around it
        other = np.abs(frame - np.median(light[deep])) > max(0.5 * step, DIM)
        if other.mean() > 0.5 and all(_is_blank(each, deep) for each in (light, 255 - light)):
            raise EdgeglowError(
                f"{name}: nothing stands out from the sheet in it; expected one digit on it; write it larger or with"
                " more contrast"
            )


def _is_better(region: Region, found: _Written) -> bool:
    """Whether it has a sharper edge, lies within what was found, and has none of the ink."""
    within = np.count_nonzero(region.mask & found.region.mask) > 0.5 * region.area
    top, left, bottom, right = found.box
    return (
        within and region.sharpness > found.region.sharpness and not region.mask[top:bottom, left:right].all()
    )


def _is_blank(light: np.ndarray, inner: np.ndarray) -> bool:
    ink, noise = find_ink(light, find_paper(light, max(3, round(WIDEST * min(light.shape)) | 1)))
    return bool((ink[inner] > max(FAINT, 4.5 * noise)).mean() < SPECKS)


def _is_beside(framed: _Written, regions: list[Region], grey: np.ndarray) -> bool:
    """Whether something larger than all of the ring or box stands beside it, on the same paper."""
    box = framed.region
    around = [
        region.mask
        for region in regions
        if region.area > 1.5 * box.area and np.count_nonzero(region.mask & box.mask) > 0.95 * box.area
    ]
    paper = around[0] if around else np.ones(grey.shape, bool)
    size = float(np.ptp(box.hull, axis=0).max())
    outside = ndimage.binary_erosion(
        paper, EIGHT, iterations=RIM
    )  # the picture's own edge is an edge as well
    outside &= ~ndimage.binary_dilation(box.mask, EIGHT, iterations=round(RINGS * size) + RIM)
    if not outside.any():
        return False
    ink = _largest_ink(_extend(grey if framed.dark_ink else 255 - grey, outside), outside, 0)
    return ink is not None and max(ink[2] - ink[0], ink[3] - ink[1]) > size


def _overlap(outer: _Written, inner: _Written) -> bool:
    """Whether what was found in the outer region lies in the inner one, or around it: it is the same, or its frame."""
    top, left, bottom, right = outer.box
    return bool(inner.region.mask[top:bottom, left:right].any())


def _look_into(region: Region, grey: np.ndarray) -> _Written | None:
    """The region with the largest piece of ink that does not touch its edge; None where no digit can be in it."""
    rows, columns = _bounds(region.mask)
    inner = ndimage.binary_erosion(region.mask, EIGHT, iterations=RIM, border_value=1)[rows, columns]
    if inner.sum() < 100:
        return None
    light = _extend(grey[rows, columns], inner)
    size = max(light.shape)
    step, framed = contrast_at_edge(region, grey)
    rim = inner & ~ndimage.binary_erosion(inner, EIGHT, border_value=1)
    deep = ndimage.binary_erosion(inner, EIGHT, iterations=max(3, min(light.shape) // 8), border_value=1)
    alike = np.abs(light - _extend(light, deep))[rim] < max(0.4 * step, DIM) if deep.any() else np.zeros(1)
    if alike.mean() < PLAIN_RIM:
        return None
    least = (AS_DARK if framed else DARK) * step
    for dark_ink in (True, False) if not is_light_on_dark(light) else (False, True):
        box = _largest_ink(light if dark_ink else 255 - light, inner, least)
        if box is None:
            continue
        extent = max(box[2] - box[0], box[3] - box[1])
        share = extent / size
        if extent >= SMALLEST_SIZE and share >= (SMALLEST_DOUBTED if framed else SMALLEST_INK):
            top, left = rows.start, columns.start
            box = box[0] + top, box[1] + left, box[2] + top, box[3] + left
            return _Written(region, box, framed, dark_ink, framed and share < SMALLEST_FRAMED)
    return None


def _largest_ink(light: np.ndarray, inner: np.ndarray, least: float) -> Box | None:
    """Top, left, bottom and right of the heaviest piece, dark on light, if it does not touch the edge.

    It differs from the paper around it by ``least`` (of 255) or more.
    """
    widest = max(3, round(WIDEST * min(light.shape)) | 1)
    ink, noise = find_ink(light, find_paper(light, widest))
    ink = np.where(inner, ink, 0)
    labels, count = ndimage.label(ink > max(FAINT, 4.5 * noise, 0.4 * float(np.percentile(ink, 99.5))), EIGHT)
    if not count:
        return None
    numbers = np.arange(count + 1)
    masses = np.asarray(ndimage.sum(ink, labels, numbers))
    rim = inner & ~ndimage.binary_erosion(inner, EIGHT, border_value=1)
    deep = ndimage.binary_erosion(inner, EIGHT, iterations=max(1, min(light.shape) // 12), border_value=1)
    if (labels[rim] > 0).mean() > INKED_RIM:
        return None
    touching = np.unique(labels[rim & (labels > 0)])
    crossing = np.asarray(ndimage.sum(ink * deep, labels, numbers))[touching]
    masses[[0, *touching]] = 0
    heaviest = int(np.argmax(masses))
    if masses[heaviest] <= crossing.max(initial=0):
        return None
    piece = labels == heaviest
    rows, columns = _bounds(piece)
    around = ndimage.binary_dilation(piece, EIGHT, iterations=4) & (labels == 0) & inner
    contrast = (
        float(np.median(light[around])) - float(np.percentile(light[piece], 25)) if around.any() else 0.0
    )
    if contrast < least or _is_blob(piece[rows, columns], light.shape):
        return None
    return rows.start, columns.start, rows.stop, columns.stop


def _is_blob(piece: np.ndarray, shape: tuple[int, ...]) -> bool:
    """Whether it is no line of a pen: the paper within a bold 0, which is nearly as wide and as high as that, or a lump."""
    if widest_place(piece) - 1 > WIDEST_PLACE * max(piece.shape):
        return True
    return bool(min(np.divide(piece.shape, shape)) > HOLE and solidity(piece) > SOLID)


def _bounds(mask: np.ndarray) -> tuple[slice, slice]:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _extend(image: np.ndarray, inner: np.ndarray) -> np.ndarray:
    """The image with what is not ``inner`` as it is at the nearest place that is: paper and its lines go on."""
    if inner.all():
        return image
    places = ndimage.distance_transform_edt(~inner, return_distances=False, return_indices=True)
    return np.asarray(image[tuple(places)])


# -- cut out ----------------------------------------------------------------------------------------------------


def _cut_out(picture: np.ndarray, region: Region, scale: float) -> np.ndarray:
    """The region alone, made straight if it has four corners; around it its own paper goes on."""
    hull = (region.hull + 0.5) * scale - 0.5
    mask = fill(hull, picture.shape)
    mask = ndimage.binary_erosion(mask, EIGHT, iterations=max(1, round(RIM * scale)), border_value=1)
    corners = _four_corners(region, scale, picture.shape)
    if corners is None:
        rows, columns = _bounds(mask)
        return _extend(picture[rows, columns], mask[rows, columns])
    image, inner = _straightened(picture, mask, corners)
    rows, columns = _bounds(inner)
    return _extend(image[rows, columns], inner[rows, columns])


def _four_corners(region: Region, scale: float, shape: tuple[int, ...]) -> np.ndarray | None:
    """Its corners (4, 2; x and y of the picture), from the top left one on, clockwise; None where it has others,
    or where it lies straight already."""
    hull = _counter(region.hull)
    quad = _reduced(hull)
    if quad is None:
        return None
    covered = fill(quad, region.mask.shape)
    if (covered & region.mask).sum() < STRAIGHT * (covered | region.mask).sum():
        return None
    height, width = region.mask.shape
    if (quad < -3).any() or (quad > np.array([height, width]) + 2).any():
        return None
    corners = (quad[:, ::-1] + 0.5) * scale - 0.5
    turned = corners[np.argsort(np.arctan2(*(corners - corners.mean(axis=0)).T[::-1]))]
    tops = np.roll(turned, -1, axis=0) - turned
    first = int(np.argmin(np.abs(np.arctan2(tops[:, 1], tops[:, 0]))))
    corners = np.roll(turned, -first, axis=0)
    box = np.array([corners.min(axis=0), corners.max(axis=0)])
    plain = np.array([box[0], [box[1, 0], box[0, 1]], box[1], [box[0, 0], box[1, 1]]])
    return None if np.abs(plain - corners).max() < 2 * scale else corners


def _counter(hull: np.ndarray) -> np.ndarray:
    """The hull with its corners in one sense of rotation."""
    y, x = hull.T
    area = np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))
    return hull if area > 0 else hull[::-1]


def _reduced(hull: np.ndarray) -> np.ndarray | None:
    """Four corners around a convex hull: side by side is left out, each time the one that adds the least area."""
    corners = list(hull)
    while len(corners) > CORNERS:
        best: tuple[float, int, np.ndarray] | None = None
        for place in range(len(corners)):
            before, start, end, after = (corners[(place + step) % len(corners)] for step in (-1, 0, 1, 2))
            tip = _meeting(before, start, after, end)
            if tip is None:
                continue
            added = abs(_cross(start - tip, end - tip)) / 2
            if best is None or added < best[0]:
                best = added, place, tip
        if best is None:
            return None
        _, place, tip = best
        corners[place] = tip
        del corners[(place + 1) % len(corners)]
    return np.array(corners) if len(corners) == CORNERS else None


def _meeting(before: np.ndarray, start: np.ndarray, after: np.ndarray, end: np.ndarray) -> np.ndarray | None:
    """Where the side into ``start`` and the side into ``end`` from the other way meet, ahead of both."""
    one, other = start - before, end - after
    across = _cross(one, other)
    if abs(across) < 1e-9:
        return None
    along = _cross(after - before, other) / across
    back = _cross(after - before, one) / across
    return before + along * one if along >= 1 and back >= 1 else None


def _cross(one: np.ndarray, other: np.ndarray) -> float:
    return float(one[0] * other[1] - one[1] * other[0])


def _straightened(
    picture: np.ndarray, mask: np.ndarray, corners: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The picture and the mask, seen so that the corners are those of a rectangle."""
    sides = np.hypot(*(np.roll(corners, -1, axis=0) - corners).T)
    width, height = round((sides[0] + sides[2]) / 2), round((sides[1] + sides[3]) / 2)
    straight = np.array([[0, 0], [width, 0], [width, height], [0, height]], float)
    rows, right = [], []
    for (x, y), (u, v) in zip(straight, corners, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        right += [u, v]
    numbers = tuple(np.linalg.solve(np.array(rows), np.array(right)))
    images = [
        np.asarray(Image.fromarray(each).transform((width, height), Transform.PERSPECTIVE, numbers, kind))
        for each, kind in ((picture, Resampling.BICUBIC), (np.uint8(255) * mask, Resampling.NEAREST))
    ]
    return images[0], images[1] > 0
