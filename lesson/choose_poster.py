"""Choice of the span of a clip for its poster and its preview loop: the one with most motion and detail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from av.video.frame import VideoFrame

LOOP_SECONDS = 3.6  # maximum length of the loop
CHANGED = 2.0  # levels of grey: a smaller change between two frames is no motion
FADE = 1.0  # seconds at the clip's end where it fades out, and no poster is taken
EVERY = 3  # every third frame is compared
SMALL = 16  # step in pixels between the pixels that are compared


@dataclass(frozen=True)
class BeatSpan:
    """A beat, from frame ``first`` to frame ``last``, inclusive."""

    beat: str
    first: int
    last: int


class SpanChooser:
    """Chooser of the span with most motion and detail, which compares small pictures of the frames."""

    def __init__(self, spans: Sequence[BeatSpan], rate: float) -> None:
        self.spans = spans
        self.rate = rate
        self.changes: list[float] = []  # for each frame, the share of pixels that changed since the last
        self.detail: list[float] = []  # for each frame, the standard deviation of its brightness
        self._before: np.ndarray | None = None

    def add(self, number: int, frame: VideoFrame, *, is_new: bool) -> None:
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

    def best(self) -> tuple[int, int]:
        """Return the first and last frame of the best span; it ends with a beat, without its motionless part."""
        import numpy as np

        changes, detail = np.array(self.changes), np.array(self.detail)
        count, margin = len(changes), round(FADE * self.rate)
        if not count:
            raise IndexError("no frames")
        ends = [one for one in self.spans if one.last < count - margin] or [BeatSpan("", 0, count - 1)]
        longest = round(LOOP_SECONDS * self.rate)

        def worth(span: BeatSpan) -> float:
            last = self._still_from(span, changes)
            return float(changes[max(span.first, last - longest) : last + 1].sum() * detail[last])

        best = max(ends, key=worth)
        last = self._still_from(best, changes)
        return max(0, best.first, last - longest), last

    def _still_from(self, span: BeatSpan, changes: np.ndarray) -> int:
        """Return the frame after which nothing moves any more in a beat; at most its last frame."""
        moving = [number for number in range(span.first, span.last + 1) if changes[number] > 0]
        return min(span.last, moving[-1] + round(0.2 * self.rate)) if moving else span.last


def luma_of(frame: VideoFrame) -> np.ndarray:
    """Return the brightness of a frame, uint8 (height, width), without a copy."""
    plane = frame.planes[0]
    return bytes_of(plane).reshape(plane.height, plane.line_size)[:, : plane.width]


def bytes_of(plane: Any) -> np.ndarray:
    import numpy as np

    return np.frombuffer(plane, np.uint8)
