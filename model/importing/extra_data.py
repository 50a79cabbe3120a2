"""Sort out what files hold beside the weights: sizes, counters, histories, texts, and input scalings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing.checkpoint_step import step_in_facts
from edgeglow.model.importing.function_names import canonical_function
from edgeglow.model.importing.lazy_array import FLOATS, LazyArray, list_names, read_finite
from edgeglow.model.importing.parsed_network import ActivationStep, ScalingStep, StepChain
from edgeglow.model.importing.tensor_names import PASSED, is_layer_side, parsed_name, unsupported_layer

# names of facts beside the weights; the first of each is the one in the two lines for scikit-learn
ACTIVATION = ("activation", "activations", "hidden", "hidden_activation", "activation_function", "activation_fn")
OUTPUT = ("out_activation", "out_activation_", "output", "output_activation", "output_function")
CLASSES = ("classes", "classes_", "class_names", "labels")
FEATURES = ("features", "feature_names", "feature_names_in_")
TEXTS = (*ACTIVATION, *OUTPUT, *CLASSES, *FEATURES)
OUTPUT_FUNCTIONS = {"softmax", "log-softmax", "sigmoid", "linear"}

# names of the parts of (x - mean) / std: mean and scale of a StandardScaler, buffers of a module, X_mean, norm.std
OWNER = r"(?:x|inputs?|pixels?|data|train|features?|images?|normali[sz]e[rd]?|normali[sz]ation|norm|scaler?)"
SCALER = re.compile(
    rf"^(?:(?:.*[./])?{OWNER}[_.]?|module\.|model\.)?(?:(?P<mean>mean|mu)|(?P<std>std|sigma|scale)|(?P<var>var|variance))_?$"
    r"|^(?:.*\.)(?:(?P<mean_>mean)|(?P<std_>scale)|(?P<var_>var))_$"  # of a StandardScaler in a pipeline
)
# words that occur in no layer's name
OTHERS = {
    "lr", "learning", "rate", "eta", "momentum", "loss", "losses", "cost", "costs", "acc", "accuracy",
    "accuracies", "error", "errors", "history", "hist", "epoch", "epochs", "iter", "iters", "iteration",
    "iterations", "step", "steps", "batch", "seed", "time", "times", "score", "scores", "decay", "lambda",
    "lmbda", "reg", "regularization", "dropout", "keep", "train", "training", "val", "validation", "test",
    "testing", "size", "sizes", "shape", "shapes", "dim", "dims", "architecture", "arch", "topology",
    "neurons", "nodes", "units", "count", "num", "version", "best", "optimizer", "optimiser", "optim",
    "optimizers", "adam", "grads", "gradients", "cache", "velocity", "velocities", "moments",
    "hyperparameters", "hparams", "config", "confusion", "predictions", "targets", "layers", "rmse", "mse",
    "curve", "rng", "args", "opt", "scheduler",
}  # fmt: skip
STATES = {
    "optim", "optimizer", "optimiser", "optimizers", "opt", "adam", "grads", "gradients", "cache", "velocity",
    "velocities", "moments", "history", "hyperparameters", "hparams", "scheduler",
}  # fmt: skip
GRADIENTS = re.compile(r"^(?:grad|delta|velocity|vel|momentum|best|old|prev|d|m|v|s)_?(?=.)")
CACHED = re.compile(r"^[AZaz]_?\d+$")  # activations and weighted sums of the last batch


@dataclass(eq=False)
class ExtraData:
    """The data beside the weights: texts and numbers by name, parts of an input scaling, and names passed over."""

    words: dict[str, tuple[str, ...]] = field(default_factory=dict)
    scaler: dict[str, tuple[str, LazyArray]] = field(default_factory=dict)
    passed: list[str] = field(default_factory=list)
    facts: dict[str, int] = field(default_factory=dict)

    @property
    def remarks(self) -> list[str]:
        return [f"Passed over, as they are no weights: {list_names(self.passed)}."] if self.passed else []


def split_weights(
    tensors: Mapping[str, LazyArray], words: Mapping[str, tuple[str, ...]]
) -> tuple[dict[str, LazyArray], ExtraData]:
    """Split arrays into the weights and the rest.

    ``words`` are texts by name. Only what cannot be a weight is taken out: single numbers, vectors of whole numbers,
    and arrays with names that no layer has.
    """
    beside = ExtraData(words=dict(words))
    kept: dict[str, LazyArray] = {}
    scalings = [name for name in tensors if SCALER.match(name.lower())]
    layers = {name for name, each in tensors.items() if parsed_name(name, len(each.shape))}
    known = {parsed_name(name, len(tensors[name].shape)) for name in layers if tensors[name].shape}
    homes = {layer for layer, role in filter(None, known) if role in {"weight", "kernel"}}
    homes -= {layer for layer, role in filter(None, known) if role == "bias"}
    explicit = any((parsed_name(name) or ("", ""))[1] in {"weight", "kernel"} for name in tensors)
    for name, tensor in tensors.items():
        if PASSED.search(name):
            continue
        if part := _scaling_part(name, len(scalings)):
            beside.scaler[part] = (name, tensor)
        elif _is_other(name, tensor, layers, homes) or (explicit and is_layer_side(name)):
            beside.passed.append(name)
            if tensor.size == 1 and tensor.kind in {"int64", "int32"}:
                beside.facts[name] = int(tensor.read().reshape(-1)[0])
        else:
            kept[name] = tensor
    return kept, beside


def is_fact(name: str) -> bool:
    """Return whether this name belongs to a fact of a network: its functions, its class names, its input scaling."""
    return name not in {"hidden", "output"} and (name in TEXTS or SCALER.match(name.lower()) is not None)


def _scaling_part(name: str, count: int) -> str:
    """Return the part of an input normalisation that this is ("mean", "std", "var"), or "" for anything else.

    ``count`` is the number of such parts in the file.
    """
    found = SCALER.match(name.lower())
    if found is None:
        return ""
    (part,) = (key.rstrip("_") for key, text in found.groupdict().items() if text)
    lone = found["std"] in {"scale", "sigma"} or found["mean"] == "mu" or found["var"]
    return part if count > 1 or not lone else ""


def _is_other(name: str, tensor: LazyArray, layers: set[str], homes: set[str]) -> bool:
    """Return whether an array is not part of the network, judged by its type, size or name.

    ``layers`` are the names of possible arrays of layers; ``homes`` are the layers that have weights and no biases
    yet.
    """
    whole = tensor.kind.startswith(("int", "uint", "bool"))
    parsed = parsed_name(name, len(tensor.shape))
    if unsupported_layer(name):
        return False
    if parsed is None:
        return whole or not tensor.shape or _is_called_otherwise(name, layers)
    layer, role = parsed
    if not tensor.shape and (whole or tensor.kind in FLOATS) and (role != "bias" or layer not in homes):
        return True  # a single number, such as momentum or beta_1
    if whole and tensor.size == 1 and role not in {"weight", "kernel"}:
        return True
    return _is_state(name, layers)


def _is_called_otherwise(name: str, layers: set[str]) -> bool:
    """Return whether the name is that of a history, a setting, or an optimiser's state, not of a layer's array."""
    last = _last(name)
    words = {last.lower(), *re.split(r"[^a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", last).lower())}
    return bool(words & OTHERS or (layers and CACHED.match(last))) or _is_state(name, layers)


def _is_state(name: str, layers: set[str]) -> bool:
    """Return whether an array belongs to an optimiser, as its path says or a name like dW1 beside W1."""
    places = name.lower().split(".")[:-1]
    last = _last(name)
    inner, at = GRADIENTS.match(last), name.rfind(last)
    return any(place.strip("_") in STATES for place in places) or (
        inner is not None and name[:at] + name[at + inner.end() :] in layers
    )


def _last(name: str) -> str:
    """Return the last part of a name that is not a number."""
    parts = re.split(r"[./]", name)
    return next((part for part in reversed(parts) if not part.isdecimal()), parts[-1])


def add_facts(chain: StepChain, beside: ExtraData) -> None:
    """Add the facts beside the weights to the chain: activation functions, names, and input scaling."""
    for name in ACTIVATION:
        if name in beside.words:
            _name_functions(chain, name, beside.words[name])
    for name in OUTPUT:
        if name in beside.words:
            (function,) = _one(name, beside.words[name])
            if function == "identity":
                raise EdgeglowError(f"its {name} is identity, as of a regression, expected classes")
            chain.steps.append(ActivationStep(chain.steps[-1].name, function))
    for name in CLASSES:
        chain.class_names = beside.words.get(name, chain.class_names)
    for name in FEATURES:
        chain.feature_names = beside.words.get(name, chain.feature_names)
    if beside.scaler:
        chain.steps.insert(0, _scaling(beside.scaler))
    chain.remarks += beside.remarks
    chain.moment = chain.moment or step_in_facts(beside.facts)


def _one(name: str, texts: tuple[str, ...]) -> tuple[str, ...]:
    if len(texts) != 1:
        raise EdgeglowError(f"{name} holds {len(texts)} texts, expected one")
    return texts


def _name_functions(chain: StepChain, name: str, functions: tuple[str, ...]) -> None:
    """Set the hidden layers' functions: one name for all, or one for each, perhaps with the last layer's."""
    hidden = [index for index, step in enumerate(chain.steps) if isinstance(step, ActivationStep)]
    functions = tuple(each.strip() for text in functions for each in text.split(","))
    if len(functions) == 1:
        functions = functions * len(hidden)
    if len(functions) != len(hidden) and not (
        len(functions) == len(hidden) + 1 and canonical_function(functions[-1]) in OUTPUT_FUNCTIONS
    ):
        raise EdgeglowError(
            f"{name} names {len(functions)} functions, but there are {len(hidden)} hidden layers; expected as many"
        )
    for index, function in zip(hidden, functions, strict=False):
        chain.steps[index] = ActivationStep(chain.steps[index].name, function)
    if len(functions) > len(hidden):
        chain.steps.append(ActivationStep(chain.steps[-1].name, functions[-1]))


def _scaling(parts: Mapping[str, tuple[str, LazyArray]]) -> ScalingStep:
    """Return the scaling (x - mean) / std. A std of 0, that of a constant input, counts as 1, as is usual."""
    read = {part: read_finite(*found).astype(np.float64).reshape(-1) for part, found in parts.items()}
    spread = read.get("std", np.ones(1))
    if "std" not in read and "var" in read:
        if (read["var"] < 0).any():
            raise EdgeglowError(f"{parts['var'][0]} holds a variance below 0")
        spread = np.sqrt(read["var"])
    with np.errstate(all="ignore"):  # numbers that are not finite are found where the scaling is folded in
        factor = 1 / np.where(spread == 0, 1.0, spread)
        shift = -read.get("mean", np.zeros(1)) * factor
    return ScalingStep(" and ".join(name for name, _ in parts.values()), factor, shift, "normalisation")
