"""Measures of the weight pictures of a run: how many patches they have, and which is like its answer's digits."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import label

from edgeglow.model.run.run import Run

NOISE = 0.1  # share of a picture's largest |weight| under which a weight is hardly seen
ALIKE = 0.3  # least correlation of a picture of weights with the digits of its answer


def strong_signs(run: Run, neurons: np.ndarray) -> np.ndarray:
    """Return the sign of every weight of some neurons, (neurons, rows, columns); 0 for those that are hardly seen.

    These are the weights under ``NOISE`` of their picture's largest, and those of pixels that no test digit lights,
    which cannot be learnt.
    """
    assert run.image_shape is not None
    weights = run.last.weights[0][neurons] * (run.test_digits.pixels.max(axis=0) > 0)
    seen = np.abs(weights) >= NOISE * np.abs(weights).max(axis=1, keepdims=True)
    return np.asarray((np.sign(weights) * seen).reshape(-1, *run.image_shape))


def count_patches(run: Run, neurons: np.ndarray) -> int:
    """Return the median number of connected patches of one sign in the neurons' pictures."""
    counts = [sum(label(signs == sign)[1] for sign in (1, -1)) for signs in strong_signs(run, neurons)]
    return int(np.median(counts))


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
