"""The curves of letters as Pango lays them out, as in Manim's Text, but without one mobject per letter."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

import manimpango
import numpy as np
from manimpango import TextSetting

from edgeglow.scenes.manim_internals import TEXT2SVG_ADJUSTMENT_FACTOR, TEXT_MOB_SCALE_FACTOR

PAGE = 16_384, 1_024  # Pango wraps text at the page's width, in pixels
STEP = re.compile(r"([MLCZ])([^MLCZ]*)")
LINK = "{http://www.w3.org/1999/xlink}href"


def curves_of(text: str, font: str, size: float) -> list[np.ndarray]:
    """Return the closed curves of every visible letter, each (4 × curves, 3), in scene units at that font size.

    They are centred on the origin.
    """
    with TemporaryDirectory() as folder:
        page = Path(folder) / "text.svg"
        settings = [TextSetting(0, len(text), font, "NORMAL", "NORMAL")]
        high = size / TEXT2SVG_ADJUSTMENT_FACTOR
        manimpango.text2svg(settings, high, 1.3 * high, False, str(page), 30, 30, *PAGE, text)
        root = ElementTree.parse(page).getroot()
    glyphs = {element.get("id"): element for element in root.iter() if element.get("id")}
    shapes: dict[str, np.ndarray] = {}
    letters = []
    for use in root.iter():
        if (link := use.get(LINK)) is None:
            continue
        if link not in shapes:
            paths = [path.get("d", "") for path in glyphs[link.removeprefix("#")].iter() if path.tag.endswith("path")]
            shapes[link] = _curves(" ".join(paths))
        if len(shapes[link]):
            letters.append(shapes[link] + [float(use.get("x", 0)), float(use.get("y", 0)), 0.0])
    if not letters:
        return []
    every = np.concatenate(letters)
    middle = (every.min(axis=0) + every.max(axis=0)) / 2
    return [(letter - middle) * (TEXT_MOB_SCALE_FACTOR * np.array([1.0, -1.0, 1.0])) for letter in letters]


def _curves(path: str) -> np.ndarray:
    """Return the curves of an SVG path of M, L, C and Z, (4 × curves, 3); every part of it is closed."""
    curves: list[np.ndarray] = []
    start = at = np.zeros(2)
    for step, numbers in STEP.findall(path):
        if step == "Z":
            if not np.array_equal(at, start):
                curves.append(_line(at, start))
            at = start
            continue
        points = np.array(numbers.split(), dtype=np.float64).reshape(-1, 2)
        if step == "M":
            start = at = points[0]
        elif step == "L":
            curves.append(_line(at, points[0]))
            at = points[0]
        else:
            curves.append(np.vstack([at, points]))
            at = points[2]
    if not curves:
        return np.zeros((0, 3))
    flat = np.concatenate(curves)
    return np.column_stack([flat, np.zeros(len(flat))])


def _line(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.stack([one, (2 * one + other) / 3, (one + 2 * other) / 3, other])
