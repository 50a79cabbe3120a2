"""Caption tracks embedded in a page, since browsers do not load tracks from files opened without a server.

If a server's policy forbids embedded tracks, the page loads the caption files instead (assets/controls.js).
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from edgeglow.film.subtitle_files import ChapterCaptions, TimedCaption, webvtt
from edgeglow.lesson.lesson_data import LessonClip, LessonFile

TICKS = 1000.0  # per second, the resolution of WebVTT


@dataclass(frozen=True)
class CaptionTrack:
    """A ``<track>``: its kind, its language, the language's name, and its content as a data URL.

    ``file`` has the same content, for captions.
    """

    kind: str
    language: str
    label: str
    url: str
    is_default: bool
    file: LessonFile | None = None


def tracks_of(clip: LessonClip, called: Mapping[str, str], folder: Path) -> Iterator[CaptionTrack]:
    """Yield captions in every language of the clip, its own as the default, and the beats as chapters.

    ``called`` maps language codes to the languages' own names; the caption files lie in ``folder``.
    """
    for captions in clip.media.captions:
        content = (folder / captions.vtt.path).read_text(encoding="utf-8")
        language = captions.language
        is_own = language == clip.language
        yield CaptionTrack("captions", language, called[language], _address(content), is_own, captions.vtt)
    yield CaptionTrack("chapters", clip.language, called[clip.language], _address(_beats(clip)), False)


def _beats(clip: LessonClip) -> str:
    cues = tuple(
        TimedCaption(round(one.start * TICKS), round(one.end * TICKS), one.beat, in_one_line(one.text))
        for one in clip.sentences
    )
    return webvtt([ChapterCaptions(clip.slug, round(clip.seconds * TICKS), cues)], TICKS, clip.language)


def _address(content: str) -> str:
    return f"data:text/vtt;charset=utf-8;base64,{b64encode(content.encode()).decode()}"


def in_one_line(text: str) -> str:
    """Return a sentence without its line breaks."""
    return " ".join(text.split())
