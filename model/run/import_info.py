"""The facts known about a network that was trained elsewhere."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, ClassVar

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.network.activation_functions import OUTPUTS
from edgeglow.model.network.activations import check_hidden_functions
from edgeglow.model.run.training_config import check_choice, check_layers
from edgeglow.model.run.value_checks import check_name
from edgeglow.model.text.printable import short_repr

CLOCKS = ("step", "epoch", "")


@dataclass(frozen=True)
class ImportInfo:
    """The facts about an imported network, checked on creation (EdgeglowError).

    ``hidden`` is as in Config. ``file`` is the name of its file, or of the folder of checkpoints. ``clock`` is the
    unit of the checkpoints' numbers: "step", "epoch", or empty if it is unknown.
    """

    file: str
    layer_sizes: tuple[int, ...]
    hidden: str
    output: str
    clock: str = ""

    loss: ClassVar[str] = "cross-entropy"  # its training's loss is not known; measured by this one

    def __post_init__(self) -> None:
        check_name(self.file, "the imported file")
        object.__setattr__(self, "layer_sizes", check_layers(self.layer_sizes))
        object.__setattr__(self, "hidden", check_hidden_functions(self.hidden, len(self.layer_sizes) - 2))
        check_choice("output activation", self.output, OUTPUTS)
        check_choice("clock", self.clock, CLOCKS)

    def to_json(self) -> dict[str, Any]:
        """Return the fields as plain values that JSON can hold."""
        return dataclasses.asdict(self) | {"layer_sizes": list(self.layer_sizes)}

    @staticmethod
    def from_json(values: object) -> ImportInfo:
        """Create the object that ``to_json`` described. Raises EdgeglowError for any other fields."""
        fields = {field.name for field in dataclasses.fields(ImportInfo)}
        if not isinstance(values, dict) or set(values) != fields:
            raise EdgeglowError(f"imported is {short_repr(values)}, expected {', '.join(sorted(fields))}")
        return ImportInfo(**values)
