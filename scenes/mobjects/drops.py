"""A drop for what every pixel sends to one neuron."""

from __future__ import annotations

import numpy as np

from scenes.fields import SquareField
from scenes.mobjects.network_diagram import NetworkDiagram


def drops_of(diagram: NetworkDiagram, flows: np.ndarray, most: float) -> tuple[SquareField, np.ndarray]:
    """A drop on every pixel that has something to give to a neuron, and what each gives.

    ``flows`` (pixels,) are weight × activation; a drop's surface is as its amount, its hue the sign, and the largest
    is ``most`` wide.
    """
    giving = np.flatnonzero(flows)
    amounts = flows[giving].astype(np.float64)
    sides = most * np.sqrt(np.abs(amounts) / max(float(np.abs(amounts).max(initial=0.0)), 1e-12))
    drops = SquareField(
        diagram.inputs.pixels.centers[giving],
        sides,
        np.sign(amounts),
        low=diagram.theme.dark,
        high=diagram.theme.positive,
        negative=diagram.theme.negative,
        roundness=1.0,
        opacities=np.zeros(len(giving)),
    )
    return drops.set_z_index(4.5), amounts
