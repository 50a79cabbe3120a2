"""How a network's activation functions are spoken of, written and drawn."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from model.activations import function_called

SOFTMAX = "softmax"  # of all sums of a layer together: no function of a single one
SQUEEZING = ("sigmoid", "tanh")  # shapes that squeeze any sum between two ends
PLAIN = (*SQUEEZING, "relu", SOFTMAX)  # shapes that short sentences have a word of their own for
BENT = "bent"  # what they say of the others
# What formulas call them, in typst
SYMBOLS = {
    "sigmoid": "sigma",
    "tanh": "tanh",
    "relu": 'op("ReLU")',
    "relu6": 'op("ReLU6")',
    "leaky_relu": 'op("LeakyReLU")',
    "elu": 'op("ELU")',
    "selu": 'op("SELU")',
    "celu": 'op("CELU")',
    "gelu": 'op("GELU")',
    "gelu_tanh": 'op("GELU")',
    "silu": 'op("SiLU")',
    "mish": 'op("Mish")',
    "softplus": 'op("softplus")',
    "softsign": 'op("softsign")',
    SOFTMAX: 'op("softmax")',
}
ANY = "f"  # in a formula for layers with different ones


def symbol(name: str) -> str:
    """What stands before the bracket in a formula."""
    return SYMBOLS[name.partition(":")[0]]


def written(name: str) -> str:
    """What people call it: "leaky ReLU 0.2"."""
    return name if name == SOFTMAX else function_called(name).written


def shape(name: str) -> str:
    """The wording for it: functions of the same shape share one."""
    return name if name == SOFTMAX else function_called(name).shape


def short_shape(names: Sequence[str]) -> str:
    """The wording for all of these together, in sentences that know a few shapes only."""
    shapes = {shape(name) for name in names}
    if shapes == set(SQUEEZING):
        return SQUEEZING[0]
    (only, *others) = sorted(shapes)
    return only if not others and only in PLAIN else BENT


def range_of(name: str) -> tuple[float, float]:
    """The ends of the range of its activations, infinite where it has none."""
    return (0.0, 1.0) if name == SOFTMAX else (function_called(name).low, function_called(name).high)


def at_zero(name: str) -> float:
    """What it makes of the sum 0 (of a softmax, of a lead of 0)."""
    return 0.5 if name == SOFTMAX else function_called(name).at_zero


def bends(name: str) -> dict[str, object]:
    """The numbers that sentences about its shape are filled with."""
    if shape(name) == "leaky":
        return {"slope": function_called(name).parameter}
    return {"low": range_of(name)[0]} if shape(name) == "elu" else {}


def scale_wording(names: Sequence[str]) -> str:
    """The wording for what full light means in layers with these functions: "sigmoid" where it is the number 1."""
    wordings = {_scale(*range_of(name)) for name in names}
    return wordings.pop() if len(wordings) == 1 else "mixed"


def _scale(low: float, high: float) -> str:
    if high == 1:
        return "tanh" if low < 0 else "sigmoid"
    if low < 0:
        return "signed"
    return "relu" if high > 6 else "capped"


def listed(names: Sequence[str]) -> str:
    """The functions of a network's layers, the last one at the end: one for all hidden layers, or layer by layer."""
    *hidden, last = names
    if len(set(hidden)) <= 1:
        return ", ".join(written(name) for name in dict.fromkeys([*hidden[:1], last]))
    groups = [(name, len(list(group))) for name, group in groupby(hidden)]
    return ", ".join(
        [
            *(f"{count} × {written(name)}" if count > 1 else written(name) for name, count in groups),
            written(last),
        ]
    )
