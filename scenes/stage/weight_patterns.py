"""A measure of the weight pictures of a run: which of them is like its answer's digits."""

from __future__ import annotations

import numpy as np

from edgeglow.model.run.run import Run

ALIKE = 0.3  # least correlation of a picture of weights with the digits of its answer


def answer_alike(run: Run, neurons: np.ndarray) -> int | None:
    """Return the output neuron whose weights are most like what sets its digits apart from all others.

    It is None if the correlation of both is below ``ALIKE`` for all of them.
    """
    digits, found = run.test_digits, {}
    for neuron in neurons:
        own = digits.labels == neuron
        if own.any() and not own.all():
            typical = digits.pixels[own].mean(axis=0) - digits.pixels[~own].mean(axis=0)
            weights = run.last.weights[0][neuron] * (typical != 0)
            if np.ptp(weights) > 0 and np.ptp(typical) > 0:
                found[int(neuron)] = float(np.corrcoef(weights, typical)[0, 1])
    best = max(found, key=lambda neuron: found[neuron], default=None)
    return best if best is not None and found[best] >= ALIKE else None
