"""From one weight picture, seen from near, back until all of them are seen."""

from __future__ import annotations

import numpy as np
from manim import Animation

from scenes.mobjects.weight_pictures import WeightPictures
from scenes.stage.layout import Area

SOFT_EDGE = 0.5  # scene units in which what lies below the stage becomes visible
OTHERS_COME = (0.15, 0.85)  # of the way: the other pictures come out of the dark


class PullBack(Animation):
    """At first the picture at ``position`` fills ``near`` and the others are dark; at the end all are where they
    are now. Nothing but that picture is drawn below ``floor``, where the caption is. ``inwards`` goes the other
    way, from all to the one."""

    def __init__(
        self,
        pictures: WeightPictures,
        position: int,
        near: Area,
        floor: float,
        inwards: bool = False,
        **kwargs: float,
    ) -> None:
        self.inwards = inwards
        self.floor = floor
        home = pictures.squares.points.copy()
        cell = pictures.cells[position]
        self.home = home
        self.near = near.center + (near.width / cell.width) * (home - cell.center)
        each = len(pictures.squares.values) // len(pictures.cells)
        self.mine = np.arange(len(pictures.squares.values)) // each == position
        super().__init__(pictures, **kwargs)

    def interpolate_mobject(self, alpha: float) -> None:
        part = self.rate_func(alpha)
        part = 1 - part if self.inwards else part
        assert isinstance(self.mobject, WeightPictures)
        squares = self.mobject.squares
        squares.points = (1 - part) * self.near + part * self.home
        start, stop = OTHERS_COME
        come = float(np.clip((part - start) / (stop - start), 0.0, 1.0))
        clear = np.clip((squares.centers[:, 1] - self.floor) / SOFT_EDGE, 0.0, 1.0) if come < 1 else 1.0
        squares.set_opacities(np.where(self.mine, 1.0, come * clear))
