"""What can be measured of the look: where text stands, how large it is, and how well it stands out."""

from __future__ import annotations

import re
from itertools import combinations, pairwise

import numpy as np
import pytest
from casts import NAMES
from manim import ManimColor
from shot import Box, Shot, Writing
from stage import CHAPTERS, Performance, perform

from scenes.stage.theme import CAPTION_TOP, DRAWN_AT, THEMES, Theme, outline

WIDTH, HEIGHT = 128 / 9, 8.0  # of the frame, in scene units
MARGIN = 0.025 * HEIGHT  # of text, from the frame's edge
LEAST = 0.025 * HEIGHT  # height of a capital letter
CONTRAST = 4.5
# Boxes are the same in both themes, so each language takes another.
LOOKS = [(name, "en", "dark") for name in NAMES]
LOOKS += [("usual", "ko", "light"), ("wide", "ko", "light"), ("many", "ko", "light")]
LOOKS += [("tiny", "ko", "dark"), ("contrary", "ko", "dark")]

every_look = pytest.mark.parametrize(("run_name", "lang", "theme"), LOOKS)
every_chapter = pytest.mark.parametrize("chapter", CHAPTERS)


def overlap(one: Box, other: Box) -> float:
    """How far two boxes reach into each other, in the direction in which that is least."""
    across = min(one[2], other[2]) - max(one[0], other[0])
    up = min(one[3], other[3]) - max(one[1], other[1])
    return min(across, up)


def drawn_boxes(shot: Shot) -> np.ndarray:
    """The boxes of all that is drawn but text, (n, 4)."""
    boxes = [np.array([shape.box for shape in shot.shapes]).reshape(-1, 4)]
    for squares in shot.squares:
        half = squares.sides[:, None] / 2
        boxes.append(np.hstack([squares.centers[:, :2] - half, squares.centers[:, :2] + half]))
    for lines in shot.lines:
        low, high = np.minimum(lines.starts, lines.ends), np.maximum(lines.starts, lines.ends)
        boxes.append(np.hstack([low[:, :2], high[:, :2]]))
    return np.concatenate(boxes)


def shots(chapter: str, run_name: str, lang: str, theme: str) -> list[Shot]:
    played: Performance = perform(chapter, run_name, lang, theme)
    assert played.shots
    return played.shots


@every_look
@every_chapter
def test_everything_lies_within_the_frame(chapter: str, run_name: str, lang: str, theme: str) -> None:
    for shot in shots(chapter, run_name, lang, theme):
        for writing in shot.writings:
            left, bottom, right, top = writing.box
            within = (WIDTH / 2 - max(-left, right), HEIGHT / 2 - max(-bottom, top))
            assert min(within) >= MARGIN, f"{shot.beat}: {writing.text!r} is {min(within):.2f} from the edge"
        boxes = drawn_boxes(shot)
        assert np.abs(boxes[:, [0, 2]]).max() <= WIDTH / 2 and np.abs(boxes[:, [1, 3]]).max() <= HEIGHT / 2


@every_look
@every_chapter
def test_no_text_over_other_text(chapter: str, run_name: str, lang: str, theme: str) -> None:
    for shot in shots(chapter, run_name, lang, theme):
        for one, other in combinations(shot.writings, 2):
            assert overlap(one.box, other.box) <= 0, f"{shot.beat}: {one.text!r} over {other.text!r}"


@every_look
@every_chapter
def test_no_text_over_a_pixel_a_neuron_or_a_picture(
    chapter: str, run_name: str, lang: str, theme: str
) -> None:
    for shot in shots(chapter, run_name, lang, theme):
        for squares in shot.squares:
            half = squares.sides[:, None] / 2
            low, high = squares.centers[:, :2] - half, squares.centers[:, :2] + half
            for writing in shot.writings:
                left, bottom, right, top = writing.box
                deep = np.minimum(np.minimum(high, [right, top]) - np.maximum(low, [left, bottom]), 9)
                assert deep.min(axis=1).max() <= 0, f"{shot.beat}: {writing.text!r} is over it"


