"""Facts of a run that every chapter of its lesson may use."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from edgeglow.lesson.lesson_data import KeyNumber

if TYPE_CHECKING:
    from edgeglow.model.run.run import Run
    from edgeglow.scenes.script import Script


def run_facts(run: Run, script: Script) -> dict[str, object]:
    """Return the facts that the texts of every chapter may be filled with, under the names that beats use."""
    sizes = run.layer_sizes
    return {
        "inputs": sizes[0],
        "outputs": sizes[-1],
        "neurons": sizes[1],
        "hidden": script.enumeration(sizes[1:-1]),
        "layers": len(sizes),
        "edges": math.prod(sizes[:2]),
        "weights": sum(before * after for before, after in pairwise(sizes)),
        "biases": sum(sizes[1:]),
        "parameters": run.parameters,
        "tests": run.test_count,
        "accuracy": run.accuracy,
    }


def key_numbers(run: Run, script: Script) -> tuple[KeyNumber, ...]:
    """Return the run's key numbers as on the film's last card, each with its name."""
    from edgeglow.scenes.ch12_recap import card_facts

    spoken = replace(script, subject=run.subject)
    return tuple(
        KeyNumber(spoken.label("recap", name), spoken.label("recap", f"{name}_value", **facts))
        for name, facts in card_facts(run)
    )
