"""How bright a line must be drawn so that it looks the same at every resolution."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from scenes.fields.compiled import kernel
from scenes.fields.line_kernels import line_profiles


def evened(light: np.ndarray, width: float) -> np.ndarray:
    """The light to sum for lines ``width`` pixels wide that are to give ``light``, float32, each by itself.

    A line that gives the light L hides 1 - exp(-L) of what is below it, over its width. But the coverage of
    its pixels is soft, and the tone curve saturates: light spread over more pixels loses less of itself, so
    that a strong line would be half as bright again at 480p as at 2160p. Drawn with the evened light, it
    hides as much in all its pixels together as it should; weak light is hardly changed.
    """
    drawn, hidden = what_is_hidden(width)
    return np.interp(-np.expm1(-light), hidden, drawn).astype(np.float32)


@lru_cache(maxsize=16)
def what_is_hidden(width: float) -> tuple[np.ndarray, np.ndarray]:
    """Lights to draw a line with, and for each the share of what is below it that it then hides, 0 .. over 1."""
    profiles = line_profiles(width)
    drawn = np.concatenate([[0], np.geomspace(0.02, 30, 60)])
    return drawn, hidden_by(drawn, profiles[:: max(1, len(profiles) // 4), ::16].copy())


@kernel
def hidden_by(drawn: np.ndarray, covered: np.ndarray) -> np.ndarray:
    """For each light the share that it hides, over some slopes and some positions between two pixels; ``covered`` is
    float32 (slopes, positions, pixels across)."""
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
