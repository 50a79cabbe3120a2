"""Drawn layers, kept as long as they may be needed again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary, ref

import numpy as np

from edgeglow.scenes.fields.versioned_array import is_read_only


class Layer(NamedTuple):
    """A drawn part of the frame, float32; its first pixel is the frame's (left, top)."""

    pixels: np.ndarray
    left: int
    top: int


@dataclass
class Projection:
    """A field's points in pixels, float32 (n, 2), and results computed from them.

    It is valid as long as ``state``, the version of the field's arrays and the camera's position, stays the same.
    ``shown`` is the version of the field's other arrays, and their digest.
    """

    state: Hashable
    points: np.ndarray
    worked_out: dict[Hashable, Any] = field(default_factory=dict)
    shown: tuple[int | None, bytes] = (None, b"")


AllocateLayer = Callable[[tuple[int, int, int]], np.ndarray]  # shape -> an array to draw into


def digest(*parts: Any) -> bytes:
    """Return a digest of arrays and plain values."""
    found = blake2b(digest_size=16)
    for part in parts:
        if isinstance(part, np.ndarray):
            found.update(f"{part.shape}{part.dtype.str}".encode())
            found.update(np.ascontiguousarray(part).data)
        else:
            found.update(repr(part).encode())
    return found.digest()


class LayerStore:
    """Layers that were asked for more than once, kept up to a number of bytes.

    A layer that is asked for the first time is drawn into a scratch array that the next such drawing reuses.
    So a moving pulse, new in every frame, takes no memory and evicts nothing. ``__slots__`` keeps all of it
    out of Manim's play cache.
    """

    __slots__ = ("digests", "limit", "projections", "scratches", "seen", "stored")

    def __init__(self, limit: int = 256_000_000) -> None:
        self.limit = limit
        self.scratches: dict[str, np.ndarray] = {}
        self.seen: OrderedDict[Hashable, None] = OrderedDict()
        self.stored: OrderedDict[Hashable, Layer] = OrderedDict()
        self.projections: WeakKeyDictionary[Any, Projection] = WeakKeyDictionary()
        self.digests: dict[int, tuple[ref[np.ndarray], bytes]] = {}

    def digest_of(self, array: np.ndarray) -> bytes:
        """Return an array's digest; for read-only arrays it is computed once."""
        known = self.digests.get(id(array))
        if known and known[0]() is array:
            return known[1]
        found = digest(array)
        if is_read_only(array):
            self.digests = {key: pair for key, pair in self.digests.items() if pair[0]() is not None}
            self.digests[id(array)] = ref(array), found
        return found

    def is_known(self, key: Hashable) -> bool:
        """Return whether the key was asked for recently, and record that it is asked for now."""
        known = key in self.seen
        self.seen[key] = None
        self.seen.move_to_end(key)
        while len(self.seen) > 2048:
            self.seen.popitem(last=False)
        return known

    def is_kept(self, key: Hashable) -> bool:
        """Return whether a layer with this key is stored."""
        return key in self.stored

    def forget(self) -> None:
        """Treat every key as new again. Stored layers may stay, as they would be drawn the same."""
        self.seen.clear()

    def scratch(self, name: str, shape: tuple[int, int, int]) -> np.ndarray:
        """Return an array of this shape with undefined content, valid until the next scratch of this name."""
        size = int(np.prod(shape))
        if name not in self.scratches or self.scratches[name].size < size:
            self.scratches[name] = np.empty(size, dtype=np.float32)
        return self.scratches[name][:size].reshape(shape)

    def get(self, key: Hashable, draw: Callable[[AllocateLayer], Layer], *, keep: bool = False) -> Layer:
        """Return the stored layer, or the one that ``draw`` creates in an array from the function it is given.

        A layer that is not kept, because its key is new, is valid until the next call.
        """
        if key in self.stored:
            self.stored.move_to_end(key)
            return self.stored[key]
        if not self.is_known(key) and not keep:
            return draw(lambda shape: self.scratch("drawn", shape))
        layer = draw(self._room)
        self.stored[key] = layer
        return layer

    def _room(self, shape: tuple[int, int, int]) -> np.ndarray:
        wanted = int(np.prod(shape)) * 4
        spare: np.ndarray | None = None
        # The most recent layer stays: it may be about to be mixed with this one.
        while (
            len(self.stored) > 1 and sum(layer.pixels.nbytes for layer in self.stored.values()) + wanted > self.limit
        ):
            spare = self.stored.popitem(last=False)[1].pixels
        if spare is not None and spare.shape == shape:
            return spare  # reusing memory is faster than allocating it
        return np.empty(shape, dtype=np.float32)
