"""Putting colours into a layer's pixels, the four channels of a pixel at once."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from scenes.fields.compiled import kernel
from scenes.fields.vectors import mix

NOTHING = np.float32(1e-30)  # stands for an alpha of 0 where it is divided by


class Look(NamedTuple):
    """Colours as they are put into the layer: the square's multiplied by its opacity, which comes last."""

    fill: Any  # four float32
    stroke: Any  # three float32 and a 1
    opacity: float
    stroke_opacity: float


@kernel
def paint(layer: np.ndarray, at: int, part: float, ring: float, look: Look) -> None:
    """Put a part of the fill and of the stroke into the pixel whose channels start at ``at`` of the flat layer.

    What they cover is taken to be another part of the pixel than what is covered already, as far as there is
    room: squares that touch leave no seam, and a square that covers the whole pixel hides what is below.
    """
    alpha = ring + part * look.fill[3]
    keep = min(np.float32(1.0), (np.float32(1.0) - alpha) / max(layer[at + 3], NOTHING))
    mix(layer, at, part, look.fill, ring, look.stroke, keep)
