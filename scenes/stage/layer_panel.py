"""A panel for the numbers of the first layer, made free by moving the layer nearer to the inputs."""

from __future__ import annotations

from typing import Any

import numpy as np

from edgeglow.scenes.mobjects.network.network_diagram import NetworkDiagram
from edgeglow.scenes.mobjects.numbers.layer_equation import LayerEquation, neighbours
from edgeglow.scenes.stage.chapter_selection import ChapterSelection
from edgeglow.scenes.style.layout import Area, Layout

NEARER = {"wide": 0.63, "square": 0.57, "tall": 0.4}  # share of the distance by which the first layer moves
ALONE = 0.72  # the same, if it is the only layer


def shift_towards_inputs(diagram: NetworkDiagram, layout: Layout) -> np.ndarray:
    """Return the vector by which the first layer of ``diagram`` moves towards the inputs, (3,)."""
    edge, along = (diagram.inputs.get_bottom(), 1) if diagram.is_tall else (diagram.inputs.get_right(), 0)
    share = NEARER[layout.name] if len(diagram.layers) > 1 else ALONE
    way = share * (edge - diagram.layers[0].discs.get_center())
    return np.where(np.arange(3) == along, way, 0.0)


def free_panel(diagram: NetworkDiagram, stage: Area, way: np.ndarray) -> Area:
    """Return the free part of the stage beside the inputs and the first layer, after it has moved by ``way`` (3,)."""
    layer = diagram.layers[0].discs
    if diagram.is_tall:
        return Area(stage.left, stage.bottom, stage.right, float(layer.get_bottom()[1] + way[1] - 0.22))
    return Area(float(layer.get_right()[0] + way[0] + 0.3), stage.bottom, stage.right, stage.top)


def build_layer_equation(
    cast: ChapterSelection, diagram: NetworkDiagram, board: Area, most: int, **arguments: Any
) -> LayerEquation:
    """Create the equation of the layer for the film's example, in the area ``board``.

    It has up to ``most`` rows, for the neuron of the close-ups and those beside it. ``arguments`` are further ones of
    LayerEquation.
    """
    run = cast.run
    before = run.last.activations[0][cast.main]
    return LayerEquation.fitting(
        board,
        run.last.weights[0],
        before.reshape(run.image_shape or (1, -1)),
        run.last.biases[0],
        neuron=cast.neuron,
        rows=neighbours(diagram.shown[0], cast.neuron, most),
        names=run.feature_names,
        drawn=diagram.sources(0),
        are_named=len(diagram.input_names) > 0,
        **arguments,
    )
