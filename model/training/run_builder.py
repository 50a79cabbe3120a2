"""Record a network during or after its training, and make a run of the records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from edgeglow.model.data.digits import Digits
from edgeglow.model.network.activation_functions import mean_loss
from edgeglow.model.network.network import Network
from edgeglow.model.run.answers_validation import MOST_HELD
from edgeglow.model.run.example_selection import choose_examples
from edgeglow.model.run.import_info import ImportInfo
from edgeglow.model.run.run import Run
from edgeglow.model.run.snapshot import Example, Snapshot
from edgeglow.model.run.training_config import Config


@dataclass(frozen=True, eq=False)
class NetworkState:
    """A network's parameters, loss and accuracy at one moment, from which a snapshot is made.

    ``step``, ``examples`` and ``epoch`` give the time, as far as it is known.
    """

    loss: float
    accuracy: float
    parameters: np.ndarray
    step: int | None = None
    examples: int | None = None
    epoch: float | None = None


def record_state(network: Network, loss: str, test: Digits, **time: Any) -> NetworkState:
    """Record the network as it is now, with its loss and accuracy over all test digits."""
    layers, sums = network.forward(test.pixels)
    targets = np.eye(network.layer_sizes[-1], dtype=np.float32)[test.labels]
    mean = mean_loss(loss, network.output, sums, layers[-1], targets)
    right = int(np.count_nonzero(layers[-1].argmax(axis=1) == test.labels))
    return NetworkState(mean, right / len(test), network.parameters.copy(), **time)


def make_run(
    config: Config,
    training: Digits,
    test: Digits,
    states: Sequence[NetworkState],
    curve: Sequence[tuple[int, float, float]],
    *,
    interrupted: bool,
) -> Run:
    """Make a run of these states and of the points (digits seen, loss, accuracy) of the training curve."""
    examples, losses, accuracies = zip(*curve, strict=True)
    return Run(
        config=config,
        source=training.source,
        image_shape=(training.images.shape[1], training.images.shape[2]),
        class_names=tuple(map(str, range(config.layer_sizes[-1]))),
        training_count=len(training),
        curve_examples=np.array(examples, np.int64),
        curve_losses=np.array(losses),
        curve_accuracies=np.array(accuracies),
        interrupted=interrupted,
        **_shown(config, test, states),
    )


def make_imported_run(
    imported: ImportInfo,
    states: Sequence[NetworkState],
    test: Digits,
    *,
    image_shape: tuple[int, int] | None,
    class_names: tuple[str, ...],
    feature_names: tuple[str, ...] = (),
) -> Run:
    """Make a run of these states of a network that was trained elsewhere.

    Raises EdgeglowError where they do not fit.
    """
    none = np.zeros(0)
    return Run(
        config=None,
        imported=imported,
        source=test.source,
        image_shape=image_shape,
        class_names=class_names,
        feature_names=feature_names,
        training_count=None,
        curve_examples=none.astype(np.int64),
        curve_losses=none,
        curve_accuracies=none.copy(),
        **_shown(imported, test, states),
    )


def _shown(made: Config | ImportInfo, test: Digits, states: Sequence[NetworkState]) -> dict[str, Any]:
    """Return the run's fields that depend on the states: snapshots, answers, and digits to show."""
    classes = made.layer_sizes[-1]
    layers = _network(made, states[-1]).activations(test.pixels)
    labels, answers = test.labels, layers[-1].argmax(axis=1)
    chosen = choose_examples(test.pixels, labels, layers[-1])
    # the last snapshot takes its activations from here, as the answers do: computed again in a batch of
    # another size they may differ in the last bit, which could decide a tie differently
    last = [layer[[index for index, _ in chosen]] for layer in layers]
    confusion = np.bincount(labels * classes + answers, minlength=classes**2).reshape(classes, classes)
    return {
        "test_count": len(test),
        "snapshots": tuple(_snapshot(made, seen, last, computed=seen is states[-1]) for seen in states),
        "confusion": confusion.astype(np.int64),
        "examples": tuple(
            Example(pixels, int(labels[index]), int(answers[index]), kind)
            for pixels, (index, kind) in zip(last[0], chosen, strict=True)
        ),
        "test_digits": _held(test),
    }


def _held(test: Digits) -> Digits:
    """Copy the test digits that the run keeps; copies, since a run's arrays are made read-only."""
    held = test.head(MOST_HELD)
    return Digits(held.images.copy(), held.labels.astype(np.int64), held.source)


def _network(made: Config | ImportInfo, seen: NetworkState) -> Network:
    network = Network(made.layer_sizes, made.hidden, made.output)
    network.parameters[...] = seen.parameters
    return network


def _snapshot(
    made: Config | ImportInfo, seen: NetworkState, activations: list[np.ndarray], *, computed: bool
) -> Snapshot:
    """Make a snapshot of a state, with the activations of the example digits, whose pixels are ``activations[0]``."""
    network = _network(made, seen)
    if not computed:
        pixels = activations[0]
        activations = [pixels, *network.activations(pixels)[1:]]
    return Snapshot(
        step=seen.step,
        examples=seen.examples,
        epoch=seen.epoch,
        loss=seen.loss,
        accuracy=seen.accuracy,
        weights=tuple(network.weights),
        biases=tuple(network.biases),
        activations=tuple(activations),
    )
