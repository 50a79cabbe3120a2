"""Compositing of drawn layers onto the frame, compiled by numba.

The frame is Manim's: uint8 (height, width, 4), red, green, blue and alpha, colours multiplied by alpha.
"""

from __future__ import annotations

import numpy as np

from edgeglow.scenes.fields.compile_kernel import kernel
from edgeglow.scenes.fields.frame_buffer import mark_cells
from edgeglow.scenes.fields.vectors import CHUNK, turn_chunks

MOST_LIGHT = np.float32(16)  # above it, exp(-light) is below half a step of a 16-bit image
WIDE, HIGH = 16, 64  # size of a tile in pixels; a row of it fills one cache line of the frame

# Loops over unsigned numbers become vector instructions: numba need not check for negative indices.


@kernel
def tone_map(
    tile: np.ndarray,
    first: np.ndarray,
    share: float,
    second: np.ndarray,
    other: float,
    at: int,
    next_column: int,
    next_hue: int,
    wide: int,
    high: int,
) -> None:
    """Fill a tile, flat (colour, column, row), with 255 times each colour's share of alpha.

    ``first`` and ``second`` are flat layers; ``at`` is the tile's start in them.
    """
    one, full, least = np.float32(1.0), np.float32(255.0), np.float32(1e-9)
    c2, c3, c4, c5 = np.float32(1 / 2), np.float32(1 / 6), np.float32(1 / 24), np.float32(1 / 120)
    for i in range(wide):
        p_in, n_in = np.uint64(at + i * next_column), np.uint64(at + i * next_column + next_hue)
        p_out, n_out = np.uint64(i * HIGH), np.uint64((WIDE + i) * HIGH)
        for k in range(np.uint64(high)):
            p, n = share * first[p_in + k], share * first[n_in + k]
            if other != np.float32(0.0):
                p += other * second[p_in + k]
                n += other * second[n_in + k]
            light = p + n
            t = (light if light < MOST_LIGHT else MOST_LIGHT) / -MOST_LIGHT
            e = one + t * (one + t * (c2 + t * (c3 + t * (c4 + t * c5))))  # exp(t) for t in -1..0
            e *= e
            e *= e
            e *= e
            e *= e  # exp(-light)
            part = full * (one - e) / (light + least)
            tile[p_out + k] = p * part
            tile[n_out + k] = n * part


@kernel
def transpose_tile(tile: np.ndarray, turned: np.ndarray) -> bool:
    """Transpose a tile from (colour, column, row) to (row, colour, column), and return whether it has any light."""
    bits, lit = tile.view(np.uint32), np.uint32(0)
    for k in range(np.uint64(2 * WIDE * HIGH)):
        lit |= bits[k]
    if lit == np.uint32(0):
        return False
    high, wide = np.uint64(HIGH), np.uint64(2 * WIDE)
    for j in range(0, HIGH, CHUNK):
        for i in range(0, 2 * WIDE, CHUNK):
            at, to = np.uint64(i) * high + np.uint64(j), np.uint64(j) * wide + np.uint64(i)
            turn_chunks(tile, at, high, turned, to, wide)
    return True


@kernel
def composite_pixel(pixel: int, rest: float, red: float, green: float, blue: float, alpha: float) -> np.uint32:
    """Return a pixel of which the share ``rest`` is kept, with four channels, 0..255, added.

    numba can load whole pixels as vectors, but not every fourth byte.
    """
    half, byte = np.float32(0.5), np.uint32(255)
    eight, sixteen, high = np.uint32(8), np.uint32(16), np.uint32(24)
    r = np.int32(np.float32(np.int32(pixel & byte)) * rest + red + half)
    g = np.int32(np.float32(np.int32((pixel >> eight) & byte)) * rest + green + half)
    b = np.int32(np.float32(np.int32((pixel >> sixteen) & byte)) * rest + blue + half)
    a = np.int32(np.float32(np.int32(pixel >> high)) * rest + alpha + half)
    return np.uint32(np.uint32(r) | (np.uint32(g) << eight) | (np.uint32(b) << sixteen) | (np.uint32(a) << high))


@kernel
def blend(
    frame: np.ndarray,
    at: int,
    next_row: int,
    turned: np.ndarray,
    wide: int,
    high: int,
    opacity: float,
    hues: np.ndarray,
) -> None:
    """Lay a transposed tile over the flat frame of whole pixels, from pixel ``at`` on."""
    solid, whole = np.float32(1 / 255), np.float32(1.0)
    p0, p1, p2, n0, n1, n2 = hues[0, 0], hues[0, 1], hues[0, 2], hues[1, 0], hues[1, 1], hues[1, 2]
    for j in range(high):
        to, row = np.uint64(at + j * next_row), np.uint64(j * 2 * WIDE)
        for i in range(np.uint64(wide)):
            p, n = opacity * turned[row + i], opacity * turned[row + np.uint64(WIDE) + i]
            rest = whole - (p + n) * solid
            frame[to + i] = composite_pixel(
                frame[to + i], rest, p * p0 + n * n0, p * p1 + n * n1, p * p2 + n * n2, p + n
            )


