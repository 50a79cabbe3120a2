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
    """A record that was checked on creation (EdgeglowError): a run that exists is whole and consistent.

    With ``is_checked`` the very same one has been checked before.
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
                raise EdgeglowError(
                    f"the contents have digest {run.digest[:12]}…, but {claimed[:12]}… is stored"
                )
        except EdgeglowError as error:
            raise EdgeglowError(f"{path}: {error}; {REMEDY}") from error
        return run
