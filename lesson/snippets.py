"""What a teacher copies to put a clip into a course page, in the languages that such pages are written in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from math import gcd
from textwrap import indent

from lesson.material import Clip

BASE = "lesson"  # the pack's folder, lying beside the page that shows the clip
BELOW = 8  # of a frame's width, one part is left below the picture, for its captions and controls
HEIGHT = 495  # pixels in a notebook, where a frame cannot keep its shape by itself


@dataclass(frozen=True)
class Snippet:
    """``text`` is what is copied, for pages of this ``kind``."""

    kind: str
    text: str


def snippets_of(clip: Clip, base: str = BASE) -> Iterator[Snippet]:
    """The clip in every kind of page; ``base`` is the address of the pack's folder, without a slash at its end."""
    frame = _frame(clip, base)
    yield Snippet("HTML", frame)
    yield Snippet(
        "Markdown", f"[![{_plain(clip.title)}]({base}/{clip.media.loop.path})]({_page(clip, base)})"
    )
    yield Snippet("Quarto", _quarto(clip, base, frame))
    yield Snippet("Jupyter", _jupyter(clip, base))
    yield Snippet("reStructuredText", f".. raw:: html\n\n{indent(frame, '   ')}")


def embedded(clip: Clip) -> str:
    """The name of the page that shows nothing but the clip."""
    return f"{clip.slug}-{clip.language}.html"


def _page(clip: Clip, base: str) -> str:
    return f"{base}/embed/{embedded(clip)}"


def _frame(clip: Clip, base: str) -> str:
    width, height = BELOW * clip.width, BELOW * clip.height + clip.width
    shared = gcd(width, height)
    shape = f"{width // shared} / {height // shared}"
    return (
        f'<iframe src="{escape(_page(clip, base))}" title="{escape(clip.title)}" lang="{clip.language}"'
        f' style="width: 100%; aspect-ratio: {shape}; border: 0" allow="fullscreen" loading="lazy"></iframe>'
    )


def _quarto(clip: Clip, base: str, frame: str) -> str:
    """The clip in a web page, and its poster where a document is printed."""
    return (
        '::: {.content-visible when-format="html"}\n'
        f"```{{=html}}\n{frame}\n```\n:::\n\n"
        '::: {.content-visible unless-format="html"}\n'
        f"![{_plain(clip.claim)}]({base}/{clip.media.poster.path})\n:::"
    )


def _jupyter(clip: Clip, base: str) -> str:
    address = _page(clip, base)
    return f'from IPython.display import IFrame\n\nIFrame("{address}", width="100%", height={HEIGHT})'


def _plain(text: str) -> str:
    """Words whose brackets and stars mean nothing in Markdown."""
    return re.sub(r"([\\`*_\[\]<>$])", r"\\\1", text)
