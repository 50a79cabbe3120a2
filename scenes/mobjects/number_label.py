"""A number that can change in every frame."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Self

from manim import DOWN, LEFT, RIGHT, ManimColor, Text, VGroup, VMobject

from scenes.theme import DARK, NUMBER, Theme

_DRAWN_AT = 96.0


@cache
def _glyph(character: str) -> tuple[VMobject, float, float]:
    """A character's shape, how far it stands above the base line, and its advance, at the size drawn.

    A figure takes the room of the widest one, so that a counting number does not tremble.
    """
    pair = DARK.write(f"0{character}0", _DRAWN_AT)
    alone = DARK.write("00", _DRAWN_AT)
    zero = pair.submobjects[0]
    advance = pair.width - alone.width
    shape = pair.submobjects[1].copy()
    raise_by = shape.get_bottom()[1] - zero.get_bottom()[1]
    if character.isdigit():
        zeros = DARK.write("000", _DRAWN_AT)
        advance = zeros.width - alone.width
    return shape, raise_by, advance


class NumberLabel(VGroup):
    """A number written with the film's figures, cheap enough to be set in every frame.

    ``form`` turns the value into text (``"{:.1%}".format`` by default two decimals); the text may hold any
    characters but spaces take the room of half a figure. ``edge`` stays where it is when the number changes.
    """

    def __init__(
        self,
        value: float = 0.0,
        form: Callable[[float], str] = "{:.2f}".format,
        size: float = NUMBER,
        color: ManimColor | None = None,
        theme: Theme = DARK,
        edge: tuple[float, float, float] = tuple(LEFT),
    ) -> None:
        super().__init__()
        self.form = form
        self.size = size / _DRAWN_AT
        self.ink = color or theme.text
        self.edge = edge
        self.text = ""
        self.value = value
        self.set_value(value)

    def set_value(self, value: float) -> Self:
        """Show ``value``; the mobject's ``edge`` keeps its place."""
        self.value = value
        text = self.form(value)
        if text == self.text:
            return self
        anchor = self.get_critical_point(self.edge) + self._base() if self.submobjects else None
        style = self.submobjects[0] if self.submobjects else None
        self.text = text
        self.submobjects = []
        self.add(*self._shapes(text))
        if style is not None:
            self.set_fill(style.get_fill_color(), style.get_fill_opacity())
        if anchor is not None:
            self.shift(anchor - self.get_critical_point(self.edge) - self._base())
        return self

    def set_ink(self, color: ManimColor) -> Self:
        self.ink = color
        return self.set_fill(color)

    def _base(self) -> object:
        """From the edge's point to the base line: figures with a comma hang lower than those without."""
        first = self.submobjects[0]
        return DOWN * (self.get_critical_point(self.edge)[1] - first.get_bottom()[1])

    def _shapes(self, text: str) -> list[VMobject]:
        shapes = []
        pen = 0.0
        for character in text:
            if character == " ":
                pen += 0.5 * _glyph("0")[2]
                continue
            shape, raise_by, advance = _glyph(character)
            copy = shape.copy().move_to([pen + advance / 2, 0, 0])
            copy.shift([0, raise_by - copy.get_bottom()[1], 0])
            shapes.append(copy)
            pen += advance
        for shape in shapes:
            shape.scale(self.size, about_point=[0, 0, 0])
            shape.set_fill(self.ink, 1.0).set_stroke(width=0)
        return shapes
