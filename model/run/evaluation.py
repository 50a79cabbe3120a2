"""The evaluation of a trained network on its test digits: its accuracy and its mistakes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from edgeglow.model.data.digits import Digits
from edgeglow.model.run.run import Run


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The last snapshot's outputs for the test digits that a run holds.

    ``outputs`` (digits, classes) are the last layer's activations; ``answers`` (digits,) is the class of the largest
    activation of each digit.
    """

    digits: Digits
    outputs: np.ndarray

    @classmethod
    def of(cls, run: Run) -> Evaluation:
        digits = run.test_digits
        return cls(digits, run.network().activations(digits.pixels)[-1])

    @cached_property
    def answers(self) -> np.ndarray:
        return self.outputs.argmax(axis=1)

    @cached_property
    def confidences(self) -> np.ndarray:
        """The activation of each answer, (digits,)."""
        return self.outputs.max(axis=1)

    @property
    def right(self) -> int:
        """The number of digits read right."""
        return int(np.count_nonzero(self.answers == self.digits.labels))

    def counts(self, read: int | None = None) -> np.ndarray:
        """Count the digits of each label (row) and answer (column): int64 (classes, classes).

        Counts the first ``read`` digits only, or all if it is None.
        """
        classes = self.outputs.shape[1]
        cells = self.digits.labels[:read] * classes + self.answers[:read]
        return np.bincount(cells, minlength=classes**2).reshape(classes, classes)

    def commonest_mistake(self) -> tuple[int, int] | None:
        """Return (label, answer) of the most frequent mistake; None if there is no mistake."""
        wrong = self.counts()
        np.fill_diagonal(wrong, 0)
        if not wrong.any():
            return None
        label, answer = np.unravel_index(int(wrong.argmax()), wrong.shape)
        return int(label), int(answer)

    def read_as(self, label: int, answer: int) -> np.ndarray:
        """Return the indices of the digits with this label and this answer, the most confident first."""
        found = np.flatnonzero((self.digits.labels == label) & (self.answers == answer))
        return found[np.argsort(-self.confidences[found], kind="stable")]

    def most_confident_mistakes(self) -> np.ndarray:
        """Return the indices of the digits that were read wrong, the most confident first."""
        found = np.flatnonzero(self.answers != self.digits.labels)
        return found[np.argsort(-self.confidences[found], kind="stable")]
