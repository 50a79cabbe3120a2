"""What was read of a network's file, and when in its training the file was written."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from model.importing.ways import UNTOLD, Way


@dataclass(frozen=True, order=True)
class Moment:
    """A moment of a training: ``kind`` is "step" or "epoch", ``number`` is as the file or its name tells it."""

    kind: str
    number: int

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


@dataclass(frozen=True, eq=False)  # arrays have no single truth value to compare
class Stored:
    """A multilayer perceptron as a file holds it, made of dense layers only.

    ``weights[k]`` has shape (fan_out, fan_in) and ``biases[k]`` (fan_out,), both float32, as in Network.
    ``hidden`` is the function of all hidden layers, or one for each, as "relu,tanh"; ``output`` that of the last.
    ``image_shape`` is (height, width) where the file tells it; names are empty where it tells none. ``remarks`` says,
    one sentence each, what was assumed or changed on the way. ``ways`` are those in which the file can be taken, the
    one that was taken first; empty where it leaves nothing open.
    """

    weights: tuple[np.ndarray, ...]
    biases: tuple[np.ndarray, ...]
    hidden: str
    output: str
    image_shape: tuple[int, int] | None = None
    class_names: tuple[str, ...] = ()
    feature_names: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    moment: Moment | None = None
    ways: tuple[Way, ...] = ()
    file: Path | None = None

    @property
    def layer_sizes(self) -> tuple[int, ...]:
        """The number of neurons in every layer, inputs first."""
        return (self.weights[0].shape[1], *(len(bias) for bias in self.biases))


@dataclass(frozen=True, eq=False)
class Dense:
    """A dense layer; ``weights`` (fan_out, fan_in), ``biases`` (fan_out,), or None where it has none."""

    name: str
    weights: np.ndarray
    biases: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class Scaling:
    """factor · a + shift, neuron by neuron: a batch-norm, a normalisation, a bias added on its own.

    ``factor`` and ``shift`` have shape (size,), or (1,) for all neurons alike. ``kind`` is what people call it,
    and empty where it is not worth a word.
    """

    name: str
    factor: np.ndarray
    shift: np.ndarray
    kind: str = ""


@dataclass(frozen=True)
class Activation:
    """An activation function, called as the file calls it; None where the file does not tell which it is."""

    name: str
    function: str | None


Step = Dense | Scaling | Activation


@dataclass(eq=False)
class Chain:
    """The steps from input to output that a file tells of, in order, and what it says beside them.

    ``way`` is what of a user's wishes was heeded, ``ways`` as in Stored.
    """

    steps: list[Step] = field(default_factory=list)
    image_shape: tuple[int, int] | None = None
    class_names: tuple[str, ...] = ()
    feature_names: tuple[str, ...] = ()
    remarks: list[str] = field(default_factory=list)
    moment: Moment | None = None
    way: Way = UNTOLD
    ways: tuple[Way, ...] = ()


def norm_scaling(
    name: str, gamma: np.ndarray, beta: np.ndarray, mean: np.ndarray, variance: np.ndarray, epsilon: float
) -> Scaling:
    """A batch-norm that has finished learning: gamma (a - mean) / sqrt(variance + epsilon) + beta."""
    gamma, beta, mean, variance = (np.asarray(part, np.float64) for part in (gamma, beta, mean, variance))
    with np.errstate(all="ignore"):  # what is not finite is found where the weights are checked
        factor = gamma / np.sqrt(variance + epsilon)
        return Scaling(name, factor, beta - factor * mean, "batch-norm")
