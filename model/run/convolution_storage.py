"""The convolutional network in a run's file: arrays ``conv_...``, and facts in the 'about' text."""

from __future__ import annotations

from typing import Any

import numpy as np

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.network.convolution.network import ConvolutionalNetwork
from edgeglow.model.text.printable import short_repr

FACTS = {"accuracy": float, "loss": float, "examples": int, "interrupted": bool}


def about_convolution(convolution: ConvolutionalNetwork) -> dict[str, Any]:
    """Return the network's facts as values that JSON can hold."""
    return {name: getattr(convolution, name) for name in FACTS}


def convolution_arrays(convolution: ConvolutionalNetwork) -> dict[str, np.ndarray]:
    """Return the network's weights and biases as arrays of the file, by name."""
    arrays = {"conv_weights": convolution.weights, "conv_biases": convolution.biases}
    arrays |= {f"conv_filters_{k}": array for k, array in enumerate(convolution.filters)}
    return arrays | {f"conv_filter_biases_{k}": array for k, array in enumerate(convolution.filter_biases)}


def convolution_names(arrays: dict[str, np.ndarray]) -> set[str]:
    """Return the names that the network's arrays must have, for the number of filter layers in the file."""
    kinds = ("conv_filters", "conv_filter_biases")
    layers = max(1, *(sum(name.startswith(f"{kind}_") for name in arrays) for kind in kinds))
    names = {f"{kind}_{k}" for kind in kinds for k in range(layers)}
    return names | {"conv_weights", "conv_biases"}


def read_convolution(
    arrays: dict[str, np.ndarray], facts: object, image_shape: tuple[int, int], training_count: int
) -> ConvolutionalNetwork:
    """Create the network from the file's arrays and facts. Raises EdgeglowError for wrong names or types of facts.

    All else is not yet checked.
    """
    if not isinstance(facts, dict) or set(facts) != set(FACTS):
        raise EdgeglowError(f"about: convolution is {short_repr(facts)}, expected null or {', '.join(FACTS)}")
    for name, kind in FACTS.items():
        if type(facts[name]) is not kind:
            raise EdgeglowError(
                f"about: convolution: {name} is {short_repr(facts[name])}, expected a {kind.__name__}"
            )
    layers = range(len(convolution_names(arrays)) // 2 - 1)
    return ConvolutionalNetwork(
        filters=tuple(arrays[f"conv_filters_{k}"] for k in layers),
        filter_biases=tuple(arrays[f"conv_filter_biases_{k}"] for k in layers),
        weights=arrays["conv_weights"],
        biases=arrays["conv_biases"],
        image_shape=image_shape,
        epochs=facts["examples"] / max(1, training_count),
        **facts,
    )
