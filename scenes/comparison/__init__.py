"""Two networks side by side, on the same digits: what they make of them, and how they learnt."""

from __future__ import annotations

from scenes.comparison.flow import TwoNetworks

COMPARISON = (TwoNetworks,)

__all__ = ["COMPARISON", "TwoNetworks"]
