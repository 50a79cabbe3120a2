"""The model that predicts a film's time for many workers, on films small enough to reckon by hand."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from edgeglow.film.segments import CutPoint

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"

with mock.patch.object(sys, "path", [str(BENCHMARKS), *sys.path]):  # they are scripts, not a package
    Parts = import_module("_cost_model").Parts
    predict = import_module("_cost_model").predict
    fitted = import_module("_fitting").fitted
    contention = import_module("_fitting").contention

CUT_POINTS = (CutPoint(0, 0), CutPoint(1, 60), CutPoint(2, 120), CutPoint(3, 180), CutPoint(4, 240))
NOTHING = {"start": 0.0, "prepare": 0.0, "spawn": 0.0, "wake": 0.0, "finish": 0.0}
COLD = {"measure_cold": 0.0, "chapter_cold": 0.0, "cold": 0.0}


def parts(chapters: int = 2, segment: float = 1.0, **other: Any) -> Any:
    """Chapters of four segments each."""
    names = tuple("ABCDEFGH"[:chapters])
    facts: dict[str, Any] = {
        "chapters": names,
        "cut_points": dict.fromkeys(names, CUT_POINTS),
        "measure": dict.fromkeys(names, 0.0),
        "skip": dict.fromkeys(names, (0.0, 0.0)),
        "assemble": dict.fromkeys(names, 0.0),
        "segments": {(name, cut_point.play): segment for name in names for cut_point in CUT_POINTS[:-1]},
    }
    return Parts(**(facts | NOTHING | COLD | other))


def test_work_is_shared_evenly_where_nothing_else_costs() -> None:
    times = [predict(parts(), workers).done for workers in (1, 2, 4, 8, 64)]
    assert times == pytest.approx([8, 4, 2, 1, 1])


def test_what_comes_before_and_after_is_not_shared() -> None:
    slow = parts(start=1.0, prepare=2.0, finish=4.0, assemble={"A": 0.5, "B": 0.5}, measure={"A": 3, "B": 3})
    assert predict(slow, 1).done == pytest.approx(1 + 2 + 6 + 8 + 1 + 4)
    assert predict(slow, 64).done == pytest.approx(1 + 2 + 3 + 1 + 1 + 4)


def test_a_worker_must_wake_and_is_slower_at_first() -> None:
    sleepy = parts(chapters=1, wake=5.0, cold=0.5, chapter_cold=0.25, measure_cold=0.125)
    assert predict(sleepy, 1).done == pytest.approx(5 + 0.125 + 0.5 + 0.25 + 4)


def test_the_way_to_a_range_costs() -> None:
    """By two workers, A and B each in several ranges: those that begin later are further on."""
    found = predict(parts(skip={"A": (0.5, 0.01), "B": (0.5, 0.01)}), 2)
    assert found.segment_ranges == 8
    assert found.busy == pytest.approx(8 + 8 * 0.5 + 2 * 0.01 * (0 + 60 + 120 + 180))


def notes() -> list[dict[str, Any]]:
    """Of a film of one chapter, measured in 1 s, each of whose segments has a frame after 0.5 s, all after 2 more."""
    cut_points = [(cut_point.play, cut_point.frame) for cut_point in CUT_POINTS]
    begins = {"started": 0, "preparing": 1, "measuring": 3, "rendering": 8, "joining": 19, "done": 20}
    found: list[dict[str, Any]] = [
        {"kind": "phase", "phase": phase, "begin": begin} for phase, begin in begins.items()
    ]
    found.append({"kind": "measure", "chapter": "A", "begin": 7, "end": 8, "cut_points": cut_points})
    for play in range(4):
        begin = 8 + 2.5 * play
        plays = [play, play + 1]
        found.append(
            {"kind": "render", "chapter": "A", "process": 1, "begin": begin, "first": begin + 0.5}
            | {"end": begin + 2.5, "plays": plays}
        )
    found.append({"kind": "parent", "part": "assemble", "chapter": "A", "begin": 18, "end": 19})
    return found


def test_parts_are_found_in_notes_and_give_the_same_film_again() -> None:
    found = fitted(notes(), spawn=0.0, tail=1.0)
    assert (found.start, found.prepare, found.wake, found.finish) == (1, 2, 4, 2)
    assert found.segments == {("A", play): 2.0 for play in range(4)}
    assert found.skip["A"] == pytest.approx((0.5, 0.0))
    assert predict(found, 1).segment_ranges == 4
    # the worker is started while the program prepares, where those of the notes were started after
    assert predict(found, 1).done == pytest.approx(21 - 2)
    assert contention(found, notes()) == pytest.approx(1)
