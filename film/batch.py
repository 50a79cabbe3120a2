"""Conversion of a jobs file to requests: each network in each language, aspect and so on, a path for each film."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import product
from pathlib import Path
from typing import Any

from edgeglow.film.batch_file import JobTable, read_job_tables
from edgeglow.film.batch_networks import (
    Refusals,
    absolute_path,
    case_folded,
    job_networks,
    path_in_table,
    unique_names,
)
from edgeglow.film.inputs import FilmInputs
from edgeglow.film.narration import find_recordings
from edgeglow.film.paths import display_path
from edgeglow.film.request import FilmRequest, is_single_film, output_paths, showable_chapters
from edgeglow.film.settings import QUALITIES, FilmSettings, frame_size
from edgeglow.film.speech_synthesis import ESPEAK, find_espeak
from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing.importer import needs_import

Bring = Callable[[Path, str | None], Path]  # (network file, its activation if not stored) -> run file
Tell = Callable[[str], None]
# reserved folder names; those that begin with "lesson" or with a dot are reserved, too
TAKEN = ("cache", "captions", "digits", "logs", "runs", "stills")
MOST_FILMS = 10_000  # limit for one jobs file
LANGUAGE = "{language}"  # placeholder in the name of a script or of a folder of recordings


@dataclass(frozen=True)
class _BatchFilm:
    """One film that a job asks for; ``request.source.run`` may be a foreign network that is not imported yet.

    ``where`` names the job in error messages.
    """

    where: str
    request: FilmRequest
    activation: str | None


def read_batch(
    path: Path,
    media: Path,
    bring: Bring = lambda network, activation: network,
    tell: Tell = lambda text: None,
    *,
    skips: bool = False,
) -> list[FilmRequest]:
    """Return the requests of a jobs file, with paths below ``media``, grouped by network.

    ``bring`` returns the run file of a network; it is called once for each, after everything else is checked.
    ``tell`` receives a line for each clip that is left out because a network cannot show it. Raises EdgeglowError
    before anything is rendered: with one line, or with one line for each network that cannot be shown. With
    ``skips``, ``tell`` receives these lines instead, and they are an error only if no network is left.
    """
    refused = Refusals(skips)
    tables = [(table, job_networks(table, refused)) for table in read_job_tables(path)]
    names = unique_names([network for table, few in tables if table.is_axis("run") for network in few])
    films = (film for table, few in tables for film in _films(table, few, names, media, refused))
    asked = _merged(_checked_texts(films))
    _check_targets(asked)
    requests = _imported_and_checked(asked, bring, tell, refused)
    refused.check(len(requests))
    for line in refused.lines:
        tell(f"left out: {line}")
    return requests


# -- films ----------------------------------------------------------------------------------------------------


def _films(
    table: JobTable, networks: Sequence[Path], names: Mapping[Path, str], media: Path, refused: Refusals
) -> Iterator[_BatchFilm]:
    """Yield all films of a table's matrix."""
    given = table.values
    usual = "mov" if given.get("transparent") else "mp4"
    axes = {"language": "en", "theme": "dark", "quality": "m", "aspect": "16:9", "format": usual}
    if len(given.get("labels", ())) > len(given.get("digits", ())):
        raise EdgeglowError(f"{table.where}: there are more labels than digits; each says what one is")
    digits = tuple(absolute_path(path_in_table(table, name)) for name in given.get("digits", ()))
    for network in networks:
        told = given.get("activation") if needs_import(network) else None
        own = names[network] if table.is_axis("run") else ""
        try:
            _check_free(table, Path(own), media / table.values.get("folder", "") / own)
        except EdgeglowError as error:
            refused.add(error)
            continue
        for values in product(*(table.axis(*axis) for axis in axes.items())):
            settings = _look(table, **dict(zip(axes, values, strict=True)))
            request = FilmRequest(
                tuple(given.get("chapters", ())),
                settings,
                FilmInputs(network, digits, tuple(given.get("labels", ()))),
                _place(table, media, own, settings),
                jobs=0,
                voice=str(_spoken(table, "voice", settings.language) or ""),
            )
            yield _BatchFilm(table.where, request, told)


