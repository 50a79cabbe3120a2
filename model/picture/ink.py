"""Find where a picture is darker than its paper, and by how much, without uneven light and ruled lines."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

WIDEST = 0.35  # of the shorter side: dark areas narrower than that in some direction may be ink
DARKEST = 40.0  # of 255: darker paper counts as this bright
FADING = 1.5  # how many times brighter than at the frame the paper near it may be
STEEPEST = 0.3  # slope of ruled lines, about 17 degrees
SLOPES = 61  # number of slopes tried
COARSE = 240  # pixels of the longest side at which ruled lines are searched
SHEAVES = 4  # groups of parallel lines in each direction: in a photo taken at an angle, lines are not quite parallel
REACH = 0.75  # of its way across the picture, a ruled line is visible


def find_paper(grey: np.ndarray, widest: int) -> np.ndarray:
    """Return the brightness of the paper everywhere: ``grey`` without dark areas narrower than ``widest`` pixels.

    Both have shape (height, width). Edges of shadows stay where they are, so they do not look like ink.
    """
    inner = slice(widest // 2 + 1, -(widest // 2 + 1))
    brightest = ndimage.maximum_filter(np.pad(grey, widest // 2 + 1, mode="edge"), widest, mode="nearest")
    closed = ndimage.minimum_filter(brightest[inner, inner], widest, mode="nearest")
    # the digit covers only a part of a row, so a low quantile is the darkness of the line itself
    # the digit covers only a part of a row, so a low quantile is the darkness of the line itself
    fading = ndimage.minimum_filter(brightest, widest, mode="nearest")[inner, inner]
    alike = closed < FADING * np.maximum(fading, DARKEST)
    return ndimage.gaussian_filter(np.where(alike, fading, closed), max(grey.shape) / 500)


def find_ink(grey: np.ndarray, paper: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the part of the paper's light that is missing at each pixel, 0..1 (height, width), and its noise.

    Light falls on paper and ink alike, so their quotient separates the two. The noise is the standard deviation over
    the bare paper.
    """
    # in the dark, the quotient of two small numbers means nothing
    missing = (paper - grey) / np.maximum(paper, max(DARKEST, 0.1 * float(paper.max())))
    bare = float(np.median(missing))
    below = missing[missing <= bare]  # ink is above
    noise = float(1.4826 * np.median(bare - below))
    return np.clip(missing - bare, 0, 1).astype(np.float32), noise


def remove_lines(ink: np.ndarray, noise: float) -> np.ndarray:
    """Remove ruled or squared lines from the ink: thin, straight lines across the whole picture."""
    if min(ink.shape) < 64:
        return ink
    level_gone = _remove_level_lines(ink, noise)
    upright = level_gone.T
    plain = _remove_level_lines(upright, noise)
    return level_gone if plain is upright else plain.T


