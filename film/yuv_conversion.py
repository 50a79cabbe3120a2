"""Conversion from RGBA to YUV, only where a frame differs from the one before.

Most of a frame does not change: comparing takes a tenth of the time of converting.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace

from edgeglow.scenes.fields.compile_kernel import kernel
from edgeglow.scenes.fields.frame_buffer import HIGH, WIDE, cells_of, next_run


@kernel
def update_block(before: np.ndarray, now: np.ndarray, at: int, next_row: int, wide: int, high: int) -> bool:
    """Copy a block of a frame to the frame before; return whether they differed.

    Both frames are flat arrays of uint32 pixels; the block begins at index ``at`` and has ``high`` rows of ``wide``
    pixels, ``next_row`` pixels apart.
    """
    for row in range(high):
        start = np.uint64(at + row * next_row)
        found = np.uint32(0)
        for k in range(np.uint64(wide)):
            found |= now[start + k] ^ before[start + k]
        if found != np.uint32(0):
            for below in range(row, high):
                start = np.uint64(at + below * next_row)
                for k in range(np.uint64(wide)):
                    before[start + k] = now[start + k]
            return True
    return False


@kernel
def to_luma(pixels: np.ndarray, at: int, luma: np.ndarray, to: int, count: int) -> None:
    """Compute Y = 16 + 219 (0.2126 R + 0.7152 G + 0.0722 B) / 255 of ``count`` flat uint32 pixels.

    Fixed-point arithmetic in units of 1 / 2**15.
    """
    base, byte = np.uint32((16 << 15) + (1 << 14)), np.uint32(255)
    first, target = np.uint64(at), np.uint64(to)
    for k in range(np.uint64(count)):
        pixel = pixels[first + k]
        red, green = np.uint32(pixel & byte), np.uint32((pixel >> np.uint32(8)) & byte)
        blue = np.uint32((pixel >> np.uint32(16)) & byte)
        total = np.uint32(np.uint32(5983) * red + np.uint32(20127) * green + np.uint32(2032) * blue + base)
        luma[target + k] = np.uint8(total >> np.uint32(15))


@kernel
def to_chroma(pixels: np.ndarray, at: int, next_row: int, u: np.ndarray, v: np.ndarray, to: int, count: int) -> None:
    """Compute U = 128 + 224 (B - Y) / (1.8556 * 255) and V = 128 + 224 (R - Y) / (1.5748 * 255) of 2x2 pixel means.

    Fixed-point arithmetic in units of 1 / 2**17.
    """
    base, odd, byte = np.uint32((128 << 17) + (1 << 16)), np.uint32(0x00FF00FF), np.uint32(255)
    upper, lower, target = np.uint64(at), np.uint64(at + next_row), np.uint64(to)
    eight, sixteen, two, one = np.uint32(8), np.uint32(16), np.uint64(2), np.uint64(1)
    low = np.uint32(0xFFFF)
    for k in range(np.uint64(count)):
        i, j = upper + two * k, lower + two * k
        a, b, c, d = pixels[i], pixels[i + one], pixels[j], pixels[j + one]
        pair = np.uint32((a & odd) + (b & odd) + (c & odd) + (d & odd))  # red below, blue above
        green = np.uint32(
            ((a >> eight) & byte) + ((b >> eight) & byte) + ((c >> eight) & byte) + ((d >> eight) & byte)
        )
        red, blue = np.uint32(pair & low), np.uint32(pair >> sixteen)
        cb = np.uint32(np.uint32(14392) * blue + base) - np.uint32(np.uint32(3298) * red + np.uint32(11094) * green)
        cr = np.uint32(np.uint32(14392) * red + base) - np.uint32(np.uint32(13073) * green + np.uint32(1319) * blue)
        u[target + k] = np.uint8(np.uint32(cb) >> np.uint32(17))
        v[target + k] = np.uint8(np.uint32(cr) >> np.uint32(17))


@kernel
def update_planes(
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
    """Update the planes of a picture to the frame ``now``, uint8 (height, width, 4), with even height and width.

    ``now`` is frame ``number``. ``before`` is the frame before, and is updated to ``now``; only cells that are
    ``marked`` may differ. ``changed`` holds for each cell the number of the frame that changed it last. The planes
    ``y`` (height, at least width), and ``u`` and ``v`` (half of that), contain frame ``since``.
    """
    rows, columns, _ = now.shape
    luma, cb, cr = y.reshape(-1), u.reshape(-1), v.reshape(-1)
    pixels, pixels_before = now.reshape(-1).view(np.uint32), before.reshape(-1).view(np.uint32)
    is_old = np.zeros((1, marked.shape[1]), dtype=np.uint8)
    for row in range(marked.shape[0]):
        top = row * HIGH
        high = min(HIGH, rows - top)
        for cell in range(marked.shape[1]):
            left = cell * WIDE
            place = top * columns + left
            if marked[row, cell] and update_block(
                pixels_before, pixels, place, columns, min(WIDE, columns - left), high
            ):
                changed[row, cell] = number
            is_old[0, cell] = changed[row, cell] > since
        first, last = next_run(is_old, 0, 0)
        while first < last:
            left = first * WIDE
            wide = min(last * WIDE, columns) - left
            for j in range(top, top + high, 2):
                at = j * columns + left
                to_luma(pixels, at, luma, j * y.shape[1] + left, wide)
                to_luma(pixels, at + columns, luma, (j + 1) * y.shape[1] + left, wide)
                to_chroma(pixels, at, columns, cb, cr, j // 2 * u.shape[1] + left // 2, wide // 2)
            first, last = next_run(is_old, 0, last)


@dataclass(eq=False)
class YuvPicture:
    """A frame in the encoder's format; ``number`` is the number of the film's frame that it contains."""

    frame: av.VideoFrame
    home: deque[YuvPicture] | None = None
    number: int = 0

    def give_back(self) -> None:
        """Return the picture to its converter, which may use it for another frame."""
        if self.home is not None:
            self.home.append(self)


class YuvConverter:
    """Converter of a film's consecutive frames to yuv420p pictures in BT.709, as HD players expect.

    Pictures that are given back, from any thread, are used again.
    """

    def __init__(self) -> None:
        self._free: deque[YuvPicture] = deque()
        self._before: np.ndarray | None = None
        self._number = 0

    def convert(self, pixels: np.ndarray, marked: np.ndarray | None = None) -> YuvPicture:
        """Return the picture of a frame, uint8 (height, width, 4).

        ``marked`` has the cells (see ``scenes/fields/frame_buffer.py``) that may differ from the frame before; by
        default all may.
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
        update_planes(pixels, self._before, marked, self._changed, self._number, picture.number, *planes)
        picture.number = self._number
        return picture

    def _new(self, shape: tuple[int, ...]) -> YuvPicture:
        frame = av.VideoFrame(shape[1], shape[0], "yuv420p")
        frame.colorspace, frame.color_range = Colorspace.ITU709, ColorRange.MPEG
        return YuvPicture(frame, self._free)
