"""One neuron's activation function, for drawing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgeglow.model.network.activations import parse_function
from edgeglow.scenes.style.theme import brightness


@dataclass(frozen=True)
class NeuronActivation:
    """The activation function of one neuron; ``kind`` is its name.

    ``peak`` is the largest activation of its layer, ``threshold`` the one above which it is called lit. The
    output of a softmax depends only on the neuron's lead: its sum minus the log of the sum of the other neurons'
    exponentials. It is the sigmoid of this lead.
    """

    kind: str
    threshold: float
    peak: float

    def activation(self, sums: np.ndarray) -> np.ndarray:
        """Return the activations for sums (n,)."""
        out = np.empty(np.shape(sums), dtype=np.float64)
        parse_function("sigmoid" if self.kind == "softmax" else self.kind).apply(
            np.array(sums, dtype=np.float64), out
        )
        return out

    def light(self, sums: np.ndarray) -> np.ndarray:
        """Return the brightness for sums (n,), as it is drawn."""
        return brightness(self.activation(sums), self.kind, self.peak)

    def is_lit(self, sums: np.ndarray) -> np.ndarray:
        return self.activation(sums) > self.threshold