def _look(table: JobTable, *, quality: str, aspect: str, **rest: Any) -> FilmSettings:
    given = table.values
    width, height = given.get("resolution") or frame_size(quality, aspect)
    fps = float(given.get("fps") or QUALITIES[quality][2])
    own = {key: given[key] for key in ("captions", "seed", "transparent") if key in given}
    script = _spoken(table, "script", rest["language"])
    settings = FilmSettings(width, height, fps, script=Path(script) if script else None, **own, **rest)
    if settings.has_half_colour and (width % 2 or height % 2):
        raise EdgeglowError(
            f"{table.where}: {width}x{height}: width and height of {settings.format} videos must be even"
        )
    if settings.transparent and settings.format == "mp4":
        raise EdgeglowError(f"{table.where}: mp4 cannot be transparent; expected the format mov, webm or gif")
    if settings.format == "gif" and "voice" in given:
        raise EdgeglowError(f"{table.where}: gif has no sound; leave out voice, or expect mp4, mov or webm")
    return settings


def _spoken(table: JobTable, key: str, language: str) -> str | None:
    """Return the script, or the folder of recordings, for a language; with several languages each has its own."""
    name = table.values.get(key)
    if name is None or (key == "voice" and name == ESPEAK):
        return name
    if LANGUAGE not in name and len(table.axis("language")) > 1:
        raise EdgeglowError(
            f"{table.where}: {key}: '{name}' is in one language, but there are several; expected"
            f" {LANGUAGE} in its name"
        )
    return str(path_in_table(table, name.replace(LANGUAGE, language)))


def _place(table: JobTable, media: Path, name: str, settings: FilmSettings) -> Path:
    """Return the folder of a film. Axes that do not appear in file names get a folder each: runs, qualities."""
    size = f"{min(settings.width, settings.height)}p{settings.fps:g}" if table.is_axis("quality") else ""
    folder = Path(table.values.get("folder", ""))
    if folder.is_absolute() or ".." in folder.parts:
        raise EdgeglowError(f"{table.where}: folder: is {folder}, expected one inside the folder of films")
    _check_free(table, folder, media / folder)
    return media / folder / name / size


def _check_free(table: JobTable, below: Path, place: Path) -> None:
    """Raise EdgeglowError if a folder of films would lie in a reserved folder."""
    for part in below.parts:
        if case_folded(part) in TAKEN or case_folded(part).startswith((".", "lesson")):
            raise EdgeglowError(
                f"{table.where}: films would go to {display_path(place)}, but a folder '{part}' holds other things;"
                " rename the network, or choose another folder"
            )


# -- checks ---------------------------------------------------------------------------------------------------


def _checked_texts(films: Iterable[_BatchFilm]) -> Iterator[_BatchFilm]:
    """Yield the films with their chapters' exact names, after checking their scripts and recordings."""
    heard: set[tuple[object, ...]] = set()
    for film in films:
        request = film.request
        try:
            chapters, words = request.chapters(), request.words()
            if (
                request.voice
                and (voice := (request.voice, request.settings.language, request.settings.script)) not in heard
            ):
                find_espeak() if request.voice == ESPEAK else find_recordings(Path(request.voice), words)
                heard.add(voice)
        except EdgeglowError as error:
            raise EdgeglowError(f"{film.where}: {error}") from error
        names = tuple(chapter.__name__ for chapter in chapters) if request.names else ()
        yield replace(film, request=replace(request, names=names))


