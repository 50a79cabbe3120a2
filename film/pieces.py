"""A chapter in pieces, each of which any process can render: they are cut where a beat begins, whoever renders them.

Every piece is encoded on its own, so that a film is the same to the last bit however it was shared out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

ROUNDS = 6  # so many times every process comes back for more, so that all end about together


@dataclass(frozen=True)
class Joint:
    """A place where a chapter may be cut: before its play of this number, at this frame."""

    play: int
    frame: int


@dataclass(frozen=True)
class Stretch:
    """Pieces of a chapter that are rendered in one go: from each joint to the next."""

    chapter: int
    joints: tuple[Joint, ...]

    @property
    def begin(self) -> int:
        return self.joints[0].frame if self.joints else 0

    @property
    def frames(self) -> int:
        return self.joints[-1].frame - self.joints[0].frame


def share(chapters: Mapping[int, Sequence[Joint]], processes: int) -> list[Stretch]:
    """All pieces of the chapters, each given by its joints from beginning to end, in stretches for so many processes:
    the longest first, and none much longer than a process' share of a round."""
    total = sum(joints[-1].frame for joints in chapters.values())
    most = max(1.0, total / (processes * ROUNDS))
    found = [stretch for number, joints in chapters.items() for stretch in _cut(number, joints, most)]
    return sorted(found, key=lambda stretch: -stretch.frames)


def _cut(chapter: int, joints: Sequence[Joint], most: float) -> list[Stretch]:
    """A chapter in as few stretches as there must be, about as long as each other."""
    whole = joints[-1].frame
    count = min(len(joints) - 1, max(1, round(whole / most)))
    ideal = [whole * number / count for number in range(1, count)]
    inner = range(1, len(joints) - 1)
    places = {min(inner, key=lambda place: abs(joints[place].frame - frame)) for frame in ideal if inner}
    ends = [0, *sorted(places), len(joints) - 1]
    return [Stretch(chapter, tuple(joints[first : last + 1])) for first, last in pairwise(ends)]
