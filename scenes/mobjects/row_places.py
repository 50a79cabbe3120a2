"""Where a diagram's layers lie, and what room is left beside them."""

from __future__ import annotations

import numpy as np

ROOM_FOR_COUNT = 0.58  # between two rows, where over the lower one stands how many of its neurons are drawn,
ROOM_BESIDE = 0.85  # or else beside it


def room_for_count(size: int, shown: np.ndarray, air: float) -> float:
    """The room at the right end of a row, so far below the one above it, for how many of its neurons are drawn."""
    return ROOM_BESIDE if len(shown) < size and air < ROOM_FOR_COUNT else 0.0


def spread(inputs: float, last: float, count: int) -> np.ndarray:
    """Where ``count`` layers lie between the edge of the inputs and the last layer, the first well apart."""
    first = inputs + 0.28 * (last - inputs)
    return np.linspace(first, last, count) if count > 1 else np.array([last])
