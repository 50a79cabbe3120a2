"""Schedules over the steps of a training: the learning rate, and the steps at which snapshots are taken."""

from __future__ import annotations

import math


def decayed_rate(rate: float, step: int, steps: int) -> float:
    """Return the learning rate of the step after ``step`` of ``steps``: it decreases linearly to 0."""
    return rate * (1.0 - step / steps)


def snapshot_steps(steps: int, count: int) -> list[int]:
    """Return at most ``count`` different steps from 0 to ``steps``, both included, close together at first.

    Learning is fastest at its start. The k-th step is about k^p: the gaps start at one step and grow, and p, at most
    3, keeps the last gaps from growing too wide.
    """
    if steps < count:
        return list(range(steps + 1))
    last = count - 1
    power = min(3.0, math.log(steps) / math.log(last)) if last > 1 else 1.0
    found = [0]
    for k in range(1, count):
        wanted = round(steps * (k / last) ** power)
        found.append(min(max(wanted, found[-1] + 1), steps - (last - k)))
    return found
