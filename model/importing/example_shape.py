"""Track the shape of one example through the first steps of a network."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing.lazy_array import check_count

PartialShape = tuple[int | None, ...]


def partial_shape(sizes: Sequence[object]) -> PartialShape:
    """Return a file's sizes as a shape, with None for sizes that it leaves open."""
    return tuple(
        size if isinstance(size, int) and not isinstance(size, bool) and 0 < size < 2**40 else None for size in sizes
    )


def image_shape_in(shape: PartialShape) -> tuple[int, int] | None:
    """Return (height, width) for the shape of a grey picture, its one channel first, last or absent; else None."""
    sizes = list(shape)
    if len(sizes) == 3 and 1 in (sizes[0], sizes[2]):
        sizes.pop(2 if sizes[2] == 1 else 0)
    if len(sizes) != 2 or sizes[0] is None or sizes[1] is None or 1 in sizes:
        return None
    return sizes[0], sizes[1]


def spread_over_inputs(name: str, values: np.ndarray, shape: PartialShape | None, axis: object = -1) -> np.ndarray:
    """Return one value for each number of a flattened example, (size,), or one for all, (1,).

    ``axis`` is the axis or axes that the values belong to, counted with the batch as axis 0.
    """
    if values.size == 1:
        return values.reshape(1)
    if shape is None or len(shape) <= 1:
        return values.ravel()
    if any(size is None for size in shape):
        raise EdgeglowError(f"{name} stands where the shape {shape} is not fully told")
    sizes = [size or 0 for size in shape]
    check_count(math.prod(sizes))
    axes = {
        one % (len(sizes) + 1) - 1 for one in (axis if isinstance(axis, list) else [axis]) if isinstance(one, int)
    }
    aligned = [size if index in axes else 1 for index, size in enumerate(sizes)]
    if math.prod(aligned) != values.size:
        raise EdgeglowError(f"{name} has {values.size} numbers, but stands where the shape is {shape}")
    return np.broadcast_to(values.reshape(aligned), sizes).ravel()
