"""One layer of neurons: discs in a column or a row."""

from __future__ import annotations

import numpy as np
from manim import DOWN, RIGHT, Dot, Group, VGroup

from edgeglow.scenes.fields import SquareField
from edgeglow.scenes.style.theme import DARK, Theme

WIDEST_SPACING = 0.6
LARGEST = 0.215  # radius of a disc
ROOM_FOR_DOTS = 0.42  # after the last disc, if not all neurons are drawn


class NeuronLayer(Group):
    """A layer after the first: discs in a column or in a row, followed by dots if not all are shown.

    ``indices`` are the neurons shown, out of ``size``. A column stands at x = ``place`` from y = ``first`` to
    ``last``; a row (``is_row``) lies at y = ``place`` between these x. ``largest`` limits the radius of a disc,
    ``widest`` the distance between two.
    """

    def __init__(
        self,
        size: int,
        indices: np.ndarray,
        place: float,
        first: float,
        last: float,
        *,
        is_row: bool = False,
        largest: float = LARGEST,
        widest: float = WIDEST_SPACING,
        theme: Theme = DARK,
    ) -> None:
        super().__init__()
        self.size = size
        self.indices = indices
        self.is_row = is_row
        count = len(indices)
        way = np.sign(last - first)
        if self.is_cut:
            last -= way * ROOM_FOR_DOTS
        room = abs(last - first)
        self.spacing = min(widest, room / max(count - 0.4, 1))
        self.radius = min(largest, 0.4 * self.spacing)
        along = (first + last) / 2 - way * self.spacing * ((count - 1) / 2 - np.arange(count))
        still = np.full(count, place)
        across, up = (along, still) if is_row else (still, along)
        self.discs = SquareField(
            np.column_stack([across, up, np.zeros(count)]),
            2 * self.radius,
            np.zeros(count),
            low=theme.dark,
            high=theme.bright,
            negative=theme.negative,
            roundness=1.0,
            stroke_color=theme.outline,
            stroke_width=0.022,
        ).set_z_index(5)
        self.add(self.discs)
        self.dots = VGroup()
        if self.is_cut:
            behind = RIGHT if is_row else DOWN
            self.dots.add(*(Dot(radius=0.035, color=theme.muted) for _ in range(3))).arrange(behind, buff=0.07)
            self.dots.next_to(self.discs, behind, buff=0.1)
            self.add(self.dots)

    @property
    def is_cut(self) -> bool:
        """Whether there are more neurons than are shown."""
        return len(self.indices) < self.size

    def center_of(self, position: int) -> np.ndarray:
        """Return the position of the neuron shown at ``position``."""
        return self.discs.centers[position]
