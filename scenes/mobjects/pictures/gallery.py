"""Pictures of digits with words under each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import Group, VGroup

from edgeglow.scenes.fields import PictureField
from edgeglow.scenes.mobjects.network.input_plane import FILLED
from edgeglow.scenes.style.layout import Area
from edgeglow.scenes.style.theme import DARK, SMALL, Theme

LINE = 0.32  # height of a line of words
AIR = 0.08  # between a picture and its words
GAP = 0.3  # between two pictures
APART = 0.1  # least distance between words side by side
LEAST, LARGEST = 0.4, 2.0  # least and largest width of a picture


class Gallery(Group):
    """Images (n, rows, columns) in a grid that fills ``area``, each with lines of ``words`` below it.

    The last line is in the accent colour. If not all images fit, the first ones are shown. ``pictures`` is a field
    of all of them; ``notes`` is empty.
    """

    def __init__(
        self, images: np.ndarray, words: Sequence[Sequence[str]], *, area: Area, theme: Theme = DARK
    ) -> None:
        super().__init__()
        self.theme, self.words, self.notes = theme, VGroup(), VGroup()
        written = [[theme.write(line, SMALL, theme.muted) for line in lines] for lines in words]
        count, lines = len(images), len(words[0])
        widest = max(line.width for lines in written for line in lines)
        columns, self.width_of_one = _grid(area, count, images.shape[1:], widest, lines)
        while count > 1 and self.width_of_one <= LEAST:
            count -= 1
            columns, self.width_of_one = _grid(area, count, images.shape[1:], widest, lines)
        height = self.width_of_one * images.shape[1] / images.shape[2]
        rows = -(-count // columns)
        across = min(max(self.width_of_one + GAP, widest + APART), area.width / columns)
        across += 0.35 * (area.width / columns - across)  # a part of the free space goes between the pictures
        down = min(height + AIR + lines * LINE + GAP, area.height / rows)
        row, column = np.divmod(np.arange(count), columns)
        in_row = np.where(row < rows - 1, columns, count - columns * (rows - 1))
        x = area.x + (column - (in_row - 1) / 2) * across
        y = area.y - (row - (rows - 1) / 2) * down + (AIR + lines * LINE) / 2
        self.centers = np.column_stack([x, y, np.zeros(count)])
        colors = {"low": theme.dark, "high": theme.bright}
        self.pictures = PictureField(self.centers, self.width_of_one, images[:count], filled=FILLED, **colors)
        for center, texts in zip(self.centers, written, strict=False):
            texts[-1].set_fill(theme.accent)
            for number, text in enumerate(texts):
                stand = center[1] - height / 2 - AIR - (number + 0.78) * LINE
                text.move_to([center[0], 0, 0]).shift([0, stand - text.base_line, 0])
                self.words.add(text)
        self.add(self.pictures, self.words)


def _grid(area: Area, count: int, shape: tuple[int, ...], widest: float, lines: int) -> tuple[int, float]:
    """Return the best number of columns and the width of a picture, with words that are ``widest``."""
    best = (1, LEAST)
    for columns in range(1, count + 1):
        rows = -(-count // columns)
        if columns > 1 and columns * (widest + APART) > area.width:
            break
        height = (area.height - GAP * (rows - 1)) / rows - lines * LINE - AIR
        width = min((area.width - GAP * (columns - 1)) / columns, height * shape[1] / shape[0], LARGEST)
        if width > best[1] + 1e-9:
            best = (columns, width)
    return best
