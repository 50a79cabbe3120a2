"""Shares of a whole, such as accuracies and confidences, written so that only a whole looks like one."""

from __future__ import annotations

import re

SPEC = re.compile(r"(?P<before>[^.]*)\.(?P<decimals>\d)(?P<kind>[f%])")


class Share(float):
    """A number between -1 and 1 that no format rounds to 1.

    Where the decimals asked for would show a whole, one more is written, or else how much it is more than.

    Examples
    --------
    >>> f"{Share(0.984):.2f} {Share(0.997):.2f} {Share(0.99996):.2f} {Share(1.0):.2f}"
    '0.98 0.997 >0.999 1.00'
    >>> f"{Share(0.9997):.1%}"
    '99.97%'
    """

    def __format__(self, spec: str) -> str:
        written = super().__format__(spec)
        parts = SPEC.fullmatch(spec)
        if parts is None or abs(self) >= 1.0 or not _is_whole(written):
            return written
        decimals = int(parts["decimals"]) + 1
        finer = super().__format__(f"{parts['before']}.{decimals}{parts['kind']}")
        if not _is_whole(finer):
            return finer
        least = 1.0 - 10.0 ** -(decimals + 2 * (parts["kind"] == "%"))
        return f"{'<-' if self < 0 else '>'}{least:.{decimals}{parts['kind']}}"


def format_share(share: float, spec: str = ".2f") -> str:
    """Format a share by a format of numbers, as ".2f" or ".1%"; see ``Share``."""
    return format(Share(share), spec)


def percent(share: float) -> str:
    """Format a share in percent, with one decimal."""
    return format_share(share, ".1%")


def _is_whole(written: str) -> bool:
    return abs(float(written.rstrip("%"))) == (100.0 if written.endswith("%") else 1.0)
