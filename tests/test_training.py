"""The training loop: it learns, repeats itself exactly, can be interrupted, and stops when it diverges."""

from __future__ import annotations

import itertools
import os

import numpy as np
import pytest

from edgeglow.model.data.digits import Digits
from edgeglow.model.data.mnist import load_mnist
from edgeglow.model.errors import EdgeglowError
from edgeglow.model.network.activation_functions import LOSSES, OUTPUTS
from edgeglow.model.network.activations import HIDDEN
from edgeglow.model.network.network import Network
from edgeglow.model.run.run import Run
from edgeglow.model.run.training_config import Config
from edgeglow.model.training.loop import Progress, train

Pair = tuple[Digits, Digits]
SMALL = Config(layer_sizes=(49, 12, 10), epochs=4, snapshots=5, learning_rate=0.02)


def small(**changes: object) -> Config:
    return Config(**(SMALL.to_json() | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("hidden", "output", "loss", "optimiser"), list(itertools.product(HIDDEN, OUTPUTS, LOSSES, ("adam", "sgd")))
)
def test_every_kind_learns(hidden: str, output: str, loss: str, optimiser: str, digits: Pair) -> None:
    kind = {"hidden": hidden, "output": output, "loss": loss, "optimiser": optimiser}
    pace = {"learning_rate": 0.02, "epochs": 12}
    if optimiser == "sgd":
        pace = {"learning_rate": 0.05, "epochs": 16, "batch_size": 16}
    run = train(small(layer_sizes=(49, 20, 10), **kind, **pace), *digits)
    assert run.first.accuracy < 0.3
    assert run.accuracy > 0.7
    assert run.last.loss < 0.75 * run.first.loss
    assert run.curve_losses[-1] < 0.75 * run.curve_losses[0]


def test_same_seed_same_run(digits: Pair) -> None:
    first, second = train(SMALL, *digits), train(SMALL, *digits)
    assert first.digest == second.digest
    for one, other in zip(first.snapshots, second.snapshots, strict=True):
        for mine, yours in zip(one.weights + one.biases, other.weights + other.biases, strict=True):
            np.testing.assert_array_equal(mine, yours)
    assert train(small(seed=1), *digits).digest != first.digest


def test_looking_and_reporting_change_nothing(digits: Pair) -> None:
    few = train(small(snapshots=2), *digits)
    many = train(small(snapshots=40), *digits, report=lambda progress: None)
    np.testing.assert_array_equal(few.last.weights[0], many.last.weights[0])


def test_snapshots_say_what_their_weights_do(digits: Pair) -> None:
    training, test = digits
    run = train(SMALL, training, test)
    assert run.first.step == 0 and run.first.examples == 0
    assert run.last.step == 4 * 63 and run.last.epoch == 4.0  # 2000 digits are 62 batches of 32, and one of 16
    assert run.last.examples == 8000
    for snapshot in run.snapshots:
        network = run.network(snapshot)
        answers = network.activations(test.pixels)[-1].argmax(axis=1)
        assert snapshot.accuracy == np.mean(answers == test.labels)
        assert snapshot.loss == pytest.approx(network.loss(test.pixels, test.labels), rel=1e-6)
    for label, answer in itertools.product(range(10), range(10)):
        assert run.confusion[label, answer] == np.sum((test.labels == label) & (answers == answer))


def test_curve_averages_every_batch_once(digits: Pair) -> None:
    """With a rate so small that nothing changes, the points must average to the network's own loss."""
    run = train(small(learning_rate=1e-12, epochs=1), *digits)
    shares = np.diff(run.curve_examples, prepend=0)
    assert shares.sum() == len(digits[0])
    pixels, labels = digits[0].pixels, digits[0].labels
    assert shares @ run.curve_losses / shares.sum() == pytest.approx(run.network().loss(pixels, labels), rel=1e-5)
    answers = run.network().activations(pixels)[-1].argmax(axis=1)
    assert shares @ run.curve_accuracies / shares.sum() == pytest.approx(np.mean(answers == labels))


def test_one_step_of_plain_descent(digits: Pair) -> None:
    """A batch of all digits, one step, no momentum: weights minus rate times gradient."""
    training, test = digits
    config = small(optimiser="sgd", momentum=0.0, batch_size=5000, epochs=1, learning_rate=0.5)
    run = train(config, training, test)
    assert [snapshot.step for snapshot in run.snapshots] == [0, 1]
    gradients = run.network(run.first).gradients(training.pixels, training.labels)
    for before, after, slope in zip(run.first.weights, run.last.weights, gradients.weights, strict=True):
        np.testing.assert_allclose(after, before - 0.5 * slope, atol=1e-6)


def test_no_hidden_layer_and_deep_networks(digits: Pair) -> None:
    assert train(small(layer_sizes=(49, 10)), *digits).accuracy > 0.7
    assert train(small(layer_sizes=(49, 12, 11, 10, 10), hidden="relu"), *digits).accuracy > 0.5


def test_reports(digits: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edgeglow.model.training.loop.REPORT_SECONDS", 0.0)
    reports: list[Progress] = []
    train(small(epochs=2), *digits, report=reports.append)
    assert [progress.step for progress in reports] == list(range(1, 127))
    assert {progress.steps for progress in reports} == {126}
    assert reports[62].epoch == 1.0 and reports[-1].epoch == 2.0
    assert reports[-1].loss < reports[0].loss and reports[-1].accuracy > reports[0].accuracy


def test_reports_are_modest(digits: Pair) -> None:
    reports: list[Progress] = []
    train(SMALL, *digits, report=reports.append)  # 252 steps, far less than a second
    assert 1 <= len(reports) < 50 and reports[-1].step == 252


def interrupted_run(digits: Pair, at: int, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr("edgeglow.model.training.loop.REPORT_SECONDS", 0.0)

    def interrupt(progress: Progress) -> None:
        if progress.step == at:
            raise KeyboardInterrupt

    return train(SMALL, *digits, report=interrupt)


@pytest.mark.parametrize("at", [1, 77, 251])
def test_interrupt_keeps_what_was_learnt(at: int, digits: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    run = interrupted_run(digits, at, monkeypatch)
    assert run.interrupted and run.last.step == at
    whole = train(SMALL, *digits)
    assert not whole.interrupted
    shared = [snapshot.step for snapshot in whole.snapshots if snapshot.step < at]
    assert [snapshot.step for snapshot in run.snapshots] == [*shared, at]
    assert run.curve_examples[-1] == run.last.examples
    np.testing.assert_array_equal(run.first.weights[0], whole.first.weights[0])


def test_interrupt_after_the_last_step_is_none(digits: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    run = interrupted_run(digits, 252, monkeypatch)
    assert not run.interrupted and run.digest == train(SMALL, *digits).digest


def test_interrupt_before_the_first_step_goes_on(digits: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("edgeglow.model.training.loop._TrainingLoop.learn_batch", interrupt)
    with pytest.raises(KeyboardInterrupt):
        train(SMALL, *digits)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("hidden", HIDDEN)
def test_divergence_is_stopped_early(hidden: str, digits: Pair) -> None:
    config = small(hidden=hidden, optimiser="sgd", learning_rate=1e30, decay=False)
    with pytest.raises(EdgeglowError, match=r"diverged: .* at step \d of 252; lower --learning-rate .*1e\+30"):
        train(config, *digits)


def test_decay_brings_the_network_to_rest(digits: Pair) -> None:
    def last_move(decay: bool) -> float:
        run = train(small(decay=decay, snapshots=253), *digits)
        return float(np.abs(run.last.weights[0] - run.snapshots[-2].weights[0]).max())

    assert last_move(True) < 0.05 * last_move(False)


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (np.zeros((0, 7, 7)), np.zeros(0), "there are no training digits"),
        (np.zeros((2, 7, 8)), np.zeros(2), "7×8 = 56 pixels, but layer 0 has 49 .* first layer size 56"),
        (np.zeros((2, 7, 7)), np.array([0, 10]), "label 10, but the last layer has 10 neurons"),
        (np.zeros((2, 7, 7)), np.array([0, -1]), "label -1"),
        (np.full((2, 7, 7), 255.0), np.zeros(2), "outside 0 to 1; divide bytes by 255"),
        (np.full((2, 7, 7), np.nan), np.zeros(2), "outside 0 to 1"),
    ],
)
def test_digits_that_do_not_fit(images: np.ndarray, labels: np.ndarray, message: str, digits: Pair) -> None:
    bad = Digits(images.astype(np.float32), labels.astype(np.int64), "segments")
    with pytest.raises(EdgeglowError, match=message):
        train(SMALL, bad, digits[1])


def test_a_new_network_knows_nothing() -> None:
    answers = Network((49, 10)).activations(np.ones((1, 49)))[-1]
    np.testing.assert_allclose(answers, 0.1, rtol=1e-6)


@pytest.mark.slow
@pytest.mark.skipif("MNIST_DIR" not in os.environ, reason="MNIST_DIR names no folder with the MNIST files")
def test_defaults_read_mnist() -> None:
    run = train(Config(), *load_mnist())
    assert run.accuracy >= 0.94
    assert {example.label for example in run.examples if example.kind == "right"} == set(range(10))
    assert [example.kind for example in run.examples].count("wrong") >= 3
