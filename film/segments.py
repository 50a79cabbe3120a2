"""Division of chapters into segments that are rendered in parallel; a chapter can be cut where a beat begins.

Every segment between two cut points is encoded on its own, so a film is the same to the bit for any number of
processes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

ROUNDS = 6  # tasks per process, about; several, so that all processes finish at about the same time


@dataclass(frozen=True)
class CutPoint:
    """Cut point of a chapter: before its ``play``-th play call, at frame ``frame``."""

    play: int
    frame: int


@dataclass(frozen=True)
class SegmentRange:
    """Neighbouring segments of a chapter that one task renders: from each cut point to the next."""

    chapter: int
    cut_points: tuple[CutPoint, ...]

    @property
    def begin(self) -> int:
        return self.cut_points[0].frame if self.cut_points else 0

    @property
    def frames(self) -> int:
        return self.cut_points[-1].frame - self.cut_points[0].frame


def schedule_segments(chapters: Mapping[int, Sequence[CutPoint]], processes: int) -> list[SegmentRange]:
    """Return the tasks for rendering the chapters, each given by its cut points from beginning to end.

    The longest comes first; none is much longer than ``1 / ROUNDS`` of a process' share.
    """
    total = sum(cut_points[-1].frame for cut_points in chapters.values())
    most = max(1.0, total / (processes * ROUNDS))
    found = [
        segment for number, cut_points in chapters.items() for segment in _split_chapter(number, cut_points, most)
    ]
    return sorted(found, key=lambda segment: -segment.frames)


def _split_chapter(chapter: int, cut_points: Sequence[CutPoint], most: float) -> list[SegmentRange]:
    """Return a chapter as ranges of segments of about the same length, as few as ``most`` frames each allow."""
    whole = cut_points[-1].frame
    count = min(len(cut_points) - 1, max(1, round(whole / most)))
    ideal = [whole * number / count for number in range(1, count)]
    inner = range(1, len(cut_points) - 1)
    places = {min(inner, key=lambda place: abs(cut_points[place].frame - frame)) for frame in ideal if inner}
    ends = [0, *sorted(places), len(cut_points) - 1]
    return [SegmentRange(chapter, tuple(cut_points[first : last + 1])) for first, last in pairwise(ends)]