def _remove_level_lines(ink: np.ndarray, noise: float) -> np.ndarray:
    step = max(1, -(-max(ink.shape) // COARSE))
    height, width = (side // step * step for side in ink.shape)
    blocks = ink[:height, :width].reshape(height // step, step, width // step, step)
    slopes = np.linspace(-STEEPEST, STEEPEST, SLOPES)
    for _ in range(SHEAVES):
        # averaging a thin line with the paper beside it would hide it, so the darkest row of each block counts
        coarse = blocks.mean(axis=3).max(axis=1)
        places = np.nonzero(coarse > _least(noise))
        strengths = [
            float(np.square(_strength(coarse, slope, noise)).sum())
            if _may_have_lines(places, coarse.shape, slope)
            else 0.0
            for slope in slopes
        ]
        best = int(np.argmax(strengths))
        if strengths[best] == 0:
            return ink
        near = slopes[best] + np.linspace(-1, 1, 9) * (slopes[1] - slopes[0])
        some = ink[:, ::step]  # every row, but only some columns: there slopes are steeper by ``step``
        finer = [float(np.square(_strength(some, slope * step, noise)).sum()) for slope in near]
        if max(finer) == 0:
            return ink
        ink = _erase(ink, float(near[int(np.argmax(finer))]), noise)
        blocks = ink[:height, :width].reshape(height // step, step, width // step, step)
    return ink


def _shift(width: int, slope: float) -> np.ndarray:
    """By how many pixels each column is moved so that lines of that slope become level."""
    return np.rint(slope * (np.arange(width) - (width - 1) / 2)).astype(int)


def _sheared(ink: np.ndarray, slope: float) -> np.ndarray:
    """Move the columns up or down so that lines of this slope become level; pixels from outside are NaN."""
    height, width = ink.shape
    shift = _shift(width, slope)
    most = int(np.abs(shift).max())
    padded = np.pad(ink, ((most, most), (0, 0)), constant_values=np.nan)
    places = np.arange(most, most + height)[:, None] * width + (shift * width + np.arange(width))
    return padded.ravel().take(places)


def _unsheared(level: np.ndarray, slope: float) -> np.ndarray:
    height, width = level.shape
    rows = np.arange(height)[:, None] - _shift(width, slope)
    return level[np.clip(rows, 0, height - 1), np.arange(width)]


def _quantile(rows: np.ndarray, part: float) -> np.ndarray:
    """Return a quantile of each row, ignoring NaN; 0 for rows that are mostly outside."""
    count = np.isfinite(rows).sum(axis=1)
    place = np.clip((count * part).astype(int), 0, rows.shape[1] - 1)
    found = np.take_along_axis(np.sort(rows, axis=1), place[:, None], axis=1)[:, 0]
    return np.where(count > 0.3 * rows.shape[1], found, 0)


def _strength(ink: np.ndarray, slope: float, noise: float) -> np.ndarray:
    """Return the strength of the line that starts at each row, (height,); 0 for no line.

    A line is dark nearly all along, also at both ends: strokes of a digit end before they reach the border.
    """
    level = _sheared(ink, slope)
    strength = _quantile(level, 1 - REACH)
    strength = strength - ndimage.median_filter(strength, max(5, len(strength) // 12))
    rows = np.flatnonzero(strength > _least(noise))
    found = np.zeros_like(strength)
    if len(rows):
        end = max(4, level.shape[1] // 8)
        lines = level[rows]
        valid = np.isfinite(lines)
        first = np.argmax(valid, axis=1)
        last = level.shape[1] - 1 - np.argmax(valid[:, ::-1], axis=1)
        span = np.arange(end)
        left = np.take_along_axis(lines, np.minimum(first[:, None] + span, level.shape[1] - 1), axis=1)
        right = np.take_along_axis(lines, np.maximum(last[:, None] - span, 0), axis=1)
        ends = np.minimum(np.median(np.nan_to_num(left), axis=1), np.median(np.nan_to_num(right), axis=1))
        found[rows] = np.where(ends > 0.5 * strength[rows], strength[rows], 0)
    return found


def _least(noise: float) -> float:
    """How dark a line is at least."""
    return max(0.02, 0.7 * noise)


def _may_have_lines(dark: tuple[np.ndarray, ...], shape: tuple[int, int], slope: float) -> bool:
    """Whether enough of any line of that slope is dark; quick, and spares most slopes the rest.

    ``dark`` are rows and columns of the dark pixels.
    """
    height, width = shape
    shift = _shift(width, slope)
    rows, columns = dark
    most = int(np.abs(shift).max())
    count = np.bincount(rows - shift[columns] + most, minlength=height + 2 * most)[most : most + height]
    ordered, places = np.sort(shift), np.arange(height)
    there = np.searchsorted(ordered, height - places) - np.searchsorted(ordered, -places)
    return bool(((count >= REACH * there) & (there > 0.3 * width)).any())


def _erase(ink: np.ndarray, slope: float, noise: float) -> np.ndarray:
    """Remove the lines of this slope, but not the darker strokes that cross them."""
    level = _sheared(ink, slope)
    strength = _strength(ink, slope, noise)
    rows = ndimage.binary_dilation(strength > 0, iterations=max(2, len(strength) // 240))
    # the digit covers only a part of a row, so a low quantile is the darkness of the line itself
    dark = np.where(rows, ndimage.maximum_filter1d(_quantile(level, 0.45), 3), 0)
    dark = np.where(dark > 0, 1.2 * dark + 2 * noise, 0)[:, None]
    kept = np.clip((level - dark) / np.maximum(0.3 * dark, 1e-6), 0, 1)
    level = np.where(dark > 0, level * kept, level)
    height, width = ink.shape
    cleaned = _unsheared(np.nan_to_num(level), slope)
    rows_there = np.arange(height)[:, None] - _shift(width, slope)
    return np.where((rows_there >= 0) & (rows_there < height), cleaned, ink).astype(np.float32)
