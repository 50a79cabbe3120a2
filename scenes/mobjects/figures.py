"""How numbers of any size are written, so that they can be read and are no other number."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

FIGURES = 2  # of the largest number of a column are to be seen
EXACT = 4  # of a number that stands for itself
MOST_DECIMALS = 6  # a number that needs more is written with a power of ten
SMALLEST = 10.0 ** (FIGURES - 1 - MOST_DECIMALS)
HUGE = 1e8  # so large a number has too many figures
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def alike(numbers: np.ndarray) -> Callable[[float], str]:
    """The form for numbers that stand under each other: as many decimals for all as show two figures of the largest,
    two at least unless it has many figures before the point."""
    largest = float(np.max(np.abs(numbers), initial=0.0))
    if largest == 0.0:
        return "{:z.2f}".format
    if not SMALLEST <= largest < HUGE:
        return with_power
    size = _size(largest)
    decimals = 3 - size if size in (2, 3) else max(2 if size < 2 else 0, FIGURES - 1 - size)
    return f"{{:z,.{decimals}f}}".format


def plain(number: float) -> str:
    """A number as one writes it down: four figures, or all before the point, and no noughts at its end."""
    if number == 0.0:
        return "0"
    if not SMALLEST <= abs(number) < HUGE:
        return with_power(number)
    decimals = min(max(0, EXACT - 1 - _size(abs(number))), MOST_DECIMALS)
    written = f"{number:z,.{decimals}f}"
    return written.rstrip("0").rstrip(".") if decimals else written


def with_power(number: float) -> str:
    """A number between 1 and 10, times a power of ten."""
    if number == 0.0:
        return "0"
    mantissa, power = f"{number:.{FIGURES - 1}e}".split("e")
    return f"{mantissa}·10{str(int(power)).translate(RAISED)}"


def _size(number: float) -> int:
    """The power of ten of a number's first figure."""
    return int(np.floor(np.log10(number)))
