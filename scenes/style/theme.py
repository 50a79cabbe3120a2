"""Colours and text."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

import manimpango
import numpy as np
from manim import ManimColor, VMobject

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.network.activation_functions import OUTPUTS
from edgeglow.model.network.activations import parse_function
from edgeglow.scenes.style.letter_curves import curves_of

# Font families with Latin and Hangul glyphs, so that both have the same style.
FAMILIES = (
    "Noto Sans CJK KR",
    "Noto Sans KR",
    "Source Han Sans KR",
    "Apple SD Gothic Neo",
    "Malgun Gothic",
    "NanumGothic",
    "Nanum Gothic",
    "UnDotum",
)

# Manim redraws in every frame everything above the lowest mobject that moves. Words that nothing crosses are
# therefore lowest.
STILL = -10

# Font sizes in Manim's unit: the frame is 8 units high, and SMALL, 2.5% of it, is the smallest readable size.
LABEL = 25.0
NUMBER = 23.0
SMALL = 20.0

# Pango hints small text to whole pixels, which makes its spacing uneven: draw it large, then scale.
DRAWN_AT = 96.0


@dataclass(frozen=True)
class Theme:
    """A set of colours. ``dark`` to ``bright`` is activation, in one coding for pixels, neurons and cells.

    It is light on a dark ground, and ink on paper: 0 is nearly the background, 1 has the most contrast with it. Hue
    is the sign of a weight, the accent marks what is explained.
    """

    name: str
    background: ManimColor
    text: ManimColor
    muted: ManimColor
    positive: ManimColor
    negative: ManimColor
    accent: ManimColor
    outline: ManimColor
    dark: ManimColor  # an activation of 0
    bright: ManimColor  # an activation of 1

    def write(self, words: str, size: float = LABEL, color: ManimColor | None = None) -> TextLine:
        """Return ``words`` as a mobject in the film's typeface; ``size`` is Manim's font_size."""
        return TextLine(words, size, color or self.text)


class TextLine(VMobject):
    """A line of text as one mobject, which Manim copies and draws much faster than one per letter.

    ``text`` is the text, ``size`` its font size when written.
    """

    def __init__(self, text: str, size: float, color: ManimColor) -> None:
        super().__init__(fill_color=color, fill_opacity=1.0, stroke_width=0.0)
        self.text = text
        self.size = size
        stand, points = text_curves(text)
        self.set_points(points * (size / DRAWN_AT))
        self.rise = (stand * size / DRAWN_AT - self.get_bottom()[1]) / self.height if self.height else 0.0
        self.move_to([0.0, 0.0, 0.0])

    @property
    def base_line(self) -> float:
        """Height (y) of the base line; descenders extend below it."""
        return float(self.get_bottom()[1] + self.rise * self.height)


@lru_cache(maxsize=512)  # some 20 KB each; a chapter writes no more than about 100
def text_curves(text: str) -> tuple[float, np.ndarray]:
    """Return the base line's height, and the curves of all letters (points, 3), at font size DRAWN_AT."""
    # The x in front has its bottom on the base line, whatever letters follow.
    first, *letters = curves_of(f"x{text}", font_family(), DRAWN_AT)
    return float(first[:, 1].min()), np.concatenate(letters) if letters else np.zeros((0, 3))


def _theme(name: str, **colors: str) -> Theme:
    return Theme(name, **{role: ManimColor(color) for role, color in colors.items()})


# Blue and orange are distinguishable with all common colour blindnesses.
DARK = _theme(
    "dark",
    background="#0B0D12",
    text="#EEF1F6",
    muted="#98A2B3",
    positive="#46BFEA",
    negative="#FF8A3D",
    accent="#FFD84D",
    outline="#8C96A6",
    dark="#161A21",
    bright="#FFFFFF",
)
LIGHT = _theme(
    "light",
    background="#F7F6F2",
    text="#171B22",
    muted="#596273",
    positive="#0A7BB0",
    negative="#D1500F",
    accent="#B3126B",
    outline="#4A5361",
    # Ink on paper: no ink is a little darker than the paper, so that a picture without ink has an area.
    dark="#E9E7E0",
    bright="#12163A",
)
THEMES = {theme.name: theme for theme in (DARK, LIGHT)}


@cache
def font_family() -> str:
    """Return the first installed family with Latin and Hangul glyphs."""
    installed = set(manimpango.list_fonts())
    for family in FAMILIES:
        if family in installed:
            return family
    raise EdgeglowError(
        f"fonts: none of {', '.join(FAMILIES)} is installed, and without one Hangul is drawn as empty boxes; "
        "install one (Debian, Ubuntu: apt-get install fonts-noto-cjk)"
    )


def brightness(activations: np.ndarray, function: str, peak: float = 1.0) -> np.ndarray:
    """Return the brightness of activations, in -1..1; below 0 they have the negative hue.

    ``peak`` is the largest |activation| of the layer: it is full brightness if the range of ``function`` does not
    end at 1, as ReLU's.
    """
    if function not in OUTPUTS and parse_function(function).high != 1.0:
        activations = activations / max(peak, 1e-12)
    return np.clip(activations, -1.0, 1.0)
