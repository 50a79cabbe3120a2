"""What is asked of a training: the network's shape, and how it learns."""

from __future__ import annotations

import dataclasses
import math
import operator
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from model.errors import EdgeglowError
from model.functions import HIDDEN, LOSSES, OUTPUTS
from model.network import count_parameters

# Measured on MNIST with 784-16-16-10: see benchmarks/trainer.py
LEARNING_RATES = {"adam": 0.004, "sgd": 0.04}

# Far beyond what can be shown, small enough to refuse a typing slip before memory is taken
MOST_PARAMETERS = 20_000_000
MOST_LAYERS = 20
MOST_SNAPSHOTS = 2_000
MOST_KEPT = 250_000_000  # numbers in all snapshots together: 1 GB in memory, and in the run's file


@dataclass(frozen=True)
class Config:
    """A training, asked for; checked on creation (EdgeglowError).

    ``learning_rate`` None stands for the optimiser's own default and is replaced by it. With ``decay`` it
    shrinks from step to step, to 0 at the end, so that the network comes to rest. ``momentum`` is for SGD.
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
        choice("hidden activation", self.hidden, HIDDEN)
        choice("output activation", self.output, OUTPUTS)
        choice("loss", self.loss, LOSSES)
        choice("optimiser", self.optimiser, LEARNING_RATES)
        rate = LEARNING_RATES[self.optimiser] if self.learning_rate is None else self.learning_rate
        self._set("learning_rate", positive_number("learning rate", rate))
        if self.learning_rate == 0:
            raise EdgeglowError("learning rate 0: nothing would be learnt; expected a number above 0")
        self._set("momentum", positive_number("momentum", self.momentum))
        if self.momentum >= 1:
            raise EdgeglowError(f"momentum {self.momentum:g}: expected a number from 0 to below 1")
        if not isinstance(self.decay, bool):
            raise EdgeglowError(f"decay {self.decay!r}: expected true or false")
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
        object.__setattr__(self, name, value)  # the one way past frozen, for normalised values

    @property
    def rate(self) -> float:
        """The learning rate that is used."""
        assert self.learning_rate is not None  # set on creation
        return self.learning_rate

    def to_json(self) -> dict[str, Any]:
        """Plain values, as JSON holds them."""
        return dataclasses.asdict(self) | {"layer_sizes": list(self.layer_sizes)}

    @staticmethod
    def from_json(values: object) -> Config:
        """The configuration that ``to_json`` described. Raises EdgeglowError for any other fields."""
        if not isinstance(values, dict):
            raise EdgeglowError(f"the configuration is {values!r}, expected its fields by name")
        fields = {field.name for field in dataclasses.fields(Config)}
        for name in sorted(fields ^ set(values)):
            state = "misses" if name in fields else "has an unknown"
            raise EdgeglowError(f"the configuration {state} field {name!r}")
        return Config(**values)


def check_layers(sizes: Any) -> tuple[int, ...]:
    """The layers' sizes, if they make a network that can be shown. Raises EdgeglowError."""
    if not isinstance(sizes, (tuple, list)) or len(sizes) < 2:
        raise EdgeglowError(
            f"layer sizes {sizes!r}: expected at least inputs and outputs, as in 784-16-16-10"
        )
    if len(sizes) > MOST_LAYERS:
        raise EdgeglowError(f"there are {len(sizes):,} layers, expected at most {MOST_LAYERS}")
    checked = tuple(whole_number("layer size", size, 1, MOST_PARAMETERS) for size in sizes)
    if checked[-1] < 2:
        raise EdgeglowError(f"{checked[-1]} output neurons: expected at least 2, one per class")
    if (count := count_parameters(checked)) > MOST_PARAMETERS:
        shape = "-".join(map(str, checked))
        raise EdgeglowError(f"{shape} has {count:,} weights and biases: expected at most {MOST_PARAMETERS:,}")
    return checked


def choice(name: str, value: object, choices: Collection[str]) -> None:
    """Raise EdgeglowError, which calls the value ``name``, unless it is one of the choices."""
    if not isinstance(value, str) or value not in choices:
        raise EdgeglowError(f"{name} {value!r}: expected one of {', '.join(choices)}")


def whole_number(name: str, value: Any, least: int, most: int) -> int:
    """The value, if it is a whole number within these bounds. Raises EdgeglowError, which calls it ``name``."""
    try:
        whole = None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        whole = None
    if whole is None or not least <= whole <= most:
        raise EdgeglowError(f"{name} {value!r}: expected a whole number from {least:,} to {most:,}")
    return whole


def positive_number(name: str, value: Any) -> float:
    """The value, if it is a finite number, 0 or above. Raises EdgeglowError, which calls it ``name``."""
    try:
        number = math.nan if isinstance(value, (bool, str)) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not (math.isfinite(number) and number >= 0):
        raise EdgeglowError(f"{name} {value!r}: expected a number, 0 or above")
    return number
