"""Captions of a chapter, with their times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class TimedCaption:
    """A caption: ``text``, shown from ``start_frame`` up to, but not including, ``end_frame`` of the beat ``beat``.

    ``variant`` is the name of its wording in the script, and ``facts`` the values that are filled into it.
    """

    start_frame: int
    end_frame: int
    beat: str
    text: str
    variant: str = ""
    facts: Mapping[str, object] = field(default_factory=dict, compare=False)


def python_numbers(facts: Mapping[str, object]) -> dict[str, object]:
    """Convert NumPy numbers in facts to Python's, so that they can be serialised."""
    return {name: fact.item() if isinstance(fact, np.generic) else fact for name, fact in facts.items()}
