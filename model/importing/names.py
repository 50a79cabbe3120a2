"""What the names of arrays say: which layer an array belongs to, and as what."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from model.errors import EdgeglowError
from model.importing.tensors import Tensor, check_kind, listed

WORDS = {
    "weight": "weight",
    "weights": "weight",
    "w": "weight",
    "kernel": "kernel",
    "coef": "kernel",
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
ENDING = re.compile(rf"^(?:(?P<stem>.+?)[_-])?(?P<word>{WORD})[_-]?(?P<number>\d*)$")
BEGINNING = re.compile(r"^(?P<word>w|b|weights?|bias|biases)[_-](?P<stem>.+)$")

PASSED = re.compile(r"num_batches_tracked$|(^|[./])(criterion|loss|loss_fn|loss_func)[./]")
# what tells, by a tensor's name alone, that a network is none of dense layers
REFUSED = (
    (
        re.compile(r"weight_[ih]h|bias_[ih]h|recurrent_kernel|(^|[./_])(lstm|gru|rnn)\w*[./]"),
        "a recurrent layer",
    ),
    (re.compile(r"in_proj|out_proj|[./_](q|k|v|query|key|value)_proj[./]|attn|attention"), "attention"),
    (re.compile(r"(^|[./_])\w*emb(ed|edding|eddings)?\d*[./]|embeddings$"), "an embedding"),
    (re.compile(r"weight_[gv]$|parametrizations[./]"), "a layer with weight norm or another parametrisation"),
    (
        re.compile(r"_packed_params|zero_point|(^|[./])scale$|weight_scale|qweight|scales$"),
        "a quantised layer",
    ),
)


@dataclass(eq=False)
class Module:
    """The arrays of one layer: role → (full name, array)."""

    name: str
    arrays: dict[str, tuple[str, Tensor]] = field(default_factory=dict)

    @property
    def parent(self) -> str:
        """The name without its last part, where that is a number: "net" for "net.3"."""
        return self._split()[0]

    @property
    def place(self) -> int | None:
        """The last part of the name, where that is a number: 3 for "net.3", as nn.Sequential counts."""
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


def natural(name: str) -> list[tuple[int, int, str]]:
    """A key that sorts names as people do: 2 before 10."""
    parts = re.split(r"(\d+)", name)
    return [
        (0, int(part), "") if part.isdecimal() and len(part) < 19 else (1, 0, part) for part in parts if part
    ]


def modules_of(tensors: Mapping[str, Tensor]) -> list[Module]:
    """The layers whose arrays these are, in the order in which they first appear.

    Raises EdgeglowError, which names the array, for those that no dense network has.
    """
    found: dict[str, Module] = {}
    for name, tensor in tensors.items():
        if PASSED.search(name):
            continue
        for pattern, what in REFUSED:
            if pattern.search(name.lower()):
                raise EdgeglowError(f"{name} belongs to {what}, which cannot be shown; expected dense layers")
        check_kind(name, tensor)
        parsed = _parsed(name)
        if parsed is None:
            raise EdgeglowError(
                f"{name} of shape {tensor.shape} has no name that is known, expected as in fc1.weight and fc1.bias,"
                " W1 and b1, weights_0 and biases_0"
            )
        layer, role = parsed
        module = found.setdefault(layer, Module(layer))
        if role in module.arrays:
            raise EdgeglowError(f"{name} and {module.arrays[role][0]} are the same of one layer")
        module.arrays[role] = (name, tensor)
    if not found:
        raise EdgeglowError(f"it holds no weights, only {listed(tensors) or 'nothing'}")
    return list(found.values())


def _parsed(name: str) -> tuple[str, str] | None:
    """The layer's name and the array's role in it; None when the name tells neither."""
    path = re.split(r"([./])", name.removesuffix(":0"))
    last = path[-1]
    if (role := WORDS.get(last.lower())) is not None:
        return "".join(path[:-2]), role
    if (ending := ENDING.match(last.lower())) is not None:
        rest = "_".join(part for part in (ending["stem"], ending["number"]) if part)
        return "".join((*path[:-1], rest)), WORDS[ending["word"]]
    if (beginning := BEGINNING.match(last.lower())) is not None:
        return "".join((*path[:-1], beginning["stem"])), WORDS[beginning["word"]]
    return None
