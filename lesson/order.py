"""What a user asks to be made, checked before any work begins."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lesson.group import Mistake
from lesson.look import Look


@dataclass(frozen=True)
class Order:
    """Chapters by name (none: the film), how they look, of which run, where to, by how many processes."""

    names: tuple[str, ...]
    look: Look
    run: Path
    media: Path
    jobs: int

    @property
    def suffix(self) -> str:
        """What file names end in: the language, and the theme unless it is the usual one."""
        theme = self.look.theme
        return f"-{self.look.language}" + (f"-{theme}" if theme != Look.theme else "")

    def chapters(self) -> tuple[type, ...]:
        """The chapters asked for. Raises Mistake when there is no such chapter, language or theme."""
        from scenes import FILM
        from scenes.script import languages
        from scenes.stage.theme import THEMES

        self._check("language", self.look.language, languages())
        self._check("theme", self.look.theme, tuple(THEMES))
        return choose(FILM, self.names)

    @staticmethod
    def _check(what: str, value: str, known: Sequence[str]) -> None:
        if value not in known:
            raise Mistake(f"there is no {what} '{value}'; choose one of {', '.join(known)}")


def choose(film: Sequence[type], names: Sequence[str]) -> tuple[type, ...]:
    """The film's chapters with these names, each once, in the order asked for; all of them if none is named.

    Case, - and _ do not matter. Raises Mistake, with the nearest names, when there is no such chapter.
    """
    known = {_plain(chapter.__name__): chapter for chapter in film}
    for name in names:
        if _plain(name) not in known:
            near = difflib.get_close_matches(_plain(name), [*known, *COMMANDS], n=3, cutoff=0.5)
            hints = [known[match].__name__ if match in known else match for match in near]
            every = ", ".join(chapter.__name__ for chapter in film)
            hint = f"did you mean {' or '.join(hints)}?" if hints else f"there are {every}"
            raise Mistake(f"there is no chapter '{name}'; {hint}")
    return tuple(dict.fromkeys(known[_plain(name)] for name in names)) or tuple(film)


COMMANDS = (
    "film",
    "train",
    "score",
    "info",
    "list",
    "stills",
)  # what may have been meant instead of a chapter


def _plain(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "")
