"""The most common activation functions, and the losses. All work in place, so that training allocates nothing.

Every function takes a batch, one row per digit. The slopes of these three hidden functions are computed from the
activation alone; ``edgeglow.model.network.activations`` has all functions.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

LOSSES = ("cross-entropy", "squared")


def sigmoid(sums: np.ndarray, out: np.ndarray) -> None:
    """Compute out = 1 / (1 + exp(-sums)) through tanh, which never overflows and is faster."""
    np.multiply(sums, 0.5, out=out)
    np.tanh(out, out=out)
    out *= 0.5
    out += 0.5


def tanh(sums: np.ndarray, out: np.ndarray) -> None:
    np.tanh(sums, out=out)


def relu(sums: np.ndarray, out: np.ndarray) -> None:
    np.maximum(sums, 0.0, out=out)


def softmax(sums: np.ndarray, out: np.ndarray) -> None:
    """Compute out = exp(sums) / total of its row.

    Shifts the rows of ``sums``, which does not change the result: first to a maximum of 0, so that nothing overflows,
    then so that they hold the logarithms of the outputs, which are exact even where an output is rounded to 0.
    """
    sums -= np.maximum.reduce(sums, axis=1, keepdims=True)
    np.exp(sums, out=out)
    totals = np.add.reduce(out, axis=1, keepdims=True)
    out /= totals
    sums -= np.log(totals, out=totals)


def sigmoid_slope(activations: np.ndarray, out: np.ndarray) -> None:
    """Compute out = a (1 - a)."""
    np.multiply(activations, activations, out=out)
    np.subtract(activations, out, out=out)


def tanh_slope(activations: np.ndarray, out: np.ndarray) -> None:
    """Compute out = 1 - a²."""
    np.multiply(activations, activations, out=out)
    np.subtract(1.0, out, out=out)


def relu_slope(activations: np.ndarray, out: np.ndarray) -> None:
    """Compute out = 1 where the activation is above 0, else 0."""
    np.greater(activations, 0.0, out=out, casting="unsafe")


Function = Callable[[np.ndarray, np.ndarray], None]

OUTPUTS: dict[str, Function] = {"softmax": softmax, "sigmoid": sigmoid}


def mean_loss(loss: str, output: str, sums: np.ndarray, answers: np.ndarray, targets: np.ndarray) -> float:
    """Return the loss of a batch, averaged over its digits.

    ``sums``, ``answers`` and ``targets`` have shape (digits, classes): the weighted sums of the last layer as the
    output function leaves them, its activations, and the targets (1 for the true class). Cross-entropy is computed
    from the sums, and so is finite even when an output is rounded to 0 or 1.
    """
    if loss == "squared":
        difference = answers - targets
        total = np.vdot(difference, difference)
    elif output == "softmax":
        total = -np.vdot(sums, targets)
    else:
        total = np.logaddexp(0.0, sums).sum() - np.vdot(sums, targets)
    return float(total) / len(sums)


def loss_slope(
    loss: str, output: str, answers: np.ndarray, targets: np.ndarray, *, scratch: np.ndarray, out: np.ndarray
) -> None:
    """Compute the gradient of ``mean_loss`` for the last layer's sums; all arrays have shape (digits, classes)."""
    np.subtract(answers, targets, out=out)
    if loss == "squared" and output == "sigmoid":
        sigmoid_slope(answers, scratch)
        out *= scratch
    elif loss == "squared":
        np.multiply(out, answers, out=scratch)
        out -= scratch.sum(axis=1, keepdims=True)
        out *= answers
    out *= (2.0 if loss == "squared" else 1.0) / len(out)
