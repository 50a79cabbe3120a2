"""Runs of imported networks, one of every kind that can be imported, trained or generated in seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np
from casts import make_run
from conftest import segment_digits

from edgeglow.model.data.digits import Digits
from edgeglow.model.network.network import Network
from edgeglow.model.run.import_info import ImportInfo
from edgeglow.model.run.run import Run
from edgeglow.model.run.training_config import Config
from edgeglow.model.run.user_digits import add_user_digits
from edgeglow.model.training.loop import train
from edgeglow.model.training.run_builder import make_imported_run, record_state

NAMES = ("single", "epochs", "rows", "columns", "letters", "huge", "thin", "own", "unnamed", "mistaken")
NAMES += ("leaky", "smooth", "capped", "medley", "floor")


@cache
def make_abroad(name: str) -> Run:
    """Return one of ``NAMES``: see the functions of those names below."""
    run: Run = globals()[f"_{name}"]()
    return run


def _single() -> Run:
    """Return a run with digits of 8×8, ReLU, and only the trained network."""
    training, test = _padded(segment_digits(2000, 1)), _padded(segment_digits(500, 2))
    run = train(Config((64, 12, 8, 10), hidden="relu", epochs=6, snapshots=2, learning_rate=0.01), training, test)
    return from_elsewhere([run.network()], test, tuple("0123456789"), image_shape=(8, 8))


def _epochs() -> Run:
    """Return a run with checkpoints after every epoch, but none from before the training."""
    training, test = segment_digits(2000, 1), segment_digits(500, 2)
    run = train(Config((49, 12, 10), hidden="tanh", epochs=6, snapshots=7, learning_rate=0.01), training, test)
    networks = [run.network(snapshot) for snapshot in run.snapshots[1:]]
    return from_elsewhere(networks, test, tuple("0123456789"), image_shape=(7, 7), clock="epoch", first=1)


def _rows() -> Run:
    """Return a run with five named numbers, three named classes, and steps from the very first on."""
    names = ("sepal length", "sepal width", "petal length", "petal width", "weight")
    return _tabular(names, ("setosa", "versicolor", "virginica"), (5, 8, 6, 3), "tanh", snapshots=5)


def _columns() -> Run:
    """Return a run with more named numbers, classes and neurons than fit, with long names."""
    names = tuple(f"measurement number {number}" for number in range(40))
    classes = tuple(f"class of kind {number}" for number in range(30))
    return _tabular(names, classes, (40, 64, 30), "relu", snapshots=2)


def _letters() -> Run:
    """Return an untrained run with pictures of letters, higher than wide, 26 classes."""
    return random_run((12 * 9, 20, 16, 26), (12, 9), tuple("abcdefghijklmnopqrstuvwxyz"), "sigmoid", 4)


def _huge() -> Run:
    """Return a run of the maximum size: 32×32 pixels, 4,096 neurons in a layer, 100 classes; most are misread."""
    names = tuple(map(str, range(100)))
    return random_run((1024, 4096, 256, 100), (32, 32), names, "relu", 1, wrong=1)


def _thin() -> Run:
    """Return a run with eight hidden layers, some of a single neuron, and two classes with long names."""
    sizes = (30, 1, 3, 2, 1, 5, 2, 1, 4, 2)
    return random_run(sizes, (5, 6), ("a long name of a class", "another rather long name"), "tanh", 3)


def _own() -> Run:
    """Return the usual network with two digits of the user's, one of them labelled."""
    run = make_run("usual")
    pictures = run.test_digits.images[:2]
    return add_user_digits(run, list(pictures[:, ::1]), [run.class_names[int(run.test_digits.labels[0])]])


def _unnamed() -> Run:
    """Return a small network with one of the user's digits, without a label."""
    run = make_run("tiny")
    return add_user_digits(run, [run.test_digits.images[3].T.copy()])


def _mistaken() -> Run:
    """Return the run of letters with two of the user's, the first of which is labelled with a wrong answer."""
    run = make_abroad("letters")
    pictures = [run.test_digits.images[1].copy(), run.test_digits.images[2].copy()]
    answers = run.network().activations(np.stack(pictures).reshape(2, -1))[-1].argmax(axis=1)
    return add_user_digits(run, pictures, [run.class_names[(int(answers[0]) + 1) % len(run.class_names)]])


def _leaky() -> Run:
    """Return a run with digits and leaky ReLU with an unusual slope, so that values below 0 are visible."""
    return _taught((49, 12, 8, 10), "leaky_relu:0.2")


def _smooth() -> Run:
    """Return a run with digits and GELU, whose curve dips below 0."""
    return _taught((49, 12, 10), "gelu")


def _capped() -> Run:
    """Return a run with digits and ReLU6, which has an upper bound."""
    return _taught((49, 12, 10), "relu6")


def _medley() -> Run:
    """Return a run with digits and different functions in the hidden layers, two of them equal."""
    return _taught((49, 10, 9, 8, 8, 10), "elu:0.5,relu6,relu6,tanh")


