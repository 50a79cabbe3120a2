"""A card with names and values in two columns."""

from __future__ import annotations

import re
from collections.abc import Sequence

from manim import LEFT, Line, VGroup

from edgeglow.scenes.style.theme import DARK, LABEL, Theme

PITCH = 0.0165  # distance between lines, as a multiple of the font size
COLUMNS = 0.0155  # distance between names and values, as a multiple of the font size


class Card(VGroup):
    """Names at the left, in a muted colour, and values beside them, wrapped to fit ``width``.

    ``entries`` are pairs of a name and a value, below ``title``; ``air`` is the space between two entries, in
    lines. ``text`` is all the text on the card.
    """

    def __init__(
        self,
        title: str,
        entries: Sequence[tuple[str, str]],
        *,
        width: float,
        size: float = LABEL,
        air: float = 0.32,
        theme: Theme = DARK,
    ) -> None:
        super().__init__()
        self.title = theme.write(title, size, theme.accent)
        names = [theme.write(name, size, theme.muted) for name, _ in entries]
        self.entries = VGroup()
        left = max(name.width for name in names) + COLUMNS * size
        down = 0.0
        for name, (_, value) in zip(names, entries, strict=True):
            lines = VGroup()
            for words in _wrapped(value, width - left, size, theme):
                line = theme.write(words, size, theme.text)
                line.shift([left - line.get_left()[0], -down - line.base_line, 0])
                lines.add(line)
                down += PITCH * size
            name.shift(LEFT * name.get_left()[0])
            name.shift([0, lines[0].base_line - name.base_line, 0])
            self.entries.add(VGroup(name, lines))
            down += air * PITCH * size
        rule = self.entries.get_top()[1] + 0.012 * size
        self.rule = Line([0, rule, 0], [width, rule, 0], color=theme.outline, stroke_width=2)
        self.title.shift([-self.title.get_left()[0], rule + 0.008 * size - self.title.get_bottom()[1], 0])
        self.add(self.title, self.rule, self.entries)

    @property
    def text(self) -> str:
        written = [words.text for name, lines in self.entries for words in (name, *lines)]
        return " ".join([self.title.text, *written])


def _wrapped(value: str, room: float, size: float, theme: Theme) -> list[str]:
    """Wrap a value to lines no wider than ``room``, at spaces and hyphens; a wider word is split."""
    lines: list[str] = []
    for word in re.split(r"(?<=[ -])", value):
        for piece in _pieces(word, room, size, theme):
            longer = lines[-1] + piece if lines else piece
            if lines and theme.write(longer.rstrip(), size).width <= room:
                lines[-1] = longer
            else:
                lines.append(piece)
    return [line.rstrip() for line in lines]


def _pieces(word: str, room: float, size: float, theme: Theme) -> list[str]:
    """Split a word into as few parts as needed for each to fit."""
    pieces = []
    while len(word) > 1 and theme.write(word.rstrip(), size).width > room:
        count = len(word) - 1
        while count > 1 and theme.write(word[:count], size).width > room:
            count -= 1
        pieces.append(word[:count])
        word = word[count:]
    return [*pieces, word]
