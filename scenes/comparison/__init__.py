"""Two networks side by side, on the same digits: what they make of them, and how they learnt."""

from __future__ import annotations

from scenes.comparison.flow import TwoNetworks
from scenes.comparison.learning import TwoTrainings

COMPARISON = (TwoNetworks, TwoTrainings)

__all__ = ["COMPARISON", "TwoNetworks", "TwoTrainings"]
