"""Animation that counts the pixels of a picture row by row."""

from __future__ import annotations

import numpy as np
from manim import Animation, Group, Mobject

from edgeglow.scenes.mobjects.network.input_plane import InputPlane
from edgeglow.scenes.mobjects.numbers.number_label import NumberLabel


class CountRows(Animation):
    """Animation that lights an upright picture row by row, while ``number`` counts its pixels.

    ``frame`` is around the row that is counted. Rows not counted yet have the opacity ``faint``.
    """

    def __init__(self, plane: InputPlane, number: NumberLabel, frame: Mobject, faint: float, **kwargs: float) -> None:
        self.plane, self.number, self.frame = plane, number, frame
        self.faint = faint
        super().__init__(Group(plane, number, frame), rate_func=lambda t: t, **kwargs)

    def interpolate_mobject(self, alpha: float) -> None:
        rows, columns = self.plane.image_shape
        reached = self.rate_func(alpha) * rows
        row = min(int(reached), rows - 1)
        lit = np.clip(reached - np.arange(rows), 0.0, 1.0)
        self.plane.pixels.set_opacities(np.repeat(self.faint + (1 - self.faint) * lit, columns))
        self.number.set_value(columns * int(reached + 1e-9))
        centers = self.plane.pixels.centers
        self.frame.move_to(centers[row * columns : (row + 1) * columns].mean(axis=0))
