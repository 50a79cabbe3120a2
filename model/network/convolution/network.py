"""A small convolutional network, for comparison with the fully connected one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.network.convolution.layout import ConvolutionParameters, ConvolutionSizes, parameter_arrays
from edgeglow.model.network.convolution.passes import ConvolutionPasses
from edgeglow.model.network.threads import one_thread
from edgeglow.model.text.shares import format_share

AT_ONCE = 128  # digits in one forward pass: their patches still fit into the processor's caches
MOST_AT_ONCE = 50_000_000  # numbers in the patches of one forward pass, a limit for many filters


@dataclass(frozen=True, eq=False)  # arrays have no single truth value to compare
class ConvolutionalNetwork:
    """A trained convolutional network: layers of filters, each with ReLU and 2×2 pooling, and an output layer.

    ``filters[k]`` has shape (out, in, side, side): row j holds the filters of map j, one for each input map;
    ``filter_biases[k]`` has shape (out,). ``weights`` has shape (classes, features) and ``biases`` (classes,), where
    the features are the cells of the last pooled maps, map by map and row by row. All are float32. ``image_shape`` is
    (height, width) in pixels. ``accuracy`` and ``loss`` (cross-entropy) are over all test digits. ``examples`` counts
    the training digits seen, ``epochs`` is examples divided by the number of training digits. ``interrupted`` says
    that its training was stopped early.

    Its stages are the image and, for each layer of filters, the maps after ReLU and the pooled maps. Where a map's
    side is odd, pooling leaves out its last row or column. The arrays are read-only.
    """

    filters: tuple[np.ndarray, ...]
    filter_biases: tuple[np.ndarray, ...]
    weights: np.ndarray
    biases: np.ndarray
    image_shape: tuple[int, int]
    accuracy: float
    loss: float
    examples: int
    epochs: float
    interrupted: bool = False

    def __post_init__(self) -> None:
        for array in parameter_arrays(self.parts):
            array.flags.writeable = False

    def __repr__(self) -> str:
        side, counts = self.layout.side, "-".join(map(str, self.layout.counts))
        return f"Convolution({counts} filters of {side}×{side}, {format_share(self.accuracy, '.2%')})"

    @property
    def parts(self) -> ConvolutionParameters:
        """All weights and biases."""
        return ConvolutionParameters(self.filters, self.filter_biases, self.weights, self.biases)

    @property
    def layout(self) -> ConvolutionSizes:
        """The sizes of its layers."""
        counts = tuple(len(filters) for filters in self.filters)
        return ConvolutionSizes(self.image_shape, counts, self.filters[0].shape[-1], len(self.biases))

    @property
    def parameters(self) -> int:
        """The number of weights and biases."""
        return sum(array.size for array in parameter_arrays(self.parts))

    @property
    def map_shapes(self) -> tuple[tuple[int, int, int], ...]:
        """The (maps, height, width) of each stage, the image included."""
        return self.layout.map_shapes

    def maps(self, images: np.ndarray) -> list[np.ndarray]:
        """Return the maps of each stage for images (digits, height, width).

        Each is float32 (digits, maps, height, width). Raises EdgeglowError for images of another shape.
        """
        with one_thread():
            chunks = [passes.maps(chunk) for passes, chunk in self._chunks(images)]
        return [np.concatenate(stage) for stage in zip(*chunks, strict=True)]

    def answers(self, images: np.ndarray) -> np.ndarray:
        """Return the outputs for images (digits, height, width): float32 (digits, classes), where each row sums to 1.

        Raises EdgeglowError for images of another shape.
        """
        return self.forward(images)[0]

    def forward(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the outputs for images (digits, height, width), and their logarithms.

        Both are float32 (digits, classes). Raises EdgeglowError for images of another shape.
        """
        with one_thread():
            chunks = [(passes.forward(chunk).copy(), passes.sums.copy()) for passes, chunk in self._chunks(images)]
        answers, logarithms = zip(*chunks, strict=True)
        return np.concatenate(answers), np.concatenate(logarithms)

    def receptive_field(self, stage: int, row: int, column: int) -> tuple[int, int, int, int]:
        """Return (top, left, height, width), in pixels, of the image's area that a cell of this stage depends on.

        Raises EdgeglowError when there is no such stage or cell.
        """
        shapes = self.map_shapes
        if not 0 <= stage < len(shapes):
            raise EdgeglowError(f"stage {stage}: expected 0, the image, to {len(shapes) - 1}")
        _, height, width = shapes[stage]
        if not (0 <= row < height and 0 <= column < width):
            raise EdgeglowError(f"cell ({row}, {column}): the maps of stage {stage} have {height}×{width} cells")
        return self.layout.receptive_field(stage, row, column)

    def _chunks(self, images: np.ndarray) -> Iterator[tuple[ConvolutionPasses, np.ndarray]]:
        """Yield the images in chunks, each with a ``ConvolutionPasses`` of its size."""
        if images.ndim != 3 or images.shape[1:] != self.image_shape or not len(images):
            raise EdgeglowError(
                f"images of shape {images.shape}: expected (digits, {self.image_shape[0]}, {self.image_shape[1]})"
            )
        passes: ConvolutionPasses | None = None
        size = min(AT_ONCE, max(1, MOST_AT_ONCE // self.layout.patches))
        for start in range(0, len(images), size):
            chunk = images[start : start + size]
            if passes is None or passes.size != len(chunk):
                passes = ConvolutionPasses(self.layout, self.parts, len(chunk))
            yield passes, chunk
