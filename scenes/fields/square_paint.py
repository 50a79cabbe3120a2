"""Painting of colours into a layer's pixels, all four channels of a pixel at once."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from scenes.fields.compiled import kernel

NOTHING = np.float32(1e-30)  # replaces an alpha of 0 in divisions


class Look(NamedTuple):
    """Colours as painted into the layer; the square's are multiplied by its opacity, the last number of ``fill``."""

    fill: Any  # four float32
    stroke: Any  # three float32 and a 1
    opacity: float
    stroke_opacity: float


def _mix(typing: Any, layer: Any, at: Any, part: Any, fill: Any, ring: Any, stroke: Any, keep: Any) -> Any:
    """Generate layer[at:at + 4] = part * fill + ring * stroke + keep * layer[at:at + 4], without bounds checks."""
    vector = ir.VectorType(ir.FloatType(), 4)

    def packed(builder: Any, numbers: list[Any]) -> Any:
        result = ir.Constant(vector, ir.Undefined)
        for k, number in enumerate(numbers):
            result = builder.insert_element(result, number, ir.Constant(ir.IntType(32), k))
        return result

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, args[0]).data
        place = builder.bitcast(builder.gep(data, [args[1]]), vector.as_pointer())
        parts, rings, kept = (packed(builder, [args[n]] * 4) for n in (2, 4, 6))
        fills, strokes = (
            packed(builder, [builder.extract_value(args[n], k) for k in range(4)]) for n in (3, 5)
        )
        kind = ir.FunctionType(vector, [vector] * 3)
        multiply_add = builder.module.declare_intrinsic("llvm.fmuladd.v4f32", (), kind)
        new = builder.call(multiply_add, [parts, fills, builder.fmul(rings, strokes)])
        mixed = builder.call(multiply_add, [kept, builder.load(place, align=4), new])
        builder.store(mixed, place, align=4)
        return context.get_dummy_value()

    number, color = types.float32, types.UniTuple(types.float32, 4)
    return types.void(layer, types.int64, number, color, number, color, number), generate


mix: Any = intrinsic(_mix)


@kernel
def paint(layer: np.ndarray, at: int, part: float, ring: float, look: Look) -> None:
    """Paint a share of the fill and of the stroke into the pixel whose channels start at ``at`` of the flat layer.

    They are taken to cover a part of the pixel that is not covered yet, as far as there is room: squares that
    touch leave no seam, and a square that covers the whole pixel hides its background.
    """
    alpha = ring + part * look.fill[3]
    keep = min(np.float32(1.0), (np.float32(1.0) - alpha) / max(layer[at + 3], NOTHING))
    mix(layer, at, part, look.fill, ring, look.stroke, keep)
