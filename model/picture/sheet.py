"""Find the sheet, box or window around a digit, cut it out and straighten it, before ink is searched."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.picture.digit_pieces import EIGHT, WIDEST_PLACE, widest_place
from edgeglow.model.picture.ink import WIDEST, find_ink, find_paper
from edgeglow.model.picture.regions import (
    RINGS,
    SOLID,
    SheetRegion,
    contrast_at_edge,
    find_regions,
    reduce_picture,
    solidity,
)
from edgeglow.model.picture.straighten import RIM, extend_pixels, mask_bounds, straighten_region
from edgeglow.model.picture.tone import is_light_on_dark, to_grey

FAINT = 0.08  # of the paper's light: ink lacks more than this
INKED_RIM = 0.15  # part of a region's edge: with more ink on it, the edge is a line of the digit
SMALLEST_SIZE = 10  # pixels of the small picture
SMALLEST_INK = 0.06  # of the sheet's size: a digit is at least this large
SMALLEST_FRAMED = 0.2  # of a ring's size: a piece inside that is at least this large is a digit
SMALLEST_DOUBTED = 0.1  # of a ring's size: between these two it may be a digit or a speck
PLAIN_RIM = 0.7  # part of the edge as light as the inside; with less, it is a line such as the outline of a 0
DIM = 12  # of 255: smaller differences may be uneven light
AS_DARK = 0.5  # of a ring's contrast with the paper: least contrast of the digit in it
DARK = 0.08  # of a sheet's contrast with the table: least contrast of the digit on it
HOLE = 0.4  # of the region's height and width: a solid piece larger than this is not a digit
LINES = 0.55  # of the square around it: the boldest digits cover half of that, a card or board more
SAME_LIGHT = 0.2  # of the contrast with what is around: light that differs by less is that of the same paper
AS_LARGE = 0.6  # of the best sheet's ink: with another one this large, the choice is not clear
LARGE = 0.15  # of the picture: blank sheets of at least this size are reported
SPECKS = 0.001  # of a sheet: less ink counts as none


InkBox = tuple[int, int, int, int]


@dataclass(frozen=True, eq=False)
class Sheet:
    """A sheet cut out of a picture: ``image`` is uint8 (height, width, 3).

    ``framed`` says that a line runs around it, ``dark_ink`` that its ink is darker than its paper.
    """

    image: np.ndarray
    framed: bool
    dark_ink: bool


@dataclass(frozen=True, eq=False)
class _InkedRegion:
    """A region with ink that does not touch its edge. ``box`` is top, left, bottom, right of the ink."""

    region: SheetRegion
    box: InkBox
    framed: bool
    dark_ink: bool
    doubtful: bool

    @property
    def size(self) -> int:
        return max(self.box[2] - self.box[0], self.box[3] - self.box[1])


def find_sheet(picture: np.ndarray, name: str) -> Sheet | None:
    """Return the innermost sheet, box or ring that has ink in it, straightened; None where there is only paper.

    ``picture`` is uint8 (height, width, 3). Raises EdgeglowError, with ``name``, when several are possible.
    """
    small, scale = reduce_picture(picture)
    grey = to_grey(small)
    written: list[_InkedRegion] = []
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
            f"{name}: a line runs around something small, and either may be the digit; expected one digit; cut it out"
        )
    return Sheet(straighten_region(picture, best.region, scale), best.framed, best.dark_ink)


def _check_blank(regions: list[SheetRegion], best: _InkedRegion | None, grey: np.ndarray, name: str) -> None:
    """Raise EdgeglowError for a sheet that lies on something else and has nothing on it.

    ``best`` is the region found: it may be such a sheet with a part of the desk, whose grain was taken for ink.
    """
    frame = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    for region in reversed(regions):
        if region.area < LARGE * grey.size or _is_at_frame(region):  # half of a page may be in a shadow
            continue
        if best is not None and not _is_better(region, best):
            continue
        step, framed = contrast_at_edge(region, grey)
        if framed:
            continue
        rows, columns = mask_bounds(region.mask)
        deep = ndimage.binary_erosion(region.mask, EIGHT, iterations=2 * RIM + 1, border_value=1)[rows, columns]
        if not deep.any():
            continue
        light = extend_pixels(grey[rows, columns], deep)
        # the paper inside a bold 0 is blank too, but the same paper lies around it
        other = np.abs(frame - np.median(light[deep])) > max(0.5 * step, DIM)
        if other.mean() > 0.5 and all(_is_blank(each, deep) for each in (light, 255 - light)):
            raise EdgeglowError(
                f"{name}: nothing stands out from the sheet in it; expected one digit on it; write it larger or with"
                " more contrast"
            )


def _is_better(region: SheetRegion, found: _InkedRegion) -> bool:
    """Return whether the region has a sharper edge, and excludes the ink, which is around it or on the desk."""
    top, left, bottom, right = found.box
    if region.sharpness <= found.region.sharpness or region.mask[top:bottom, left:right].all():
        return False
    within = bool(np.count_nonzero(region.mask & found.region.mask) > 0.5 * region.area)
    return within or (_is_at_frame(found.region) and region.area > 3 * found.region.area)


def _is_at_frame(region: SheetRegion) -> bool:
    mask = region.mask
    return bool(mask[0].any() or mask[-1].any() or mask[:, 0].any() or mask[:, -1].any())


def _is_blank(light: np.ndarray, inner: np.ndarray) -> bool:
    ink, noise = find_ink(light, find_paper(light, max(3, round(WIDEST * min(light.shape)) | 1)))
    return bool((ink[inner] > max(FAINT, 4.5 * noise)).mean() < SPECKS)


def _is_beside(framed: _InkedRegion, regions: list[SheetRegion], grey: np.ndarray) -> bool:
    """Return whether something larger than the whole ring or box is beside it, on the same paper."""
    box = framed.region
    around = [
        region.mask
        for region in regions
        if region.area > 1.5 * box.area and np.count_nonzero(region.mask & box.mask) > 0.95 * box.area
    ]
    paper = around[0] if around else np.ones(grey.shape, bool)
    size = float(np.ptp(box.hull, axis=0).max())
    outside = ndimage.binary_erosion(paper, EIGHT, iterations=RIM)  # the picture's own edge counts too
    outside &= ~ndimage.binary_dilation(box.mask, EIGHT, iterations=round(RINGS * size) + RIM)
    if not outside.any():
        return False
    ink = _largest_ink(extend_pixels(grey if framed.dark_ink else 255 - grey, outside), outside, 0)
    return ink is not None and max(ink[2] - ink[0], ink[3] - ink[1]) > size


def _overlap(outer: _InkedRegion, inner: _InkedRegion) -> bool:
    """Return whether the ink found in the outer region lies in the inner one, or is the frame around it."""
    top, left, bottom, right = outer.box
    return bool(inner.region.mask[top:bottom, left:right].any())


def _look_into(region: SheetRegion, grey: np.ndarray) -> _InkedRegion | None:
    """Return the region with its largest piece of ink that does not touch its edge; None if that is no digit."""
    rows, columns = mask_bounds(region.mask)
    inner = ndimage.binary_erosion(region.mask, EIGHT, iterations=RIM, border_value=1)[rows, columns]
    if inner.sum() < 100:
        return None
    light = extend_pixels(grey[rows, columns], inner)
    size = max(light.shape)
    step, framed = contrast_at_edge(region, grey)
    if framed and _is_at_frame(region):  # space between the lines of ruled paper
        return None
    rim = inner & ~ndimage.binary_erosion(inner, EIGHT, border_value=1)
    deep = ndimage.binary_erosion(inner, EIGHT, iterations=max(3, min(light.shape) // 8), border_value=1)
    alike = np.abs(light - extend_pixels(light, deep))[rim] < max(0.4 * step, DIM) if deep.any() else np.zeros(1)
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
            if min(box[:2]) <= 0 or box[2] >= grey.shape[0] or box[3] >= grey.shape[1]:
                continue  # the ink of a bold 8 with the paper in it
            if (
                not dark_ink
                and not framed
                and _is_bold_digit(light, inner, grey[slice(*box[::2]), slice(*box[1::2])], step)
            ):
                continue
            return _InkedRegion(region, box, framed, dark_ink, framed and share < SMALLEST_FRAMED)
    return None


def _is_bold_digit(light: np.ndarray, inner: np.ndarray, written: np.ndarray, step: float) -> bool:
    """Whether a dark region is a digit's own lines: what seems ``written`` on it is as light as the paper around it,
    and seen through a loop."""
    pen = float(np.median(light[inner]))
    if abs(float(written.max()) - pen - step) > SAME_LIGHT * step:
        return False
    return bool(np.count_nonzero(inner & (light < pen + 0.5 * step)) < LINES * max(inner.shape) ** 2)


def _largest_ink(light: np.ndarray, inner: np.ndarray, least: float) -> InkBox | None:
    """Return top, left, bottom and right of the heaviest piece, dark on light, that does not touch the edge.

    It differs from what is around it, and from most of the sheet, by ``least`` (of 255) or more.
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
    rows, columns = mask_bounds(piece)
    around = ndimage.binary_dilation(piece, EIGHT, iterations=4) & (labels == 0) & inner
    if not around.any():
        return None
    # the paper within a loop is lighter than the line around it, but no lighter than the rest of the sheet
    paper = min(float(np.median(light[around])), float(np.median(light[inner])))
    if paper - float(np.percentile(light[piece], 25)) < least or _is_blob(piece[rows, columns], light.shape):
        return None
    return rows.start, columns.start, rows.stop, columns.stop


def _is_blob(piece: np.ndarray, shape: tuple[int, ...]) -> bool:
    """Return whether the piece is not a pen's line, but a lump or the paper inside a bold 0."""
    if widest_place(piece) - 1 > WIDEST_PLACE * max(piece.shape):
        return True
    return bool(min(np.divide(piece.shape, shape)) > HOLE and solidity(piece) > SOLID)
