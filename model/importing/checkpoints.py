"""A folder of checkpoints, one network at several moments of its training."""

from __future__ import annotations

from pathlib import Path

from model.config import MOST_KEPT, MOST_SNAPSHOTS
from model.errors import EdgeglowError
from model.importing.moments import ending, settled_moments
from model.importing.reading import read_stored
from model.importing.stored import Moment, Stored
from model.network import count_parameters


def read_checkpoints(
    folder: Path,
    *,
    activation: str | None = None,
    output: str | None = None,
    normalised: tuple[float, float] | None = None,
) -> list[tuple[Moment, Stored]]:
    """The networks in a folder, ordered by the step or epoch that their names, or else they themselves, tell.

    Options are as for ``read_stored``. Files without a known ending and hidden ones are passed over, as logs and
    the like. Raises EdgeglowError, one line that begins with the path, when the moments cannot be told, or the
    files do not hold the same network.
    """
    folder = Path(folder)
    paths = _files(folder)
    networks: list[Stored] = []
    for path in paths:
        networks.append(read_stored(path, activation=activation, output=output, normalised=normalised))
        _check_alike(paths[0], networks[0], path, networks[-1])
        kept = len(paths) * count_parameters(networks[0].layer_sizes)
        if kept > MOST_KEPT:
            raise EdgeglowError(
                f"{folder}: {len(paths):,} checkpoints of this network are {kept:,} numbers, expected at most"
                f" {MOST_KEPT:,}; leave some out"
            )
    try:
        moments = settled_moments(paths, [network.moment for network in networks])
    except EdgeglowError as error:
        raise EdgeglowError(f"{folder}: {error}") from error
    return sorted(zip(moments, networks, strict=True), key=lambda pair: pair[0])


def _files(folder: Path) -> list[Path]:
    try:
        paths = sorted(
            each for each in folder.iterdir() if ending(each.name) and not each.name.startswith(".")
        )
    except OSError as error:
        raise EdgeglowError(f"{folder}: it cannot be read as a folder: {error.strerror}") from error
    if not paths:
        raise EdgeglowError(f"{folder}: it holds no checkpoints, expected files such as step_000120.pt")
    if len(paths) > MOST_SNAPSHOTS:
        raise EdgeglowError(f"{folder}: it holds {len(paths):,} files, expected at most {MOST_SNAPSHOTS:,}")
    return paths


def _check_alike(first: Path, network: Stored, path: Path, other: Stored) -> None:
    for what, mine, theirs in (
        ("layers", "-".join(map(str, network.layer_sizes)), "-".join(map(str, other.layer_sizes))),
        ("hidden activation", network.hidden, other.hidden),
        ("output", network.output, other.output),
    ):
        if mine != theirs:
            raise EdgeglowError(
                f"{path}: its {what} are {theirs}, but those of {first.name} {mine}; expected one network throughout"
            )
