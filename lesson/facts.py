"""Facts of a run that every chapter of its lesson may use."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from lesson.material import Fact

if TYPE_CHECKING:
    from model.run import Run
    from scenes.script import Script


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


def key_numbers(run: Run, script: Script) -> tuple[Fact, ...]:
    """Return the run's key numbers as on the film's last card, each with its name."""
    from scenes.ch12_recap import card_facts

    spoken = replace(script, subject=run.subject)
    return tuple(
        Fact(spoken.label("recap", name), spoken.label("recap", f"{name}_value", **facts))
        for name, facts in card_facts(run)
    )
