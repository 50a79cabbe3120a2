"""Several networks that may be meant, each asked about the same test digits: which of them reads them best."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from model.digits import Digits
from model.functions import mean_loss
from model.network import Network

LOOKED_AT = 1_000  # digits tell which are worth asking about all
FINALISTS = 3
AT_ONCE = 2_000  # digits, so that the memory it takes does not grow with their number

# Measured with 490 networks: fed as they were trained, none of them reads 0.1 points better otherwise and has a lower
# loss as well; fed otherwise, those that lose anything worth a word do
BETTER = 0.007
MAYBE_BETTER = 0.002
SURE = 3.0  # times the spread that chance alone would give
ALIKE = 0.01  # of two that read as many, the one with the lower loss was probably trained so
TOO_NEAR = 0.005


@dataclass(frozen=True, eq=False)
class Trial:
    """How a network read the test digits: bool (digits,), and its mean loss. ``how`` tells it from the others."""

    how: str
    right: np.ndarray
    loss: float

    @property
    def accuracy(self) -> float:
        return float(self.right.mean())

    def gain(self, other: Trial) -> float:
        """How many times the spread of chance lie between the numbers of digits that both read right."""
        only, lost = np.count_nonzero(self.right & ~other.right), np.count_nonzero(other.right & ~self.right)
        return float(only - lost) / max(1.0, float(only + lost)) ** 0.5

    def beats(self, other: Trial, more: float = BETTER) -> bool:
        """Whether it reads so much more that this is no chance, and is surer of it as well."""
        return self.accuracy >= other.accuracy + more and self.loss < other.loss and self.gain(other) >= SURE


Maker = Callable[[], Network]


def asked(how: str, network: Network, loss: str, digits: Digits) -> Trial:
    """The network asked about all these digits."""
    targets = np.eye(network.layer_sizes[-1], dtype=np.float32)
    right, total = [], 0.0
    with np.errstate(
        over="ignore", invalid="ignore"
    ):  # fed otherwise than it learnt, a network may say anything
        for start in range(0, len(digits), AT_ONCE):
            labels = digits.labels[start : start + AT_ONCE]
            layers, sums = network.forward(digits.pixels[start : start + AT_ONCE])
            right.append(layers[-1].argmax(axis=1) == labels)
            total += mean_loss(loss, network.output, sums, layers[-1], targets[labels]) * len(labels)
    mean = total / len(digits)
    return Trial(how, np.concatenate(right), mean if np.isfinite(mean) else np.inf)


def best_first(candidates: Mapping[str, Maker], loss: str, digits: Digits) -> list[Trial]:
    """The few candidates that read these digits best: of those that read almost as many, the surest first."""
    finalists = list(candidates)
    if len(finalists) > FINALISTS and len(digits) > LOOKED_AT:
        # an even share of all of them, as they may be sorted by their classes
        some = digits.every(len(digits) // LOOKED_AT)
        tried = _ordered([asked(how, make(), loss, some) for how, make in candidates.items()])
        surest = sorted(tried, key=lambda trial: trial.loss)
        finalists = list(dict.fromkeys(trial.how for trial in (*tried[:FINALISTS], surest[0])))
    return _ordered([asked(how, candidates[how](), loss, digits) for how in finalists])


def _ordered(trials: Sequence[Trial]) -> list[Trial]:
    top = max((trial.accuracy for trial in trials), default=0.0)
    return sorted(
        trials,
        key=lambda trial: (0.0, trial.loss) if trial.accuracy >= top - ALIKE else (top - trial.accuracy, 0.0),
    )


def doubt(now: Trial, others: Sequence[Trial], what: str) -> str:
    """A sentence that says what reads more of ``what`` than the network does as it stands; empty if nothing does.

    ``others`` are as ``best_first`` gives them. What is too near to tell is told as that.
    """
    better = next((trial for trial in others if trial.beats(now)), None)
    if better is None:
        maybe = next((trial for trial in others if trial.beats(now, MAYBE_BETTER)), None)
        if maybe is None:
            return ""
        return (
            f"it reads {now.accuracy:.1%} of {what} as it stands and {maybe.accuracy:.1%} {maybe.how}: too near to tell,"
            " so say how it was trained"
        )
    near = [
        trial
        for trial in others
        if trial is not better and abs(trial.accuracy - better.accuracy) < TOO_NEAR and trial.beats(now)
    ]
    also = "".join(f", {trial.accuracy:.1%} {trial.how}" for trial in near)
    told = f"as it stands it reads {now.accuracy:.1%} of {what}, but {better.accuracy:.1%} {better.how}{also}"
    return f"{told}: too near to tell, so say how it was trained" if near else told
