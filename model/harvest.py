"""Looking at a network while it learns, and making a run of what was seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model.config import Config
from model.digits import Digits
from model.functions import mean_loss
from model.network import Network
from model.retest import MOST_HELD
from model.run import Run
from model.selection import choose_examples
from model.snapshot import Example, Snapshot


@dataclass(frozen=True, eq=False)
class Look:
    """What a snapshot will be made of, once the digits to show are chosen."""

    step: int
    examples: int
    loss: float
    accuracy: float
    parameters: np.ndarray


def look(network: Network, config: Config, test: Digits, step: int, examples: int) -> Look:
    """The network as it is now, with its loss and accuracy over all test digits."""
    layers, sums = network.forward(test.pixels)
    targets = np.eye(config.layer_sizes[-1], dtype=np.float32)[test.labels]
    loss = mean_loss(config.loss, config.output, sums, layers[-1], targets)
    right = int(np.count_nonzero(layers[-1].argmax(axis=1) == test.labels))
    return Look(step, examples, loss, right / len(test), network.parameters.copy())


def make_run(
    config: Config,
    training: Digits,
    test: Digits,
    looks: list[Look],
    curve: list[tuple[int, float, float]],
    *,
    interrupted: bool,
) -> Run:
    """A run of these looks and these points (digits seen, loss, accuracy) of the training curve."""
    classes = config.layer_sizes[-1]
    network = _network(config, looks[-1])
    layers = network.activations(test.pixels)
    labels, answers = test.labels, layers[-1].argmax(axis=1)
    chosen = choose_examples(test.pixels, labels, layers[-1])
    # the last snapshot's activations are taken from here, where the answers come from: computed again in a
    # batch of another size they may differ in the last bit, and turn a tie
    last = [layer[[index for index, _ in chosen]] for layer in layers]
    confusion = np.bincount(labels * classes + answers, minlength=classes**2).reshape(classes, classes)
    examples, losses, accuracies = zip(*curve, strict=True)
    return Run(
        config=config,
        source=training.source,
        image_shape=(training.images.shape[1], training.images.shape[2]),
        class_names=tuple(map(str, range(classes))),
        training_count=len(training),
        test_count=len(test),
        snapshots=tuple(
            _snapshot(config, seen, len(training), last, computed=seen is looks[-1]) for seen in looks
        ),
        curve_examples=np.array(examples, np.int64),
        curve_losses=np.array(losses),
        curve_accuracies=np.array(accuracies),
        confusion=confusion.astype(np.int64),
        examples=tuple(
            Example(pixels, int(labels[index]), int(answers[index]), kind)
            for pixels, (index, kind) in zip(last[0], chosen, strict=True)
        ),
        test_digits=_held(test),
        interrupted=interrupted,
    )


def _held(test: Digits) -> Digits:
    """The test digits that the run keeps: copies, since a run's arrays cannot be changed any more."""
    held = test.head(MOST_HELD)
    return Digits(held.images.copy(), held.labels.astype(np.int64), held.source)


def _network(config: Config, seen: Look) -> Network:
    network = Network(config.layer_sizes, config.hidden, config.output)
    network.parameters[...] = seen.parameters
    return network


def _snapshot(
    config: Config, seen: Look, training_count: int, activations: list[np.ndarray], *, computed: bool
) -> Snapshot:
    """A look with the activations of the example digits, whose pixels are ``activations[0]``."""
    network = _network(config, seen)
    if not computed:
        pixels = activations[0]
        activations = [pixels, *network.activations(pixels)[1:]]
    return Snapshot(
        step=seen.step,
        examples=seen.examples,
        epoch=seen.examples / training_count,
        loss=seen.loss,
        accuracy=seen.accuracy,
        weights=tuple(network.weights),
        biases=tuple(network.biases),
        activations=tuple(activations),
    )
