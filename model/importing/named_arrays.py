"""Build a network from named arrays: a state dict, a safetensors file, weights by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing.batch_norm_place import NormPlace, choose_norm_sides, place_norms
from edgeglow.model.importing.import_choices import (
    COLUMNS,
    NO_CHOICES,
    Column,
    ImportChoices,
    Norm,
    choice_combinations,
)
from edgeglow.model.importing.layer_order import MOST_LAYERS, LayerOrder, LayerShape, MatrixView, find_layer_order
from edgeglow.model.importing.lazy_array import LazyArray, check_total, read_finite
from edgeglow.model.importing.parsed_network import (
    ActivationStep,
    ChainStep,
    DenseStep,
    ScalingStep,
    StepChain,
    batch_norm_scaling,
)
from edgeglow.model.importing.tensor_names import LayerArrays, group_by_layer, layer_sort_key, natural_sort_key

TORCH_EPSILON = 1e-5
KERAS_EPSILON = 1e-3


def chain_from_names(
    tensors: Mapping[str, LazyArray],
    *,
    in_order: bool,
    transposed: bool | None = False,
    epsilon: float = TORCH_EPSILON,
    way: ImportChoices = NO_CHOICES,
) -> StepChain:
    """Build the chain of the network in these arrays, which do not say what happens between the layers.

    With ``in_order`` the arrays are in the order of the layers, as in a state dict; else their names give the order.
    ``transposed`` says whether weights are (fan_in, fan_out); None finds it out. Arrays called kernel or coef always
    are. ``way`` answers what the names leave open; the chain's ``ways`` are the alternatives that remain. Raises
    EdgeglowError, which names the array.
    """
    check_total(tensors)
    modules = pair_biases(group_by_layer(tensors))
    if not in_order:
        modules.sort(key=layer_sort_key)
    dense = [module for module in modules if _is_dense(module)]
    norms = [module for module in modules if module not in dense]
    if not dense:
        raise EdgeglowError(f"it holds no dense layer, only {norms[0].name}")
    kernels = ["kernel" in module.arrays for module in dense]
    turn = True if all(kernels) else transposed
    settled = find_layer_order([_matrix(module) for module in dense], turn, in_order, way.order)
    names = [layer_label(module) for module in dense]
    dense = [dense[index] for index in settled.order]
    chain = StepChain(way=way)
    chain.remarks = [settled.remark] if settled.remark else []
    places = place_norms(norms, dense, modules, settled.view.transposed, in_order)
    places, sides = choose_norm_sides(places, way.norm, len(dense) - 1)
    column, columns = _column(dense, settled, way.column)
    chain.remarks += _said(sides, columns, norms, epsilon)
    orders = [tuple(names[index] for index in order) for order in settled.orders]
    chain.ways = choice_combinations(way, sides, orders, columns)
    scalings = {module: _scaling(module, epsilon) for module in norms}
    chain.steps = _steps(dense, settled.view, column, scalings, places)
    return chain


def _said(sides: Sequence[Norm], columns: Sequence[Column], norms: list[LayerArrays], epsilon: float) -> list[str]:
    """Return sentences about what was assumed."""
    said = []
    if sides:
        said.append(
            f"Names do not tell whether batch-norms stand before or after the activations: {sides[0]} was taken;"
            f" --norm {sides[1]} says the other."
        )
    if columns:
        said.append(
            f"Names do not tell which column of its weights holds the biases: the {columns[0]} was taken;"
            f" --bias-column {columns[1]} says the other."
        )
    if norms:
        said.append(f"The file does not tell the epsilon of its batch-norms; {epsilon:g} was assumed.")
    return said


def _column(
    dense: list[LayerArrays], settled: LayerOrder, requested: Column | None
) -> tuple[Column | None, tuple[Column, ...]]:
    """Return the column of the weights that holds the biases, None for none, and the columns still possible."""
    if not settled.view.column:
        if requested is not None:
            raise EdgeglowError("its weights have no column of biases; leave --bias-column out")
        return None, ()
    if requested is not None:
        return requested, ()
    thetas = all(layer_label(module).lower().startswith("theta") for module in dense)  # the constant 1 comes first
    return "first", () if thetas else COLUMNS


def pair_biases(modules: list[LayerArrays]) -> list[LayerArrays]:
    """Match biases to the weights that they belong to, where names number them differently.

    Nothing is changed where names pair all of them and the sizes agree.
    """
    weights = [module for module in modules if _is_matrix(module)]
    if len(weights) > MOST_LAYERS:
        return modules  # refused later, when their order is looked for
    biases = [module for module in modules if set(module.arrays) == {"bias"}]
    together = [module for module in weights if "bias" in module.arrays]
    if not biases and all(_bias_fits(module, module) for module in together):
        return modules
    alone = [module for module in weights if module not in together]
    ways = [(alone, biases), (weights, together + biases)]  # weights_0 and weights_1, biases_1 and biases_2
    for some, others in ways:
        pairs = list(zip(sorted(some, key=layer_sort_key), sorted(others, key=layer_sort_key), strict=False))
        rest = [module for module in together if module not in some]
        if len(some) == len(others) and all(_bias_fits(*pair) for pair in [*pairs, *zip(rest, rest, strict=True)]):
            given = [other.arrays["bias"] for _, other in pairs]
            for (module, _), bias in zip(pairs, given, strict=True):
                module.arrays["bias"] = bias
            return [module for module in modules if module not in biases]
    return modules


def _is_matrix(module: LayerArrays) -> bool:
    found = module.arrays.get("weight") or module.arrays.get("kernel")
    return found is not None and len(found[1].shape) == 2


def _bias_fits(module: LayerArrays, other: LayerArrays) -> bool:
    """Return whether the number of one layer's biases equals a side of the other layer's weight matrix."""
    weight = (module.arrays.get("weight") or module.arrays["kernel"])[1]
    return "bias" not in other.arrays or len(weight.shape) != 2 or other.arrays["bias"][1].size in weight.shape


def _steps(
    dense: list[LayerArrays],
    view: MatrixView,
    column: Column | None,
    scalings: dict[LayerArrays, ScalingStep],
    places: dict[LayerArrays, NormPlace],
) -> list[ChainStep]:
    def at(index: int, after_activation: bool) -> list[ChainStep]:
        return [
            scaling
            for module, scaling in scalings.items()
            if places[module].after == index and places[module].after_activation == after_activation
        ]

    steps: list[ChainStep] = at(-1, False)
    for index, module in enumerate(dense):
        steps.append(_dense(module, view.transposed, column))
        steps += at(index, False)
        if index < len(dense) - 1:
            steps.append(ActivationStep(module.name, None))
            steps += at(index, True)
    return steps


def layer_label(module: LayerArrays) -> str:
    """Return the layer's name for sentences: the weights' full name where that does not start with the layer's."""
    arrays = module.arrays
    own = (arrays.get("weight") or arrays.get("kernel") or next(iter(arrays.values())))[0]
    return module.name if module.name and not module.name.isdecimal() and own.startswith(module.name) else own


