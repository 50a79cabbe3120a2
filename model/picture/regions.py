"""Find regions of a picture that may be a sheet: large, without dents, and with a sharp edge all around."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw
from PIL.Image import Resampling
from scipy import ndimage
from scipy.spatial import ConvexHull, QhullError

LOOKED_AT = 240  # pixels of the longest side at which regions are searched
LEVELS = 24  # of brightness, each of which splits the picture into other regions
SMALLEST = 0.035  # part of the picture
LARGEST = 0.96
SOLID = 0.9  # part of its convex hull, also with a finger or a reflection on the sheet's edge
STEP = 12.0  # of 255: least change of brightness, or colour, at the edge
SHARP = 0.8  # part of the edge that changes so much
INWARD, OUTWARD = (2.0, 3.0), (1.0, 2.0, 3.0)  # pixels from the edge at which both sides are compared
GLARE, SMALL_GLARE = 243, 0.15  # of 255; part of the picture
HALO = 9  # pixels around a reflection
RINGS = 0.12  # of a region's size: the greatest width of a line around it
SAME_PAPER = 0.35  # of the line's contrast: areas that differ by less are the same paper
ALIKE = 0.9  # overlap from which two regions count as one


@dataclass(frozen=True, eq=False)
class SheetRegion:
    """A region that may be a sheet.

    ``hull`` (corners, 2; row and column) is its outline; ``mask``, bool (height, width), covers its inside.
    ``sharpness`` is the part of its outline that is an edge, plus a bonus for the edge's strength.
    """

    hull: np.ndarray
    mask: np.ndarray
    sharpness: float

    @property
    def area(self) -> int:
        return int(np.count_nonzero(self.mask))


def reduce_picture(picture: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the picture (height, width, 3) as floats, at most LOOKED_AT large, and the reduction factor."""
    height, width = picture.shape[:2]
    scale = max(1.0, max(height, width) / LOOKED_AT)
    size = max(1, round(width / scale)), max(1, round(height / scale))
    return np.asarray(Image.fromarray(picture).resize(size, Resampling.BOX), np.float32), scale


def find_regions(small: np.ndarray) -> list[SheetRegion]:
    """Return all regions of a reduced picture (height, width, 3) that may be a sheet, the smallest first."""
    found: list[SheetRegion] = []
    for channel in _channels(small):
        low, high = np.nanpercentile(channel, (0.5, 99.5))
        if high - low < STEP:
            continue
        before = -1
        for level in np.linspace(low, high, LEVELS + 2)[1:-1]:
            bright = channel > level
            count = int(np.count_nonzero(bright))
            if count == before:  # no pixel lies between this level and the last
                continue
            before = count
            for mask in (bright, channel <= level):  # neither where it is not a number
                for region in _parts(mask, channel):
                    _keep_best(found, region)
    return sorted(found, key=lambda region: region.area)


def _channels(small: np.ndarray) -> Iterator[np.ndarray]:
    """Yield channels that separate paper from a table: brightness, blue (yellow paper), saturation (wood)."""
    grey = small.mean(axis=2)
    colourful = np.ptp(small, axis=2)
    yield grey
    glare = grey > GLARE
    if 0 < glare.mean() < SMALL_GLARE:  # a lamp's reflection, which may cross the edge
        wide = ndimage.binary_dilation(ndimage.binary_opening(glare), iterations=HALO)
        if wide.any():
            yield np.where(wide, np.nan, grey)
    if colourful.max() > STEP:
        yield small[..., 2]
        yield colourful


def _parts(mask: np.ndarray, channel: np.ndarray) -> Iterator[SheetRegion]:
    """Yield the connected parts of the mask that are regions, with holes filled."""
    labels, _ = ndimage.label(_eroded(np.pad(mask, 1, constant_values=True))[1:-1, 1:-1])
    least = SMALLEST * mask.size
    boxes = ndimage.find_objects(labels)
    for number, (rows, columns) in enumerate(boxes, start=1):
        if (rows.stop - rows.start) * (columns.stop - columns.start) < least:
            continue
        part = _without_holes(labels[rows, columns] == number)
        if least <= np.count_nonzero(part) <= LARGEST * mask.size:
            region = _region(part, (rows.start, columns.start), channel)
            if region is not None:
                yield region


def _eroded(mask: np.ndarray) -> np.ndarray:
    """Without the pixels of which one of the four neighbours is missing; beyond the array nothing is there."""
    eroded = np.zeros_like(mask)
    eroded[1:-1, 1:-1] = mask[1:-1, 1:-1] & mask[:-2, 1:-1] & mask[2:, 1:-1] & mask[1:-1, :-2] & mask[1:-1, 2:]
    return eroded


def _opened(part: np.ndarray) -> np.ndarray:
    """Eroded twice, and then as often made larger again: threads are gone."""
    left = ~_eroded(_eroded(np.pad(part, 3)))
    return ~_eroded(_eroded(left))[3:-3, 3:-3]


def _without_holes(part: np.ndarray) -> np.ndarray:
    around, _ = ndimage.label(np.pad(~part, 1, constant_values=True))
    return np.asarray(around[1:-1, 1:-1] != around[0, 0])


