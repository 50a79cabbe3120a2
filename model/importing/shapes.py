"""The shape of one picture on its way through a network's first steps."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from model.errors import EdgeglowError
from model.importing.tensors import check_count

Shape = tuple[int | None, ...]


def settled_shape(sizes: Sequence[object]) -> Shape:
    """Sizes as a file gives them; None for those that it leaves open."""
    return tuple(
        size if isinstance(size, int) and not isinstance(size, bool) and 0 < size < 2**40 else None
        for size in sizes
    )


def image_of(shape: Shape) -> tuple[int, int] | None:
    """(height, width), when this is the shape of a grey picture, with its one channel first, last or not at all."""
    sizes = list(shape)
    if len(sizes) == 3 and 1 in (sizes[0], sizes[2]):
        sizes.pop(2 if sizes[2] == 1 else 0)
    if len(sizes) != 2 or sizes[0] is None or sizes[1] is None or 1 in sizes:
        return None
    return sizes[0], sizes[1]


def spread(name: str, values: np.ndarray, shape: Shape | None, axis: object = -1) -> np.ndarray:
    """Values for some axes of a picture, as one for each of its numbers once it is flat, (size,); or (1,).

    ``axis`` is the axis or axes of the picture that the values run along, counted with the batch before it.
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
        one % (len(sizes) + 1) - 1
        for one in (axis if isinstance(axis, list) else [axis])
        if isinstance(one, int)
    }
    aligned = [size if index in axes else 1 for index, size in enumerate(sizes)]
    if math.prod(aligned) != values.size:
        raise EdgeglowError(f"{name} has {values.size} numbers, but stands where the shape is {shape}")
    return np.broadcast_to(values.reshape(aligned), sizes).ravel()
