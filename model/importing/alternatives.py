"""Several networks that may be meant, each tried on the same labelled examples: which of them reads them best."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from edgeglow.model.data.digits import Digits
from edgeglow.model.network.network import Network
from edgeglow.model.text.shares import percent

LOOKED_AT = 1_000  # digits for a first selection
FINALISTS = 3
AT_ONCE = 2_000  # digits in one pass, so that memory does not grow with their number
SHARPNESSES = tuple(2.0**power for power in range(-6, 7))

# Measured with 365 networks on MNIST and strokes. Of networks fed as in training, none reads 0.5 points better when
# fed differently with a better fit too, and none has a loss below 0.98 times its own. Of networks fed differently,
# all that lose 0.7 points fit better when fed as in training; for those that lose none, but are unsure of all
# answers, the loss as in training is below 0.2 times.
BETTER = 0.007
MAYBE_BETTER = 0.005
SURE = 3.0  # standard deviations of what chance alone would give
LEAST = 0.2  # of the way from chance to all read right: more than an untrained network
AS_GOOD = 0.005
SURER = 0.5
ALIKE = 0.01  # of two with accuracies this near, the one with the lower loss is the likelier

NetworkFactory = Callable[[], Network]


@dataclass(frozen=True, eq=False)
class AlternativeResult:
    """How a network read examples: ``how`` tells it from the others, ``right`` is bool (examples,).

    ``losses`` (examples,) are its cross-entropies, and ``fit`` is what their mean would be, were the network as sure
    as suits it best: how sure a network is depends on how long it learnt, and on the scale of its inputs.
    """

    how: str
    right: np.ndarray
    losses: np.ndarray
    fit: float
    classes: int

    @property
    def accuracy(self) -> float:
        return float(self.right.mean())

    @property
    def loss(self) -> float:
        return float(self.losses.mean())

    @property
    def merit(self) -> tuple[float, float]:
        """A key that is larger for the better of two: more read right, then a smaller loss."""
        return self.accuracy, -self.loss

    @property
    def has_learnt(self) -> bool:
        """Whether it reads far more than an untrained network may by chance."""
        chance = 1 / self.classes
        return self.accuracy > chance + LEAST * (1 - chance)

    def lead(self, other: AlternativeResult) -> float:
        """How much more it reads, in standard deviations of what chance alone would give.

        Only what the two read differently counts, as in McNemar's test.
        """
        only = int(np.count_nonzero(self.right & ~other.right))
        lost = int(np.count_nonzero(other.right & ~self.right))
        return float((only - lost) / np.sqrt(max(1, only + lost)))

    def is_clearly_better(self, other: AlternativeResult) -> bool:
        """Whether it has learnt, and reads more, or as much with less loss, than by chance alone."""
        lead = self.lead(other)
        if not self.has_learnt or lead < 0:
            return False
        with np.errstate(invalid="ignore"):  # infinite ones, which tell nothing more
            saved = other.losses - self.losses
            return lead > SURE or bool(saved.mean() > SURE * saved.std() / len(saved) ** 0.5)

    def beats(self, other: AlternativeResult, more: float = BETTER) -> bool:
        """Return whether the accuracy is higher by ``more`` and by more than chance, and the fit is better too."""
        reads_more = self.accuracy >= other.accuracy + more and self.lead(other) >= SURE
        return reads_more and self.fit < other.fit

    def is_surer(self, other: AlternativeResult) -> bool:
        """Return whether the accuracy is as good and the loss much lower; always False for few digits."""
        enough = len(self.right) >= LOOKED_AT
        return enough and self.accuracy >= other.accuracy - AS_GOOD and self.loss <= other.loss * SURER


def tried(how: str, network: Network, examples: Digits) -> AlternativeResult:
    """The network's trial on all these examples; wrong, with infinite loss, where its numbers have no bounds."""
    answers, sums = [], []
    with np.errstate(all="ignore"):  # fed otherwise than it learnt, a network may say anything
        for start in range(0, len(examples), AT_ONCE):
            layers, last = network.forward(examples.pixels[start : start + AT_ONCE])
            answers.append(layers[-1].argmax(axis=1))
            sums.append(last.copy())
        every = np.concatenate(sums)
        losses = _losses(every, examples.labels, network.output)
        fits = [_losses(every * np.float32(s), examples.labels, network.output).mean() for s in SHARPNESSES]
    right = np.isfinite(losses) & (np.concatenate(answers) == examples.labels)
    return AlternativeResult(how, right, losses, float(min(fits)), every.shape[1])


def _losses(sums: np.ndarray, labels: np.ndarray, output: str) -> np.ndarray:
    """The cross-entropies of a last layer's weighted sums (examples, classes); infinite beyond all bounds."""
    if output == "softmax":
        sums = sums - sums.max(axis=1, keepdims=True)
        total = np.log(np.exp(sums).sum(axis=1))
    else:
        total = np.logaddexp(0.0, sums).sum(axis=1)
    losses = (total - sums[np.arange(len(labels)), labels]).astype(np.float64)
    return np.where(np.isfinite(losses), losses, np.inf)


def rank_alternatives(candidates: Mapping[str, NetworkFactory], digits: Digits) -> list[AlternativeResult]:
    """Return the results of the best candidates; among nearly equal accuracies, the lowest loss comes first."""
    finalists = list(candidates)
    if len(finalists) > FINALISTS and len(digits) > 2 * LOOKED_AT:
        # every n-th digit, since they may be sorted by class
        some = digits.every(len(digits) // LOOKED_AT)
        trials = _ordered([tried(how, make(), some) for how, make in candidates.items()])
        finalists = [trial.how for trial in trials[:FINALISTS]]
    return _ordered([tried(how, candidates[how](), digits) for how in finalists])


def _ordered(trials: Sequence[AlternativeResult]) -> list[AlternativeResult]:
    top = max((trial.accuracy for trial in trials), default=0.0)

    def place(trial: AlternativeResult) -> tuple[float, float]:
        behind = top - trial.accuracy
        return (0.0, trial.loss) if behind <= ALIKE else (behind, 0.0)

    return sorted(trials, key=place)


def alternatives_sentence(now: AlternativeResult, others: Sequence[AlternativeResult], what: str) -> str:
    """Return a sentence if other networks read more of ``what`` than this one, or as much with much lower loss.

    The sentence is empty if none does. ``others`` are in the order of ``rank_alternatives``; near ties are mentioned.
    """
    stands = f"as it stands it reads {percent(now.accuracy)} of {what}"
    if better := [trial for trial in others if trial.beats(now)]:
        near = [trial for trial in better if trial.accuracy >= better[0].accuracy - AS_GOOD]
        told = ", ".join(f"{percent(trial.accuracy)} {trial.how}" for trial in near)
        end = " (too near to tell: say how it was trained)" if len(near) > 1 else ""
        return f"{stands}, but {told}{end}"
    if surer := [trial for trial in others if trial.is_surer(now)]:
        return (
            f"{stands}, and {percent(surer[0].accuracy)} {surer[0].how}, but then far more surely:"
            f" with a loss of {surer[0].loss:.2f} instead of {now.loss:.2f}"
        )
    if maybe := [trial for trial in others if trial.beats(now, MAYBE_BETTER)]:
        return f"{stands}, and {percent(maybe[0].accuracy)} {maybe[0].how} (too near to tell: say how it was trained)"
    return ""