def _floor() -> Run:
    """Return a run with named numbers and softplus, whose neurons are never quite dark."""
    names = ("sepal length", "sepal width", "petal length", "petal width", "weight")
    return _tabular(names, ("setosa", "versicolor", "virginica"), (5, 8, 3), "softplus", snapshots=3)


def _taught(sizes: tuple[int, ...], hidden: str) -> Run:
    training, test = segment_digits(2000, 1), segment_digits(500, 2)
    run = train(Config(sizes, hidden=hidden, epochs=6, snapshots=3, learning_rate=0.01), training, test)
    networks = [run.network(snapshot) for snapshot in run.snapshots]
    return from_elsewhere(networks, test, tuple("0123456789"), image_shape=(7, 7), clock="step")


def random_run(
    sizes: Sequence[int],
    image_shape: tuple[int, int] | None,
    class_names: tuple[str, ...],
    hidden: str,
    snapshots: int,
    *,
    output: str = "softmax",
    feature_names: tuple[str, ...] = (),
    seed: int = 0,
    wrong: int = 3,
    first: int = 0,
) -> Run:
    """Return a run with random weights, which change a little from snapshot to snapshot, and random inputs.

    Each input is labelled with the network's answer, except every ``wrong``-th, which has a random label.
    """
    generator = np.random.default_rng(seed)
    network = Network(sizes, hidden, output).randomise(generator)
    drift = np.asarray(generator.standard_normal(network.parameters.shape) * 0.05, np.float32)
    networks = []
    for number in range(snapshots):
        moment = Network(sizes, hidden, output)
        moment.parameters[...] = network.parameters + number * drift
        networks.append(moment)
    inputs = generator.random((120, *(image_shape or (1, sizes[0]))), np.float32)
    if image_shape is None:
        inputs = (inputs - np.float32(0.4)) * np.float32(50)
    else:
        inputs *= inputs > 0.5
    labels = networks[-1].activations(inputs.reshape(120, -1))[-1].argmax(axis=1).astype(np.int64)
    labels[::wrong] = generator.integers(0, sizes[-1], len(labels[::wrong]))
    test = Digits(inputs, labels, "made up")
    clock = "step" if snapshots > 1 else ""
    return from_elsewhere(
        networks, test, class_names, image_shape=image_shape, clock=clock, first=first, feature_names=feature_names
    )


def from_elsewhere(
    networks: Sequence[Network],
    test: Digits,
    class_names: tuple[str, ...],
    *,
    image_shape: tuple[int, int] | None,
    clock: str = "",
    first: int = 0,
    feature_names: tuple[str, ...] = (),
) -> Run:
    """Return the run of networks as if they had been imported, one checkpoint each."""
    last = networks[-1]
    imported = ImportInfo("network.pt", last.layer_sizes, last.hidden, last.output, clock)
    factor = 1 if clock == "epoch" else 100
    times = [{clock: first + number * factor} if clock else {} for number in range(len(networks))]
    states = [
        record_state(network, imported.loss, test, **time) for network, time in zip(networks, times, strict=True)
    ]
    return make_imported_run(
        imported, states, test, image_shape=image_shape, class_names=class_names, feature_names=feature_names
    )


def _tabular(
    names: tuple[str, ...], classes: tuple[str, ...], sizes: tuple[int, ...], hidden: str, *, snapshots: int
) -> Run:
    """Return a run on rows of numbers, some negative and of very different scales, around one centre per class."""
    generator = np.random.default_rng(8)
    middles = generator.random((len(classes), len(names)))
    scale = 10.0 ** generator.integers(-1, 4, len(names))
    shift = generator.random(len(names))

    def rows(count: int) -> Digits:
        labels = np.arange(count) % len(classes)
        values = np.clip(middles[labels] + generator.normal(0, 0.12, (count, len(names))), 0, 1)
        return Digits(values.astype(np.float32)[:, None], labels.astype(np.int64), "flowers")

    training, test = rows(1500), rows(240)
    config = Config(sizes, hidden=hidden, epochs=15, snapshots=snapshots, learning_rate=0.01, batch_size=16)
    run = train(config, training, test)
    networks = []
    for snapshot in run.snapshots:  # fold the scaling into the first layer, so that the run takes unscaled numbers
        network = run.network(snapshot)
        network.biases[0] += network.weights[0] @ shift.astype(np.float32)
        network.weights[0] /= scale.astype(np.float32)
        networks.append(network)
    raw = ((test.images - shift) * scale).astype(np.float32)
    return from_elsewhere(
        networks,
        replace(test, images=raw),
        classes,
        image_shape=None,
        clock="step" if snapshots > 1 else "",
        feature_names=names,
    )


def _padded(digits: Digits) -> Digits:
    return replace(digits, images=np.pad(digits.images, ((0, 0), (0, 1), (1, 0))))
