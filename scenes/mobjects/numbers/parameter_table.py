"""A table of counts, line by line, with their total."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from manim import LEFT, RIGHT, Line, ManimColor, VGroup

from edgeglow.scenes.mobjects.numbers.number_label import NumberLabel
from edgeglow.scenes.style.theme import DARK, LABEL, TextLine, Theme

PITCH = 0.0168  # distance between lines, as a multiple of the font size
OVER_HEADING = 0.35  # extra space, as a share of a line
BETWEEN = 1.0  # least space between the terms and the result, in lines
MOST_LINES = 3  # lines of weights, one for each layer
MOST_TERMS = 3  # terms in the sum of the biases


@dataclass(frozen=True)
class ParameterEntry:
    """One line: the terms that are multiplied or added, and the result."""

    words: str
    count: int


class ParameterTableLine(VGroup):
    """A line of the table: ``words`` at its left end, ``number`` at its right end."""

    def __init__(self, entry: ParameterEntry, width: float, size: float, color: ManimColor, theme: Theme) -> None:
        super().__init__()
        self.entry = entry
        self.words: TextLine = theme.write(entry.words, size, theme.text)
        self.number = NumberLabel(entry.count, "{:,.0f}".format, size, color, theme, edge=tuple(RIGHT))
        self.words.shift(LEFT * self.words.get_left()[0])
        self.number.shift([width - self.number.get_right()[0], self.words.base_line - self.number.base_line, 0])
        self.add(self.words, self.number)

    @property
    def needs(self) -> float:
        """Least width of the line."""
        return float(self.words.width + self.number.width) + BETWEEN * PITCH * self.number.size

    def steps(self, count: int = 60) -> np.ndarray:
        """Return whole numbers from 0 to the line's count, (count,), for an animation."""
        return np.round(np.linspace(0, self.entry.count, count))


class ParameterTable(VGroup):
    """Lines under headings, a rule, and the total.

    ``sections`` are headings with their entries, ``total`` is the last line's entry. ``lines`` are all lines but
    the last, ``headings`` the words above them, ``sum`` the last line, in the accent colour. It is ``width``
    wide, or wider if a line needs more.
    """

    def __init__(
        self,
        sections: Sequence[tuple[str, Sequence[ParameterEntry]]],
        total: ParameterEntry,
        *,
        width: float,
        size: float = LABEL,
        theme: Theme = DARK,
    ) -> None:
        super().__init__()
        every = [entry for _, entries in sections for entry in entries] + [total]
        width = max(width, *(ParameterTableLine(entry, width, size, theme.text, theme).needs for entry in every))
        self.headings = VGroup()
        self.lines: list[ParameterTableLine] = []
        down = 0.0
        for heading, entries in sections:
            down += OVER_HEADING * PITCH * size if self.lines else 0.0
            words = theme.write(heading, size, theme.muted)
            self.headings.add(words.shift([-words.get_left()[0], -down - words.base_line, 0]))
            for entry in entries:
                down += PITCH * size
                self.lines.append(self._line(entry, down, width, size, theme.text, theme))
            down += PITCH * size
        down -= 0.45 * PITCH * size
        self.rule = Line([0, -down, 0], [width, -down, 0], color=theme.outline, stroke_width=2)
        self.sum = self._line(total, down + 0.95 * PITCH * size, width, size, theme.accent, theme)
        self.sum.words.set_fill(theme.accent)
        self.add(self.headings, *self.lines, self.rule, self.sum)

    def _line(
        self, entry: ParameterEntry, down: float, width: float, size: float, color: ManimColor, theme: Theme
    ) -> ParameterTableLine:
        line = ParameterTableLine(entry, width, size, color, theme)
        line.shift([0, -down - line.words.base_line, 0])
        return line


def build_parameter_table(
    layer_sizes: Sequence[int], label: Callable[..., str], *, width: float, size: float, theme: Theme = DARK
) -> ParameterTable:
    """Create the count of weights and biases of a network, the weights layer by layer.

    With many layers, those after the first are counted together. ``label`` returns the words "weights",
    "biases", "total", and "more" for a number of layers, ``count``.
    """
    weights = [ParameterEntry(f"{before:,} × {after:,}", before * after) for before, after in pairwise(layer_sizes)]
    if len(weights) > MOST_LINES:
        others = sum(entry.count for entry in weights[1:])
        weights = [weights[0], ParameterEntry(label("more", count=len(weights) - 1), others)]
    terms = [f"{neurons:,}" for neurons in layer_sizes[1:]]
    if len(terms) > MOST_TERMS:
        terms = [terms[0], "…", terms[-1]]
    if len(terms) == 1:  # a sum of one term would be the count itself
        terms = [f"1 × {terms[0]}"]
    biases = ParameterEntry(" + ".join(terms), sum(layer_sizes[1:]))
    total = ParameterEntry(label("total"), sum(entry.count for entry in weights) + biases.count)
    sections = [(label("weights"), weights), (label("biases"), [biases])]
    return ParameterTable(sections, total, width=width, size=size, theme=theme)