def _region(part: np.ndarray, corner: tuple[int, int], channel: np.ndarray) -> SheetRegion | None:
    """The region of a part that lies at ``corner`` (row and column) of the channel; None where it is none."""
    part = _opened(part)  # threads of grain that reach out of it
    hull = hull_of(part)
    if hull is None:
        return None
    hull += corner
    mask = fill_polygon(hull, channel.shape)
    if np.count_nonzero(part) < SOLID * np.count_nonzero(mask):
        return None
    sharp, strength = _edge(hull, channel)
    if sharp < SHARP:
        return None
    return SheetRegion(hull, mask, sharp + strength / 255)


def hull_of(part: np.ndarray) -> np.ndarray | None:
    """Return the corners (n, 2; row and column) of the convex hull; None if it has no area."""
    rows = np.flatnonzero(part.any(axis=1))
    if len(rows) < 2:
        return None
    first = part[rows].argmax(axis=1)
    last = part.shape[1] - 1 - part[rows][:, ::-1].argmax(axis=1)
    points = np.concatenate([np.column_stack([rows, first]), np.column_stack([rows, last])]).astype(float)
    try:
        return np.asarray(points[ConvexHull(points).vertices])
    except QhullError:  # all points in a line
        return None


def solidity(part: np.ndarray) -> float:
    """Return the part of its convex hull that the region fills, 0..1."""
    hull = hull_of(part)
    return 1.0 if hull is None else float(part.sum() / fill_polygon(hull, part.shape).sum())


def fill_polygon(corners: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Return the inside of a polygon (corners, 2; row and column), bool (height, width)."""
    image = Image.new("1", (shape[1], shape[0]))
    ImageDraw.Draw(image).polygon([(float(x), float(y)) for y, x in corners], fill=1, outline=1)
    return np.asarray(image)


def _edge(hull: np.ndarray, channel: np.ndarray) -> tuple[float, float]:
    """Return the part of the hull's outline that is an edge, 0..1, and the contrast between its two sides.

    Only the outline within the picture counts.
    """
    points, outward = _along(hull)
    bounds = np.array(channel.shape) - 1
    beyond = points + outward * (max(OUTWARD) + 1)
    within = ((beyond >= 0) & (beyond <= bounds)).all(axis=1)
    if within.mean() < 0.2:  # it is nearly the whole picture
        return 0.0, 0.0
    points, outward = points[within], outward[within]
    inner = np.mean([_at(channel, points - outward * away) for away in INWARD], axis=0)
    outer = np.array([_at(channel, points + outward * (away + 1)) for away in OUTWARD])
    known = np.isfinite(inner) & np.isfinite(outer).all(axis=0)
    if known.mean() < 0.5:
        return 0.0, 0.0
    away = inner[known] - outer[:, known]
    change = (np.sign(np.median(away.mean(axis=0))) * away).max(axis=0)
    return float((change > STEP).mean()), float(np.median(change))


def _along(hull: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return points (n, 2) about a pixel apart on the hull's outline, and the outward direction at each."""
    sides = np.roll(hull, -1, axis=0) - hull
    lengths = np.hypot(*sides.T)
    counts = np.maximum(1, lengths.astype(int))
    which = np.repeat(np.arange(len(hull)), counts)
    parts = np.concatenate([(np.arange(count) + 0.5) / count for count in counts])
    points = hull[which] + parts[:, None] * sides[which]
    along = (sides / np.maximum(lengths, 1e-6)[:, None])[which]
    outward = np.column_stack([-along[:, 1], along[:, 0]])
    outward *= np.sign(((points - hull.mean(axis=0)) * outward).sum(axis=1))[:, None]
    return points, outward


def _at(channel: np.ndarray, points: np.ndarray) -> np.ndarray:
    rows, columns = np.clip(np.rint(points), 0, np.array(channel.shape) - 1).astype(int).T
    return np.asarray(channel[rows, columns])


def contrast_at_edge(region: SheetRegion, grey: np.ndarray) -> tuple[float, bool]:
    """How much the edge differs from the paper inside, and whether it is a line with the same paper beyond it.

    Where the region ends because the picture does, there is no edge.
    """
    points, outward = _along(region.hull)
    reach = max(4, round(RINGS * float(np.ptp(region.hull, axis=0).max())))
    beyond = points + 4 * outward
    within = ((beyond >= 0) & (beyond <= np.array(grey.shape) - 1)).all(axis=1)
    if within.any():
        points, outward = points[within], outward[within]
    inside = np.mean([_at(grey, points - outward * away) for away in (3, 4, 5)], axis=0)
    away = np.array([_at(grey, points + outward * step) - inside for step in range(reach + 1)])
    line = np.abs(away[:4]).max(axis=0)
    again = np.abs(away[3:]).min(axis=0) < SAME_PAPER * line
    return float(np.median(line)), bool(again.mean() > 0.6)


def _keep_best(found: list[SheetRegion], region: SheetRegion) -> None:
    """Add the region; of two that are almost the same, keep the one with the better edge."""
    for place, other in enumerate(found):
        both = np.count_nonzero(other.mask & region.mask)
        if both > ALIKE * max(other.area, region.area):
            if region.sharpness > other.sharpness:
                found[place] = region
            return
    found.append(region)
