"""Parts of the cost model, computed from the notes of a timed film (benchmarks/_parts.py)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

import numpy as np
from _cost_model import Parts

from edgeglow.film.segments import CutPoint

Notes = Sequence[Mapping[str, Any]]


def fitted(notes: Notes, spawn: float, tail: float) -> Parts:
    """Return the parts from the notes of a film that one worker made, with each segment as a task of its own.

    ``spawn`` is the seconds to start a worker, ``tail`` those that the process takes to end.
    """
    at = moments(notes)
    measures = [each for each in notes if each["kind"] == "measure"]
    renders = [each for each in notes if each["kind"] == "render"]
    chapters = tuple(each["chapter"] for each in measures)
    cut_points = {
        each["chapter"]: tuple(CutPoint(*cut_point) for cut_point in each["cut_points"]) for each in measures
    }
    measure, measure_cold = _measuring({name: _spent(measures, name) for name in chapters})
    skip, chapter_cold, cold = _skipping(chapters, cut_points, renders)
    parents = [each for each in notes if each["kind"] == "parent"]
    return Parts(
        chapters,
        cut_points,
        start=at["preparing"] - at["started"],
        prepare=at["measuring"] - at["preparing"],
        spawn=spawn,
        wake=float(measures[0]["begin"]) - at["measuring"],
        finish=at["done"] - at.get("joining", at["done"]) + tail,
        measure=measure,
        measure_cold=measure_cold,
        skip=skip,
        chapter_cold=chapter_cold,
        cold=cold,
        segments={(each["chapter"], each["plays"][0]): each["end"] - each["first"] for each in renders},
        assemble={name: _spent(parents, name) for name in chapters},
    )


def contention(parts: Parts, notes: Notes) -> float:
    """Return the ratio of measured to predicted rendering seconds for the workers of another film."""
    should = took = 0.0
    rendered: dict[int, set[str]] = {}
    for each in sorted((e for e in notes if e["kind"] == "render"), key=lambda e: float(e["begin"])):
        name, known = each["chapter"], rendered.setdefault(each["process"], set())
        cut_points = [cut_point for cut_point in parts.cut_points[name] if cut_point.play in each["plays"]]
        should += parts.rendering(name, cut_points)
        should += (0.0 if known else parts.cold) + (0.0 if name in known else parts.chapter_cold)
        known.add(name)
        took += each["end"] - each["begin"]
    return took / should


def moments(notes: Notes) -> dict[str, float]:
    """Return the time at which each phase began."""
    return {each["phase"]: float(each["begin"]) for each in notes if each["kind"] == "phase"}


def _measuring(spent: Mapping[str, float]) -> tuple[dict[str, float], float]:
    """Return the seconds to measure each chapter, and the additional seconds of a worker's first.

    The first chapter is assumed to take the median of the others.
    """
    first, *others = spent
    usual = median([spent[name] for name in others]) if others else spent[first]
    cold = max(0.0, spent[first] - usual)
    return {**spent, first: spent[first] - cold}, cold


def _skipping(
    chapters: Sequence[str], cut_points: Mapping[str, Sequence[CutPoint]], renders: Notes
) -> tuple[dict[str, tuple[float, float]], float, float]:
    """Return (a, b) for each chapter, and the additional seconds of a worker's first of a chapter, and of all.

    (a, b) is the line of seconds until the first frame. The first range of each chapter is not used for its line;
    the additional seconds are its distance from the line.
    """
    frames = {(name, cut_point.play): cut_point.frame for name in chapters for cut_point in cut_points[name]}
    points: dict[str, list[tuple[int, float]]] = {name: [] for name in chapters}
    for each in sorted(renders, key=lambda each: float(each["begin"])):
        name = each["chapter"]
        points[name].append((frames[name, each["plays"][0]], each["first"] - each["begin"]))
    lines = {name: _line(found[1:] or found) for name, found in points.items()}
    colder = {name: found[0][1] - lines[name][0] - lines[name][1] * found[0][0] for name, found in points.items()}
    first = min(renders, key=lambda each: float(each["begin"]))["chapter"]
    chapter_cold = max(0.0, median([colder[name] for name in chapters if name != first] or [0.0]))
    return lines, chapter_cold, max(0.0, colder[first] - chapter_cold)


def _spent(notes: Notes, chapter: str) -> float:
    return sum(float(each["end"]) - float(each["begin"]) for each in notes if each["chapter"] == chapter)


def _line(points: Sequence[tuple[int, float]]) -> tuple[float, float]:
    """Return (a, b) of seconds = a + b·frame, by least squares; b = 0 for too few points or a falling line."""
    x, y = (np.array(values, float) for values in zip(*points, strict=True))
    if len(points) < 3:
        return float(y.mean()), 0.0
    slope, base = np.polyfit(x, y, 1)
    return (float(base), float(slope)) if slope > 0 else (float(np.median(y)), 0.0)
