"""From RGBA to the brightness and colour differences that video is made of: only where a frame differs from the last.

Most of a frame is what it was a moment before: finding that out takes a tenth of the time of converting it.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace

from scenes.fields.compiled import kernel
from scenes.fields.slate import HIGH, WIDE, cells_of


@kernel
def renew(before: np.ndarray, now: np.ndarray, at: int, next_row: int, wide: int, high: int) -> bool:
    """Copy a part of a flat frame of pixels, from ``at`` on, to the frame before; whether it was another one."""
    found = np.uint32(0)
    for row in range(high):
        start = np.uint64(at + row * next_row)
        for k in range(np.uint64(wide)):
            found |= now[start + k] ^ before[start + k]
    if found == np.uint32(0):
        return False
    for row in range(high):
        start = np.uint64(at + row * next_row)
        for k in range(np.uint64(wide)):
            before[start + k] = now[start + k]
    return True


@kernel
def to_luma(frame: np.ndarray, at: int, luma: np.ndarray, to: int, count: int) -> None:
    """Y = 16 + 219 (0.2126 R + 0.7152 G + 0.0722 B) / 255, in whole numbers of 1 / 2**15."""
    base, shift = np.int32((16 << 15) + (1 << 14)), np.int32(15)
    first, target = np.uint64(at), np.uint64(to)
    for k in range(np.uint64(count)):
        p = first + np.uint64(4) * k
        red, green, blue = (
            np.int32(frame[p]),
            np.int32(frame[p + np.uint64(1)]),
            np.int32(frame[p + np.uint64(2)]),
        )
        total = np.int32(5983) * red + np.int32(20127) * green + np.int32(2032) * blue + base
        luma[target + k] = np.uint8(total >> shift)


@kernel
def to_chroma(
    frame: np.ndarray, at: int, next_row: int, u: np.ndarray, v: np.ndarray, to: int, count: int
) -> None:
    """U = 128 + 224 (B - Y) / (1.8556 * 255), V = 128 + 224 (R - Y) / (1.5748 * 255), of the mean of four pixels, in
    whole numbers of 1 / 2**17."""
    base, shift = np.int32((128 << 17) + (1 << 16)), np.int32(17)
    upper, lower, target = np.uint64(at), np.uint64(at + next_row), np.uint64(to)
    one, four = np.uint64(1), np.uint64(4)
    for k in range(np.uint64(count)):
        p, q = upper + np.uint64(8) * k, lower + np.uint64(8) * k
        red = np.int32(frame[p]) + np.int32(frame[p + four]) + np.int32(frame[q]) + np.int32(frame[q + four])
        p, q = p + one, q + one
        green = (
            np.int32(frame[p]) + np.int32(frame[p + four]) + np.int32(frame[q]) + np.int32(frame[q + four])
        )
        p, q = p + one, q + one
        blue = np.int32(frame[p]) + np.int32(frame[p + four]) + np.int32(frame[q]) + np.int32(frame[q + four])
        cb = np.int32(14392) * blue - np.int32(3298) * red - np.int32(11094) * green
        cr = np.int32(14392) * red - np.int32(13073) * green - np.int32(1319) * blue
        u[target + k] = np.uint8((cb + base) >> shift)
        v[target + k] = np.uint8((cr + base) >> shift)


@kernel
def convert(
    now: np.ndarray,
    before: np.ndarray,
    marked: np.ndarray,
    changed: np.ndarray,
    number: int,
    since: int,
    y: np.ndarray,
    u: np.ndarray,
    v: np.ndarray,
) -> None:
    """Bring a picture up to the frame ``now``, uint8 (height, width, 4), both even, the ``number``-th.

    ``before`` is the frame before, and becomes this one; only cells that are ``marked`` may differ. ``changed`` tells
    of each cell which frame changed it last. In the picture, ``y`` (height, at least width), ``u`` and ``v`` half of
    that, is frame ``since``.
    """
    rows, columns, _ = now.shape
    frame, luma, cb, cr = now.reshape(-1), y.reshape(-1), u.reshape(-1), v.reshape(-1)
    pixels, pixels_before = frame.view(np.uint32), before.reshape(-1).view(np.uint32)
    for cell_row in range(marked.shape[0]):
        top = cell_row * HIGH
        high = min(HIGH, rows - top)
        for cell in range(marked.shape[1]):
            left = cell * WIDE
            wide, at = min(WIDE, columns - left), top * columns + left
            if marked[cell_row, cell] and renew(pixels_before, pixels, at, columns, wide, high):
                changed[cell_row, cell] = number
            if changed[cell_row, cell] <= since:
                continue
            for j in range(top, top + high, 2):
                at = j * columns + left
                to_luma(frame, 4 * at, luma, j * y.shape[1] + left, wide)
                to_luma(frame, 4 * (at + columns), luma, (j + 1) * y.shape[1] + left, wide)
                to_chroma(frame, 4 * at, 4 * columns, cb, cr, j // 2 * u.shape[1] + left // 2, wide // 2)


@dataclass(eq=False)
class Picture:
    """A frame as the encoder takes it, and which of a film's frames that is: the ``number``-th."""

    frame: av.VideoFrame
    home: deque[Picture] = field(default_factory=deque)
    number: int = 0

    def give_back(self) -> None:
        """It is no longer needed, and may become that of another frame."""
        self.home.append(self)


class Converter:
    """Makes a film's frames, one after the other, into pictures for the encoder: BT.709, as HD players expect, two
    pixels by two sharing a colour (yuv420p).

    A picture that is given back, by whatever thread, is used again.
    """

    def __init__(self) -> None:
        self._free: deque[Picture] = deque()
        self._before: np.ndarray | None = None
        self._number = 0

    def convert(self, pixels: np.ndarray, marked: np.ndarray | None = None) -> Picture:
        """The picture of a frame, uint8 (height, width, 4).

        ``marked`` marks the cells (see ``scenes/fields/slate.py``) that may differ from the frame before; without it
        all may.
        """
        self._number += 1
        if self._before is None:
            self._before = ~pixels
            self._changed = np.zeros(cells_of(pixels.shape[:2]).shape, dtype=np.int64)
            marked = None
        if marked is None:
            marked = np.ones(self._changed.shape, dtype=np.uint8)
        picture = self._free.pop() if self._free else self._new(pixels.shape)
        picture.frame.make_writable()  # an encoder might still hold it
        planes = [
            np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)
            for plane in picture.frame.planes
        ]
        convert(pixels, self._before, marked, self._changed, self._number, picture.number, *planes)
        picture.number = self._number
        return picture

    def _new(self, shape: tuple[int, ...]) -> Picture:
        frame = av.VideoFrame(shape[1], shape[0], "yuv420p")
        frame.colorspace, frame.color_range = Colorspace.ITU709, ColorRange.MPEG
        return Picture(frame, self._free)
