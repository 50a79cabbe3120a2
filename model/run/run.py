"""The run, the result of a training: saved as one .npz file, and verified when loaded."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import InitVar, dataclass, replace
from functools import cached_property
from os import PathLike
from pathlib import Path

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.run.run_data import RunData
from edgeglow.model.run.snapshot import Example, Snapshot
from edgeglow.model.run.storage import REMEDY, content_digest, read_fields, to_arrays, write_run
from edgeglow.model.run.validation import check_run

__all__ = ["Example", "Run", "Snapshot"]


@dataclass(frozen=True, eq=False, repr=False)  # arrays have no single truth value to compare
class Run(RunData):
    """The result of a training: the network on its way, and the data to show of it.

    It is checked on creation, so a run that exists is whole and consistent. It and its arrays cannot be changed.

    Parameters
    ----------
    config
        The configuration of its training by edgeglow; None for a network that was trained elsewhere.
    source
        The origin of the digits, as "strokes" or "mnist".
    image_shape
        The height and width of the input pictures in pixels; None where the inputs are no pictures but named numbers.
    class_names
        The names of the classes, one for each output.
    training_count
        The number of training digits, None if unknown.
    test_count
        The number of test digits.
    snapshots
        The network at moments of its training, the last one at its end. ``weights[k]`` of a snapshot is float32
        (neurons of layer k + 1, neurons of layer k), ``biases[k]`` is float32 (neurons of layer k + 1,).
    curve_examples, curve_losses, curve_accuracies
        The training digits seen at each point of the training, and the loss and accuracy, averaged over the batches
        since the last point; each (points,). Empty if they were not recorded.
    confusion
        The counts of test digits, int64 (classes, classes): row = true label, column = the last snapshot's answer.
    examples
        The digits that are shown.
    test_digits
        The test digits, or the first 10,000 of them. Results over all test digits, as ``confusion`` and
        ``accuracy``, count the others as well.
    interrupted
        Whether the training was stopped before its last epoch.
    convolution
        A convolutional network trained on the same digits, for comparison, or None.
    imported
        The origin of a network that was trained elsewhere, else None.
    feature_names
        The names of the inputs where they are no pictures, else empty; each input is stored as a picture of one row.
    is_checked
        Whether the very same run was checked before, so that it need not be checked again.

    Raises
    ------
    EdgeglowError
        The parts do not fit each other.

    Examples
    --------
    >>> from edgeglow import Config, Run, train
    >>> from edgeglow.model.data.strokes import draw_digits
    >>> run = train(Config(epochs=2), draw_digits(1_000, seed=1), draw_digits(200, seed=2))
    >>> run.save("mine.npz")
    >>> run = Run.load("mine.npz")
    >>> [weights.shape for weights in run.last.weights]
    [(16, 784), (16, 16), (10, 16)]
    >>> answers = run.network().activations(run.test_digits.pixels)[-1].argmax(axis=1)
    >>> bool((answers == run.test_digits.labels).mean() == run.accuracy)
    True
    """

    is_checked: InitVar[bool] = False

    def __post_init__(self, is_checked: bool) -> None:
        if not is_checked:
            check_run(self)
        if self.test_digits.source != self.source:  # a run has one source, and its file stores one name
            object.__setattr__(self, "test_digits", replace(self.test_digits, source=self.source))
        for array in self.arrays():
            array.flags.writeable = False

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the contents in hexadecimal, independent of the file's name."""
        return content_digest(to_arrays(self))

    def save(self, path: str | PathLike[str]) -> None:
        """Write the run completely or not at all. Raises EdgeglowError when it cannot be written."""
        write_run(Path(path), to_arrays(self))

    @staticmethod
    def load(path: str | PathLike[str], checked: Container[str] = ()) -> Run:
        """Read and verify a run. Raises EdgeglowError, with the file's name, when anything is wrong.

        One whose digest is in ``checked`` has been checked before: then it is enough that the digest is true.
        """
        file = Path(path)
        if not file.is_file():
            found = "is no file" if file.exists() else "there is no such file"
            raise EdgeglowError(f"{path}: {found}; train a network first, or name another run")
        try:
            fields, claimed, is_known = read_fields(file, checked)
            run = Run(**fields, is_checked=is_known)
            if is_known:
                vars(run)["digest"] = claimed
            elif run.digest != claimed:
                raise EdgeglowError(f"the contents have digest {run.digest[:12]}…, but {claimed[:12]}… is stored")
        except EdgeglowError as error:
            raise EdgeglowError(f"{path}: {error}; {REMEDY}") from error
        return run
