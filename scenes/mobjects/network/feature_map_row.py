"""One feature map of every stage in a row, with equal cells."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import Group

from edgeglow.scenes.mobjects.pictures.tiles import Tiles
from edgeglow.scenes.style.layout import Area
from edgeglow.scenes.style.theme import DARK, Theme


class FeatureMapRow(Group):
    """Feature maps (rows, columns), with values in 0..1, side by side in ``area``, as large as fits."""

    def __init__(self, maps: Sequence[np.ndarray], area: Area, *, gap: float = 0.4, theme: Theme = DARK) -> None:
        super().__init__()
        columns = np.array([values.shape[1] for values in maps])
        between = gap * (len(maps) - 1)
        cell = min((area.width - between) / columns.sum(), area.height / max(len(values) for values in maps))
        left = area.x - (cell * columns.sum() + between) / 2
        self.tiles: list[Tiles] = []
        for values in maps:
            width = cell * values.shape[1]
            place = Area(left, area.bottom, left + width, area.top)
            tiles = Tiles((values.shape[0], values.shape[1]), [place], cell=cell, theme=theme)
            self.tiles.append(tiles.set_pictures(values[None]))
            left += width + gap
        self.add(*self.tiles)
