"""The contents of a run as plain data, without checks, saving or loading."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from edgeglow.model.data.digits import Digits
from edgeglow.model.network.activations import parse_functions
from edgeglow.model.network.convolution.network import ConvolutionalNetwork
from edgeglow.model.network.network import Network, count_parameters
from edgeglow.model.run.import_info import ImportInfo
from edgeglow.model.run.snapshot import Example, Snapshot
from edgeglow.model.run.training_config import Config
from edgeglow.model.text.shares import format_share


@dataclass(frozen=True, eq=False, repr=False)  # arrays have no single truth value to compare
class RunData:
    """A trained network, its origin, and the data to show of it, as described in :class:`~edgeglow.Run`."""

    config: Config | None
    source: str
    image_shape: tuple[int, int] | None
    class_names: tuple[str, ...]
    training_count: int | None
    test_count: int
    snapshots: tuple[Snapshot, ...]
    curve_examples: np.ndarray
    curve_losses: np.ndarray
    curve_accuracies: np.ndarray
    confusion: np.ndarray
    examples: tuple[Example, ...]
    test_digits: Digits
    interrupted: bool = False
    convolution: ConvolutionalNetwork | None = None
    imported: ImportInfo | None = None
    feature_names: tuple[str, ...] = ()

    def __repr__(self) -> str:
        shape = "-".join(map(str, self.layer_sizes))
        return f"Run({shape}, {self.source}, {len(self.snapshots)} snapshots, {format_share(self.accuracy, '.2%')})"

    @property
    def layer_sizes(self) -> tuple[int, ...]:
        return self._made.layer_sizes

    @property
    def hidden(self) -> str:
        """The activation function of the hidden layers, or one name for each of them, as "relu,tanh"."""
        return self._made.hidden

    @property
    def functions(self) -> tuple[str, ...]:
        """The names of the activation functions of all layers after the inputs."""
        hidden = parse_functions(self.hidden, len(self.layer_sizes) - 2)
        return (*(function.name for function in hidden), self.output)

    @property
    def output(self) -> str:
        """The activation function of the last layer."""
        return self._made.output

    @property
    def loss(self) -> str:
        """The loss that the snapshots were measured by."""
        return self._made.loss

    @property
    def subject(self) -> str:
        """The kind of inputs: "digits", other "pictures", or "rows" of named numbers."""
        if self.image_shape is None:
            return "rows"
        return "digits" if all(name.isdecimal() for name in self.class_names) else "pictures"

    @property
    def clock(self) -> str:
        """The unit of the snapshots' times: "examples" seen, "step", "epoch", or "" if it is unknown."""
        return "examples" if self.imported is None else self.imported.clock

    @property
    def times(self) -> np.ndarray:
        """The time of each snapshot, by the ``clock``: float64 (snapshots,); zeros if unknown."""
        if not self.clock:
            return np.zeros(len(self.snapshots))
        return np.array([getattr(snapshot, self.clock) for snapshot in self.snapshots], np.float64)

    @property
    def from_scratch(self) -> bool:
        """Whether the first snapshot is from before any learning."""
        return bool(self.clock) and self.times[0] == 0

    @property
    def first(self) -> Snapshot:
        """The snapshot before any learning, or the earliest one known."""
        return self.snapshots[0]

    @property
    def last(self) -> Snapshot:
        """The snapshot after all learning."""
        return self.snapshots[-1]

    @property
    def parameters(self) -> int:
        """The number of weights and biases in the network."""
        return count_parameters(self.layer_sizes)

    @property
    def accuracy(self) -> float:
        """The part of the test digits that the last snapshot reads right."""
        return self.last.accuracy

    def network(self, snapshot: Snapshot | None = None) -> Network:
        """Return the network at a snapshot, by default the last one."""
        moment = snapshot or self.last
        return Network.of(moment.weights, moment.biases, self.hidden, self.output)

    def arrays(self) -> Iterator[np.ndarray]:
        """Yield every array of the run."""
        yield from (self.curve_examples, self.curve_losses, self.curve_accuracies, self.confusion)
        yield from (self.test_digits.images, self.test_digits.labels)
        for snapshot in self.snapshots:
            yield from (*snapshot.weights, *snapshot.biases, *snapshot.activations)
        for example in self.examples:
            yield example.pixels

    @property
    def _made(self) -> Config | ImportInfo:
        made = self.config or self.imported
        assert made is not None  # checked on creation
        return made
