"""The sizes of a convolutional network: how its maps shrink, and where its parameters lie."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

POOL = 2  # cells of a map, each way, of which a pooled map keeps the greatest


@dataclass(frozen=True, eq=False)
class Parts:
    """The parameters of a convolutional network, or their gradient, layer by layer.

    ``filters[k]`` has shape (out, in, side, side) and ``filter_biases[k]`` (out,); ``weights`` has shape
    (classes, features) and ``biases`` (classes,).
    """

    filters: tuple[np.ndarray, ...]
    filter_biases: tuple[np.ndarray, ...]
    weights: np.ndarray
    biases: np.ndarray


@dataclass(frozen=True)
class Layout:
    """What follows from the image's (height, width), the filters' side and number in each layer, and the classes.

    A filter is laid only where all of it is on the map before, so each map loses side - 1 rows and columns. Pooling
    then halves it; where a side is odd, the last row or column has no partner and is left out.
    """

    image_shape: tuple[int, int]
    counts: tuple[int, ...]
    side: int
    classes: int

    @property
    def fits(self) -> bool:
        """Whether the last pooled map still has a cell; 5×5 filters in two layers need images of 16×16."""
        return min(min(shape) for shape in self.map_shapes) > 0

    @property
    def map_shapes(self) -> tuple[tuple[int, int, int], ...]:
        """(maps, height, width) of each stage: the image, then two for each layer of filters, full and pooled."""
        shapes = [(1, *self.image_shape)]
        for count in self.counts:
            _, height, width = shapes[-1]
            height, width = height - self.side + 1, width - self.side + 1
            shapes += [(count, height, width), (count, height // POOL, width // POOL)]
        return tuple(shapes)

    @property
    def features(self) -> int:
        """The cells of all last maps together: what the answers are made of."""
        return math.prod(self.map_shapes[-1])

    @property
    def patches(self) -> int:
        """How many numbers one digit's patches of pixels or cells are, one for each place of each filter, at most."""
        before, after = self.map_shapes[:-1:2], self.map_shapes[1::2]
        return max(
            maps * self.side**2 * height * width
            for (maps, *_), (_, height, width) in zip(before, after, strict=True)
        )

    @property
    def shapes(self) -> Parts:
        """Arrays of the parameters' shapes that hold nothing: they take no memory."""
        inputs = (1, *self.counts[:-1])
        return Parts(
            tuple(
                _hollow(out, into, self.side, self.side)
                for out, into in zip(self.counts, inputs, strict=True)
            ),
            tuple(_hollow(out) for out in self.counts),
            _hollow(self.classes, self.features),
            _hollow(self.classes),
        )

    @property
    def parameters(self) -> int:
        """How many weights and biases there are, those of the filters included."""
        return sum(array.size for array in in_order(self.shapes))

    def views(self, flat: np.ndarray) -> Parts:
        """Read a flat array of all parameters, or of their gradient, layer by layer."""
        parts, at = [], 0
        for array in in_order(self.shapes):
            parts.append(flat[at : at + array.size].reshape(array.shape))
            at += array.size
        layers = len(self.counts)
        return Parts(tuple(parts[:layers]), tuple(parts[layers : 2 * layers]), parts[-2], parts[-1])

    def receptive_field(self, stage: int, row: int, column: int) -> tuple[int, int, int, int]:
        """(top, left, height, width), in pixels, of what a cell of the stage's maps is computed from."""
        (top, height), (left, width) = self._span(stage, row), self._span(stage, column)
        return top, left, height, width

    def _span(self, stage: int, place: int) -> tuple[int, int]:
        """The first pixel that is seen from a place in a row or column, and how many are seen."""
        first, last = place, place
        for number in range(stage, 0, -1):
            if number % 2:  # a filter
                last += self.side - 1
            else:
                first, last = POOL * first, POOL * last + POOL - 1
        return first, last - first + 1


def in_order(parts: Parts) -> Sequence[np.ndarray]:
    """All arrays of the parts, in the order in which they lie in a flat array."""
    return (*parts.filters, *parts.filter_biases, parts.weights, parts.biases)


def _hollow(*shape: int) -> np.ndarray:
    return np.broadcast_to(np.float32(0), shape)
