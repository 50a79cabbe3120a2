"""Run: what training leaves behind. Saved as one .npz file, and verified when it is loaded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from os import PathLike
from pathlib import Path

import numpy as np

from model.config import Config
from model.convolution import Convolution
from model.digits import Digits
from model.errors import EdgeglowError
from model.network import Network, count_parameters
from model.snapshot import Example, Snapshot
from model.storage import REMEDY, content_digest, read_fields, to_arrays, write_run
from model.validation import check_run

__all__ = ["Example", "Run", "Snapshot"]


@dataclass(frozen=True, eq=False, repr=False)  # arrays have no single truth value to compare
class Run:
    """A finished training. Checked on creation (EdgeglowError): a run that exists is whole and consistent.

    ``curve_examples``, ``curve_losses`` and ``curve_accuracies`` (points,) follow the training: digits seen,
    and the loss and accuracy averaged over the batches since the point before.
    ``confusion`` is int64 (classes, classes) over the test digits: row = true label, column = last answer.
    ``test_digits`` are the test digits themselves, or the first 10,000 where ``test_count`` is more; what comes
    from all of them, as ``confusion`` and ``accuracy`` do, counts the others as well.
    ``convolution`` is a convolutional network that learnt from the same digits, to compare with; None if there is
    none. ``interrupted`` tells that training was stopped before its last epoch.
    """

    config: Config
    source: str
    image_shape: tuple[int, int]
    class_names: tuple[str, ...]
    training_count: int
    test_count: int
    snapshots: tuple[Snapshot, ...]
    curve_examples: np.ndarray
    curve_losses: np.ndarray
    curve_accuracies: np.ndarray
    confusion: np.ndarray
    examples: tuple[Example, ...]
    test_digits: Digits
    interrupted: bool = False
    convolution: Convolution | None = None

    def __post_init__(self) -> None:
        check_run(self)
        if self.test_digits.source != self.source:  # a run tells of one source, and its file holds one name
            object.__setattr__(self, "test_digits", replace(self.test_digits, source=self.source))
        for array in self._arrays():
            array.flags.writeable = False

    def __repr__(self) -> str:
        shape = "-".join(map(str, self.layer_sizes))
        return f"Run({shape}, {self.source}, {len(self.snapshots)} snapshots, {self.accuracy:.2%})"

    @property
    def layer_sizes(self) -> tuple[int, ...]:
        return self.config.layer_sizes

    @property
    def hidden(self) -> str:
        return self.config.hidden

    @property
    def output(self) -> str:
        return self.config.output

    @property
    def first(self) -> Snapshot:
        """Before any learning."""
        return self.snapshots[0]

    @property
    def last(self) -> Snapshot:
        """After all learning."""
        return self.snapshots[-1]

    @property
    def parameters(self) -> int:
        """How many weights and biases the network has."""
        return count_parameters(self.layer_sizes)

    @property
    def accuracy(self) -> float:
        """The part of the test digits that the last snapshot reads right."""
        return self.last.accuracy

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the contents, in hexadecimal: the same for the same run, whatever its file is called."""
        return content_digest(to_arrays(self))

    def network(self, snapshot: Snapshot | None = None) -> Network:
        """The network as it was at a snapshot; at the last one if none is given."""
        moment = snapshot or self.last
        return Network.of(moment.weights, moment.biases, self.hidden, self.output)

    def save(self, path: str | PathLike[str]) -> None:
        """Write the run, whole or not at all. Raises EdgeglowError when it cannot be written."""
        write_run(Path(path), to_arrays(self))

    @staticmethod
    def load(path: str | PathLike[str]) -> Run:
        """Read and verify a run. Raises EdgeglowError, with the file's name, when anything is wrong."""
        file = Path(path)
        if not file.is_file():
            raise EdgeglowError(f"{path}: there is no such file; render.py train makes one")
        try:
            fields, claimed = read_fields(file)
            run = Run(**fields)
            if run.digest != claimed:
                raise EdgeglowError(
                    f"the contents have digest {run.digest[:12]}…, but {claimed[:12]}… is stored"
                )
        except EdgeglowError as error:
            raise EdgeglowError(f"{path}: {error}; {REMEDY}") from error
        return run

    def _arrays(self) -> Iterator[np.ndarray]:
        yield from (self.curve_examples, self.curve_losses, self.curve_accuracies, self.confusion)
        yield from (self.test_digits.images, self.test_digits.labels)
        for snapshot in self.snapshots:
            yield from (*snapshot.weights, *snapshot.biases, *snapshot.activations)
        for example in self.examples:
            yield example.pixels
