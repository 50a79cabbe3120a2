"""`render.py batch`: render a matrix of films described by a jobs file."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import cloup
from cloup import argument, option, option_group

from edgeglow.command.options import fresh, path, work
from edgeglow.model.text.printable import json_text

if TYPE_CHECKING:
    from edgeglow.film.outputs import OutputFile
    from edgeglow.film.progress_bar import ProgressBar
    from edgeglow.film.request import FilmRequest


@cloup.command()
@argument("jobs_file", metavar="JOBS", type=path)
@option_group(
    "Work",
    option("--dry-run", is_flag=True, help="Check all of it, and only list what would be made."),
    option("--skip-refused", is_flag=True, help="Leave out networks that cannot be shown, and render the others."),
    fresh,
    *work,
)
def batch(
    jobs_file: Path, media: Path | None, *, dry_run: bool, skip_refused: bool, as_json: bool, **rest: Any
) -> None:
    """Render many films: of every network that the file JOBS names, in every language, shape and so on.

    JOBS is TOML: runs = ["class/*.npz"], languages = ["en", "ko"], aspects = ["16:9", "9:16"], quality = "h". Each
    network's films have a folder of their own, as media/anna/film-en.mp4. Everything is checked before anything is
    rendered, and nothing that was rendered before is rendered again. Every network that cannot be shown is reported,
    each in a line.
    """
    start = time.monotonic()
    from edgeglow.film.batch import read_batch
    from edgeglow.film.pipeline import make_films
    from edgeglow.film.progress_bar import ProgressBar
    from edgeglow.model.training.default_run import media_folder

    with ProgressBar("reading the jobs") as bar:
        networks = _NetworkImporter(bar)
        place = (media or media_folder()).absolute()
        requests = read_batch(jobs_file, place, networks.bring, bar.tell, skips=skip_refused)
    if dry_run:
        _list(requests, networks.of, as_json)
        return
    rest |= {"jobs": rest["jobs"] or 0, "cluster": rest["cluster"] or ""}
    requests = [replace(request, **rest) for request in requests]
    with ProgressBar("preparing") as bar:
        outputs = make_films(requests, bar)
    _tell(outputs, requests, networks.of, as_json, time.monotonic() - start)


@dataclass
class _NetworkImporter:
    """Importer of networks that are not runs yet; ``of`` maps each run file to the network that was named."""

    bar: ProgressBar
    of: dict[Path, Path] = field(default_factory=dict)

    def bring(self, network: Path, activation: str | None) -> Path:
        from edgeglow.command.import_network import imported_run
        from edgeglow.film.paths import display_path
        from edgeglow.model.importing.importer import needs_import

        self.bar.begin(reading := f"reading {display_path(network)}")
        if needs_import(network):
            click.echo(reading, err=True)  # first, so that warnings about the network follow its name
        run = imported_run(network, activation).absolute()
        self.of[run] = network
        return run


def _list(requests: Sequence[FilmRequest], networks: Mapping[Path, Path], as_json: bool) -> None:
    """Print what would be made, and whether the file exists."""
    from edgeglow.film.paths import display_path
    from edgeglow.film.request import is_single_film, output_paths

    plan = [(request, target, target.exists()) for request in requests for target in output_paths(request)]
    if as_json:
        rows = [
            {
                "kind": "film" if is_single_film(request) else "clip",
                "file": str(target),
                "exists": exists,
                "run": str(networks[request.source.run]),
                "language": request.settings.language,
                "theme": request.settings.theme,
                "size": [request.settings.width, request.settings.height],
                "fps": request.settings.fps,
            }
            for request, target, exists in plan
        ]
        click.echo(json_text(rows))
        return
    for request, target, _ in plan:
        click.echo(f"{display_path(target)}  {display_path(networks[request.source.run])}, {request.settings}")
    count = sum(exists for *_, exists in plan)
    videos, of = (
        _counted(len(plan), "video"),
        _counted(len({request.source.run for request in requests}), "network"),
    )
    click.echo(f"{videos} of {of}; {_counted(count, 'file')} there already, or of before", err=True)


def _tell(
    outputs: Sequence[OutputFile],
    requests: Sequence[FilmRequest],
    networks: Mapping[Path, Path],
    as_json: bool,
    seconds: float,
) -> None:
    """Print what was made, with its network, and how many chapters came from the cache."""
    from edgeglow.command.reports import minutes_and_seconds, output_rows
    from edgeglow.film.paths import display_path
    from edgeglow.film.request import output_paths

    asked = {target: request for request in requests for target in output_paths(request)}
    made = [(output, asked[output.path]) for output in outputs]
    if as_json:
        rows = [
            row | {"run": str(networks[request.source.run])}
            for output, request in made
            for row in output_rows([output], request.settings.fps)
        ]
        click.echo(json_text(rows))
        return
    for output, request in made:
        length = minutes_and_seconds(output.frames / request.settings.fps)
        click.echo(f"{display_path(output.path)}  {length}, {request.settings}")
    chapters = sum(len(output.results) for output in outputs)
    if kept := sum(len(output.kept) for output in outputs):
        click.echo(f"{kept} of {chapters} chapters were there already", err=True)
    if sys.stderr.isatty():
        click.echo(f"made in {minutes_and_seconds(seconds)}", err=True)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
