"""Chapters run on: each begins with the very picture that the one before it ends with, whichever are left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from manim import tempconfig
from memory import cleared_after_module
from shot import picture_of
from stage import CHAPTERS, SETTINGS, Performance, fitting, play, run_called

from edgeglow.model.run.run import Run
from edgeglow.scenes.stage.chapter import Chapter
from edgeglow.scenes.stage.key_frames import KeyFrameScene

SIZES = {"16:9": (320, 180), "1:1": (200, 200), "9:16": (180, 320)}
RUNS = [("usual", aspect) for aspect in SIZES] + [
    ("tiny", "16:9"),
    ("many", "9:16"),
    ("relu", "1:1"),
    ("flat", "16:9"),
    ("single", "1:1"),
    ("rows", "16:9"),
    ("columns", "9:16"),
    ("letters", "1:1"),
    ("thin", "16:9"),
    ("unnamed", "9:16"),
]


@lru_cache(maxsize=2)  # a chapter and the next one: their pictures take some MB each
def drawn(chapter: str, run_name: str, aspect: str) -> Performance:
    """A chapter whose pictures were drawn."""
    width, height = SIZES[aspect]
    size: dict[str, Any] = {"pixel_width": width, "pixel_height": height}
    return play(CHAPTERS[chapter], run_called(run_name), draw=True, **size)


cleared_after_module(drawn.cache_clear)


def difference(one: bytes, other: bytes) -> int:
    """By how many steps of 255 two pictures differ where they differ most."""
    pixels = (np.frombuffer(picture, np.uint8).astype(int) for picture in (one, other))
    return int(np.abs(next(pixels) - next(pixels)).max())


def is_dark(picture: bytes) -> bool:
    """Is there nothing but the background?"""
    return bool(np.ptp(np.frombuffer(picture, np.uint8).reshape(-1, 4), axis=0).max() <= 1)


@pytest.mark.parametrize(("run_name", "aspect"), RUNS)
def test_the_film_of_every_run_is_one_picture_that_changes_from_first_to_last(run_name: str, aspect: str) -> None:
    names = fitting(run_name)
    assert not is_dark(drawn(names[0], run_name, aspect).opening), f"{names[0]} begins in the dark"
    for before, after in pairwise(names):
        last, first = drawn(before, run_name, aspect).ending, drawn(after, run_name, aspect).opening
        assert (step := difference(last, first)) <= 2, f"{before} and {after} differ by {step}"
    assert not is_dark(drawn(names[-1], run_name, aspect).ending), f"{names[-1]} ends in the dark"


def test_pictures_that_differ_would_be_found() -> None:
    played = drawn("PixelFlow", "tiny", "16:9")
    assert difference(played.opening, played.ending) > 20
    assert not is_dark(played.opening)


def test_the_film_of_the_usual_run_needs_no_way_from_chapter_to_chapter() -> None:
    chapters = list(CHAPTERS.values())
    assert chapters[0].opens == chapters[-1].ends == "closeup"
    assert all(before.ends == after.opens for before, after in pairwise(chapters))
    assert all(hasattr(KeyFrameScene, f"set_{chapter.opens}") for chapter in chapters[1:])
    assert all(chapter.before(run_called("usual")) == chapter.opens for chapter in chapters)


# -- where chapters are left out -------------------------------------------------------------------------------


def without_layers(run: Run) -> Run:
    """A run with a convolutional network, but whose own has no hidden layer."""
    return replace(run_called("flat"), convolution=run.convolution)


def ways(run: Run) -> set[tuple[str, str]]:
    """From which set to which the film of a run has to go between two chapters, or before the first."""
    found = {(chapter.before(run), chapter.opening(run)) for chapter in CHAPTERS.values() if not chapter.fits(run)}
    return {way for way in found if way[0] != way[1]}


WAYS: list[tuple[str, str, str]] = [
    ("tiny", "digit", "asleep"),
    ("rows", "dark", "digit"),
    ("letters", "dark", "digit"),
    ("columns", "awake", "asleep"),
    ("relu", "awake", "asleep"),
    ("own", "awake", "digit"),
    ("rows", "asleep", "digit"),
    ("single", "asleep", "awake"),
    ("thin", "asleep", "awake"),
    ("usual", "wall", "asleep"),
    ("rows", "awake", "dark"),
]


def test_every_way_that_a_film_needs_is_tried() -> None:
    needed = set().union(*(ways(run_called(name)) for name, _ in RUNS), ways(without_layers(run_called("tiny"))))
    assert needed <= {(before, after) for _, before, after in WAYS}


@pytest.mark.parametrize(("run_name", "before", "after"), WAYS)
def test_every_way_begins_with_the_one_picture_and_ends_with_the_other(
    run_name: str, before: str, after: str
) -> None:
    """What is moved ends where the set that is put in its place then stands, so that nothing jumps."""

    came_from = before

    class Between(Chapter):
        name = "between"
        opens = after

        @classmethod
        def before(cls, run: Run) -> str:
            return came_from

    with tempconfig(SETTINGS | {"pixel_width": 320, "pixel_height": 180}):
        scene = Between(run_called(run_name), "en", "dark")
        drawing = scene.renderer.update_frame
        scene.renderer._original_skipping_status = True
        scene.renderer.update_frame = lambda *args, **kwargs: None
        moved = last_picture(scene, drawing)
        scene.setup()
        assert difference(moved(), picture_of(scene, drawing)) <= 2
        assert is_dark(picture_of(scene, drawing)) == (after == "dark")


def last_picture(scene: Chapter, drawing: Callable[..., None]) -> Callable[[], bytes]:
    """The picture at the end of the last motion that will be played: to be asked for after it."""
    pictures: list[bytes] = []
    play_it: Any = scene.play

    def play_and_keep(*args: Any, **kwargs: Any) -> None:
        play_it(*args, **kwargs)
        pictures.append(picture_of(scene, drawing))

    scene.play = play_and_keep  # type: ignore[method-assign]
    return lambda: pictures[-1]
