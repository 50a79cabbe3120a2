"""Choosing which test digits to show: clear ones, hard ones, and mistakes."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

HARD = 4
WRONG = 4


def choose_examples(pixels: np.ndarray, labels: np.ndarray, answers: np.ndarray) -> list[tuple[int, str]]:
    """Indices of the digits to show, each with its kind: "right" by class, then "hard", then "wrong".

    ``pixels`` is (digits, inputs), ``labels`` (digits,), and ``answers`` (digits, classes) the last layer's
    activations. The choice depends on nothing else, so the same network always shows the same digits. A class
    that is never read right has no "right" digit.
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
    """Of the class's digits that are read right, and surely, the one most like the class's mean.

    Likeness alone would choose the fattest pen, which covers most of a mean: so only digits with about as
    much ink as is usual in their class are looked at.
    """
    mean = pixels[own].mean(axis=0)
    candidates = np.flatnonzero(own & right)
    candidates = _lowest(candidates, -answers[candidates], 0.5)
    ink = pixels[candidates].sum(axis=1)
    candidates = _lowest(candidates, np.abs(ink - np.median(pixels[own].sum(axis=1))), 0.25)
    lengths = np.sqrt((pixels[candidates] ** 2).sum(axis=1)) + 1e-12  # a blank picture has no length
    return int(candidates[np.argmax(pixels[candidates] @ mean / lengths)])


def _plain_mistakes(answers: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """All digits, those first whose mistake is plainest: a clear answer, three quarters sure as against the true
    one. The surest mistakes of all are mostly scrawls that people would misread as well.
    """
    digits = np.arange(len(labels))
    best, true = answers.max(axis=1), answers[digits, labels]
    return np.argsort(np.abs(best / np.maximum(best + true, 1e-12) - 0.75), kind="stable")


def _lowest(indices: np.ndarray, values: np.ndarray, share: float) -> np.ndarray:
    """This share of the indices, at least one: those with the lowest values."""
    return indices[np.sort(np.argsort(values, kind="stable")[: max(1, round(share * len(indices)))])]


def _varied(ranked: Iterable[int], labels: np.ndarray, count: int) -> list[int]:
    """The first ``count`` of the ranked digits, at most one of a class as long as there are other classes."""
    firsts: list[int] = []
    others: list[int] = []
    seen: set[int] = set()
    for index in ranked:
        label = int(labels[index])
        (others if label in seen else firsts).append(index)
        seen.add(label)
    return (firsts + others)[:count]
