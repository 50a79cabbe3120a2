"""Names that fit their place: written smaller if they are too long, and shortened if that is too small to read."""

from __future__ import annotations

from collections.abc import Sequence

from manim import ManimColor

from edgeglow.scenes.style.theme import LABEL, SMALL, TextLine, Theme

MISSING = "…"
JUST_FITS = 0.99  # font sizes change in steps
CAPITAL = 0.01018  # height of a capital letter of font size 1


def short_names(names: Sequence[str], most: int) -> tuple[str, ...]:
    """Shorten names to at most ``most`` letters each.

    The beginning of a long name is kept; if several begin alike, the end.
    """
    begun = [name if len(name) <= most else name[: most - 1].rstrip() + MISSING for name in names]
    return tuple(
        MISSING + name[1 - most :].lstrip() if len(name) > most and begun.count(short) > 1 else short
        for name, short in zip(names, begun, strict=True)
    )


def write_fitting(
    theme: Theme, names: Sequence[str], room: float, size: float = LABEL, color: ManimColor | None = None
) -> list[TextLine]:
    """Write names no wider than ``room``, all in the same font size, at most ``size``.

    Names that do not fit at the smallest readable size (``SMALL``) are shortened.
    """
    written = [theme.write(name, size, color) for name in names]
    widest = max(words.width for words in written)
    if widest <= room:
        return written
    size = max(min(size, SMALL), JUST_FITS * size * room / widest)
    written = [theme.write(name, size, color) for name in names]
    letters = max(map(len, names))
    while max(words.width for words in written) > room and letters > 2:
        widest = max(words.width for words in written)
        letters = max(2, min(letters - 1, round(letters * room / widest) + 1))
        written = [theme.write(name, size, color) for name in short_names(names, letters)]
    return written


def align_capitals(written: TextLine, height: float) -> TextLine:
    """Move words so that the middle of their capital letters is at ``height``, whatever the descenders."""
    capital = written.size * CAPITAL
    written.shift([0.0, height - capital / 2 - written.base_line, 0.0])
    return written
