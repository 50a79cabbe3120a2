"""In which order dense layers follow each other, and which of a matrix's two sides is their inputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from model.errors import EdgeglowError
from model.importing.tensors import listed

MOST_TRIES = 2_000
MOST_LAYERS = 64


@dataclass(frozen=True)
class Matrix:
    """A dense layer's arrays, by their shapes: ``outputs`` is the length of its biases, None without any."""

    name: str
    shape: tuple[int, int]
    outputs: int | None
    stem: str = ""

    def link(self, transposed: bool) -> tuple[int, int]:
        """(fan_in, fan_out), when the matrix is (fan_in, fan_out) or, not ``transposed``, (fan_out, fan_in)."""
        return self.shape if transposed else (self.shape[1], self.shape[0])

    def fits(self, transposed: bool) -> bool:
        return self.outputs is None or self.outputs == self.link(transposed)[1]


@dataclass(frozen=True)
class Settled:
    """The order (indices), whether the matrices are (fan_in, fan_out), and what was assumed."""

    order: tuple[int, ...]
    transposed: bool
    remark: str = ""


def settle(matrices: Sequence[Matrix], transposed: bool | None, in_order: bool) -> Settled:
    """Find order and orientation.

    ``transposed`` is the file's convention, None where it has none; with ``in_order`` the file itself lists the
    layers in their order, else their names do. Raises EdgeglowError when it cannot be told.
    """
    if len(matrices) > MOST_LAYERS:
        raise EdgeglowError(f"it has {len(matrices)} dense layers, expected at most {MOST_LAYERS}")
    possible = (False, True) if transposed is None else (transposed,)
    turns = [turn for turn in possible if all(matrix.fits(turn) for matrix in matrices)]
    given = tuple(range(len(matrices)))
    good = [turn for turn in turns if _chains(matrices, given, turn)]
    if good:
        if not in_order:
            _check_names(matrices, good)
        return _chosen(matrices, given, good)
    found = [(turn, order) for turn in turns for order in chains(matrices, turn)]
    if len(found) == 1:
        names = listed((matrices[index].name for index in found[0][1]), 9)
        return Settled(
            found[0][1], found[0][0], f"The order of the layers was found from their shapes: {names}."
        )
    if len(found) > 1:
        raise EdgeglowError(
            f"the order of its layers {listed(matrix.name for matrix in matrices)} cannot be told;"
            " give them names with numbers"
        )
    return Settled(given, turns[0] if turns else bool(transposed))  # what does not fit is told layer by layer


def _chosen(matrices: Sequence[Matrix], given: tuple[int, ...], good: list[bool]) -> Settled:
    if len(good) == 1:
        return Settled(given, good[0])
    first = matrices[0].shape
    if len(matrices) == 1 and first[0] > first[1]:
        return Settled(
            given, True, f"{matrices[0].name} was taken to have its inputs by row, as it has more rows."
        )
    return Settled(given, False, "The weights were taken to be (outputs, inputs): the shapes allow both.")


def _check_names(matrices: Sequence[Matrix], good: list[bool]) -> None:
    """Names without numbers say nothing of the order: then the shapes must allow only this one."""
    middle = {matrix.stem for matrix in matrices[1:-1]}
    numbered = len(middle) <= 1 and len({matrix.name for matrix in matrices}) == len(matrices)
    if len(matrices) > 2 and not numbered and any(len(chains(matrices, turn)) > 1 for turn in good):
        raise EdgeglowError(
            f"the order of its layers {listed(matrix.name for matrix in matrices)} cannot be told;"
            " give them names with numbers"
        )


def _chains(matrices: Sequence[Matrix], order: Sequence[int], transposed: bool) -> bool:
    links = [matrices[index].link(transposed) for index in order]
    return all(one[1] == other[0] for one, other in pairwise(links))


def chains(matrices: Sequence[Matrix], transposed: bool, most: int = 2) -> list[tuple[int, ...]]:
    """Up to ``most`` orders in which all matrices follow each other."""
    links = [matrix.link(transposed) for matrix in matrices]
    found: list[tuple[int, ...]] = []
    open_ends: list[tuple[int, ...]] = [(index,) for index in range(len(links))]
    for _ in range(MOST_TRIES):
        if not open_ends or len(found) >= most:
            break
        path = open_ends.pop()
        if len(path) == len(links):
            found.append(path)
            continue
        after = links[path[-1]][1]
        open_ends += [(*path, k) for k in range(len(links)) if k not in path and links[k][0] == after]
    return found
