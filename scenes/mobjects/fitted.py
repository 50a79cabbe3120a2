"""Names that are to fit their place: written smaller where they are too long for it, and shortened before they get
too small to be read."""

from __future__ import annotations

from collections.abc import Sequence

from manim import ManimColor

from scenes.stage.theme import LABEL, SMALL, Theme, Words

MISSING = "…"
JUST_FITS = 0.99  # type is drawn in steps
CAPITAL = 0.01018  # high is a capital letter of font size 1


def short_names(names: Sequence[str], most: int) -> tuple[str, ...]:
    """The names with at most ``most`` letters each. Of a longer one the beginning is kept; or, where others begin
    alike, its end."""
    begun = [name if len(name) <= most else name[: most - 1].rstrip() + MISSING for name in names]
    return tuple(
        MISSING + name[1 - most :].lstrip() if len(name) > most and begun.count(short) > 1 else short
        for name, short in zip(names, begun, strict=True)
    )


def write_fitting(
    theme: Theme, names: Sequence[str], room: float, size: float = LABEL, color: ManimColor | None = None
) -> list[Words]:
    """Names no wider than ``room``, all in type of the same size: ``size`` or smaller, but not below that of small
    labels; those that would be wider still are shortened."""
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


def stand_beside(written: Words, height: float) -> Words:
    """Move words up or down so that their capital letters have their middle at this height, whatever hangs below."""
    capital = written.size * CAPITAL
    written.shift([0.0, height - capital / 2 - written.base_line, 0.0])
    return written
