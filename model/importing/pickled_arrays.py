"""Read NumPy's arrays from pickles without NumPy's own unpickling."""

from __future__ import annotations

import math
import sys
from typing import Any

import numpy as np

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing.lazy_array import LazyArray
from edgeglow.model.importing.pickle_reader import PickledObject

HOMES = ("numpy.core.multiarray.", "numpy._core.multiarray.", "numpy.core.numeric.", "numpy._core.numeric.")
SUBCLASSES = {"numpy.matrix", "numpy.ndarray"}


def _kind(value: PickledObject) -> str:
    """Return the NumPy function that the pickle calls: _reconstruct, scalar or _frombuffer; "" for anything else."""
    home = next((each for each in HOMES if value.kind.startswith(each)), "")
    kind = value.kind.removeprefix(home) if home else ""
    return kind if kind in {"_reconstruct", "scalar", "_frombuffer"} else ""


def unwrap_jax_array(value: PickledObject) -> PickledObject:
    """Return the NumPy array inside a pickled JAX array; any other value is returned unchanged."""
    wrapped = value.kind.startswith("jax") and value.kind.endswith("._reconstruct_array")
    if wrapped and len(value.arguments) >= 3 and isinstance(value.arguments[1], tuple):
        return PickledObject(value.arguments[0], value.arguments[1], value.arguments[2])
    return value


def is_array(value: object) -> bool:
    """Return whether this is the record of a NumPy array or of a NumPy number."""
    return isinstance(value, PickledObject) and bool(_kind(unwrap_jax_array(value)))


def object_array_values(value: PickledObject) -> list[Any] | None:
    """Return the values of an array of Python objects, in their order; None for an array of numbers."""
    if _kind(value) != "_reconstruct" or not isinstance(value.state, tuple) or len(value.state) < 5:
        return None
    return value.state[4] if isinstance(value.state[4], list) else None


def object_array_shape(value: PickledObject) -> tuple[int, ...]:
    """Return the shape of an array of Python objects."""
    shape = value.state[1]
    return shape if isinstance(shape, tuple) and all(isinstance(size, int) for size in shape) else ()


def array_from_pickle(value: PickledObject) -> LazyArray:
    """Return the array, to be read on demand.

    Raises EdgeglowError where the pickle does not describe a complete one.
    """
    value = unwrap_jax_array(value)
    arguments, state = value.arguments, value.state
    match _kind(value):
        case "_reconstruct" if isinstance(state, tuple) and len(state) >= 5:
            shape, dtype, by_column, content = state[1:5]
        case "scalar" if len(arguments) == 2:
            shape, dtype, by_column, content = (), arguments[0], False, arguments[1]
        case "_frombuffer" if len(arguments) == 4:
            content, dtype, shape, by_column = *arguments[:3], arguments[3] == "F"
        case _:
            raise EdgeglowError("it holds a damaged NumPy array")
    kind, raw = _dtype(dtype), _bytes(content)
    if not isinstance(shape, tuple) or not all(
        isinstance(size, int) and not isinstance(size, bool) and 0 <= size < 2**40 for size in shape
    ):
        raise EdgeglowError("it holds a NumPy array with a shape that is none")
    if raw is None or math.prod(shape) * kind.itemsize != len(raw):
        raise EdgeglowError(f"it holds a NumPy array of shape {shape[:8]}, but not its numbers")
    if kind.kind == "U" and raw and np.frombuffer(raw, kind.str[0] + "u4").max() > sys.maxunicode:
        raise EdgeglowError("it holds an array of what is no text")
    plain = kind.newbyteorder("=")

    def read() -> np.ndarray:
        array = np.frombuffer(raw, kind).reshape(shape, order="F" if by_column else "C")
        return array.astype(plain)

    return LazyArray(shape, plain.name, read)


def _bytes(content: object) -> bytes | None:
    """Return bytes unchanged, and decode the form of pickles for Python 2: text in Latin-1."""
    if isinstance(content, PickledObject) and content.kind == "_codecs.encode" and len(content.arguments) == 2:
        content = content.arguments[0]
    if isinstance(content, str):
        try:
            return content.encode("latin-1")
        except UnicodeEncodeError:
            return None
    return bytes(content) if isinstance(content, (bytes, bytearray)) else None


def _dtype(value: object) -> np.dtype:
    """Return the type of an array's numbers. Raises EdgeglowError for any type other than numbers or text."""
    name = (
        value.arguments[0]
        if isinstance(value, PickledObject) and value.kind == "numpy.dtype" and value.arguments
        else None
    )
    if not isinstance(name, str) or not (name[:1] in "fiubU" and name[1:].isdecimal() and len(name) < 9):
        raise EdgeglowError("it holds a NumPy array of something else than numbers")
    assert isinstance(value, PickledObject)
    order = value.state[1] if isinstance(value.state, tuple) and len(value.state) > 1 else "<"
    try:
        return np.dtype(name).newbyteorder(">" if order == ">" else "<")
    except (TypeError, ValueError) as error:
        raise EdgeglowError(f"it holds a NumPy array of {name}, expected numbers") from error
