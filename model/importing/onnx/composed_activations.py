"""Recognise activation functions that an ONNX graph writes as several nodes, such as x · sigmoid(x).

Exporters write the same function in many ways. So the nodes are evaluated for many numbers, and the results are
compared with those of the known functions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from edgeglow.model.importing.function_names import is_known_function, shortest_float32
from edgeglow.model.network.activations import parse_function

if TYPE_CHECKING:
    from onnx import NodeProto

KNOWN = ("gelu", "gelu_tanh", "silu", "mish", "softsign", "relu6", "selu")
MOST_NODES = 32  # nodes of one function, at most
GRID = np.concatenate([np.linspace(-9, 9, 145), np.linspace(-1, 1, 33)])
CLOSE = 2e-5  # constants are rounded to single precision; the two kinds of GELU differ by 0.0005


def _erf(x: np.ndarray) -> np.ndarray:
    from scipy.special import erf  # imported late: it is slow to import

    return np.asarray(erf(x))


OPERATIONS: dict[str, Callable[..., np.ndarray]] = {
    "Add": lambda x, y: x + y,
    "Sub": lambda x, y: x - y,
    "Mul": lambda x, y: x * y,
    "Div": lambda x, y: x / y,
    "Pow": lambda x, y: x**y,
    "Neg": lambda x: -x,
    "Abs": np.abs,
    "Exp": np.exp,
    "Log": np.log,
    "Sqrt": np.sqrt,
    "Erf": _erf,
    "Tanh": np.tanh,
    "Sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "Softplus": lambda x: np.logaddexp(0.0, x),
    "Relu": lambda x: np.maximum(x, 0.0),
    "Max": lambda *each: np.maximum.reduce(np.broadcast_arrays(*each)),
    "Min": lambda *each: np.minimum.reduce(np.broadcast_arrays(*each)),
    "Clip": lambda x, low=-np.inf, high=np.inf: np.clip(x, low, high),
    "Greater": lambda x, y: x > y,
    "GreaterOrEqual": lambda x, y: x >= y,
    "Less": lambda x, y: x < y,
    "LessOrEqual": lambda x, y: x <= y,
    "Where": np.where,
    "Identity": lambda x: x,
    "Cast": lambda x: x,
}


def composed_function(
    node: NodeProto, makers: Mapping[str, NodeProto], constant: Callable[[str], np.ndarray | None]
) -> tuple[str, str] | None:
    """Return the function that ends with this node, and the name of the tensor it is applied to; None for others.

    A single node counts only where ONNX has no other name for the function, as with Clip from 0 to 6.
    """
    if node.op_type not in OPERATIONS:
        return None
    nodes: dict[str, NodeProto] = {}
    numbers: dict[str, np.ndarray] = {}
    starts: set[str] = set()
    waiting = [node]
    while waiting:
        each = waiting.pop()
        nodes[each.output[0]] = each
        if len(nodes) > MOST_NODES:
            return None
        for name in each.input:
            if not name or name in nodes or name in numbers:
                continue
            value, maker = constant(name), makers.get(name)
            if value is not None:
                if value.size != 1 or value.dtype.kind not in "fiu":
                    return None  # one number for each neuron: no function of a single number
                numbers[name] = np.asarray(value.ravel()[0], np.float64)
            elif maker is not None and _may_belong(maker, constant):
                waiting.append(maker)
            else:
                starts.add(name)
    if len(starts) != 1 or (len(nodes) == 1 and node.op_type != "Clip"):
        return None
    (start,) = starts
    found = _named(node, nodes, numbers | {start: GRID})
    return (found, start) if found else None


def _may_belong(node: NodeProto, constant: Callable[[str], np.ndarray | None]) -> bool:
    """Return whether a node computes each number from one number, unlike a node that adds biases."""
    values = [constant(name) for name in node.input if name]
    return node.op_type in OPERATIONS and all(value is None or value.size == 1 for value in values)


def _named(node: NodeProto, nodes: Mapping[str, NodeProto], numbers: dict[str, np.ndarray]) -> str | None:
    """Return the known function with the same results for all numbers of the grid; None if there is none."""
    with np.errstate(all="ignore"):
        given = _value(node, nodes, numbers, 0)
        if given is None or given.shape != GRID.shape:
            return None
        for name in _candidates(given):
            out = np.empty_like(GRID)
            parse_function(name).apply(GRID, out)
            if np.abs(given - out).max() <= CLOSE:
                return parse_function(name).name
    return None


def _candidates(given: np.ndarray) -> list[str]:
    """Return the functions that it may be; single results give their parameters."""
    below, zero = -float(given[0]), float(given[np.argmin(np.abs(GRID))])
    parameters = {
        "softplus": np.log(2) / zero if zero > 0 else 0.0,
        "leaky_relu": below / -GRID[0],
        "elu": below / -np.expm1(GRID[0]),
    }
    told = [(kind, shortest_float32(value)) for kind, value in parameters.items() if value > 0 and np.isfinite(value)]
    return [*KNOWN, *(f"{kind}:{value!r}" for kind, value in told if is_known_function(f"{kind}:{value!r}"))]


def _value(
    node: NodeProto, nodes: Mapping[str, NodeProto], numbers: dict[str, np.ndarray], depth: int
) -> np.ndarray | None:
    """Return the results of a node for the grid; None where they cannot be computed."""
    if depth > MOST_NODES:
        return None
    inputs = []
    for name in node.input:
        if name and name not in numbers:
            value = _value(nodes[name], nodes, numbers, depth + 1)
            if value is None:
                return None
            numbers[name] = value
        if name:
            inputs.append(numbers[name])
    try:
        return np.asarray(OPERATIONS[node.op_type](*inputs))
    except TypeError:  # too many or too few inputs for such a node
        return None
