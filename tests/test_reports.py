"""What is told of runs: of those trained here, and of networks that came from elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from abroad import NAMES, from_elsewhere, make_abroad
from casts import make_run
from conftest import segment_digits
from test_cli import call

from edgeglow.command.reports import describe, describe_text, score
from edgeglow.model.data.digits import Digits
from edgeglow.model.errors import EdgeglowError
from edgeglow.model.network.network import Network

FILE = Path("my.npz")


@pytest.mark.parametrize("name", NAMES)
def test_every_run_can_be_told_of(name: str, tmp_path: Path) -> None:
    run = make_abroad(name)
    run.save(tmp_path / "run.npz")
    done = call("info", tmp_path / "run.npz")
    assert done.exit_code == 0, done.output
    assert done.stdout == describe_text(describe(run, tmp_path / "run.npz")) + "\n"
    assert f"{run.parameters:,} weights and biases" in done.stdout
    assert f"\n{run.subject:<9} {run.source}, " in done.stdout
    assert f"{run.accuracy:.2%} of the test {run.subject}" in done.stdout
    assert (run.imported is None) == ("elsewhere" not in done.stdout)


def test_an_imported_run_is_scored_as_any_other() -> None:
    run, digits = make_abroad("single"), make_abroad("single").test_digits
    answers = run.network().activations(digits.pixels)[-1].argmax(axis=1)
    assert score(run, digits, FILE)["right"] == int((answers == digits.labels).sum()) > 0


def test_classes_may_be_in_any_order() -> None:
    """The same network with its outputs the other way round, and named so, reads as many digits right."""
    run = make_run("tiny")
    digits = segment_digits(300, seed=5)
    last = run.last
    turned = Network.of(
        (*last.weights[:-1], last.weights[-1][::-1].copy()),
        (*last.biases[:-1], last.biases[-1][::-1].copy()),
        run.hidden,
        run.output,
    )
    test = Digits(digits.images, 9 - digits.labels, "segments")
    other = from_elsewhere([turned], test, tuple("9876543210"), image_shape=(7, 7))
    assert score(other, digits, FILE)["right"] == score(run, digits, FILE)["right"] > 30


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("rows", "^my.npz: reads rows, expected a network that reads digits$"),
        ("letters", "^my.npz: reads pictures, expected a network that reads digits$"),
        ("single", "^my.npz: reads digits of 8×8 pixels, but these have 7×7$"),
    ],
)
def test_what_reads_something_else_is_not_scored(name: str, message: str) -> None:
    with pytest.raises(EdgeglowError, match=message):
        score(make_abroad(name), segment_digits(20, seed=5), FILE)
