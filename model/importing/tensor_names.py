"""Parse the names of arrays: the layer that an array belongs to, and its role in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing.lazy_array import LazyArray, check_kind, list_names

WORDS = {
    "weight": "weight",
    "weights": "weight",
    "w": "weight",
    "kernel": "kernel",
    "coef": "weight",  # of a single layer; an MLPClassifier's coefs_ have inputs as rows
    "coefs": "kernel",
    "bias": "bias",
    "biases": "bias",
    "b": "bias",
    "intercept": "bias",
    "intercepts": "bias",
    "gamma": "gamma",
    "beta": "bias",
    "running_mean": "mean",
    "moving_mean": "mean",
    "running_var": "variance",
    "moving_variance": "variance",
}
WORD = "|".join(sorted(WORDS, key=len, reverse=True))
ENDING = re.compile(rf"^(?:(?P<stem>.+?)[_-])?(?P<word>{WORD})[_-]?(?P<number>\d*)_?$")
BEGINNING = re.compile(r"^(?P<word>w|b|weights?|bias|biases)[_-](?P<stem>.+)$")
# one side of a layer in the names of hand-written trainers: weights_input_hidden, w_ih, wih, bias_h, bout
SIDE = r"(?:inputs?|in|i|x|hidden|hid|h|outputs?|out|o|y)(?:_?layer)?_?\d*"
SIDES = re.compile(rf"^(?:(?P<before>{SIDE})(?:_?(?:to|2)?_?))?(?P<layer>{SIDE})$")
GLUED = re.compile(rf"^(?P<word>w|b)(?P<stem>{SIDE}{SIDE}|{SIDE})$")
# matrices with the layer's own name, or with a symbol from textbooks, are its weights
BARE = re.compile(rf"^(?:theta|(?:theta|syn|synapse|layer|fc|linear|dense|l)_?\d+|{SIDE})$")

PASSED = re.compile(r"num_batches_tracked$|(^|[./])(criterion|loss|loss_fn|loss_func)[./]")
# names of tensors that show that the network has other layers than dense ones
REFUSED = (
    (
        re.compile(
            r"(weight|bias)_hh|(weight|bias)_[ih]h_l\d|^w_?hh$|recurrent_kernel|(^|[./_])(lstm|gru|rnn)\w*[./]"
        ),
        "a recurrent layer",
    ),
    (re.compile(r"in_proj|out_proj|[./_](q|k|v|query|key|value)_proj[./]|attn|attention"), "attention"),
    (re.compile(r"(^|[./_])\w*emb(ed|edding|eddings)?\d*[./]|embeddings$"), "an embedding"),
    (re.compile(r"_packed_params|zero_point|(^|[./])scale$|weight_scale|qweight|scales$"), "a quantised layer"),
)


@dataclass(eq=False)
class LayerArrays:
    """The arrays of one layer by role, each with its full name: role → (full name, array)."""

    name: str
    arrays: dict[str, tuple[str, LazyArray]] = field(default_factory=dict)

    @property
    def parent(self) -> str:
        """The name without its last part if that is a number: "net" for "net.3"."""
        return self._split()[0]

    @property
    def place(self) -> int | None:
        """The last part of the name if that is a number: 3 for "net.3", as nn.Sequential counts."""
        return self._split()[1]

    @property
    def number(self) -> int | None:
        """The number at the end of the name, as in "fc3" and "dense_3"."""
        found = re.search(r"(\d{1,9})$", self.name)
        return int(found[1]) if found else None

    @property
    def stem(self) -> str:
        """The name without its numbers."""
        return re.sub(r"\d+", "", self.name)

    def _split(self) -> tuple[str, int | None]:
        parent, _, last = self.name.rpartition(".")
        return (parent, int(last)) if re.fullmatch(r"[0-9]{1,9}", last) else (self.name, None)


def natural_sort_key(name: str) -> list[tuple[int, int, str]]:
    """Return a key that sorts names in natural order: 2 before 10."""
    parts = re.split(r"(\d+)", name)
    return [(0, int(part), "") if part.isdecimal() and len(part) < 19 else (1, 0, part) for part in parts if part]


def group_by_layer(tensors: Mapping[str, LazyArray]) -> list[LayerArrays]:
    """Group the arrays by layer, in the order in which the layers first appear.

    Raises EdgeglowError, which names the array, for arrays that no dense network has.
    """
    found: dict[str, LayerArrays] = {}
    for name, tensor in tensors.items():
        if PASSED.search(name):
            continue
        if what := unsupported_layer(name):
            raise EdgeglowError(f"{name} belongs to {what}, which cannot be shown; expected dense layers")
        check_kind(name, tensor)
        parsed = parsed_name(name, len(tensor.shape))
        if parsed is None:
            raise EdgeglowError(
                f"{name} of shape {tensor.shape} has no name that is known, expected as in fc1.weight and fc1.bias,"
                " W1 and b1, weights_0 and biases_0"
            )
        layer, role = parsed
        module = found.setdefault(layer, LayerArrays(layer))
        if role in module.arrays:
            raise EdgeglowError(f"{name} and {module.arrays[role][0]} are the same of one layer")
        module.arrays[role] = (name, tensor)
    if not found:
        raise EdgeglowError(f"it holds no weights, only {list_names(tensors) or 'nothing'}")
    return list(found.values())


def unsupported_layer(name: str) -> str:
    """Return the kind of layer, other than dense, that an array's name shows; "" if it shows none."""
    return next((what for pattern, what in REFUSED if pattern.search(name.lower())), "")


