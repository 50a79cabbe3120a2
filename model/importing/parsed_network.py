"""The network read from a file, as steps and as dense layers, and the moment of its training."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from edgeglow.model.importing.import_choices import NO_CHOICES, ImportChoices


@dataclass(frozen=True, order=True)
class CheckpointStep:
    """A moment of a training: ``kind`` is "step" or "epoch", ``number`` comes from the file or its name."""

    kind: str
    number: int

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


@dataclass(frozen=True, eq=False)  # arrays have no single truth value to compare
class ParsedNetwork:
    """A multilayer perceptron read from a file, made of dense layers only.

    ``weights[k]`` has shape (fan_out, fan_in) and ``biases[k]`` (fan_out,), both float32, as in Network. ``hidden``
    is the function of all hidden layers, or one for each, as "relu,tanh"; ``output`` that of the last.
    ``image_shape`` is (height, width) if the file gives it; names are empty if it gives none. ``remarks`` are
    sentences on what was assumed or changed. ``ways`` are the possible readings of the file, the chosen one first;
    empty if there is only one.
    """

    weights: tuple[np.ndarray, ...]
    biases: tuple[np.ndarray, ...]
    hidden: str
    output: str
    image_shape: tuple[int, int] | None = None
    class_names: tuple[str, ...] = ()
    feature_names: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    moment: CheckpointStep | None = None
    ways: tuple[ImportChoices, ...] = ()
    file: Path | None = None

    @property
    def layer_sizes(self) -> tuple[int, ...]:
        """The number of neurons in every layer, inputs first."""
        return (self.weights[0].shape[1], *(len(bias) for bias in self.biases))


@dataclass(frozen=True, eq=False)
class DenseStep:
    """A dense layer: ``weights`` (fan_out, fan_in), and ``biases`` (fan_out,) or None."""

    name: str
    weights: np.ndarray
    biases: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class ScalingStep:
    """The step factor · a + shift for each neuron: a batch-norm, a normalisation, or a separate bias.

    ``factor`` and ``shift`` have shape (size,), or (1,) for all neurons alike. ``kind`` is its usual name, or "" for
    one that remarks do not mention.
    """

    name: str
    factor: np.ndarray
    shift: np.ndarray
    kind: str = ""


@dataclass(frozen=True)
class ActivationStep:
    """An activation function, with its name in the file; None where the file does not name it."""

    name: str
    function: str | None


ChainStep = DenseStep | ScalingStep | ActivationStep


@dataclass(eq=False)
class OpenLayer:
    """A dense layer that is not finished yet; ``function`` is None until an activation follows."""

    name: str
    weights: np.ndarray
    biases: np.ndarray
    function: ActivationStep | None = None


@dataclass(eq=False)
class StepChain:
    """The steps of a network from input to output, in order, and the facts in its file.

    ``way`` is the part of the user's answers that was used; ``ways`` are as in ParsedNetwork.
    """

    steps: list[ChainStep] = field(default_factory=list)
    image_shape: tuple[int, int] | None = None
    class_names: tuple[str, ...] = ()
    feature_names: tuple[str, ...] = ()
    remarks: list[str] = field(default_factory=list)
    moment: CheckpointStep | None = None
    way: ImportChoices = NO_CHOICES
    ways: tuple[ImportChoices, ...] = ()


def batch_norm_scaling(
    name: str, gamma: np.ndarray, beta: np.ndarray, mean: np.ndarray, variance: np.ndarray, epsilon: float
) -> ScalingStep:
    """Return a trained batch-norm as a scaling: gamma (a - mean) / sqrt(variance + epsilon) + beta."""
    gamma, beta, mean, variance = (np.asarray(part, np.float64) for part in (gamma, beta, mean, variance))
    with np.errstate(all="ignore"):  # the check of the weights reports numbers that are not finite
        factor = gamma / np.sqrt(variance + epsilon)
        return ScalingStep(name, factor, beta - factor * mean, "batch-norm")
