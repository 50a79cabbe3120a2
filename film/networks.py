"""Which networks a job is about, and what the folders of their films are called."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from glob import escape, iglob
from itertools import islice
from pathlib import Path

from film.jobs_file import Table
from film.places import shown
from model.defaults import default_path
from model.errors import EdgeglowError
from model.foreign import is_foreign

MOST_FILES = 10_000  # that one pattern matches


class RefusedNetworks(EdgeglowError):
    """Why networks cannot be shown, a line for each."""

    most_lines = MOST_FILES


@dataclass
class Refusals:
    """Why networks cannot be shown, a line for each; ``skips`` says that the others are to be, all the same."""

    skips: bool = False
    lines: list[str] = field(default_factory=list)

    def add(self, error: EdgeglowError) -> None:
        """Note a refusal. Of one that goes on with lines of code only what is wrong is kept."""
        first, *code = str(error).splitlines()
        if code:
            where, it_is, what = first.partition(": it is ")
            first = f"{where}{it_is}{what.partition('; ')[0]}; import tells two lines of code that help"
        self.lines.append(first)

    def check(self, left: int) -> None:
        """Raise EdgeglowError, with all of them, unless they are to be skipped and there are others ``left``."""
        if self.lines and not (self.skips and left):
            raise RefusedNetworks("\n".join(self.lines))


def networks_of(table: Table, refused: Refusals) -> list[Path]:
    """The files, or folders of checkpoints, that a table names, each once; those that are not there are refused."""
    names = table.axis("run")
    if names == [None]:
        if not default_path().exists():
            raise EdgeglowError(
                f"{table.where}: names no runs, and there is no default run yet; train one first"
            )
        return [default_path()]
    found: dict[Path, None] = {}
    for name in names:
        try:
            found |= dict.fromkeys(_files(table, name))
        except EdgeglowError as error:
            refused.add(error)
    if found and "activation" in table.values and not any(map(is_foreign, found)):
        raise EdgeglowError(
            f"{table.where}: activation: is for networks that were trained elsewhere, but here are only runs"
        )
    return list(found)


def _files(table: Table, name: str) -> list[Path]:
    """The file of this name, or those that a pattern matches."""
    place = inside(table, name)
    if place.exists():
        return [absolute(place)]
    if not (table.is_axis("run") and set("*?[") & set(name)):
        raise EdgeglowError(
            f"{table.where}: {shown(place)}: there is no such file; expected a run, or a network from elsewhere"
        )
    pattern = os.path.join(escape(str(table.base)), os.path.expanduser(name))
    found = list(islice(iglob(pattern, recursive=True), MOST_FILES + 1))
    if len(found) > MOST_FILES:
        raise EdgeglowError(
            f"{table.where}: '{name}' matches more than {MOST_FILES:,} files; expected a pattern of fewer"
        )
    if not found:
        raise EdgeglowError(
            f"{table.where}: '{name}' matches no file in {shown(table.base)}; expected runs, or networks"
        )
    return [absolute(Path(file)) for file in sorted(found)]


def inside(table: Table, name: str) -> Path:
    """A file that a table names."""
    return table.base / os.path.expanduser(name)


def absolute(place: Path) -> Path:
    """A link keeps its own name, since whoever made it meant something by that."""
    return place.resolve() if place.name in ("", "..") else place.parent.resolve() / place.name


def names_of(networks: Sequence[Path]) -> dict[Path, str]:
    """What the folder of a network's films is called: as its file, with as much of its path as tells it apart."""
    alike: dict[str, list[Path]] = {}
    for network in dict.fromkeys(networks):
        alike.setdefault(plain(_ending(network, 1, is_whole=False)), []).append(network)
    return {one: name for few in alike.values() for one, name in zip(few, _told_apart(few), strict=True)}


def _told_apart(networks: Sequence[Path]) -> list[str]:
    for depth in range(1, max(len(network.parts) for network in networks)):
        for is_whole in (False, True):
            names = [_ending(network, depth, is_whole=is_whole) for network in networks]
            if len(set(map(plain, names))) == len(names):
                return names
    files = " and ".join(map(shown, networks))
    raise EdgeglowError(
        f"{files} differ by nothing but upper and lower case; rename one, since folders are named so"
    )


def _ending(network: Path, depth: int, *, is_whole: bool) -> str:
    last = network.name if is_whole or network.is_dir() else network.stem
    return str(Path(*network.parts[-depth:-1], last))


def plain(name: object) -> str:
    """The same for names that are one file on some computers."""
    return unicodedata.normalize("NFC", str(name)).casefold()
