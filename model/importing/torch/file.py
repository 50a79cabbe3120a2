"""Read PyTorch's .pt, .pth and .ckpt files, and pickles of arrays, without running anything in them."""

from __future__ import annotations

import io
import mmap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing.checkpoint_step import step_in_facts
from edgeglow.model.importing.extra_data import CLASSES, FEATURES, add_facts, is_fact, split_weights
from edgeglow.model.importing.import_choices import NO_CHOICES, ImportChoices
from edgeglow.model.importing.lazy_array import LazyArray, list_names
from edgeglow.model.importing.nested_arrays import TensorOf, chain_from_arrays, children_of, collect_arrays
from edgeglow.model.importing.open_file import LimitedZip
from edgeglow.model.importing.other_formats import refuse_script
from edgeglow.model.importing.parsed_network import DenseStep, StepChain
from edgeglow.model.importing.pickle_reader import ExternalReference, PickledObject, read_pickle
from edgeglow.model.importing.pickled_arrays import is_array
from edgeglow.model.importing.tensor_names import parsed_name
from edgeglow.model.importing.torch.modules import is_module, module_chain, pickled_dict_items
from edgeglow.model.importing.torch.storage import (
    StorageReader,
    is_tensor,
    legacy_storages,
    no_storages,
    tensor_of,
    zip_storages,
)

MOST_PICKLE = 2**26  # bytes; NumPy's arrays are inside the pickle
MAGIC = 0x1950A86A20F9469CFC6C  # the first value in a file written by PyTorch before 1.6
PROTOCOL = 1001
MOST_LOOKED_AT = 10_000
MOST_PICKLES = 200  # in one file

# keys of the weights in checkpoints, the likeliest first
PLACES = (
    "model_state_dict",
    "state_dict",
    "model_state",
    "model",
    "net",
    "network",
    "module",
    "weights",
    "params",
    "parameters",
    "state_dict_ema",
    "ema_state_dict",
    "model_ema",
    "ema",
    "shadow_params",
)
# prefixes of the copy to use where a state dict holds several, such as averaged weights beside trained ones
COPIES = ("ema_model.", "module.", "averaged_model.", "avg_model.", "swa_model.", "shadow.", "teacher.")


def read_torch_zip(archive: LimitedZip, path: Path, way: ImportChoices = NO_CHOICES) -> StepChain:
    """Read the network in a file of torch.save, at ``path``."""
    places = [name for name in archive.members if name.endswith("data.pkl") and name.count("/") == 1]
    if len(places) != 1:
        raise EdgeglowError("it is a zip file with no data.pkl in it, as torch.save writes it")
    prefix = places[0].removesuffix("data.pkl")
    if f"{prefix}constants.pkl" in archive.members:
        refuse_script(path)
    content = io.BytesIO(archive.read(places[0], MOST_PICKLE))
    return chain_from_pickle(read_pickle(content), zip_storages(archive, prefix), way)


def read_pickle_file(path: Path, way: ImportChoices = NO_CHOICES) -> StepChain:
    """Read the network in a pickle: of torch.save before PyTorch 1.6, or in its format, or any other."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        first = read_pickle(content)
        if first != MAGIC:
            values = [first, *_further(content)]
            return chain_from_pickle(values if len(values) > 1 else first, no_storages(), way)
        if read_pickle(content) != PROTOCOL:
            raise EdgeglowError("it is of a version of torch.save that is not known; save it anew")
        read_pickle(content)  # facts about the machine
        outside: list[ExternalReference] = []
        value = read_pickle(content, outside)
        keys = read_pickle(content)
        return chain_from_pickle(value, legacy_storages(content, content.tell(), keys, outside), way)


def pickled_values(path: Path) -> list[Any]:
    """Return the values of all pickles in a file, in their order."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return [read_pickle(content), *_further(content)]


def _further(content: mmap.mmap) -> list[Any]:
    """Return the values of further pickles in a file: some trainers write the weights, then the biases."""
    values: list[Any] = []
    while content.tell() < len(content) and len(values) < MOST_PICKLES:
        values.append(read_pickle(content))
    return values


def chain_from_pickle(value: Any, storages: StorageReader, way: ImportChoices) -> StepChain:
    """Return the network that a pickle describes; ``storages`` gives the numbers of PyTorch's tensors in it."""
    found, beside = _weights(value, {})
    if isinstance(found, PickledObject) and is_module(found):
        chain = module_chain(found, storages)
    else:
        chain = _named(found, storages, way)
    _add_facts(chain, beside, storages)
    return chain


