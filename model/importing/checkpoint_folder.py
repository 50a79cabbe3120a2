"""Read a folder of checkpoints: one network at several moments of its training."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing.checkpoint_step import checkpoint_steps, known_extension, steps_in_names
from edgeglow.model.importing.function_names import check_function_names
from edgeglow.model.importing.import_choices import NO_CHOICES, ImportChoices, check_import_choices
from edgeglow.model.importing.lazy_array import list_names
from edgeglow.model.importing.open_file import one_line
from edgeglow.model.importing.other_formats import UnsupportedFormat, check_folder
from edgeglow.model.importing.parsed_network import CheckpointStep, ParsedNetwork
from edgeglow.model.importing.read_file import is_run_file, read_network
from edgeglow.model.network.network import count_parameters
from edgeglow.model.run.training_config import MOST_KEPT, MOST_SNAPSHOTS

# files that training loops write beside the network, often with the same numbers in their names
OTHER_FILES = re.compile(r"optim|sched|scaler|rng|random")


def read_checkpoints(
    folder: Path, *, activation: str | None = None, output: str | None = None, way: ImportChoices = NO_CHOICES
) -> list[tuple[CheckpointStep, ParsedNetwork]]:
    """Read the networks in a folder, ordered by the step or epoch in their names or, failing that, in their contents.

    Options are those of ``read_network``. Files without a known extension, hidden files and runs of this program are
    ignored. Also ignored, and listed in the last network's remarks, are optimisers' files and, beside files whose
    names tell a moment, files that hold no network or add no moment, such as best.pt. Raises EdgeglowError, one line
    that starts with the path, when the moments are not known, or the files do not hold the same network.
    """
    check_function_names(activation, output)
    check_import_choices(way)
    folder = Path(folder)
    paths, left_out = _files(folder)
    telling = steps_in_names([path.name for path in paths])
    named = [path for path in paths if path.name in telling]
    networks: dict[Path, ParsedNetwork] = {}
    for path in (*named, *(path for path in paths if path not in named)):
        try:
            network = read_network(path, activation=activation, output=output, way=way)
            first = next(iter(networks), path)
            _check_alike(first, networks.get(first, network), path, network)
        except EdgeglowError:
            if path in named or not named:
                raise
            left_out.append(path)
            continue
        networks[path] = network
        _check_count(folder, len(paths), network)
    moments, doubled = _moments(folder, named or list(networks), networks)
    stages = sorted(((moment, networks[path]) for path, moment in moments.items()), key=lambda pair: pair[0])
    if left_out := [*left_out, *doubled]:
        moment, last = stages[-1]
        stages[-1] = moment, replace(last, remarks=(*last.remarks, _remark(left_out)))
    return stages


def _moments(
    folder: Path, sure: list[Path], networks: dict[Path, ParsedNetwork]
) -> tuple[dict[Path, CheckpointStep], list[Path]]:
    """Return the moment of each checkpoint, and the files outside ``sure`` that add no moment."""
    try:
        settled = checkpoint_steps(sure, [networks[path].moment for path in sure])
    except EdgeglowError as error:
        raise EdgeglowError(f"{folder}: {error}") from error
    moments = dict(zip(sure, settled, strict=True))
    doubled = []
    for path, network in networks.items():
        told = network.moment
        if path in moments:
            continue
        if told is None or told.kind != settled[0].kind or told in moments.values():
            doubled.append(path)
        else:
            moments[path] = told
    return moments, doubled


def _remark(left_out: Iterable[Path]) -> str:
    names = list_names(sorted(path.name for path in left_out))
    return one_line(f"Passed over, as they add no moment to its training: {names}.", 600)


def _check_count(folder: Path, count: int, network: ParsedNetwork) -> None:
    if (kept := count * count_parameters(network.layer_sizes)) > MOST_KEPT:
        raise EdgeglowError(
            f"{folder}: {count:,} checkpoints of this network are {kept:,} numbers, expected at most"
            f" {MOST_KEPT:,}; leave some out"
        )


def _files(folder: Path) -> tuple[list[Path], list[Path]]:
    """Return the files that may be checkpoints, and other files that training loops write."""
    try:
        found = sorted(
            each for each in folder.iterdir() if known_extension(each.name) and not each.name.startswith(".")
        )
        if {each.name for each in found} <= {"model.weights.h5"}:
            check_folder(folder)
    except UnsupportedFormat as error:
        raise UnsupportedFormat(f"{folder}: {error}") from error
    except OSError as error:
        raise EdgeglowError(f"{folder}: it cannot be read as a folder: {error.strerror}") from error
    found = [path for path in found if not path.is_dir() and not is_run_file(path)]
    others = [path for path in found if OTHER_FILES.search(path.name.lower())]
    paths = [path for path in found if path not in others]
    if not paths:
        raise EdgeglowError(f"{folder}: it holds no checkpoints, expected files such as step_000120.pt")
    if len(paths) > MOST_SNAPSHOTS:
        raise EdgeglowError(f"{folder}: it holds {len(paths):,} files, expected at most {MOST_SNAPSHOTS:,}")
    return paths, others


def _check_alike(first: Path, network: ParsedNetwork, path: Path, other: ParsedNetwork) -> None:
    for what, mine, theirs in (
        ("layers", "-".join(map(str, network.layer_sizes)), "-".join(map(str, other.layer_sizes))),
        ("hidden activation", network.hidden, other.hidden),
        ("output", network.output, other.output),
    ):
        if mine != theirs:
            raise EdgeglowError(
                f"{path}: its {what} are {theirs}, but those of {first.name} {mine}; expected one network throughout"
            )
