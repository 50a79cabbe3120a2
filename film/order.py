"""What a user asks to be made, checked before any work begins."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from film.join import JOINABLE
from film.look import Look
from film.resources import default_jobs
from film.source import Source
from film.speech import ESPEAK
from model.errors import EdgeglowError, Mistake
from model.run import Run

if TYPE_CHECKING:
    from scenes.script import Script


@dataclass(frozen=True)
class Order:
    """Chapters by name (none: the film), how they look, of which run, where to, by how many processes.

    ``voice`` is a folder of recordings, or ``espeak`` for a spoken draft; empty for a silent film. ``digits`` are
    pictures of the user's own, ``labels`` what they are. With ``is_fresh`` nothing that was rendered before is used.
    ``jobs`` is 0 where cores and memory decide.
    ``other`` is the file of a run to compare with, then ``called`` is what both are called. ``cluster`` is the
    address of a cluster that does the work instead of processes of this machine.
    """

    names: tuple[str, ...]
    look: Look
    run: Path
    media: Path
    jobs: int
    voice: str = ""
    digits: tuple[Path, ...] = ()
    labels: tuple[str, ...] = ()
    is_fresh: bool = False
    other: Path | None = None
    called: tuple[str, ...] = ()
    cluster: str = ""

    @property
    def source(self) -> Source:
        """What is shown."""
        return Source(self.run, self.digits, self.labels, self.other, self.called)

    @property
    def processes(self) -> int:
        """How many processes render at once: as many as asked for, else as many as the machine has room for."""
        return self.jobs or default_jobs(self.look.width, self.look.height)

    @property
    def inputs(self) -> tuple[Path, ...]:
        """The files that it is made from, all of which must stay as they are."""
        recordings = Path(self.voice).glob("*/*.*") if self.voice not in ("", ESPEAK) else ()
        return (*self.source.files, *([self.look.script] if self.look.script else ()), *recordings)

    @property
    def stem(self) -> str:
        """What the name of the whole film's file begins with."""
        return "compare" if self.other else "film"

    @property
    def suffix(self) -> str:
        """What file names end in: the language; theme and shape too, unless they are the usual ones; own digits."""
        theme, aspect = self.look.theme, self.look.aspect
        ends = [self.look.language, *[theme] * (theme != Look.theme), *[aspect] * (aspect != Look().aspect)]
        return "".join(f"-{end}" for end in ends) + self.source.suffix

    def chapters(self) -> tuple[type[Any], ...]:
        """The chapters asked for. Raises Mistake when there is no such chapter, language or theme."""
        from scenes import FILM
        from scenes.comparison import COMPARISON
        from scenes.script import languages
        from scenes.stage.theme import THEMES

        self._check("language", self.look.language, languages())
        self._check("theme", self.look.theme, tuple(THEMES))
        return choose(COMPARISON if self.other else FILM, self.names)

    def words(self) -> Script:
        """What is said. Raises EdgeglowError when a file of sentences is not what it should be."""
        from scenes.script import load_script

        return load_script(self.look.language, self.look.script)

    @staticmethod
    def _check(what: str, value: str, known: Sequence[str]) -> None:
        if value not in known:
            raise Mistake(f"there is no {what} '{value}'; choose one of {', '.join(known)}")


def is_whole(order: Order) -> bool:
    """Does it make one film, or a clip of each chapter?"""
    return not order.names and order.look.format in JOINABLE


def targets(order: Order) -> list[Path]:
    """The videos, or pictures, that an order makes."""
    ends = f"{order.suffix}.{order.look.format}"
    if is_whole(order):
        return [order.media / f"{order.stem}{ends}"]
    return [order.media / f"{chapter.__name__}{ends}" for chapter in order.chapters()]


def fitting(
    chapters: Sequence[type[Any]], run: Run, other: Run | None = None
) -> tuple[tuple[type[Any], ...], dict[str, str]]:
    """The chapters that can be shown of a run, or of two, and the others' names, with the reason why not.

    Raises EdgeglowError when there is none left.
    """
    reasons = {
        chapter.__name__: chapter.fits_both(run, other) if other else chapter.fits(run)
        for chapter in chapters
    }
    left_out = {name: reason for name, reason in reasons.items() if reason}
    if len(left_out) == len(reasons):
        raise EdgeglowError("; ".join(f"{name} cannot be shown: {why}" for name, why in left_out.items()))
    return tuple(chapter for chapter in chapters if chapter.__name__ not in left_out), left_out


def choose(film: Sequence[type[Any]], names: Sequence[str]) -> tuple[type[Any], ...]:
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


# what may have been meant instead of a chapter
COMMANDS = (
    "film",
    "train",
    "import",
    "digit",
    "compare",
    "lesson",
    "batch",
    "score",
    "info",
    "list",
    "stills",
    "script",
)


def _plain(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "")
