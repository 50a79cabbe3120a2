"""Drops for the contribution of every input to one neuron."""

from __future__ import annotations

import numpy as np
from manim import DOWN, RIGHT

from edgeglow.scenes.fields import SquareField
from edgeglow.scenes.mobjects.network.network_diagram import NetworkDiagram

BEYOND = 0.5  # distance from the inputs to the drop of those not drawn, in scene units


def build_drops(diagram: NetworkDiagram, flows: np.ndarray, most: float) -> tuple[SquareField, np.ndarray]:
    """Create a drop on every input with a nonzero contribution to a neuron; return the drops and the contributions.

    ``flows`` (inputs,) are weight × activation. A drop's area is proportional to the contribution, its colour
    shows the sign, and the largest is ``most`` wide. Inputs that are not drawn share one last drop beyond the others.
    """
    amounts = flows[diagram.inputs_shown].astype(np.float64)
    centers = diagram.inputs.pixels.centers
    if len(amounts) < len(flows):
        rest = np.delete(flows, diagram.inputs_shown).astype(np.float64).sum()
        amounts, centers = np.append(amounts, rest), np.vstack([centers, _beyond(diagram)])
    giving = np.flatnonzero(amounts)
    amounts = amounts[giving]
    sides = most * np.sqrt(np.abs(amounts) / max(float(np.abs(amounts).max(initial=0.0)), 1e-12))
    drops = SquareField(
        centers[giving],
        sides,
        np.sign(amounts),
        low=diagram.theme.dark,
        high=diagram.theme.positive,
        negative=diagram.theme.negative,
        roundness=1.0,
        opacities=np.zeros(len(giving)),
    )
    return drops.set_z_index(4.5), amounts


def _beyond(diagram: NetworkDiagram) -> np.ndarray:
    """Return the point where the inputs that are not drawn would continue."""
    way = RIGHT if diagram.is_tall else DOWN
    edge = diagram.inputs.pixels.get_critical_point(way)
    return np.asarray(edge + BEYOND * way)
