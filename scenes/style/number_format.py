"""Formats of numbers of any size, so that they are readable and not misleading."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from edgeglow.model.text.shares import format_share

MINUS = "\N{MINUS SIGN}"
DECIMALS = 2  # of a sum and its parts
FIGURES = 2  # significant digits of the largest number in a column
EXACT = 4  # significant digits of a single number
MOST_DECIMALS = 6  # a number that needs more is written with a power of ten
SMALLEST = 10.0 ** (FIGURES - 1 - MOST_DECIMALS)
HUGE = 1e8  # from this on, a number has too many digits
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class WrittenSum:
    """A neuron's weighted sum, its bias and their total, rounded so that they add up as they are written.

    Bias and total are rounded to two decimals. The sum is what is missing between them, which differs from the true
    sum by one unit of its last digit at most.
    """

    sum: float
    bias: float
    total: float

    @staticmethod
    def of(arrived: float, bias: float) -> WrittenSum:
        """Round the weighted sum without the bias, ``arrived``, and the bias."""
        total, shift = round(arrived + bias, DECIMALS), round(bias, DECIMALS)
        return WrittenSum(round(total - shift, DECIMALS), shift, total)


def with_minus(text: str) -> str:
    """Return a written number with a minus sign in place of a hyphen."""
    return text.replace("-", MINUS)


def format_activation(activation: float) -> str:
    """Format a pixel or an activation with two decimals, or more where these would round it to 1."""
    return format_share(activation, "z.2f")


def column_format(numbers: np.ndarray) -> Callable[[float], str]:
    """Return one format for numbers in a column, with the same number of decimals for all.

    It shows two significant digits of the largest number, and at least two decimals unless that has many digits
    before the point.
    """
    largest = float(np.max(np.abs(numbers), initial=0.0))
    if largest == 0.0:
        return "{:z.2f}".format
    if not SMALLEST <= largest < HUGE:
        return format_with_power
    size = _size(largest)
    decimals = 3 - size if size in (2, 3) else max(2 if size < 2 else 0, FIGURES - 1 - size)
    return f"{{:z,.{decimals}f}}".format


def format_number(number: float) -> str:
    """Format a single number with four significant digits, or all before the point, without trailing zeros."""
    if number == 0.0:
        return "0"
    if not SMALLEST <= abs(number) < HUGE:
        return format_with_power(number)
    decimals = min(max(0, EXACT - 1 - _size(abs(number))), MOST_DECIMALS)
    written = f"{number:z,.{decimals}f}"
    return written.rstrip("0").rstrip(".") if decimals else written


def format_with_power(number: float) -> str:
    """Format a number as a mantissa between 1 and 10, times a power of ten."""
    if number == 0.0:
        return "0"
    mantissa, power = f"{number:.{FIGURES - 1}e}".split("e")
    return f"{mantissa}·10{str(int(power)).translate(RAISED)}"


def _size(number: float) -> int:
    """Return the power of ten of a number's first digit."""
    return int(np.floor(np.log10(number)))
