"""Recompute weights that PyTorch stores in parts: pruned weights and masks, weight norm, spectral norm."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import numpy as np

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing.lazy_array import LazyArray, read_finite

WeightParts = dict[str, tuple[str, LazyArray]]  # role of the part → (the tensor's full name, the tensor)

# names of parts: fc1.weight_orig and fc1.weight_mask; fc1.parametrizations.weight.original0 and so on
OLD = re.compile(r"^(?P<where>(?:.*\.)?)(?P<what>weight|bias)_(?P<part>orig|mask|g|v|u)$")
NEW = re.compile(r"^(?P<where>(?:.*\.)?)parametrizations\.(?P<what>\w+)\.(?P<part>[\w.]+)$")


def merge_weight_parts(tensors: Mapping[str, LazyArray]) -> tuple[dict[str, LazyArray], list[str]]:
    """Return the tensors, in their order, with every weight in one tensor, and sentences about what was done.

    Raises EdgeglowError, which names the layer, where a part is missing or unknown.
    """
    groups: dict[str, WeightParts] = {}
    wholes: dict[str, str] = {}
    for name, tensor in tensors.items():
        if found := (NEW.match(name) or OLD.match(name)):
            whole = found["where"] + found["what"]
            wholes[name] = whole
            groups.setdefault(whole, {})[found["part"]] = (name, tensor)
    made = {whole: _made(whole, parts) for whole, parts in groups.items() if whole not in tensors}
    plain = {wholes.get(name, name): tensor for name, tensor in tensors.items()}
    kinds: dict[str, list[str]] = {}
    for whole, (tensor, kind) in made.items():
        plain[whole] = tensor
        kinds.setdefault(kind, []).append(whole)
    said = [f"{', '.join(names)}: {kind}." for kind, names in kinds.items()]
    return plain | {whole: tensors[whole] for whole in groups if whole in tensors}, said


def _made(whole: str, parts: WeightParts) -> tuple[LazyArray, str]:
    """Return the weights that these parts stand for, and a phrase that says how they were computed."""
    known: dict[frozenset[str], tuple[Callable[[WeightParts], np.ndarray], str]] = {
        frozenset({"orig", "mask"}): (_pruned, "the pruned ones are 0, as the mask says"),
        frozenset({"g", "v"}): (_weight_norm, "weight norm was folded in"),
        frozenset({"original0", "original1"}): (_weight_norm, "weight norm was folded in"),
        frozenset({"orig", "u"}): (_spectral_norm, "spectral norm was folded in"),
        frozenset({"orig", "u", "v"}): (_spectral_norm, "spectral norm was folded in"),
        frozenset({"original", "0._u", "0._v"}): (_spectral_norm, "spectral norm was folded in"),
    }
    make, kind = known.get(frozenset(parts), (None, ""))
    if make is None:
        raise EdgeglowError(
            f"{whole} is computed from {', '.join(sorted(name for name, _ in parts.values())[:4])} in a way that the"
            " file does not tell; make it plain before it is saved, by remove_parametrizations or prune.remove of"
            " torch.nn.utils"
        )
    first = next(parts[part] for part in ("orig", "v", "original1", "original") if part in parts)
    return LazyArray(first[1].shape, first[1].kind, lambda: make(parts)), kind


def _read(parts: WeightParts, *which: str) -> np.ndarray:
    """Return the first of these parts that exists, in double precision."""
    name, tensor = next(parts[part] for part in which if part in parts)
    return np.asarray(read_finite(name, tensor), np.float64)


def _pruned(parts: WeightParts) -> np.ndarray:
    weights, mask = _read(parts, "orig"), _read(parts, "mask")
    _check_shapes(parts, weights.shape == mask.shape)
    return weights * mask


def _weight_norm(parts: WeightParts) -> np.ndarray:
    """Compute ``w = g v / |v|``, with the norm over the axes along which g has only one number."""
    length, direction = _read(parts, "g", "original0"), _read(parts, "v", "original1")
    fits = length.ndim in {0, direction.ndim} and all(
        mine in {1, its} for mine, its in zip(length.shape, direction.shape, strict=False)
    )
    _check_shapes(parts, fits)
    over = tuple(axis for axis in range(direction.ndim) if length.ndim == 0 or length.shape[axis] == 1)
    with np.errstate(all="ignore"):  # the check of the weights reports numbers that are not finite
        return length * direction / np.sqrt((direction**2).sum(axis=over, keepdims=True))


def _spectral_norm(parts: WeightParts) -> np.ndarray:
    """Compute W / sigma, where sigma = u W v is the stored estimate of the largest singular value of W."""
    weights, u = _read(parts, "orig", "original"), _read(parts, "u", "0._u")
    _check_shapes(parts, weights.ndim == 2 and u.shape == weights.shape[:1])
    if "v" in parts or "0._v" in parts:
        v = _read(parts, "v", "0._v")
    else:
        v = u @ weights
        v = v / np.linalg.norm(v)
    _check_shapes(parts, v.shape == weights.shape[1:])
    with np.errstate(all="ignore"):
        return weights / (u @ weights @ v)


def _check_shapes(parts: WeightParts, good: bool) -> None:
    if not good:
        said = ", ".join(f"{name} {tensor.shape}" for name, tensor in parts.values())
        raise EdgeglowError(f"{said} do not fit each other")
