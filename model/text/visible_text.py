"""A check for names that are invisible."""

from __future__ import annotations

import unicodedata

BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # characters that count as letters but draw nothing
WITHOUT_INK = ("Cc", "Cf", "Cs", "Zs", "Zl", "Zp", "Mn", "Me", "Mc")  # marks need a letter


def is_visible_text(text: str) -> bool:
    """Return whether a text draws anything: not if it has only spaces, joiners and marks without width."""
    return any(letter not in BLANK and unicodedata.category(letter) not in WITHOUT_INK for letter in text)
