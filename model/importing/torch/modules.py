"""Read a whole PyTorch model, saved with torch.save(model), if it is a plain nn.Sequential."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing.function_names import TORCH_MODULES, shared_slope, torch_function
from edgeglow.model.importing.lazy_array import LazyArray, check_count, read_finite
from edgeglow.model.importing.parsed_network import (
    ActivationStep,
    DenseStep,
    ScalingStep,
    StepChain,
    batch_norm_scaling,
)
from edgeglow.model.importing.pickle_reader import PickledObject
from edgeglow.model.importing.torch.storage import StorageReader, is_tensor, tensor_of
from edgeglow.model.importing.torch.weight_parts import merge_weight_parts

HOME = "torch.nn.modules."
PASSED = {"Dropout", "AlphaDropout", "FeatureAlphaDropout", "Flatten", "Unflatten", "Identity"}
WRAPPERS = {
    "torch.nn.parallel.data_parallel.DataParallel": "module",
    "torch.nn.parallel.distributed.DistributedDataParallel": "module",
    "torch._dynamo.eval_frame.OptimizedModule": "_orig_mod",
}
NORMALIZE = "torchvision.transforms.transforms.Normalize"
MOST_MODULES = 200
ADVICE = "save its weights instead: torch.save(model.state_dict(), FILE)"


def pickled_dict_items(value: object) -> dict[Any, Any] | None:
    """Return the items of a dictionary, plain or ordered, in a pickle; None for anything else."""
    if isinstance(value, dict):
        return value
    if isinstance(value, PickledObject) and value.kind in {"collections.OrderedDict", "collections.defaultdict"}:
        return value.items
    return None


def is_module(value: object) -> bool:
    """Return whether this is a pickle's record of a PyTorch module."""
    return isinstance(value, PickledObject) and isinstance(value.state, dict) and "_modules" in value.state


def module_chain(model: PickledObject, storages: StorageReader) -> StepChain:
    """Build the network of an nn.Sequential; nested ones are opened. Raises EdgeglowError, which names the module."""
    chain = StepChain()
    steps = chain.steps
    total = 0
    for name, module in _leaves(model, "", iter(range(MOST_MODULES))):
        kind = module.kind.rpartition(".")[2]
        if kind in PASSED:
            continue
        if kind in TORCH_MODULES:
            steps.append(ActivationStep(name, torch_function(name, kind, module.state)))
            continue
        if module.kind == NORMALIZE:
            steps.append(_normalisation(name, module.state))
            continue
        tensors, said = merge_weight_parts(_tensors(module, storages))
        chain.remarks += [f"{name}: {sentence}" for sentence in said]
        check_count(total := total + sum(tensor.size for tensor in tensors.values()))
        if kind == "Linear":
            steps.append(_dense(name, tensors))
        elif kind == "BatchNorm1d":
            steps.append(_norm(name, module, tensors))
        elif kind == "PReLU" and "weight" in tensors:
            steps.append(ActivationStep(name, shared_slope(name, read_finite(f"{name}.weight", tensors["weight"]))))
        else:
            raise EdgeglowError(
                f"{name} is {kind}, which cannot be shown; expected Linear, BatchNorm1d, Dropout, Flatten,"
                f" {', '.join(sorted(TORCH_MODULES))}"
            )
    return chain


def _leaves(module: PickledObject, name: str, budget: Iterator[int]) -> Iterator[tuple[str, PickledObject]]:
    """Yield the modules that contain no others, by name; ``budget`` limits the modules visited."""
    if next(budget, None) is None:
        raise EdgeglowError(f"its model has more than {MOST_MODULES} modules, or goes round in a circle")
    here = name or "the model"
    if module.kind in WRAPPERS:
        inner = _children(module, here).get(WRAPPERS[module.kind])
        if not isinstance(inner, PickledObject):
            raise EdgeglowError(f"{here} is {module.kind} with nothing in it")
        yield from _leaves(inner, name, budget)
    elif module.kind == f"{HOME}container.Sequential":
        for key, child in _children(module, here).items():
            if not isinstance(child, PickledObject):
                raise EdgeglowError(f"{here} holds {key!r}, which is no module")
            yield from _leaves(child, f"{name}.{key}" if name else str(key), budget)
    elif not module.kind.startswith(HOME) and module.kind != NORMALIZE:
        raise EdgeglowError(f"{here} is a {module.kind or 'class'}, whose computation is not in the file; {ADVICE}")
    else:
        yield here, module


def _children(module: PickledObject, name: str) -> dict[Any, Any]:
    children = pickled_dict_items(module.state.get("_modules")) if isinstance(module.state, dict) else None
    if children is None:
        raise EdgeglowError(f"{name} is a damaged {module.kind}; {ADVICE}")
    return children


def _tensors(module: PickledObject, storages: StorageReader) -> dict[str, LazyArray]:
    state = module.state if isinstance(module.state, dict) else {}
    found: dict[str, LazyArray] = {}
    for place in ("_parameters", "_buffers"):
        for name, value in (pickled_dict_items(state.get(place)) or {}).items():
            if isinstance(value, PickledObject) and is_tensor(value):
                found[str(name)] = tensor_of(value, storages)
    return found


def _normalisation(name: str, state: dict[Any, Any]) -> ScalingStep:
    """Return the scaling (x - mean) / std, for pictures with one channel."""
    mean, std = (np.atleast_1d(np.array(state.get(key), object)) for key in ("mean", "std"))
    if not all(part.shape == (1,) and isinstance(part[0], (int, float)) for part in (mean, std)) or not std[0]:
        raise EdgeglowError(f"{name} is Normalize for something else than pictures of one colour")
    return ScalingStep(name, 1 / std.astype(float), -mean.astype(float) / std.astype(float), "normalisation")


def _dense(name: str, tensors: dict[str, LazyArray]) -> DenseStep:
    weight = tensors.get("weight")
    if weight is None or len(weight.shape) != 2:
        raise EdgeglowError(f"{name} has no matrix of weights of its own; {ADVICE}")
    bias = read_finite(f"{name}.bias", tensors["bias"]) if "bias" in tensors else None
    return DenseStep(name, read_finite(f"{name}.weight", weight), bias)


def _norm(name: str, module: PickledObject, tensors: dict[str, LazyArray]) -> ScalingStep:
    if not {"running_mean", "running_var"} <= set(tensors):
        raise EdgeglowError(f"{name} is a batch-norm without running mean and variance, which depends on the batch")
    read = {
        key: read_finite(f"{name}.{key}", tensor) for key, tensor in tensors.items() if key != "num_batches_tracked"
    }
    mean, variance = read["running_mean"], read["running_var"]
    epsilon = module.state.get("eps")
    if not isinstance(epsilon, float) or mean.ndim != 1 or any(part.shape != mean.shape for part in read.values()):
        raise EdgeglowError(f"{name} is a damaged batch-norm; {ADVICE}")
    gamma, beta = read.get("weight", np.ones_like(mean)), read.get("bias", np.zeros_like(mean))
    return batch_norm_scaling(name, gamma, beta, mean, variance, epsilon)
