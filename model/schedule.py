"""What depends on the step: how fast to learn, and when to look."""

from __future__ import annotations

import math


def decayed(rate: float, step: int, steps: int) -> float:
    """The learning rate of the step after ``step`` of ``steps``: evenly down to 0, so that learning comes to rest."""
    return rate * (1.0 - step / steps)


def spread(steps: int, count: int) -> list[int]:
    """At most ``count`` different steps from 0 to ``steps``, both included, close together at first.

    Learning is fastest at its start. The k-th look is at about k^p steps: the gaps begin at one step and grow
    with every look, and p, at most 3, keeps the last gaps from growing too wide.
    """
    if steps < count:
        return list(range(steps + 1))
    last = count - 1
    power = min(3.0, math.log(steps) / math.log(last)) if last > 1 else 1.0
    looks = [0]
    for k in range(1, count):
        wanted = round(steps * (k / last) ** power)
        looks.append(min(max(wanted, looks[-1] + 1), steps - (last - k)))
    return looks
