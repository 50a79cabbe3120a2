"""A network from arrays with names alone: a state dict, a safetensors file, weights by name."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from model.errors import EdgeglowError
from model.importing.names import Module, modules_of, natural
from model.importing.order import Matrix, settle
from model.importing.placing import Place, place_norms
from model.importing.stored import Activation, Chain, Dense, Scaling, Step, norm_scaling
from model.importing.tensors import Tensor, check_total, fetch

TORCH_EPSILON = 1e-5
KERAS_EPSILON = 1e-3


def named_chain(
    tensors: Mapping[str, Tensor],
    *,
    in_order: bool,
    transposed: bool | None = False,
    epsilon: float = TORCH_EPSILON,
) -> Chain:
    """The network whose arrays these are; what it does between its layers is not told by them.

    With ``in_order`` the arrays come in the order of the layers, as in a state dict, else their names tell it.
    ``transposed`` says whether weights are (fan_in, fan_out), None when that is to be found out; arrays called
    kernel or coef always are. Raises EdgeglowError, which names the array.
    """
    check_total(tensors)
    modules = modules_of(tensors)
    if not in_order:
        modules.sort(key=lambda module: natural(module.name))
    dense = [module for module in modules if _is_dense(module)]
    norms = [module for module in modules if module not in dense]
    if not dense:
        raise EdgeglowError(f"it holds no dense layer, only {norms[0].name}")
    kernels = ["kernel" in module.arrays for module in dense]
    settled = settle([_matrix(module) for module in dense], True if all(kernels) else transposed, in_order)
    dense = [dense[index] for index in settled.order]
    chain = Chain(remarks=[settled.remark] if settled.remark else [])
    places = place_norms(norms, dense, modules, settled.transposed, in_order)
    chain.remarks += [place.remark for place in places.values() if place.remark]
    if norms:
        chain.remarks.append(
            f"The file does not tell the epsilon of its batch-norms; {epsilon:g} was assumed."
        )
    scalings = {module: _scaling(module, epsilon) for module in norms}
    chain.steps = _steps(dense, settled.transposed, scalings, places)
    return chain


def _steps(
    dense: list[Module], transposed: bool, scalings: dict[Module, Scaling], places: dict[Module, Place]
) -> list[Step]:
    def at(index: int, after_activation: bool) -> list[Step]:
        return [
            scaling
            for module, scaling in scalings.items()
            if places[module].after == index and places[module].after_activation == after_activation
        ]

    steps: list[Step] = at(-1, False)
    for index, module in enumerate(dense):
        steps.append(_dense(module, transposed))
        steps += at(index, False)
        if index < len(dense) - 1:
            steps.append(Activation(module.name, None))
            steps += at(index, True)
    return steps


def label(module: Module) -> str:
    """The layer's name in sentences; weights without any name of their layer are told by their own."""
    if module.name and not module.name.isdecimal():
        return module.name
    arrays = module.arrays
    return (arrays.get("weight") or arrays.get("kernel") or next(iter(arrays.values())))[0]


def _is_dense(module: Module) -> bool:
    """Whether these are the arrays of a dense layer, and not of a batch-norm. Raises EdgeglowError for others."""
    name, tensor = module.arrays.get("weight") or module.arrays.get("kernel") or ("", None)
    if tensor is None and not {"mean", "variance"} <= set(module.arrays):
        first = next(iter(module.arrays.values()))[0]
        raise EdgeglowError(f"{first} stands alone, expected weights of the same layer beside it")
    if {"mean", "variance"} <= set(module.arrays):
        return False
    assert tensor is not None
    if len(tensor.shape) == 2:
        if extra := set(module.arrays) - {"weight", "kernel", "bias"}:
            raise EdgeglowError(f"{module.arrays[extra.pop()][0]} belongs to no dense layer")
        return True
    if len(tensor.shape) <= 1:
        raise EdgeglowError(
            f"{name} of shape {tensor.shape} belongs to a LayerNorm or another normalisation that depends on the"
            " picture, which cannot be shown; expected dense layers and batch-norms"
        )
    raise EdgeglowError(
        f"{name} of shape {tensor.shape} belongs to a convolution or another layer that is not dense,"
        " which cannot be shown"
    )


def _matrix(module: Module) -> Matrix:
    weight = (module.arrays.get("weight") or module.arrays["kernel"])[1]
    bias = module.arrays["bias"][1] if "bias" in module.arrays else None
    return Matrix(
        label(module),
        (weight.shape[0], weight.shape[1]),
        bias.size if bias is not None else None,
        module.stem,
    )


def _dense(module: Module, transposed: bool) -> Dense:
    name, weight = module.arrays.get("weight") or module.arrays["kernel"]
    weights = fetch(name, weight)
    biases = None
    if "bias" in module.arrays:
        called, bias = module.arrays["bias"]
        biases = fetch(called, bias)
        if biases.ndim == 2 and 1 in biases.shape:
            biases = biases.ravel()  # a row or a column is a common way to keep them
    return Dense(label(module), weights.T if transposed else weights, biases)


def _scaling(module: Module, epsilon: float) -> Scaling:
    read = {role: fetch(*found) for role, found in module.arrays.items()}
    mean, variance = read["mean"], read["variance"]
    if mean.ndim != 1 or any(part.shape != mean.shape for part in read.values()):
        raise EdgeglowError(f"{module.name} is a batch-norm whose arrays have different shapes, expected one")
    gamma = read.get("gamma", read.get("weight", np.ones_like(mean)))
    return norm_scaling(module.name, gamma, read.get("bias", np.zeros_like(mean)), mean, variance, epsilon)
