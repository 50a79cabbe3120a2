"""Chapters that compare two networks on the same digits: their answers and their trainings."""

from __future__ import annotations

from scenes.comparison.flow import TwoNetworks
from scenes.comparison.learning import TwoTrainings

COMPARISON = (TwoNetworks, TwoTrainings)

__all__ = ["COMPARISON", "TwoNetworks", "TwoTrainings"]
