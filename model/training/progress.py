"""Reports of the progress of a training."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

REPORT_SECONDS = 0.1


@dataclass(frozen=True)
class Progress:
    """The progress of a training: ``step`` of ``steps`` steps are done.

    ``loss`` and ``accuracy`` are of the training digits, averaged over the batches since the last report.
    """

    step: int
    steps: int
    epoch: float
    loss: float
    accuracy: float


ProgressReport = Callable[[Progress], None]


class BatchAverage:
    """The loss and accuracy averaged over the batches since the last ``take``."""

    def __init__(self) -> None:
        self.loss = 0.0
        self.right = 0
        self.count = 0

    def add(self, loss: float, right: int, count: int) -> None:
        """Add a batch of ``count`` digits: its mean loss, and how many were read right."""
        self.loss += loss * count
        self.right += right
        self.count += count

    def take(self) -> tuple[float, float]:
        """Return (loss, accuracy), and start again."""
        averages = self.loss / self.count, self.right / self.count
        self.loss, self.right, self.count = 0.0, 0, 0
        return averages
