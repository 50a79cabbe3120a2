"""Formulas, typeset by Typst, with named parts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise
from tempfile import TemporaryDirectory

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, ManimColor, MathTypst, VGroup, VMobject, tempconfig

from edgeglow.model.errors import EdgeglowError
from edgeglow.scenes.style.layout import Area
from edgeglow.scenes.style.theme import DARK, DRAWN_AT, SMALL, Theme

FORMULA = 44.0  # font size of a formula with the stage to itself
EM = 1 / 96  # scene units, for a formula of font size 1
RULE = 0.048  # thickness of the bars of fractions and roots, in em

LETTER_GAP = 0.2  # between a formula and the words for its letters
WORD_GAP = 0.14  # least distance between two of these words
REST = ""  # key of the parts without a name


class Formula(VGroup):
    """A formula in Typst's notation; ``{{W : weights}}`` gives the part W the name "weights".

    ``part("weights")`` is one mobject, whatever letters it has; all letters without a name are another,
    ``rest``. In nested groups a letter belongs to the innermost. The parts can be moved, coloured and
    transformed separately.

    Raises EdgeglowError if Typst cannot read it.
    """

    def __init__(
        self, code: str, size: float = FORMULA, color: ManimColor | None = None, theme: Theme = DARK
    ) -> None:
        super().__init__()
        self.code = code
        self.theme = theme
        self.size = size
        self.parts: dict[str, VMobject] = {}
        for name, points in shapes(code).items():
            part = VMobject(fill_color=color or theme.text, fill_opacity=1.0, stroke_width=0.0)
            part.set_points(points * (size / DRAWN_AT))
            self.parts[name] = part
            self.add(part)

    @property
    def rest(self) -> VMobject:
        """All letters without a name; empty if every letter has one."""
        return self.parts[REST]

    def part(self, name: str) -> VMobject:
        """Return the part with this name. Raises EdgeglowError if there is none."""
        if name not in self.parts:
            known = ", ".join(sorted(name for name in self.parts if name)) or "none"
            raise EdgeglowError(f"formula {self.code!r}: there is no part {name!r}; named are {known}")
        return self.parts[name]

    def name_letters(self, above: Mapping[str, str], below: Mapping[str, str], within: Area) -> VGroup:
        """Return words for some parts, by the parts' names, above or below them and within the area ``within``."""
        names = VGroup()
        for words, way in ((above, UP), (below, DOWN)):
            height = self.get_critical_point(way)[1] + LETTER_GAP * way[1]
            row = VGroup()
            for part, word in words.items():
                name = self.theme.write(word, SMALL, self.theme.muted)
                half = name.width / 2
                place = np.clip(self.part(part).get_x(), within.left + half, within.right - half)
                row.add(name.move_to([place, height, 0], -way))
            for one, other in pairwise(sorted(row, key=lambda name: name.get_x())):
                close = one.get_right()[0] + WORD_GAP - other.get_left()[0]
                if close > 0:  # both move
                    one.shift(LEFT * close / 2)
                    other.shift(RIGHT * close / 2)
                    over = max(0.0, float(other.get_right()[0]) - within.right)
                    VGroup(one, other).shift(LEFT * over)
            names.add(*row)
        return names


@lru_cache(maxsize=256)
def shapes(code: str) -> dict[str, np.ndarray]:
    """Return the curves of every named part, and of the rest as ``REST``, each (points, 3), at size DRAWN_AT."""
    # Manim stores what typst wrote on disk, and incompletely if two processes write at once: a private folder is
    # safe.
    with TemporaryDirectory() as folder, tempconfig({"tex_dir": folder}):
        try:
            formula = MathTypst(code, font_size=DRAWN_AT, use_svg_cache=False)
        except RuntimeError as error:  # typst reports errors in the notation by it
            reason = str(error).strip().splitlines()[0]
            raise EdgeglowError(f"formula {code!r}: typst cannot read it: {reason}") from None
    owners = {id(letter): REST for letter in formula.submobjects}
    for name in formula._group_labels:  # an inner group comes after the one around it
        owners |= {id(letter): name for letter in formula.select(name)}
    found: dict[str, list[np.ndarray]] = {REST: []} | {name: [] for name in formula._group_labels}
    for letter in formula.submobjects:
        found[owners[id(letter)]].append(_filled(letter))
    return {name: np.concatenate(curves or [np.zeros((0, 3))]) for name, curves in found.items()}


def _filled(letter: VMobject) -> np.ndarray:
    """Return a letter's curves; for a bar, which Typst draws as a line, its rectangle."""
    if letter.get_fill_opacity() > 0:
        return np.asarray(letter.points)
    start, end = letter.get_start(), letter.get_end()
    along = (end - start) / max(float(np.linalg.norm(end - start)), 1e-9)
    half = np.array([-along[1], along[0], 0.0]) * RULE * EM * DRAWN_AT / 2
    bar = VMobject().set_points_as_corners([start + half, end + half, end - half, start - half, start + half])
    return np.asarray(bar.points)
