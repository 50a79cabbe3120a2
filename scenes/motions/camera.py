"""The camera goes somewhere: closer to what is spoken of, and back to the whole."""

from __future__ import annotations

import numpy as np
from manim import Animation, Mobject

from scenes.stage.layout import Area


class CameraMove(Animation):
    """The camera's frame moves so that ``target`` fills the area ``stage`` of the picture.

    Things grow by the same factor in every moment, and one point of the picture stays where it is, as when
    one walks towards something: a zoom that is even in scene units would rush at its end.
    """

    def __init__(
        self, frame: Mobject, target: Area, stage: Area, home_height: float, **kwargs: float
    ) -> None:
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
