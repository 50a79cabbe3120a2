"""Camera moves: zooming in on a target, and back."""

from __future__ import annotations

import numpy as np
from manim import Animation, Mobject

from edgeglow.scenes.style.layout import Area


class CameraMove(Animation):
    """Animation of the camera's frame until ``target`` fills the area ``stage`` of the picture.

    The zoom is exponential, and one point of the picture does not move: with a zoom that is linear in scene
    units, the end would be too fast.
    """

    def __init__(self, frame: Mobject, target: Area, stage: Area, home_height: float, **kwargs: float) -> None:
        zoom = min(stage.width / target.width, stage.height / target.height)
        self.end_zoom = zoom
        self.end_center = target.center - stage.center / zoom
        self.home_height = home_height
        super().__init__(frame, **kwargs)

    def begin(self) -> None:
        self.start_zoom = self.home_height / self.mobject.height
        self.start_center = self.mobject.get_center()
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        part = self.rate_func(alpha)
        zoom = self.start_zoom ** (1 - part) * self.end_zoom**part
        near, far = 1 / self.end_zoom, 1 / self.start_zoom
        if abs(near - far) > 1e-9:
            part = (far - 1 / zoom) / (far - near)
        center = (1 - part) * self.start_center + part * self.end_center
        self.mobject.scale_to_fit_height(self.home_height / zoom).move_to(np.asarray(center))
