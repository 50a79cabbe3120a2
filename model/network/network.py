"""The multilayer perceptron: its layers, forward pass and backward pass.

    z[k] = W[k] a[k-1] + b[k]        a[0] = the pixels        a[k] = f(z[k])

Only this file uses the formula letters: w weights, b biases, z weighted sums, a activations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import DTypeLike

from edgeglow.model.network.activation_functions import OUTPUTS, loss_slope, mean_loss
from edgeglow.model.network.activations import check_hidden_functions, parse_functions


def count_parameters(layer_sizes: Sequence[int]) -> int:
    """Return the number of weights and biases in a network with these layers."""
    return sum((fan_in + 1) * fan_out for fan_in, fan_out in pairwise(layer_sizes))


class Network:
    """A network of fully connected layers; all parameters of a new one are 0.

    ``hidden`` names the activation function of all hidden layers, or one for each, as "relu,tanh"; ``functions``
    holds one function for each hidden layer. ``output`` names the last layer's function. ``weights[k]`` has shape
    (fan_out, fan_in): row j holds the edges into neuron j of layer k + 1. ``biases[k]`` has shape (fan_out,). Both
    are views of ``parameters``, one flat array, so that an optimiser updates the whole network at once.
    """

    def __init__(
        self,
        layer_sizes: Sequence[int],
        hidden: str = "sigmoid",
        output: str = "softmax",
        dtype: DTypeLike = np.float32,
    ) -> None:
        self.layer_sizes = tuple(layer_sizes)
        self.hidden = check_hidden_functions(hidden, len(self.layer_sizes) - 2)
        self.functions = parse_functions(self.hidden, len(self.layer_sizes) - 2)
        self.output = output
        self.parameters = np.zeros(count_parameters(self.layer_sizes), dtype)
        self.weights, self.biases = self.views(self.parameters)

    @classmethod
    def of(
        cls,
        weights: Sequence[np.ndarray],
        biases: Sequence[np.ndarray],
        hidden: str = "sigmoid",
        output: str = "softmax",
    ) -> Network:
        """Create a network with a copy of these weights and biases."""
        layer_sizes = (weights[0].shape[1], *(len(bias) for bias in biases))
        network = cls(layer_sizes, hidden, output, weights[0].dtype)
        for mine, given in zip(network.weights + network.biases, [*weights, *biases], strict=True):
            mine[...] = given
        return network

    def views(self, flat: np.ndarray) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Return views into a flat array of all parameters, or of their gradient, as weights and biases."""
        weights, biases, at = [], [], 0
        for fan_in, fan_out in pairwise(self.layer_sizes):
            weights.append(flat[at : at + fan_in * fan_out].reshape(fan_out, fan_in))
            at += fan_in * fan_out
            biases.append(flat[at : at + fan_out])
            at += fan_out
        return weights, biases

    def randomise(self, generator: np.random.Generator) -> Network:
        """Draw initial weights: with He's variance for ReLU and similar functions, else Glorot's. Biases are 0."""
        self.parameters[...] = 0.0
        gains = [*(function.gain for function in self.functions), None]
        for w, gain in zip(self.weights, gains, strict=True):
            fan_out, fan_in = w.shape
            spread = np.sqrt(2.0 / (fan_in + fan_out) if gain is None else gain / fan_in)
            w[...] = generator.standard_normal(w.shape) * spread
        return self

    def activations(self, pixels: np.ndarray) -> list[np.ndarray]:
        """Return the activations of every layer, one (digits, size) array each; ``pixels`` is (digits, inputs)."""
        return self.forward(pixels)[0]

    def forward(self, pixels: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
        """Return the activations of every layer, and the weighted sums of the last, which softmax has shifted."""
        a = [np.asarray(pixels, self.parameters.dtype)]
        z = a[0]
        for k in range(1, len(self.layer_sizes)):
            z = self.sums(k, a[k - 1])
            a.append(np.empty_like(z))
            self.activate(k, z, a[k])
        return a, z

    def layer(self, k: int, before: np.ndarray) -> np.ndarray:
        """Return the activations of layer k, (digits, size), from those of the layer before it."""
        z = self.sums(k, before)
        a = np.empty_like(z)
        self.activate(k, z, a)
        return a

    def sums(self, k: int, before: np.ndarray) -> np.ndarray:
        """Return the weighted sums z = W a + b of layer k, (digits, size), from the layer before it."""
        z = before @ self.weights[k - 1].T
        z += self.biases[k - 1]
        return z

    def activate(self, k: int, z: np.ndarray, out: np.ndarray) -> None:
        """Compute out = f(z) for layer k."""
        if k == len(self.weights):
            OUTPUTS[self.output](z, out)
        else:
            self.functions[k - 1].apply(z, out)

    def loss(self, pixels: np.ndarray, labels: np.ndarray, loss: str = "cross-entropy") -> float:
        """Return the mean loss over these digits; ``pixels`` (digits, inputs), ``labels`` (digits,)."""
        a, z = self.forward(pixels)
        return mean_loss(loss, self.output, z, a[-1], np.eye(self.layer_sizes[-1], dtype=z.dtype)[labels])

    def gradients(self, pixels: np.ndarray, labels: np.ndarray, loss: str = "cross-entropy") -> Gradients:
        """Return the gradient of the mean loss over these digits."""
        backward = BackwardPass(self, len(pixels), loss)
        backward.pixels[...] = pixels
        mean, _ = backward.run(labels)
        return Gradients(mean, tuple(backward.weights), tuple(backward.biases))


@dataclass(frozen=True, eq=False)
class Gradients:
    """The gradient of the mean loss, with the shapes of the weights and biases."""

    loss: float
    weights: tuple[np.ndarray, ...]
    biases: tuple[np.ndarray, ...]


class BackwardPass:
    """Forward and backward passes through a network for batches of one size, in buffers made once.

    Fill ``pixels`` (size, inputs), call ``run``, and read ``gradient``, one flat array in the order of the network's
    ``parameters``; ``weights`` and ``biases`` are views of it.
    """

    def __init__(self, network: Network, size: int, loss: str) -> None:
        dtype = network.parameters.dtype
        self.network = network
        self.loss = loss
        self.gradient = np.zeros_like(network.parameters)
        self.weights, self.biases = network.views(self.gradient)
        self.a = [np.empty((size, count), dtype) for count in network.layer_sizes]
        self.pixels = self.a[0]
        # z[k] belongs to layer k + 1; dz[k] is the gradient of the loss with respect to it
        self.z, self.dz, self.scratch = (
            [np.empty((size, count), dtype) for count in network.layer_sizes[1:]] for _ in range(3)
        )
        self.one_hot = np.eye(network.layer_sizes[-1], dtype=dtype)
        self.targets = np.empty_like(self.a[-1])

    def run(self, labels: np.ndarray) -> tuple[float, int]:
        """Run both passes; return the mean loss of the batch in ``pixels``, and how many digits were read right."""
        self.one_hot.take(labels, axis=0, out=self.targets, mode="clip")  # other modes make one more copy
        self.forward()
        self.backward()
        mean = mean_loss(self.loss, self.network.output, self.z[-1], self.a[-1], self.targets)
        return mean, int(np.count_nonzero(self.a[-1].argmax(axis=1) == labels))

    def forward(self) -> None:
        """Compute z[k] = W[k] a[k-1] + b[k] and a[k] = f(z[k])."""
        for k, (w, b) in enumerate(zip(self.network.weights, self.network.biases, strict=True)):
            np.dot(self.a[k], w.T, out=self.z[k])
            self.z[k] += b
            self.network.activate(k + 1, self.z[k], self.a[k + 1])

    def backward(self) -> None:
        """Compute dW[k] = dz[k]ᵀ a[k-1], db[k] = Σ dz[k] and dz[k-1] = (dz[k] W[k]) f'(z[k-1])."""
        network, dz = self.network, self.dz
        loss_slope(self.loss, network.output, self.a[-1], self.targets, scratch=self.scratch[-1], out=dz[-1])
        for k in range(len(network.weights) - 1, -1, -1):
            np.dot(dz[k].T, self.a[k], out=self.weights[k])
            np.add.reduce(dz[k], axis=0, out=self.biases[k])
            if k > 0:
                np.dot(dz[k], network.weights[k], out=dz[k - 1])
                network.functions[k - 1].slope(self.z[k - 1], self.a[k], self.scratch[k - 1])
                dz[k - 1] *= self.scratch[k - 1]
