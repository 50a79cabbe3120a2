"""Three steps of the compiled loops in LLVM's own language, each beside the plain loop that does the same.

numba turns long loops into vector instructions by itself, but not so few numbers at places that it does not know.
With the plain loops instead, compiled as the other kernels are, on an AMD EPYC at 1080p:

- add_chunk: drawing 12,960 lines takes 2.0 times as long.
- turn_chunks: laying light over a frame takes 1.3 times as long.
- mix: drawing 3,136 turned squares with a stroke takes 1.13 times as long, and its rounding differs in the last bit.

Nothing is checked in them, neither bounds nor signs.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

CHUNK = 8  # numbers in a vector

VECTOR = ir.VectorType(ir.FloatType(), CHUNK)
PIXEL = ir.VectorType(ir.FloatType(), 4)
LANE = ir.IntType(32)


def _place(context: Any, builder: Any, kind: Any, array: Any, index: Any, vector: Any = VECTOR) -> Any:
    """Where in a flat float32 array the vector is that begins at an index."""
    data = context.make_array(kind)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [index]), vector.as_pointer())


def plain_add_chunk(light: np.ndarray, at: int, profile: np.ndarray, first: int, amount: float) -> None:
    """light[at:at + CHUNK] += amount * profile[first:first + CHUNK]"""
    for k in range(CHUNK):
        light[at + k] += amount * profile[first + k]


def _add_chunk(typing: Any, light: Any, at: Any, profile: Any, first: Any, amount: Any) -> Any:
    """``plain_add_chunk`` as vectors."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        light_type, _, profile_type, _, _ = signature.args
        target = _place(context, builder, light_type, args[0], args[1])
        source = _place(context, builder, profile_type, args[2], args[3])
        nothing = ir.Constant(VECTOR, ir.Undefined)
        one = builder.insert_element(nothing, args[4], ir.Constant(LANE, 0))
        amounts = builder.shuffle_vector(one, nothing, ir.Constant(ir.VectorType(LANE, CHUNK), None))
        old, shape = (builder.load(place, align=4) for place in (target, source))
        builder.store(builder.fadd(old, builder.fmul(amounts, shape)), target, align=4)
        return context.get_dummy_value()

    return types.void(light, types.uint64, profile, types.uint64, types.float32), generate


def plain_turn_chunks(tile: np.ndarray, at: int, apart: int, turned: np.ndarray, to: int, beside: int) -> None:
    """turned[to + i * beside + j] = tile[at + j * apart + i], i and j 0..7: eight vectors, turned."""
    for j in range(CHUNK):
        for i in range(CHUNK):
            turned[to + i * beside + j] = tile[at + j * apart + i]


def _turn_chunks(typing: Any, tile: Any, at: Any, apart: Any, turned: Any, to: Any, beside: Any) -> Any:
    """``plain_turn_chunks`` as vectors."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        def place(kind: Any, array: Any, first: Any, step: Any, number: int) -> Any:
            offset = builder.mul(step, ir.Constant(step.type, number))
            return _place(context, builder, kind, array, builder.add(first, offset))

        def pair(first: Any, second: Any, *which: int) -> Any:
            return builder.shuffle_vector(first, second, ir.Constant(ir.VectorType(LANE, CHUNK), list(which)))

        kinds = signature.args
        rows = [builder.load(place(kinds[0], args[0], args[1], args[2], number), align=4) for number in range(8)]
        # First numbers change places within pairs of rows, then pairs of numbers, then halves of rows. Each step is
        # one instruction of x86.
        rows = [
            pair(rows[k], rows[k + 1], *lanes)
            for k in (0, 2, 4, 6)
            for lanes in ((0, 8, 1, 9, 4, 12, 5, 13), (2, 10, 3, 11, 6, 14, 7, 15))
        ]
        rows = [
            pair(rows[k], rows[k + 2], *lanes)
            for k in (0, 1, 4, 5)
            for lanes in ((0, 1, 8, 9, 4, 5, 12, 13), (2, 3, 10, 11, 6, 7, 14, 15))
        ]
        rows = [
            pair(rows[k], rows[k + 4], *lanes)
            for lanes in ((0, 1, 2, 3, 8, 9, 10, 11), (4, 5, 6, 7, 12, 13, 14, 15))
            for k in range(4)
        ]
        for number, row in enumerate(rows):
            builder.store(row, place(kinds[3], args[3], args[4], args[5], number), align=4)
        return context.get_dummy_value()

    return types.void(tile, types.uint64, types.uint64, turned, types.uint64, types.uint64), generate


Color = tuple[float, float, float, float]


def plain_mix(layer: np.ndarray, at: int, part: float, fill: Color, ring: float, stroke: Color, keep: float) -> None:
    """layer[at:at + 4] = part * fill + ring * stroke + keep * layer[at:at + 4]"""
    for k in range(4):
        layer[at + k] = part * fill[k] + ring * stroke[k] + keep * layer[at + k]


def _mix(typing: Any, layer: Any, at: Any, part: Any, fill: Any, ring: Any, stroke: Any, keep: Any) -> Any:
    """``plain_mix``, the four channels of a pixel at once."""

    def packed(builder: Any, numbers: list[Any]) -> Any:
        result = ir.Constant(PIXEL, ir.Undefined)
        for k, number in enumerate(numbers):
            result = builder.insert_element(result, number, ir.Constant(LANE, k))
        return result

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        place = _place(context, builder, signature.args[0], args[0], args[1], PIXEL)
        parts, rings, kept = (packed(builder, [args[n]] * 4) for n in (2, 4, 6))
        fills, strokes = (packed(builder, [builder.extract_value(args[n], k) for k in range(4)]) for n in (3, 5))
        kind = ir.FunctionType(PIXEL, [PIXEL] * 3)
        multiply_add = builder.module.declare_intrinsic("llvm.fmuladd.v4f32", (), kind)
        new = builder.call(multiply_add, [parts, fills, builder.fmul(rings, strokes)])
        builder.store(builder.call(multiply_add, [kept, builder.load(place, align=4), new]), place, align=4)
        return context.get_dummy_value()

    number, color = types.float32, types.UniTuple(types.float32, 4)
    return types.void(layer, types.int64, number, color, number, color, number), generate


add_chunk: Any = intrinsic(_add_chunk)
turn_chunks: Any = intrinsic(_turn_chunks)
mix: Any = intrinsic(_mix)
