"""The configuration of a training: the network's shape and the training's settings."""

from __future__ import annotations

import dataclasses
import math
import operator
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.network.activation_functions import LOSSES, OUTPUTS
from edgeglow.model.network.activations import check_hidden_functions
from edgeglow.model.network.network import count_parameters
from edgeglow.model.text.printable import short_repr

# Measured on MNIST with 784-16-16-10: see benchmarks/trainer.py
LEARNING_RATES = {"adam": 0.004, "sgd": 0.04}

# Limits of what the film shows legibly: columns and rows do not overlap, and names fit beside them
MOST_HIDDEN = 8  # layers
MOST_NEURONS = 4_096  # in one hidden layer; only those that matter most are drawn
MOST_CLASSES = 100

# Far beyond what can be shown, but small enough to refuse a typing error before memory is allocated
MOST_PARAMETERS = 20_000_000
MOST_SNAPSHOTS = 2_000
MOST_KEPT = 250_000_000  # numbers in all snapshots together: 1 GB in memory, and in the run's file


@dataclass(frozen=True)
class Config:
    """The configuration of a training, checked on creation.

    Parameters
    ----------
    layer_sizes
        The numbers of neurons from the inputs to the outputs, with at most 8 hidden layers between them.
    hidden
        The activation function of all hidden layers, or one name for each, as "relu,tanh".
    output
        The activation function of the last layer: "softmax" or "sigmoid".
    loss
        What is minimised: "cross-entropy" or "squared".
    optimiser
        "adam" or "sgd".
    learning_rate
        The size of the optimiser's steps, above 0; by default 0.004 for Adam and 0.04 for SGD.
    decay
        Whether the learning rate shrinks at each step and is 0 at the end, so that the weights settle.
    momentum
        The share of a step that is carried into the next, 0 to below 1; SGD alone uses it.
    batch_size
        The number of digits in one step.
    epochs
        How many times all training digits are learnt from.
    seed
        The seed of the first weights, and of the digits' order.
    snapshots
        The number of times the network is recorded, from before the first step to after the last.

    Raises
    ------
    EdgeglowError
        A setting is outside its range, or the network is larger than what can be shown.

    Examples
    --------
    >>> from edgeglow import Config
    >>> Config(layer_sizes=(784, 32, 10), epochs=3).learning_rate
    0.004
    >>> Config(epochs=0)
    Traceback (most recent call last):
    edgeglow.model.errors.EdgeglowError: epochs 0: expected a whole number from 1 to 100,000
    """

    layer_sizes: tuple[int, ...] = (784, 16, 16, 10)
    hidden: str = "sigmoid"
    output: str = "softmax"
    loss: str = "cross-entropy"
    optimiser: str = "adam"
    learning_rate: float | None = None
    decay: bool = True
    momentum: float = 0.9
    batch_size: int = 32
    epochs: int = 10
    seed: int = 0
    snapshots: int = 40

    def __post_init__(self) -> None:
        self._set("layer_sizes", check_layers(self.layer_sizes))
        self._set("hidden", check_hidden_functions(self.hidden, len(self.layer_sizes) - 2))
        check_choice("output activation", self.output, OUTPUTS)
        check_choice("loss", self.loss, LOSSES)
        check_choice("optimiser", self.optimiser, LEARNING_RATES)
        rate = LEARNING_RATES[self.optimiser] if self.learning_rate is None else self.learning_rate
        self._set("learning_rate", non_negative_number("learning rate", rate))
        if self.learning_rate == 0:
            raise EdgeglowError("learning rate 0: nothing would be learnt; expected a number above 0")
        self._set("momentum", non_negative_number("momentum", self.momentum))
        if self.momentum >= 1:
            raise EdgeglowError(f"momentum {self.momentum:g}: expected a number from 0 to below 1")
        if not isinstance(self.decay, bool):
            raise EdgeglowError(f"decay {short_repr(self.decay)}: expected true or false")
        self._set("batch_size", whole_number("batch size", self.batch_size, 1, 1_000_000))
        self._set("epochs", whole_number("epochs", self.epochs, 1, 100_000))
        self._set("seed", whole_number("seed", self.seed, 0, 2**63 - 1))
        self._set("snapshots", whole_number("snapshots", self.snapshots, 2, MOST_SNAPSHOTS))
        if (kept := self.snapshots * count_parameters(self.layer_sizes)) > MOST_KEPT:
            raise EdgeglowError(
                f"{self.snapshots:,} snapshots of this network are {kept:,} numbers, expected at most"
                f" {MOST_KEPT:,}; take fewer snapshots, or smaller layers"
            )

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)  # normalised values, set despite ``frozen``

    @property
    def rate(self) -> float:
        """The learning rate in use."""
        assert self.learning_rate is not None  # set on creation
        return self.learning_rate

    def to_json(self) -> dict[str, Any]:
        """Return the fields as plain values that JSON can hold."""
        return dataclasses.asdict(self) | {"layer_sizes": list(self.layer_sizes)}

    @staticmethod
    def from_json(values: object) -> Config:
        """Create the configuration that ``to_json`` described. Raises EdgeglowError for missing or unknown fields."""
        if not isinstance(values, dict):
            raise EdgeglowError(f"the configuration is {short_repr(values)}, expected its fields by name")
        fields = {field.name for field in dataclasses.fields(Config)}
        for name in sorted(fields ^ set(values)):
            state = "misses" if name in fields else "has an unknown"
            raise EdgeglowError(f"the configuration {state} field {short_repr(name)}")
        return Config(**values)


