"""How loops are compiled by numba, and the one instruction it would not find by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

CHUNK = 8  # numbers in a vector


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile on first use, without the GIL; keep the machine code on disk where a folder can be written."""
    how: dict[str, Any] = {"nogil": True, "error_model": "numpy", "fastmath": {"contract"}}
    try:
        return njit(cache=True, **how)(function)
    except RuntimeError:  # numba found no folder for its cache
        return njit(**how)(function)


def _add_chunk(typing: Any, light: Any, at: Any, profile: Any, first: Any, amount: Any) -> Any:
    """light[at:at + CHUNK] += amount * profile[first:first + CHUNK], as vectors; nothing is checked."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        vector = ir.VectorType(ir.FloatType(), CHUNK)
        light_type, _, profile_type, _, _ = signature.args
        places = [
            builder.bitcast(
                builder.gep(context.make_array(kind)(context, builder, array).data, [index]),
                vector.as_pointer(),
            )
            for kind, array, index in ((light_type, args[0], args[1]), (profile_type, args[2], args[3]))
        ]
        nothing = ir.Constant(vector, ir.Undefined)
        one = builder.insert_element(nothing, args[4], ir.Constant(ir.IntType(32), 0))
        amounts = builder.shuffle_vector(
            one, nothing, ir.Constant(ir.VectorType(ir.IntType(32), CHUNK), None)
        )
        old, shape = (builder.load(place, align=4) for place in places)
        builder.store(builder.fadd(old, builder.fmul(amounts, shape)), places[0], align=4)
        return context.get_dummy_value()

    return types.void(light, types.uint64, profile, types.uint64, types.float32), generate


add_chunk: Any = intrinsic(_add_chunk)
