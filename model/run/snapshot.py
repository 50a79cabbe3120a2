"""The parts of a run: the network at one moment, and a digit to show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)  # arrays have no single truth value to compare
class Snapshot:
    """The network at one moment of its training.

    ``weights[k]`` has shape (fan_out, fan_in): row j holds the edges into neuron j of layer k + 1. ``biases[k]`` has
    shape (fan_out,). ``activations[k]`` has shape (examples of the run, size of layer k): this snapshot's activations
    for every example digit; layer 0 is the pixels. All are float32. ``step`` counts optimiser steps, ``examples`` the
    training digits seen so far, and ``epoch`` is examples divided by the number of training digits; values unknown
    for a network trained elsewhere are None. ``loss`` and ``accuracy`` are over all test digits.
    """

    step: int | None
    examples: int | None
    epoch: float | None
    loss: float
    accuracy: float
    weights: tuple[np.ndarray, ...]
    biases: tuple[np.ndarray, ...]
    activations: tuple[np.ndarray, ...]


@dataclass(frozen=True, eq=False)
class Example:
    """A test digit to show, or one that the user brought.

    ``pixels`` is float32 (inputs,), in 0..1 for a picture; ``label`` is its true class (None if unknown), ``answer``
    the last snapshot's. ``kind`` is "right", "hard" (right, but only just), "wrong", or "own" for the user's digits.
    """

    pixels: np.ndarray
    label: int | None
    answer: int
    kind: str
