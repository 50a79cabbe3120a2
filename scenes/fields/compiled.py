"""The numba settings of all compiled loops, and two vector operations that numba does not generate itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

CHUNK = 8  # float32 numbers in a vector


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function on first use, without the GIL.

    The machine code is cached on disk if a folder is writable.
    """
    how: dict[str, Any] = {"nogil": True, "error_model": "numpy", "fastmath": {"contract"}}
    try:
        return njit(cache=True, **how)(function)
    except RuntimeError:  # numba found no folder for its cache
        return njit(**how)(function)


VECTOR = ir.VectorType(ir.FloatType(), CHUNK)


def _vector_at(context: Any, builder: Any, kind: Any, array: Any, index: Any) -> Any:
    """Return a pointer to the vector that starts at an index of a flat float32 array; bounds are not checked."""
    data = context.make_array(kind)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [index]), VECTOR.as_pointer())


def _add_chunk(typing: Any, light: Any, at: Any, profile: Any, first: Any, amount: Any) -> Any:
    """Generate light[at:at + CHUNK] += amount * profile[first:first + CHUNK], as vectors, without bounds checks."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        light_type, _, profile_type, _, _ = signature.args
        target = _vector_at(context, builder, light_type, args[0], args[1])
        source = _vector_at(context, builder, profile_type, args[2], args[3])
        nothing = ir.Constant(VECTOR, ir.Undefined)
        one = builder.insert_element(nothing, args[4], ir.Constant(ir.IntType(32), 0))
        amounts = builder.shuffle_vector(
            one, nothing, ir.Constant(ir.VectorType(ir.IntType(32), CHUNK), None)
        )
        old, shape = (builder.load(place, align=4) for place in (target, source))
        builder.store(builder.fadd(old, builder.fmul(amounts, shape)), target, align=4)
        return context.get_dummy_value()

    return types.void(light, types.uint64, profile, types.uint64, types.float32), generate


def _turn_chunks(typing: Any, tile: Any, at: Any, apart: Any, turned: Any, to: Any, beside: Any) -> Any:
    """Generate turned[to + i * beside + j] = tile[at + j * apart + i] for i, j in 0..7, eight vectors at a time."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        def place(kind: Any, array: Any, first: Any, step: Any, number: int) -> Any:
            offset = builder.mul(step, ir.Constant(step.type, number))
            return _vector_at(context, builder, kind, array, builder.add(first, offset))

        def pair(first: Any, second: Any, *which: int) -> Any:
            lanes = ir.Constant(ir.VectorType(ir.IntType(32), CHUNK), list(which))
            return builder.shuffle_vector(first, second, lanes)

        kinds = signature.args
        rows = [
            builder.load(place(kinds[0], args[0], args[1], args[2], number), align=4) for number in range(8)
        ]
        # Three steps swap numbers within pairs of rows, then pairs of numbers, then halves of rows; each step is one
        # instruction on x86.
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


add_chunk: Any = intrinsic(_add_chunk)
turn_chunks: Any = intrinsic(_turn_chunks)
