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
    """Neighbouring segments of a chapter that one task renders: from each joint to the next."""

    chapter: int
    joints: tuple[CutPoint, ...]

    @property
    def begin(self) -> int:
        return self.joints[0].frame if self.joints else 0

    @property
    def frames(self) -> int:
        return self.joints[-1].frame - self.joints[0].frame


def schedule_segments(chapters: Mapping[int, Sequence[CutPoint]], processes: int) -> list[SegmentRange]:
    """Return the tasks for rendering the chapters, each given by its joints from beginning to end.

    The longest comes first; none is much longer than ``1 / ROUNDS`` of a process' share.
    """
    total = sum(joints[-1].frame for joints in chapters.values())
    most = max(1.0, total / (processes * ROUNDS))
    found = [
        stretch for number, joints in chapters.items() for stretch in _split_chapter(number, joints, most)
    ]
    return sorted(found, key=lambda stretch: -stretch.frames)


def _split_chapter(chapter: int, joints: Sequence[CutPoint], most: float) -> list[SegmentRange]:
    """Return a chapter as stretches of about the same length, as few as ``most`` frames each allow."""
    whole = joints[-1].frame
    count = min(len(joints) - 1, max(1, round(whole / most)))
    ideal = [whole * number / count for number in range(1, count)]
    inner = range(1, len(joints) - 1)
    places = {min(inner, key=lambda place: abs(joints[place].frame - frame)) for frame in ideal if inner}
    ends = [0, *sorted(places), len(joints) - 1]
    return [SegmentRange(chapter, tuple(joints[first : last + 1])) for first, last in pairwise(ends)]
