"""Training of the convolutional network: it learns, repeats itself exactly, and can be interrupted."""

from __future__ import annotations

import os
from dataclasses import replace

import numpy as np
import pytest

from edgeglow.model.data.digits import Digits
from edgeglow.model.data.mnist import load_mnist
from edgeglow.model.data.strokes import draw_digits
from edgeglow.model.errors import EdgeglowError
from edgeglow.model.network.convolution.network import ConvolutionalNetwork
from edgeglow.model.run.run import Run
from edgeglow.model.training.convolution_loop import (
    ConvolutionConfig,
    add_convolution,
    filters_fit,
    train_convolution,
)
from edgeglow.model.training.progress import Progress

Pair = tuple[Digits, Digits]
SMALL = ConvolutionConfig(counts=(6, 8), side=2, epochs=4, batch_size=32, learning_rate=0.01)
STEPS = 4 * 63  # 2000 digits are 62 batches of 32, and one of 16


def test_it_learns(digits: Pair) -> None:
    network = train_convolution(SMALL, *digits, 10)
    assert network.accuracy > 0.65  # one in ten by chance; these digits are noisy
    assert (network.examples, network.epochs, network.interrupted) == (8000, 4.0, False)
    assert [filters.shape for filters in network.filters] == [(6, 1, 2, 2), (8, 6, 2, 2)]
    answers = network.answers(digits[1].images)
    assert network.accuracy == np.mean(answers.argmax(axis=1) == digits[1].labels)
    own = answers[np.arange(len(answers)), digits[1].labels]
    assert network.loss == pytest.approx(-np.log(own).mean(), rel=1e-4)


def test_same_seed_same_network(digits: Pair) -> None:
    config = replace(SMALL, epochs=1)
    first, second = (train_convolution(config, *digits, 10) for _ in range(2))
    np.testing.assert_array_equal(first.filters[1], second.filters[1])
    np.testing.assert_array_equal(first.weights, second.weights)
    assert (first.accuracy, first.loss) == (second.accuracy, second.loss)
    assert not np.array_equal(train_convolution(replace(config, seed=1), *digits, 10).weights, first.weights)


def test_reports_change_nothing(digits: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edgeglow.model.training.convolution_loop.REPORT_SECONDS", 0.0)
    reports: list[Progress] = []
    told = train_convolution(SMALL, *digits, 10, report=reports.append)
    assert [progress.step for progress in reports] == list(range(1, STEPS + 1))
    assert {progress.steps for progress in reports} == {STEPS}
    assert reports[62].epoch == 1.0 and reports[-1].epoch == 4.0
    assert reports[-1].loss < reports[0].loss and reports[-1].accuracy > reports[0].accuracy
    np.testing.assert_array_equal(told.weights, train_convolution(SMALL, *digits, 10).weights)


def interrupted(digits: Pair, at: int, monkeypatch: pytest.MonkeyPatch) -> ConvolutionalNetwork:
    monkeypatch.setattr("edgeglow.model.training.convolution_loop.REPORT_SECONDS", 0.0)

    def interrupt(progress: Progress) -> None:
        if progress.step == at:
            raise KeyboardInterrupt

    return train_convolution(SMALL, *digits, 10, report=interrupt)


def test_interrupt_keeps_what_was_learnt(digits: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    network = interrupted(digits, 70, monkeypatch)
    assert network.interrupted and network.examples == 2000 + 7 * 32
    assert network.epochs == network.examples / 2000
    assert not interrupted(digits, STEPS, monkeypatch).interrupted


def test_interrupt_before_the_first_step_goes_on(digits: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("edgeglow.model.training.convolution_loop._ConvolutionTraining.learn_batch", interrupt)
    with pytest.raises(KeyboardInterrupt):
        train_convolution(SMALL, *digits, 10)


@pytest.mark.filterwarnings("error")
def test_divergence_is_stopped(digits: Pair) -> None:
    with pytest.raises(EdgeglowError, match=r"diverged at step \d of 252; lower its learning rate .*1e\+30"):
        train_convolution(replace(SMALL, learning_rate=1e30), *digits, 10)


def test_images_that_are_too_small(digits: Pair, tiny_run: Run) -> None:
    assert add_convolution(tiny_run, *digits) is tiny_run
    assert filters_fit((16, 17)) and not filters_fit((15, 28))
    with pytest.raises(EdgeglowError, match="images of 7×7 are too small for 2 layers of 5×5 filters"):
        train_convolution(ConvolutionConfig(), *digits, 10)


def test_digits_that_do_not_fit(digits: Pair) -> None:
    training, test = digits
    wide = Digits(test.images.reshape(-1, 7, 7)[:, :, :6], test.labels, "segments")
    with pytest.raises(EdgeglowError, match="the test digits have 7×6 = 42 pixels"):
        train_convolution(SMALL, training, wide, 10)
    with pytest.raises(EdgeglowError, match="the training digits have label 9"):
        train_convolution(SMALL, training, test, 9)
    short = Digits(np.zeros((4, 8, 7), np.float32), np.zeros(4, np.int64), "x")
    tall = Digits(np.zeros((4, 7, 8), np.float32), np.zeros(4, np.int64), "x")
    with pytest.raises(EdgeglowError, match=r"test digits have shape \(7, 8\), but the training"):
        train_convolution(replace(SMALL, side=2), short, tall, 10)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"counts": ()}, "without filters"),
        ({"counts": (8, 0)}, "number of filters 0"),
        ({"side": 0}, "filter side 0"),
        ({"epochs": 0}, "epochs 0"),
        ({"batch_size": 2.5}, "batch size 2.5"),
        ({"seed": -1}, "seed -1"),
        ({"learning_rate": float("nan")}, "learning rate nan"),
    ],
)
def test_configurations_that_cannot_be(changes: dict[str, object], message: str) -> None:
    with pytest.raises(EdgeglowError, match=message):
        replace(SMALL, **changes)  # type: ignore[arg-type]


def test_the_usual_one_reads_strokes() -> None:
    network = train_convolution(ConvolutionConfig(epochs=2), draw_digits(3000, 1), draw_digits(500, 2), 10)
    assert network.accuracy > 0.85


@pytest.mark.slow
@pytest.mark.skipif("MNIST_DIR" not in os.environ, reason="MNIST_DIR names no folder with the MNIST files")
def test_the_usual_one_reads_mnist() -> None:
    training, test = load_mnist()
    network = train_convolution(ConvolutionConfig(), training, test, 10)
    assert network.accuracy >= 0.98
    assert network.accuracy == np.mean(network.answers(test.images).argmax(axis=1) == test.labels)
