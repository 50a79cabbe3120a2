"""Forward and backward passes through a convolutional network, for batches of one size.

Maps have shape (maps, height, width, digits). The digits of a batch lie next to each other in memory, so that copies,
comparisons and sums run over contiguous memory, and one matrix product applies a layer's filters to all digits.
"""

from __future__ import annotations

import itertools

import numpy as np

from edgeglow.model.network.activation_functions import loss_slope, mean_loss, relu, softmax
from edgeglow.model.network.convolution.layout import ConvolutionParameters, ConvolutionSizes


class FilterLayer:
    """A layer of filters with bias, ReLU and pooling; with ``learns``, also the backward pass.

    Bias and ReLU are applied after the pooling. Both preserve the order of numbers, so relu(max(z) + b) equals
    max(relu(z + b)) to the last bit, for a quarter of the work.
    """

    def __init__(
        self, filters: np.ndarray, biases: np.ndarray, shape: tuple[int, int, int], size: int, learns: bool
    ) -> None:
        count, into, side, _ = filters.shape
        height, width = shape[1] - side + 1, shape[2] - side + 1
        self.filters, self.biases, self.side = filters, biases, side
        self.patches = np.empty((into, side, side, height, width, size), filters.dtype)
        self.sums = np.zeros((count, height, width, size), filters.dtype)
        self.upper, self.lower, self.pooled = (
            np.empty((count, height // 2, width // 2, size), filters.dtype) for _ in range(3)
        )
        if learns:
            self.slopes, self.rest = np.empty_like(self.pooled), np.empty_like(self.pooled)
            self.mask = np.empty(self.pooled.shape, bool)
            self.patch_slopes = np.empty_like(self.patches)

    @property
    def rows(self) -> tuple[np.ndarray, np.ndarray]:
        """The filters and the sums as matrices, one row for each filter."""
        count = len(self.filters)
        return self.filters.reshape(count, -1), self.sums.reshape(count, -1)

    @property
    def pairs(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """The sums that are pooled: (left, right) of the upper rows, and of the lower rows."""
        height, width = self.pooled.shape[1:3]
        whole = self.sums[:, : 2 * height, : 2 * width]
        return [(whole[:, row::2, ::2], whole[:, row::2, 1::2]) for row in (0, 1)]

    def forward(self, before: np.ndarray) -> np.ndarray:
        """Return the pooled maps (maps, height, width, digits) for these input maps."""
        height, width = self.sums.shape[1:3]
        for i, j in itertools.product(range(self.side), repeat=2):
            self.patches[:, i, j] = before[:, i : i + height, j : j + width]
        filters, sums = self.rows
        np.dot(filters, self.patches.reshape(filters.shape[1], -1), out=sums)
        for (left, right), half in zip(self.pairs, (self.upper, self.lower), strict=True):
            np.maximum(left, right, out=half)
        np.maximum(self.upper, self.lower, out=self.pooled)
        self.pooled += self.biases[:, None, None, None]
        relu(self.pooled, self.pooled)
        return self.pooled

    def maps(self) -> np.ndarray:
        """Return the maps of the last ``forward`` after ReLU, before pooling."""
        return np.maximum(self.sums + self.biases[:, None, None, None], 0.0)

    def backward(self, filters: np.ndarray, biases: np.ndarray, before: np.ndarray | None) -> None:
        """Compute the gradients of filters, biases and, unless None, input maps, from ``slopes`` of the pooled maps.

        The results are written to the arguments. ``sums`` and ``slopes`` are overwritten.
        """
        self._unpool(biases)
        own, slopes = self.rows
        patches = self.patches.reshape(own.shape[1], -1)
        np.dot(slopes, patches.T, out=filters.reshape(own.shape))
        if before is None:
            return
        np.dot(own.T, slopes, out=self.patch_slopes.reshape(patches.shape))
        before[...] = 0.0
        height, width = self.sums.shape[1:3]
        for i, j in itertools.product(range(self.side), repeat=2):
            before[:, i : i + height, j : j + width] += self.patch_slopes[:, i, j]

    def _unpool(self, biases: np.ndarray) -> None:
        """Pass each cell's gradient to the greatest of the four sums it was pooled from, the first among equals."""
        np.greater(self.pooled, 0.0, out=self.mask)
        self.slopes *= self.mask
        np.add.reduce(self.slopes, axis=(1, 2, 3), out=biases)
        np.greater_equal(self.upper, self.lower, out=self.mask)
        np.multiply(self.slopes, self.mask, out=self.rest)
        self.slopes -= self.rest
        for (left, right), share in zip(self.pairs, (self.rest, self.slopes), strict=True):
            np.greater_equal(left, right, out=self.mask)
            np.multiply(share, self.mask, out=left)
            np.subtract(share, left, out=right)
        height, width = self.pooled.shape[1:3]
        self.sums[:, 2 * height :] = 0.0  # an odd last row or column was not pooled
        self.sums[:, :, 2 * width :] = 0.0


class ConvolutionPasses:
    """Forward passes, and with ``learns`` backward passes, for ``size`` digits at once, in buffers made once.

    Every pass reads the parameters in ``parts``. With ``learns``, ``gradient`` is a flat array in the order of
    ``ConvolutionSizes.views``.
    """

    def __init__(
        self, layout: ConvolutionSizes, parts: ConvolutionParameters, size: int, *, learns: bool = False
    ) -> None:
        dtype = parts.weights.dtype
        self.parts, self.size, self.learns = parts, size, learns
        self.image = np.empty((1, *layout.image_shape, size), dtype)
        before = layout.map_shapes[:-1:2]
        self.layers = [
            FilterLayer(filters, biases, shape, size, learns)
            for filters, biases, shape in zip(parts.filters, parts.filter_biases, before, strict=True)
        ]
        self.sums, self.answers, self.targets = (np.empty((size, layout.classes), dtype) for _ in range(3))
        self.one_hot = np.eye(layout.classes, dtype=dtype)
        if learns:
            self.sum_slopes, self.scratch = np.empty_like(self.sums), np.empty_like(self.sums)
            self.gradient = np.zeros(layout.parameters, dtype)
            self.slopes = layout.views(self.gradient)

    @property
    def features(self) -> np.ndarray:
        """The last maps, one column for each digit: (features, digits)."""
        return self.layers[-1].pooled.reshape(-1, self.size)

    def forward(self, images: np.ndarray) -> np.ndarray:
        """Return the outputs (digits, classes) for images (digits, height, width), in a buffer that is reused.

        ``sums`` then holds the logarithms of the outputs.
        """
        self.image[0] = images.transpose(1, 2, 0)
        maps = self.image
        for layer in self.layers:
            maps = layer.forward(maps)
        np.dot(self.features.T, self.parts.weights.T, out=self.sums)
        self.sums += self.parts.biases
        softmax(self.sums, self.answers)
        return self.answers

    def maps(self, images: np.ndarray) -> list[np.ndarray]:
        """Return the maps of every stage for the images: (digits, maps, height, width) each, as new arrays."""
        self.forward(images)
        stages = [self.image]
        for layer in self.layers:
            stages += [layer.maps(), layer.pooled]
        return [np.ascontiguousarray(stage.transpose(3, 0, 1, 2)) for stage in stages]

    def learn(self, images: np.ndarray, labels: np.ndarray) -> tuple[float, int]:
        """Write the gradient of the mean loss to ``gradient``; return this loss and the number of right answers."""
        self.forward(images)
        self.one_hot.take(labels, axis=0, out=self.targets, mode="clip")  # other modes make one more copy
        loss = mean_loss("cross-entropy", "softmax", self.sums, self.answers, self.targets)
        right = int(np.count_nonzero(self.answers.argmax(axis=1) == labels))
        self._backward()
        return loss, right

    def _backward(self) -> None:
        kind = ("cross-entropy", "softmax")
        loss_slope(*kind, self.answers, self.targets, scratch=self.scratch, out=self.sum_slopes)
        np.dot(self.sum_slopes.T, self.features.T, out=self.slopes.weights)
        np.add.reduce(self.sum_slopes, axis=0, out=self.slopes.biases)
        last = self.layers[-1].slopes
        np.dot(self.parts.weights.T, self.sum_slopes.T, out=last.reshape(-1, self.size))
        for k in range(len(self.layers) - 1, -1, -1):
            before = self.layers[k - 1].slopes if k > 0 else None
            self.layers[k].backward(self.slopes.filters[k], self.slopes.filter_biases[k], before)
