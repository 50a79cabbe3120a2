"""Cut a region out of its picture, and straighten it as if it were seen from above."""

from __future__ import annotations

import numpy as np
from PIL import Image
from PIL.Image import Resampling, Transform
from scipy import ndimage

from edgeglow.model.picture.digit_pieces import EIGHT
from edgeglow.model.picture.regions import SheetRegion, fill_polygon

RIM = 2  # pixels of the small picture along a region's edge that are neither paper nor desk, and left out
STRAIGHT = 0.94  # least intersection over union of a region with four corners and a quadrilateral around it
CORNERS = 4


def mask_bounds(mask: np.ndarray) -> tuple[slice, slice]:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def extend_pixels(image: np.ndarray, inner: np.ndarray) -> np.ndarray:
    """Replace pixels outside ``inner`` by the nearest ones inside, so that paper and its lines continue."""
    if inner.all():
        return image
    places = ndimage.distance_transform_edt(~inner, return_distances=False, return_indices=True)
    return np.asarray(image[tuple(places)])


def straighten_region(picture: np.ndarray, region: SheetRegion, scale: float) -> np.ndarray:
    """Cut out the region, straightened if it has four corners; its own paper continues around it."""
    hull = (region.hull + 0.5) * scale - 0.5
    mask = fill_polygon(hull, picture.shape)
    mask = ndimage.binary_erosion(mask, EIGHT, iterations=max(1, round(RIM * scale)), border_value=1)
    corners = _four_corners(region, scale)
    if corners is None:
        rows, columns = mask_bounds(mask)
        return extend_pixels(picture[rows, columns], mask[rows, columns])
    image, inner = _straightened(picture, mask, corners)
    rows, columns = mask_bounds(inner)
    return extend_pixels(image[rows, columns], inner[rows, columns])


def _four_corners(region: SheetRegion, scale: float) -> np.ndarray | None:
    """Its corners (4, 2; x and y of the picture), from the top left one on, clockwise; None where it has others,
    where one is not in the picture, or where it lies straight already."""
    hull = _counter(region.hull)
    quad = _reduced(hull)
    if quad is None:
        return None
    covered = fill_polygon(quad, region.mask.shape)
    if (covered & region.mask).sum() < STRAIGHT * (covered | region.mask).sum():
        return None
    if (quad < 1).any() or (quad > np.array(region.mask.shape) - 2).any():
        return None  # where a side leaves the picture is no corner
    corners = (quad[:, ::-1] + 0.5) * scale - 0.5
    turned = corners[np.argsort(np.arctan2(*(corners - corners.mean(axis=0)).T[::-1]))]
    tops = np.roll(turned, -1, axis=0) - turned
    first = int(np.argmin(np.abs(np.arctan2(tops[:, 1], tops[:, 0]))))
    corners = np.roll(turned, -first, axis=0)
    box = np.array([corners.min(axis=0), corners.max(axis=0)])
    plain = np.array([box[0], [box[1, 0], box[0, 1]], box[1], [box[0, 0], box[1, 1]]])
    return None if np.abs(plain - corners).max() < 2 * scale else corners


def _counter(hull: np.ndarray) -> np.ndarray:
    """Return the hull with its corners in one fixed direction of rotation."""
    y, x = hull.T
    area = np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))
    return hull if area > 0 else hull[::-1]


def _reduced(hull: np.ndarray) -> np.ndarray | None:
    """Return four corners around a convex hull.

    Sides are removed one by one, each time the one whose removal adds the least area.
    """
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
    """Return where the extended sides ``before``–``start`` and ``after``–``end`` meet; None if not ahead of both."""
    one, other = start - before, end - after
    across = _cross(one, other)
    if abs(across) < 1e-9:
        return None
    along = _cross(after - before, other) / across
    back = _cross(after - before, one) / across
    return before + along * one if along >= 1 and back >= 1 else None


def _cross(one: np.ndarray, other: np.ndarray) -> float:
    return float(one[0] * other[1] - one[1] * other[0])


def _straightened(picture: np.ndarray, mask: np.ndarray, corners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Transform the picture and the mask so that the corners become those of a rectangle."""
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
