"""Conversion of command line options to a request, and printing of what was made."""

from __future__ import annotations

# Modules that need numpy or Manim are imported late, since --help loads this module.
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from edgeglow.command.options import settings_from_options
from edgeglow.film.settings import FilmSettings
from edgeglow.model.text.printable import json_text

if TYPE_CHECKING:
    from edgeglow.film.outputs import OutputFile
    from edgeglow.film.request import FilmRequest


def request_from_options(names: Sequence[str], options: dict[str, Any], **file: Any) -> FilmRequest:
    """Return the request that the options describe, after checking its run and digits.

    A network from elsewhere is imported, and the default run is trained if it is missing.
    """
    if len(options["labels"]) > len(options["digits"]):
        raise click.UsageError("there are more --label than --digit: each says what one of the digits is")
    if options["cluster"]:  # report a wrong address before anything is read
        from edgeglow.film.scheduler import check_scheduler

        check_scheduler(options["cluster"])
    from edgeglow.command.import_network import check_activation, imported_run
    from edgeglow.command.train import load_or_train
    from edgeglow.film.inputs import FilmInputs
    from edgeglow.film.progress_bar import ProgressBar
    from edgeglow.film.request import FilmRequest
    from edgeglow.model.training.default_run import default_path, media_folder

    keys = ("quality", "aspect", "resolution", "fps", "language", "theme", "seed", "captions")
    picture = {key: options[key] for key in keys if key in options}
    picture["script"] = options["script"] and options["script"].absolute()
    check_activation(options["activation"], options["run_path"], options.get("other"))
    run = (imported_run(options["run_path"], options["activation"]) or default_path()).absolute()
    media = (options["media"] or media_folder()).absolute()
    jobs, voices = options["jobs"] or 0, options.get("voice") or ""
    digits = tuple(file.absolute() for file in options["digits"])
    source = FilmInputs(run, digits, options["labels"])
    if other := imported_run(options.get("other"), options["activation"]):
        source = replace(source, other=other.absolute(), called=options["called"])
    request = FilmRequest(
        tuple(names),
        settings_from_options(**picture, **file),
        source,
        media,
        jobs,
        voices,
        is_fresh=options.get("is_fresh", False),
        cluster=options["cluster"] or "",
    )
    if not run.exists():
        request.chapters()  # report a wrong name or sentence before a training, not after it
        request.words()
        request.source.read_digits()
    with ProgressBar("reading the run") as bar:
        if not run.exists():
            load_or_train(run, default_path(), bar, options["seed"])
        request.source.load()
        request.source.load_other()
    for note in request.source.notes():
        click.echo(note, err=True)
    return request


def check_output_path(target: Path, options: dict[str, Any]) -> None:
    """Raise EdgeglowError if ``target`` cannot be written, or is one of the files that the options name."""
    from edgeglow.model.files.output_file import check_output

    voice = Path(options.get("voice") or "").glob("*/*.*") if options.get("voice") else ()
    named = (options.get("run_path"), options.get("script"), options.get("other"))
    check_output(target, *named, *options.get("digits", ()), *voice)


def files_to_watch(options: dict[str, Any]) -> list[Path]:
    """Return the input files of a film."""
    from edgeglow.model.training.default_run import default_path
    from edgeglow.scenes.script import FOLDER, REFERENCE

    spoken = (REFERENCE, options["language"])
    words = {
        file for one in spoken for file in (FOLDER / f"{one}.toml", FOLDER / options.get("theme", "") / f"{one}.toml")
    }
    words = {file for file in words if file.is_file()}
    own = [options["script"]] if options["script"] else []
    own += [options["other"]] if options.get("other") else []
    return [options["run_path"] or default_path(), *options["digits"], *own, *words]


def print_outputs(outputs: Sequence[OutputFile], settings: FilmSettings, as_json: bool, seconds: float) -> None:
    """Print what was made, the seconds it took, and how many chapters came from the cache."""
    from edgeglow.command.reports import minutes_and_seconds, output_rows
    from edgeglow.film.paths import display_path

    if as_json:
        click.echo(json_text(output_rows(outputs, settings.fps)))
        return
    for output in outputs:
        length = f"  {minutes_and_seconds(output.frames / settings.fps)}, {settings}" if output.frames else ""
        click.echo(f"{display_path(output.path)}{length}")
    chapters = sum(len(output.results) for output in outputs)
    if kept := sum(len(output.kept) for output in outputs):
        click.echo(f"{kept} of {chapters} chapters were there already", err=True)
    if settings.format == "gif" and len(outputs) > 1:
        click.echo("GIFs cannot be joined without encoding them again: here is one for each chapter.", err=True)
    if sys.stderr.isatty():
        click.echo(f"made in {minutes_and_seconds(seconds)}", err=True)
