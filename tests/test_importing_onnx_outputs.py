"""Of an ONNX graph's inputs and outputs the right ones are taken, and it is said which."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper
from test_importing_onnx import Drawing, dense, same

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing import read_network


def drawn(*last: str) -> Drawing:
    """4-5-3 with ReLU: ``hidden``, ``logits``, and then whatever ``last`` says, called as its kind is."""
    drawing = Drawing((4,))
    dense(drawing, 4, 5, "gemm")
    drawing.called = "hidden"
    drawing.then("Relu")
    drawing.called = "logits"
    dense(drawing, 5, 3, "gemm")
    for kind in last:
        drawing.called = kind.lower()
        drawing.node(kind, "logits")
    return drawing


def test_weights_among_the_inputs_are_no_pictures(tmp_path: Path) -> None:
    """As PyTorch wrote it before 1.3: the shape to which the picture is flattened is an input, too."""
    drawing = Drawing((1, 2, 2))
    drawing.then("Reshape", drawing.constant([-1, 4], "int64"))
    dense(drawing, 4, 3, "gemm")
    drawing.then("Softmax")
    model = drawing.model()
    model.ir_version = 3
    model.graph.input.extend(
        helper.make_tensor_value_info(each.name, each.data_type, list(each.dims)) for each in drawing.constants
    )
    onnx.save(model, tmp_path / "old.onnx")
    stored = read_network(tmp_path / "old.onnx")
    assert (stored.image_shape, stored.layer_sizes) == ((2, 2), (4, 3))
    same(drawing, stored)


@pytest.mark.parametrize(
    "outputs",
    [
        ("logits", "softmax"),
        ("softmax", "logits"),
        ("hidden", "logits", "softmax"),
        ("logsoftmax", "softmax"),
        ("softmax", "logsoftmax", "logits"),
        ("softmax", "softmax"),
    ],
)
def test_of_outputs_along_one_way_the_probabilities_are_taken(outputs: tuple[str, ...], tmp_path: Path) -> None:
    drawing = drawn("Softmax", "LogSoftmax")
    stored = drawing.read(tmp_path, *outputs)
    drawing.last = "softmax"
    same(drawing, stored)
    others = ", ".join(name for name in outputs if name != "softmax")
    assert stored.remarks == ((f"Its output softmax is shown, and not {others}.",) if others else ())


def test_hidden_and_logits_give_the_logits(tmp_path: Path) -> None:
    stored = drawn().read(tmp_path, "logits", "hidden")
    assert stored.layer_sizes == (4, 5, 3)
    assert stored.remarks[0] == "Its output logits is shown, and not hidden."


@pytest.mark.parametrize(
    ("kind", "settings"),
    [("ArgMax", {"axis": 1}), ("Hardmax", {"axis": 1}), ("ReduceMax", {"axes": [1]}), ("TopK", {})],
)
def test_an_output_that_is_only_the_class_is_passed_over_and_said(
    kind: str, settings: dict[str, object], tmp_path: Path
) -> None:
    drawing = drawn("Softmax")
    drawing.called = "label"
    if kind == "TopK":
        top = helper.make_node("TopK", ["softmax", drawing.constant([1], "int64")], ["best", "label"])
        drawing.nodes.append(top)
    else:
        drawing.node(kind, "softmax", **settings)
    for outputs in (("label", "softmax"), ("softmax", "label"), ("logits", "label", "softmax")):
        stored = drawing.read(tmp_path, *outputs)
        drawing.last = "softmax"
        same(drawing, stored)
        others = ", ".join(name for name in outputs if name != "softmax")
        assert stored.remarks == (f"Its output softmax is shown, and not {others}.",)


def test_a_network_that_tells_only_the_class_is_shown_up_to_it(tmp_path: Path) -> None:
    drawing = drawn("Softmax")
    drawing.called = "label"
    drawing.node("ArgMax", "softmax", axis=1)
    stored = drawing.read(tmp_path, "label")
    drawing.last = "softmax"
    same(drawing, stored)
    assert stored.remarks == ("Its output label is only the class; what that is made of is shown.",)


def test_the_class_says_which_of_two_heads_is_right(tmp_path: Path) -> None:
    drawing = drawn("Softmax")
    drawing.last, drawing.called = "hidden", "place"
    dense(drawing, 5, 2, "gemm")
    with pytest.raises(EdgeglowError, match=r"outputs softmax, place are made by different layers.*extract_model"):
        drawing.read(tmp_path, "place", "softmax")
    drawing.called = "label"
    drawing.node("ArgMax", "logits", axis=1)
    stored = drawing.read(tmp_path, "place", "softmax", "label")
    drawing.last = "softmax"
    same(drawing, stored)
    assert stored.remarks == ("Its output softmax is shown, and not place, label.",)


def test_a_class_made_in_ways_that_are_not_followed_does_no_harm(tmp_path: Path) -> None:
    drawing = drawn("Softmax")
    drawing.called = "label"
    drawing.node("Compress", "softmax", "hidden")
    stored = drawing.read(tmp_path, "label", "softmax")
    assert stored.layer_sizes == (4, 5, 3)
    with pytest.raises(EdgeglowError, match=r"Compress \(Compress\) takes in 2 computed tensors"):
        drawing.read(tmp_path, "label")


@pytest.mark.parametrize(("kind", "edge"), [("Greater", 0.5), ("Round", None)])
def test_two_classes_told_apart_by_a_threshold(kind: str, edge: float | None, tmp_path: Path) -> None:
    drawing = Drawing((4,))
    dense(drawing, 4, 1, "gemm")
    drawing.called = "p"
    drawing.then("Sigmoid")
    drawing.then(kind, *([] if edge is None else [drawing.constant(np.float32([edge]))]))
    stored = drawing.read(tmp_path)
    drawing.last = "p"
    drawing.last = drawing.node("Concat", drawing.node("Sub", drawing.constant(np.float32(1)), "p"), "p", axis=1)
    same(drawing, stored)


def test_thousands_of_outputs_are_refused(tmp_path: Path) -> None:
    with pytest.raises(EdgeglowError, match="its graph has 3,000 outputs, expected at most 50"):
        drawn().read(tmp_path, *["logits"] * 3000)
