"""When one reading of a network is better than another, and when examples do not tell."""

from __future__ import annotations

import numpy as np
import pytest

from edgeglow.model.data.digits import Digits
from edgeglow.model.importing.alternatives import AlternativeResult, tried
from edgeglow.model.network.network import Network


def trial(
    right: int, count: int = 1000, *, loss: float = 1.0, first: int = 0, classes: int = 10
) -> AlternativeResult:
    """So many of the examples read right, from the ``first`` on; losses are alike but for a little noise."""
    noise = np.random.default_rng(right + first).normal(0, 0.1, count)
    places = (np.arange(count) - first) % count
    return AlternativeResult("", places < right, loss + noise, loss, classes)


@pytest.mark.parametrize(
    ("better", "worse", "clear"),
    [
        (trial(935), trial(851), True),
        (trial(935), trial(932, first=40), False),  # a near tie: 40 read by either alone
        (trial(900, loss=0.3), trial(900, loss=0.9), True),  # as many right, and far surer
        (trial(900), trial(900), False),
        (trial(150, loss=1.0), trial(80, loss=3.0), False),  # chance alone gives 100
        (trial(14, 20), trial(12, 20, first=4), False),
        (trial(20, 20), trial(4, 20), True),
        (trial(600, classes=2), trial(400, first=600, classes=2), False),  # two of two classes: little learnt
        (trial(900, classes=2), trial(600, classes=2), True),
    ],
)
def test_a_clear_difference(better: AlternativeResult, worse: AlternativeResult, clear: bool) -> None:
    assert better.is_clearly_better(worse) == clear
    assert not worse.is_clearly_better(better)


@pytest.mark.parametrize("output", ["softmax", "sigmoid"])
def test_a_trial_is_what_the_network_answers(output: str) -> None:
    dice = np.random.default_rng(2)
    network = Network((6, 5, 4), "tanh", output).randomise(dice)
    digits = Digits(dice.random((30, 2, 3)).astype(np.float32), dice.integers(0, 4, 30), "made up")
    found = tried("", network, digits)
    answers = network.activations(digits.pixels)[-1]
    np.testing.assert_array_equal(found.right, answers.argmax(axis=1) == digits.labels)
    assert float(found.losses.mean()) == pytest.approx(network.loss(digits.pixels, digits.labels), rel=1e-5)
    assert found.accuracy == pytest.approx(found.right.mean()) and found.classes == 4


def test_numbers_beyond_all_bounds_are_never_better() -> None:
    network = Network((4, 3), "relu", "softmax")
    network.parameters[...] = np.float32(3e38)
    digits = Digits(np.ones((20, 2, 2), np.float32), np.zeros(20, np.int64), "made up")
    vast = tried("", network, digits)
    assert np.all(np.isinf(vast.losses)) and not vast.right.any()
    assert not vast.is_clearly_better(trial(2, 20, classes=3)) and vast.merit < trial(1, 20, classes=3).merit
