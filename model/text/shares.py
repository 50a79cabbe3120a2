"""Shares of a whole, such as accuracies and confidences: only a whole looks like one, and only nothing like 0."""

from __future__ import annotations

import re

SPEC = re.compile(r"(?P<before>[^.]*)\.(?P<decimals>\d)(?P<kind>[f%])")


class Share(float):
    """A number between -1 and 1 that no format rounds to 1, or to 0.

    Where the decimals asked for would show a whole, or nothing, one more is written, or else what it is more, or
    less, than.

    Examples
    --------
    >>> f"{Share(0.984):.2f} {Share(0.997):.2f} {Share(0.99996):.2f} {Share(1.0):.2f}"
    '0.98 0.997 >0.999 1.00'
    >>> f"{Share(0.9997):.1%}"
    '99.97%'
    >>> f"{Share(0.004):.2f} {Share(0.0004):.2f} {Share(0.0):.2f}"
    '0.004 <0.001 0.00'
    """

    def __format__(self, spec: str) -> str:
        written = super().__format__(spec)
        parts = SPEC.fullmatch(spec)
        if parts is None or not 0.0 < abs(self) < 1.0 or not _is_rounded_off(written):
            return written
        decimals = int(parts["decimals"]) + 1
        finer = super().__format__(f"{parts['before']}.{decimals}{parts['kind']}")
        if not _is_rounded_off(finer):
            return finer
        unit, is_more = 10.0 ** -(decimals + 2 * (parts["kind"] == "%")), abs(self) > 0.5
        bound = f"{1.0 - unit if is_more else unit:.{decimals}{parts['kind']}}"
        return f"{'>' if is_more == (self > 0) else '<'}{'-' * (self < 0)}{bound}"


def format_share(share: float, spec: str = ".2f") -> str:
    """Format a share by a format of numbers, as ".2f" or ".1%"; see ``Share``."""
    return format(Share(share), spec)


def percent(share: float) -> str:
    """Format a share in percent, with one decimal."""
    return format_share(share, ".1%")


def _is_rounded_off(written: str) -> bool:
    """Return whether a written share looks like 0 or like a whole."""
    return abs(float(written.rstrip("%"))) in (0.0, 100.0 if written.endswith("%") else 1.0)
