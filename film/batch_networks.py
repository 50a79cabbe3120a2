"""Networks that a job names, and the names of the folders for their films."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from glob import escape, iglob
from itertools import islice
from pathlib import Path

from edgeglow.film.batch_file import JobTable
from edgeglow.film.paths import display_path
from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing.importer import needs_import
from edgeglow.model.training.default_run import default_path

MOST_FILES = 10_000  # limit for the matches of one pattern


class RefusedNetworks(EdgeglowError):
    """Networks that cannot be shown, with one line for each."""

    most_lines = MOST_FILES


@dataclass
class Refusals:
    """Reasons why networks cannot be shown, one line each.

    ``skips`` says that the other networks are shown all the same.
    """

    skips: bool = False
    lines: list[str] = field(default_factory=list)

    def add(self, error: EdgeglowError) -> None:
        """Note the error of a network; lines of code that its message goes on with are left out."""
        first, *code = str(error).splitlines()
        if code:
            where, it_is, what = first.partition(": it is ")
            first = f"{where}{it_is}{what.partition('; ')[0]}; import tells two lines of code that help"
        self.lines.append(first)

    def check(self, left: int) -> None:
        """Raise RefusedNetworks with all reasons, unless they are to be skipped and ``left`` is not 0."""
        if self.lines and not (self.skips and left):
            raise RefusedNetworks("\n".join(self.lines))


def job_networks(table: JobTable, refused: Refusals) -> list[Path]:
    """Return the files, or folders of checkpoints, that a table names, each once.

    Names that do not exist are added to ``refused``.
    """
    names = table.axis("run")
    if names == [None]:
        if not default_path().exists():
            raise EdgeglowError(f"{table.where}: names no runs, and there is no default run yet; train one first")
        return [default_path()]
    found: dict[Path, None] = {}
    for name in names:
        try:
            found |= dict.fromkeys(_files(table, name))
        except EdgeglowError as error:
            refused.add(error)
    if found and "activation" in table.values and not any(map(needs_import, found)):
        raise EdgeglowError(
            f"{table.where}: activation: is for networks that were trained elsewhere, but here are only runs"
        )
    return list(found)


def _files(table: JobTable, name: str) -> list[Path]:
    """Return the file of this name, or the files that a pattern matches."""
    place = path_in_table(table, name)
    if place.exists():
        return [absolute_path(place)]
    if not (table.is_axis("run") and set("*?[") & set(name)):
        raise EdgeglowError(
            f"{table.where}: {display_path(place)}: there is no such file;"
            " expected a run, or a network from elsewhere"
        )
    pattern = os.path.join(escape(str(table.base)), os.path.expanduser(name))
    found = list(islice(iglob(pattern, recursive=True), MOST_FILES + 1))
    if len(found) > MOST_FILES:
        raise EdgeglowError(
            f"{table.where}: '{name}' matches more than {MOST_FILES:,} files; expected a pattern of fewer"
        )
    if not found:
        raise EdgeglowError(
            f"{table.where}: '{name}' matches no file in {display_path(table.base)}; expected runs, or networks"
        )
    return [absolute_path(Path(file)) for file in sorted(found)]


def path_in_table(table: JobTable, name: str) -> Path:
    """Return the path of a file that a table names."""
    return table.base / os.path.expanduser(name)


def absolute_path(place: Path) -> Path:
    """Return the absolute path, with links in its folder resolved; a link to the file itself keeps its name."""
    return place.resolve() if place.name in ("", "..") else place.parent.resolve() / place.name


def unique_names(networks: Sequence[Path]) -> dict[Path, str]:
    """Return a folder name for each network: its file's name, with as many parent folders as make it unique."""
    alike: dict[str, list[Path]] = {}
    for network in dict.fromkeys(networks):
        alike.setdefault(case_folded(_ending(network, 1, is_whole=False)), []).append(network)
    return {one: name for few in alike.values() for one, name in zip(few, _told_apart(few), strict=True)}


def _told_apart(networks: Sequence[Path]) -> list[str]:
    for depth in range(1, max(len(network.parts) for network in networks)):
        for is_whole in (False, True):
            names = [_ending(network, depth, is_whole=is_whole) for network in networks]
            if len(set(map(case_folded, names))) == len(names):
                return names
    files = " and ".join(map(display_path, networks))
    raise EdgeglowError(f"{files} differ by nothing but upper and lower case; rename one, since folders are named so")


def _ending(network: Path, depth: int, *, is_whole: bool) -> str:
    last = network.name if is_whole or network.is_dir() else network.stem
    return str(Path(*network.parts[-depth:-1], last))


def case_folded(name: object) -> str:
    """Return a name in a form that is equal for names that some file systems treat as the same file."""
    return unicodedata.normalize("NFC", str(name)).casefold()