def _add_facts(chain: StepChain, beside: dict[Any, Any], storages: StorageReader) -> None:
    """Add a checkpoint's facts beside its weights; lists of other lengths belong to something else."""
    near = {name: each for name, each in beside.items() if isinstance(name, str) and is_fact(name)}
    told = collect_arrays(near, _tensors_of(storages))
    dense = [step for step in chain.steps if isinstance(step, DenseStep)]
    for name in (*CLASSES, *FEATURES):
        counts = {max(2, len(dense[-1].weights)) if name in CLASSES else dense[0].weights.shape[1]} if dense else {}
        if name in told.words and len(told.words[name]) not in counts:
            del told.words[name]
    add_facts(chain, split_weights(told.tensors, told.words)[1])
    chain.moment = step_in_facts(beside) or chain.moment


def _tensors_of(storages: StorageReader) -> TensorOf:
    return lambda name, made: tensor_of(made, storages) if is_tensor(made) else None


def _named(value: Any, storages: StorageReader, way: ImportChoices) -> StepChain:
    """Build the network from named arrays or from lists of arrays."""

    contents = collect_arrays(value, _tensors_of(storages))
    said = []
    if isinstance(value, PickledObject) and pickled_dict_items(value) is None:
        said = [f"The class {value.kind} is not in the file; the arrays of the object were taken by their names."]
    if not contents.tensors:
        keys = list_names(map(str, children_of(value) or ())) or "nothing"
        raise EdgeglowError(f"it holds {keys}, expected a model's state dict, or one under 'model_state_dict'")
    contents.tensors, copied = drop_copies(contents.tensors)
    chain = chain_from_arrays(contents, in_order=True, transposed=False, way=way)
    chain.remarks = said + copied + chain.remarks
    return chain


def drop_copies(tensors: dict[str, LazyArray]) -> tuple[dict[str, LazyArray], list[str]]:
    """Keep one copy of a network that a state dict holds several times, the average; tell which were left out."""
    copies: dict[str, dict[str, LazyArray]] = {}
    for name, tensor in tensors.items():
        start, dot, rest = name.partition(".")
        copies.setdefault(start + dot, {})[rest] = tensor
    for start in COPIES:
        shapes = {name: tensor.shape for name, tensor in copies.get(start, {}).items()}
        twins = [
            other
            for other, parts in copies.items()
            if other != start and shapes == {name: tensor.shape for name, tensor in parts.items()}
        ]
        if shapes and twins:
            kept = {name: each for name, each in tensors.items() if not name.startswith(tuple(twins))}
            other = list_names(twin.rstrip(".") for twin in twins)
            return kept, [f"The file holds the network more than once: {start.rstrip('.')} was taken, not {other}."]
    return tensors, []


def _weights(value: Any, beside: dict[Any, Any], depth: int = 0) -> tuple[Any, dict[Any, Any]]:
    """Return a whole module, or the container of named arrays, and the facts found beside it."""
    if isinstance(value, PickledObject) and is_module(value):
        return value, beside
    facts = children_of(value)
    if facts is None and isinstance(value, PickledObject) and is_array(value):
        return value, beside
    if facts is None or is_tensor(value):
        what = value.kind if isinstance(value, PickledObject) else type(value).__name__
        what = "single tensor" if is_tensor(value) else what
        raise EdgeglowError(f"it holds a {what or 'strange object'}, expected a model's state dict")
    budget = iter(range(MOST_LOOKED_AT))
    if isinstance(value, (list, tuple)):  # of a network and its optimiser, take the network
        others = [each for each in value if "param_groups" not in (pickled_dict_items(each) or {})]
        if len(others) == 1 < len(value):
            return _weights(others[0], beside, depth + 1) if depth < 3 else (value, beside)
    inner = {name: each for name, each in facts.items() if isinstance(name, str) and _may_hold(each, budget)}
    places = [place for place in PLACES if place in inner and not isinstance(inner[place], (list, tuple))]
    if any((parsed_name(name) or "")[-1:] == ("bias",) for name in inner):
        places = [place for place in places if place != "weights"]
    arrays = [name for name, each in facts.items() if is_tensor(each) or is_array(each)]
    if not places and not arrays and len(inner) == 1 and isinstance(value, (dict, PickledObject)):
        places = list(inner)
    if places and depth < 3:
        return _weights(inner[places[0]], facts, depth + 1)
    return value, beside


def _may_hold(value: Any, budget: Iterator[int], depth: int = 0) -> bool:
    """Return whether arrays or a whole module are in this value; ``budget`` limits the values visited."""
    if next(budget, None) is None:
        return False
    if is_module(value) or is_array(value):
        return True
    if is_tensor(value):
        return depth > 0
    parts = children_of(value) if depth < 3 else None
    return parts is not None and any(_may_hold(each, budget, depth + 1) for each in parts.values())
