"""Animation from a close-up of one weight picture to all of them."""

from __future__ import annotations

import numpy as np
from manim import Animation

from edgeglow.scenes.mobjects.pictures.weight_pictures import WeightPictures
from edgeglow.scenes.style.layout import Area

SOFT = 0.6  # width of the fade at the stage's border at the start, in scene units
OTHERS_COME = (0.15, 0.85)  # part of the time in which the other pictures fade in


class ZoomOutPictures(Animation):
    """Animation from the picture at ``position``, filling ``near``, to all pictures at their present places.

    The others fade in, and are never drawn outside ``stage``, where the caption is. ``inwards`` reverses it.
    """

    def __init__(
        self, pictures: WeightPictures, position: int, near: Area, stage: Area, inwards: bool = False, **kwargs: float
    ) -> None:
        self.inwards = inwards
        self.stage = stage
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
        squares.set_opacities(np.where(self.mine, 1.0, come * self._clear(squares.centers, SOFT * (1 - part))))

    def _clear(self, centers: np.ndarray, soft: float) -> np.ndarray:
        """Return the opacity of squares (n, 3): 1 within the stage, 0 outside, between them near its border."""
        low = centers[:, :2] - [self.stage.left, self.stage.bottom]
        high = [self.stage.right, self.stage.top] - centers[:, :2]
        inside = np.minimum(low, high).min(axis=1)
        return np.asarray(np.clip(inside / max(soft, 1e-9), 0.0, 1.0))
