"""The mapping from scene units to pixels."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Viewport(NamedTuple):
    """The viewport: how a camera maps the scene to a frame of ``size`` (width, height) pixels.

    Scene points times ``scale`` plus ``shift``, both float64 (2,), are pixels; whole numbers are pixel centres.
    """

    size: tuple[int, int]
    scale: np.ndarray
    shift: np.ndarray
    line_width: float  # scene units per unit of Manim's stroke widths

    @property
    def per_unit(self) -> float:
        """Pixels per scene unit."""
        return float(np.sqrt(abs(self.scale[0] * self.scale[1])))

    @property
    def view(self) -> tuple[float, ...]:
        """The same mapping as a Cairo matrix, in which whole numbers are pixel corners."""
        return self.scale[0], 0.0, 0.0, self.scale[1], self.shift[0] + 0.5, self.shift[1] + 0.5
