"""Where pictures with a neuron each stand, stage by stage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenes.stage.layout import Area

LARGEST = 2.3  # side of a picture


@dataclass(frozen=True, eq=False)
class Slot:
    """The place of a picture, square, and where its neuron stands: behind it, as the light runs."""

    picture: Area
    neuron: np.ndarray
    entry: np.ndarray  # where lines from the stage before arrive


@dataclass(frozen=True)
class TreePlan:
    """``counts`` pictures in each stage, from left to right in ``area``, or downwards (``is_down``).

    ``shares`` tell how much of the way each stage takes; ``gap`` is the way from a neuron to the next stage,
    ``after`` what is left free behind the last neurons. Where room is scarce neurons sit on their pictures' edges,
    ``touching``.
    """

    area: Area
    is_down: bool
    counts: tuple[int, ...]
    shares: tuple[float, ...]
    radius: float
    touching: bool
    gap: float
    after: float

    def stages(self) -> list[tuple[Slot, ...]]:
        behind = (1.0 + self.standoff) * self.radius
        area = self.area
        if self.is_down:
            room = Area(area.left, area.bottom + self.after + behind, area.right, area.top)
            bands = room.down(*self.shares, gap=self.gap + behind)
        else:
            room = Area(area.left, area.bottom, area.right - self.after - behind, area.top)
            bands = room.across(*self.shares, gap=self.gap + behind)
        return [self._slots(band, count) for band, count in zip(bands, self.counts, strict=True)]

    @property
    def standoff(self) -> float:
        """How far the middle of a neuron is from the edge of its picture, in radii."""
        return 0.4 if self.touching else 1.3

    def _slots(self, band: Area, count: int) -> tuple[Slot, ...]:
        places = (band.across if self.is_down else band.down)(*[1.0] * count, gap=0.1)
        slots = []
        for place in places:
            side = min(place.width, place.height, LARGEST)
            half = np.array([side / 2, side / 2])
            middle = place.center[:2]
            picture = Area(*(middle - half), *(middle + half))
            ahead = np.array([0.0, -1.0, 0.0]) if self.is_down else np.array([1.0, 0.0, 0.0])
            neuron = picture.center + ahead * (side / 2 + self.standoff * self.radius)
            slots.append(Slot(picture, neuron, picture.center - ahead * (side / 2)))
        return tuple(slots)
