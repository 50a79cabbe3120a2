"""Choose the test digits to show: clear ones, hard ones, and mistakes."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

HARD = 4
WRONG = 4


def choose_examples(pixels: np.ndarray, labels: np.ndarray, answers: np.ndarray) -> list[tuple[int, str]]:
    """Return the indices of the digits to show, each with its kind: "right" by class, then "hard", then "wrong".

    ``pixels`` is (digits, inputs), ``labels`` (digits,), and ``answers`` (digits, classes) are the last layer's
    activations. The choice depends on nothing else, so the same network always shows the same digits. A class that is
    never read right has no "right" digit.
    """
    tops = answers.argmax(axis=1)
    right = tops == labels
    chosen = [
        (_clearest(pixels, answers[:, digit], labels == digit, right), "right")
        for digit in range(answers.shape[1])
        if np.any(right & (labels == digit))
    ]
    taken = {index for index, _ in chosen}
    margins = answers.max(axis=1) - np.partition(answers, -2, axis=1)[:, -2]
    hard = (int(i) for i in np.argsort(margins, kind="stable") if right[i] and int(i) not in taken)
    chosen += [(index, "hard") for index in _varied(hard, labels, HARD)]
    wrong = (int(i) for i in _plain_mistakes(answers, labels) if not right[i])
    chosen += [(index, "wrong") for index in _varied(wrong, labels, WRONG)]
    return chosen


def _clearest(pixels: np.ndarray, answers: np.ndarray, own: np.ndarray, right: np.ndarray) -> int:
    """Return the digit most like its class's mean among those read right with confidence.

    Similarity alone would choose the thickest pen, which covers most of a mean. So only digits with about the usual
    amount of ink of their class are considered.
    """
    mean = pixels[own].mean(axis=0)
    candidates = np.flatnonzero(own & right)
    candidates = _lowest(candidates, -answers[candidates], 0.5)
    ink = pixels[candidates].sum(axis=1)
    candidates = _lowest(candidates, np.abs(ink - np.median(pixels[own].sum(axis=1))), 0.25)
    lengths = np.sqrt((pixels[candidates] ** 2).sum(axis=1)) + 1e-12  # not 0 for a blank picture
    return int(candidates[np.argmax(pixels[candidates] @ mean / lengths)])


def _plain_mistakes(answers: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Sort all digits so that the clearest mistakes come first.

    The best answer has about three quarters of the sum of its own and the true class's activation. The most confident
    mistakes are mostly scribbles that people would misread too.
    """
    digits = np.arange(len(labels))
    best, true = answers.max(axis=1), answers[digits, labels]
    return np.argsort(np.abs(best / np.maximum(best + true, 1e-12) - 0.75), kind="stable")


def _lowest(indices: np.ndarray, values: np.ndarray, share: float) -> np.ndarray:
    """Return the indices with the lowest values: this share of them, at least one."""
    return indices[np.sort(np.argsort(values, kind="stable")[: max(1, round(share * len(indices)))])]


def _varied(ranked: Iterable[int], labels: np.ndarray, count: int) -> list[int]:
    """Return the first ``count`` ranked digits, one per class as long as there are other classes."""
    firsts: list[int] = []
    others: list[int] = []
    seen: set[int] = set()
    for index in ranked:
        label = int(labels[index])
        (others if label in seen else firsts).append(index)
        seen.add(label)
    return (firsts + others)[:count]