def _is_dense(module: LayerArrays) -> bool:
    """Return True for the arrays of a dense layer, False for a batch-norm. Raises EdgeglowError for other layers."""
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
    if tensor.size == 1 and len(tensor.shape) == 1 and set(module.arrays) == {"weight"}:
        raise EdgeglowError(f"{name} is the slope that a PReLU has learnt, which cannot be shown")
    if len(tensor.shape) <= 1:
        raise EdgeglowError(
            f"{name} of shape {tensor.shape} belongs to a LayerNorm or another normalisation that depends on the"
            " picture, which cannot be shown; expected dense layers and batch-norms"
        )
    raise EdgeglowError(
        f"{name} of shape {tensor.shape} belongs to a convolution or another layer that is not dense,"
        " which cannot be shown"
    )


def _matrix(module: LayerArrays) -> LayerShape:
    weight = (module.arrays.get("weight") or module.arrays["kernel"])[1]
    bias = module.arrays["bias"][1] if "bias" in module.arrays else None
    return LayerShape(
        layer_label(module),
        (weight.shape[0], weight.shape[1]),
        bias.size if bias is not None else None,
        module.stem,
        tuple(natural_sort_key(module.name)) if any(map(str.isdigit, module.name)) else (),
    )


def _dense(module: LayerArrays, transposed: bool, column: Column | None) -> DenseStep:
    name, weight = module.arrays.get("weight") or module.arrays["kernel"]
    weights = read_finite(name, weight)
    biases = None
    if "bias" in module.arrays:
        called, bias = module.arrays["bias"]
        biases = read_finite(called, bias)
        if biases.size == max(biases.shape, default=1):
            biases = biases.ravel()  # biases are often stored as a row or a column
    weights = weights.T if transposed else weights
    if column is not None:
        at = 0 if column == "first" else -1
        weights, biases = np.delete(weights, at, axis=1), weights[:, at]
    return DenseStep(layer_label(module), weights, biases)


def _scaling(module: LayerArrays, epsilon: float) -> ScalingStep:
    read = {role: read_finite(*found) for role, found in module.arrays.items()}
    mean, variance = read["mean"], read["variance"]
    if mean.ndim != 1 or any(part.shape != mean.shape for part in read.values()):
        raise EdgeglowError(f"{module.name} is a batch-norm whose arrays have different shapes, expected one")
    gamma = read.get("gamma", read.get("weight", np.ones_like(mean)))
    return batch_norm_scaling(module.name, gamma, read.get("bias", np.zeros_like(mean)), mean, variance, epsilon)