def check_layers(sizes: Any) -> tuple[int, ...]:
    """Return the layer sizes if they make a network that can be shown. Raises EdgeglowError."""
    if not isinstance(sizes, (tuple, list)) or len(sizes) < 2:
        raise EdgeglowError(
            f"layer sizes {short_repr(sizes)}: expected at least inputs and outputs, as in 784-16-16-10"
        )
    if (hidden := len(sizes) - 2) > MOST_HIDDEN:
        raise EdgeglowError(f"{hidden:,} hidden layers: expected at most {MOST_HIDDEN}")
    checked = tuple(whole_number("layer size", size, 1, MOST_PARAMETERS) for size in sizes)
    for number, size in enumerate(checked[1:-1], 1):
        if size > MOST_NEURONS:
            raise EdgeglowError(f"hidden layer {number} has {size:,} neurons: expected at most {MOST_NEURONS:,}")
    if not 2 <= checked[-1] <= MOST_CLASSES:
        raise EdgeglowError(f"{checked[-1]:,} output neurons: expected 2 to {MOST_CLASSES}, one per class")
    if (count := count_parameters(checked)) > MOST_PARAMETERS:
        shape = "-".join(map(str, checked))
        raise EdgeglowError(f"{shape} has {count:,} weights and biases: expected at most {MOST_PARAMETERS:,}")
    return checked


def check_choice(name: str, value: object, choices: Collection[str]) -> None:
    """Check that the value is one of the choices. Raises EdgeglowError, whose message calls it ``name``."""
    if not isinstance(value, str) or value not in choices:
        raise EdgeglowError(f"{name} {short_repr(value)}: expected one of {', '.join(choices)}")


def whole_number(name: str, value: Any, least: int, most: int) -> int:
    """Return the value if it is a whole number within these bounds.

    Raises EdgeglowError, whose message calls it ``name``.
    """
    try:
        whole = None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        whole = None
    if whole is None or not least <= whole <= most:
        raise EdgeglowError(f"{name} {short_repr(value)}: expected a whole number from {least:,} to {most:,}")
    return whole


def non_negative_number(name: str, value: Any) -> float:
    """Return the value if it is a finite number, 0 or above.

    Raises EdgeglowError, whose message calls it ``name``.
    """
    try:
        number = math.nan if isinstance(value, (bool, str)) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not (math.isfinite(number) and number >= 0):
        raise EdgeglowError(f"{name} {short_repr(value)}: expected a number, 0 or above")
    return number
