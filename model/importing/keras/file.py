"""Read Keras models: .keras files, whole models in .h5 files, and .h5 files with weights only."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing.import_choices import NO_CHOICES, ImportChoices
from edgeglow.model.importing.keras.config import KerasLayer, read_keras_layers
from edgeglow.model.importing.keras.hdf5_process import Hdf5Contents, open_hdf5
from edgeglow.model.importing.keras.layers import KerasChainBuilder, KerasWeights
from edgeglow.model.importing.lazy_array import LazyArray
from edgeglow.model.importing.named_arrays import KERAS_EPSILON, chain_from_names
from edgeglow.model.importing.open_file import LimitedZip
from edgeglow.model.importing.parsed_network import StepChain

MOST_CONFIG = 2**23
CONFIG, WEIGHTS = "config.json", "model.weights.h5"
VARIABLE = re.compile(r"^(?P<layer>.+)/vars/(?P<index>\d+)$")
NUMBERED = re.compile(r"_\d+$")
NORM = ("gamma", "bias", "moving_mean", "moving_variance")  # "bias" stands for beta, as in named weights
CONTAINERS = ("layers", "_layer_checkpoint_dependencies", "_pipeline_layers")


def keras_folder(members: Sequence[str]) -> str | None:
    """Return the folder of the Keras model in a zip file, "" for the top level; None if there is no model."""
    folders = [name.removesuffix(CONFIG) for name in members if name.endswith(CONFIG)]
    return min((each for each in folders if f"{each}{WEIGHTS}" in members), key=len, default=None)


def read_keras(path: Path, archive: LimitedZip, folder: str = "") -> StepChain:
    """Read the network in a .keras file, which may have been unpacked and packed again as a folder."""
    described = json.loads(archive.read(f"{folder}{CONFIG}", MOST_CONFIG))
    layers = read_keras_layers(described)
    return _built(layers, _variables(open_hdf5(path, f"{folder}{WEIGHTS}")))


def read_hdf5(path: Path, way: ImportChoices = NO_CHOICES) -> StepChain:
    """Read the network in an .h5 file of a whole model or of weights only."""
    found = open_hdf5(path)
    if (config := found.texts[""]) is not None:
        return _built(read_keras_layers(json.loads(config)), _named_weights(found.arrays))
    return _weights_alone(found.arrays, way)


def _built(layers: list[KerasLayer], weights: KerasWeights) -> StepChain:
    builder = KerasChainBuilder(weights)
    for layer in layers:
        builder.add(layer)
    return builder.finished()


def _roles(layer: KerasLayer) -> tuple[str, ...]:
    """Return the roles of a layer's numbered arrays, in order."""
    if layer.kind == "BatchNormalization":
        gamma = ("gamma",) if layer.settings.get("scale", True) else ()
        beta = ("beta",) if layer.settings.get("center", True) else ()
        return (*gamma, *beta, "moving_mean", "moving_variance")
    others = {"Normalization": ("mean", "variance", "count"), "PReLU": ("alpha",)}
    return others.get(layer.kind, ("kernel", "bias"))


def _variables(found: Hdf5Contents) -> KerasWeights:
    """Return weights from numbered arrays in groups that are named after the layers' classes."""

    def weights(layer: KerasLayer) -> dict[str, LazyArray]:
        place = ""
        for name, siblings in zip(layer.path, layer.siblings, strict=True):
            place = _group(found, place, name, siblings)
        numbered = {
            int(match["index"]): tensor
            for path, tensor in found.arrays.items()
            if (match := VARIABLE.match(path)) and match["layer"] == place and len(match["index"]) < 4
        }
        roles = _roles(layer)
        if len(numbered) > len(roles):
            raise EdgeglowError(f"{layer.name} has {len(numbered)} arrays in the file, expected {', '.join(roles)}")
        return {roles[index]: tensor for index, tensor in numbered.items() if index < len(roles)}

    return weights


def _group(found: Hdf5Contents, place: str, name: str, siblings: tuple[tuple[str, str], ...]) -> str:
    """Return the group of a layer: the one that holds its name, else by counting layers of the same class."""
    places = [f"{place}/{each}".lstrip("/") for each in CONTAINERS]
    container = next((each for each in places if each in found.groups), None)
    if container is None:
        raise EdgeglowError(f"its weights have no group of layers for {name}")
    for group, text in found.texts.items():
        if text == name and group.count("/") == container.count("/") + 2 and group.startswith(f"{container}/"):
            return group.removesuffix("/vars")
    counts: dict[str, int] = {}
    for sibling, kind in siblings:
        snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=.)(?=[A-Z][a-z])", "_", kind).lower()
        count = counts[snake] = counts.get(snake, -1) + 1
        if sibling == name:
            return f"{container}/{snake}_{count}" if count else f"{container}/{snake}"
    return container


def _named_weights(found: Mapping[str, LazyArray]) -> KerasWeights:
    """Return weights from arrays named kernel, bias and so on, in groups named after the layers."""

    def weights(layer: KerasLayer) -> dict[str, LazyArray]:
        outer, own = (name.replace("\\", "/") for name in (layer.path[0], layer.path[-1]))
        parts = [path.rpartition("/") for path in found if path.startswith(f"model_weights/{outer}/")]
        return {
            name.removesuffix(":0"): found[f"{place}/{name}"]
            for place, _, name in parts
            if f"/{place}".endswith(f"/{own}")
        }

    return weights


def _weights_alone(found: Mapping[str, LazyArray], way: ImportChoices) -> StepChain:
    """Build a network from a file of weights, which tells neither activation functions nor places of batch-norms."""
    named: dict[str, LazyArray] = {}
    layers: dict[str, dict[int, LazyArray]] = {}
    for path, tensor in found.items():
        match = VARIABLE.match(path)
        if path.startswith("optimizer"):
            continue
        if match is None or len(match["index"]) > 3:
            named[path] = tensor
        else:
            layers.setdefault(match["layer"], {})[int(match["index"])] = tensor
    for layer, numbered in layers.items():
        for index, role in enumerate(_roles_alone(layer, numbered)):
            named[f"{layer}/{role}"] = numbered[index]
    return chain_from_names(named, in_order=False, transposed=True, epsilon=KERAS_EPSILON, way=way)


def _roles_alone(layer: str, numbered: dict[int, LazyArray]) -> tuple[str, ...]:
    """Return the roles of a layer's arrays, by the class in the group's name, else by their shapes."""
    kind = NUMBERED.sub("", layer.rpartition("/")[2])
    shapes = [numbered[index].shape for index in sorted(numbered)]
    whole = sorted(numbered) == list(range(len(numbered)))
    if whole and kind == "batch_normalization" and len(shapes) == len(NORM):
        return NORM
    matrix = len(shapes) <= 2 and len(shapes[0]) == 2
    if whole and matrix and (kind == "dense" or shapes[1:] == [shapes[0][1:]]):
        return ("kernel", "bias")[: len(shapes)]
    raise EdgeglowError(f"{layer} with arrays of {shapes} is no dense layer; save the whole model as .keras")
