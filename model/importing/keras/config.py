"""Read a Keras model's configuration: its layers, and the order in which data passes through them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from edgeglow.model.errors import EdgeglowError

MODELS = {"Sequential", "Functional", "Model"}
PIPELINE = "Pipeline"  # a layer that contains layers, as a Sequential model does
MOST_DEPTH = 8
MOST_LAYERS = 1_000


@dataclass(frozen=True, eq=False)
class KerasLayer:
    """A layer: its class, its settings, and the path of names that leads to it, outermost first.

    ``siblings`` holds, for each level of the path, the (name, class) of all layers of that model, as it lists them.
    ``trains`` says that the layer always behaves as in training.
    """

    kind: str
    settings: dict[str, Any]
    path: tuple[str, ...]
    siblings: tuple[tuple[tuple[str, str], ...], ...]
    trains: bool = False

    @property
    def name(self) -> str:
        return "/".join(self.path)


def read_keras_layers(model: object) -> list[KerasLayer]:
    """Return the layers of a Sequential model, or of a functional one that is a chain; nested models are opened.

    Raises EdgeglowError, which names the layer, where the data branches.
    """
    found = _opened(model, (), (), 0)
    if len(found) > MOST_LAYERS:
        raise EdgeglowError(f"it has {len(found):,} layers, expected at most {MOST_LAYERS:,}")
    return found


def _opened(
    model: object,
    path: tuple[str, ...],
    around: tuple[tuple[tuple[str, str], ...], ...],
    depth: int,
    trains: bool = False,
) -> list[KerasLayer]:
    kind, settings = _parts(model)
    if kind not in MODELS and not (path and kind == PIPELINE):
        raise EdgeglowError(
            f"its model is a {kind}, whose computation is not in the file; expected Sequential or Functional"
        )
    layers = settings.get("layers")
    if depth > MOST_DEPTH or not isinstance(layers, list) or len(layers) > MOST_LAYERS:
        raise EdgeglowError(f"its model {'/'.join(path) or kind} has no list of layers, or too deep a one")
    siblings = (*around, tuple((keras_layer_name(layer), _parts(layer)[0]) for layer in layers))
    chain = layers if kind in {"Sequential", PIPELINE} else _chain(layers, settings)
    found: list[KerasLayer] = []
    for layer in chain:
        inner_kind, inner = _parts(layer)
        here = (*path, keras_layer_name(layer))
        always = trains or _trains(layer)
        if inner_kind in MODELS or inner_kind == PIPELINE:
            found += _opened(layer, here, siblings, depth + 1, always)
        else:
            found.append(KerasLayer(inner_kind, inner, here, siblings, always))
        if len(found) > MOST_LAYERS:
            raise EdgeglowError(f"it has more than {MOST_LAYERS:,} layers")
    return found


def _parts(layer: object) -> tuple[str, dict[str, Any]]:
    """Return the class name and the settings of a layer or a model."""
    if isinstance(layer, dict):
        kind, settings = layer.get("class_name"), layer.get("config")
        if isinstance(settings, list):
            settings = {"layers": settings}  # a Sequential model of early Keras versions
        if isinstance(kind, str) and isinstance(settings, dict):
            return kind, settings
    raise EdgeglowError("its description holds a layer without class_name and config")


def keras_layer_name(layer: Any) -> str:
    """Return a layer's name in the configuration."""
    kind, settings = _parts(layer)
    name = layer.get("name", settings.get("name", kind))
    if not isinstance(name, str):
        raise EdgeglowError(f"its description names a {kind} {name!r}, expected a text")
    return name


def _chain(layers: list[Any], settings: dict[str, Any]) -> list[Any]:
    """Return the layers from the input to the output of a functional model, each fed by the previous one."""
    by_name = {keras_layer_name(layer): layer for layer in layers}
    ends = _source_layers(settings.get("output_layers"))
    if len(ends) != 1:
        raise EdgeglowError(f"its model has {len(ends)} outputs, expected one")
    name = ends[0]
    chain: list[Any] = []
    while True:
        layer = by_name.get(name)
        if layer is None or any(layer is each for each in chain):
            raise EdgeglowError(f"its layer {name} is missing, or feeds itself")
        chain.append(layer)
        before = _source_layers(layer.get("inbound_nodes"))
        kind = _parts(layer)[0]
        if not before and kind == "InputLayer":
            break
        if len(before) != 1:
            raise EdgeglowError(
                f"{name} ({kind}) takes in {len(before)} layers, expected one; what is not a chain of layers"
                " cannot be shown"
            )
        name = before[0]
    for name, layer in by_name.items():
        if not any(layer is each for each in chain):
            raise EdgeglowError(f"{name} ({_parts(layer)[0]}) stands beside the chain of layers, expected none")
    return chain[::-1]


def _trains(layer: dict[str, Any]) -> bool:
    """Return whether a layer is called with training=True even when the model is used for prediction.

    Keras 2 stores the call's arguments as a list, and applies this one. Keras 3 stores them by name, and ignores it.
    """
    waiting: list[object] = [layer.get("inbound_nodes")]
    while waiting:
        match waiting.pop():
            case [str(), int(), int(), {"training": True}]:
                return True
            case list() as inner:
                waiting += inner
    return False


def _source_layers(nodes: object) -> list[str]:
    """Return the names of the layers that inbound nodes or output layers refer to."""
    found: list[str] = []
    waiting = [nodes]
    while waiting:
        match waiting.pop():
            case {"keras_history": [str() as name, int(), int(), *_]}:
                found.append(name)
            case [str() as name, int(), int(), *_]:
                found.append(name)
            case dict() as inner:
                waiting += inner.values()
            case list() as inner:
                waiting += inner
    return found
