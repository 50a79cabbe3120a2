"""The frame that is drawn on, with a record of the cells drawn on: only these must be cleared and compared."""

from __future__ import annotations

import numpy as np

from edgeglow.scenes.fields.compile_kernel import kernel

WIDE, HIGH = 32, 8  # size of a cell in pixels; two adjacent cells fill two cache lines


def cells_of(size: tuple[int, int]) -> np.ndarray:
    """Return the cells of a frame of this size (height, width) in pixels: uint8, none of them marked."""
    return np.zeros((-(-size[0] // HIGH), -(-size[1] // WIDE)), dtype=np.uint8)


@kernel
def mark_cells(cells: np.ndarray, left: int, top: int, wide: int, high: int) -> None:
    """Mark the cells of a part of the frame, which must lie within the frame."""
    for j in range(top // HIGH, (top + high - 1) // HIGH + 1):
        for i in range(left // WIDE, (left + wide - 1) // WIDE + 1):
            cells[j, i] = 1


@kernel
def next_run(flags: np.ndarray, row: int, begin: int) -> tuple[int, int]:
    """Return the first run of marked cells in a row from ``begin`` on: its first cell, and the one after its last."""
    count = flags.shape[1]
    while begin < count and not flags[row, begin]:
        begin += 1
    end = begin
    while end < count and flags[row, end]:
        end += 1
    return begin, end


@kernel
def copy_marked(frame: np.ndarray, source: np.ndarray, cells: np.ndarray) -> None:
    """Copy the marked cells from ``source`` to ``frame``, both uint8 (height, width, 4)."""
    high, wide, _ = frame.shape
    to, out = frame.reshape(-1).view(np.uint32), source.reshape(-1).view(np.uint32)
    for row in range(cells.shape[0]):
        first, last = next_run(cells, row, 0)
        while first < last:
            count = np.uint64(min(last * WIDE, wide) - first * WIDE)
            for j in range(row * HIGH, min((row + 1) * HIGH, high)):
                begin = np.uint64(j * wide + first * WIDE)
                for k in range(count):
                    to[begin + k] = out[begin + k]
            first, last = next_run(cells, row, last)


class FrameBuffer:
    """A frame buffer, uint8 (height, width, 4), that is cleared and drawn on again and again.

    ``drawn`` marks the cells drawn on since it was cleared, uint8 (rows, columns). ``__slots__`` keeps it out of
    Manim's play cache.
    """

    __slots__ = ("_changed", "_under", "drawn", "pixels")

    def __init__(self, pixels: np.ndarray) -> None:
        self.pixels = pixels
        self.drawn = cells_of(pixels.shape[:2])
        self._changed = np.ones_like(self.drawn)
        self._under: np.ndarray | None = None

    def can_show(self, pixels: object) -> bool:
        """Return whether these pixels have the shape and type of this frame."""
        return (
            isinstance(pixels, np.ndarray)
            and (pixels.shape, pixels.dtype) == (self.pixels.shape, self.pixels.dtype)
            and pixels.flags.c_contiguous
        )

    def forget(self) -> None:
        """Treat every cell as changed, because the pixels were written to by other code."""
        self._under = None
        self._changed.fill(1)

    def reset_to(self, under: np.ndarray) -> None:
        """Show the frame ``under`` and nothing else; it must not change while it is shown repeatedly."""
        if under is self._under:
            copy_marked(self.pixels, under, self.drawn)
            self._changed |= self.drawn
        else:
            self.pixels[:] = under
            self._under = under
            self._changed.fill(1)
        self.drawn.fill(0)

    def touch(self, left: int, top: int, width: int, height: int) -> None:
        """Mark a part of the frame, in pixels and within the frame, as drawn on."""
        rows, columns = (
            slice(first // side, (first + size - 1) // side + 1)
            for first, size, side in ((top, height, HIGH), (left, width, WIDE))
        )
        self.drawn[rows, columns] = 1

    def mark_all_drawn(self) -> None:
        """Mark the whole frame as drawn on."""
        self.drawn.fill(1)

    def changes(self) -> np.ndarray:
        """Return the cells that may have changed since the last call."""
        found = self._changed | self.drawn
        self._changed.fill(0)
        return found
