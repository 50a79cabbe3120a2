"""ONNX graphs, in the many ways in which they can be written, give what ONNX's own evaluator gives."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing import ParsedNetwork, read_network
from edgeglow.model.network.network import Network

DICE = np.random.default_rng(3)


class Drawing:
    """A graph that grows node by node; ``last`` is what the latest gives."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.shape = shape
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self.last = "x"
        self.called = ""  # what the next node gives; where empty, it is numbered

    def constant(self, values: np.ndarray | list[int], kind: str = "float32") -> str:
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(values, kind), name))
        return name

    def node(self, kind: str, *inputs: str, **attributes: object) -> str:
        name = self.called or f"n{len(self.nodes)}"
        self.called = ""
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name=f"the {kind}", **attributes))
        return name

    def then(self, kind: str, *others: str, **attributes: object) -> None:
        self.last = self.node(kind, self.last, *others, **attributes)

    def model(self, *outputs: str) -> onnx.ModelProto:
        """With the outputs named, a whole number where the name begins with "label"; else with the last."""
        start = helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, *self.shape])
        ends = [
            helper.make_tensor_value_info(
                name, TensorProto.INT64 if name.startswith("label") else TensorProto.FLOAT, None
            )
            for name in outputs or (self.last,)
        ]
        graph = helper.make_graph(self.nodes, "drawn", [start], ends, self.constants)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)

    def read(self, folder: Path, *outputs: str, **options: str) -> ParsedNetwork:
        onnx.save(self.model(*outputs), folder / "drawn.onnx")
        return read_network(folder / "drawn.onnx", **options)


def numbers(*shape: int, least: float = -1.0) -> np.ndarray:
    return DICE.uniform(least, 1.5, shape).astype(np.float32)


def same(drawing: Drawing, stored: ParsedNetwork) -> None:
    """The network and ONNX's own evaluator answer alike."""
    inputs = DICE.random((6, *drawing.shape)).astype(np.float32)
    (truth,) = ReferenceEvaluator(drawing.model()).run(None, {"x": inputs})
    network = Network.of(stored.weights, stored.biases, stored.hidden, stored.output)
    assert np.abs(network.activations(inputs.reshape(6, -1))[-1] - truth).max() < 1e-5


def dense(drawing: Drawing, fan_in: int, fan_out: int, how: str) -> None:
    """A dense layer, written in one of the ways of exporters."""
    weights, biases = numbers(fan_in, fan_out), numbers(fan_out)
    if how == "gemm":
        drawing.then("Gemm", drawing.constant(weights), drawing.constant(biases))
    elif how == "turned gemm":
        c = drawing.constant(biases[None])
        drawing.then("Gemm", drawing.constant(weights.T), c, transB=1, alpha=0.5, beta=2.0)
    elif how == "bare gemm":
        drawing.then("Gemm", drawing.constant(weights))
    elif how == "product":
        drawing.then("MatMul", drawing.constant(weights))
        drawing.last = drawing.node("Add", drawing.constant(biases), drawing.last)
    else:
        turned = drawing.node("Transpose", drawing.constant(weights.T), perm=[1, 0])
        drawing.then("MatMul", turned)
        drawing.then("Sub", drawing.constant(biases))


def norm(drawing: Drawing, size: int) -> None:
    parts = [numbers(size), numbers(size), numbers(size), numbers(size, least=0.1)]
    drawing.then("BatchNormalization", *(drawing.constant(part) for part in parts), epsilon=1e-3)