@every_look
@every_chapter
def test_the_captions_place_is_the_captions(chapter: str, run_name: str, lang: str, theme: str) -> None:
    for shot in shots(chapter, run_name, lang, theme):
        assert shot.caption
        for writing in shot.writings:
            if writing.caption:
                assert writing.box[3] <= CAPTION_TOP, shot.beat
            else:
                assert writing.box[1] >= CAPTION_TOP, f"{shot.beat}: {writing.text!r}"
        assert drawn_boxes(shot)[:, 1].min() >= CAPTION_TOP, shot.beat


def capital(writing: Writing) -> float:
    """How high a capital letter is where this is written, told by the height of what is written."""
    same = writing.text if writing.value is None else re.sub(r"\d", "0", writing.text)
    scale = (writing.box[3] - writing.box[1]) / np.ptp(outline(same)[1][:, 1])
    return float(scale * np.ptp(outline("H")[1][:, 1]))


@every_look
@every_chapter
def test_no_text_is_too_small(chapter: str, run_name: str, lang: str, theme: str) -> None:
    for shot in shots(chapter, run_name, lang, theme):
        for writing in shot.writings:
            assert capital(writing) >= LEAST, f"{shot.beat}: {writing.text!r} is {capital(writing):.3f}"


def test_sizes_are_told_right() -> None:
    words = THEMES["dark"].write("Pixel", 20)
    low, high = words.points.min(axis=0), words.points.max(axis=0)
    writing = Writing("Pixel", (low[0], low[1], high[0], high[1]), "", 1.0, False, None)
    assert capital(writing) == pytest.approx(20 / DRAWN_AT * np.ptp(outline("H")[1][:, 1]))


# -- colours ---------------------------------------------------------------------------------------------------


def luminance(color: ManimColor) -> float:
    """Relative luminance as WCAG defines it."""
    shares = np.array(color.to_rgb())
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one: ManimColor, other: ManimColor) -> float:
    dark, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


def test_contrast_is_measured_right() -> None:
    assert contrast(ManimColor("#000000"), ManimColor("#FFFFFF")) == pytest.approx(21)
    assert contrast(ManimColor("#767676"), ManimColor("#FFFFFF")) == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_every_color_of_text_stands_out(theme: Theme) -> None:
    for role in ("text", "muted", "accent"):
        assert contrast(getattr(theme, role), theme.background) >= CONTRAST, role


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_signs_are_told_apart_by_more_than_their_hue(theme: Theme) -> None:
    """For eyes that see no hue: both differ from what carries nothing, and blue from orange in any blindness."""
    for role in ("positive", "negative"):
        assert contrast(getattr(theme, role), theme.background) >= 3, role
    red, _green, blue = np.array(theme.positive.to_rgb()) - theme.negative.to_rgb()
    assert blue > 0.4 and red < -0.4, "not a blue and an orange"


@every_look
@every_chapter
def test_every_text_on_stage_is_opaque_and_stands_out(
    chapter: str, run_name: str, lang: str, theme: str
) -> None:
    background = THEMES[theme].background
    for shot in shots(chapter, run_name, lang, theme):
        for writing in shot.writings:
            assert writing.opacity == 1, f"{shot.beat}: {writing.text!r} is half gone"
            ratio = contrast(ManimColor(writing.color), background)
            assert ratio >= CONTRAST, f"{shot.beat}: {writing.text!r} has a contrast of {ratio:.1f}"


@every_look
@every_chapter
def test_captions_have_two_lines_at_most_one_under_the_other(
    chapter: str, run_name: str, lang: str, theme: str
) -> None:
    for shot in shots(chapter, run_name, lang, theme):
        lines = [writing for writing in shot.writings if writing.caption]
        assert 1 <= len(lines) <= 2
        for upper, lower in pairwise(lines):
            assert upper.middle[1] > lower.middle[1]
        for line in lines:
            assert abs(line.middle[0]) < 1e-6, "not in the middle"
            assert len(line.text) <= {"en": 42, "ko": 20}[lang]
