"""Measurable faults of the layout at the end of each beat, each described in a sentence.

The limits are those of the film's design: margins and type of 2.5% of the frame's height, contrast of 4.5:1, captions
that can be read in the time they have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations, pairwise

import numpy as np
from manim import ManimColor
from shot import Box, Shot, Squares, Writing
from stage import FPS, Performance

from edgeglow.scenes.style.layout import FRAME_HEIGHT
from edgeglow.scenes.style.theme import THEMES, Theme, text_curves

LEAST = 0.025 * FRAME_HEIGHT  # minimum height of a capital letter, and of the margin around text
CONTRAST = 4.5
SPEED = {"en": 17, "ko": 12}  # maximum characters per second
LINE = {"en": 42, "ko": 20}  # maximum characters per line
FINE = 1e-6
APART = 0.012  # allowed overlap of two boxes, since there is no ink in their corners


def faults(played: Performance, theme: str) -> list[str]:
    """Return all faults in a chapter's beats."""
    found = []
    for shot in played.shots:
        for check in (cut, crowded, small, faint, out_of_place, captions):
            found += [f"{shot.beat}: {fault}" for fault in check(shot, THEMES[theme], played.lang)]
    return found + list(rushed(played))


def overlap(one: Box, other: Box) -> float:
    """Return how far two boxes overlap, in the direction in which that is least."""
    across = min(one[2], other[2]) - max(one[0], other[0])
    up = min(one[3], other[3]) - max(one[1], other[1])
    return min(across, up)


def boxes_of(squares: Squares) -> np.ndarray:
    """Return the boxes of visible squares, (n, 4)."""
    half = squares.sides[:, None] / 2
    boxes = np.hstack([squares.centers[:, :2] - half, squares.centers[:, :2] + half])
    return boxes[squares.opacities > 0.02]


def drawn_boxes(shot: Shot) -> np.ndarray:
    """Return the boxes of all that is drawn except text, (n, 4)."""
    boxes = [np.array([shape.box for shape in shot.shapes]).reshape(-1, 4)]
    boxes += [boxes_of(squares) for squares in shot.squares]
    boxes += [pictures.boxes for pictures in shot.pictures]
    for lines in shot.lines:
        low, high = np.minimum(lines.starts, lines.ends), np.maximum(lines.starts, lines.ends)
        boxes.append(np.hstack([low[:, :2], high[:, :2]]))
    return np.concatenate(boxes)


def cut(shot: Shot, theme: Theme, lang: str) -> Iterator[str]:
    """Yield faults of things that are cut off by the frame; in close-ups only those of text."""
    wide, high = shot.layout.width / 2, FRAME_HEIGHT / 2
    for writing in shot.writings:
        left, bottom, right, top = writing.box
        floor = shot.layout.caption.top if shot.strip and not writing.caption else -high + LEAST
        inside = min(wide - LEAST + left, wide - LEAST - right, bottom - floor, high - LEAST - top)
        if inside < -FINE:
            yield f"{writing.text!r} is {-inside:.2f} too near the edge, or cut"
    if shot.zoom < 1 + FINE:
        boxes = drawn_boxes(shot)
        if len(boxes) and (np.abs(boxes[:, [0, 2]]).max() > wide or np.abs(boxes[:, [1, 3]]).max() > high):
            yield "something is cut off by the frame"


def crowded(shot: Shot, theme: Theme, lang: str) -> Iterator[str]:
    """Yield faults of texts that overlap."""
    for one, other in combinations(shot.writings, 2):
        if (deep := overlap(one.box, other.box)) > APART:
            yield f"{one.text!r} lies on {other.text!r}, by {deep:.2f}"


def capital(writing: Writing) -> float:
    """Return the height of a capital letter in this text.

    It is computed from the text's height, or from its width if it is vertical.
    """
    same = (
        writing.text if writing.value is None else re.sub(r"[235689]", "0", writing.text)
    )  # round digits have the height of 0
    wide, high = np.ptp(text_curves(same)[1][:, :2], axis=0)
    left, bottom, right, top = writing.box
    across, up = right - left, top - bottom
    is_upright = abs(np.log(up / across * high / wide)) < abs(np.log(across / up * high / wide))
    scale = (across if is_upright else up) / high
    return float(scale * np.ptp(text_curves("H")[1][:, 1]))


