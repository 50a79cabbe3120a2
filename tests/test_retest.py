"""The test digits that a run holds: kept without loss, and read again when it is loaded."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edgeglow.model.data.digits import Digits
from edgeglow.model.data.strokes import draw_digits
from edgeglow.model.errors import EdgeglowError
from edgeglow.model.run import answers_validation
from edgeglow.model.run.run import Run
from edgeglow.model.run.storage import as_bytes, to_arrays
from edgeglow.model.run.training_config import Config
from edgeglow.model.training import run_builder
from edgeglow.model.training.loop import train

Pair = tuple[Digits, Digits]
SMALL = Config(layer_sizes=(49, 10), epochs=1, snapshots=2)


def moved(run: Run, label: int, answer: int, count: int = 1) -> np.ndarray:
    """The confusion matrix with digits of ``label`` moved from one wrong answer to another, ``answer``."""
    confusion = run.confusion.copy()
    wrong = [other for other in range(10) if other not in {label, answer} and confusion[label, other]]
    confusion[label, wrong[0]] -= count
    confusion[label, answer] += count
    return confusion


def mistaken(run: Run) -> tuple[int, int]:
    """A label that was mistaken, and another answer that is wrong for it."""
    off = run.confusion * (1 - np.eye(10, dtype=int))
    label, answer = map(int, np.argwhere(off)[0])
    return label, next(other for other in range(10) if other not in {label, answer})


def test_every_test_digit_is_held(tiny_run: Run, digits: Pair) -> None:
    np.testing.assert_array_equal(tiny_run.test_digits.images, digits[1].images)
    np.testing.assert_array_equal(tiny_run.test_digits.labels, digits[1].labels)
    assert digits[1].images.flags.writeable  # the run's are its own
    for array in (tiny_run.test_digits.images, tiny_run.test_digits.labels):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_only_the_first_of_very_many(digits: Pair, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(run_builder, "MOST_HELD", 120)
    monkeypatch.setattr(answers_validation, "MOST_HELD", 120)
    run = train(SMALL, *digits)
    assert (run.test_count, run.confusion.sum(), len(run.test_digits)) == (500, 500, 120)
    run.save(tmp_path / "a.npz")
    np.testing.assert_array_equal(Run.load(tmp_path / "a.npz").test_digits.images, digits[1].images[:120])
    label, wrong = map(int, divmod((run.confusion * (1 - np.eye(10, dtype=int))).argmax(), 10))
    other = next(one for one in range(10) if one not in {label, wrong})
    emptied = run.confusion.copy()  # as many right and wrong as before, but others were mistaken for it
    emptied[other, wrong] += emptied[label, wrong]
    emptied[label, wrong] = 0
    with pytest.raises(EdgeglowError, match="but the last snapshot reads at least"):
        replace(run, confusion=emptied)


def test_counts_that_the_network_does_not_answer(tiny_run: Run) -> None:
    label, answer = mistaken(tiny_run)
    with pytest.raises(EdgeglowError, match=rf"confusion counts \d+ digits that are {label} and read as \d"):
        replace(tiny_run, confusion=moved(tiny_run, label, answer))


def test_other_digits_than_were_tested(tiny_run: Run) -> None:
    images = tiny_run.test_digits.images[::-1].copy()
    with pytest.raises(EdgeglowError, match="but the last snapshot reads"):
        replace(tiny_run, test_digits=replace(tiny_run.test_digits, images=images))


def test_ties_may_turn(digits: Pair) -> None:
    """Of two answers nearer than rounding, either may have been counted, and nothing else."""
    run = train(SMALL, *digits)
    last = run.last
    weights, biases = last.weights[0].copy(), last.biases[0].copy()
    weights[7], biases[7] = weights[4], biases[4]  # whatever is a 4 is a 7 just as much
    network = run.network(replace(last, weights=(weights,), biases=(biases,)))
    answers = network.activations(digits[1].pixels)[-1].argmax(axis=1)
    labels = digits[1].labels
    counts = np.bincount(labels * 10 + answers, minlength=100).reshape(10, 10)
    examples = [one for one in run.examples if one.answer not in {4, 7}]
    kept = [one for one in examples if network.activations(one.pixels[None])[-1].argmax() == one.answer]
    pixels = np.stack([one.pixels for one in kept])
    shots = [replace(shot, activations=tuple(run.network(shot).activations(pixels))) for shot in run.snapshots[:-1]]
    tied = replace(
        last,
        weights=(weights,),
        biases=(biases,),
        activations=tuple(network.activations(pixels)),
        accuracy=float(np.mean(answers == labels)),
    )
    whole = replace(run, snapshots=(*shots, tied), examples=tuple(kept), confusion=counts)
    label = next(i for i in range(10) if i not in {4, 7} and counts[i, 4])
    turned = counts.copy()
    turned[label, 4] -= 1
    turned[label, 7] += 1
    assert replace(whole, confusion=turned).confusion[label, 7] == 1
    beyond = moved(whole, 4, next(i for i in range(10) if i not in {4, 7} and not counts[4, i]))
    with pytest.raises(EdgeglowError, match="confusion counts"):
        replace(whole, confusion=beyond)


def test_bytes_only_where_they_lose_nothing(tiny_run: Run) -> None:
    every = (np.arange(256) / 255).astype(np.float32).reshape(1, 16, 16)
    assert as_bytes(every).dtype == np.uint8
    np.testing.assert_array_equal(as_bytes(every).ravel(), np.arange(256))
    between = every.copy()
    between[0, 3, 3] = np.nextafter(between[0, 3, 3], np.float32(1))
    assert as_bytes(between) is between
    assert to_arrays(tiny_run)["test_images"].dtype == np.float32  # with noise over them


def test_strokes_are_held_as_bytes(tmp_path: Path) -> None:
    training, test = draw_digits(60, seed=1), draw_digits(40, seed=2)
    run = train(Config(epochs=1, snapshots=2), training, test)
    assert to_arrays(run)["test_images"].dtype == np.uint8
    run.save(tmp_path / "a.npz")
    loaded = Run.load(tmp_path / "a.npz")
    assert loaded.digest == run.digest
    np.testing.assert_array_equal(loaded.test_digits.images, test.images)
