"""Small runs of every kind that a film may show, trained in seconds, to play the chapters with."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
from conftest import segment_digits

from edgeglow.model.data.digits import Digits
from edgeglow.model.data.strokes import draw_digits
from edgeglow.model.run.run import Run
from edgeglow.model.run.training_config import Config
from edgeglow.model.training.convolution_loop import ConvolutionConfig, add_convolution
from edgeglow.model.training.loop import train

NAMES = ("usual", "tiny", "flat", "relu", "deep", "contrary", "wide", "many")


@cache
def make_run(name: str) -> Run:
    """Return one of ``NAMES``: see the functions of those names below."""
    run: Run = globals()[f"_{name}"]()
    return run


def _usual() -> Run:
    """Return a run of 784-16-16-10 on strokes, with a convolutional network: the shape of the default film."""
    digits = draw_digits(1500, seed=3), draw_digits(300, seed=4)
    run = train(Config(epochs=5, snapshots=7), *digits)
    return add_convolution(run, *digits, ConvolutionConfig(epochs=1, batch_size=16))


def _tiny() -> Run:
    """Return a run with two small hidden layers, sigmoid and softmax, and a convolution with few, small filters."""
    config = Config(layer_sizes=(49, 7, 5, 10), batch_size=16, epochs=15, snapshots=6, learning_rate=0.03)
    digits = _segments(2000, 1), _segments(500, 2)
    filters = ConvolutionConfig(counts=(4, 6), side=2, epochs=6, batch_size=16, learning_rate=0.01)
    return replace(add_convolution(train(config, *digits), *digits, filters), source="strokes")


def _flat() -> Run:
    """Return a run without a hidden layer."""
    config = Config(layer_sizes=(49, 10), epochs=3, snapshots=3, optimiser="sgd")
    return train(config, _segments(2000, 1), _segments(500, 2))


def _relu() -> Run:
    """Return a run with one hidden layer of unbounded activations, and only two snapshots."""
    config = Config(layer_sizes=(49, 12, 10), hidden="relu", epochs=6, snapshots=2, learning_rate=0.01)
    return train(config, _segments(2000, 1), _segments(500, 2))


def _deep() -> Run:
    """Return a run with four hidden layers, tanh, three classes, and high pictures; no hard or wrong examples."""
    config = Config(layer_sizes=(35, 9, 8, 7, 6, 3), hidden="tanh", epochs=10, snapshots=4)
    test = _segments(20, 2, classes=3, shape=(7, 5), noise=0.0)
    return train(config, _segments(2000, 1, classes=3, shape=(7, 5), noise=0.1), test.head(3))


def _contrary() -> Run:
    """Return a run tested on wrong labels, so that no digit is read right; pictures wider than high."""
    config = Config(layer_sizes=(35, 6, 3), epochs=15, snapshots=2, learning_rate=0.02)
    training = _segments(1000, 1, classes=3, shape=(5, 7), noise=0.1)
    test = _segments(300, 2, classes=3, shape=(5, 7), noise=0.1)
    return train(config, training, Digits(test.images, (test.labels + 1) % 3, test.source))


def _wide() -> Run:
    """Return a run with more hidden neurons than fit, tanh, and outputs that do not add up to 1."""
    sizes = {"layer_sizes": (49, 40, 8, 10), "hidden": "tanh", "output": "sigmoid", "loss": "squared"}
    config = Config(**sizes, epochs=12, snapshots=5)  # type: ignore[arg-type]
    return train(config, _segments(2000, 1), _segments(500, 2))


def _many() -> Run:
    """Return a run with twenty classes, and more neurons than fit in every layer."""
    config = Config(layer_sizes=(49, 30, 24, 20), hidden="relu", epochs=10, snapshots=5, seed=5)
    return train(config, _segments(2000, 1, classes=20), _segments(500, 2, classes=20))


def _segments(
    count: int, seed: int, *, classes: int = 10, shape: tuple[int, int] = (7, 7), noise: float = 0.3
) -> Digits:
    """Return digits of a seven-segment display; classes from 10 on are inverted digits."""
    digits = segment_digits(count, seed, noise)
    images, labels = digits.images[:, : shape[0], : shape[1]], digits.labels
    if classes > 10:
        turned = np.arange(count) % 2 == 1
        images = np.where(turned[:, None, None], 1 - images, images)
        labels = labels + 10 * turned
    wanted = labels < classes
    return Digits(np.ascontiguousarray(images[wanted]), labels[wanted], digits.source)
