"""Convert a photo, scan or drawing of a digit to the network's input, as MNIST's digits were made."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image
from PIL.Image import Resampling
from scipy import ndimage

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.picture.digit_pieces import (
    FoundDigit,
    NoInkError,
    check_pen_lines,
    check_single_digit,
    find_digit,
    widest_place,
)
from edgeglow.model.picture.fit import BOX, THINNEST, centre_ink, level_ink, resize, thicken
from edgeglow.model.picture.ink import WIDEST, find_ink, find_paper, remove_lines
from edgeglow.model.picture.picture_file import PictureSource, open_picture
from edgeglow.model.picture.sheet import find_sheet
from edgeglow.model.picture.tone import is_light_on_dark, reduced_size, to_grey

__all__ = ["DigitPicture", "PictureStep", "read_picture"]

SHOWN = 480  # pixels of a step's image on its longest side
PENS = 1.5  # times the digit's widest place: the width up to which a shadow may be taken for ink


@dataclass(frozen=True, eq=False)
class PictureStep:
    """One step from the picture to the network's input.

    ``name`` is one of "picture", "sheet", "frame", "grey", "paper", "ink", "lines", "cut", "pen", "sized" and
    "centred"; "sheet" or "frame" (the inside of a box or ring), "lines" and "pen" are there only if something was
    done. ``image`` is uint8, (height, width) or (height, width, 3).
    """

    name: str
    image: np.ndarray


@dataclass(frozen=True, eq=False)
class DigitPicture:
    """The network's input made from a picture: ``pixels``, float32 (height, width), 0 for paper and 1 for ink.

    ``notes`` are sentences for the user, such as which of several frames was read.
    """

    pixels: np.ndarray
    steps: tuple[PictureStep, ...]
    notes: tuple[str, ...] = ()


def read_picture(source: PictureSource, shape: tuple[int, int] = (28, 28)) -> DigitPicture:
    """Find the digit in a picture, and make it an image of ``shape`` (height, width) like MNIST's.

    ``source`` is a file, an array (height, width) or (height, width, 3 or 4), or an image of Pillow's; dark on light
    or light on dark. Raises EdgeglowError when it is not a picture, or not one of a single digit.
    """
    picture, name, notes = open_picture(source)
    if is_ready(picture, shape):
        pixels = picture[..., 0].astype(np.float32) / 255
        return DigitPicture(pixels, (PictureStep("picture", picture), PictureStep("centred", _bytes(pixels))), notes)
    sheet = find_sheet(picture, name)
    whole, picture = picture, picture if sheet is None else sheet.image
    grey = to_grey(picture)
    dark_first = not is_light_on_dark(grey) if sheet is None else sheet.dark_ink
    refusal: NoInkError | None = None
    for dark_ink in (dark_first, not dark_first):
        try:
            sight = search_ink(grey if dark_ink else 255 - grey, name)
        except NoInkError as error:
            refusal = refusal or error  # the error for the likelier of the two is more useful
        else:
            check_single_digit(sight.digit, name)
            steps = [PictureStep("picture", _shown(whole))]
            if sheet is not None:
                steps.append(PictureStep("frame" if sheet.framed else "sheet", _shown(sheet.image)))
            return replace(_finish(steps, grey, sight, dark_ink, shape), notes=notes)
    assert refusal is not None
    raise refusal


def is_ready(picture: np.ndarray, shape: tuple[int, int]) -> bool:
    """Return whether the picture already is an input of the network: its size, grey on plain black, and centred."""
    if picture.shape[:2] != tuple(shape) or (picture != picture[..., :1]).any():
        return False
    pixels = picture[..., 0]
    if np.median(pixels) > 0 or pixels.max() < 200 or np.count_nonzero(pixels) < 5:
        return False
    rows, columns = np.nonzero(pixels)
    fits = np.ptp(rows) < BOX * shape[0] + 1 and np.ptp(columns) < BOX * shape[1] + 1
    middle = np.subtract(ndimage.center_of_mass(pixels), np.array(shape) / 2)
    return bool(fits and np.abs(middle).max() <= 1)


def _finish(
    steps: list[PictureStep], grey: np.ndarray, sight: _InkSearch, dark_ink: bool, shape: tuple[int, int]
) -> DigitPicture:
    cut = level_ink(sight.plain, sight.digit.mask, sight.noise)
    pen = thicken(cut, BOX * min(shape), THINNEST * min(shape) / 28)
    sized = resize(pen, shape)
    pixels = centre_ink(sized, shape)
    ink, plain, paper = sight.ink, sight.plain, sight.paper
    steps += [
        PictureStep("grey", _shown(grey)),
        PictureStep("paper", _shown(paper if dark_ink else 255 - paper)),
        PictureStep("ink", _shown(_bytes(ink / ink.max()))),
        *([PictureStep("lines", _shown(_bytes(plain / plain.max())))] if plain is not ink else []),
        PictureStep("cut", _shown(_bytes(cut))),
        *([PictureStep("pen", _shown(_bytes(pen)))] if pen is not cut else []),
        PictureStep("sized", _bytes(sized)),
        PictureStep("centred", _bytes(pixels)),
    ]
    return DigitPicture(pixels, tuple(steps))


@dataclass(frozen=True, eq=False)
class _InkSearch:
    """The result of the search for ink: the paper's brightness, the ink, that without ruled lines, noise, digit."""

    paper: np.ndarray
    ink: np.ndarray
    plain: np.ndarray
    noise: float
    digit: FoundDigit


def search_ink(grey: np.ndarray, name: str) -> _InkSearch:
    """Find the digit, dark on light, twice: once its pen's width is known, wider shadows no longer count as ink."""
    soft = ndimage.gaussian_filter(grey, max(grey.shape) / 800) if max(grey.shape) > 128 else grey
    widest = round(WIDEST * min(grey.shape))
    first = _look(soft, widest, name)
    inked = first.plain * first.digit.mask
    dark = 0.6 * float(np.percentile(inked[first.digit.mask], 99))
    narrow = round(PENS * widest_place(inked > dark)) + 4
    sight = first
    if narrow < 0.85 * widest:
        with suppress(EdgeglowError):
            sight = _look(soft, narrow, name)
    check_pen_lines(sight.digit, sight.plain, name)
    return sight


def _look(soft: np.ndarray, widest: int, name: str) -> _InkSearch:
    paper = find_paper(soft, max(3, widest | 1))
    ink, noise = find_ink(soft, paper)
    plain = remove_lines(ink, noise)
    try:
        return _InkSearch(paper, ink, plain, noise, find_digit(plain, noise, name))
    except EdgeglowError:
        if plain is ink:
            raise
        digit = find_digit(ink, noise, name)
        if len(digit.digit) > 1:
            raise
        return _InkSearch(paper, ink, ink, noise, digit)  # a 1 may be a straight line across


def _bytes(values: np.ndarray) -> np.ndarray:
    return np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8)


def _shown(image: np.ndarray) -> np.ndarray:
    """Convert to bytes, at most SHOWN pixels large."""
    whole = image if image.dtype == np.uint8 else np.rint(np.clip(image, 0, 255)).astype(np.uint8)
    return np.asarray(Image.fromarray(whole).resize(reduced_size(whole.shape, SHOWN), Resampling.BOX))
