"""Line breaking of sentences, at places where a reader would pause."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache

_PAUSES = (".", ",", ":", ";", "?", "!")
_PAUSE = 16  # additional unevenness in characters that a break at a pause may cause
_APART = 1_000.0  # cost of a break between words that belong together: only for want of any other
_NUMBER = r"[(+\N{MINUS SIGN}-]?\d\S*"


def break_lines(text: str, limit: int, count: int, together: Sequence[str] = ()) -> list[str]:
    """Break the text into as few lines as possible, at most ``count``, of up to ``limit`` characters.

    The lines have about equal lengths. A newline in the text is used as the break if there are two lines and both
    parts fit; else it is as good a place as a pause. Words that match a pair of ``together`` stay on one line if
    there is any way, even with more lines. The list is empty if the text does not fit.
    """
    if count == 2 and "\n" in text:
        parts = [" ".join(part.split()) for part in text.split("\n", 1)]
        if all(0 < len(part) <= limit for part in parts):
            return parts
    words = text.split()
    asked = len(text.split("\n", 1)[0].split()) if "\n" in text else 0
    costs = tuple(_cost(words, end, asked, together) for end in range(len(words) + 1))
    found = [
        lines for number in range(1, count + 1) if (lines := _evenly(tuple(words), limit, number, costs)) is not None
    ]
    return list(min(found, key=lambda lines: lines[0] >= _APART / 2, default=(0.0, ()))[1])


def breaks_apart(left: str, right: str, together: Sequence[str]) -> bool:
    """Return whether a break between two words separates what belongs together.

    A pair is two words with a space: ``#`` stands for a number, with all that is written onto it, ``*`` for any
    characters. Case does not count. After a pause a break is always allowed.
    """
    words = f"{left} {right}"
    return not left.endswith(_PAUSES) and any(pattern.fullmatch(words) for pattern in map(_pattern, together))


@lru_cache(maxsize=1_024)
def _pattern(pair: str) -> re.Pattern[str]:
    parts = {"#": _NUMBER, "*": r"\S*"}
    return re.compile("".join(parts.get(letter, re.escape(letter)) for letter in pair), re.IGNORECASE)


def _cost(words: Sequence[str], end: int, asked: int, together: Sequence[str]) -> float:
    """Return the cost of a break before word ``end``, in characters of unevenness."""
    if not 0 < end < len(words):
        return 0.0
    if end != asked and breaks_apart(words[end - 1], words[end], together):
        return _APART
    return -float(_PAUSE) if end == asked or words[end - 1].endswith(_PAUSES) else 0.0


def _evenly(
    words: tuple[str, ...], limit: int, count: int, costs: Sequence[float]
) -> tuple[float, tuple[str, ...]] | None:
    """Break the words into exactly ``count`` lines, at the least cost and as evenly as possible.

    ``costs`` has the cost of a break before each word. None if the words do not fit.
    """
    mean = (sum(map(len, words)) + len(words) - count) / count

    @cache
    def best(start: int, left: int) -> tuple[float, tuple[str, ...]] | None:
        """Return the least cost of lines from word ``start`` on, and these lines."""
        found: tuple[float, tuple[str, ...]] | None = None
        for end in range(start + 1 if left > 1 else len(words), len(words) + 1):
            line = " ".join(words[start:end])
            if not line or len(line) > limit:
                break
            rest = (0.0, ()) if left == 1 else best(end, left - 1)
            if rest is None:
                continue
            cost = abs(len(line) - mean) + (costs[end] if left > 1 else 0.0) + rest[0]
            if found is None or cost < found[0]:
                found = (cost, (line, *rest[1]))
        return found

    return best(0, count)
