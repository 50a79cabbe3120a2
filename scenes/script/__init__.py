"""What is said and what is written on screen: one TOML file per language, by chapter and beat."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from model.errors import EdgeglowError

FOLDER = Path(__file__).parent
LINES_PER_CAPTION = 2
STRETCH = 1.25  # a line that the numbers of an unusual network make longer by so much can still be read
LEAST_SECONDS = 1.0
_PAUSE = 16  # a break at a pause may leave the lines this many characters more uneven


def languages() -> tuple[str, ...]:
    """The codes of the languages there are, English first."""
    return tuple(sorted((path.stem for path in FOLDER.glob("*.toml")), key=lambda code: (code != "en", code)))


@cache
def load_script(language: str) -> Script:
    """The script in one language.

    Raises
    ------
    EdgeglowError
        There is no such language, or its file is not what a script should be.
    """
    path = FOLDER / f"{language}.toml"
    if not path.is_file():
        known = ", ".join(languages())
        raise EdgeglowError(f"language {language!r}: there is no script {path.name}; choose one of {known}")
    try:
        return Script(language, tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise EdgeglowError(f"{path.name}: {error}; mend the file, it must be TOML in UTF-8") from None


@dataclass(frozen=True)
class Script:
    """One language's words.

    ``pages`` holds the file: ``[words]`` for reading speed and small things, then one table per chapter with
    ``title``, ``[chapter.beats]`` and ``[chapter.labels]``.
    """

    language: str
    pages: dict[str, Any]

    def title(self, chapter: str) -> str:
        return self._find(chapter, "title")

    def line(self, chapter: str, beat: str, variant: str = "", **facts: object) -> str:
        """The sentence of one beat, its placeholders filled.

        ``variant`` names a wording for one kind of network: ``hold-relu`` is said instead of ``hold`` where
        the hidden layers are ReLU, if the script has it.
        """
        return self._fill(chapter, "beats", beat, variant, facts)

    def label(self, chapter: str, name: str, **facts: object) -> str:
        """Words that stand on screen beside a picture."""
        return self._fill(chapter, "labels", name, "", facts)

    def enumeration(self, items: tuple[object, ...]) -> str:
        """``16``, ``16 and 16``, ``16, 16 and 10``."""
        words = [str(item) for item in items]
        if len(words) < 2:
            return "".join(words)
        return str(self._find("words", "comma")).join(words[:-1]) + self._find("words", "and") + words[-1]

    @property
    def characters_per_line(self) -> int:
        """How long a caption's line is in a wide frame."""
        return int(self._find("words", "characters_per_line"))

    def seconds(self, text: str) -> float:
        """How long a reader needs for this text."""
        return max(LEAST_SECONDS, len(text) / float(self._find("words", "characters_per_second")))

    def lines(self, text: str, count: int = LINES_PER_CAPTION, width: int | None = None) -> list[str]:
        """The text on at most ``count`` lines of ``width`` characters (the agreed ones if nothing is said).

        Two lines are broken where the text says so (a newline); else, and where there are more, at a pause
        where there is one, so that all lines are about as long.

        Raises
        ------
        EdgeglowError
            It does not fit.
        """
        agreed = width or self.characters_per_line
        for limit in (agreed, int(STRETCH * agreed)):
            lines = self._broken(text, limit) if count == LINES_PER_CAPTION else _evenly(text, count, limit)
            if lines:
                return lines
        raise EdgeglowError(
            f"{self.language}.toml: {text!r} has {len(text)} characters and does not fit "
            f"{count} lines of {agreed}; shorten it, or make two beats of it"
        )

    @staticmethod
    def _broken(text: str, limit: int) -> list[str]:
        """The text on lines of at most ``limit`` characters; none if it does not fit two."""
        if len(text) <= limit and "\n" not in text:
            return [text]
        words = text.split()
        free = [(" ".join(words[:cut]), " ".join(words[cut:])) for cut in range(1, len(words))]
        wanted = [(upper, lower) for upper, _, lower in (text.partition("\n"),) if lower]

        def fitting(breaks: list[tuple[str, str]]) -> list[tuple[str, str]]:
            return [pair for pair in breaks if max(map(len, pair)) <= limit]

        def unevenness(pair: tuple[str, str]) -> int:
            upper, lower = pair
            return abs(len(upper) - len(lower)) - _PAUSE * (upper[-1:] in tuple(".,:;?!"))

        return list(next(iter(fitting(wanted) or sorted(fitting(free), key=unevenness)), ()))

    def _fill(self, chapter: str, kind: str, name: str, variant: str, facts: dict[str, object]) -> str:
        special = f"{name}-{variant}"
        table: dict[str, str] = self._find(chapter, kind)
        template = table[special] if variant and special in table else self._find(chapter, kind, name)
        try:
            return str(template).format_map(facts)
        except (KeyError, ValueError, IndexError, AttributeError) as error:
            known = ", ".join("{" + fact + "}" for fact in sorted(facts)) or "none"
            where = f"{self.language}.toml: {chapter}.{kind}.{name}"
            raise EdgeglowError(
                f"{where}: placeholder {error} in {template!r}; known here: {known}"
            ) from None

    def _find(self, *keys: str) -> Any:
        found: Any = self.pages
        for key in keys:
            if not isinstance(found, dict) or key not in found:
                raise EdgeglowError(
                    f"{self.language}.toml: {'.'.join(keys)} is missing; add it, as in {FOLDER.name}/en.toml"
                )
            found = found[key]
        return found


def _evenly(text: str, count: int, limit: int) -> list[str]:
    """The text on as few lines of at most ``limit`` characters as it fits, at most ``count``, broken at pauses and
    so that they are about as long; none if it does not fit."""
    words = text.split()

    def cost(line: str, ideal: float) -> float:
        return abs(len(line) - ideal) ** 2 - _PAUSE * (line[-1:] in tuple(".,:;?!"))

    def broken(first: int, lines: int, ideal: float) -> tuple[float, list[str]]:
        """The best way to set the words from ``first`` on into so many lines."""
        if lines == 1:
            rest = " ".join(words[first:])
            return (cost(rest, ideal), [rest]) if 0 < len(rest) <= limit else (float("inf"), [])
        best: tuple[float, list[str]] = (float("inf"), [])
        for cut in range(first + 1, len(words)):
            line = " ".join(words[first:cut])
            if len(line) > limit:
                break
            price, others = broken(cut, lines - 1, ideal)
            if price + cost(line, ideal) < best[0]:
                best = (price + cost(line, ideal), [line, *others])
        return best

    for lines in range(1, count + 1):
        if found := broken(0, lines, len(text) / lines)[1]:
            return found
    return []
