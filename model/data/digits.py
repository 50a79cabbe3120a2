"""Labelled pictures of digits, independent of their origin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgeglow.model.errors import EdgeglowError


@dataclass(frozen=True, eq=False)  # arrays have no single truth value to compare
class Digits:
    """Labelled images.

    ``images`` is float32 with shape (count, height, width), 0 for black and 1 for white ink. ``labels`` is int64 with
    shape (count,). ``source`` names their origin, such as "strokes" or "mnist".

    Raises EdgeglowError when shapes or counts do not fit each other.
    """

    images: np.ndarray
    labels: np.ndarray
    source: str

    def __post_init__(self) -> None:
        if self.images.ndim != 3:
            raise EdgeglowError(
                f"{self.source} digits: images of shape {self.images.shape}, expected (count, height, width)"
            )
        if self.labels.shape != self.images.shape[:1]:
            raise EdgeglowError(
                f"{self.source} digits: {len(self.images)} images, but labels of shape {self.labels.shape};"
                " expected one label for each image"
            )

    def __len__(self) -> int:
        return len(self.images)

    @property
    def pixels(self) -> np.ndarray:
        """The images as rows, shape (count, height * width); a view when the images are contiguous."""
        count, height, width = self.images.shape
        return self.images.reshape(count, height * width)

    def head(self, count: int) -> Digits:
        """Return the first ``count`` digits."""
        return Digits(self.images[:count], self.labels[:count], self.source)

    def every(self, step: int) -> Digits:
        """Return every ``step``-th digit, starting with the first."""
        return Digits(np.ascontiguousarray(self.images[::step]), self.labels[::step], self.source)

    def shuffled(self, seed: int) -> Digits:
        """Return the same digits in a random order drawn from ``seed``."""
        order = np.random.default_rng(seed).permutation(len(self))
        return Digits(self.images[order], self.labels[order], self.source)
