"""Pictures of features side by side, kind by kind: those hoped for, and those that networks have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from manim import DOWN, Group, Mobject

from edgeglow.scenes.mobjects.pictures.part_picture import PartPicture, window_around
from edgeglow.scenes.mobjects.pictures.tiles import Tiles
from edgeglow.scenes.style.layout import Area, Layout
from edgeglow.scenes.style.theme import LABEL, SMALL, STILL, Theme

HEADING, NOTE = 0.5, 0.42  # scene units above a kind of features, and below a group of pictures
IN_GROUP = 2  # pictures side by side


@dataclass(frozen=True)
class FeatureGroups:
    """One kind of features: ``heading``, and a ``note`` below each group of ``IN_GROUP`` pictures."""

    heading: str
    notes: Sequence[str]


class FeatureComparison(Group):
    """The layout of some kinds of features in ``area``, side by side in a wide frame, else one below the other.

    All pictures are equally large: ``cells[k]`` are the areas of those of kind k, group by group, ``words[k]`` its
    heading and its notes. A note that is empty leaves its group to the next one.
    """

    def __init__(self, kinds: Sequence[FeatureGroups], area: Area, layout: Layout, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        is_wide = layout.name == "wide"
        shares = [1.0] * len(kinds)
        panels = area.across(*shares, gap=0.7) if is_wide else area.down(*shares, gap=layout.pick(0.0, 0.15, 0.1))
        self.words: list[Group] = []
        bodies: list[tuple[Area, ...]] = []
        for kind, panel in zip(kinds, panels, strict=True):
            body = Area(panel.left, panel.bottom, panel.right, panel.top - HEADING)
            groups = [1.0] * len(kind.notes)
            bodies.append(body.down(*groups, gap=0.15) if is_wide else body.across(*groups, gap=0.3))
        gap = layout.pick(0.3, 0.3, 0.12)
        each = [place for body in bodies for place in body]
        side = min(min((place.width - gap) / IN_GROUP, place.height - NOTE) for place in each)
        self.cells = [[cell for place in body for cell in _pair(place, side, gap)] for body in bodies]
        for kind, panel, places, cells in zip(kinds, panels, bodies, self.cells, strict=True):
            self.words.append(self._words(kind, panel, places, cells))

    def _words(self, kind: FeatureGroups, panel: Area, body: Sequence[Area], cells: Sequence[Area]) -> Group:
        heading = self.theme.write(kind.heading, LABEL, self.theme.text)
        words: list[Mobject] = [heading.move_to([panel.x, max(cell.top for cell in cells) + HEADING / 2, 0])]
        for number, note in enumerate(kind.notes):
            if note:
                pair = cells[IN_GROUP * number : IN_GROUP * (number + 1)]
                whole = panel.x if "" in kind.notes else body[number].x
                word = self.theme.write(note, SMALL, self.theme.muted)
                words.append(word.next_to([whole, pair[0].bottom, 0], DOWN, buff=0.1))
        return Group(*words).set_z_index(STILL)

    def parts(self, kind: int, image: np.ndarray, parts: Sequence[np.ndarray], is_close: bool, start: int) -> Group:
        """Return pictures of parts of an image from cell ``start`` on; with ``is_close``, each part enlarged."""
        whole = window_around(image > 0)
        places = self.cells[kind][start : start + IN_GROUP]
        return Group(
            *(
                PartPicture(image, window_around(part) if is_close else whole, place, self.theme).light(part)
                for part, place in zip(parts, places, strict=False)
            )
        )

    def maps(self, kind: int, maps: np.ndarray, start: int) -> Tiles:
        """Return feature maps (maps, rows, columns), in 0..1, in the cells from ``start`` on."""
        places = self.cells[kind][start : start + len(maps)]
        return Tiles((maps.shape[1], maps.shape[2]), places, theme=self.theme).set_pictures(maps)


def _pair(place: Area, side: float, gap: float) -> list[Area]:
    """Return the cells of one group, in the middle of its place and above its note."""
    y = place.y + NOTE / 2
    left = place.x - (IN_GROUP * side + (IN_GROUP - 1) * gap) / 2
    lefts = [left + number * (side + gap) for number in range(IN_GROUP)]
    return [Area(x, y - side / 2, x + side, y + side / 2) for x in lefts]