WAYS = st.sampled_from(["gemm", "turned gemm", "bare gemm", "product", "turned product"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sizes=st.lists(st.integers(1, 7), min_size=1, max_size=4),
    outputs=st.integers(2, 6),
    ways=st.lists(WAYS, min_size=5, max_size=5),
    norms=st.lists(st.sampled_from(["", "before", "after", "both"]), min_size=5, max_size=5),
    function=st.sampled_from(["Relu", "Tanh", "Sigmoid"]),
    last=st.sampled_from(["Softmax", "Sigmoid"]),
)
def test_any_chain_of_layers_answers_as_onnx_does(
    tmp_path: Path, sizes: list[int], outputs: int, ways: list[str], norms: list[str], function: str, last: str
) -> None:
    drawing = Drawing((sizes[0],))
    every = [*sizes, outputs]
    for index, (fan_in, fan_out) in enumerate(pairwise(every)):
        dense(drawing, fan_in, fan_out, ways[index])
        is_last = index == len(every) - 2
        if norms[index] in {"before", "both"}:
            norm(drawing, fan_out)
        drawing.then(last if is_last else function)
        if norms[index] in {"after", "both"} and not is_last:
            norm(drawing, fan_out)
    stored = drawing.read(tmp_path)
    assert stored.layer_sizes == tuple(every)
    same(drawing, stored)


def test_scalings_of_a_picture_before_it_is_flat_are_folded_in(tmp_path: Path) -> None:
    drawing = Drawing((1, 3, 4))
    drawing.then("Sub", drawing.constant(numbers(1, 3, 1)))
    drawing.then("Div", drawing.constant(numbers(4, least=0.5)))
    drawing.then("Mul", drawing.constant(numbers(1, 1, 3, 4)))
    drawing.last = drawing.node("Sub", drawing.constant(np.float32(1.5)), drawing.last)
    drawing.then("BatchNormalization", *(drawing.constant(part) for part in numbers(4, 1, least=0.2)))
    drawing.then("Flatten", axis=1)
    dense(drawing, 12, 3, "gemm")
    drawing.then("Softmax", axis=1)
    stored = drawing.read(tmp_path)
    assert stored.image_shape == (3, 4)
    same(drawing, stored)


def test_a_channel_of_one_may_move_and_nothing_else(tmp_path: Path) -> None:
    drawing = Drawing((3, 4, 1))
    drawing.then("Transpose", perm=[0, 3, 1, 2])
    drawing.then("Reshape", drawing.constant([-1, 12], "int64"))
    dense(drawing, 12, 3, "product")
    drawing.then("Softmax")
    same(drawing, drawing.read(tmp_path))

    drawing = Drawing((3, 4))
    drawing.then("Transpose", perm=[0, 2, 1])
    drawing.then("Flatten")
    dense(drawing, 12, 3, "gemm")
    with pytest.raises(EdgeglowError, match=r"the Transpose \(Transpose\) turns the picture around"):
        drawing.read(tmp_path)


@pytest.mark.parametrize("kind", ["float16", "float64", "bfloat16"])
def test_weights_of_other_precision_are_read(kind: str, tmp_path: Path) -> None:
    weights = np.float32([[1, 2.5, -3], [0.25, 0, 8]])  # exact in all of them
    code = {"float16": 10, "float64": 11, "bfloat16": 16}[kind]
    drawing = Drawing((2,))
    for raw in (False, True):
        values = (weights.view(np.uint32) >> 16).astype("<u2") if kind == "bfloat16" else weights.astype(kind)
        tensor = helper.make_tensor("w", code, [2, 3], values.tobytes() if raw else weights.ravel(), raw=raw)
        drawing.constants, drawing.nodes, drawing.last = [tensor], [], "x"
        drawing.then("MatMul", "w")
        assert np.array_equal(drawing.read(tmp_path).weights[0], weights.T)


@pytest.mark.parametrize(
    ("kind", "attributes", "words"),
    [
        ("HardSwish", {}, r"the HardSwish \(HardSwish\) cannot be shown"),
        ("ThresholdedRelu", {}, r"the ThresholdedRelu \(ThresholdedRelu\) cannot be shown"),
        ("LeakyRelu", {"alpha": 1.5}, r"the LeakyRelu \(LeakyRelu\) has alpha 1.5; expected a number above 0"),
        ("Selu", {"alpha": 1.0}, r"the Selu \(Selu\) has alpha 1, expected 1.67"),
        ("Softmax", {}, "activation softmax, expected one of sigmoid, tanh, relu"),
        ("Softmax", {"axis": 0}, "does not run over the last axis"),
    ],
)
def test_what_stands_between_layers_must_be_known(
    kind: str, attributes: dict[str, float], words: str, tmp_path: Path
) -> None:
    drawing = Drawing((4,))
    dense(drawing, 4, 3, "gemm")
    drawing.then(kind, **attributes)
    dense(drawing, 3, 2, "gemm")
    with pytest.raises(EdgeglowError, match=words):
        drawing.read(tmp_path)


def test_skips_and_two_outputs_are_refused(tmp_path: Path) -> None:
    drawing = Drawing((4,))
    dense(drawing, 4, 4, "gemm")
    drawing.then("Relu")
    drawing.last = drawing.node("Add", drawing.last, "x")
    dense(drawing, 4, 2, "gemm")
    with pytest.raises(EdgeglowError, match=r"the Add \(Add\) takes in 2 computed tensors"):
        drawing.read(tmp_path)


def test_labels_after_the_answers_are_passed_over(tmp_path: Path) -> None:
    drawing = Drawing((4,))
    dense(drawing, 4, 3, "gemm")
    drawing.then("Softmax")
    answers = drawing.last
    drawing.then("ArgMax", axis=1)
    stored = drawing.read(tmp_path)
    drawing.last = answers
    same(drawing, stored)


def test_a_layer_on_every_row_of_a_picture_is_refused(tmp_path: Path) -> None:
    drawing = Drawing((4, 4))
    drawing.then("MatMul", drawing.constant(numbers(4, 3)))
    with pytest.raises(EdgeglowError, match="every row"):
        drawing.read(tmp_path)
