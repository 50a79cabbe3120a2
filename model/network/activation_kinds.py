"""The kinds of activation functions: the function itself, its slope, and facts about it.

All functions take a batch, one row per digit, and write their result to ``out``. A slope is given both the sums and
the activations, and uses whichever it needs.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from edgeglow.model.network.activation_functions import relu, relu_slope, sigmoid, sigmoid_slope, tanh, tanh_slope

Apply = Callable[[np.ndarray, float, np.ndarray], None]  # sums, parameter, out
Slope = Callable[[np.ndarray, np.ndarray, float, np.ndarray], None]  # sums, activations, parameter, out

SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772
GELU_SCALE, GELU_CUBE = math.sqrt(2 / math.pi), 0.044715  # of GELU's approximation by tanh
SATURATED = 20.0  # beyond this sum the approximation's tanh is 1, and the cube might overflow


@dataclass(frozen=True)
class ActivationKind:
    """A kind of activation function.

    ``low`` and ``high`` are the bounds of its activations, infinite where there is no bound; ``low`` may be a
    function of the parameter. ``shape`` is a key shared by kinds whose curves are described with the same words.
    ``parameter`` is the default parameter, which lies within the bounds ``parameters``; None for a kind without one.
    ``is_told`` says that names include the parameter even when it is the default, because libraries use different
    defaults. ``gain`` is the variance of the initial weights times the number of inputs (He: 2, for functions that
    pass large sums on); None selects Glorot's initialisation.
    """

    written: str
    shape: str
    apply: Apply
    slope: Slope
    low: float | Callable[[float], float]
    high: float = math.inf
    gain: float | None = 2.0
    parameter: float | None = None
    parameters: tuple[float, float] = (0.0, 1000.0)
    is_told: bool = False


def _leaky_relu(sums: np.ndarray, slope: float, out: np.ndarray) -> None:
    """Compute out = z for z above 0, and slope · z below."""
    np.multiply(sums, slope, out=out)
    np.maximum(sums, out, out=out)


def _leaky_relu_slope(sums: np.ndarray, _: np.ndarray, slope: float, out: np.ndarray) -> None:
    out[...] = np.where(sums > 0, 1.0, slope)


def _exponential(sums: np.ndarray, scale: float, depth: float, width: float, out: np.ndarray) -> None:
    """Compute out = scale · z for z above 0, and depth · (exp(z / width) - 1) below, which approaches -depth."""
    np.minimum(sums, 0.0, out=out)
    out /= width
    np.expm1(out, out=out)
    out *= depth
    out += scale * np.maximum(sums, 0.0)


def _exponential_slope(
    sums: np.ndarray, activations: np.ndarray, scale: float, depth: float, width: float, out: np.ndarray
) -> None:
    out[...] = np.where(sums > 0, scale, (activations + depth) / width)


def _softplus(sums: np.ndarray, beta: float, out: np.ndarray) -> None:
    """Compute out = log(1 + exp(beta · z)) / beta."""
    np.multiply(sums, beta, out=out)
    np.logaddexp(0.0, out, out=out)
    out /= beta


def _softplus_slope(sums: np.ndarray, _: np.ndarray, beta: float, out: np.ndarray) -> None:
    sigmoid(sums * beta, out)


def _silu(sums: np.ndarray, _: float, out: np.ndarray) -> None:
    """Compute out = z · sigmoid(z)."""
    sigmoid(sums, out)
    out *= sums


def _silu_slope(sums: np.ndarray, activations: np.ndarray, _: float, out: np.ndarray) -> None:
    """Compute out = s + a (1 - s), with s = sigmoid(z)."""
    sigmoid(sums, out)
    out += activations * (1.0 - out)


def _mish(sums: np.ndarray, _: float, out: np.ndarray) -> None:
    """Compute out = z · tanh(softplus(z))."""
    _softplus(sums, 1.0, out)
    np.tanh(out, out=out)
    out *= sums


def _mish_slope(sums: np.ndarray, _: np.ndarray, __: float, out: np.ndarray) -> None:
    """Compute out = t + z (1 - t²) sigmoid(z), with t = tanh(softplus(z))."""
    bent, rise = np.empty_like(out), np.empty_like(out)
    _softplus(sums, 1.0, bent)
    np.tanh(bent, out=bent)
    sigmoid(sums, rise)
    out[...] = bent + sums * (1.0 - bent * bent) * rise


def _share_below(sums: np.ndarray) -> np.ndarray:
    """Return Φ(z), the part of the standard normal distribution that lies below each sum."""
    from scipy.special import erf  # imported late: most networks do not need it

    return np.asarray(0.5 * (1.0 + erf(sums * (1 / math.sqrt(2)))))


def _gelu(sums: np.ndarray, _: float, out: np.ndarray) -> None:
    """Compute out = z · Φ(z)."""
    np.multiply(sums, _share_below(sums), out=out)


def _gelu_slope(sums: np.ndarray, _: np.ndarray, __: float, out: np.ndarray) -> None:
    """Compute out = Φ(z) + z φ(z)."""
    near = np.clip(sums, -SATURATED, SATURATED)
    out[...] = _share_below(sums) + near * np.exp(-0.5 * near * near) * (1 / math.sqrt(2 * math.pi))


def _bent(sums: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return tanh(√(2/π) (z + 0.044715 z³)), and z clipped to ±SATURATED."""
    near = np.clip(sums, -SATURATED, SATURATED)
    return np.tanh(GELU_SCALE * (near + GELU_CUBE * near * near * near)), near


