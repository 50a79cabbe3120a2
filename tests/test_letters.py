"""Letters as Pango draws them, beside Manim's own Text."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from manim import Text, tempconfig

from edgeglow.scenes.style.letter_curves import PAGE, curves_of
from edgeglow.scenes.style.theme import DRAWN_AT, font_family


def slow(text: str, folder: Path) -> list[np.ndarray]:
    """The curves of every letter that Manim finds, without those that have no length."""
    with tempconfig({"pixel_width": PAGE[0], "pixel_height": PAGE[1], "text_dir": str(folder)}):
        letters = Text(text, font=font_family(), font_size=DRAWN_AT).submobjects
    curves = [letter.points.reshape(-1, 4, 3) for letter in letters if len(letter.points)]
    return [each[np.ptp(each, axis=1).max(axis=1) > 1e-9].reshape(-1, 3) for each in curves]


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "Every pixel is joined to every neuron: 12,960 edges.",
        "뉴런마다 편향이 있습니다 (σ·W a + b).",
        "fi “quoted” & <tagged> 100%  two  spaces",
        "-0.25×10⁻³ … Ünïcödé",
        "한" * 60,
    ],
)
def test_letters_are_those_of_manim(text: str, tmp_path: Path) -> None:
    expected, found = slow(text, tmp_path), curves_of(text, font_family(), DRAWN_AT)
    assert [len(letter) for letter in found] == [len(letter) for letter in expected]
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-9)


@pytest.mark.parametrize("text", ["", " "])
def test_nothing_is_drawn_of_nothing(text: str) -> None:
    assert curves_of(text, font_family(), DRAWN_AT) == []
