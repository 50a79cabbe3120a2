"""Versioned arrays: a version number changes whenever an array may have changed."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np


class Uncached:
    """A value that an object keeps outside what it shows; Manim's play cache does not include it."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


class VersionedArray:
    """An array attribute with a version. Every access counts as a change, as the caller may write into the array.

    ``peek`` reads it without a new version.
    """

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
        owner.__dict__.setdefault(f"{self._key}_version", Uncached(0)).value += 1


def peek(owner: Any, name: str) -> np.ndarray:
    """Return a watched array for reading at once; the caller must not keep it."""
    found: np.ndarray = owner.__dict__[f"_{name}"]
    return found


def version_of(owner: Any, *names: str) -> int | None:
    """Return a number that changes whenever one of these arrays may have changed.

    It is None while other code holds one of them, or a view, through which it may change at any time.
    """
    if any(sys.getrefcount(owner.__dict__[f"_{name}"]) > _ALONE for name in names):
        return None
    return sum(owner.__dict__[f"_{name}_version"].value for name in names)


def is_read_only(array: np.ndarray) -> bool:
    """Return whether an array is read-only, and everything it is a view of as well."""
    while True:
        if array.flags.writeable:
            return False
        if not isinstance(array.base, np.ndarray):
            return array.base is None
        array = array.base


def read_only_copy(array: np.ndarray) -> np.ndarray:
    """Return a read-only copy."""
    found = np.array(array)
    found.setflags(write=False)
    return found


class _Owner:
    pass


def _references_when_alone() -> int:
    """Return the reference count of an array that only its owner holds, which depends on the Python version."""
    owner = _Owner()
    owner.__dict__["_array"] = np.zeros(1)
    return next(sys.getrefcount(owner.__dict__[f"_{name}"]) for name in ("array",))


_ALONE = _references_when_alone()
