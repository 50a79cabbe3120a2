"""The sizes of a convolutional network: the shapes of its maps, and the order of its parameters."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

POOL = 2  # side of the square of cells of which a pooled map keeps the maximum


@dataclass(frozen=True, eq=False)
class ConvolutionParameters:
    """The parameters of a convolutional network, or their gradient, layer by layer.

    ``filters[k]`` has shape (out, in, side, side) and ``filter_biases[k]`` (out,); ``weights`` has shape
    (classes, features) and ``biases`` (classes,).
    """

    filters: tuple[np.ndarray, ...]
    filter_biases: tuple[np.ndarray, ...]
    weights: np.ndarray
    biases: np.ndarray


@dataclass(frozen=True)
class ConvolutionSizes:
    """The sizes of a convolutional network, derived from its image shape, filters and classes.

    ``image_shape`` is (height, width); ``counts`` is the number of filters of each layer, each ``side`` × ``side``. A
    filter is applied only where it lies completely on its input map, so each map loses side - 1 rows and columns.
    Pooling then halves it; where a side is odd, the last row or column is left out.
    """

    image_shape: tuple[int, int]
    counts: tuple[int, ...]
    side: int
    classes: int

    @property
    def fits(self) -> bool:
        """Whether the last pooled map has at least one cell; two layers of 5×5 filters need images of 16×16."""
        return min(min(shape) for shape in self.map_shapes) > 0

    @property
    def map_shapes(self) -> tuple[tuple[int, int, int], ...]:
        """The (maps, height, width) of each stage: the image, then two for each layer, before and after pooling."""
        shapes = [(1, *self.image_shape)]
        for count in self.counts:
            _, height, width = shapes[-1]
            height, width = height - self.side + 1, width - self.side + 1
            shapes += [(count, height, width), (count, height // POOL, width // POOL)]
        return tuple(shapes)

    @property
    def features(self) -> int:
        """The number of cells in all of the last maps: the inputs of the output layer."""
        return math.prod(self.map_shapes[-1])

    @property
    def patches(self) -> int:
        """The most numbers that one digit's patches hold in any layer; each position of a filter reads one patch."""
        before, after = self.map_shapes[:-1:2], self.map_shapes[1::2]
        return max(
            maps * self.side**2 * height * width for (maps, *_), (_, height, width) in zip(before, after, strict=True)
        )

    @property
    def shapes(self) -> ConvolutionParameters:
        """Placeholder arrays with the parameters' shapes, which take no memory."""
        inputs = (1, *self.counts[:-1])
        return ConvolutionParameters(
            tuple(
                _placeholder(out, into, self.side, self.side) for out, into in zip(self.counts, inputs, strict=True)
            ),
            tuple(_placeholder(out) for out in self.counts),
            _placeholder(self.classes, self.features),
            _placeholder(self.classes),
        )

    @property
    def parameters(self) -> int:
        """The number of weights and biases, those of the filters included."""
        return sum(array.size for array in parameter_arrays(self.shapes))

    def views(self, flat: np.ndarray) -> ConvolutionParameters:
        """Return views into a flat array of all parameters, or of their gradient, layer by layer."""
        parts, at = [], 0
        for array in parameter_arrays(self.shapes):
            parts.append(flat[at : at + array.size].reshape(array.shape))
            at += array.size
        layers = len(self.counts)
        return ConvolutionParameters(tuple(parts[:layers]), tuple(parts[layers : 2 * layers]), parts[-2], parts[-1])

    def receptive_field(self, stage: int, row: int, column: int) -> tuple[int, int, int, int]:
        """Return (top, left, height, width), in pixels, of the area that a cell of this stage is computed from."""
        (top, height), (left, width) = self._span(stage, row), self._span(stage, column)
        return top, left, height, width

    def _span(self, stage: int, place: int) -> tuple[int, int]:
        """Return the first pixel that a row or column of this stage depends on, and how many pixels it depends on."""
        first, last = place, place
        for number in range(stage, 0, -1):
            if number % 2:  # a filter
                last += self.side - 1
            else:
                first, last = POOL * first, POOL * last + POOL - 1
        return first, last - first + 1


def parameter_arrays(parts: ConvolutionParameters) -> Sequence[np.ndarray]:
    """Return all arrays in the order in which they lie in a flat array."""
    return (*parts.filters, *parts.filter_biases, parts.weights, parts.biases)


def _placeholder(*shape: int) -> np.ndarray:
    return np.broadcast_to(np.float32(0), shape)
