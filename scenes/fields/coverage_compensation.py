"""Coverage compensation: a line looks equally bright at every resolution."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from edgeglow.scenes.fields.compile_kernel import kernel
from edgeglow.scenes.fields.line_kernels import line_profiles


def compensated_light(light: np.ndarray, width: float) -> np.ndarray:
    """Return the light to sum, float32, so that each line ``width`` pixels wide appears with ``light``.

    A line with light L hides 1 - exp(-L) of its background over its width. But the coverage of its pixels
    is soft and the tone curve saturates, so light spread over more pixels loses less: without compensation a
    strong line would be half as bright again at 480p as at 2160p. With it, a line hides the intended share in
    all its pixels together; weak light hardly changes.
    """
    drawn, hidden = hidden_share_table(width)
    return np.interp(-np.expm1(-light), hidden, drawn).astype(np.float32)


@lru_cache(maxsize=16)
def hidden_share_table(width: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the light values to draw a line with, and for each the share of the background that it then hides.

    The shares run from 0 to above 1.
    """
    profiles = line_profiles(width)
    drawn = np.concatenate([[0], np.geomspace(0.02, 30, 60)])
    return drawn, mean_hidden_shares(drawn, profiles[:: max(1, len(profiles) // 4), ::16].copy())


@kernel
def mean_hidden_shares(drawn: np.ndarray, covered: np.ndarray) -> np.ndarray:
    """Return the hidden share for each light value, averaged over slopes and positions between two pixels.

    ``covered`` is float32 (slopes, positions, pixels across).
    """
    slopes, positions, across = covered.shape
    found = np.zeros(len(drawn))
    for slope in range(slopes):
        for position in range(positions):
            whole = 0.0
            for k in range(across):
                whole += covered[slope, position, k]
            for n in range(len(drawn)):
                hidden = 0.0
                for k in range(across):
                    hidden += 1.0 - np.exp(-drawn[n] * covered[slope, position, k])
                found[n] += hidden / whole
    return found / (slopes * positions)