def small(shot: Shot, theme: Theme, lang: str) -> Iterator[str]:
    """Yield faults of texts that are too small to read."""
    for writing in shot.writings:
        if (height := capital(writing)) < LEAST - FINE:
            yield f"{writing.text!r} is only {height:.3f} high"


def luminance(color: ManimColor) -> float:
    """Return the relative luminance as WCAG defines it."""
    shares = np.array(color.to_rgb())
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one: ManimColor, other: ManimColor) -> float:
    dark, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


def grounds(writing: Writing, shot: Shot, theme: Theme) -> Iterator[ManimColor | None]:
    """Yield the colours behind a text: of the squares under it, or the background; None if a square ends under it."""
    if writing.caption and shot.strip:  # the strip lies between the caption and a close-up
        yield theme.background
        return
    box = np.array(writing.box)
    if any(overlap(writing.box, tuple(other)) > APART for seen in shot.pictures for other in seen.boxes):
        yield None
        return
    covered = False
    for squares in shot.squares:
        boxes = boxes_of(squares)
        deep = np.minimum(boxes[:, 2:], box[2:]) - np.maximum(boxes[:, :2], box[:2])
        under = np.flatnonzero(deep.min(axis=1) > APART)
        for index in under:
            holds = np.all(boxes[index, :2] <= box[:2] + FINE) and np.all(boxes[index, 2:] >= box[2:] - FINE)
            covered = True
            if not holds:
                yield None
                return
            seen = np.flatnonzero(squares.opacities > 0.02)[index]
            value, opacity = float(squares.values[seen]), float(squares.opacities[seen])
            low, high = (squares.hues[1], squares.hues[2]) if value >= 0 else (squares.hues[1], squares.hues[0])
            fill = low + min(abs(value), 1.0) * (high - low)
            yield ManimColor.from_rgb(opacity * fill + (1 - opacity) * np.array(theme.background.to_rgb()))
    if not covered:
        yield theme.background


def faint(shot: Shot, theme: Theme, lang: str) -> Iterator[str]:
    """Yield faults of texts that are transparent, have too little contrast, or lie half on something."""
    for writing in shot.writings:
        if writing.opacity < 1:
            yield f"{writing.text!r} is half gone"
        for ground in grounds(writing, shot, theme):
            if ground is None:
                yield f"{writing.text!r} lies half on a pixel, a neuron or a picture"
            elif (ratio := contrast(ManimColor(writing.color), ground)) < CONTRAST:
                yield f"{writing.text!r} has a contrast of {ratio:.1f}"


def out_of_place(shot: Shot, theme: Theme, lang: str) -> Iterator[str]:
    """Yield faults of things that overlap the caption's place, unless they are covered there."""
    top = shot.layout.caption.top
    for writing in shot.writings:
        if writing.caption and writing.box[3] > top:
            yield f"the caption {writing.text!r} leaves its place"
        if not writing.caption and writing.box[1] < top - FINE:
            yield f"{writing.text!r} is in the caption's place"
    boxes = drawn_boxes(shot)
    if len(boxes) and not shot.strip and boxes[:, 1].min() < top - FINE:
        yield "something is in the caption's place"


def captions(shot: Shot, theme: Theme, lang: str) -> Iterator[str]:
    """Yield faults of captions: missing, too many or too long lines, wrong order, not centred."""
    lines = [writing for writing in shot.writings if writing.caption]
    if not 1 <= len(lines) <= shot.layout.lines:
        yield f"the caption has {len(lines)} lines"
    for upper, lower in pairwise(lines):
        if upper.middle[1] <= lower.middle[1]:
            yield f"{lower.text!r} is not under {upper.text!r}"
    for line in lines:
        if abs(line.middle[0]) > FINE:
            yield f"{line.text!r} is not in the middle"
        if len(line.text) > LINE[lang]:
            yield f"{line.text!r} has {len(line.text)} characters"


def rushed(played: Performance) -> Iterator[str]:
    """Yield faults of captions that are shown for too short a time to read."""
    for cue in played.cues:
        seconds = (cue.end_frame - cue.start_frame) / FPS
        if seconds < max(1.0, len(cue.text) / SPEED[played.lang]) - 0.5 / FPS:
            yield f"{cue.beat}: {len(cue.text)} characters in {seconds:.2f} seconds"
