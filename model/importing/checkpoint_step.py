"""Find the training step or epoch of a checkpoint in its file or its name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing.lazy_array import list_names
from edgeglow.model.importing.parsed_network import CheckpointStep

# the names of counters in checkpoints, steps before epochs
FACTS = {
    "global_step": "step",
    "step": "step",
    "steps": "step",
    "iteration": "step",
    "iter": "step",
    "epoch": "epoch",
    "epochs": "epoch",
}
WORDS = {
    "step": r"(?:^|[^a-z])(?:(?:global[_-]?)?steps?|iter(?:ation)?s?)|(?:^|[^a-z0-9])it",
    "epoch": r"(?:^|[^a-z])epochs?|(?:^|[^a-z0-9])ep?",
}
ENDINGS = (
    ".weights.h5",
    ".safetensors",
    ".keras",
    ".onnx",
    ".hdf5",
    ".ckpt",
    ".pth",
    ".npz",
    ".npy",
    ".pickle",
    ".pkl",
    ".bin",
    ".pt",
    ".h5",
)
KERAS = (".weights.h5", ".keras", ".hdf5", ".h5")
NUMBER = re.compile(r"\d+\.\d+(?!\d*\.\d)|\d+")


def step_in_facts(facts: Mapping[Any, Any]) -> CheckpointStep | None:
    """Return the step or epoch among a checkpoint's facts; the step if it has both."""
    for name, kind in FACTS.items():
        number = facts.get(name)
        if isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 2**53:
            return CheckpointStep(kind, number)
    return None


def known_extension(name: str) -> str:
    """Return the known extension of a file's name, or "" if it has none."""
    return next((each for each in ENDINGS if name.lower().endswith(each)), "")


def steps_in_names(names: Sequence[str]) -> dict[str, CheckpointStep | int]:
    """Return the moments in files' names; plain numbers where the names do not say what they count.

    A name tells its moment by a word, as in epoch=3-step=120 (the step counts), or by the one whole number that
    differs from name to name. Names without a moment are left out.
    """
    stems = {name: name[: len(name) - len(known_extension(name))] for name in names}
    found: dict[str, CheckpointStep | int] = {}
    for kind, words in WORDS.items():
        told = {
            name: re.search(rf"(?:{words})[=_\- .]*(\d{{1,15}})(?!\d)", stem.lower()) for name, stem in stems.items()
        }
        of_kind = {name: CheckpointStep(kind, int(match[1])) for name, match in told.items() if match is not None}
        if len(set(of_kind.values())) == len(stems):
            return dict(of_kind)
        found = {**of_kind, **found}
    return found or _bare_numbers(stems)


def _bare_numbers(stems: Mapping[str, str]) -> dict[str, CheckpointStep | int]:
    wholes = {name: [text for text in NUMBER.findall(stem) if "." not in text] for name, stem in stems.items()}
    wholes = {name: numbers for name, numbers in wholes.items() if numbers and len(numbers[-1]) < 16}
    if len({len(numbers) for numbers in wholes.values()}) != 1:
        return {}
    columns = list(zip(*wholes.values(), strict=True))
    differing = [index for index, column in enumerate(columns) if len({int(text) for text in column}) > 1]
    if len(columns) == 1:
        differing = [0]
    if len(differing) != 1:
        return {}
    return {name: int(numbers[differing[0]]) for name, numbers in wholes.items()}


def checkpoint_steps(paths: Sequence[Path], told: Sequence[CheckpointStep | None]) -> list[CheckpointStep]:
    """Return a moment for each checkpoint: from its name, else from its file (``told``).

    Raises EdgeglowError, without the folder's name, when a moment is not known, when two are the same, or when steps
    and epochs are mixed.
    """
    names = steps_in_names([path.name for path in paths])
    moments = []
    for path, inside in zip(paths, told, strict=True):
        named = names.get(path.name)
        if isinstance(named, int):
            same = inside is not None and inside.number == named
            kind = inside.kind if inside is not None and same else _usual(path)
            named = CheckpointStep(kind, named)
        if named is None and inside is None:
            raise EdgeglowError(
                f"when {path.name} was written is not told by it or its name, expected names as in"
                " step_000120.pt or epoch_7.keras; rename it, or put it elsewhere"
            )
        moments.append(named or inside)
    settled = [moment for moment in moments if moment is not None]
    _check(paths, settled)
    return settled


def _usual(path: Path) -> str:
    """Return the unit of a plain number: Keras's own callback counts epochs, other training loops mostly steps."""
    return "epoch" if path.name.lower().endswith(KERAS) else "step"


def _check(paths: Sequence[Path], moments: Sequence[CheckpointStep]) -> None:
    seen: dict[CheckpointStep, str] = {}
    for path, moment in zip(paths, moments, strict=True):
        if moment in seen:
            raise EdgeglowError(f"{seen[moment]} and {path.name} are both of {moment}, expected one of each")
        if seen and moment.kind != (first := next(iter(seen))).kind:
            raise EdgeglowError(
                f"{seen[first]} tells a {first.kind}, but {path.name} an {moment.kind};"
                f" expected the same of all, out of {list_names(each.name for each in paths)}"
            )
        seen[moment] = path.name
