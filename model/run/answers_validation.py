"""Verify that the counts in a run match its network's answers to the test digits it holds."""

from __future__ import annotations

import numpy as np

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.run.run_data import RunData
from edgeglow.model.run.value_checks import check_array, check_range

MOST_HELD = 10_000  # test digits in a run, at most: as many as MNIST has

# Outputs that differ by less than this are a tie: which of them is the largest depends on rounding, and so on the
# machine.
TIE = 1e-5


def check_test_digits(run: RunData) -> None:
    """Check that the test digits fit the network, and that their number is right. Raises EdgeglowError."""
    images, labels, classes = run.test_digits.images, run.test_digits.labels, run.layer_sizes[-1]
    held = min(run.test_count, MOST_HELD)
    shape = run.image_shape or (1, run.layer_sizes[0])
    because = f"{held:,} of the {run.test_count:,} test digits are held, of {'×'.join(map(str, shape))}"
    check_array(images, "test_images", (held, *shape), because)
    if run.image_shape is not None:
        check_range(images, "test_images")
    check_array(labels, "test_labels", (held,), f"there are {held:,} test digits", "int64")
    if labels.min() < 0 or labels.max() >= classes:
        raise EdgeglowError(f"test_labels holds {labels.min()} to {labels.max()}, expected 0 to {classes - 1}")


def check_confusion(run: RunData) -> None:
    """Check that the confusion matrix counts the last snapshot's answers. Raises EdgeglowError."""
    classes = run.layer_sizes[-1]
    check_array(run.confusion, "confusion", (classes, classes), f"there are {classes} classes", "int64")
    if run.confusion.min() < 0:
        raise EdgeglowError(f"confusion holds {run.confusion.min()}, expected counts")
    if (total := int(run.confusion.sum())) != run.test_count:
        raise EdgeglowError(f"confusion counts {total:,} digits, but there are {run.test_count:,} test digits")
    share = np.trace(run.confusion) / run.test_count
    if abs(share - run.accuracy) > 1e-9:
        raise EdgeglowError(
            f"confusion counts {share:.4%} right answers, but the last snapshot's accuracy is {run.accuracy:.4%}"
        )
    _check_counts(run)


def top_answers(answers: np.ndarray) -> np.ndarray:
    """Return which answers have their digit's largest output, or are within TIE of it: bool (digits, classes)."""
    return answers >= answers.max(axis=1, keepdims=True) - TIE


def _check_counts(run: RunData) -> None:
    """Check that the held digits' answers are among those counted, and are all of them if all are held."""
    labels, classes = run.test_digits.labels, run.layer_sizes[-1]
    with np.errstate(over="ignore", invalid="ignore"):
        answers = run.network().activations(run.test_digits.pixels)[-1]
    candidates = top_answers(answers)
    tied = candidates.sum(axis=1) > 1
    least = _count(labels[~tied], answers[~tied].argmax(axis=1), classes)
    most = least.copy()
    np.add.at(most, labels[tied], candidates[tied])
    whole = len(labels) == run.test_count
    rows = np.bincount(labels, minlength=classes)
    wrong = run.confusion < least
    if whole:
        wrong |= (run.confusion > most) | (run.confusion.sum(axis=1) != rows)[:, None]
    if wrong.any():
        label, answer = map(int, np.argwhere(wrong)[0])
        raise EdgeglowError(
            f"confusion counts {run.confusion[label, answer]:,} digits that are {label} and read as {answer},"
            f" but the last snapshot reads {'' if whole else 'at least '}{least[label, answer]:,} so"
        )


def _count(labels: np.ndarray, answers: np.ndarray, classes: int) -> np.ndarray:
    """Return the number of digits with each label (row) and answer (column): int64 (classes, classes)."""
    counts = np.bincount(labels * classes + answers, minlength=classes**2)
    return counts.reshape(classes, classes).astype(np.int64)
