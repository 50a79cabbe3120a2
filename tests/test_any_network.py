"""Networks drawn by chance, of every shape that a film is made for: each plays in every chapter that fits it, and
looks right there.

A few are played with every test; ``EDGEGLOW_NETWORKS=40`` plays the first forty. A failure prints the case, and
``EDGEGLOW_NETWORKS=17:18`` plays number 17 alone.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest
from abroad import from_elsewhere, random_run
from formulas import NAMES as FUNCTIONS
from layout import faults
from stage import ASPECTS, CHAPTERS, play

from edgeglow.model.network.activation_functions import OUTPUTS
from edgeglow.model.network.activations import HIDDEN
from edgeglow.model.run.run import Run
from edgeglow.model.run.user_digits import add_user_digits
from edgeglow.scenes.style.theme import THEMES

MIXED = 43
FEW = (0, 1, 3, MIXED)  # pictures without hidden layers and with eight, rows of numbers, and different functions
ADJECTIVES = ("small", "rather large", "an extraordinarily unlikely")
MOST_INPUTS = 60  # that are no picture
ORDINARY, LARGE = 40, 1024  # neurons of a layer


def chosen() -> Sequence[int]:
    """Which cases are played."""
    wanted = os.environ.get("EDGEGLOW_NETWORKS")
    if not wanted:
        return FEW
    first, _, last = wanted.rpartition(":")
    return range(int(first or 0), int(last))


@dataclass(frozen=True)
class Case:
    """A network as chance drew it, and how its chapters are played."""

    sizes: tuple[int, ...]
    image_shape: tuple[int, int] | None
    hidden: str
    output: str
    names: str  # the kind of its classes' names: "digits", "letters" or "words"
    snapshots: int
    first_epoch: int | None  # of the first of them; None where steps are counted, from 0 on
    own: str  # "no", "named" or "unnamed" digit of the user's
    look: tuple[str, str, str]


@cache
def case(number: int) -> Case:
    """The case of that number, always the same."""
    dice = np.random.default_rng(number)
    reads_rows = dice.random() < 0.35
    shape = None if reads_rows else (int(dice.integers(8, 33)), int(dice.integers(8, 33)))
    if shape is not None and dice.random() < 0.5:
        shape = (shape[0], shape[0])
    inputs = int(dice.integers(1, MOST_INPUTS + 1)) if shape is None else shape[0] * shape[1]
    layers = int(dice.choice([0, 1, 2, 3, 5, 8], p=[0.1, 0.25, 0.25, 0.2, 0.1, 0.1]))
    hidden = [_neurons(dice) for _ in range(layers)]
    classes = int(dice.choice(np.array([2, 3, 10, 26, 100, dice.integers(2, 101)])))
    return Case(
        (inputs, *hidden, classes),
        shape,
        _functions(dice, layers),
        str(dice.choice(sorted(OUTPUTS))),
        str(dice.choice(["digits", "letters", "words"])),
        int(dice.choice([1, 2, 3, 6])),
        int(dice.choice([0, 1, 7])) if dice.random() < 0.5 else None,
        "no" if reads_rows else str(dice.choice(["no", "named", "unnamed"])),
        (str(dice.choice(["en", "ko"])), str(dice.choice(sorted(ASPECTS))), str(dice.choice(sorted(THEMES)))),
    )


def _functions(dice: np.random.Generator, layers: int) -> str:
    """The name of one function, or of one for each hidden layer."""
    count = layers if layers > 1 and dice.random() < 0.4 else 1
    return ",".join(str(name) for name in dice.choice(FUNCTIONS, count))


def _neurons(dice: np.random.Generator) -> int:
    kind = dice.random()
    if kind < 0.15:
        return 1
    return int(dice.integers(2, ORDINARY)) if kind < 0.9 else int(dice.integers(ORDINARY, LARGE + 1))


def names_of(case: Case) -> tuple[str, ...]:
    count = case.sizes[-1]
    if case.names == "digits":
        return tuple(map(str, range(count)))
    if case.names == "letters":
        return tuple(chr(ord("a") + number % 26) * (1 + number // 26) for number in range(count))
    return tuple(f"{ADJECTIVES[number % 3]} thing {number}" for number in range(count))


@cache
def run_of(number: int) -> Run:
    drawn = case(number)
    features = () if drawn.image_shape else tuple(f"reading {place}" for place in range(drawn.sizes[0]))
    made = random_run(
        drawn.sizes,
        drawn.image_shape,
        names_of(drawn),
        drawn.hidden,
        drawn.snapshots,
        output=drawn.output,
        feature_names=features,
        seed=number,
    )
    if drawn.snapshots > 1 and drawn.first_epoch is not None:
        made = from_elsewhere(
            [made.network(snapshot) for snapshot in made.snapshots],
            made.test_digits,
            made.class_names,
            image_shape=drawn.image_shape,
            clock="epoch",
            first=drawn.first_epoch,
            feature_names=features,
        )
    if drawn.own == "no":
        return made
    dice = np.random.default_rng(zlib.crc32(repr(drawn).encode()))
    picture = dice.random(made.image_shape or (1, 1), np.float32)
    name = names_of(drawn)[int(dice.integers(drawn.sizes[-1]))]
    return add_user_digits(made, [picture], [name] if drawn.own == "named" else [])


def played(number: int, chapter: str) -> list[str]:
    """What is wrong with a chapter of a case: nothing, if all is well."""
    (lang, aspect, theme), run = case(number).look, run_of(number)
    width, height = ASPECTS[aspect]
    performance = play(CHAPTERS[chapter], run, lang, theme, pixel_width=width, pixel_height=height)
    return faults(performance, theme)


@pytest.mark.parametrize("number", chosen())
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_any_network_is_shown_in_any_look(chapter: str, number: int) -> None:
    why = CHAPTERS[chapter].fits(run_of(number))
    if why is not None:
        assert why and "\n" not in why
        return
    found = played(number, chapter)
    assert not found, f"case {number}, {case(number)}:\n" + "\n".join(found)


def test_cases_are_of_every_kind() -> None:
    """So that a chapter that only suits the usual ones would be found."""
    cases = [case(number) for number in range(60)]
    assert {drawn.look[1] for drawn in cases} == set(ASPECTS)
    hidden = [drawn.hidden.split(",") for drawn in cases]
    assert {name.partition(":")[0] for names in hidden for name in names} == set(HIDDEN)
    assert {len(names) > 1 for names in hidden} == {True, False}
    assert len(set(case(MIXED).hidden.split(","))) > 1
    assert {drawn.output for drawn in cases} == set(OUTPUTS)
    assert {drawn.image_shape is None for drawn in cases} == {True, False}
    assert {drawn.own for drawn in cases} == {"no", "named", "unnamed"}
    sizes = [size for drawn in cases for size in drawn.sizes[1:-1]]
    assert min(sizes) == 1 and max(sizes) > 500
    assert {len(drawn.sizes) - 2 for drawn in cases} >= {0, 1, 8}
    assert min(drawn.sizes[-1] for drawn in cases) == 2 and max(drawn.sizes[-1] for drawn in cases) == 100
