"""Reading and validation of a jobs file, which describes a matrix of films.

Plural keys are the axes of the matrix, singular keys its settings. Each ``[[jobs]]`` table is a matrix of its own
that inherits the values at the top of the file.
"""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgeglow.film.settings import ASPECTS, CAPTIONS, FORMATS, LARGEST, LARGEST_SEED, QUALITIES, RATES, is_frame_rate
from edgeglow.model.errors import EdgeglowError
from edgeglow.model.files.input_file import read_input

LONGEST = 60  # characters of a wrong value shown in an error
MOST_BYTES = 2**20
MOST_PARTS = 50
# A key of n parts costs tomllib memory in n², so keys that are too long are refused before parsing.
MANY_PARTS = re.compile(rf"""(?<![\w"'.-])(?:(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*){{{MOST_PARTS},}}""")
JOBS = "jobs"


@dataclass(frozen=True)
class ValueType:
    """Type of a value: ``expected`` describes it, ``fits`` tests it."""

    expected: str
    fits: Callable[[Any], bool]


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip()) and not set("\0\r\n") & set(value)


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_whole(value: object, least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most  # True is an int, too


def _is_size(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(_is_whole(one, 2, LARGEST) for one in value)


def _one_of(known: Sequence[str]) -> ValueType:
    return ValueType(f"one of {', '.join(known)}", lambda value: isinstance(value, str) and value in known)


TEXT = ValueType("a text of one line, in quotes", _is_text)
TEXTS = ValueType('a list of texts, as ["one", "two"]', _are_texts)
SETTINGS = {
    "run": TEXT,
    "activation": TEXT,
    "chapters": TEXTS,
    "language": TEXT,
    "theme": TEXT,
    "script": TEXT,
    "seed": ValueType(f"a whole number from 0 to {LARGEST_SEED}", lambda value: _is_whole(value, 0, LARGEST_SEED)),
    "digits": TEXTS,
    "labels": TEXTS,
    "quality": _one_of(tuple(QUALITIES)),
    "aspect": _one_of(ASPECTS),
    "resolution": ValueType("width and height in pixels, as [1280, 720]", _is_size),
    "fps": ValueType(
        f"a number from {RATES[0]} to {RATES[-1]} with at most three decimals",
        lambda value: type(value) in (int, float) and is_frame_rate(value),
    ),
    "captions": _one_of(CAPTIONS),
    "voice": TEXT,
    "format": _one_of([kind for kind in FORMATS if kind != "png"]),
    "transparent": ValueType("true or false", lambda value: isinstance(value, bool)),
    "folder": TEXT,
}
AXES = {
    "run": "runs",
    "language": "languages",
    "theme": "themes",
    "quality": "qualities",
    "aspect": "aspects",
    "format": "formats",
}
SINGLE = {several: one for one, several in AXES.items()}


@dataclass(frozen=True)
class JobTable:
    """One matrix: its values by key.

    File names are relative to ``base``; ``where`` is the beginning of an error message.
    """

    where: str
    base: Path
    values: Mapping[str, Any]

    def axis(self, name: str, usual: Any = None) -> list[Any]:
        """Return the values of an axis without repetition; if it is no axis, its setting or ``usual`` alone."""
        return list(dict.fromkeys(self.values.get(AXES[name], [self.values.get(name, usual)])))

    def is_axis(self, name: str) -> bool:
        return AXES[name] in self.values


def read_job_tables(path: Path) -> list[JobTable]:
    """Return the matrices in a jobs file. Raises EdgeglowError, in one line, when something in it is invalid."""
    content = _read(path)
    jobs = content.pop(JOBS, None)
    common = _checked(str(path), content)
    base = path.absolute().parent
    if jobs is None:
        return [JobTable(str(path), base, common)]
    if not (isinstance(jobs, list) and jobs and all(isinstance(job, dict) for job in jobs)):
        raise EdgeglowError(f"{path}: jobs: is {_told(jobs)}, expected tables that begin with [[jobs]]")
    tables = []
    for number, job in enumerate(jobs, start=1):
        where = f"{path}: job {number}"
        own = _checked(where, job)
        taken = set(map(_slot, own))
        inherited = {key: value for key, value in common.items() if _slot(key) not in taken}
        tables.append(JobTable(where, base, inherited | own))
    return tables


def _read(path: Path) -> dict[str, Any]:
    content = read_input(path, MOST_BYTES, "a file of jobs, in TOML")
    try:
        text = content.decode("utf-8-sig")  # editors on Windows may write a byte order mark first
        if MANY_PARTS.search(text):
            raise ValueError(f"a key has more than {MOST_PARTS} parts")
        return tomllib.loads(text)
    except RecursionError:
        reason = "lists or tables are nested too deep"
    except ValueError as error:  # numbers with thousands of digits raise it, too
        reason = "a number has thousands of digits" if "max_str_digits" in str(error) else str(error)[:200]
    raise EdgeglowError(f"{path}: {reason}; mend the file, it must be TOML in UTF-8")


def _checked(where: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values if each key is known and each value valid, else raise EdgeglowError."""
    for key, value in values.items():
        for kind, one in _kinds(where, key, value):
            if not kind.fits(one):
                raise EdgeglowError(f"{where}: {key}: is {_told(one)}, expected {kind.expected}")
    slots: dict[str, str] = {}
    for key in values:
        if (other := slots.setdefault(_slot(key), key)) != key:
            raise EdgeglowError(f"{where}: there are both {other} and {key}; expected one of the two")
    return dict(values)


def _kinds(where: str, key: str, value: Any) -> Iterator[tuple[ValueType, Any]]:
    """Yield the expected type and the value of a key; for an axis, those of each of its values."""
    if key in SETTINGS:
        yield SETTINGS[key], value
    elif key not in SINGLE:
        known = (*SINGLE, *SETTINGS)
        near = difflib.get_close_matches(key, (*known, JOBS), n=3, cutoff=0.6)
        hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(known)}"
        raise EdgeglowError(f"{where}: there is no key {_told(key)}; {hint}")
    elif not isinstance(value, list):
        raise EdgeglowError(f"{where}: {key}: is {_told(value)}, expected a list; a single one is {SINGLE[key]}")
    elif not value:
        raise EdgeglowError(f"{where}: {key}: is empty, expected at least one; or leave it out")
    else:
        yield from ((SETTINGS[SINGLE[key]], one) for one in value)


def _slot(key: str) -> str:
    """Return what a key decides.

    A table may have one key for each slot, which replaces an inherited key for it.
    """
    one = SINGLE.get(key, key)
    return "shape" if one in ("aspect", "resolution") else one


def _told(value: object) -> str:
    """Return a value as it may stand in the file, shortened."""
    try:
        text = json.dumps(value, ensure_ascii=False, default=str)
    except ValueError:  # thousands of digits, which Python does not write
        return "a number without end"
    except RecursionError:
        return "a value nested too deep"
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
