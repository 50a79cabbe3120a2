"""Reference formulas of activation functions, as in textbooks, to compare with the program's."""

from __future__ import annotations

import math

import numpy as np

NAMES = (
    "sigmoid", "tanh", "relu", "relu6", "leaky_relu:0.01", "leaky_relu:0.2", "elu", "elu:0.5", "selu", "celu",
    "celu:2", "gelu", "gelu_tanh", "silu", "mish", "softplus", "softplus:3", "softsign",
)  # fmt: skip
# one function for each variant of the texts, besides the three usual ones
SHAPES = ("relu6", "leaky_relu:0.2", "elu:0.5", "gelu", "softplus", "softsign")


def _below(z: float) -> float:
    """Return the part of a normal distribution below z."""
    return 0.5 * math.erfc(-z / math.sqrt(2))


def activation(name: str, z: float) -> float:
    """Return f(z) of the function of this name, such as "leaky_relu:0.2"."""
    kind, _, told = name.partition(":")
    p = float(told or {"leaky_relu": 0.01}.get(kind, 1.0))
    if kind in ("elu", "selu", "celu"):
        scale, alpha = (1.0507009873554805, 1.6732632423543772) if kind == "selu" else (1.0, p)
        width = p if kind == "celu" else 1.0
        return scale * (z if z > 0 else alpha * (math.exp(z / width) - 1))
    if kind == "softplus":
        return z if p * z > 700 else math.log(1 + math.exp(p * z)) / p
    return {
        "sigmoid": lambda: 1 / (1 + math.exp(-z)) if z > -700 else 0.0,
        "tanh": lambda: math.tanh(z),
        "relu": lambda: z if z > 0 else 0.0,
        "relu6": lambda: min(max(z, 0.0), 6.0),
        "leaky_relu": lambda: z if z > 0 else p * z,
        "gelu": lambda: z * _below(z),
        "gelu_tanh": lambda: 0.5 * z * (1 + math.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z**3))),
        "silu": lambda: z * activation("sigmoid", z),
        "mish": lambda: z * math.tanh(activation("softplus", z)),
        "softsign": lambda: z / (1 + abs(z)),
    }[kind]()


def activations(name: str, sums: np.ndarray) -> np.ndarray:
    """Return ``activation`` for every number of an array of any shape."""
    return np.array([activation(name, float(z)) for z in np.ravel(sums)]).reshape(np.shape(sums))
