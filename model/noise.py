"""Pictures of nothing: every pixel as bright as chance makes it."""

from __future__ import annotations

import numpy as np


def noise_pictures(count: int, image_shape: tuple[int, int], digest: str) -> np.ndarray:
    """float32 (count, rows, columns), every pixel uniform in 0..1 and independent of all others.

    ``digest`` is a run's, in hexadecimal: the same run always gets the same noise.
    """
    generator = np.random.default_rng(int(digest, 16))
    return generator.random((count, *image_shape), dtype=np.float32)
