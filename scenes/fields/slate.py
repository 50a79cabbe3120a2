"""The frame that is drawn on, and where: what has not been drawn on need not be wiped, nor looked at again."""

from __future__ import annotations

import numpy as np

from scenes.fields.compiled import kernel

WIDE, HIGH = 32, 8  # the pixels of a cell; beside each other they fill two cache lines


def cells_of(size: tuple[int, int]) -> np.ndarray:
    """The cells of a frame of this size (height, width) in pixels: uint8, none of them marked."""
    return np.zeros((-(-size[0] // HIGH), -(-size[1] // WIDE)), dtype=np.uint8)


@kernel
def mark(cells: np.ndarray, left: int, top: int, wide: int, high: int) -> None:
    """Mark the cells of a part of the frame, which lies within."""
    for j in range(top // HIGH, (top + high - 1) // HIGH + 1):
        for i in range(left // WIDE, (left + wide - 1) // WIDE + 1):
            cells[j, i] = 1


@kernel
def run_of(flags: np.ndarray, row: int, begin: int) -> tuple[int, int]:
    """The first marked cells beside each other in a row, from ``begin`` on: the first, and the one after the last."""
    count = flags.shape[1]
    while begin < count and not flags[row, begin]:
        begin += 1
    end = begin
    while end < count and flags[row, end]:
        end += 1
    return begin, end


@kernel
def copy_marked(frame: np.ndarray, source: np.ndarray, cells: np.ndarray) -> None:
    """Copy the marked cells from one frame, uint8 (height, width, 4), to another."""
    high, wide, _ = frame.shape
    to, out = frame.reshape(-1).view(np.uint32), source.reshape(-1).view(np.uint32)
    for row in range(cells.shape[0]):
        first, last = run_of(cells, row, 0)
        while first < last:
            count = np.uint64(min(last * WIDE, wide) - first * WIDE)
            for j in range(row * HIGH, min((row + 1) * HIGH, high)):
                begin = np.uint64(j * wide + first * WIDE)
                for k in range(count):
                    to[begin + k] = out[begin + k]
            first, last = run_of(cells, row, last)


class Slate:
    """A frame, uint8 (height, width, 4), that is wiped and drawn on over and over.

    ``drawn`` marks the cells that were drawn on since it was wiped, uint8 (rows, columns). ``__slots__`` keeps it out
    of Manim's play cache.
    """

    __slots__ = ("_changed", "_under", "drawn", "pixels")

    def __init__(self, pixels: np.ndarray) -> None:
        self.pixels = pixels
        self.drawn = cells_of(pixels.shape[:2])
        self._changed = np.ones_like(self.drawn)
        self._under: np.ndarray | None = None

    def can_show(self, pixels: object) -> bool:
        """Are these pixels a frame as this one?"""
        return (
            isinstance(pixels, np.ndarray)
            and (pixels.shape, pixels.dtype) == (self.pixels.shape, self.pixels.dtype)
            and pixels.flags.c_contiguous
        )

    def forget(self) -> None:
        """Somebody else has drawn on it: nothing of it is known."""
        self._under = None
        self._changed.fill(1)

    def wipe(self, under: np.ndarray) -> None:
        """Show this frame, and nothing else; it must stay as it is for as long as it is shown again."""
        if under is self._under:
            copy_marked(self.pixels, under, self.drawn)
            self._changed |= self.drawn
        else:
            self.pixels[:] = under
            self._under = under
            self._changed.fill(1)
        self.drawn.fill(0)

    def touch(self, left: int, top: int, width: int, height: int) -> None:
        """Say that this part of the frame, in pixels, is drawn on; it lies within."""
        rows, columns = (
            slice(first // side, (first + size - 1) // side + 1)
            for first, size, side in ((top, height, HIGH), (left, width, WIDE))
        )
        self.drawn[rows, columns] = 1

    def touch_all(self) -> None:
        """Say that any part of it may be drawn on."""
        self.drawn.fill(1)

    def changes(self) -> np.ndarray:
        """The cells that may have changed since this was last asked."""
        found = self._changed | self.drawn
        self._changed.fill(0)
        return found
