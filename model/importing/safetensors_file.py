"""Read weights from a safetensors file, which holds names, shapes and numbers only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing.import_choices import NO_CHOICES, ImportChoices
from edgeglow.model.importing.lazy_array import LazyArray, check_total, from_bytes
from edgeglow.model.importing.nested_arrays import NamedArrays, chain_from_arrays
from edgeglow.model.importing.open_file import one_line
from edgeglow.model.importing.parsed_network import StepChain

MOST_HEADER = 2**22
KINDS = {"F16": "float16", "BF16": "bfloat16", "F32": "float32", "F64": "float64"} | {
    f"{letter}{8 * size}": f"{word}{8 * size}"
    for letter, word in (("I", "int"), ("U", "uint"))
    for size in (1, 2, 4, 8)
}


def read_safetensors(path: Path, way: ImportChoices = NO_CHOICES) -> StepChain:
    """Read the network in a safetensors file. The file keeps no order: numbers in names or shapes give it."""
    import safetensors

    with path.open("rb") as opened:
        header = int.from_bytes(opened.read(8), "little")
    if header > MOST_HEADER:
        raise EdgeglowError(f"its header claims {header:,} bytes, expected at most {MOST_HEADER:,}")
    try:
        with safetensors.safe_open(path, framework="numpy") as file:  # reads the header only
            slices = {name: file.get_slice(name) for name in list(file.keys())}
            shapes = {name: (tuple(each.get_shape()), each.get_dtype()) for name, each in slices.items()}
            facts = dict(file.metadata() or {})
        check_total({name: LazyArray(shape, kind, _unread) for name, (shape, kind) in shapes.items()})
        contents = {name: each["data"] for name, each in safetensors.deserialize(path.read_bytes())}
    except safetensors.SafetensorError as error:
        raise EdgeglowError(f"it is damaged ({one_line(error)})") from error
    tensors = {
        name: LazyArray(shape, KINDS.get(kind, kind), _reader(contents[name], KINDS.get(kind, kind), shape))
        for name, (shape, kind) in shapes.items()
    }
    numbers = {name: int(text) for name, text in facts.items() if text.isdecimal()}
    return chain_from_arrays(NamedArrays(tensors, facts=numbers), in_order=False, transposed=False, way=way)


def _unread() -> np.ndarray:
    raise AssertionError("only its shape was asked for")


def _reader(content: bytearray, kind: str, shape: tuple[int, ...]) -> Callable[[], np.ndarray]:
    return lambda: from_bytes(content, kind).reshape(shape)
