"""Painting of colours into a layer's pixels, all four channels of a pixel at once."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from edgeglow.scenes.fields.compile_kernel import kernel
from edgeglow.scenes.fields.vectors import mix

NOTHING = np.float32(1e-30)  # replaces an alpha of 0 in divisions


class SquareColors(NamedTuple):
    """Colours as painted into the layer; the square's are multiplied by its opacity, the last number of ``fill``."""

    fill: Any  # four float32
    stroke: Any  # three float32 and a 1
    opacity: float
    stroke_opacity: float


@kernel
def paint(layer: np.ndarray, at: int, part: float, ring: float, colors: SquareColors) -> None:
    """Paint a share of the fill and of the stroke into the pixel whose channels start at ``at`` of the flat layer.

    They are taken to cover a part of the pixel that is not covered yet, as far as there is room: squares that
    touch leave no seam, and a square that covers the whole pixel hides its background.
    """
    alpha = ring + part * colors.fill[3]
    keep = min(np.float32(1.0), (np.float32(1.0) - alpha) / max(layer[at + 3], NOTHING))
    mix(layer, at, part, colors.fill, ring, colors.stroke, keep)
