"""What a chapter remembers of its telling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Cue:
    """A caption of the film: which beat, its words, and the frames it is told in, the last not included; in which
    wording of the beat, and what that was filled with."""

    start_frame: int
    end_frame: int
    beat: str
    text: str
    variant: str = ""
    facts: Mapping[str, object] = field(default_factory=dict, compare=False)


def plain(facts: Mapping[str, object]) -> dict[str, object]:
    """The facts with Python's numbers in place of NumPy's, so that they can be written down."""
    return {name: fact.item() if isinstance(fact, np.generic) else fact for name, fact in facts.items()}
