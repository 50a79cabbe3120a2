"""Pairs of runs of every kind that can be compared, and comparisons played with them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, lru_cache, partial
from typing import Any, cast

from abroad import random_run
from casts import make_run
from conftest import segment_digits
from memory import cleared_after_module
from stage import ASPECTS, MOST_KEPT, Performance, play

from edgeglow.model.run.run import Run
from edgeglow.model.training.loop import train
from edgeglow.scenes.stage.chapter import Chapter

PAIRS = ("seeds", "overfitted", "shapes", "rows", "named")
CALLED = ("the first one", "overfitted")


@cache
def two(name: str) -> tuple[Run, Run]:
    """Return two runs to compare: other seeds, one overfitted, other layers, named numbers, or long names."""
    tiny = make_run("tiny")
    if name == "rows":
        features, classes = ("length", "width", "weight"), ("a", "b", "c")
        rows = partial(random_run, image_shape=None, class_names=classes, feature_names=features)
        return rows((3, 6, 3), hidden="tanh", snapshots=3), rows(
            (3, 5, 4, 3), hidden="relu", snapshots=4, seed=1, first=100
        )
    assert tiny.config is not None
    training = replace(segment_digits(2000, 1), source="strokes")
    tests = replace(segment_digits(500, 2), source="strokes")
    if name == "overfitted":
        return tiny, train(replace(tiny.config, epochs=150, seed=3), training.head(60), tests)
    if name == "shapes":
        config = replace(tiny.config, layer_sizes=(49, 30, 10), hidden="relu", learning_rate=0.01)
        return tiny, train(config, training, tests)
    other = train(replace(tiny.config, seed=9, epochs=4), training, tests)
    if name == "named":
        names = tuple(f"class of kind {number}" for number in range(10))
        return replace(tiny, class_names=names, convolution=None), replace(other, class_names=names)
    return tiny, other


@lru_cache(maxsize=MOST_KEPT)
def perform_two(
    chapter: type[Chapter], name: str, lang: str = "en", aspect: str = "16:9", theme: str = "dark"
) -> Performance:
    first, second = two(name)
    width, height = ASPECTS[aspect]
    made = cast(Any, partial(chapter, other=second, called=CALLED))
    return play(made, first, lang, theme, pixel_width=width, pixel_height=height)


cleared_after_module(perform_two.cache_clear)