@kernel
def composite_light(
    frame: np.ndarray,
    first: np.ndarray,
    share: float,
    second: np.ndarray,
    other: float,
    left: int,
    top: int,
    margin: int,
    opacity: float,
    hues: np.ndarray,
    drawn: np.ndarray,
) -> None:
    """Lay the light ``share * first + other * second`` over the frame.

    With P and N as the light in the two colours and ``hues`` float32 (2, 3), 0..1:
    alpha = opacity * (1 - exp(-(P + N))), colour = (P * hues[0] + N * hues[1]) / (P + N). The first pixel of
    the layers is the frame's (left, top); their outer ``margin`` pixels are skipped, and the rest must lie within
    the frame. The frame's cells with light are marked in ``drawn``.
    """
    _, columns, rows = first.shape
    one, two, out = first.reshape(-1), second.reshape(-1), frame.reshape(-1).view(np.uint32)
    tile = np.zeros(2 * WIDE * HIGH, dtype=np.float32)
    turned = np.zeros(2 * WIDE * HIGH, dtype=np.float32)
    for y in range(margin, rows - margin, HIGH):
        for x in range(margin, columns - margin, WIDE):
            wide, high = min(WIDE, columns - margin - x), min(HIGH, rows - margin - y)
            at = x * rows + y
            tone_map(tile, one, np.float32(share), two, np.float32(other), at, rows, rows * columns, wide, high)
            if transpose_tile(tile, turned):
                to = (top + y) * frame.shape[1] + left + x
                mark_cells(drawn, left + x, top + y, wide, high)
                blend(out, to, frame.shape[1], turned, wide, high, np.float32(opacity), hues)


@kernel
def composite_layer(frame: np.ndarray, layer: np.ndarray, left: int, top: int, opacity: float) -> None:
    """Lay a layer (height, width, 4), colours multiplied by alpha, 0..1, over the frame; it must lie within."""
    solid, whole = np.float32(255.0 * opacity), np.float32(1.0)
    per_alpha = np.float32(opacity)
    high, wide, _ = layer.shape
    above, out = layer.reshape(-1), frame.reshape(-1).view(np.uint32)
    one, two, three, four = np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4)
    for j in range(high):
        row, to = np.uint64(4 * j * wide), np.uint64((top + j) * frame.shape[1] + left)
        for i in range(np.uint64(wide)):
            s = row + four * i
            red, green, blue, alpha = above[s], above[s + one], above[s + two], above[s + three]
            rest = whole - per_alpha * alpha
            out[to + i] = composite_pixel(out[to + i], rest, solid * red, solid * green, solid * blue, solid * alpha)


@kernel
def composite_cover(frame: np.ndarray, cover: np.ndarray, left: int, top: int, colour: int) -> None:
    """Lay a colour over the frame with the coverage ``cover``, uint8 (height, width), which must lie within.

    ``colour`` is red + 256 (green + 256 (blue + 256 alpha)), multiplied by alpha, 0..255. Rounding is the same as
    Cairo's, which is different for opaque colours.
    """
    high, wide = cover.shape
    out, over = frame.reshape(-1).view(np.uint32), cover.reshape(-1)
    odd = np.uint32(0x00FF00FF)
    upper, lower = np.uint32((colour >> 8) & 0x00FF00FF), np.uint32(colour & 0x00FF00FF)
    half = np.uint32(0x007F007F) if colour >> 24 == 255 else np.uint32(0x00800080)
    eight, sixteen, full = np.uint32(8), np.uint32(16), np.uint32(255)
    for j in range(high):
        row, to = np.uint64(j * wide), np.uint64((top + j) * frame.shape[1] + left)
        for i in range(np.uint64(wide)):
            part = np.uint32(over[row + i])
            low, high_part = np.uint32(lower * part + half), np.uint32(upper * part + half)
            low = np.uint32((low + ((low >> eight) & odd)) >> eight) & odd
            high_part = np.uint32((high_part + ((high_part >> eight) & odd)) >> eight) & odd
            rest = np.uint32(full - (high_part >> sixteen))
            before = out[to + i]
            b, a = np.uint32((before & odd) * rest + half), np.uint32(((before >> eight) & odd) * rest + half)
            b = np.uint32((b + ((b >> eight) & odd)) >> eight) & odd
            a = np.uint32((a + ((a >> eight) & odd)) >> eight) & odd
            out[to + i] = np.uint32((low + b) + ((high_part + a) << eight))


@kernel
def mix_layers(result: np.ndarray, first: np.ndarray, share: float, second: np.ndarray, other: float) -> None:
    """Compute result = share * first + other * second, all of the same shape."""
    out, one, two = result.reshape(-1), first.reshape(-1), second.reshape(-1)
    a, b = np.float32(share), np.float32(other)
    for i in range(len(out)):
        out[i] = a * one[i] + b * two[i]


@kernel
def multiply_by_alpha(frame: np.ndarray) -> None:
    """Multiply the colours of a frame by its alpha, in place."""
    flat = frame.reshape(-1, 4)
    for i in range(len(flat)):
        alpha = np.uint32(flat[i, 3])
        for c in range(3):
            flat[i, c] = np.uint8((np.uint32(flat[i, c]) * alpha + np.uint32(127)) // np.uint32(255))


@kernel
def divide_by_alpha(frame: np.ndarray) -> None:
    """Undo ``multiply_by_alpha``, except for rounding; doing both again changes nothing more."""
    flat = frame.reshape(-1, 4)
    for i in range(len(flat)):
        alpha = np.uint32(flat[i, 3])
        if np.uint32(0) < alpha < np.uint32(255):
            for c in range(3):
                whole = (np.uint32(flat[i, c]) * np.uint32(255) + alpha // np.uint32(2)) // alpha
                flat[i, c] = np.uint8(min(whole, np.uint32(255)))
