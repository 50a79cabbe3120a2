"""The features that chapter 7 compares: staged ones, the network's weights, a convolutional network's maps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from manim import Group
from scipy.optimize import linear_sum_assignment

from edgeglow.scenes.fields import SquareField
from edgeglow.scenes.mobjects.pictures.feature_comparison import IN_GROUP, FeatureComparison, FeatureGroups
from edgeglow.scenes.mobjects.pictures.weight_pictures import WeightPictures
from edgeglow.scenes.stage.digit_maps import DigitMaps, strongest
from edgeglow.scenes.stage.ideal_features import IdealFeatures, evenly_spaced
from edgeglow.scenes.style.layout import Area, Layout
from edgeglow.scenes.style.theme import Theme


@dataclass(frozen=True, eq=False)
class ComparedFeatures:
    """What is compared: ``ideal`` if chapter 5 fits the run, ``maps`` if chapter 6 does.

    ``layer`` is the name of the network's layer that reads pixels.
    """

    ideal: IdealFeatures | None
    maps: DigitMaps | None
    layer: str
    label: Callable[[str], str]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to compare the network's own features with."""
        return self.ideal is None and self.maps is None

    def place(self, area: Area, layout: Layout, theme: Theme) -> FeatureComparison:
        """Return the layout of all kinds: what is hoped for, the network's own, and the convolutional network's."""
        label, kinds = self.label, [FeatureGroups(self.label("own"), ["", self.layer])]
        if self.ideal is not None:
            notes = ["strokes", "parts"] if self.ideal.has_pieces else ["parts_only"]
            kinds.insert(0, FeatureGroups(label("hope"), [label(note) for note in notes]))
        if self.maps is not None:
            notes = ["edges", "abstract"] if self.maps.is_deep else ["edges_only"]
            kinds.append(FeatureGroups(label("convolution"), [label(note) for note in notes]))
        return FeatureComparison(kinds, area, layout, theme)

    @property
    def own(self) -> int:
        """The place of the network's own features among the kinds."""
        return 0 if self.ideal is None else 1

    def hoped(self, comparison: FeatureComparison) -> list[Group]:
        """Return the staged pictures, group by group: a stroke of each part, and the parts."""
        assert self.ideal is not None
        image, parts, start = self.ideal.image_of(self.ideal.main), self.ideal.parts, 0
        groups = []
        if self.ideal.has_pieces:
            groups.append(comparison.parts(0, image, [pieces[0] for pieces in self.ideal.pieces], True, start))
            start = IN_GROUP
        groups.append(comparison.parts(0, image, [parts.first, parts.second], False, start))
        return groups

    def found(self, comparison: FeatureComparison) -> list[Group]:
        """Return the convolutional network's maps of the digit, those of its first layer and of a later one."""
        assert self.maps is not None
        seen, kind = self.maps, self.own + 1
        groups = [comparison.maps(kind, seen.lit(1, np.array(seen.unlike[:IN_GROUP])), 0)]
        if seen.is_deep:
            later = seen.lit(3, strongest(seen.stages[3], IN_GROUP))
            groups.append(comparison.maps(kind, later, IN_GROUP))
        return [Group(tiles) for tiles in groups]

    def few(self, wall: WeightPictures, followed: int, comparison: FeatureComparison) -> SquareField:
        """Return the squares of ``wall``, a few pictures in the cells of the network's own, the rest invisible.

        The picture at place ``followed`` is one of them, the others are evenly spread.
        """
        cells = comparison.cells[self.own]
        chosen = choose_few(followed, len(wall.cells), len(cells))
        target = wall.squares.copy()
        marks = target.marks.copy()
        opacities = np.zeros((len(wall.cells), len(marks) // len(wall.cells)))
        ways = np.array(
            [[np.linalg.norm(wall.cells[place].center - cell.center) for cell in cells] for place in chosen]
        )
        for number, to in zip(*linear_sum_assignment(ways), strict=True):  # short ways, so that they hardly cross
            place, cell = chosen[number], cells[to]
            mine = slice(place * opacities.shape[1], (place + 1) * opacities.shape[1])
            home = wall.cells[place]
            scale = min(cell.width / home.width, cell.height / home.height)
            marks[mine] = cell.center + scale * (marks[mine] - home.center)
            opacities[place] = 1.0
        target.points = marks.reshape(-1, 3)
        return target.set_opacities(opacities.ravel())


def choose_few(followed: int, count: int, most: int) -> list[int]:
    """Return up to ``most`` of ``count`` places, evenly spread, the nearest of them replaced by ``followed``."""
    spread = evenly_spaced(min(most, count), count)
    spread[np.argmin(np.abs(spread - followed))] = followed
    return [int(place) for place in spread]
