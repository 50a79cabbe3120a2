"""Checks shared by the validation of runs: shapes, types, ranges, counts, names."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.text.printable import is_printable, short_repr
from edgeglow.model.text.visible_text import is_visible_text

MOST_LETTERS = 1_000  # in a name that is shown


def is_count(value: object) -> bool:
    """Return whether the value is a whole number above 0 that floating point represents exactly."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**53


def check_array(array: np.ndarray, where: str, shape: tuple[int, ...], because: str, kind: str = "float32") -> None:
    """Check the type and shape, and that all numbers are finite.

    Raises EdgeglowError; ``because`` explains in its message why the array must have ``shape``.
    """
    if array.dtype != np.dtype(kind):
        raise EdgeglowError(f"{where} has type {array.dtype}, expected {kind}")
    if array.shape != shape:
        raise EdgeglowError(f"{where} has shape {array.shape}, but {because}")
    if not np.isfinite(array).all():
        bad = array[~np.isfinite(array)][0]
        raise EdgeglowError(f"{where} holds {bad}, expected finite numbers")


def check_range(array: np.ndarray, where: str) -> None:
    """Check that all numbers are from 0 to 1, as pixels, accuracies and sigmoid activations are.

    Raises EdgeglowError.
    """
    if array.size and not (array.min() >= 0 and array.max() <= 1 + 1e-6):
        raise EdgeglowError(f"{where} holds {array.min():g} to {array.max():g}, expected numbers from 0 to 1")


def check_names(names: Sequence[object], what: str, count: int, where: str) -> None:
    """Check that the names are different, and as many as there are neurons.

    Raises EdgeglowError, whose message calls them ``what`` names.
    """
    for name in names:
        if isinstance(name, str) and name:
            check_name(name, f"the {what} name")
    if not all(isinstance(name, str) and is_visible_text(name) for name in names) or len(set(names)) != len(names):
        raise EdgeglowError(
            f"the {what} names are {short_repr(list(names))}, expected different names, none of them empty"
        )
    if len(names) != count:
        raise EdgeglowError(f"there are {len(names)} {what} names, but {where} has {count} neurons")


def check_name(name: object, what: str) -> None:
    """Check that a name can be shown and written to a file. Raises EdgeglowError; ``what`` says whose name it is."""
    if not isinstance(name, str) or not name:
        raise EdgeglowError(f"{what} is {short_repr(name)}, expected a name")
    if not is_printable(name):
        raise EdgeglowError(f"{what} is {short_repr(name)}, which holds letters that cannot be shown")
    if len(name) > MOST_LETTERS:
        raise EdgeglowError(f"{what} is {short_repr(name)}, {len(name):,} letters, expected at most {MOST_LETTERS:,}")
