"""Where in a clip most is to be seen: the moment for its poster and its loop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from av.video.frame import VideoFrame

LOOP_SECONDS = 3.6  # at most is shown
CHANGED = 2.0  # levels of grey; what changes less between two pictures is no motion
FADE = 1.0  # seconds at the clip's ends that are no moment to show: it comes out of the dark and goes back
EVERY = 3  # of so many frames one is looked at
SMALL = 16  # pixels are looked at as one where motion is measured


@dataclass(frozen=True)
class Moment:
    """A beat, from frame ``first`` to ``last``, both its own."""

    beat: str
    first: int
    last: int


class Best:
    """Where in a clip most is to be seen: it looks at small pictures of all frames."""

    def __init__(self, moments: Sequence[Moment], rate: float) -> None:
        self.moments = moments
        self.rate = rate
        self.changes: list[float] = []  # from each frame to the next: how large a part of the picture changed
        self.detail: list[float] = []  # of each frame: how much there is to see in it
        self._before: np.ndarray | None = None

    def look(self, number: int, frame: VideoFrame, *, is_new: bool) -> None:
        import numpy as np

        if (not is_new or number % EVERY) and self._before is not None:
            self.changes.append(0.0)
            self.detail.append(self.detail[-1])
            return
        small = luma_of(frame)[::SMALL, ::SMALL].astype(np.float32)
        before = small if self._before is None else self._before
        self.changes.append(float((np.abs(small - before) > CHANGED).mean()))
        self.detail.append(float(small.std()))
        self._before = small

    def moment(self) -> tuple[int, int]:
        """The first and the last frame of the span to show: it ends where a beat does, and moves until then."""
        import numpy as np

        changes, detail = np.array(self.changes), np.array(self.detail)
        count, margin = len(changes), round(FADE * self.rate)
        if not count:
            raise IndexError("no frames")
        ends = [one for one in self.moments if one.last < count - margin] or [Moment("", 0, count - 1)]
        longest = round(LOOP_SECONDS * self.rate)

        def worth(moment: Moment) -> float:
            last = self._still_from(moment, changes)
            return float(changes[max(moment.first, last - longest) : last + 1].sum() * detail[last])

        best = max(ends, key=worth)
        last = self._still_from(best, changes)
        return max(0, best.first, last - longest), last

    def _still_from(self, moment: Moment, changes: np.ndarray) -> int:
        """The frame of a beat after which nothing moves any more; it may be its last."""
        moving = [number for number in range(moment.first, moment.last + 1) if changes[number] > 0]
        return min(moment.last, moving[-1] + round(0.2 * self.rate)) if moving else moment.last


def luma_of(frame: VideoFrame) -> np.ndarray:
    """The grey picture of a frame, uint8 (height, width), without a copy."""
    plane = frame.planes[0]
    return bytes_of(plane).reshape(plane.height, plane.line_size)[:, : plane.width]


def bytes_of(plane: Any) -> np.ndarray:
    import numpy as np

    return np.frombuffer(plane, np.uint8)
