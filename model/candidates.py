"""Networks that a file may hold, compared by what they make of the same labelled examples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model.digits import Digits
from model.network import Network

CLEARLY = 3.0  # standard deviations that the difference of two counts must be from none
LEAST = 0.2  # of the way from chance to all read right


@dataclass(frozen=True, eq=False)
class Trial:
    """What a network makes of examples: whether each is read right, and the loss over each, (examples,)."""

    right: np.ndarray
    losses: np.ndarray
    classes: int

    @property
    def tells(self) -> bool:
        """Whether it reads far more than an untrained network may by chance."""
        chance = 1 / self.classes
        return self.accuracy > chance + LEAST * (1 - chance)

    @property
    def accuracy(self) -> float:
        return float(self.right.mean())

    @property
    def merit(self) -> tuple[float, float]:
        """A key that is larger for the better of two: more read right, then a smaller loss."""
        loss = float(self.losses.mean())
        return self.accuracy, -loss if np.isfinite(loss) else -np.inf

    def is_clearly_better(self, other: Trial) -> bool:
        """Whether it has learnt, and chance alone would hardly make such a difference.

        That is, more is read right, or as much with less loss.

        Only what the two read differently counts, as in McNemar's test.
        """
        if not self.tells:
            return False
        more = int(np.count_nonzero(self.right & ~other.right))
        fewer = int(np.count_nonzero(other.right & ~self.right))
        if more - fewer > CLEARLY * np.sqrt(more + fewer):
            return True
        with np.errstate(invalid="ignore"):  # infinite ones, which tell nothing more
            saved = other.losses - self.losses
            return more >= fewer and bool(saved.mean() > CLEARLY * saved.std() / np.sqrt(len(saved)))


def tried(network: Network, test: Digits) -> Trial:
    """The network's trial on these examples. Where its numbers have no bounds it is wrong, and its loss infinite."""
    with np.errstate(all="ignore"):
        layers, sums = network.forward(test.pixels)
        rows = np.arange(len(test))
        losses = -sums[rows, test.labels]
        if network.output == "sigmoid":
            losses = losses + np.logaddexp(0.0, sums).sum(axis=1)
    finite = np.isfinite(losses)
    right = finite & (layers[-1].argmax(axis=1) == test.labels)
    return Trial(right, np.where(finite, losses, np.inf).astype(np.float64), layers[-1].shape[1])
