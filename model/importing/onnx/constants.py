"""The constants of an ONNX graph: its weights, and values computed from them alone."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing.lazy_array import FLOATS, check_count, from_bytes
from edgeglow.model.importing.open_file import check_network_file, one_line

if TYPE_CHECKING:
    from onnx import GraphProto, NodeProto, TensorProto

SHAPING = {"Identity", "Cast", "Transpose", "Reshape", "Squeeze"}
FIELDS = {
    "float32": "float_data",
    "float64": "double_data",
    "int32": "int32_data",
    "int64": "int64_data",
    "string": "string_data",
}
MOST_BYTES = 2**28
MOST_DEPTH = 8


def node_label(node: NodeProto) -> str:
    """Return a node's name and kind for an error message."""
    return f"{one_line(node.name or next(iter(node.output), '') or 'a node', 60)} ({node.op_type})"


def attributes(node: NodeProto) -> dict[str, Any]:
    """Return a node's settings as plain values."""
    import onnx

    found = {}
    for attribute in node.attribute:
        if attribute.type in {onnx.AttributeProto.GRAPH, onnx.AttributeProto.GRAPHS}:
            raise EdgeglowError(f"{node_label(node)} holds a graph of its own, which cannot be shown")
        if attribute.type not in {onnx.AttributeProto.TENSOR, onnx.AttributeProto.TENSORS}:
            found[attribute.name] = onnx.helper.get_attribute_value(attribute)
    return found


class OnnxConstants:
    """The values in a graph that do not depend on its input; ``folder`` is the folder of the model's file."""

    def __init__(self, graph: GraphProto, makers: dict[str, NodeProto], folder: Path) -> None:
        self._initialisers = {tensor.name: tensor for tensor in graph.initializer}
        self._makers = makers
        self._folder = folder
        self._known: dict[str, np.ndarray | None] = {}
        self._total = 0

    def value(self, name: str, depth: int = 0) -> np.ndarray | None:
        """Return the value of a name that does not depend on the input; None for others."""
        if name not in self._known:
            self._known[name] = None  # during the search, so that constants in a cycle have no value
            self._known[name] = self._constant(name, depth)
        return self._known[name]

    def _constant(self, name: str, depth: int) -> np.ndarray | None:
        if name in self._initialisers:
            return self._array(self._initialisers[name], name)
        node = self._makers.get(name)
        if node is None or depth > MOST_DEPTH:
            return None
        if node.op_type == "Constant":
            return self._told(node)
        inputs = [self.value(each, depth + 1) for each in node.input] if node.op_type in SHAPING else []
        known = [each for each in inputs if each is not None]
        return _shaped(node, known) if known and len(known) == len(inputs) else None

    def _told(self, node: NodeProto) -> np.ndarray | None:
        for attribute in node.attribute:
            if attribute.name == "value":
                return self._array(attribute.t, node_label(node))
            if attribute.name in {"value_float", "value_floats"}:
                return np.array(list(attribute.floats) or [attribute.f], np.float64)
            if attribute.name in {"value_int", "value_ints"}:
                return np.array(list(attribute.ints) or [attribute.i], np.int64)
        return None

    def _array(self, tensor: TensorProto, name: str) -> np.ndarray:
        """Return a tensor's numbers, within limits."""
        import onnx

        shape = tuple(tensor.dims)
        if min(shape, default=0) < 0:
            raise EdgeglowError(f"{name} has shape {shape}, expected no negative number in it")
        self._total += math.prod(shape)
        check_count(self._total)
        kind = onnx.TensorProto.DataType.Name(tensor.data_type).lower()
        kind = {"float": "float32", "double": "float64"}.get(kind, kind)
        if kind not in FIELDS and kind not in FLOATS:
            raise EdgeglowError(f"{name} holds {kind}, expected floating point; a quantised network cannot be shown")
        if tensor.data_location == onnx.TensorProto.EXTERNAL:
            array = _numbers(self._beside(tensor, name), kind)
        elif tensor.HasField("raw_data"):
            array = _numbers(tensor.raw_data, kind)
        elif kind in FIELDS:
            array = np.array(getattr(tensor, FIELDS[kind]), None if kind == "string" else kind)
        else:
            array = _numbers(np.array(tensor.int32_data, "<u2").tobytes(), kind)
        if array.size != math.prod(shape):
            raise EdgeglowError(f"{name} claims {shape}, but has {array.size:,} numbers")
        return array.reshape(shape)

    def _beside(self, tensor: TensorProto, name: str) -> bytes:
        """Return numbers from a file beside the model, where PyTorch stores them; no other place is allowed."""
        facts = {entry.key: entry.value for entry in tensor.external_data}
        location = facts.get("location", "")
        if not location or Path(location).name != location or location in {".", ".."} or "\\" in location:
            raise EdgeglowError(f"{name} lies in {one_line(location)!r}, expected a file beside the model")
        try:
            size = check_network_file(self._folder / location)
        except EdgeglowError as error:
            raise EdgeglowError(f"{name} lies in {one_line(location)}: {error}") from error
        offset, length = (int(facts.get(key, "0") or 0) for key in ("offset", "length"))
        length = length or size - offset
        if min(offset, length) < 0 or offset + length > size or length > MOST_BYTES:
            raise EdgeglowError(f"{name} lies in {one_line(location)}, beyond its {size:,} bytes")
        with (self._folder / location).open("rb") as file:
            file.seek(offset)
            return file.read(length)


def _numbers(content: bytes, kind: str) -> np.ndarray:
    return from_bytes(content, kind) if kind in FLOATS else np.frombuffer(content, np.dtype(kind).newbyteorder("<"))


def _shaped(node: NodeProto, known: list[np.ndarray]) -> np.ndarray:
    """Return a constant after a node that changes only its shape."""
    if node.op_type == "Transpose":
        return known[0].transpose(attributes(node).get("perm"))
    if node.op_type == "Reshape" and len(known) > 1:
        return known[0].reshape([int(size) for size in known[1].ravel()])
    if node.op_type == "Squeeze":
        return known[0].squeeze()
    return known[0]
