"""Compare two networks on the same digits: their accuracies, and digits that only one of them reads right."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.run.run import Run
from edgeglow.model.run.user_digits import add_examples


@dataclass(frozen=True, eq=False)
class RunComparison:
    """Two runs that both start with the same examples: digits on which they differ.

    ``agreed``, ``first_only`` and ``second_only`` are indices of examples in both runs: one that both read right, and
    those that only one of them reads right; None where there is no such digit. ``count`` is the number of test digits
    that both were tested on, those in the first run; ``accuracies`` are the parts of them that each reads right, and
    ``alike`` is the part on which both give the same answer.
    """

    first: Run
    second: Run
    agreed: int | None
    first_only: int | None
    second_only: int | None
    count: int
    accuracies: tuple[float, float]
    alike: float


def compare_networks(first: Run, second: Run) -> RunComparison:
    """Test both networks on the first run's test digits.

    Raises EdgeglowError where their inputs or classes differ.
    """
    _check(first, second)
    digits = first.test_digits
    outputs = [run.network().activations(digits.pixels)[-1] for run in (first, second)]
    answers = [output.argmax(axis=1) for output in outputs]
    right = [answer == digits.labels for answer in answers]
    sure = np.minimum(outputs[0].max(axis=1), outputs[1].max(axis=1))  # the lower confidence of the two answers
    kinds = (right[0] & right[1], right[0] & ~right[1], ~right[0] & right[1])
    found = [_surest(kind, sure) for kind in kinds]
    numbers = {index: number for number, index in enumerate(dict.fromkeys(i for i in found if i is not None))}
    if not numbers:  # neither reads any digit right: use the most confident one
        numbers = {int(np.argmax(sure)): 0}
    chosen = list(numbers)
    rows, labels = digits.pixels[chosen], [int(label) for label in digits.labels[chosen]]
    agreed, first_only, second_only = (None if index is None else numbers[index] for index in found)
    return RunComparison(
        add_examples(first, rows, labels),
        add_examples(second, rows, labels),
        agreed,
        first_only,
        second_only,
        len(digits),
        (float(right[0].mean()), float(right[1].mean())),
        float(np.mean(answers[0] == answers[1])),
    )


def _surest(wanted: np.ndarray, sure: np.ndarray) -> int | None:
    """Return the index of the wanted digit with the highest confidence; None if none is wanted."""
    return int(np.argmax(np.where(wanted, sure, -1.0))) if wanted.any() else None


def _check(first: Run, second: Run) -> None:
    for what, one, other in (
        ("reads pictures of", first.image_shape, second.image_shape),
        ("reads", first.feature_names, second.feature_names),
        ("knows the classes", first.class_names, second.class_names),
    ):
        if one != other:
            raise EdgeglowError(
                f"the first network {what} {_told(one)}, the second {_told(other)}; only networks that read the same"
                " can be compared"
            )


def _told(value: tuple[object, ...] | None) -> str:
    if not value:
        return "no pictures" if value is None else "pictures"
    told = ", ".join(map(str, value[:6]))
    return f"{told}, ..." if len(value) > 6 else told
