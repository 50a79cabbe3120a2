"""Optimisers, which update the flat array of all weights and biases in place."""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np

from edgeglow.model.run.training_config import Config


class Optimiser(Protocol):
    def step(self, parameters: np.ndarray, gradient: np.ndarray, rate: float) -> None:
        """Update the parameters by one step. The gradient's array is overwritten as scratch space."""


class Momentum:
    """SGD: velocity = momentum · velocity - rate · gradient. Momentum 0 is plain gradient descent."""

    def __init__(self, parameters: np.ndarray, momentum: float) -> None:
        self.momentum = momentum
        self.velocity = np.zeros_like(parameters)

    def step(self, parameters: np.ndarray, gradient: np.ndarray, rate: float) -> None:
        gradient *= rate
        self.velocity *= self.momentum
        self.velocity -= gradient
        parameters += self.velocity


class Adam:
    """Adam (Kingma and Ba, 2015), with its bias corrections moved into the step size.

    ``mean`` and ``square`` hold the running averages of the gradient and of its square, divided by (1 - β): the
    recursion x = β x + g saves a pass over the array, and the missing factor goes into the step size too.
    """

    first, second, epsilon = 0.9, 0.999, 1e-8

    def __init__(self, parameters: np.ndarray) -> None:
        self.steps = 0
        self.mean = np.zeros_like(parameters)
        self.square = np.zeros_like(parameters)

    def step(self, parameters: np.ndarray, gradient: np.ndarray, rate: float) -> None:
        self.steps += 1
        # the true averages are mean · mean_scale and square · square_scale
        mean_scale = (1.0 - self.first) / (1.0 - self.first**self.steps)
        square_scale = (1.0 - self.second) / (1.0 - self.second**self.steps)
        root = math.sqrt(square_scale)
        self.mean *= self.first
        self.mean += gradient
        np.multiply(gradient, gradient, out=gradient)
        self.square *= self.second
        self.square += gradient
        # rate · mean / (√square + ε), both sides of the fraction divided by √square_scale
        np.sqrt(self.square, out=gradient)
        gradient += self.epsilon / root
        np.divide(self.mean, gradient, out=gradient)
        gradient *= rate * mean_scale / root
        parameters -= gradient


def make_optimiser(config: Config, parameters: np.ndarray) -> Optimiser:
    """Create the optimiser that the configuration names."""
    if config.optimiser == "adam":
        return Adam(parameters)
    return Momentum(parameters, config.momentum)
