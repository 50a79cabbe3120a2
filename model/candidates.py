"""Compare networks that a file may hold by their results on the same labelled examples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model.digits import Digits
from model.network import Network

CLEARLY = 3.0  # standard deviations from 0 that the difference of two counts must exceed
LEAST = 0.2  # least accuracy, as a part of the way from chance to all right


@dataclass(frozen=True, eq=False)
class Trial:
    """A network's results on examples: whether each is read right, and its loss; both have shape (examples,)."""

    right: np.ndarray
    losses: np.ndarray
    classes: int

    @property
    def tells(self) -> bool:
        """Whether the accuracy is far above what an untrained network may reach by chance."""
        chance = 1 / self.classes
        return self.accuracy > chance + LEAST * (1 - chance)

    @property
    def accuracy(self) -> float:
        return float(self.right.mean())

    @property
    def merit(self) -> tuple[float, float]:
        """A sort key that is larger for the better network: more read right, then a smaller loss."""
        loss = float(self.losses.mean())
        return self.accuracy, -loss if np.isfinite(loss) else -np.inf

    def is_clearly_better(self, other: Trial) -> bool:
        """Return whether it has learnt and is better by more than chance explains.

        Better means that more is read right, or as much with less loss. Only examples that the two networks read
        differently count, as in McNemar's test.
        """
        if not self.tells:
            return False
        more = int(np.count_nonzero(self.right & ~other.right))
        fewer = int(np.count_nonzero(other.right & ~self.right))
        if more - fewer > CLEARLY * np.sqrt(more + fewer):
            return True
        with np.errstate(invalid="ignore"):  # from infinite losses, which decide nothing
            saved = other.losses - self.losses
            return more >= fewer and bool(saved.mean() > CLEARLY * saved.std() / np.sqrt(len(saved)))


def tried(network: Network, test: Digits) -> Trial:
    """Test the network on these examples.

    Where its outputs are not finite, the answer is wrong and the loss infinite.
    """
    with np.errstate(all="ignore"):
        layers, sums = network.forward(test.pixels)
        rows = np.arange(len(test))
        losses = -sums[rows, test.labels]
        if network.output == "sigmoid":
            losses = losses + np.logaddexp(0.0, sums).sum(axis=1)
    finite = np.isfinite(losses)
    right = finite & (layers[-1].argmax(axis=1) == test.labels)
    return Trial(right, np.where(finite, losses, np.inf).astype(np.float64), layers[-1].shape[1])