def parsed_name(name: str, dimensions: int = 0) -> tuple[str, str] | None:
    """Return the layer's name and the array's role in it; None when the name does not tell them.

    With ``dimensions``, a matrix that has the layer's own name holds the layer's weights.
    """
    path = re.split(r"([./])", name.removesuffix(":0"))
    last, start = path[-1], "".join(path[:-1])
    if (role := WORDS.get(last.lower())) is not None:
        return "".join(path[:-2]), role
    if (
        len(path) > 2 and (role := WORDS.get(path[-3].lower().rstrip("_"))) is not None
    ):  # as in weights.0, weights.hidden
        return "".join((*path[:-3], _layer(last.lower()))), role
    for text in dict.fromkeys((last.lower(), _snake(last))):
        if (ending := ENDING.match(text)) is not None:
            stem = _layer(ending["stem"]) if ending["stem"] else ""
            return start + "_".join(part for part in (stem, ending["number"]) if part), WORDS[ending["word"]]
        if (beginning := BEGINNING.match(text) or GLUED.match(text)) is not None:
            return start + _layer(beginning["stem"]), WORDS[beginning["word"]]
    if dimensions and BARE.match(_snake(last)):
        return start + _layer(_snake(last)), "weight" if dimensions > 1 else "bias"
    return None


def is_layer_side(name: str) -> bool:
    """Return whether the name is only that of a side of a layer, as for saved activations of a layer."""
    return parsed_name(name) is None and SIDES.match(_snake(re.split(r"[./]", name)[-1])) is not None


def _snake(name: str) -> str:
    """Convert to snake case: weightsInputHidden becomes weights_input_hidden."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).replace("-", "_").replace(" ", "_").lower()


def _layer(stem: str) -> str:
    """Return the layer that weights between two layers lead to: hidden for input_hidden and ih."""
    sides = SIDES.match(stem)
    if sides is None:
        return stem
    layer = sides["layer"].replace("_layer", "").replace("layer", "")
    kind, number = re.sub(r"[_\d]", "", layer), re.sub(r"\D", "", layer)
    known = {"i": "input", "x": "input", "h": "hidden", "o": "output", "y": "output"}
    return known[kind[0]] + number


def layer_sort_key(module: LayerArrays) -> list[tuple[int, int, str]]:
    """Return a key that sorts layers by their names: input, hidden, output, then by numbers."""
    place = {"input": 0, "hidden": 1, "output": 2}.get(module.stem, 1)
    return [(0, place, ""), *natural_sort_key(module.name)]
