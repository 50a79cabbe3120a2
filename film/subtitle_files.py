"""Subtitle files: SubRip for players and translators, WebVTT for the web."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from edgeglow.scenes.stage.timed_caption import TimedCaption


@dataclass(frozen=True)
class ChapterCaptions:
    """A chapter's captions: its page in the script, its length in frames, and its cues."""

    page: str
    frames: int
    cues: tuple[TimedCaption, ...]


def subrip(chapters: Iterable[ChapterCaptions], fps: float) -> str:
    """Return the cues of consecutive chapters as one SRT file."""
    blocks = [
        f"{number}\n{_span(cue, fps, ',')}\n{cue.text.strip()}\n"
        for number, (_, cue) in enumerate(in_film(chapters), start=1)
    ]
    return "\n".join(blocks)


def webvtt(chapters: Iterable[ChapterCaptions], fps: float, language: str) -> str:
    """Return the cues of consecutive chapters as a WebVTT file; cues are named like recordings: pixel_flow/given."""
    blocks = [f"WEBVTT\n\nNOTE Language: {language}\n"]
    seen: dict[str, int] = {}
    for page, cue in in_film(chapters):
        name = f"{page}/{cue.beat}"
        seen[name] = seen.get(name, 0) + 1
        number = f" {seen[name]}" if seen[name] > 1 else ""  # cue names must be unique
        blocks.append(f"{name}{number}\n{_span(cue, fps, '.')}\n{_escaped(cue.text.strip())}\n")
    return "\n".join(blocks)


def in_film(chapters: Iterable[ChapterCaptions]) -> Iterator[tuple[str, TimedCaption]]:
    """Yield (page, cue) for every cue with text, with frames counted from the beginning of the film."""
    start = 0
    for chapter in chapters:
        for cue in chapter.cues:
            if cue.text.strip():
                yield (chapter.page, TimedCaption(start + cue.start_frame, start + cue.end_frame, cue.beat, cue.text))
        start += chapter.frames


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _span(cue: TimedCaption, fps: float, mark: str) -> str:
    return f"{_clock(cue.start_frame, fps, mark)} --> {_clock(cue.end_frame, fps, mark)}"


def _clock(frame: int, fps: float, mark: str) -> str:
    """Return a frame's time, as 00:01:02,345 if ``mark`` is a comma."""
    milliseconds = round(frame * 1000 / fps)
    seconds, milliseconds = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}{mark}{milliseconds:03d}"
