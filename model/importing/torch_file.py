"""PyTorch's .pt, .pth and .ckpt, read without PyTorch and without running anything in them."""

from __future__ import annotations

import io
import mmap
from pathlib import Path
from typing import Any

from model.errors import EdgeglowError
from model.importing.files import Zip
from model.importing.moments import moment_of
from model.importing.named import named_chain
from model.importing.other_formats import refuse_script
from model.importing.pickled import Made, Outside, read_pickle
from model.importing.stored import Chain
from model.importing.tensors import Tensor, listed
from model.importing.torch_modules import is_module, mapping, module_steps
from model.importing.torch_storage import Storages, appended, is_tensor, storage_of, tensor_of, zipped

MOST_PICKLE = 2**25
MAGIC = 0x1950A86A20F9469CFC6C  # the first value in a file of PyTorch before 1.6
PROTOCOL = 1001

# where checkpoints keep the weights, the likeliest first
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
)


def read_torch_zip(archive: Zip, path: Path) -> Chain:
    """The network in a file of torch.save, at ``path``."""
    places = [name for name in archive.members if name.endswith("data.pkl") and name.count("/") == 1]
    if len(places) != 1:
        raise EdgeglowError("it is a zip file with no data.pkl in it, as torch.save writes it")
    prefix = places[0].removesuffix("data.pkl")
    if f"{prefix}constants.pkl" in archive.members:
        refuse_script(path)
    content = io.BytesIO(archive.read(places[0], MOST_PICKLE))
    return _chain(read_pickle(content), zipped(archive, prefix))


def read_torch_old(path: Path) -> Chain:
    """The network in a file of torch.save before PyTorch 1.6, or with the format of that time."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if read_pickle(content) != MAGIC or read_pickle(content) != PROTOCOL:
            raise EdgeglowError(
                "it is a pickle, but none of torch.save, and is not loaded; export the network as the README shows"
            )
        read_pickle(content)  # about the machine
        outside: list[Outside] = []
        value = read_pickle(content, outside)
        keys = read_pickle(content)
        if not isinstance(keys, list):
            raise EdgeglowError("it is damaged: it has no list of storages")
        return _chain(value, appended(content, keys, [storage_of(each) for each in outside]))


def _chain(value: Any, storages: Storages) -> Chain:
    found, beside = _weights(value, {})
    if isinstance(found, Made):
        chain = Chain(module_steps(found, storages))
    else:
        tensors = {}
        for name, each in found.items():
            tensors[name] = _tensor(name, each, storages)
        chain = named_chain(tensors, in_order=True)
    chain.moment = moment_of(beside)
    return chain


def _tensor(name: str, value: Made, storages: Storages) -> Tensor:
    try:
        return tensor_of(value, storages)
    except EdgeglowError as error:
        raise EdgeglowError(f"{name}: {error}") from error


def _weights(
    value: Any, beside: dict[Any, Any], depth: int = 0
) -> tuple[Made | dict[str, Made], dict[Any, Any]]:
    """A whole module, or tensors by name, and what was found beside them on the way there."""
    if isinstance(value, Made) and is_module(value):
        return value, beside
    facts = mapping(value)
    if facts is None:
        what = value.kind if isinstance(value, Made) else type(value).__name__
        what = "single tensor" if is_tensor(value) else what
        raise EdgeglowError(f"it holds a {what or 'strange object'}, expected a model's state dict")
    inner = {name: each for name, each in facts.items() if isinstance(name, str) and _may_hold(each)}
    tensors = {name: each for name, each in facts.items() if isinstance(name, str) and is_tensor(each)}
    places = [place for place in PLACES if place in inner]  # before tensors: a loss may lie beside them
    if not places and tensors:
        return tensors, beside
    if not places and len(inner) == 1:
        places = list(inner)
    if places and depth < 3:
        return _weights(inner[places[0]], facts, depth + 1)
    keys = listed(str(name) for name in facts) or "nothing"
    raise EdgeglowError(f"it holds {keys}, expected a model's state dict, or one under 'model_state_dict'")


def _may_hold(value: Any) -> bool:
    """Whether there are tensors by name in this, or a whole module."""
    facts = mapping(value)
    return is_module(value) or (facts is not None and any(is_tensor(each) for each in facts.values()))