def _gelu_tanh(sums: np.ndarray, _: float, out: np.ndarray) -> None:
    np.multiply(sums, 0.5 * (1.0 + _bent(sums)[0]), out=out)


def _gelu_tanh_slope(sums: np.ndarray, _: np.ndarray, __: float, out: np.ndarray) -> None:
    bent, near = _bent(sums)
    inner = GELU_SCALE * (1.0 + 3.0 * GELU_CUBE * near * near)
    out[...] = 0.5 * (1.0 + bent) + 0.5 * near * (1.0 - bent * bent) * inner


def _softsign(sums: np.ndarray, _: float, out: np.ndarray) -> None:
    """Compute ``out = z / (1 + |z|)``."""
    np.divide(sums, 1.0 + np.abs(sums), out=out)


def _softsign_slope(_: np.ndarray, activations: np.ndarray, __: float, out: np.ndarray) -> None:
    out[...] = (1.0 - np.abs(activations)) ** 2


def _relu6(sums: np.ndarray, _: float, out: np.ndarray) -> None:
    np.clip(sums, 0.0, 6.0, out=out)


def _relu6_slope(sums: np.ndarray, _: np.ndarray, __: float, out: np.ndarray) -> None:
    out[...] = (sums > 0) & (sums < 6)


# fmt: off
HIDDEN: dict[str, ActivationKind] = {
    "sigmoid": ActivationKind("sigmoid", "sigmoid", lambda z, _, out: sigmoid(z, out),
                    lambda _, a, __, out: sigmoid_slope(a, out), 0.0, 1.0, gain=None),
    "tanh": ActivationKind("tanh", "tanh", lambda z, _, out: tanh(z, out),
                 lambda _, a, __, out: tanh_slope(a, out), -1.0, 1.0, gain=None),
    "relu": ActivationKind("ReLU", "relu", lambda z, _, out: relu(z, out),
                 lambda _, a, __, out: relu_slope(a, out), 0.0),
    "relu6": ActivationKind("ReLU6", "capped", _relu6, _relu6_slope, 0.0, 6.0),
    "leaky_relu": ActivationKind("leaky ReLU", "leaky", _leaky_relu, _leaky_relu_slope, -math.inf,
                       parameter=0.01, parameters=(0.0, 1.0), is_told=True),
    "elu": ActivationKind("ELU", "elu", lambda z, p, out: _exponential(z, 1.0, p, 1.0, out),
                lambda z, a, p, out: _exponential_slope(z, a, 1.0, p, 1.0, out), lambda p: -p, parameter=1.0),
    "selu": ActivationKind("SELU", "elu",
                 lambda z, _, out: _exponential(z, SELU_SCALE, SELU_SCALE * SELU_ALPHA, 1.0, out),
                 lambda z, a, _, out: _exponential_slope(z, a, SELU_SCALE, SELU_SCALE * SELU_ALPHA, 1.0, out),
                 -SELU_SCALE * SELU_ALPHA, gain=1.0),
    "celu": ActivationKind("CELU", "elu", lambda z, p, out: _exponential(z, 1.0, p, p, out),
                 lambda z, a, p, out: _exponential_slope(z, a, 1.0, p, p, out), lambda p: -p, parameter=1.0),
    "gelu": ActivationKind("GELU", "gelu", _gelu, _gelu_slope, -0.1699712),
    "gelu_tanh": ActivationKind("GELU (tanh)", "gelu", _gelu_tanh, _gelu_tanh_slope, -0.1700408),
    "silu": ActivationKind("SiLU", "gelu", _silu, _silu_slope, -0.2784646),
    "mish": ActivationKind("Mish", "gelu", _mish, _mish_slope, -0.3088434),
    "softplus": ActivationKind("softplus", "softplus", _softplus, _softplus_slope, 0.0, parameter=1.0),
    "softsign": ActivationKind("softsign", "tanh", _softsign, _softsign_slope, -1.0, 1.0, gain=None),
}
# fmt: on
