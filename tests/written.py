"""Read numbers as they are written on screen."""

from __future__ import annotations

import re
from numbers import Real
from string import Formatter
from typing import Any

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
        return 0 < abs(value) < 1 and (value > written if beyond == ">" else value < written)
    if abs(value) < 1 - 1e-7 and abs(written) == 1 and units <= 0.5:
        return False
    return abs(written - value) <= (units + ROUNDING) * step


def write_number(value: object, spec: str) -> str:
    """Return a number with a minus sign."""
    return format(value, spec).replace("-", "\N{MINUS SIGN}")


def write_output(value: float) -> str:
    """Return one of many activations: like a share, but 0.00 if it is almost nothing."""
    written = write_number(value, "z.2f")
    return written if written == "0.00" else write_share(value, "z.2f")


def write_share(value: object, spec: str) -> str:
    """Return a share as a sentence has it: with a minus sign, and one decimal more instead of a false 1 or 0."""
    if not isinstance(value, Real):
        return format(value, spec)
    written, parts = format(value, spec), re.fullmatch(r"(.*)\.(\d)([f%])", spec)
    rounded = (0, 100) if "%" in spec else (0, 1)
    if parts and 0 < abs(value) < 1 and abs(float(written.rstrip("%"))) in rounded:
        finer, unit = f"{parts[1]}.{int(parts[2]) + 1}{parts[3]}", 10.0 ** -(int(parts[2]) + 1 + 2 * ("%" in spec))
        written = format(value, finer)
        if abs(float(written.rstrip("%"))) in rounded:
            written = ">" + format(1 - unit, finer) if abs(value) > 0.5 else "<" + format(unit, finer)
    return written.replace("-", "\N{MINUS SIGN}")


class Sentences(Formatter):
    """Fills in the facts of a sentence."""

    def vformat(self, template: str, args: Any, facts: Any) -> str:
        parts = [
            re.sub(r"(^|[\s(])-(\d)", "\\1\N{MINUS SIGN}\\2", literal)
            + (self.fact(name, facts[name], spec or "") if name else "")
            for literal, name, spec, _ in self.parse(template)
        ]
        return "".join(parts)

    @staticmethod
    def fact(name: str, value: Any, spec: str) -> str:
        """Return a fact as it is written: sums and their parts are rounded, shares are no false 1 or 0."""
        if not isinstance(value, Real):
            return format(value, spec)
        return (write_number if name in ("bias", "total") else write_share)(value, spec)
