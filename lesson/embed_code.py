"""Code that a teacher copies to embed a clip in a course page, for several kinds of pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from math import gcd
from textwrap import indent

from edgeglow.lesson.lesson_data import LessonClip

BASE = "lesson"  # the lesson's folder, beside the page that embeds the clip
BELOW = 8  # width / BELOW is left below the picture for captions and controls
HEIGHT = 495  # pixels in a notebook, where a frame cannot keep its aspect ratio


@dataclass(frozen=True)
class Snippet:
    """Code ``text`` to copy into a page of this ``kind``."""

    kind: str
    text: str


def snippets_of(clip: LessonClip, base: str = BASE) -> Iterator[Snippet]:
    """Yield the code for every kind of page.

    ``base`` is the address of the lesson's folder, without a final slash.
    """
    frame = _frame(clip, base)
    yield Snippet("HTML", frame)
    yield Snippet("Markdown", f"[![{_plain(clip.title)}]({base}/{clip.media.loop.path})]({_page(clip, base)})")
    yield Snippet("Quarto", _quarto(clip, base, frame))
    yield Snippet("Jupyter", _jupyter(clip, base))
    yield Snippet("reStructuredText", f".. raw:: html\n\n{indent(frame, '   ')}")


def embed_page_name(clip: LessonClip) -> str:
    """Return the file name of the page with only this clip."""
    return f"{clip.slug}-{clip.language}.html"


def _page(clip: LessonClip, base: str) -> str:
    return f"{base}/embed/{embed_page_name(clip)}"


def _frame(clip: LessonClip, base: str) -> str:
    width, height = BELOW * clip.width, BELOW * clip.height + clip.width
    shared = gcd(width, height)
    shape = f"{width // shared} / {height // shared}"
    return (
        f'<iframe src="{escape(_page(clip, base))}" title="{escape(clip.title)}" lang="{clip.language}"'
        f' style="width: 100%; aspect-ratio: {shape}; border: 0" allow="fullscreen" loading="lazy"></iframe>'
    )


def _quarto(clip: LessonClip, base: str, frame: str) -> str:
    """Return code that shows the clip on a web page, and its poster in printed documents."""
    return (
        '::: {.content-visible when-format="html"}\n'
        f"```{{=html}}\n{frame}\n```\n:::\n\n"
        '::: {.content-visible unless-format="html"}\n'
        f"![{_plain(clip.claim)}]({base}/{clip.media.poster.path})\n:::"
    )


def _jupyter(clip: LessonClip, base: str) -> str:
    address = _page(clip, base)
    return f'from IPython.display import IFrame\n\nIFrame("{address}", width="100%", height={HEIGHT})'


def _plain(text: str) -> str:
    """Escape the characters that have a meaning in Markdown."""
    return re.sub(r"([\\`*_\[\]<>$])", r"\\\1", text)
