"""A training loop written by hand for this one network, as fast as NumPy allows.

784-16-16-10, sigmoid, softmax, cross-entropy, Adam or momentum; all in place, without options, losses or checks.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

SHAPES = ((16, 784), (16,), (16, 16), (16,), (10, 16), (10,))
BATCH = 32
Step = Callable[[np.ndarray, np.ndarray], None]


class HandLoop:
    """The network, its gradient, and buffers for a batch; ``step`` updates the parameters."""

    def __init__(self, optimiser: str, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self.parameters, self.gradient = (np.zeros(sum(map(np.prod, SHAPES)), np.float32) for _ in range(2))
        self.w1, self.b1, self.w2, self.b2, self.w3, self.b3 = views(self.parameters)
        for weights in (self.w1, self.w2, self.w3):
            weights[:] = self.random.standard_normal(weights.shape) / np.sqrt(weights.shape[1])
        self.slopes = views(self.gradient)
        self.step = adam(self.parameters, 0.004) if optimiser == "adam" else momentum(self.parameters, 0.04)
        self.x = np.empty((BATCH, 784), np.float32)
        self.a1, self.a2, self.d1, self.d2, self.s = (np.empty((BATCH, 16), np.float32) for _ in range(5))
        self.a3 = np.empty((BATCH, 10), np.float32)

    def forward(self) -> None:
        """Compute the activations for the pixels in ``x``."""
        np.add(np.dot(self.x, self.w1.T, out=self.a1), self.b1, out=self.a1)
        sigmoid(self.a1)
        np.add(np.dot(self.a1, self.w2.T, out=self.a2), self.b2, out=self.a2)
        sigmoid(self.a2)
        a3 = self.a3
        np.add(np.dot(self.a2, self.w3.T, out=a3), self.b3, out=a3)
        np.subtract(a3, np.maximum.reduce(a3, axis=1, keepdims=True), out=a3)
        np.exp(a3, out=a3)
        np.divide(a3, np.add.reduce(a3, axis=1, keepdims=True), out=a3)

    def backward(self, wanted: np.ndarray) -> None:
        """Compute the gradient for the targets ``wanted``, one-hot, (BATCH, 10)."""
        a1, a2, a3, d1, d2, s = self.a1, self.a2, self.a3, self.d1, self.d2, self.s
        dw1, db1, dw2, db2, dw3, db3 = self.slopes
        np.subtract(a3, wanted, out=a3)
        np.divide(a3, BATCH, out=a3)
        np.dot(a3.T, a2, out=dw3)
        np.add.reduce(a3, axis=0, out=db3)
        np.dot(a3, self.w3, out=d2)
        np.multiply(d2, np.subtract(a2, np.multiply(a2, a2, out=s), out=s), out=d2)
        np.dot(d2.T, a1, out=dw2)
        np.add.reduce(d2, axis=0, out=db2)
        np.dot(d2, self.w2, out=d1)
        np.multiply(d1, np.subtract(a1, np.multiply(a1, a1, out=s), out=s), out=d1)
        np.dot(d1.T, self.x, out=dw1)
        np.add.reduce(d1, axis=0, out=db1)

    def train(self, pixels: np.ndarray, labels: np.ndarray, epochs: int) -> float:
        """Train for ``epochs`` epochs and return the seconds."""
        ones = np.eye(10, dtype=np.float32)
        start = time.perf_counter()
        for _ in range(epochs):
            order = self.random.permutation(len(pixels))
            for at in range(0, len(pixels) - BATCH + 1, BATCH):
                chosen = order[at : at + BATCH]
                np.take(pixels, chosen, axis=0, out=self.x, mode="clip")
                self.forward()
                self.backward(ones[labels[chosen]])
                self.step(self.parameters, self.gradient)
        return time.perf_counter() - start

    def answers(self, pixels: np.ndarray) -> np.ndarray:
        """Return the class that the network reads in each image, (count,)."""
        first = 1 / (1 + np.exp(-(pixels @ self.w1.T + self.b1)))
        second = 1 / (1 + np.exp(-(first @ self.w2.T + self.b2)))
        return (second @ self.w3.T + self.b3).argmax(axis=1)


def views(flat: np.ndarray) -> list[np.ndarray]:
    """Return views of a flat array as the weights and biases of each layer."""
    ends = np.cumsum([int(np.prod(shape)) for shape in SHAPES])
    return [part.reshape(shape) for part, shape in zip(np.split(flat, ends[:-1]), SHAPES, strict=True)]


def sigmoid(sums: np.ndarray) -> None:
    np.multiply(sums, 0.5, out=sums)
    np.tanh(sums, out=sums)
    np.multiply(sums, 0.5, out=sums)
    np.add(sums, 0.5, out=sums)


def adam(parameters: np.ndarray, rate: float) -> Step:
    mean, square, scratch = (np.zeros_like(parameters) for _ in range(3))
    steps = 0

    def step(parameters: np.ndarray, gradient: np.ndarray) -> None:
        nonlocal steps
        steps += 1
        mean_scale, square_scale = 1 - 0.9**steps, 1 - 0.999**steps
        np.multiply(mean, 0.9, out=mean)
        np.multiply(gradient, 0.1, out=scratch)
        np.add(mean, scratch, out=mean)
        np.multiply(square, 0.999, out=square)
        np.multiply(gradient, gradient, out=scratch)
        np.multiply(scratch, 0.001, out=scratch)
        np.add(square, scratch, out=square)
        np.sqrt(square, out=scratch)
        np.multiply(scratch, square_scale**-0.5, out=scratch)
        np.add(scratch, 1e-8, out=scratch)
        np.divide(mean, scratch, out=scratch)
        np.multiply(scratch, rate / mean_scale, out=scratch)
        np.subtract(parameters, scratch, out=parameters)

    return step


def momentum(parameters: np.ndarray, rate: float) -> Step:
    velocity = np.zeros_like(parameters)

    def step(parameters: np.ndarray, gradient: np.ndarray) -> None:
        np.multiply(velocity, 0.9, out=velocity)
        np.multiply(gradient, rate, out=gradient)
        np.subtract(velocity, gradient, out=velocity)
        np.add(parameters, velocity, out=parameters)

    return step
