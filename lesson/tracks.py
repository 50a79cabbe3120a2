"""What is said in a clip, as tracks that a page holds itself: files opened without a server may not load others.

Where the policy of a server forbids what a page holds, the page takes the file beside it (assets/controls.js)."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from film.subtitles import Cue, Told, webvtt
from lesson.material import Clip, File

TICKS = 1000.0  # a second, as WebVTT counts it


@dataclass(frozen=True)
class Track:
    """A ``<track>``: its kind, its language and that language's name, and its whole content as an address.

    ``file`` holds the same as captions do.
    """

    kind: str
    language: str
    label: str
    url: str
    is_default: bool
    file: File | None = None


def tracks_of(clip: Clip, called: Mapping[str, str], folder: Path) -> Iterator[Track]:
    """Captions in every language of the clip, its own shown from the start, and its beats as chapters.

    ``called`` has the languages' own names; the files of captions lie in ``folder``.
    """
    for captions in clip.media.captions:
        content = (folder / captions.vtt.path).read_text(encoding="utf-8")
        language = captions.language
        is_own = language == clip.language
        yield Track("captions", language, called[language], _address(content), is_own, captions.vtt)
    yield Track("chapters", clip.language, called[clip.language], _address(_beats(clip)), False)


def _beats(clip: Clip) -> str:
    cues = tuple(
        Cue(round(one.start * TICKS), round(one.end * TICKS), one.beat, in_one_line(one.text))
        for one in clip.sentences
    )
    return webvtt([Told(clip.slug, round(clip.seconds * TICKS), cues)], TICKS, clip.language)


def _address(content: str) -> str:
    return f"data:text/vtt;charset=utf-8;base64,{b64encode(content.encode()).decode()}"


def in_one_line(text: str) -> str:
    """A sentence without the breaks that it has on the screen."""
    return " ".join(text.split())
