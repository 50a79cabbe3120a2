"""From scene units to pixels."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Outlook(NamedTuple):
    """How a camera sees the scene at one moment, in a frame of ``size`` (width, height) pixels.

    Scene points times ``scale`` plus ``shift``, both float64 (2,), are pixels; whole numbers are centres of pixels.
    """

    size: tuple[int, int]
    scale: np.ndarray
    shift: np.ndarray
    line_width: float  # scene units for each unit of Manim's stroke widths

    @property
    def per_unit(self) -> float:
        """Pixels in a scene unit."""
        return float(np.sqrt(abs(self.scale[0] * self.scale[1])))

    @property
    def view(self) -> tuple[float, ...]:
        """The same as Cairo's matrix, to which whole numbers are corners of pixels."""
        return self.scale[0], 0.0, 0.0, self.scale[1], self.shift[0] + 0.5, self.shift[1] + 0.5