def _merged(films: Iterable[_BatchFilm]) -> list[_BatchFilm]:
    """Return each film once; clips that differ only in their chapters are merged into one request."""
    found: dict[tuple[FilmRequest, str | None, bool], _BatchFilm] = {}
    for number, film in enumerate(films, start=1):
        if number > MOST_FILMS:
            raise EdgeglowError(f"{film.where}: asks for more than {MOST_FILMS:,} films; expected fewer")
        key = (replace(film.request, names=()), film.activation, is_single_film(film.request))
        before = found.setdefault(key, film)
        names = dict.fromkeys((*before.request.names, *film.request.names))
        is_all = not (before.request.names and film.request.names)
        found[key] = replace(before, request=replace(before.request, names=() if is_all else tuple(names)))
    return list(found.values())


def _check_targets(films: Iterable[_BatchFilm]) -> None:
    """Raise EdgeglowError if two films would have the same file, or the same captions for different videos."""
    made: dict[tuple[str, str], _BatchFilm] = {}
    for film in films:
        for target in output_paths(film.request):
            for kind in (target.suffix, ""):
                other = made.setdefault((case_folded(target.with_suffix(kind)), kind), film)
                if what := _difference(other, film, () if kind else ("format", "transparent")):
                    file = target if kind else target.with_suffix(".srt")
                    raise EdgeglowError(
                        f"{film.where}: {display_path(file)} would be made twice, with {what};"
                        ' give one of the two another folder, as in folder = "second"'
                    )


def _difference(one: _BatchFilm, other: _BatchFilm, without: Sequence[str]) -> str:
    """Return the first setting in which two films differ, with both values, or an empty string."""
    for get in (_source, lambda film: film.request, lambda film: film.request.settings, lambda film: film):
        for each in fields(get(one)):
            if each.name in ("names", "settings", "source", "media", "where", "request", *without):
                continue
            values = [getattr(get(film), each.name) for film in (one, other)]
            if values[0] != values[1]:
                return f"{each.name} {_told(values[0])} and {_told(values[1])}"
    return ""


def _source(film: _BatchFilm) -> FilmInputs:
    return film.request.source


def _told(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_told, value)) or "none"
    return display_path(value) if isinstance(value, Path) else str(value)


def _imported_and_checked(
    films: Sequence[_BatchFilm], bring: Bring, tell: Tell, refused: Refusals
) -> list[FilmRequest]:
    """Return the requests of the films, with their networks imported and checked.

    Chapters that a run cannot show are reported by ``tell``, networks that cannot be shown are added to ``refused``.
    """
    groups: dict[Path, list[_BatchFilm]] = {}
    for film in films:
        group = groups.setdefault(film.request.source.run, [])
        if group and group[0].activation != film.activation:
            raise EdgeglowError(
                f"{film.where}: activation: is {film.activation}, but another job says {group[0].activation}"
                f" for the same network, {display_path(film.request.source.run)}; expected one"
            )
        group.append(film)
    requests: list[FilmRequest] = []
    for network, group in groups.items():
        try:
            run = bring(network, group[0].activation)
            fitted = [_fitted(film, run) for film in group]
        except EdgeglowError as error:
            refused.add(error)
            continue
        requests += [request for request, _ in fitted]
        for name, reason in dict(pair for _, left_out in fitted for pair in left_out.items()).items():
            tell(f"{display_path(network)}: {name} is left out: {reason}")
    return requests


def _fitted(film: _BatchFilm, run: Path) -> tuple[FilmRequest, dict[str, str]]:
    """Return the order of a film with the chapters that the run can show.

    Also return the reasons for named chapters that are left out.
    """
    request = replace(film.request, source=replace(film.request.source, run=run))
    shows = request.source.load()
    try:
        chapters, left_out = showable_chapters(request.chapters(), shows)
    except EdgeglowError as error:
        raise EdgeglowError(f"{film.where}: {display_path(film.request.source.run)}: {error}") from error
    if is_single_film(request):
        return request, {}  # chapters left out of a whole film are reported when it is made
    return replace(request, names=tuple(one.__name__ for one in chapters)), left_out
