"""The convolutional network on the command line: trained with the other, told of, and left out or cut short."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

import edgeglow.command.train
import edgeglow.render
from edgeglow.command.train import load_or_train
from edgeglow.film.progress_bar import ProgressBar
from edgeglow.model.data.digits import Digits
from edgeglow.model.run.run import Run
from edgeglow.model.run.training_config import Config
from edgeglow.model.training.default_run import default_run

Pair = tuple[Digits, Digits]
TRAIN = ("train", "--layers", "441-6-10", "--epochs", "2", "--snapshots", "3")
FACTS = {"filters": [8, 16], "side": 5, "epochs": 3.0, "interrupted": False}


def call(*args: object) -> Result:
    return CliRunner().invoke(edgeglow.render.main, [str(arg) for arg in args])


@pytest.fixture
def large_digits(monkeypatch: pytest.MonkeyPatch, digits: Pair) -> Pair:
    """Every source gives the small digits three times as large, for which the usual filters are not too big."""
    training, test = (
        Digits(np.kron(some.images, np.ones((1, 3, 3), np.float32)), some.labels, some.source) for some in digits
    )
    pair = training.head(300), test.head(100)
    monkeypatch.setattr(edgeglow.command.train, "load_digits", lambda *args, **kwargs: pair)
    return pair


def interrupt_at(monkeypatch: pytest.MonkeyPatch, texts: list[str], text: str, reports: int) -> None:
    """Ctrl-C once the bar counts towards ``text`` and has been told so often; ``texts`` gets all of them."""
    monkeypatch.setattr("edgeglow.model.training.loop.REPORT_SECONDS", 0.0)
    monkeypatch.setattr("edgeglow.model.training.convolution_loop.REPORT_SECONDS", 0.0)
    seen = 0

    def update(bar: ProgressBar, done: float, note: str = "") -> None:
        nonlocal seen
        seen += texts[-1] == text
        if seen > reports:
            raise KeyboardInterrupt

    monkeypatch.setattr(ProgressBar, "begin", lambda bar, name, total=None: texts.append(name))
    monkeypatch.setattr(ProgressBar, "update", update)


def test_both_are_trained(large_digits: Pair, tmp_path: Path) -> None:
    path = tmp_path / "run.npz"
    done = call(*TRAIN, "-o", path)
    assert done.exit_code == 0, done.output
    assert "filters   8-16 of 5×5 in a convolutional network; 4,074 weights and biases; 3 epochs; " in done.stdout
    assert not done.stderr
    network = Run.load(path).convolution
    assert network is not None and network.examples == 900
    facts = json.loads(call("info", path, "--json").stdout)["convolution"]
    measured = {"accuracy": network.accuracy, "test_loss": network.loss, "parameters": network.parameters}
    assert facts == FACTS | measured
    assert f"{network.accuracy:.2%} of the test digits" in call("info", path).stdout


def test_it_can_be_left_out(large_digits: Pair, tmp_path: Path) -> None:
    path = tmp_path / "run.npz"
    done = call(*TRAIN, "--no-convolution", "-o", path)
    assert done.exit_code == 0 and not done.stderr
    assert Run.load(path).convolution is None
    assert "filters   none: no convolutional network" in done.stdout
    assert json.loads(call("info", path, "--json").stdout)["convolution"] is None


def test_small_images_have_none(monkeypatch: pytest.MonkeyPatch, digits: Pair, tmp_path: Path) -> None:
    monkeypatch.setattr(edgeglow.command.train, "load_digits", lambda *args, **kwargs: digits)
    done = call("train", "--layers", "49-6-10", "--epochs", "1", "-o", tmp_path / "run.npz")
    assert done.exit_code == 0 and not done.stderr
    assert Run.load(tmp_path / "run.npz").convolution is None


def test_an_interrupt_keeps_what_the_second_has_learnt(
    large_digits: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts: list[str] = []
    interrupt_at(monkeypatch, texts, "training the convolutional network", 7)
    done = call(*TRAIN, "-o", tmp_path / "run.npz")
    assert done.exit_code == 0, done.output
    run = Run.load(tmp_path / "run.npz")
    assert texts[-2:] == ["training", "training the convolutional network"]
    assert not run.interrupted and run.last.epoch == 2
    assert run.convolution is not None and run.convolution.interrupted
    assert run.convolution.examples == 300 + 64 * 3  # an epoch is five steps, and this was in the eighth
    assert "1.64 epochs, stopped early" in done.stdout
    assert done.stderr == "The convolutional network was stopped early, after 1.6 epochs.\n"


def test_an_interrupt_before_the_second_has_begun(
    large_digits: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("edgeglow.model.training.convolution_loop._ConvolutionTraining.learn_batch", interrupt)
    done = call(*TRAIN, "-o", tmp_path / "run.npz")
    assert done.exit_code == 0, done.output
    run = Run.load(tmp_path / "run.npz")
    assert run.convolution is None and not run.interrupted
    assert done.stderr == "There is no convolutional network: the training was stopped before.\n"


def test_an_interrupt_of_the_first_begins_no_second(
    large_digits: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts: list[str] = []
    interrupt_at(monkeypatch, texts, "training", 3)
    done = call(*TRAIN, "-o", tmp_path / "run.npz")
    assert done.exit_code == 0, done.output
    run = Run.load(tmp_path / "run.npz")
    assert run.interrupted and run.convolution is None and "training" in texts[-1:]
    assert "There is no convolutional network" in done.stderr


@pytest.mark.parametrize("when", ["training", "training the convolutional network"])
def test_half_a_default_training_is_not_kept(
    when: str, large_digits: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither with half of it nor without: every later film would show it."""
    _small_default(monkeypatch)
    interrupt_at(monkeypatch, [], when, 1)
    path = tmp_path / "default.npz"
    with pytest.raises(KeyboardInterrupt):
        load_or_train(path, path, ProgressBar("test"))
    assert not path.exists()


def test_the_default_run_has_one(large_digits: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _small_default(monkeypatch)
    monkeypatch.setattr("edgeglow.model.training.default_run.stroke_digits", lambda: large_digits)
    first, second = tmp_path / "a.npz", tmp_path / "b.npz"
    run = load_or_train(first, first, ProgressBar("test"), seed=0)
    assert run.convolution is not None and Run.load(first).digest == run.digest
    assert default_run(second).digest == run.digest == default_run(second).digest


def _small_default(monkeypatch: pytest.MonkeyPatch) -> None:
    class Small(Config):
        def __init__(self, seed: int = 0) -> None:
            super().__init__(layer_sizes=(441, 6, 10), epochs=2, snapshots=3, seed=seed)

    monkeypatch.setattr(edgeglow.command.train, "Config", Small)
    monkeypatch.setattr("edgeglow.model.training.default_run.Config", Small)
