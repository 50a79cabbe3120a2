"""The choices that the names in a network's file leave open, made by the user or by trial."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from edgeglow.model.errors import InvalidRequest
from edgeglow.model.importing.open_file import one_line

Norm = Literal["before", "after"]
Column = Literal["first", "last"]
NORMS: tuple[Norm, ...] = ("before", "after")
COLUMNS: tuple[Column, ...] = ("first", "last")
MOST_WAYS = 120  # the number of orders of five layers of the same size


@dataclass(frozen=True)
class ImportChoices:
    """The choices about a network of which only names and sizes are known; None or empty where none was made.

    ``norm`` says if batch-norms come before or after the activations, ``order`` names the dense layers from the
    inputs on, ``column`` says which column of the weights holds the biases.
    """

    norm: Norm | None = None
    order: tuple[str, ...] = ()
    column: Column | None = None

    def __str__(self) -> str:
        """Return the command-line options that make these choices."""
        said = {"--norm": self.norm, "--order": ",".join(self.order), "--bias-column": self.column}
        return " ".join(f"{option} {value}" for option, value in said.items() if value)

    def unlike(self, other: ImportChoices) -> ImportChoices:
        """Return the choices that differ from the other's."""
        return ImportChoices(
            None if self.norm == other.norm else self.norm,
            () if self.order == other.order else self.order,
            None if self.column == other.column else self.column,
        )


NO_CHOICES = ImportChoices()


def choice_combinations(
    requested: ImportChoices, norms: Sequence[Norm], orders: Iterable[tuple[str, ...]], columns: Sequence[Column]
) -> tuple[ImportChoices, ...]:
    """Return all combinations of the open choices, the preferred one first; closed choices are as in ``requested``.

    The result is empty where there is one combination only, or more than can be tried.
    """
    found = [
        ImportChoices(norm, order, column)
        for order in (list(orders) or [requested.order])
        for norm in (norms or (requested.norm,))
        for column in (columns or (requested.column,))
    ]
    return tuple(found) if 1 < len(found) <= 2 * MOST_WAYS else ()


def check_import_choices(way: ImportChoices) -> None:
    """Check the choices. Raises InvalidRequest for an unknown word or a layer named twice."""
    for option, value, choices in (("--norm", way.norm, NORMS), ("--bias-column", way.column, COLUMNS)):
        if value is not None and value not in choices:
            raise InvalidRequest(f"{option} {one_line(repr(value), 60)}: expected {' or '.join(choices)}")
    if len(set(way.order)) != len(way.order):
        raise InvalidRequest("--order: expected every layer once")
