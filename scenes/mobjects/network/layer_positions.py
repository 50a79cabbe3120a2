"""Positions of a diagram's layers, and the room beside them."""

from __future__ import annotations

import numpy as np

ROOM_FOR_COUNT = 0.58  # least distance between rows with the count of neurons above the lower one;
ROOM_BESIDE = 0.85  # otherwise the room for it beside the row


def room_for_count(size: int, shown: np.ndarray, air: float) -> float:
    """Return the room at a row's right end for its count of neurons, if it is ``air`` below the row above."""
    return ROOM_BESIDE if len(shown) < size and air < ROOM_FOR_COUNT else 0.0


def position_layers(inputs: float, last: float, count: int) -> np.ndarray:
    """Return the positions of ``count`` layers between the inputs' edge and the last layer.

    The first is well apart from the inputs.
    """
    first = inputs + 0.28 * (last - inputs)
    return np.linspace(first, last, count) if count > 1 else np.array([last])
