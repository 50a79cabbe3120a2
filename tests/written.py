"""Read numbers as they are written on screen."""

from __future__ import annotations

import re
from numbers import Real
from string import Formatter

NUMBER = re.compile(r"([<>]?)([+\N{MINUS SIGN}]? ?)([\d,]+)(?:\.(\d+))?(%?)")
ROUNDING = 1e-3  # share of a unit of the last digit: the value may be computed in another order


def read_number(text: str) -> float:
    """Return the number that a text is, with its sign; a text with a hyphen for a minus sign is none."""
    parts = NUMBER.fullmatch(text)
    assert parts, f"{text!r} is no number"
    _, sign, whole, decimals, unit = parts.groups()
    value = float(f"{whole.replace(',', '')}.{decimals or 0}") / (100 if unit else 1)
    return -value if sign.startswith("\N{MINUS SIGN}") else value


def tells(text: str, value: float, units: float = 0.5) -> bool:
    """Return whether a written number is this value, within so many units of its last digit, and no false 1."""
    parts = NUMBER.fullmatch(text)
    if not parts:
        return False
    beyond, _, _, decimals, unit = parts.groups()
    written, step = read_number(text), 10.0 ** -(len(decimals or "") + 2 * bool(unit))
    if beyond:
        return abs(value) > abs(written) and abs(value) < 1
    if abs(value) < 1 - 1e-7 and abs(written) == 1 and units <= 0.5:
        return False
    return abs(written - value) <= (units + ROUNDING) * step


def write_number(value: object, spec: str) -> str:
    """Return a fact as a sentence has it: with a minus sign, and one decimal more where it would be a false 1."""
    if not isinstance(value, Real):
        return format(value, spec)
    written, parts = format(value, spec), re.fullmatch(r"(.*)\.(\d)([f%])", spec)
    if parts and abs(value) < 1 and abs(float(written.rstrip("%"))) in ((100,) if "%" in spec else (1,)):
        finer = f"{parts[1]}.{int(parts[2]) + 1}{parts[3]}"
        written = format(value, finer)
        if abs(float(written.rstrip("%"))) in ((100,) if "%" in spec else (1,)):
            written = ">" + format(1 - 10.0 ** -(int(parts[2]) + 1 + 2 * ("%" in spec)), finer)
    return written.replace("-", "\N{MINUS SIGN}")


class Sentences(Formatter):
    """Fills in the facts of a sentence."""

    def format_field(self, value: object, spec: str) -> str:
        return write_number(value, spec)
