"""What a trained network answers on its test digits: how often it is right, and which mistakes it makes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from model.digits import Digits
from model.run import Run


@dataclass(frozen=True, eq=False)
class Exam:
    """The last snapshot's answers on the test digits that a run holds.

    ``outputs`` (digits, classes) are the last layer's activations, ``answers`` (digits,) the brightest of each.
    """

    digits: Digits
    outputs: np.ndarray

    @classmethod
    def of(cls, run: Run) -> Exam:
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
        """How many digits are read right."""
        return int(np.count_nonzero(self.answers == self.digits.labels))

    def counts(self, read: int | None = None) -> np.ndarray:
        """int64 (classes, classes): of the first ``read`` digits, or of all, how many of each label (row) were given
        each answer (column)."""
        classes = self.outputs.shape[1]
        cells = self.digits.labels[:read] * classes + self.answers[:read]
        return np.bincount(cells, minlength=classes**2).reshape(classes, classes)

    def commonest_mistake(self) -> tuple[int, int] | None:
        """Label and answer of the mistake that is made most often; None where there is none."""
        wrong = self.counts()
        np.fill_diagonal(wrong, 0)
        if not wrong.any():
            return None
        label, answer = np.unravel_index(int(wrong.argmax()), wrong.shape)
        return int(label), int(answer)

    def read_as(self, label: int, answer: int) -> np.ndarray:
        """The numbers of the digits that are the one and were read as the other, those read so most surely first."""
        found = np.flatnonzero((self.digits.labels == label) & (self.answers == answer))
        return found[np.argsort(-self.confidences[found], kind="stable")]

    def surest_mistakes(self) -> np.ndarray:
        """The numbers of the digits that were read wrong, those first whose wrong answer was the surest."""
        found = np.flatnonzero(self.answers != self.digits.labels)
        return found[np.argsort(-self.confidences[found], kind="stable")]
