"""Maps of one stage after the other, their cells equally large, and what a cell of each sees."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import DOWN, Group, VGroup

from scenes.mobjects.tiles import Tiles
from scenes.stage.layout import Area
from scenes.stage.theme import DARK, LABEL, STILL, Theme

UNDER = 0.6  # high is the room under the largest map for what stands there


class MapLine(Group):
    """``maps``, (rows, columns) each, within 0..1, beside each other in ``area``, and words under each of them."""

    def __init__(
        self,
        maps: Sequence[np.ndarray],
        words: Sequence[str],
        area: Area,
        *,
        gap: float = 0.4,
        size: float = LABEL,
        theme: Theme = DARK,
    ) -> None:
        super().__init__()
        self.words = VGroup(*(theme.write(word, size, theme.accent) for word in words)).set_z_index(STILL)
        least = [word.width for word in self.words]
        columns = np.array([shape.shape[1] for shape in maps])
        room = area.width - gap * (len(maps) - 1)
        cell = (area.height - UNDER) / maps[0].shape[0]
        while np.maximum(cell * columns, least).sum() > room:
            cell *= 0.98
        widths = np.maximum(cell * columns, least)
        left = area.x - (widths.sum() + gap * (len(maps) - 1)) / 2
        self.tiles: list[Tiles] = []
        for values, width, word in zip(maps, widths, self.words, strict=True):
            place = Area(left, area.bottom + UNDER, left + float(width), area.top)
            tiles = Tiles((values.shape[0], values.shape[1]), [place], cell=cell, theme=theme)
            self.tiles.append(tiles.set_pictures(values[None]))
            word.next_to(tiles, DOWN, buff=0.14)
            left += float(width) + gap
        self.add(*self.tiles)
