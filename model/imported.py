"""What is known of a network that was trained elsewhere."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, ClassVar

from model.activations import checked_hidden
from model.checks import check_name
from model.config import check_layers, choice
from model.errors import EdgeglowError
from model.functions import OUTPUTS
from model.text import short

CLOCKS = ("step", "epoch", "")


@dataclass(frozen=True)
class Imported:
    """A network that came from a file; checked on creation (EdgeglowError).

    ``hidden`` is as in Config. ``file`` is the name of that file, or of the folder of checkpoints. ``clock`` says
    what their numbers count: optimiser steps, epochs, or nothing that is known.
    """

    file: str
    layer_sizes: tuple[int, ...]
    hidden: str
    output: str
    clock: str = ""

    loss: ClassVar[str] = "cross-entropy"  # what it learnt by is not known; it is measured by this

    def __post_init__(self) -> None:
        check_name(self.file, "the imported file")
        object.__setattr__(self, "layer_sizes", check_layers(self.layer_sizes))
        object.__setattr__(self, "hidden", checked_hidden(self.hidden, len(self.layer_sizes) - 2))
        choice("output activation", self.output, OUTPUTS)
        choice("clock", self.clock, CLOCKS)

    def to_json(self) -> dict[str, Any]:
        """Plain values, as JSON holds them."""
        return dataclasses.asdict(self) | {"layer_sizes": list(self.layer_sizes)}

    @staticmethod
    def from_json(values: object) -> Imported:
        """What ``to_json`` described. Raises EdgeglowError for any other fields."""
        fields = {field.name for field in dataclasses.fields(Imported)}
        if not isinstance(values, dict) or set(values) != fields:
            raise EdgeglowError(f"imported is {short(values)}, expected {', '.join(sorted(fields))}")
        return Imported(**values)
