"""Activation functions in files from elsewhere: each with its own parameter, layer by layer, or refused by name."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from formulas import NAMES, activation
from onnx.reference import ReferenceEvaluator
from test_importing import NETWORKS, answers, expected
from test_importing_onnx import Drawing, dense, same

from edgeglow.model.errors import EdgeglowError, InvalidRequest
from edgeglow.model.importing import read_network
from edgeglow.model.importing.dense_layers import assemble
from edgeglow.model.importing.function_names import keras_function, keras_layer_function, torch_function
from edgeglow.model.importing.parsed_network import ActivationStep, DenseStep, ScalingStep, StepChain
from edgeglow.model.network.activations import parse_function

TORCH = "leaky_relu:0.2,elu:0.5,gelu,silu,softplus:2,gelu_tanh,leaky_relu:0.35,mish"
TOLD = {
    "functions.pt": TORCH,
    "functions.onnx": TORCH,
    "old_functions.onnx": TORCH,  # whose GELU, SiLU, Mish and Softplus are made of several nodes
    "more_functions.pt": "selu,celu:2,relu6,softsign,leaky_relu:0.01",
    "more_functions.onnx": "selu,celu:2,relu6,softsign,leaky_relu:0.01",
    "functions.keras": "leaky_relu:0.2,elu,gelu,silu,selu,mish,softsign",
    "layers.keras": "leaky_relu:0.3,leaky_relu:0.1,elu:0.7,relu6,leaky_relu:0.05,softplus",
    "layers.h5": "leaky_relu:0.3,leaky_relu:0.1,elu:0.7,relu6,leaky_relu:0.05,softplus",
}
DICE = np.random.default_rng(8)


@pytest.mark.parametrize("name", TOLD)
def test_every_layers_function_and_its_parameter_are_told(name: str) -> None:
    assert read_network(NETWORKS / name).hidden == TOLD[name]


@pytest.mark.parametrize("name", TOLD)
def test_fixtures_can_tell_each_function_from_the_others(name: str) -> None:
    """Were the answers blind to a function, that they are right would show nothing of it."""
    inputs, outputs = expected(name)
    stored = read_network(NETWORKS / name)
    functions = stored.hidden.split(",")
    for layer in range(len(functions)):
        for other in {"relu", "tanh", "leaky_relu:0.01", "gelu"} - {functions[layer]}:
            hidden = ",".join([*functions[:layer], other, *functions[layer + 1 :]])
            assert np.abs(answers(replace(stored, hidden=hidden), inputs) - outputs).max() > 1e-4, hidden


# -- layers without a function between them --------------------------------------------------------------------


def test_layers_without_a_function_between_them_become_one() -> None:
    for name, layers in {"functions.pt": "7 and 9", "functions.keras": "dense_2 and dense_3"}.items():
        stored = read_network(NETWORKS / name)
        assert f"{layers}, which have no activation function between them, became one layer." in stored.remarks


def random_chain(*parts: int | str | None) -> StepChain:
    """Dense layers of these sizes after 4 inputs, and between them functions: names, or None for one not told."""
    chain, size, dice = StepChain(), 4, np.random.default_rng(len(parts))
    for number, part in enumerate(parts):
        if isinstance(part, int):
            weights, biases = 0.8 * dice.normal(size=(part, size)), dice.normal(size=part)
            chain.steps.append(DenseStep(f"fc{number}", np.float32(weights), np.float32(biases)))
            size = part
        else:
            chain.steps.append(ActivationStep(f"act{number}", part))
    return chain


def through(chain: StepChain, functions: list[str], inputs: np.ndarray) -> np.ndarray:
    """The sums of the last layer, step by step as the chain has them."""
    a, left = np.float64(inputs), list(functions)
    for step in chain.steps:
        if isinstance(step, DenseStep):
            assert step.biases is not None
            a = a @ step.weights.T.astype(np.float64) + step.biases
        elif isinstance(step, ScalingStep):
            a = a * step.factor + step.shift
        elif (name := step.function or left.pop(0)) != "identity":
            a = np.vectorize(lambda z, name=name: activation(name, z))(a)
    return a


@pytest.mark.parametrize("asked", ["identity,relu,identity", "relu,linear,tanh", "none,none,none", "identity"])
def test_what_is_called_identity_is_folded(asked: str) -> None:
    chain = random_chain(5, None, 6, None, 4, None, 3)
    dice = np.random.default_rng(4)
    chain.steps.insert(2, ScalingStep("norm", dice.normal(size=5), dice.normal(size=5), "batch-norm"))
    inputs = 2 * dice.normal(size=(7, 4))
    names = [name if name in NAMES else "identity" for name in asked.split(",")]
    sums = through(chain, names * (3 if len(names) == 1 else 1), inputs)
    stored = assemble(chain, asked)
    assert len(stored.weights) == 1 + sum(name != "identity" for name in names)
    powers = np.exp(sums - sums.max(axis=1, keepdims=True))
    shares = powers / powers.sum(axis=1, keepdims=True)
    assert np.ptp(shares, axis=0).max() > 0.01  # the answers differ from example to example
    np.testing.assert_allclose(answers(stored, inputs), shares, atol=1e-5)


def test_two_narrow_layers_that_would_become_a_huge_one_are_refused() -> None:
    chain = StepChain(
        [DenseStep("a", np.zeros((1, 100_000), np.float32)), DenseStep("b", np.zeros((1_000, 1), np.float32))]
    )
    with pytest.raises(EdgeglowError, match=r"a and b, with no activation .* 100,000,000 weights, expected at most"):
        assemble(chain)


# -- what the user says ----------------------------------------------------------------------------------------


def test_a_list_of_functions_is_for_the_hidden_layers_in_order() -> None:
    stored = assemble(random_chain(5, None, 6, None, 3), "Leaky ReLU:0.2,swish")
    assert stored.hidden == "leaky_relu:0.2,silu"
    assert assemble(random_chain(5, None, 6, None, 3), "gelu,gelu").hidden == "gelu"
    named = read_network(NETWORKS / "state_dict.pt", activation="relu,leaky_relu:0.2")
    assert named.hidden == "relu,leaky_relu:0.2"


def test_a_list_of_another_length_is_told() -> None:
    with pytest.raises(EdgeglowError, match=r"--activation relu,tanh,elu names 3 functions, but there are 2 hidden"):
        read_network(NETWORKS / "state_dict.pt", activation="relu,tanh,elu")


def test_what_the_file_tells_must_not_be_contradicted() -> None:
    with pytest.raises(EdgeglowError, match=r"act3 has the activation tanh, but --activation relu,elu was given"):
        assemble(random_chain(5, None, 6, "tanh", 3), "relu,elu")
    assert assemble(random_chain(5, None, 6, "tanh", 3), "relu,tanh").hidden == "relu,tanh"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("prelu", "--activation 'prelu': expected one of sigmoid, tanh, relu, .*, identity; a name for all"),
        ("relu,", "--activation '': expected one of"),
        ("leaky_relu:x", "'leaky_relu:x': expected a number above 0 and below 1, as in leaky_relu:0.01"),
        ("tanh:2", "'tanh:2': tanh has no parameter"),
        ("hard_sigmoid", "'hard_sigmoid': expected one of"),
        ("y" * 900, "--activation '" + "y" * 20),
    ],
)
def test_a_name_of_no_function_is_wrong_usage(name: str, words: str) -> None:
    with pytest.raises(InvalidRequest, match=words) as error:
        read_network(NETWORKS / "state_dict.pt", activation=name)
    assert len(str(error.value)) < 500


def test_numpy_files_name_a_function_for_each_layer(tmp_path: Path) -> None:
    arrays = {f"weights_{k}": DICE.normal(size=(size, 4)) for k, size in enumerate((4, 4, 3))}
    for names in (["relu", "elu:0.3"], "relu,elu:0.3"):
        np.savez(tmp_path / "some.npz", **arrays, activation=np.array(names))
        assert read_network(tmp_path / "some.npz").hidden == "relu,elu:0.3"
    np.savez(tmp_path / "some.npz", **arrays, activation=np.array(["relu"] * 3))
    with pytest.raises(EdgeglowError, match="activation names 3 functions, but there are 2 hidden layers"):
        read_network(tmp_path / "some.npz")


# -- what libraries write --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "name"),
    [
        ("leaky_relu", "leaky_relu:0.2"),
        ("swish", "silu"),
        ({"class_name": "LeakyReLU", "config": {"name": "l", "negative_slope": 0.15}}, "leaky_relu:0.15"),
        ({"class_name": "LeakyReLU", "config": {"alpha": 0.25}}, "leaky_relu:0.25"),  # as Keras 2 called it
        ({"class_name": "function", "config": "gelu"}, "gelu"),
        ({"class_name": "ReLU", "config": {"max_value": 6.0, "negative_slope": 0.0, "threshold": 0.0}}, "relu6"),
    ],
)
def test_keras_functions(function: object, name: str) -> None:
    written = keras_function("dense", json.loads(json.dumps(function)))
    assert written is not None and parse_function(written).name == name


@pytest.mark.parametrize(
    ("kind", "settings", "words"),
    [
        ("ReLU", {"max_value": 1.0}, "act is a ReLU with max_value 1.0, .* expected max_value 6 or none"),
        ("ReLU", {"max_value": 6.0, "negative_slope": 0.1}, "negative_slope 0.1"),
        ("ReLU", {"threshold": 0.5}, "threshold 0.5"),
        ("LeakyReLU", {"negative_slope": "0.3"}, "act has negative_slope '0.3', expected a number"),
        ("LeakyReLU", {"negative_slope": -0.5}, "act has negative_slope -0.5; expected a number above 0 and below 1"),
        ("ELU", {"alpha": float("nan")}, "act has alpha 'nan', expected a number"),
    ],
)
def test_keras_layers_that_are_another_function_are_refused(
    kind: str, settings: dict[str, object], words: str
) -> None:
    with pytest.raises(EdgeglowError, match=words):
        keras_layer_function("act", kind, settings)


def test_a_slope_of_nothing_is_a_relu_and_of_one_none_at_all() -> None:
    assert keras_layer_function("act", "LeakyReLU", {"negative_slope": 0.0}) == "relu"
    assert torch_function("act", "LeakyReLU", {"negative_slope": 1.0}) == "linear"


def test_a_softplus_that_soon_is_linear_is_another_function() -> None:
    with pytest.raises(EdgeglowError, match="act is a Softplus with threshold 2, expected 20"):
        torch_function("act", "Softplus", {"beta": 1.0, "threshold": 2})


def test_slopes_that_were_learnt_for_each_neuron_are_refused() -> None:
    with pytest.raises(EdgeglowError, match=r"4 is PReLU with 6 slopes, 2 of them different, which cannot be shown"):
        read_network(NETWORKS / "slopes.pt")


@pytest.mark.parametrize(
    ("kind", "settings", "name"),
    [
        ("LeakyRelu", {}, "leaky_relu:0.01"),
        ("LeakyRelu", {"alpha": 0.3}, "leaky_relu:0.3"),
        ("Elu", {"alpha": 0.6}, "elu:0.6"),
        ("Celu", {}, "celu"),
        ("Selu", {}, "selu"),
        ("Softsign", {}, "softsign"),
        ("Softplus", {}, "softplus"),
    ],
)
def test_onnx_nodes(kind: str, settings: dict[str, float], name: str, tmp_path: Path) -> None:
    drawing = Drawing((4,))
    dense(drawing, 4, 5, "gemm")
    drawing.then(kind, **settings)
    dense(drawing, 5, 3, "gemm")
    drawing.then("Softmax")
    stored = drawing.read(tmp_path)
    assert stored.hidden == name
    same(drawing, stored)


def composed(drawing: Drawing, kind: str) -> None:
    """A function as several nodes after the last one."""
    x, constant = drawing.last, drawing.constant
    if kind == "gelu":  # 0.5 x · (erf(x / √2) + 1)
        bent = drawing.node("Erf", drawing.node("Mul", x, constant(np.sqrt(0.5))))
        half = drawing.node("Mul", constant(0.5), x)
        drawing.last = drawing.node("Mul", half, drawing.node("Add", bent, constant(1.0)))
    elif kind == "gelu_tanh":
        cube = drawing.node("Pow", x, constant(3.0))
        inner = drawing.node("Add", x, drawing.node("Mul", cube, constant(0.044715)))
        bent = drawing.node("Tanh", drawing.node("Mul", inner, constant(np.sqrt(2 / np.pi))))
        shifted = drawing.node("Add", bent, constant(1.0))
        drawing.last = drawing.node("Mul", drawing.node("Mul", x, shifted), constant(0.5))
    elif kind == "silu":
        drawing.last = drawing.node("Div", x, _one_and_power(drawing, x))
    elif kind == "leaky_relu:0.1":
        drawing.last = drawing.node("Max", x, drawing.node("Mul", x, constant(0.1)))
    elif kind == "softsign":
        drawing.last = drawing.node("Div", x, drawing.node("Add", drawing.node("Abs", x), constant(1.0)))
    elif kind == "relu6":
        drawing.then("Clip", constant(0.0), constant(6.0))
    else:
        above = drawing.node("Exp", drawing.node("Min", x, constant(0.0)))
        below = drawing.node("Mul", drawing.node("Sub", above, constant(1.0)), constant(0.5))
        is_above = drawing.node("Greater", x, constant(0.0))
        drawing.last = drawing.node("Where", is_above, x, below)


def _one_and_power(drawing: Drawing, x: str) -> str:
    power = drawing.node("Exp", drawing.node("Neg", x))
    return drawing.node("Add", power, drawing.constant(1.0))


@pytest.mark.parametrize("kind", ["gelu", "gelu_tanh", "silu", "leaky_relu:0.1", "softsign", "relu6", "elu:0.5"])
def test_onnx_functions_of_several_nodes_are_known_by_what_they_compute(kind: str, tmp_path: Path) -> None:
    drawing = Drawing((4,))
    dense(drawing, 4, 5, "product")  # whose biases are an Add of their own
    composed(drawing, kind)
    dense(drawing, 5, 3, "gemm")
    drawing.then("Softmax")
    stored = drawing.read(tmp_path)
    assert stored.hidden == kind
    same(drawing, stored)


def test_an_onnx_function_that_is_nearly_another_is_not_taken_for_it(tmp_path: Path) -> None:
    drawing = Drawing((4,))
    dense(drawing, 4, 5, "gemm")
    x = drawing.last
    drawing.last = drawing.node("Mul", x, drawing.node("Sigmoid", drawing.node("Mul", x, drawing.constant(1.702))))
    dense(drawing, 5, 3, "gemm")
    with pytest.raises(EdgeglowError, match=r"the Mul \(Mul\) takes in 2 computed tensors"):
        drawing.read(tmp_path)


def test_an_identity_node_between_onnx_layers_makes_them_one(tmp_path: Path) -> None:
    drawing = Drawing((4,))
    dense(drawing, 4, 3, "gemm")
    drawing.then("Identity")
    dense(drawing, 3, 2, "gemm")
    drawing.then("Softmax")
    stored = drawing.read(tmp_path)
    assert stored.layer_sizes == (4, 2) and any("became one layer" in remark for remark in stored.remarks)
    same(drawing, stored)


def test_onnx_itself_agrees_with_the_formulas() -> None:
    """So that the functions are those that ONNX means by these names."""
    for kind, settings, name in (("Selu", {}, "selu"), ("Mish", {}, "mish"), ("Celu", {"alpha": 2.0}, "celu:2")):
        drawing = Drawing((9,))
        drawing.then(kind, **settings)
        sums = np.linspace(-4, 4, 9, dtype=np.float32)[None]
        model = drawing.model()
        model.opset_import[0].version = 18
        (found,) = ReferenceEvaluator(model).run(None, {"x": sums})
        np.testing.assert_allclose(found[0], [activation(name, float(z)) for z in sums[0]], atol=1e-6)
