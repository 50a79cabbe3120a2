"""What the names in a file leave open about its network, and what a user, or a trial, says of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from model.errors import Mistake
from model.importing.files import one_line

Norm = Literal["before", "after"]
Column = Literal["first", "last"]
NORMS: tuple[Norm, ...] = ("before", "after")
COLUMNS: tuple[Column, ...] = ("first", "last")
MOST_WAYS = 120  # five layers of the same size can follow each other in as many orders


@dataclass(frozen=True)
class Way:
    """One way to take a network of which only names and sizes are known; None and empty where nothing is said.

    ``norm`` says whether batch-norms stand before or after the activations, ``order`` names the dense layers from
    the inputs on, ``column`` says which column of the weights holds the biases.
    """

    norm: Norm | None = None
    order: tuple[str, ...] = ()
    column: Column | None = None

    def __str__(self) -> str:
        """The options that ask for it."""
        said = {"--norm": self.norm, "--order": ",".join(self.order), "--bias-column": self.column}
        return " ".join(f"{option} {value}" for option, value in said.items() if value)

    def unlike(self, other: Way) -> Way:
        """What this says otherwise than the other."""
        return Way(
            None if self.norm == other.norm else self.norm,
            () if self.order == other.order else self.order,
            None if self.column == other.column else self.column,
        )


UNTOLD = Way()


def ways_of(
    wished: Way, norms: Sequence[Norm], orders: Iterable[tuple[str, ...]], columns: Sequence[Column]
) -> tuple[Way, ...]:
    """All ways to take a file, the one that was taken first, as what is open begins with it; else as ``wished``.

    Empty where there is one way only, or more than can be tried.
    """
    found = [
        Way(norm, order, column)
        for order in (list(orders) or [wished.order])
        for norm in (norms or (wished.norm,))
        for column in (columns or (wished.column,))
    ]
    return tuple(found) if 1 < len(found) <= 2 * MOST_WAYS else ()


def check_way(way: Way) -> None:
    """Raise Mistake where a word in it is none that is known, or a layer is named twice."""
    for option, value, choices in (("--norm", way.norm, NORMS), ("--bias-column", way.column, COLUMNS)):
        if value is not None and value not in choices:
            raise Mistake(f"{option} {one_line(repr(value), 60)}: expected {' or '.join(choices)}")
    if len(set(way.order)) != len(way.order):
        raise Mistake("--order: expected every layer once")
