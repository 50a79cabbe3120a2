"""Chapters that compare two networks on the same digits: their answers and their trainings."""

from __future__ import annotations

from edgeglow.scenes.comparison.flow import TwoNetworks
from edgeglow.scenes.comparison.learning import TwoTrainings

COMPARISON = (TwoNetworks, TwoTrainings)

__all__ = ["COMPARISON", "TwoNetworks", "TwoTrainings"]
