"""Find the order of dense layers, and which sides of their matrices are inputs and outputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing.import_choices import MOST_WAYS
from edgeglow.model.importing.lazy_array import list_names

MOST_TRIES = 5_000
MOST_LAYERS = 64
WITH_ONE = (28 * 28 + 1, 20 * 20 + 1)  # a single matrix with this many inputs contains its biases

LayerIndices = tuple[int, ...]


@dataclass(frozen=True)
class MatrixView:
    """The way to read matrices: (fan_in, fan_out) if ``transposed``; one input column holds biases if ``column``."""

    transposed: bool
    column: bool = False


@dataclass(frozen=True)
class LayerShape:
    """The shapes of a dense layer's arrays: ``outputs`` is the number of its biases, None if it has none.

    ``number`` is a key from the layer's name that sorts it among others of the same ``stem``; empty where the name
    has no number.
    """

    name: str
    shape: tuple[int, int]
    outputs: int | None
    stem: str = ""
    number: tuple[object, ...] = ()

    def link(self, view: MatrixView) -> tuple[int, int]:
        """Return (fan_in, fan_out)."""
        fan_in, fan_out = self.shape if view.transposed else self.shape[::-1]
        return fan_in - view.column, fan_out

    def fits(self, view: MatrixView) -> bool:
        return self.outputs is None or (not view.column and self.outputs == self.link(view)[1])


@dataclass(frozen=True)
class LayerOrder:
    """The order of the layers (indices), the way to read the matrices, and what was assumed.

    ``orders`` are the possible orders, the chosen one first; empty where the order is certain.
    """

    order: LayerIndices
    view: MatrixView
    remark: str = ""
    orders: tuple[LayerIndices, ...] = ()


def find_layer_order(
    matrices: Sequence[LayerShape], transposed: bool | None, in_order: bool, requested: Sequence[str] = ()
) -> LayerOrder:
    """Find the order and the orientation of the matrices.

    ``transposed`` is the file's convention, None where it has none; (fan_out, fan_in) is followed only where sizes
    allow it. With ``in_order`` the file lists the layers in their order, else their names give it. ``requested``
    has their names in the user's order. Raises EdgeglowError when the order cannot be found.
    """
    if len(matrices) > MOST_LAYERS:
        raise EdgeglowError(f"it has {len(matrices)} dense layers, expected at most {MOST_LAYERS}")
    given = _requested_order(matrices, requested) if requested else tuple(range(len(matrices)))
    turns = (True,) if transposed else (False, True)
    views = [MatrixView(turn, column) for column in (False, True) for turn in turns]
    views = [view for view in views if all(matrix.fits(view) for matrix in matrices)]
    if len(matrices) == 1:
        views = _of_one(matrices[0], views)
    good = [view for view in views if _follow(matrices, given, view)]
    if requested and good:
        return LayerOrder(given, good[0])
    found = {view: possible_orders(matrices, view) for view in views}
    view = next(iter(good), None) or next((view for view in views if found[view][0]), None)
    if view is None or requested:  # sizes that do not fit are reported later, by layer
        return LayerOrder(given, views[0] if views else MatrixView(bool(transposed)))
    turned, said = _turned(matrices, good if transposed is None else [])
    view = MatrixView(view.transposed if turned is None else turned, view.column)
    return _ordered(matrices, view, given, *found[view], in_order, said)


def fit_in_order(matrices: Sequence[LayerShape]) -> bool:
    """Return whether the matrices fit each other in this order, all with the same orientation."""
    order = range(len(matrices))
    views = [MatrixView(turn) for turn in (False, True)]
    return any(all(matrix.fits(view) for matrix in matrices) and _follow(matrices, order, view) for view in views)


def _of_one(matrix: LayerShape, views: list[MatrixView]) -> list[MatrixView]:
    """Return the views of a single matrix: with biases where it has one input more than usual pictures."""
    with_column = [view for view in views if view.column and matrix.link(view)[0] + 1 in WITH_ONE]
    return with_column or [view for view in views if not view.column]


def _requested_order(matrices: Sequence[LayerShape], names: Sequence[str]) -> LayerIndices:
    known = [matrix.name for matrix in matrices]
    if sorted(known) != sorted(names):
        raise EdgeglowError(
            f"its layers are {list_names(known)}, but --order names {list_names(names)}; expected each of them once"
        )
    return tuple(known.index(name) for name in names)


def _ordered(
    matrices: Sequence[LayerShape],
    view: MatrixView,
    given: LayerIndices,
    orders: list[LayerIndices],
    complete: bool,
    in_order: bool,
    remark: str,
) -> LayerOrder:
    """Return the order that sizes and names allow, and the other orders where names do not decide."""
    fits = _follow(matrices, given, view)
    if complete and len(orders) == 1:
        said = "" if fits else f"The order of the layers was found from their shapes: {_names(matrices, orders[0])}."
        return LayerOrder(orders[0], view, said or remark)
    numbered = _numbered(matrices, view, orders)
    if numbered is not None and (numbered == given or not in_order or not fits):
        return LayerOrder(numbered, view, remark)
    taken = numbered or (given if fits else orders[0])
    names = list_names(matrix.name for matrix in matrices)
    if not complete and not in_order:
        raise EdgeglowError(f"the order of its layers {names} cannot be told; say it with --order A,B,...")
    how = "by their numbers" if numbered else "as the file lists them" if in_order else "by their names"
    said = (
        f"The sizes of its layers allow several orders: {_names(matrices, taken)} was taken, {how};"
        " --order A,B,... says another."
    )
    others = [order for order in orders if order != taken] if complete else []
    return LayerOrder(taken, view, said, (taken, *others) if others else ())


def _names(matrices: Sequence[LayerShape], order: LayerIndices) -> str:
    return list_names((matrices[index].name for index in order), 9)


def _turned(matrices: Sequence[LayerShape], good: list[MatrixView]) -> tuple[bool | None, str]:
    """Return the orientation chosen where shapes allow both, and a sentence about it."""
    if len({view.transposed for view in good if not view.column}) < 2:
        return None, ""
    first = matrices[0].shape
    if len(matrices) == 1 and first[0] > first[1]:
        return True, f"{matrices[0].name} was taken to have its inputs by row, as it has more rows."
    return False, "The weights were taken to be (outputs, inputs): the shapes allow both."


def _numbered(matrices: Sequence[LayerShape], view: MatrixView, orders: list[LayerIndices]) -> LayerIndices | None:
    """Return the order in which interchangeable layers have ascending numbers in their names."""
    links = [matrix.link(view) for matrix in matrices]
    places = [{order.index(index) for order in orders} for index in range(len(matrices))]
    moving = [index for index in range(len(matrices)) if len(places[index]) > 1 or links.count(links[index]) > 1]
    keys = [matrices[index].number for index in moving]
    if () in keys or len(set(keys)) < len(keys) or len({matrices[index].stem for index in moving}) > 1:
        return None
    ascending = iter(sorted(moving, key=lambda index: matrices[index].number))
    order = tuple(next(ascending) if index in moving else index for index in orders[0])
    return order if _follow(matrices, order, view) else None


def _follow(matrices: Sequence[LayerShape], order: Sequence[int], view: MatrixView) -> bool:
    links = [matrices[index].link(view) for index in order]
    return all(one[1] == other[0] for one, other in pairwise(links))


def possible_orders(matrices: Sequence[LayerShape], view: MatrixView) -> tuple[list[LayerIndices], bool]:
    """Up to MOST_WAYS orders in which all matrices follow each other, and whether there are no more."""
    links = [matrix.link(view) for matrix in matrices]
    found: list[LayerIndices] = []
    open_ends: list[LayerIndices] = [(index,) for index in reversed(range(len(links)))]
    for _ in range(MOST_TRIES):
        if not open_ends or len(found) > MOST_WAYS:
            break
        path = open_ends.pop()
        if len(path) == len(links):
            found.append(path)
            continue
        after = links[path[-1]][1]
        rest = [k for k in reversed(range(len(links))) if k not in path and links[k][0] == after]
        open_ends += [(*path, k) for k in rest]
    return found[:MOST_WAYS], not open_ends and len(found) <= MOST_WAYS
