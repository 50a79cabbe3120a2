"""Arrays in a file that are read on demand, so that their sizes are checked before memory is allocated."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.run.training_config import MOST_PARAMETERS

ByteOrder = Literal["<", ">"]  # byte order: little-endian or big-endian

FLOATS = ("float16", "bfloat16", "float32", "float64")


@dataclass(frozen=True, eq=False)
class LazyArray:
    """An array as its file describes it; ``read`` loads it. ``kind`` is its type, such as "float32"."""

    shape: tuple[int, ...]
    kind: str
    read: Callable[[], np.ndarray]

    @property
    def size(self) -> int:
        return math.prod(self.shape)


def check_total(tensors: Mapping[str, LazyArray]) -> None:
    """Check that these tensors are not more than can be shown, without reading them. Raises EdgeglowError."""
    for name, tensor in tensors.items():
        if min(tensor.shape, default=1) < 0:
            raise EdgeglowError(f"{name} has shape {tensor.shape}, expected no negative number in it")
    check_count(sum(tensor.size for tensor in tensors.values()))


def check_count(total: int) -> None:
    """Check that this number of weights is not more than can be shown. Raises EdgeglowError."""
    if total > MOST_PARAMETERS:
        raise EdgeglowError(f"it holds {total:,} weights and biases, expected at most {MOST_PARAMETERS:,}")


def check_kind(name: str, tensor: LazyArray) -> None:
    """Check that a tensor's numbers are floating point. Raises EdgeglowError, which names the tensor."""
    if tensor.kind not in FLOATS:
        raise EdgeglowError(
            f"{name} holds {tensor.kind}, expected floating point; a quantised network cannot be shown"
        )


def read_finite(name: str, tensor: LazyArray) -> np.ndarray:
    """Read the tensor's numbers, which must be floating point and finite. Raises EdgeglowError, which names it."""
    check_kind(name, tensor)
    check_count(tensor.size)
    return check_finite(name, tensor.read())


def check_finite(name: str, array: np.ndarray) -> np.ndarray:
    """Return the array if all of it is finite as float32 too. Raises EdgeglowError, which names it."""
    with np.errstate(over="ignore", invalid="ignore"):
        good = np.isfinite(array.astype(np.float32, copy=False))
    if not good.all():
        raise EdgeglowError(f"{name} holds {array[~good].flat[0]}, expected finite numbers")
    return array


def from_bfloat16(raw: np.ndarray) -> np.ndarray:
    """Convert bfloat16 numbers, given as uint16, to float32: they are its upper half."""
    return (raw.astype(np.uint32) << 16).view(np.float32)


def from_bytes(content: bytes | bytearray | memoryview, kind: str, order: ByteOrder = "<") -> np.ndarray:
    """Return the floating-point numbers in these bytes, (numbers,); ``order`` is their byte order."""
    if kind == "bfloat16":
        return from_bfloat16(np.frombuffer(content, np.dtype(order + "u2")))
    return np.frombuffer(content, np.dtype(kind).newbyteorder(order)).astype(kind, copy=False)


def list_names(names: Iterable[str], most: int = 6) -> str:
    """Return some names for an error message, and how many more there are."""
    names = list(names)
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(name if len(name) <= 60 else name[:57] + "..." for name in names[:most]) + rest
