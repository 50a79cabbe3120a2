"""Random inputs without meaning."""

from __future__ import annotations

import numpy as np

SEED = 1  # any seed will do; a fixed one gives the same noise for every network with such inputs


def noise_pictures(count: int, image_shape: tuple[int, int]) -> np.ndarray:
    """Return float32 (count, rows, columns), every pixel uniform in 0..1 and independent of the others."""
    return np.random.default_rng(SEED).random((count, *image_shape), dtype=np.float32)


def noise_rows(count: int, rows: np.ndarray) -> np.ndarray:
    """Return float32 (count, inputs), every number uniform between its minimum and maximum in ``rows`` (n, inputs).

    All numbers are independent of each other.
    """
    least, greatest = (edge.astype(np.float64) for edge in (rows.min(axis=0), rows.max(axis=0)))
    parts = np.random.default_rng(SEED).random((count, rows.shape[1]))
    return np.asarray(least + parts * (greatest - least), np.float32)
