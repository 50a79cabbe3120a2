"""Find the place of each batch-norm by names: after which dense layer, and on which side of its activation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing.import_choices import Norm
from edgeglow.model.importing.tensor_names import LayerArrays


@dataclass(frozen=True)
class NormPlace:
    """The place of a batch-norm: after the dense layer with index ``after``, or -1 for before the first.

    ``after_activation`` says on which side of that layer's activation it is; ``is_open`` that names do not tell the
    side.
    """

    after: int
    after_activation: bool = False
    is_open: bool = False


def place_norms(
    norms: Sequence[LayerArrays],
    dense: Sequence[LayerArrays],
    modules: Sequence[LayerArrays],
    transposed: bool,
    in_order: bool,
) -> dict[LayerArrays, NormPlace]:
    """Return a place for every batch-norm; ``dense`` are in their order, ``modules`` as the file lists them.

    Positions in an nn.Sequential are tried first, then the file's own order, parents, numbers in names, and sizes.
    Raises EdgeglowError, which names the batch-norm, when its place cannot be found.
    """
    if not norms:
        return {}
    sizes = [_side(dense[0], 0 if transposed else 1), *(_side(module, 1 if transposed else 0) for module in dense)]
    found = {norm: place for norm in norms if (place := _in_sequence(norm, dense, modules)) is not None}
    rest = [norm for norm in norms if norm not in found]
    for way in (_by_order, _by_parent, _by_number, _by_size):
        if rest and (in_order or way is not _by_order):
            guess = way(rest, dense, modules, sizes)
            if _fit(guess, rest, sizes):
                found |= _opened(guess, len(dense) - 1)
                rest = []
    for norm in rest:
        raise EdgeglowError(
            f"where the batch-norm {norm.name} stands cannot be told from its name; save the whole model"
        )
    for norm, place in found.items():
        if _size(norm) != sizes[place.after + 1]:
            beside = dense[max(place.after, 0)].name
            raise EdgeglowError(
                f"the batch-norm {norm.name} is for {_size(norm)} neurons, but beside {beside} are"
                f" {sizes[place.after + 1]}"
            )
    return found


def _side(module: LayerArrays, side: int) -> int:
    return (module.arrays.get("weight") or module.arrays["kernel"])[1].shape[side]


def _size(norm: LayerArrays) -> int:
    return norm.arrays["mean"][1].size


def _fit(guess: dict[LayerArrays, NormPlace], norms: Sequence[LayerArrays], sizes: Sequence[int]) -> bool:
    """Return whether all have a place, no two the same, and each has the size needed there."""
    places = [place.after for place in guess.values()]
    return (
        len(guess) == len(norms)
        and len(set(places)) == len(places)
        and all(_size(norm) == sizes[place.after + 1] for norm, place in guess.items())
    )


def _in_sequence(norm: LayerArrays, dense: Sequence[LayerArrays], modules: Sequence[LayerArrays]) -> NormPlace | None:
    """Find the place by positions in one nn.Sequential, where a gap stands for a module without weights."""
    if norm.place is None:
        return None
    beside = {module.place: module for module in modules if module.place is not None and module.parent == norm.parent}
    before = [place for place, module in beside.items() if place < norm.place and module in dense]
    if not before:
        first = norm.parent == dense[0].parent and dense[0].place is not None
        return NormPlace(-1) if first else None
    after = [place for place, module in beside.items() if place > norm.place and module in dense]
    index = dense.index(beside[max(before)])
    gap_before = norm.place - 1 not in beside
    gap_after = bool(after) and norm.place + 1 not in beside
    if not gap_before or index == len(dense) - 1:
        return NormPlace(index)
    if gap_after or not after:
        return NormPlace(index, True, is_open=True)
    return NormPlace(index, True)


def _by_order(
    norms: Sequence[LayerArrays], dense: Sequence[LayerArrays], modules: Sequence[LayerArrays], _: Sequence[int]
) -> dict[LayerArrays, NormPlace]:
    """Place each batch-norm after the dense layer that the file lists before it."""
    found: dict[LayerArrays, NormPlace] = {}
    last = -1
    for module in modules:
        if module in dense:
            last = dense.index(module)
        elif module in norms:
            found[module] = NormPlace(last)
    return found


def _opened(guess: dict[LayerArrays, NormPlace], last: int) -> dict[LayerArrays, NormPlace]:
    """Mark the places between dense layers as open: names alone do not tell the side of the activation."""
    return {norm: replace(place, is_open=0 <= place.after < last) for norm, place in guess.items()}


def choose_norm_sides(
    places: dict[LayerArrays, NormPlace], requested: Norm | None, last: int
) -> tuple[dict[LayerArrays, NormPlace], tuple[Norm, ...]]:
    """Put batch-norms on the side of the activations that the user names, or else on the likelier one.

    Returns the places and the sides that are possible, the chosen one first. ``last`` is the index of the last dense
    layer. Raises EdgeglowError where the user names a side, but there is no batch-norm between two dense layers.
    """
    asked = {norm: place for norm, place in places.items() if place.is_open}
    after = bool(asked) and all(place.after_activation for place in asked.values())
    asked = {norm: place for norm, place in asked.items() if place.after_activation == after}
    if requested is None:
        sides: tuple[Norm, Norm] = ("after", "before") if after else ("before", "after")
        return places, sides if asked else ()
    asked = asked or {norm: place for norm, place in places.items() if 0 <= place.after < last}
    if not asked:
        raise EdgeglowError("it has no batch-norm between two dense layers; leave --norm out")
    chosen = {norm: replace(place, after_activation=requested == "after") for norm, place in asked.items()}
    return places | chosen, ()


def _by_parent(
    norms: Sequence[LayerArrays], dense: Sequence[LayerArrays], _: Sequence[LayerArrays], __: Sequence[int]
) -> dict[LayerArrays, NormPlace]:
    """Place batch-norms by parent: blocks.2.bn follows blocks.2.fc."""
    parents = [module.name.rpartition(".")[0] for module in dense]
    found = {norm: norm.name.rpartition(".")[0] for norm in norms}
    return {norm: NormPlace(parents.index(parent)) for norm, parent in found.items() if parents.count(parent) == 1}


def _by_number(
    norms: Sequence[LayerArrays], dense: Sequence[LayerArrays], _: Sequence[LayerArrays], __: Sequence[int]
) -> dict[LayerArrays, NormPlace]:
    """Place batch-norms by number: bn2 follows fc2. The first of a kind may have none, as in dense, dense_1."""
    numbers = [module.number or 0 for module in dense]
    return {
        norm: NormPlace(numbers.index(norm.number or 0)) for norm in norms if numbers.count(norm.number or 0) == 1
    }


def _by_size(
    norms: Sequence[LayerArrays], _: Sequence[LayerArrays], __: Sequence[LayerArrays], sizes: Sequence[int]
) -> dict[LayerArrays, NormPlace]:
    """Place batch-norms where only one layer has the same number of neurons."""
    return {norm: NormPlace(sizes.index(_size(norm)) - 1) for norm in norms if sizes.count(_size(norm)) == 1}
