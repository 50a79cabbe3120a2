"""Chapters run on: each ends with the very picture that the next one begins with."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from casts import make_run
from stage import CHAPTERS, Performance, fitting, play

from scenes.stage.sets import Sets

SIZES = {"16:9": (320, 180), "1:1": (200, 200), "9:16": (180, 320)}
RUNS = [("usual", aspect) for aspect in SIZES] + [
    ("tiny", "16:9"),
    ("many", "9:16"),
    ("relu", "1:1"),
    ("flat", "16:9"),
]
_played: dict[tuple[str, str, str], Performance] = {}


def drawn(chapter: str, run_name: str, aspect: str) -> Performance:
    """A chapter whose pictures were drawn; each only once."""
    key = (chapter, run_name, aspect)
    if key not in _played:
        width, height = SIZES[aspect]
        size = {"pixel_width": width, "pixel_height": height}
        _played[key] = play(CHAPTERS[chapter], make_run(run_name), draw=True, **size)
    return _played[key]


def difference(one: bytes, other: bytes) -> int:
    """By how many steps of 255 two pictures differ where they differ most."""
    pixels = (np.frombuffer(picture, np.uint8).astype(int) for picture in (one, other))
    return int(np.abs(next(pixels) - next(pixels)).max())


@pytest.mark.parametrize(("run_name", "aspect"), RUNS)
def test_every_chapter_begins_where_the_one_before_it_ends(run_name: str, aspect: str) -> None:
    names = fitting(run_name)
    for before, after in pairwise(names):
        if CHAPTERS[before].ends != CHAPTERS[after].opens:  # only where one between them is left out
            assert len(names) < len(CHAPTERS), f"{before} ends {CHAPTERS[before].ends}"
            continue
        last, first = drawn(before, run_name, aspect).ending, drawn(after, run_name, aspect).opening
        assert (step := difference(last, first)) <= 2, f"{before} and {after} differ by {step}"


def test_pictures_that_differ_would_be_found() -> None:
    played = drawn("PixelFlow", "tiny", "16:9")
    assert difference(played.opening, played.ending) > 20


def test_the_film_begins_and_ends_in_the_dark_and_runs_on_between() -> None:
    chapters = list(CHAPTERS.values())
    assert chapters[0].opens == chapters[-1].ends == "dark"
    assert all(before.ends == after.opens for before, after in pairwise(chapters))
    assert all(hasattr(Sets, f"set_{chapter.opens}") for chapter in chapters[1:])
