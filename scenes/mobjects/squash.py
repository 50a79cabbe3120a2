"""What one neuron's activation function makes of its sums."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model.activations import function_called
from scenes.stage.theme import brightness


@dataclass(frozen=True)
class Squash:
    """The activation function of one neuron; ``kind`` is its name.

    ``peak`` is the largest activation that its layer reaches, ``threshold`` the one above which it is called lit.
    A softmax's share hangs on nothing but how far the neuron's sum leads the logarithm of all other neurons' powers,
    and of this lead it is a sigmoid.
    """

    kind: str
    threshold: float
    peak: float

    def activation(self, sums: np.ndarray) -> np.ndarray:
        """The activations for sums (n,)."""
        out = np.empty(np.shape(sums), dtype=np.float64)
        function_called("sigmoid" if self.kind == "softmax" else self.kind).apply(
            np.array(sums, dtype=np.float64), out
        )
        return out

    def light(self, sums: np.ndarray) -> np.ndarray:
        """How bright they are drawn."""
        return brightness(self.activation(sums), self.kind, self.peak)

    def is_lit(self, sums: np.ndarray) -> np.ndarray:
        return self.activation(sums) > self.threshold
