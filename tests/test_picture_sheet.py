"""The sheet of a digit's steps: what is on it is the picture's, the answers' lengths are their activations."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from photographs import photograph
from PIL import Image

from edgeglow.film.digit_sheet import ACCENT, TEXT, write_digit_sheet
from edgeglow.model.data.strokes import draw_digits
from edgeglow.model.errors import EdgeglowError
from edgeglow.model.picture.read_picture import DigitPicture, read_picture

NAMES = {name: name for name in ["picture", "grey", "paper", "ink", "lines", "cut", "pen", "sized", "centred"]}


@pytest.fixture(scope="module")
def picture() -> DigitPicture:
    return read_picture(photograph(draw_digits(3, seed=8).images[1], "ruled", 2))


def longest(pixels: np.ndarray, color: tuple[int, int, int]) -> int:
    """The longest level run of one colour, in pixels."""
    best = 0
    for row in (pixels == color).all(axis=2):
        edges = np.flatnonzero(np.diff(np.r_[False, row, False].astype(int)))
        best = max(best, int((edges[1::2] - edges[::2]).max(initial=0)))
    return best


def test_what_the_network_reads_is_shown_in_crisp_squares(picture: DigitPicture, tmp_path: Path) -> None:
    write_digit_sheet(picture, NAMES, tmp_path / "sheet.png", title="my.png")
    pixels = np.asarray(Image.open(tmp_path / "sheet.png"))[..., 0]
    large = np.kron(picture.steps[-1].image, np.ones((18, 18), np.uint8))
    windows = np.lib.stride_tricks.sliding_window_view(pixels, large.shape)[:, :, ::36, ::36]
    places = np.argwhere((windows == large[::36, ::36]).all(axis=(2, 3)))
    assert any((pixels[y : y + len(large), x : x + len(large)] == large).all() for y, x in places)
    assert not list(tmp_path.glob(".*"))


def test_bars_are_as_long_as_the_activations(picture: DigitPicture, tmp_path: Path) -> None:
    lengths = []
    for second in (0.5, 0.25):
        answers = [("a", 0.0), ("b", 1.0), ("c", -0.4), ("d", second)]
        write_digit_sheet(picture, NAMES, tmp_path / "sheet.png", answers=answers)
        pixels = np.asarray(Image.open(tmp_path / "sheet.png"))[:, -560:]
        lengths.append((longest(pixels, ACCENT), longest(pixels, TEXT)))
    full = lengths[0][0]
    assert [bar for bar, _ in lengths] == [full, full]
    assert [part for _, part in lengths] == [pytest.approx(full / 2, abs=2), pytest.approx(full / 4, abs=2)]


def test_any_number_of_classes_with_long_names_fits(picture: DigitPicture, tmp_path: Path) -> None:
    for count in (2, 100):
        answers = [(f"a class with a very long name {number}", number / 100) for number in range(count)]
        write_digit_sheet(picture, NAMES, tmp_path / "sheet.png", answers=answers)
        with Image.open(tmp_path / "sheet.png") as sheet:
            assert sheet.height >= 34 * count


def test_a_place_that_cannot_be_written_is_said_in_a_line(picture: DigitPicture, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(EdgeglowError, match="cannot be written") as caught:
        write_digit_sheet(picture, NAMES, tmp_path / "file" / "sheet.png")
    assert "\n" not in str(caught.value)
