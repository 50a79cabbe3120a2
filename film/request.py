"""Request for a film, checked before any work begins."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgeglow.film.inputs import FilmInputs
from edgeglow.film.join import JOINABLE
from edgeglow.film.resources import default_process_count
from edgeglow.film.settings import FilmSettings
from edgeglow.film.speech_synthesis import ESPEAK
from edgeglow.model.errors import EdgeglowError, InvalidRequest
from edgeglow.model.run.run import Run

if TYPE_CHECKING:
    from edgeglow.scenes.script import Script


@dataclass(frozen=True)
class FilmRequest:
    """Request for chapters by name (none: the whole film) of the run and digits in ``source``.

    ``voice`` is a folder of recordings, "espeak" for synthesised narration, or empty for a silent film. ``is_fresh``
    ignores the cache. ``jobs`` is the number of processes; 0 chooses it by cores and memory. ``cluster`` is the
    scheduler address of a cluster that renders instead of this machine.
    """

    names: tuple[str, ...]
    settings: FilmSettings
    source: FilmInputs
    media: Path
    jobs: int
    voice: str = ""
    is_fresh: bool = False
    cluster: str = ""

    @property
    def processes(self) -> int:
        """Number of processes that render at once: ``jobs``, or as many as the machine has room for."""
        return self.jobs or default_process_count(self.settings.width, self.settings.height)

    @property
    def inputs(self) -> tuple[Path, ...]:
        """All files that the film is made from; they must not be overwritten."""
        recordings = Path(self.voice).glob("*/*.*") if self.voice not in ("", ESPEAK) else ()
        return (*self.source.files, *([self.settings.script] if self.settings.script else ()), *recordings)

    @property
    def stem(self) -> str:
        """Beginning of the file name of the whole film."""
        return "compare" if self.source.other else "film"

    @property
    def suffix(self) -> str:
        """End of file names: the language, theme and aspect unless they are the defaults, and the user's digits."""
        theme, aspect = self.settings.theme, self.settings.aspect
        ends = [
            self.settings.language,
            *[theme] * (theme != FilmSettings.theme),
            *[aspect] * (aspect != FilmSettings().aspect),
        ]
        return "".join(f"-{end}" for end in ends) + self.source.suffix

    def chapters(self) -> tuple[type[Any], ...]:
        """Return the chapters asked for. Raises InvalidRequest when a chapter, language or theme is unknown."""
        from edgeglow.scenes.chapters import FILM
        from edgeglow.scenes.comparison import COMPARISON
        from edgeglow.scenes.script import languages
        from edgeglow.scenes.style.theme import THEMES

        self._check("language", self.settings.language, languages())
        self._check("theme", self.settings.theme, tuple(THEMES))
        return chapters_by_name(COMPARISON if self.source.other else FILM, self.names)

    def words(self) -> Script:
        """Return the script. Raises EdgeglowError when the user's file of sentences is invalid."""
        from edgeglow.scenes.script import load_script

        return load_script(self.settings.language, self.settings.script, self.settings.theme)

    @staticmethod
    def _check(what: str, value: str, known: Sequence[str]) -> None:
        if value not in known:
            raise InvalidRequest(f"there is no {what} '{value}'; choose one of {', '.join(known)}")


def is_single_film(request: FilmRequest) -> bool:
    """Return whether the request makes one film, not a clip of each chapter."""
    return not request.names and request.settings.format in JOINABLE


def output_paths(request: FilmRequest) -> list[Path]:
    """Return the paths of the videos or pictures that a request makes."""
    ends = f"{request.suffix}.{request.settings.format}"
    if is_single_film(request):
        return [request.media / f"{request.stem}{ends}"]
    return [request.media / f"{chapter.__name__}{ends}" for chapter in request.chapters()]


def showable_chapters(
    chapters: Sequence[type[Any]], run: Run, other: Run | None = None
) -> tuple[tuple[type[Any], ...], dict[str, str]]:
    """Return the chapters that a run (or two runs) can be shown in, and the reasons for the others by name.

    Raises EdgeglowError when there is none left.
    """
    reasons = {
        chapter.__name__: chapter.fits_both(run, other) if other else chapter.fits(run) for chapter in chapters
    }
    left_out = {name: reason for name, reason in reasons.items() if reason}
    if len(left_out) == len(reasons):
        raise EdgeglowError("; ".join(f"{name} cannot be shown: {why}" for name, why in left_out.items()))
    return tuple(chapter for chapter in chapters if chapter.__name__ not in left_out), left_out


def chapters_by_name(film: Sequence[type[Any]], names: Sequence[str]) -> tuple[type[Any], ...]:
    """Return the film's chapters with these names, each once, in the order of the names; without names all chapters.

    Upper and lower case, - and _ make no difference. Raises InvalidRequest for an unknown chapter, with similar names
    if there are any.
    """
    known = {_plain(chapter.__name__): chapter for chapter in film}
    for name in names:
        if _plain(name) not in known:
            near = difflib.get_close_matches(_plain(name), [*known, *COMMANDS], n=3, cutoff=0.5)
            hints = [known[match].__name__ if match in known else match for match in near]
            every = ", ".join(chapter.__name__ for chapter in film)
            hint = f"did you mean {' or '.join(hints)}?" if hints else f"there are {every}"
            raise InvalidRequest(f"there is no chapter '{name}'; {hint}")
    return tuple(dict.fromkeys(known[_plain(name)] for name in names)) or tuple(film)


# commands to suggest when a chapter's name is unknown
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
