"""Arrays that know when somebody may have changed them: what has not been touched need not be looked at again."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np


class Aside:
    """Something that an object keeps, but that is no part of what it shows: Manim's play cache cannot see into it."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


class Watched:
    """An attribute that is an array. Whoever asks for it may write into it, so its owner then has another version;
    ``peek`` is for those who only read."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._key = f"_{name}"

    def __get__(self, owner: Any, kind: type | None = None) -> Any:
        if owner is None:
            return self
        self._touch(owner)
        try:
            return owner.__dict__[self._key]
        except KeyError:
            raise AttributeError(self._key.removeprefix("_")) from None

    def __set__(self, owner: Any, array: np.ndarray) -> None:
        self._touch(owner)
        owner.__dict__[self._key] = array

    def _touch(self, owner: Any) -> None:
        owner.__dict__.setdefault(f"{self._key}_version", Aside(0)).value += 1


def peek(owner: Any, name: str) -> np.ndarray:
    """A watched array, for reading it at once and then letting go of it."""
    found: np.ndarray = owner.__dict__[f"_{name}"]
    return found


def version_of(owner: Any, *names: str) -> int | None:
    """A number that is another one as soon as these arrays may be; None while somebody else holds one of them, or a
    view of it, through which it may be changed at any time."""
    if any(sys.getrefcount(owner.__dict__[f"_{name}"]) > _ALONE for name in names):
        return None
    return sum(owner.__dict__[f"_{name}_version"].value for name in names)


def is_fixed(array: np.ndarray) -> bool:
    """Can nobody write into it? Such an array, met again, is what it was."""
    while True:
        if array.flags.writeable:
            return False
        if not isinstance(array.base, np.ndarray):
            return array.base is None
        array = array.base


def fixed(array: np.ndarray) -> np.ndarray:
    """A copy that nobody can write into."""
    found = np.array(array)
    found.setflags(write=False)
    return found


class _Owner:
    pass


def _references_when_alone() -> int:
    """What counting says of an array that only its owner holds: this differs between versions of Python."""
    owner = _Owner()
    owner.__dict__["_array"] = np.zeros(1)
    return next(sys.getrefcount(owner.__dict__[f"_{name}"]) for name in ("array",))


_ALONE = _references_when_alone()
