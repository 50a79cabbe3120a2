"""Every chapter in every language, aspect and theme, and with every kind of network: its look is right."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from abroad import NAMES as ABROAD
from casts import NAMES
from layout import CONTRAST, FINE, capital, contrast, faults
from manim import ManimColor
from shot import Writing
from stage import ASPECTS, CHAPTERS, Performance, fitting, perform

from edgeglow.scenes.style.theme import DRAWN_AT, THEMES, Theme, text_curves

LOOKS = [(lang, aspect, theme) for lang in ("en", "ko") for aspect in ASPECTS for theme in THEMES]
# Boxes are the same in both themes, and the wide frame is the roomiest for all but the heights.
OTHERS = [name for name in NAMES if name != "usual"]

# each run and chapter in one look, in turn another
SPREAD = [("en", "16:9", "dark"), ("ko", "9:16", "dark"), ("en", "1:1", "light"), ("ko", "16:9", "dark")]
ABROAD_LOOKS = [
    (run_name, chapter, SPREAD[(number + place) % len(SPREAD)])
    for number, run_name in enumerate(ABROAD)
    for place, chapter in enumerate(CHAPTERS)
    if chapter in fitting(run_name)
]


def play(chapter: str, run_name: str, *look: str) -> Performance:
    lang, aspect, theme = look
    played = perform(chapter, run_name, lang, theme, aspect)
    assert played.shots
    return played


@pytest.mark.parametrize("chapter", fitting("usual"))
@pytest.mark.parametrize(("lang", "aspect", "theme"), LOOKS)
def test_a_chapter_looks_right_in_every_language_aspect_and_theme(
    chapter: str, lang: str, aspect: str, theme: str
) -> None:
    found = faults(play(chapter, "usual", lang, aspect, theme), theme)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("run_name", "chapter"), [(run, chapter) for run in OTHERS for chapter in fitting(run)])
@pytest.mark.parametrize("look", [("en", "16:9", "dark"), ("ko", "1:1", "light"), ("en", "9:16", "dark")])
def test_a_chapter_looks_right_with_every_network(chapter: str, run_name: str, look: tuple[str, str, str]) -> None:
    found = faults(play(chapter, run_name, *look), look[2])
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("run_name", "chapter", "look"), ABROAD_LOOKS)
def test_a_chapter_looks_right_with_networks_from_elsewhere(
    run_name: str, chapter: str, look: tuple[str, str, str]
) -> None:
    found = faults(play(chapter, run_name, *look), look[2])
    assert not found, "\n".join(found)


# -- the check would notice -----------------------------------------------------------------------------------


def spoilt(**changes: object) -> list[str]:
    """What the check says of a chapter in which one text that is no caption is written otherwise."""
    played = perform("PixelFlow", "usual")
    shot = played.shots[-1]
    first, second, *rest = [w for w in shot.writings if not w.caption]
    captions = [w for w in shot.writings if w.caption]
    places = {"on_other": second.box, "below": captions[0].box, "outside": (6.9, 0.0, 7.4, 0.3)}
    if "box" in changes:
        changes["box"] = places[str(changes["box"])]
    if "least" in changes:
        left, bottom, right, top = first.box
        changes = {"box": (left, bottom, left + 0.5 * (right - left), bottom + 0.5 * (top - bottom))}
    writings = [replace(first, **changes), second, *rest, *captions]  # type: ignore[arg-type]
    spoilt_shot = replace(shot, writings=writings)
    return faults(Performance(played.run, played.lang, played.chapter, [spoilt_shot]), "dark")


def test_a_shot_left_alone_has_no_faults() -> None:
    assert spoilt() == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"box": "on_other"}, "lies on"),
        ({"box": "below"}, "in the caption's place"),
        ({"box": "outside"}, "too near the edge"),
        ({"least": True}, "high"),
        ({"color": "#333333"}, "contrast"),
        ({"opacity": 0.5}, "half gone"),
    ],
)
def test_a_text_that_is_moved_or_made_faint_is_found(changes: dict[str, object], said: str) -> None:
    assert any(said in fault for fault in spoilt(**changes)), spoilt(**changes)


def test_a_caption_that_goes_too_soon_is_found() -> None:
    played = perform("PixelFlow", "usual")
    chapter = played.chapter
    cues, chapter.cues = chapter.cues, [replace(cue, end_frame=cue.start_frame + 20) for cue in chapter.cues]
    try:
        assert any("seconds" in fault for fault in faults(played, "dark"))
    finally:
        chapter.cues = cues


def test_sizes_are_told_right() -> None:
    words = THEMES["dark"].write("Pixel", 20)
    low, high = words.points.min(axis=0), words.points.max(axis=0)
    writing = Writing("Pixel", (low[0], low[1], high[0], high[1]), "", 1.0, False, None)
    expected = 20 / DRAWN_AT * np.ptp(text_curves("H")[1][:, 1])
    assert capital(writing) == pytest.approx(expected)
    upright = replace(writing, box=(low[1], low[0], high[1], high[0]))
    assert capital(upright) == pytest.approx(expected)


# -- colours ---------------------------------------------------------------------------------------------------


def test_contrast_is_measured_right() -> None:
    assert contrast(ManimColor("#000000"), ManimColor("#FFFFFF")) == pytest.approx(21)
    assert contrast(ManimColor("#767676"), ManimColor("#FFFFFF")) == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_every_color_of_text_stands_out(theme: Theme) -> None:
    for role in ("text", "muted", "accent"):
        assert contrast(getattr(theme, role), theme.background) >= CONTRAST, role


# How colours look without one kind of cone: Machado, Oliveira and Fernandes (2009), severity 1, over linear RGB
BLINDNESS = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
}
TO_XYZ = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]


def lab(color: ManimColor, blindness: str | None = None) -> np.ndarray:
    """A colour in CIELAB, as it is seen with or without one kind of cone."""
    shares = np.array(color.to_rgb())
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    if blindness:
        linear = np.clip(np.array(BLINDNESS[blindness]) @ linear, 0, 1)
    x, y, z = np.array(TO_XYZ) @ linear / np.array([0.9505, 1.0, 1.089])
    fx, fy, fz = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return np.array([116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)])


def told_apart(one: ManimColor, other: ManimColor, blindness: str | None) -> float:
    """The distance of two colours; 2.3 is just noticeable, 20 and more cannot be mistaken."""
    return float(np.linalg.norm(lab(one, blindness) - lab(other, blindness)))


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("blindness", [None, *BLINDNESS])
def test_signs_are_told_apart_by_every_eye(theme: Theme, blindness: str | None) -> None:
    assert told_apart(theme.positive, theme.negative, blindness) > 40
    for role in ("positive", "negative"):
        assert contrast(getattr(theme, role), theme.background) >= 3, role
        assert told_apart(getattr(theme, role), theme.accent, blindness) > 15, role


def test_colors_that_merge_would_be_found() -> None:
    red, green = ManimColor("#D62728"), ManimColor("#7A6E12")
    assert told_apart(red, green, None) > 40
    assert told_apart(red, green, "deuteranopia") < 20 and FINE < told_apart(red, green, "protanopia") < 40
