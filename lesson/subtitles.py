"""What is said, as a subtitle file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Cue:
    """``text``, said in a beat from ``start_frame`` up to, but not including, ``end_frame``."""

    start_frame: int
    end_frame: int
    beat: str
    text: str


def compose(chapters: Iterable[tuple[int, Iterable[Cue]]], fps: float) -> str:
    """The cues of chapters, each with its length in frames, as one SRT file."""
    blocks: list[str] = []
    start = 0
    for frames, cues in chapters:
        for cue in cues:
            if cue.text:
                span = f"{_clock(start + cue.start_frame, fps)} --> {_clock(start + cue.end_frame, fps)}"
                blocks.append(f"{len(blocks) + 1}\n{span}\n{cue.text.strip()}\n")
        start += frames
    return "\n".join(blocks)


def _clock(frame: int, fps: float) -> str:
    """A frame's time as SRT writes it: 00:01:02,345."""
    milliseconds = round(frame * 1000 / fps)
    seconds, milliseconds = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d},{milliseconds:03d}"
