"""The positions of pictures with a neuron each, stage by stage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgeglow.scenes.style.layout import Area

LARGEST = 2.3  # largest side of a picture
STANDOFF = 1.3  # distance of a neuron's middle from the edge of its picture, in radii


@dataclass(frozen=True, eq=False)
class PictureSlot:
    """The place of a square picture and of its neuron, which is behind it in the direction of the network."""

    picture: Area
    neuron: np.ndarray
    entry: np.ndarray  # end of lines from the stage before


@dataclass(frozen=True)
class StageLayout:
    """Layout of ``counts`` pictures in each stage, from left to right in ``area``, or downwards (``is_down``).

    ``shares`` are the lengths of the stages in proportion; ``gap`` is the distance from a neuron to the next
    stage, ``after`` the space behind the last neurons.
    """

    area: Area
    is_down: bool
    counts: tuple[int, ...]
    shares: tuple[float, ...]
    radius: float
    gap: float
    after: float

    def stages(self) -> list[tuple[PictureSlot, ...]]:
        behind = (1.0 + STANDOFF) * self.radius
        area = self.area
        if self.is_down:
            room = Area(area.left, area.bottom + self.after + behind, area.right, area.top)
            bands = room.down(*self.shares, gap=self.gap + behind)
        else:
            room = Area(area.left, area.bottom, area.right - self.after - behind, area.top)
            bands = room.across(*self.shares, gap=self.gap + behind)
        return [self._slots(band, count) for band, count in zip(bands, self.counts, strict=True)]

    def _slots(self, band: Area, count: int) -> tuple[PictureSlot, ...]:
        places = (band.across if self.is_down else band.down)(*[1.0] * count, gap=0.1)
        slots = []
        for place in places:
            side = min(place.width, place.height, LARGEST)
            half = np.array([side / 2, side / 2])
            middle = place.center[:2]
            picture = Area(*(middle - half), *(middle + half))
            ahead = np.array([0.0, -1.0, 0.0]) if self.is_down else np.array([1.0, 0.0, 0.0])
            neuron = picture.center + ahead * (side / 2 + STANDOFF * self.radius)
            slots.append(PictureSlot(picture, neuron, picture.center - ahead * (side / 2)))
        return tuple(slots)
