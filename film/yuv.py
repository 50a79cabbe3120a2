"""From RGBA to the brightness and colour differences that video is made of: only where a frame differs from the last.

Most of a frame is what it was a moment before: finding that out takes a tenth of the time of converting it.
"""

from __future__ import annotations

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace

from scenes.fields.compiled import kernel

STRIP = 32  # pixels side by side that are compared, and converted, together


@kernel
def same(now: np.ndarray, before: np.ndarray, at: int, next_row: int, pairs: int) -> bool:
    """Are so many pairs of pixels from ``at`` on the same in both flat frames, and those in the row below?"""
    found = np.uint64(0)
    for row in range(2):
        start = np.uint64(at + row * next_row)
        for k in range(np.uint64(pairs)):
            found |= now[start + k] ^ before[start + k]
    return bool(found == np.uint64(0))


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
    now: np.ndarray, before: np.ndarray, is_first: bool, y: np.ndarray, u: np.ndarray, v: np.ndarray
) -> None:
    """Write what has changed from one frame to the next, uint8 (height, width, 4), both even, into the planes of the
    next: ``y`` (height, at least width), ``u`` and ``v`` half of that."""
    rows, columns, _ = now.shape
    frame, luma, cb, cr = now.reshape(-1), y.reshape(-1), u.reshape(-1), v.reshape(-1)
    pairs, pairs_before = frame.view(np.uint64), before.reshape(-1).view(np.uint64)
    for j in range(0, rows, 2):
        for i in range(0, columns, STRIP):
            wide, at = min(STRIP, columns - i), j * columns + i
            if not is_first and same(pairs, pairs_before, at // 2, columns // 2, wide // 2):
                continue
            to_luma(frame, 4 * at, luma, j * y.shape[1] + i, wide)
            to_luma(frame, 4 * (at + columns), luma, (j + 1) * y.shape[1] + i, wide)
            to_chroma(frame, 4 * at, 4 * columns, cb, cr, j // 2 * u.shape[1] + i // 2, wide // 2)


class Converter:
    """Makes a film's frames, one after the other, into pictures for the encoder: BT.709, as HD players expect, two
    pixels by two sharing a colour (yuv420p)."""

    def __init__(self) -> None:
        self._frame: av.VideoFrame | None = None
        self._before: np.ndarray | None = None

    def convert(self, pixels: np.ndarray) -> av.VideoFrame:
        """The picture of a frame, uint8 (height, width, 4), good until the next is asked for; ``pixels`` must stay as
        they are until then."""
        height, width, _ = pixels.shape
        if self._frame is None:
            self._frame = av.VideoFrame(width, height, "yuv420p")
            self._frame.colorspace, self._frame.color_range = Colorspace.ITU709, ColorRange.MPEG
        self._frame.make_writable()  # an encoder might still hold it
        before = pixels if self._before is None else self._before
        planes = [
            np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)
            for plane in self._frame.planes
        ]
        convert(pixels, before, self._before is None, *planes)
        self._before = pixels
        return self._frame
