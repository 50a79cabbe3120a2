"""Input files of a film: a run, and the user's own digits."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edgeglow.model.importing.load_run import FileState
    from edgeglow.model.run.run import Run

MOST_LETTERS = 60  # characters of the digits' names in a file name
TAKEN = re.compile(r"light|dark|\d+x\d+")  # names that mean a theme or an aspect in a file name


@dataclass(frozen=True)
class FilmInputs:
    """A run file, pictures of the user's own digits, and their labels in the same order.

    Nobody need say what all of the digits are. ``other`` is the file of a run to compare with, and ``called`` what
    both are called then. ``checked`` are the digests of runs that are known to be consistent.
    """

    run: Path
    digits: tuple[Path, ...] = ()
    labels: tuple[str, ...] = ()
    other: Path | None = None
    called: tuple[str, ...] = ()
    checked: frozenset[str] = frozenset()

    @property
    def files(self) -> tuple[Path, ...]:
        return (self.run, *self.digits, *([self.other] if self.other else []))

    @property
    def suffix(self) -> str:
        """Part of the file name that identifies the digits, or the two runs that are compared."""
        if self.other:
            return "".join(f"-{file_name_part(name)}" for name in self.called)
        names = "-".join(file_name_part(path.stem) for path in self.digits)
        names = names[:MOST_LETTERS].strip("-")
        if not self.digits:
            return ""
        return f"-digit-{names or 'own'}" if not names or TAKEN.fullmatch(names) else f"-{names}"

    def load(self) -> Run:
        """Return the run, with the user's digits before its own; files are read again only when they have changed.

        Raises EdgeglowError when a file is invalid.
        """
        from edgeglow.model.importing.load_run import file_state, load_run

        if not self.digits:
            return load_run(self.run, self.checked).run
        return _with_digits(self, tuple(map(file_state, self.files)))

    def load_other(self) -> Run | None:
        """Return the run to compare with, or None; raises as ``load`` does."""
        if self.other is None:
            return None
        return FilmInputs(self.other, checked=self.checked).load()

    def for_workers(self) -> FilmInputs:
        """The same for other processes, which need not check again what was checked here."""
        runs = [FilmInputs(file).load() for file in (self.run, self.other) if file]
        return replace(self, checked=frozenset(run.digest for run in runs))

    def beside(self) -> str:
        """Return a string that identifies the run to compare with and the names of both, or an empty string."""
        other = self.load_other()
        return f"{other.digest} {self.called}" if other else ""

    def read_digits(self) -> None:
        """Raise EdgeglowError if a digit's file is no picture of a digit, for any input size of the network."""
        from edgeglow.model.picture.read_picture import read_picture

        for path in self.digits:
            read_picture(path)

    def notes(self) -> list[str]:
        """Return notes about the digits' pictures, such as which of several frames is read."""
        from edgeglow.model.picture.picture_file import open_picture

        return [note for path in self.digits for note in open_picture(path)[2]]


def file_name_part(name: str) -> str:
    """Return a name in a form that can be part of a file name."""
    return re.sub(r"[^\w]+", "-", name).strip("-")


@lru_cache(maxsize=2)  # a run before and after one of its files changed
def _with_digits(source: FilmInputs, states: tuple[FileState, ...]) -> Run:
    from edgeglow.model.importing.load_run import add_pictures, load_run

    return add_pictures(load_run(source.run, source.checked).run, source.digits, source.labels)
