"""Translate the activation functions of other libraries to the names of this program.

A function that is unknown here keeps its name in the file; ``assemble`` then refuses it by that name.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from edgeglow.model.errors import EdgeglowError, InvalidRequest
from edgeglow.model.network.activation_functions import OUTPUTS
from edgeglow.model.network.activations import parse_function
from edgeglow.model.text.printable import short_repr

LINEAR = "linear"
OTHERS = {"softmax": "softmax", "logsoftmax": "log-softmax", "linear": LINEAR, "identity": LINEAR, "none": LINEAR}
KERAS_SLOPE, KERAS_LAYER_SLOPE = 0.2, 0.3  # defaults of Keras' function leaky_relu and layer LeakyReLU
SELU = {"alpha": 1.6732632, "gamma": 1.0507010}
EXACT_FROM = 10.0  # a softplus that is linear only above this sum differs by less than 0.00005 from one that never is

KERAS_LAYERS = ("Activation", "ReLU", "LeakyReLU", "ELU", "Softmax")
TORCH_MODULES = {
    "ReLU": "relu",
    "Tanh": "tanh",
    "Sigmoid": "sigmoid",
    "Softmax": "softmax",
    "LogSoftmax": "log-softmax",
    "ReLU6": "relu6",
    "LeakyReLU": "leaky_relu",
    "ELU": "elu",
    "SELU": "selu",
    "CELU": "celu",
    "GELU": "gelu",
    "SiLU": "silu",
    "Mish": "mish",
    "Softplus": "softplus",
    "Softsign": "softsign",
}
ONNX_NODES = {
    "Relu": "relu",
    "Sigmoid": "sigmoid",
    "Tanh": "tanh",
    "Softmax": "softmax",
    "LogSoftmax": "log-softmax",
    "LeakyRelu": "leaky_relu",
    "Elu": "elu",
    "Selu": "selu",
    "Celu": "celu",
    "Gelu": "gelu",
    "Swish": "silu",
    "Mish": "mish",
    "Softplus": "softplus",
    "Softsign": "softsign",
}
ONNX_ALPHAS = {"LeakyRelu": 0.01, "Elu": 1.0, "Celu": 1.0}


def canonical_function(function: str | None) -> str | None:
    """Return a function's name as spelt here; None stays None, and unknown names stay unchanged."""
    if function is None:
        return None
    bare = function.lower().replace("_", "").replace("-", "").replace(" ", "")
    if bare in OTHERS:
        return OTHERS[bare]
    try:
        return parse_function(function).name
    except EdgeglowError:
        return function


def is_known_function(function: str) -> bool:
    """Return whether the name is a known function, or "identity", for a hidden layer without one."""
    try:
        return canonical_function(function) == LINEAR or bool(parse_function(function))
    except EdgeglowError:
        return False


def with_parameter(kind: str, value: object, name: str, setting: str) -> str:
    """Return a function's name with its parameter; ``name`` and ``setting`` are the file's names of both."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise EdgeglowError(f"{name} has {setting} {str(value)[:40]!r}, expected a number")
    if value == 0:
        return "relu"  # each of these kinds is then a ReLU
    if value == 1 and kind == "leaky_relu":
        return LINEAR
    try:
        return parse_function(f"{kind}:{float(value)!r}").name
    except EdgeglowError as error:
        raise EdgeglowError(f"{name} has {setting} {value:g}; {str(error).partition(': ')[2]}") from error


def shortest_float32(value: float) -> float:
    """Return the shortest number that is the same in single precision: 0.2 rather than 0.20000000298."""
    return float(str(np.float32(value)))


def keras_function(name: str, function: Any) -> str | None:
    """Return the function that a Keras layer's ``activation`` (a name or an object) stands for; None for None."""
    if isinstance(function, dict):  # Keras' form of an object
        inner, kind = function.get("config"), function.get("class_name", "unknown")
        if isinstance(inner, dict) and kind in KERAS_LAYERS:
            return keras_layer_function(name, kind, inner)
        function = inner if isinstance(inner, str) else kind
    if function is None:
        return None
    usual = canonical_function("leaky_relu")
    return f"leaky_relu:{KERAS_SLOPE}" if canonical_function(str(function)) == usual else str(function)


