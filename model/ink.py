"""Whether a name can be seen."""

from __future__ import annotations

import unicodedata

BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters, by their category, that leave no ink
WITHOUT_INK = ("Cc", "Cf", "Cs", "Zs", "Zl", "Zp", "Mn", "Me", "Mc")  # marks alone are on no letter


def has_ink(text: str) -> bool:
    """Whether anything of this text is drawn: not of spaces, nor of joiners and other marks without width."""
    return any(letter not in BLANK and unicodedata.category(letter) not in WITHOUT_INK for letter in text)
