"""Line breaking of sentences, at places where a reader would pause."""

from __future__ import annotations

from functools import cache

_PAUSES = (".", ",", ":", ";", "?", "!")
_PAUSE = 16  # additional unevenness in characters that a break at a pause may cause


def break_lines(text: str, limit: int, count: int) -> list[str]:
    """Break the text into as few lines as possible, at most ``count``, of up to ``limit`` characters.

    The lines have about equal lengths. A newline in the text is used as the break if there are two lines and both
    parts fit. The list is empty if the text does not fit.
    """
    if count == 2 and "\n" in text:
        parts = [" ".join(part.split()) for part in text.split("\n", 1)]
        if all(0 < len(part) <= limit for part in parts):
            return parts
    words = text.split()
    for lines in range(1, count + 1):
        if found := _evenly(tuple(words), limit, lines):
            return found
    return []


def _evenly(words: tuple[str, ...], limit: int, count: int) -> list[str]:
    """Break the words into exactly ``count`` lines, as even as possible; empty if they do not fit."""
    mean = (sum(map(len, words)) + len(words) - count) / count

    @cache
    def best(start: int, left: int) -> tuple[float, tuple[str, ...]] | None:
        """Return the least unevenness of lines from word ``start`` on, and these lines."""
        found: tuple[float, tuple[str, ...]] | None = None
        for end in range(start + 1 if left > 1 else len(words), len(words) + 1):
            line = " ".join(words[start:end])
            if not line or len(line) > limit:
                break
            rest = (0.0, ()) if left == 1 else best(end, left - 1)
            if rest is None:
                continue
            gain = _PAUSE if left > 1 and line.endswith(_PAUSES) else 0
            cost = abs(len(line) - mean) - gain + rest[0]
            if found is None or cost < found[0]:
                found = (cost, (line, *rest[1]))
        return found

    lines = best(0, count)
    return list(lines[1]) if lines else []
