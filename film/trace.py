"""Which parts of a run a chapter reads, and whether another run has the very same ones.

A watched run looks like the run, but whatever is read of it is written down with a digest: each field by
itself, and of each snapshot and example only what is asked for. Nothing of the run lies in the watched one, so
that nothing can be read in passing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, cast, overload

import numpy as np

from model.config import Config
from model.convolution import Convolution
from model.digits import Digits
from model.imported import Imported
from model.run import Run
from model.snapshot import Example, Snapshot

RECORDS = (Run, Config, Imported, Snapshot, Example, Digits, Convolution)
WHOLE = "digest"  # of a run: who reads it has read everything

Trace = Mapping[str, str]  # digests by where a part stands: snapshots.3.weights.0


class Watch:
    """Writes down what is read of one run; ``run`` is what to read from, ``trace`` what was read so far."""

    def __init__(self, run: Run) -> None:
        self.trace: dict[str, str] = {}
        self._seen: dict[str, Any] = {}  # so that a part read twice is the same object
        self.run = cast(Run, _watched(run, self, ""))

    def read(self, place: str, value: object) -> Any:
        """Note that this was read, and give back what stands for it."""
        if place not in self._seen:
            self.trace[place] = digest_of(value)
            self._seen[place] = self._stand_in(place, value)
        return self._seen[place]

    def _stand_in(self, place: str, value: Any) -> Any:
        if isinstance(value, RECORDS):
            return _watched(value, self, f"{place}.")
        if isinstance(value, tuple) and not _is_plain(value):
            return _WatchedTuple(value, self, f"{place}.")
        return value


class Fingerprint:
    """Digests of a run's parts, each made when it is asked for. ``load`` gives the run; it is not held meanwhile."""

    def __init__(self, load: Callable[[], Run]) -> None:
        self._load = load
        self._known: dict[str, str | None] = {}

    def fits(self, trace: Trace) -> bool:
        """Has this run, in every place that was read, what was read there?"""
        return all(self._digest(place) == digest for place, digest in trace.items())

    def _digest(self, place: str) -> str | None:
        """None where this run has no such place."""
        if place not in self._known:
            try:
                self._known[place] = digest_of(_find(self._load(), place))
            except LookupError:
                self._known[place] = None
        return self._known[place]


def digest_of(value: object) -> str:
    """What tells a part from others. Of what has parts of its own: only what it is, and how many they are.

    Raises TypeError for what a run does not hold.
    """
    if isinstance(value, RECORDS):
        return type(value).__name__
    if isinstance(value, np.ndarray):
        total = hashlib.sha256(f"{value.dtype.str} {value.shape}\n".encode())
        total.update(np.ascontiguousarray(value).reshape(-1).view(np.uint8).data)
        return total.hexdigest()[:32]
    if _is_plain(value):
        return hashlib.sha256(repr(value).encode()).hexdigest()[:32]
    if isinstance(value, tuple) and all(isinstance(item, (*RECORDS, np.ndarray)) for item in value):
        return f"{len(value)} parts"
    raise TypeError(f"a {type(value).__name__} in a run cannot be watched; teach film/trace.py to")


def _is_plain(value: object) -> bool:
    if isinstance(value, tuple):
        return all(map(_is_plain, value))
    return value is None or isinstance(value, (bool, int, float, str, np.generic))


@cache
def names_of(kind: Any) -> frozenset[str]:
    """What can be read of a record: its fields, and of a run the digest of them all."""
    return frozenset({field.name for field in fields(kind)} | ({WHOLE} if kind is Run else set()))


def _find(value: Any, place: str) -> Any:
    """What stands there. Raises LookupError when there is nothing."""
    for step in place.split("."):
        if isinstance(value, RECORDS) and step in names_of(cast(Any, type(value))):
            value = getattr(value, step)
        elif isinstance(value, tuple) and step.isdecimal():
            value = value[int(step)]
        else:
            raise LookupError(place)
    return value


@dataclass(frozen=True)
class _Origin:
    """Where a watched record's fields come from."""

    record: object
    watch: Watch
    place: str
    names: frozenset[str]

    def read(self, name: str) -> Any:
        return self.watch.read(self.place + name, getattr(self.record, name))


class _Watched:
    """Mixed into a record's class: its fields are read from its origin. Properties and methods are its own."""

    def __getattribute__(self, name: str) -> Any:
        # One that dataclasses.replace has made has no origin: by then all of it has been read.
        origin: _Origin | None = object.__getattribute__(self, "__dict__").get("_origin")
        return origin.read(name) if origin and name in origin.names else object.__getattribute__(self, name)

    def __copy__(self) -> _Watched:
        return self

    def __deepcopy__(self, memo: object) -> _Watched:
        return self

    def __reduce_ex__(self, protocol: object) -> Any:
        raise TypeError("a watched run stays in its process: elsewhere nobody would write down what is read")


class _WatchedTuple(Sequence[Any]):
    """A tuple of records or arrays, of which only those count as read that are asked for."""

    def __init__(self, items: tuple[Any, ...], watch: Watch, place: str) -> None:
        self._items = items
        self._watch = watch
        self._place = place

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Any, ...]: ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return tuple(self[number] for number in range(len(self))[index])
        number = range(len(self))[index]
        return self._watch.read(f"{self._place}{number}", self._items[number])


@cache
def _watched_class(kind: Any) -> type:
    return type(f"Watched{kind.__name__}", (_Watched, kind), {})


def _watched(record: object, watch: Watch, place: str) -> object:
    """A record of the same kind, made without its checks, that has nothing of its own."""
    kind: Any = type(record)
    found: object = object.__new__(_watched_class(kind))
    object.__setattr__(found, "_origin", _Origin(record, watch, place, names_of(kind)))
    return found
