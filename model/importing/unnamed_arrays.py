"""Tell weights from biases in arrays that have only positions, or names without a role."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing.layer_order import LayerShape, fit_in_order
from edgeglow.model.importing.lazy_array import LazyArray, list_names
from edgeglow.model.importing.tensor_names import natural_sort_key, parsed_name

PLACE = re.compile(r"^(arr_|Variable(:0)?_?|[\d._:])*$")  # a name that is only a position

Shapes = Sequence[tuple[int, ...]]


def name_by_shape(tensors: Mapping[str, LazyArray]) -> tuple[dict[str, LazyArray], list[str]]:
    """Name the arrays by their order where no name says which are weights, and return a sentence about it.

    A single vector of weights becomes a matrix. Raises EdgeglowError where shapes do not tell weights from biases.
    """
    roles = {name: (parsed_name(name, len(tensor.shape)) or ("", ""))[1] for name, tensor in tensors.items()}
    if any(role in {"weight", "kernel"} for role in roles.values()) or not tensors:
        return _one_neuron(tensors, roles), []
    told = {name: tensors[name] for name, role in roles.items() if role}
    names = [name for name in tensors if name not in told]
    if all(any(map(str.isdigit, name)) for name in names):
        names.sort(key=natural_sort_key)
    shapes = [tensors[name].shape for name in names]
    weights, biases = (None if told else _pairs(shapes)) or _by_dimensions(names, shapes)
    if not weights or len(biases) not in {0, len(weights)} or (told and biases):
        raise EdgeglowError(
            f"it holds {len(weights)} matrices and {len(biases)} vectors, expected as many, or no vectors"
        )
    called = {f"weights_{index}": tensors[names[place]] for index, place in enumerate(weights)}
    called |= {f"biases_{index}": tensors[names[place]] for index, place in enumerate(biases)}
    said = f"No name tells what {list_names(names)} are: their shapes and their order do."
    return told | called, [] if all(PLACE.match(name) for name in names) else [said]


def _one_neuron(tensors: Mapping[str, LazyArray], roles: Mapping[str, str]) -> dict[str, LazyArray]:
    """Return the arrays, with the weight vector of a network of one neuron as a matrix of one row."""
    weights = [name for name, role in roles.items() if role in {"weight", "kernel"}]
    tensor = tensors[weights[0]]
    biases = sum(each.size for name, each in tensors.items() if name not in weights)
    if len(weights) > 1 or len(tensor.shape) != 1 or tensor.size < 2 or len(tensors) > 2 or biases > 1:
        return dict(tensors)
    shape = (tensor.size, 1) if roles[weights[0]] == "kernel" else (1, tensor.size)
    row = LazyArray(shape, tensor.kind, lambda: tensor.read().reshape(shape))
    return {**tensors, weights[0]: row}


def _by_dimensions(names: Sequence[str], shapes: Shapes) -> tuple[list[int], list[int]]:
    """Return the positions of matrices and of vectors."""
    for name, shape in zip(names, shapes, strict=True):
        if len(shape) not in {1, 2}:
            raise EdgeglowError(f"{name} has shape {shape}, expected a matrix or a vector")
    places = range(len(shapes))
    return [k for k in places if len(shapes[k]) == 2], [k for k in places if len(shapes[k]) == 1]


def _pairs(shapes: Shapes) -> tuple[list[int], list[int]] | None:
    """Return the positions of weights and of biases, told apart by order only, where biases are rows or columns."""
    count = len(shapes)
    if count % 2:
        return None
    for weights in (range(0, count, 2), range(count // 2)):
        biases = [place for place in range(count) if place not in weights]
        matrices = [
            LayerShape("", (shapes[w][0], shapes[w][1]), max(shapes[b], default=1))
            for w, b in zip(weights, biases, strict=True)
            if len(shapes[w]) == 2 and len(shapes[b]) <= 2 and _is_row(shapes[b])
        ]
        if len(matrices) == len(biases) and fit_in_order(matrices):
            return list(weights), biases
    return None


def _is_row(shape: tuple[int, ...]) -> bool:
    return len(shape) < 2 or 1 in shape
