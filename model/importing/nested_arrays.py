"""Collect the arrays in pickles and archives by name, however they are nested, and the facts beside them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing.extra_data import TEXTS, add_facts, split_weights
from edgeglow.model.importing.import_choices import NO_CHOICES, ImportChoices
from edgeglow.model.importing.lazy_array import FLOATS, LazyArray, check_total
from edgeglow.model.importing.named_arrays import chain_from_names
from edgeglow.model.importing.parsed_network import StepChain
from edgeglow.model.importing.pickle_reader import PickledObject
from edgeglow.model.importing.pickled_arrays import (
    array_from_pickle,
    is_array,
    object_array_shape,
    object_array_values,
)
from edgeglow.model.importing.torch.modules import pickled_dict_items
from edgeglow.model.importing.torch.weight_parts import merge_weight_parts
from edgeglow.model.importing.unnamed_arrays import name_by_shape

MOST_VALUES = 400_000
MOST_DEPTH = 8
LINEAR = re.compile(r"(^|[./])weight$")  # the name in nn.Linear

TensorOf = Callable[[str, PickledObject], LazyArray | None]  # takes a value's name and the pickle's record of it


@dataclass(eq=False)
class NamedArrays:
    """Arrays by name, in their order, and texts and whole numbers by name."""

    tensors: dict[str, LazyArray] = field(default_factory=dict)
    words: dict[str, tuple[str, ...]] = field(default_factory=dict)
    facts: dict[str, int] = field(default_factory=dict)


class _VisitLimit:
    """A limit on how many values are visited: in a few bytes, a pickle can refer to one list a thousand times."""

    def __init__(self) -> None:
        self.left = MOST_VALUES

    def spend(self, count: int) -> None:
        self.left -= count + 1
        if self.left < 0:
            raise EdgeglowError("it holds more lists in each other than any network needs")


def collect_arrays(value: Any, tensor_of: TensorOf) -> NamedArrays:
    """Collect all arrays, texts and numbers in a value; names join keys with dots and use indices for lists.

    ``tensor_of`` returns the tensor of a value that is not NumPy's, or None if the value is no tensor.
    """
    found = NamedArrays()
    for name, leaf in _leaves(value, "", tensor_of, _VisitLimit(), 0):
        key = name.rpartition(".")[2]
        each = _words(leaf, key) if isinstance(leaf, LazyArray) else leaf
        if isinstance(each, LazyArray):
            found.tensors[name or "weights"] = each
        elif isinstance(each, tuple):
            found.words[key if key in TEXTS else name] = each
        else:
            found.facts[name] = each
    return found


def _words(tensor: LazyArray, key: str) -> LazyArray | tuple[str, ...]:
    """Return an array's texts, or its numbers as texts if they name classes; otherwise the array itself."""
    names = key in {"classes", "classes_"} and len(tensor.shape) == 1 and tensor.kind not in FLOATS
    if names or tensor.kind.startswith("str"):
        return tuple(str(text) for text in np.atleast_1d(tensor.read()).reshape(-1))
    return tensor


def _leaves(
    value: Any, name: str, tensor_of: TensorOf, work: _VisitLimit, depth: int
) -> Iterator[tuple[str, LazyArray | tuple[str, ...] | int]]:
    """Yield tensors, tuples of texts, and whole numbers, each with the joined keys that lead to it."""
    work.spend(len(value) if isinstance(value, (list, tuple, dict, str, bytes)) else 0)
    if isinstance(value, PickledObject):
        value = _array(value, name, tensor_of)
    if isinstance(value, (LazyArray, int)) and not isinstance(value, bool):
        yield name, value
    elif isinstance(value, (str, bytes)):
        yield name, (value if isinstance(value, str) else value.decode(errors="replace"),)
    elif isinstance(value, (list, tuple)) and value and all(isinstance(each, str) for each in value):
        yield name, tuple(value)
    elif (numbers := _numbers(value, work)) is not None:
        yield name, numbers
    elif children := children_of(value):
        if depth == MOST_DEPTH:
            raise EdgeglowError("it holds more lists in each other than any network needs")
        for key, each in children.items():
            yield from _leaves(each, f"{name}.{key}" if name else str(key), tensor_of, work, depth + 1)


def _array(value: PickledObject, name: str, tensor_of: TensorOf) -> Any:
    """Return the tensor of a value, the values in an array of Python objects, or the value itself."""
    objects = object_array_values(value)
    if objects is not None:
        return objects if object_array_shape(value) else objects[0] if objects else None
    try:
        tensor = array_from_pickle(value) if is_array(value) else tensor_of(name, value)
    except EdgeglowError as error:
        raise EdgeglowError(f"{name or 'its array'}: {error}") from error
    return value if tensor is None else tensor


def children_of(value: Any) -> dict[Any, Any] | None:
    """Return the values by key of a dictionary, list, tuple, or object of a class that is not loaded."""
    if isinstance(value, (list, tuple)):
        return dict(enumerate(value))
    facts = pickled_dict_items(value)
    if facts is None and isinstance(value, PickledObject) and value.kind:
        state = value.state
        if isinstance(state, tuple) and len(state) == 2:  # the state of a class with __slots__
            state = {**(state[0] or {}), **(state[1] or {})} if isinstance(state[1], dict) else None
        return state if isinstance(state, dict) else None
    return facts


def _numbers(value: Any, work: _VisitLimit) -> LazyArray | None:
    """Return a number, or lists of equal length of numbers, as an array: networks in plain Python use these."""
    shape: list[int] = []
    flat: list[Any] = [value]
    while isinstance(flat[0], (list, tuple)):
        length = len(flat[0])
        if (
            not length
            or len(shape) == 2
            or any(not isinstance(each, (list, tuple)) or len(each) != length for each in flat)
        ):
            return None
        shape.append(length)
        work.spend(len(flat) * length)
        flat = [each for row in flat for each in row]
    kinds = {type(each) for each in flat}
    if not kinds <= {int, float}:
        return None
    try:
        array = np.array(flat, np.float64 if float in kinds else np.int64).reshape(shape)
    except OverflowError:
        return None
    return LazyArray(array.shape, array.dtype.name, lambda: array)


def chain_from_arrays(
    found: NamedArrays,
    *,
    in_order: bool,
    transposed: bool | None,
    way: ImportChoices = NO_CHOICES,
    whole_numbers: bool = False,
) -> StepChain:
    """Build the chain of the network in these arrays, with the facts beside them.

    Other options are those of ``chain_from_names``; with ``whole_numbers`` weights may be whole numbers too.
    """
    check_total(found.tensors)
    plain, said = merge_weight_parts(found.tensors)
    kept, beside = split_weights(plain, found.words)
    if whole_numbers:
        kept = {name: _as_float(tensor) for name, tensor in kept.items()}
    kept, unnamed = name_by_shape(kept)
    if transposed is False and not any(LINEAR.search(name) for name in kept):
        transposed = None  # plain matrices, which their trainer may multiply from either side
    chain = chain_from_names(kept, in_order=in_order, transposed=transposed, way=way)
    beside.facts = found.facts | beside.facts
    chain.remarks = said + unnamed + chain.remarks
    add_facts(chain, beside)
    return chain


def _as_float(tensor: LazyArray) -> LazyArray:
    """Convert whole numbers to floating point: weights saved with NumPy may be whole numbers."""
    if tensor.kind in FLOATS or not tensor.kind.startswith(("int", "uint", "bool")):
        return tensor
    return LazyArray(tensor.shape, "float64", lambda: tensor.read().astype(np.float64))
