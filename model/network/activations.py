"""The activation functions of hidden layers, found by name.

A name is a kind, such as "relu", or a kind and its parameter, such as "leaky_relu:0.2".
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.network.activation_kinds import HIDDEN
from edgeglow.model.text.printable import short_repr

__all__ = [
    "HIDDEN",
    "ActivationFunction",
    "check_hidden_functions",
    "joined_function_names",
    "parse_function",
    "parse_functions",
]

OTHER_NAMES = {"swish": "silu", "logistic": "sigmoid", "geluapproximate": "gelu_tanh", "leaky": "leaky_relu"}
KNOWN = {name.replace("_", ""): name for name in HIDDEN} | OTHER_NAMES


@dataclass(frozen=True)
class ActivationFunction:
    """An activation function: its ``kind``, a key of ``HIDDEN``, and the value of its parameter, if it has one."""

    kind: str
    parameter: float | None = None

    def apply(self, sums: np.ndarray, out: np.ndarray) -> None:
        """Compute out = f(z)."""
        HIDDEN[self.kind].apply(sums, self.parameter or 0.0, out)

    def slope(self, sums: np.ndarray, activations: np.ndarray, out: np.ndarray) -> None:
        """Compute out = f'(z) from the sums z and their activations f(z)."""
        HIDDEN[self.kind].slope(sums, activations, self.parameter or 0.0, out)

    @property
    def name(self) -> str:
        """The name in options and files, such as "relu" or "leaky_relu:0.2"."""
        return self.kind if self._told is None else f"{self.kind}:{self._told}"

    @property
    def written(self) -> str:
        """The name for readers, such as "ReLU" or "leaky ReLU 0.2"."""
        return HIDDEN[self.kind].written + ("" if self._told is None else f" {self._told}")

    @property
    def shape(self) -> str:
        """A key shared by functions whose curves are described with the same words."""
        return HIDDEN[self.kind].shape

    @property
    def low(self) -> float:
        """The lower bound of its activations; -inf if there is none."""
        low = HIDDEN[self.kind].low
        return low(self.parameter or 0.0) if callable(low) else low

    @property
    def high(self) -> float:
        """The upper bound of its activations; inf if there is none."""
        return HIDDEN[self.kind].high

    @property
    def gain(self) -> float | None:
        """The variance of the initial weights times the number of inputs; None for Glorot's initialisation."""
        return HIDDEN[self.kind].gain

    @property
    def at_zero(self) -> float:
        """The activation for the sum 0."""
        out = np.empty(1)
        self.apply(np.zeros(1), out)
        return float(out[0])

    @property
    def _told(self) -> str | None:
        """The parameter as the name shows it, in the shortest form that keeps its value; None if it is left out."""
        kind = HIDDEN[self.kind]
        if self.parameter is None or (self.parameter == kind.parameter and not kind.is_told):
            return None
        short = f"{self.parameter:g}"
        return short if float(short) == self.parameter else repr(self.parameter)


@lru_cache(maxsize=256)
def parse_function(name: str) -> ActivationFunction:
    """Return the function with this name in any spelling, such as "Leaky ReLU:0.2" or "swish".

    Raises EdgeglowError.
    """
    called, colon, told = name.partition(":")
    kind = KNOWN.get(called.strip().lower().translate(str.maketrans("", "", "_- ")))
    if kind is None:
        raise EdgeglowError(f"{short_repr(name)}: expected one of {', '.join(HIDDEN)}")
    usual = HIDDEN[kind].parameter
    if not colon:
        return ActivationFunction(kind, usual)
    if usual is None:
        raise EdgeglowError(f"{short_repr(name)}: {kind} has no parameter; expected {kind} alone")
    try:
        value = float(told)
    except ValueError:
        value = math.nan
    least, most = HIDDEN[kind].parameters
    if not least < value < most:
        raise EdgeglowError(
            f"{short_repr(name)}: expected a number above {least:g} and below {most:g}, as in {kind}:{usual:g}"
        )
    return ActivationFunction(kind, value)


def parse_functions(names: str, layers: int) -> tuple[ActivationFunction, ...]:
    """Return the functions of the hidden layers from one name for all, or one for each, separated by commas.

    ``layers`` is the number of hidden layers. Raises EdgeglowError, whose message starts with the wrong name.
    """
    found = [parse_function(name) for name in names.split(",")]
    if len(found) == 1:
        return tuple(found * layers)
    if len(found) != layers:
        raise EdgeglowError(
            f"{short_repr(names)}: there are {len(found)} names, but {layers} hidden layers; expected one for all, or"
            " one for each"
        )
    return tuple(found)


def joined_function_names(functions: Sequence[ActivationFunction]) -> str:
    """Return the name that ``parse_functions`` parses back: a single name if all functions are the same."""
    names = [function.name for function in functions]
    return names[0] if len(set(names)) == 1 else ",".join(names)


def check_hidden_functions(names: object, layers: int) -> str:
    """Return the names of the hidden layers' functions, each spelt as in ``HIDDEN``. Raises EdgeglowError."""
    if not isinstance(names, str):
        raise EdgeglowError(f"hidden activation {short_repr(names)}: expected one of {', '.join(HIDDEN)}")
    try:
        # a network without hidden layers keeps the name that it was given, although it uses no function
        return joined_function_names(parse_functions(names, layers) or parse_functions(names, 1))
    except EdgeglowError as error:
        raise EdgeglowError(f"hidden activation {error}") from error
