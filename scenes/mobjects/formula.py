"""Formulas, set by typst, whose parts have names."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise
from tempfile import TemporaryDirectory

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, ManimColor, MathTypst, VGroup, VMobject, tempconfig

from model.errors import EdgeglowError
from scenes.stage.layout import Area
from scenes.stage.theme import DARK, DRAWN_AT, SMALL, Theme

FORMULA = 44.0  # font size of a formula that has the stage to itself
EM = 1 / 96  # scene units, of a formula of font size 1
RULE = 0.048  # em thick are the bars of fractions and roots

LETTER_GAP = 0.2  # between a formula and the words for its letters
WORD_GAP = 0.14  # at least, between two of these
REST = ""  # the name of all that has none


class Formula(VGroup):
    """A formula in typst's notation; ``{{W : weights}}`` gives the part W the name "weights".

    ``part("weights")`` is one shape, whatever letters it has. What has no name is one shape as well, ``rest``.
    Where groups lie in each other a letter belongs to the innermost. The pieces can be moved and coloured
    apart from each other, and other mobjects can become them.

    Raises EdgeglowError when typst cannot read it.
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
        """All that has no name; empty if everything has one."""
        return self.parts[REST]

    def part(self, name: str) -> VMobject:
        """The piece of this name. Raises EdgeglowError when there is none."""
        if name not in self.parts:
            known = ", ".join(sorted(name for name in self.parts if name)) or "none"
            raise EdgeglowError(f"formula {self.code!r}: there is no part {name!r}; named are {known}")
        return self.parts[name]

    def name_letters(self, above: Mapping[str, str], below: Mapping[str, str], within: Area) -> VGroup:
        """Words for some parts, by the parts' names, over or under them; no farther left or right than ``within``."""
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
                if close > 0:  # both make way
                    one.shift(LEFT * close / 2)
                    other.shift(RIGHT * close / 2)
                    over = max(0.0, float(other.get_right()[0]) - within.right)
                    VGroup(one, other).shift(LEFT * over)
            names.add(*row)
        return names


@lru_cache(maxsize=256)
def shapes(code: str) -> dict[str, np.ndarray]:
    """The curves of every named part, and of the rest under ``REST``, each (points, 3), at font size DRAWN_AT."""
    # Manim keeps what typst wrote on disk, and half of it if two write at once: a folder of one's own is safe.
    with TemporaryDirectory() as folder, tempconfig({"tex_dir": folder}):
        try:
            formula = MathTypst(code, font_size=DRAWN_AT, use_svg_cache=False)
        except RuntimeError as error:  # typst tells what is wrong with the notation by it
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
    """A letter's curves; of a bar, which has no area in typst, its rectangle."""
    if letter.get_fill_opacity() > 0:
        return np.asarray(letter.points)
    start, end = letter.get_start(), letter.get_end()
    along = (end - start) / max(float(np.linalg.norm(end - start)), 1e-9)
    half = np.array([-along[1], along[0], 0.0]) * RULE * EM * DRAWN_AT / 2
    bar = VMobject().set_points_as_corners([start + half, end + half, end - half, start - half, start + half])
    return np.asarray(bar.points)