def keras_layer_function(name: str, kind: str, settings: dict[str, Any]) -> str | None:
    """Return the function of a Keras layer that is only an activation.

    Raises EdgeglowError, which names the layer.
    """
    if kind == "Activation":
        return keras_function(name, settings.get("activation"))
    if kind == "Softmax":
        if settings.get("axis", -1) not in {-1, 1}:
            raise EdgeglowError(f"{name} is a Softmax over axis {settings['axis']}, expected the last")
        return "softmax"
    if kind == "LeakyReLU":
        slope = settings.get("negative_slope", settings.get("alpha", KERAS_LAYER_SLOPE))
        return with_parameter("leaky_relu", slope, name, "negative_slope")
    if kind == "ELU":
        return with_parameter("elu", settings.get("alpha", 1.0), name, "alpha")
    most, slope = settings.get("max_value"), settings.get("negative_slope") or 0.0
    if settings.get("threshold") not in {0, None} or most not in {None, 6} or (most is not None and slope != 0):
        told = ", ".join(f"{each} {settings.get(each)}" for each in ("max_value", "negative_slope", "threshold"))
        raise EdgeglowError(f"{name} is a ReLU with {told}, expected max_value 6 or none, and threshold 0")
    return "relu6" if most is not None else with_parameter("leaky_relu", slope, name, "negative_slope")


def torch_function(name: str, kind: str, settings: dict[Any, Any]) -> str:
    """Return the function of a PyTorch module that is only an activation. Raises EdgeglowError, which names it."""
    if kind in {"Softmax", "LogSoftmax"} and settings.get("dim", 1) not in {None, 1, -1}:
        raise EdgeglowError(f"{name} is {kind} over dimension {settings['dim']}, expected 1")
    if kind == "LeakyReLU":
        return with_parameter("leaky_relu", settings.get("negative_slope", 0.01), name, "negative_slope")
    if kind in {"ELU", "CELU"}:
        return with_parameter(TORCH_MODULES[kind], settings.get("alpha", 1.0), name, "alpha")
    if kind == "GELU" and settings.get("approximate", "none") == "tanh":
        return "gelu_tanh"
    if kind == "Softplus":
        if (threshold := settings.get("threshold", 20)) < EXACT_FROM:
            raise EdgeglowError(f"{name} is a Softplus with threshold {threshold}, expected 20")
        return with_parameter("softplus", settings.get("beta", 1.0), name, "beta")
    return TORCH_MODULES[kind]


def onnx_function(name: str, kind: str, settings: dict[str, Any]) -> str:
    """Return the function of an ONNX node that is only an activation. Raises EdgeglowError, which names it."""
    if kind in {"Softmax", "LogSoftmax"} and settings.get("axis", -1) not in {-1, 1}:
        raise EdgeglowError(f"{name} does not run over the last axis")
    if kind in ONNX_ALPHAS:
        alpha = shortest_float32(settings.get("alpha", ONNX_ALPHAS[kind]))
        return with_parameter(ONNX_NODES[kind], alpha, name, "alpha")
    if kind == "Gelu" and settings.get("approximate", b"none") == b"tanh":
        return "gelu_tanh"
    if kind == "Selu":
        for setting, usual in SELU.items():
            if abs((value := settings.get(setting, usual)) - usual) > 1e-4:
                raise EdgeglowError(f"{name} has {setting} {value:g}, expected {usual:g}")
    if kind == "Swish" and settings.get("alpha", 1.0) != 1.0:
        raise EdgeglowError(f"{name} has alpha {settings['alpha']:g}, expected 1")
    return ONNX_NODES[kind]


def shared_slope(name: str, slopes: np.ndarray) -> str:
    """Return a PReLU as leaky ReLU if all neurons have the same slope. Raises EdgeglowError if they do not."""
    values = np.unique(slopes)
    if values.size != 1:
        raise EdgeglowError(
            f"{name} is PReLU with {slopes.size} slopes, {values.size} of them different, which cannot be shown;"
            " expected one for the whole layer"
        )
    return with_parameter("leaky_relu", shortest_float32(float(values[0])), name, "slope")


def check_function_names(activation: str | None, output: str | None) -> None:
    """Check the user's names of the layers' functions. Raises InvalidRequest for an unknown name."""
    for name in activation.split(",") if activation is not None else ():
        if not is_known_function(name):
            known = "a name for all hidden layers, or one for each with commas between"
            try:
                parse_function(name)
            except EdgeglowError as error:
                raise InvalidRequest(f"--activation {error}, identity; {known}") from None
    if output is not None and output not in OUTPUTS:
        raise InvalidRequest(f"--output-layer {short_repr(output)}: expected one of {', '.join(OUTPUTS)}")
