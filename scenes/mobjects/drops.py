"""A drop for what every input sends to one neuron."""

from __future__ import annotations

import numpy as np
from manim import DOWN, RIGHT

from scenes.fields import SquareField
from scenes.mobjects.network_diagram import NetworkDiagram

BEYOND = 0.5  # scene units beyond the inputs sets out what those that are not drawn send


def drops_of(diagram: NetworkDiagram, flows: np.ndarray, most: float) -> tuple[SquareField, np.ndarray]:
    """A drop on every input that has something to give to a neuron, and what each gives.

    ``flows`` (inputs,) are weight × activation; a drop's surface is as its amount, its hue the sign, and the largest
    is ``most`` wide. What inputs give that are not drawn comes together in one last drop, from beyond the others.
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
    """Where the inputs would go on."""
    way = RIGHT if diagram.is_tall else DOWN
    edge = diagram.inputs.pixels.get_critical_point(way)
    return np.asarray(edge + BEYOND * way)
