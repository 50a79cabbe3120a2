"""Drawn pictures, kept while they are wanted again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary, ref

import numpy as np

from scenes.fields.watched import is_fixed


class Layer(NamedTuple):
    """A drawn part of the frame, float32; its first pixel is the frame's (left, top)."""

    pixels: np.ndarray
    left: int
    top: int


@dataclass
class Projection:
    """Where a field's points are seen, float32 (n, 2) in pixels, and what was worked out from that, for as long as
    ``state`` holds: the version of its arrays, and the camera's place. ``shown`` is the version of the other arrays,
    and their digest."""

    state: Hashable
    points: np.ndarray
    worked_out: dict[Hashable, Any] = field(default_factory=dict)
    shown: tuple[int | None, bytes] = (None, b"")


Room = Callable[[tuple[int, int, int]], np.ndarray]  # shape -> an array to fill


def digest(*parts: Any) -> bytes:
    """What tells these arrays and plain values from others."""
    found = blake2b(digest_size=16)
    for part in parts:
        if isinstance(part, np.ndarray):
            found.update(f"{part.shape}{part.dtype.str}".encode())
            found.update(np.ascontiguousarray(part).data)
        else:
            found.update(repr(part).encode())
    return found.digest()


class LayerStore:
    """Keeps the layers that were asked for more than once, up to a number of bytes.

    What is asked for the first time is drawn into a scratch that the next such drawing reuses: a pulse on its
    way, new in every frame, costs no memory and drives nothing out. ``__slots__`` keeps all of it out of
    Manim's play cache.
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
        """What tells an array from others; one that nobody can write into is read once."""
        known = self.digests.get(id(array))
        if known and known[0]() is array:
            return known[1]
        found = digest(array)
        if is_fixed(array):
            self.digests = {key: pair for key, pair in self.digests.items() if pair[0]() is not None}
            self.digests[id(array)] = ref(array), found
        return found

    def is_known(self, key: Hashable) -> bool:
        """Whether the key was asked for lately; from now on it was."""
        known = key in self.seen
        self.seen[key] = None
        self.seen.move_to_end(key)
        while len(self.seen) > 2048:
            self.seen.popitem(last=False)
        return known

    def is_kept(self, key: Hashable) -> bool:
        """Is there a layer of this key?"""
        return key in self.stored

    def forget(self) -> None:
        """Take everything as asked for the first time again; what is kept may stay, as it would be drawn the same."""
        self.seen.clear()

    def scratch(self, name: str, shape: tuple[int, int, int]) -> np.ndarray:
        """An array of this shape with anything in it, good until the next scratch of this name."""
        size = int(np.prod(shape))
        if name not in self.scratches or self.scratches[name].size < size:
            self.scratches[name] = np.empty(size, dtype=np.float32)
        return self.scratches[name][:size].reshape(shape)

    def get(self, key: Hashable, draw: Callable[[Room], Layer], *, keep: bool = False) -> Layer:
        """The stored layer, or what ``draw`` makes; ``draw`` is given the room for it.

        What is not kept, for it was asked for the first time, is good until the next call.
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
        # The layer asked for last stays: it may be about to be mixed with this one.
        while (
            len(self.stored) > 1
            and sum(layer.pixels.nbytes for layer in self.stored.values()) + wanted > self.limit
        ):
            spare = self.stored.popitem(last=False)[1].pixels
        if spare is not None and spare.shape == shape:
            return spare  # touched memory is faster than new
        return np.empty(shape, dtype=np.float32)
