"""Names, symbols and wordings of a network's activation functions, for text, formulas and plots."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from edgeglow.model.network.activations import parse_function

SOFTMAX = "softmax"  # of all sums of a layer together, not of a single one
SQUEEZING = ("sigmoid", "tanh")  # shapes that squeeze any sum into a finite range
PLAIN = (*SQUEEZING, "relu", SOFTMAX)  # shapes that have a wording of their own in short sentences
BENT = "bent"  # wording of short sentences for all other shapes
# symbols in formulas, in Typst
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
ANY = "f"  # in a formula for layers with different functions


def function_symbol(name: str) -> str:
    """Return the function's symbol in a formula."""
    return SYMBOLS[name.partition(":")[0]]


def function_name(name: str) -> str:
    """Return the function's common name: "leaky ReLU 0.2"."""
    return name if name == SOFTMAX else parse_function(name).written


def function_shape(name: str) -> str:
    """Return the variant of sentences about the function; functions of the same shape share one."""
    return name if name == SOFTMAX else parse_function(name).shape


def common_shape(names: Sequence[str]) -> str:
    """Return the variant for several functions together, for sentences with few variants."""
    shapes = {function_shape(name) for name in names}
    if shapes == set(SQUEEZING):
        return SQUEEZING[0]
    (only, *others) = sorted(shapes)
    return only if not others and only in PLAIN else BENT


def range_of(name: str) -> tuple[float, float]:
    """Return the ends of the range of its activations, which may be infinite."""
    return (0.0, 1.0) if name == SOFTMAX else (parse_function(name).low, parse_function(name).high)


def at_zero(name: str) -> float:
    """Return its activation for the sum 0 (for a softmax, for a lead of 0)."""
    return 0.5 if name == SOFTMAX else parse_function(name).at_zero


def shape_facts(name: str) -> dict[str, object]:
    """Return the numbers for sentences about its shape."""
    if function_shape(name) == "leaky":
        return {"slope": parse_function(name).parameter}
    return {"low": range_of(name)[0]} if function_shape(name) == "elu" else {}


def scale_wording(names: Sequence[str]) -> str:
    """Return the variant that explains full brightness in layers with these functions: "sigmoid" if it means 1."""
    wordings = {_scale(*range_of(name)) for name in names}
    return wordings.pop() if len(wordings) == 1 else "mixed"


def _scale(low: float, high: float) -> str:
    if high == 1:
        return "tanh" if low < 0 else "sigmoid"
    if low < 0:
        return "signed"
    return "relu" if high > 6 else "capped"


def list_functions(names: Sequence[str]) -> str:
    """List the functions of a network's layers: one for all hidden layers, or layer by layer, then the last."""
    *hidden, last = names
    if len(set(hidden)) <= 1:
        return ", ".join(function_name(name) for name in dict.fromkeys([*hidden[:1], last]))
    groups = [(name, len(list(group))) for name, group in groupby(hidden)]
    return ", ".join(
        [
            *(f"{count} × {function_name(name)}" if count > 1 else function_name(name) for name, count in groups),
            function_name(last),
        ]
    )
