"""The pictures that were taken wrongly, of those that lie beside the checkout: what is read is their digit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from edgeglow.model.picture.read_picture import read_picture

CASES = Path(__file__).parents[2] / "shared/cases/made"
FIVE = [(0.48, 0), (0.18, 0), (0.15, 0.45), (0.42, 0.4), (0.54, 0.7), (0.36, 0.97), (0.06, 0.9)]
SEVEN = [(0.1, 0.05), (0.6, 0.05), (0.25, 0.95)]
SHOWN = {
    "sheet_on_dark_desk.jpg": FIVE,
    "sheet_turned.jpg": FIVE,
    "form_box.png": FIVE,
    "black_on_white_100.png": SEVEN,
    "cream_100.png": SEVEN,
    "two_colours.png": SEVEN,
}


def drawn(points: list[tuple[float, float]]) -> np.ndarray:
    """What is read of the digit alone, on paper that fills the picture."""
    image = Image.new("L", (600, 700), 240)
    places = [(150 + 420 * x, 130 + 420 * y) for x, y in points]
    ImageDraw.Draw(image).line(places, fill=25, width=34 if points is SEVEN else 20, joint="curve")
    return read_picture(image).pixels


@pytest.mark.skipif(not CASES.is_dir(), reason="there are no cases in ../shared/cases/made")
@pytest.mark.parametrize("name", SHOWN)
def test_the_digit_is_read_and_nothing_else(name: str) -> None:
    pixels, expected = read_picture(CASES / name).pixels, drawn(SHOWN[name])
    moves = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    away = min(float(np.abs(np.roll(pixels, move, (0, 1)) - expected).mean()) for move in moves)
    assert away < 0.06
