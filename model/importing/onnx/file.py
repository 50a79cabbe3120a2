"""Read ONNX models that are chains of dense layers, in any of the forms that exporters write."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing.example_shape import image_shape_in, partial_shape, spread_over_inputs
from edgeglow.model.importing.function_names import ONNX_NODES, onnx_function, shared_slope
from edgeglow.model.importing.lazy_array import check_finite
from edgeglow.model.importing.onnx.graph import OnnxGraph, attributes, load_onnx, node_label
from edgeglow.model.importing.onnx.outputs import choose_output
from edgeglow.model.importing.parsed_network import (
    ActivationStep,
    DenseStep,
    ScalingStep,
    StepChain,
    batch_norm_scaling,
)

if TYPE_CHECKING:
    from onnx import NodeProto

PASSED = {"Identity", "Cast", "Dropout", "ZipMap", "Concat"}
KINDS = "Gemm, MatMul, Add, Sub, Mul, Div, BatchNormalization, Flatten, Reshape, " + ", ".join(ONNX_NODES)


def read_onnx(path: Path) -> StepChain:
    """Read the network in an ONNX file. Raises EdgeglowError, which names the node, for what cannot be shown."""
    model = load_onnx(path)
    graph = OnnxGraph(model.graph, path.parent)
    way, said = choose_output(graph.outputs(), [output.name for output in model.graph.output])
    builder = _OnnxChainBuilder(graph)
    for entry in model.graph.input:  # weights may be listed as inputs too
        if entry.name == way.start and entry.type.tensor_type.HasField("shape"):
            sizes = [size.dim_value or None for size in entry.type.tensor_type.shape.dim]
            builder.shape = partial_shape(sizes[1:])
            builder.chain.image_shape = image_shape_in(builder.shape)
    for node in way.nodes:
        builder.add(node)
    builder.chain.remarks += [said] if said else []
    builder.chain.class_names = graph.class_names()
    return builder.chain


class _OnnxChainBuilder:
    """Builds a chain, node by node; ``shape`` is the shape of one example after the nodes so far."""

    def __init__(self, graph: OnnxGraph) -> None:
        self.graph = graph
        self.chain = StepChain()
        self.shape: tuple[int | None, ...] | None = None

    def add(self, node: NodeProto) -> None:
        if (function := self._function(node)) is not None:
            self.chain.steps.append(ActivationStep(node_label(node), function))
            return
        if node.op_type in PASSED:
            return
        methods: dict[str, Callable[[NodeProto], None]] = {
            "Gemm": self._gemm,
            "MatMul": self._product,
            "Add": self._arithmetic,
            "Sub": self._arithmetic,
            "Mul": self._arithmetic,
            "Div": self._arithmetic,
            "BatchNormalization": self._norm,
            "Scaler": self._scaler,
            "Flatten": self._flatten,
            "Reshape": self._reshape,
            "Squeeze": self._squeeze,
            "Unsqueeze": self._squeeze,
            "Transpose": self._transpose,
        }
        if node.op_type not in methods:
            raise EdgeglowError(f"{node_label(node)} cannot be shown, expected {KINDS}")
        methods[node.op_type](node)

    def _function(self, node: NodeProto) -> str | None:
        """Return the activation function that this node is, or is the last node of; None for other nodes."""
        if node.output[0] in self.graph.composed:
            return self.graph.composed[node.output[0]]
        if node.op_type == "PRelu":
            return shared_slope(node_label(node), self._constant(node, 1))
        if node.op_type in ONNX_NODES:
            return onnx_function(node_label(node), node.op_type, attributes(node))
        return None

    def _constant(self, node: NodeProto, index: int) -> np.ndarray:
        value = self.graph.constant(node.input[index]) if index < len(node.input) else None
        if value is None or value.dtype.kind not in "fiu":
            raise EdgeglowError(f"{node_label(node)} has no constant as its input {index + 1}")
        return check_finite(f"{node_label(node)}'s {node.input[index]}", value)

    def _matrix(self, node: NodeProto) -> np.ndarray:
        """Return the constant matrix that the data is multiplied by, from the right."""
        if self.graph.constant(node.input[0]) is not None:
            raise EdgeglowError(f"{node_label(node)} has its weights on the left, expected them on the right")
        matrix = self._constant(node, 1)
        if matrix.ndim != 2:
            raise EdgeglowError(f"{node_label(node)} has weights of shape {matrix.shape}, expected a matrix")
        if self.shape is not None and len(self.shape) != 1:
            raise EdgeglowError(
                f"{node_label(node)} is applied to every row of {self.shape}, expected a Flatten before it"
            )
        return matrix

    def _gemm(self, node: NodeProto) -> None:
        settings = attributes(node)
        matrix = self._matrix(node)
        if settings.get("transA", 0):
            raise EdgeglowError(f"{node_label(node)} turns the picture around, expected transA 0")
        weights = matrix if settings.get("transB", 0) else matrix.T
        biases = None
        if len(node.input) > 2 and node.input[2]:
            offset = self._constant(node, 2)
            if offset.size not in {1, len(weights)}:
                raise EdgeglowError(f"{node_label(node)} has biases {offset.shape}, expected ({len(weights)},)")
            biases = np.broadcast_to(offset.ravel(), len(weights)) * np.float32(settings.get("beta", 1.0))
        alpha = np.float32(settings.get("alpha", 1.0))
        self._dense(node, weights if alpha == 1 else weights * alpha, biases)

    def _product(self, node: NodeProto) -> None:
        self._dense(node, self._matrix(node).T, None)

    def _dense(self, node: NodeProto, weights: np.ndarray, biases: np.ndarray | None) -> None:
        self.chain.steps.append(DenseStep(node_label(node), weights, biases))
        self.shape = (len(weights),)

    def _arithmetic(self, node: NodeProto) -> None:
        first = self.graph.constant(node.input[0]) is not None
        values = self._constant(node, 0 if first else 1).astype(np.float64)
        one, zero = np.ones(1), np.zeros(1)
        if node.op_type == "Add":
            self._scale(node, one, values)
        elif node.op_type == "Sub":
            self._scale(node, -one if first else one, values if first else -values)
        elif node.op_type == "Mul":
            self._scale(node, values, zero)
        elif first:
            raise EdgeglowError(f"{node_label(node)} divides by the picture, which cannot be shown")
        else:
            with np.errstate(all="ignore"):
                self._scale(node, 1 / values, zero)

    def _scale(self, node: NodeProto, factor: np.ndarray, shift: np.ndarray) -> None:
        bias = node.op_type == "Add" and bool(self.chain.steps) and isinstance(self.chain.steps[-1], DenseStep)
        parts = [self._spread(node, part) for part in (factor, shift)]
        self.chain.steps.append(ScalingStep(node_label(node), parts[0], parts[1], "" if bias else "normalisation"))

    def _spread(self, node: NodeProto, values: np.ndarray) -> np.ndarray:
        """Spread a constant over one example as NumPy broadcasts it over a batch: one value for each input."""
        if values.size == 1 or self.shape is None or len(self.shape) <= 1:
            return spread_over_inputs(node_label(node), values, self.shape)
        rank = len(self.shape)
        while values.ndim > rank and values.shape[0] == 1:
            values = values[0]
        axes = [rank - values.ndim + axis + 1 for axis, size in enumerate(values.shape) if size > 1]
        return spread_over_inputs(node_label(node), values, self.shape, axes)

    def _norm(self, node: NodeProto) -> None:
        settings = attributes(node)
        if settings.get("training_mode", 0):
            raise EdgeglowError(f"{node_label(node)} depends on the batch; export the model in evaluation mode")
        gamma, beta, mean, variance = (self._constant(node, index) for index in range(1, 5))
        if not gamma.shape == beta.shape == mean.shape == variance.shape or gamma.ndim != 1:
            raise EdgeglowError(f"{node_label(node)} has constants of different shapes, expected one")
        scaling = batch_norm_scaling(node_label(node), gamma, beta, mean, variance, settings.get("epsilon", 1e-5))
        parts = [
            spread_over_inputs(node_label(node), part, self.shape, 1) for part in (scaling.factor, scaling.shift)
        ]
        self.chain.steps.append(ScalingStep(node_label(node), parts[0], parts[1], "batch-norm"))

    def _scaler(self, node: NodeProto) -> None:
        """Add (a - offset) · scale, the form in which scikit-learn's exporter writes a StandardScaler."""
        settings = attributes(node)
        offset, scale = (np.array(settings.get(name, ()), np.float64) for name in ("offset", "scale"))
        if not offset.size or not scale.size or (offset.size != scale.size and 1 not in {offset.size, scale.size}):
            raise EdgeglowError(f"{node_label(node)} has {offset.size} offsets and {scale.size} scales")
        self._scale(node, scale, -offset * scale)

    def _flatten(self, node: NodeProto) -> None:
        if attributes(node).get("axis", 1) != 1:
            raise EdgeglowError(f"{node_label(node)} does not flatten one picture at a time, expected axis 1")
        if self.shape is not None:
            known = [size for size in self.shape if size is not None]
            self.shape = (math.prod(known),) if len(known) == len(self.shape) else None

    def _reshape(self, node: NodeProto) -> None:
        target = self.graph.constant(node.input[1]) if len(node.input) > 1 else None
        self.shape = partial_shape([int(size) for size in target.ravel()[1:]]) if target is not None else None

    def _squeeze(self, node: NodeProto) -> None:
        if self.shape is not None and len(self.shape) > 1 and node.op_type == "Squeeze":
            self.shape = tuple(size for size in self.shape if size != 1)
        else:
            self.shape = None

    def _transpose(self, node: NodeProto) -> None:
        """Let only channels of size 1 move: any other transposition would mix up the pixels."""
        turned = attributes(node).get("perm")
        shape = (None, *(self.shape or ()))
        if turned is None or sorted(turned) != list(range(len(shape))) or turned[0] != 0:
            raise EdgeglowError(f"{node_label(node)} turns the picture around, which cannot be shown")
        kept = [index for index in turned if index == 0 or shape[index] != 1]
        if kept != sorted(kept):
            raise EdgeglowError(f"{node_label(node)} turns the picture around, which cannot be shown")
        self.shape = tuple(shape[index] for index in turned[1:])
