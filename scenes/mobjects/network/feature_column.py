"""Inputs that are not a picture: a column of named numbers, one neuron for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
from manim import LEFT, RIGHT, VGroup

from edgeglow.scenes.fields import SquareField
from edgeglow.scenes.mobjects.network.input_plane import InputPlane
from edgeglow.scenes.mobjects.numbers.number_label import NumberLabel, align_points
from edgeglow.scenes.mobjects.text.fit_text import align_capitals, write_fitting
from edgeglow.scenes.style.number_format import format_number
from edgeglow.scenes.style.theme import DARK, LABEL, SMALL, STILL, Theme

LINE = 0.0148  # height of a line of type of font size 1, descenders included, in scene units
MOST_OF_A_NAME = 2.2  # largest width of a name; longer names are written smaller or shortened


class FeatureColumn(InputPlane):
    """Some of a network's inputs as squares in a column, or in a row.

    ``indices`` are the inputs shown, in order; ``names`` and ``peaks`` (inputs,) are the names of all inputs and
    their largest absolute values. A square's brightness is its number as a share of the peak, in the negative
    colour if it is below 0.
    """

    def __init__(
        self,
        indices: np.ndarray,
        names: Sequence[str],
        peaks: np.ndarray,
        *,
        side: float = 4.0,
        is_row: bool = False,
        theme: Theme = DARK,
    ) -> None:
        self.indices = indices
        self.size = len(names)
        self.peaks = peaks[indices]
        self.called = [names[index] for index in indices]
        self.is_row = is_row
        super().__init__((1, len(indices)) if is_row else (len(indices), 1), side=side, theme=theme)

    @property
    def is_cut(self) -> bool:
        """Whether there are more inputs than are shown."""
        return len(self.indices) < self.size

    def squares(self, centers: np.ndarray, side: float, values: np.ndarray, roundness: float = 0.0) -> SquareField:
        """Return squares in this column's style at other places: centres (n, 3), one side, values (n,) in -1..1."""
        field = super().squares(centers, side, values, roundness)
        return field.set_colors(self.theme.dark, self.theme.bright, self.theme.negative).set_stroke(
            self.theme.outline, 0.02
        )

    def set_values(self, pixels: np.ndarray) -> Self:
        """Show the numbers of a row, (inputs,), each as a share of its peak."""
        self.pixels.set_values(self.shares(pixels))
        return self

    def shares(self, row: np.ndarray) -> np.ndarray:
        """Return the numbers of a row, (inputs,), that are shown, each as a share of its peak."""
        return np.asarray(np.clip(row[self.indices] / self.peaks, -1.0, 1.0))

    def turn_away(self, degrees: float = 50.0, towards: Sequence[float] = tuple(RIGHT)) -> Self:
        """Make the squares round, as neurons are; unlike a picture, a single line need not be turned."""
        self.pixels.set_roundness(1.0)
        return self

    def written_names(self, size: float = LABEL, room: float = MOST_OF_A_NAME) -> VGroup:
        """Return the inputs' names, at most ``room`` wide, left of the column; empty for a row, which has no room."""
        names = VGroup()
        size = min(size, self.cell / LINE)
        if self.is_row or size < SMALL - 1e-6:
            return names
        written = write_fitting(self.theme, self.called, room, size, self.theme.muted)
        for name, center in zip(written, self.pixels.centers, strict=True):
            name.next_to(center, LEFT, buff=0.6 * self.cell + 0.06)
            names.add(align_capitals(name, float(center[1])))
        return names.set_z_index(STILL)

    def written_numbers(self, row: np.ndarray, size: float = LABEL) -> VGroup:
        """Return labels with the numbers of ``row``, (inputs,), right of the column, in line by their points."""
        numbers = VGroup()
        size = max(min(size, self.cell / LINE), SMALL)
        for index, center in zip(self.indices, self.pixels.centers, strict=True):
            number = NumberLabel(
                float(row[index]), format_number, size, self.theme.text, self.theme, edge=tuple(LEFT)
            )
            number.move_to(center + RIGHT * (0.6 * self.cell + 0.1), aligned_edge=LEFT)
            numbers.add(number)
        align_points(list(numbers))
        return numbers.set_z_index(STILL)
