#!/usr/bin/env python3
"""Command line of edgeglow: its commands, with their options and outputs."""

from __future__ import annotations

import os
import sys

try:
    import edgeglow
    from edgeglow.model.safe_path import safe_path
except ModuleNotFoundError as error:
    if (error.name or "").split(".")[0] != "edgeglow":
        raise
    sys.exit("render.py: edgeglow is not installed for this Python; run ./dev setup, then ./dev video")

if __name__ == "__main__":
    if not os.path.samefile(os.path.dirname(os.path.abspath(__file__)), edgeglow.__path__[0]):
        sys.exit(
            f"render.py: this Python has the edgeglow of {edgeglow.__path__[0]}, not of this folder;"
            " run ./dev setup here, then ./dev video"
        )
    sys.path[:] = safe_path()  # files beside this one must not shadow modules

# numpy and Manim take seconds to import, so modules that need them are imported inside functions: --help is quick.
import time
from pathlib import Path
from typing import Any

import click
import cloup
from cloup import Choice, Context, HelpFormatter, argument, option

from edgeglow.command.batch import batch
from edgeglow.command.compare import compare
from edgeglow.command.digit import digit
from edgeglow.command.group import CommandGroup
from edgeglow.command.import_network import import_
from edgeglow.command.lesson import lesson
from edgeglow.command.options import (
    activation,
    again,
    as_json,
    file_format,
    mnist_dir,
    place,
    rendering_options,
    run_argument,
    still_captions,
    telling,
    training_options,
    voice,
)
from edgeglow.command.render_command import render_once_or_watch, set_output_format
from edgeglow.command.request_options import check_output_path, print_outputs, request_from_options
from edgeglow.model.text.printable import json_text

settings = Context.settings(
    help_option_names=["-h", "--help"],
    align_option_groups=True,
    formatter_settings=HelpFormatter.settings(max_width=110),
)


@cloup.group(name="render.py", cls=CommandGroup, context_settings=settings)
@cloup.version_option(package_name="edgeglow", message="%(package)s %(version)s")
def main() -> None:
    """Turn a trained neural network into a film."""


@main.command()
@argument("chapters", nargs=-1)
@rendering_options
@telling
@file_format
@again
def film(chapters: tuple[str, ...], **rest: Any) -> None:
    """Render the film; or only CHAPTERS, each as a clip of its own.

    If there is no run yet, the default network is trained first. Chapters that cannot show the network are left
    out. Chapters that would come out the same as before are not rendered again: they are kept in the folder cache/
    beside the film, which may be deleted at any time.
    """
    set_output_format(rest)
    render_once_or_watch(chapters, rest)


@main.command()
@argument("chapters", nargs=-1)
@rendering_options
@still_captions
def stills(chapters: tuple[str, ...], **rest: Any) -> None:
    """Take a still at the end of every beat, and lay out those of each chapter on a sheet."""
    request = request_from_options(chapters, rest, format="png")
    from edgeglow.film.pipeline import render_stills
    from edgeglow.film.progress_bar import ProgressBar

    start = time.monotonic()
    with ProgressBar("preparing") as bar:
        outputs = render_stills(request, bar)
    print_outputs(outputs, request.settings, rest["as_json"], time.monotonic() - start)


@main.command(name="list")
@rendering_options
@voice
def list_(**rest: Any) -> None:
    """List the chapters in order, with their lengths.

    Lengths depend on the run: if there is none yet, the default network is trained first.
    """
    request = request_from_options((), rest)
    from edgeglow.command.reports import chapter_rows, minutes_and_seconds
    from edgeglow.film.pipeline import measure_film
    from edgeglow.film.progress_bar import ProgressBar

    with ProgressBar("measuring") as bar:
        rows = chapter_rows(measure_film(request, bar), request.settings.fps)
    if rest["as_json"]:
        click.echo(json_text(rows))
        return
    for row in rows:
        click.echo(
            f"{minutes_and_seconds(row['seconds']):>5}  {row['chapter']:<16} {row['beats']:>2} beats  {row['title']}"
        )
    click.echo(f"{minutes_and_seconds(sum(row['seconds'] for row in rows)):>5}  film")


@main.command()
@argument("chapters", nargs=-1)
@rendering_options
@option("-o", "--output", "target", type=place, metavar="FILE", help="Write the sheet to a file.")
def script(chapters: tuple[str, ...], target: Path | None, **rest: Any) -> None:
    """Print what is said, as a sheet to read aloud: each beat's file name, seconds and sentence.

    The sentences hold the run's numbers: if there is no run yet, the default network is trained first.
    """
    if target:
        check_output_path(target, rest)
    request = request_from_options(chapters, rest)
    from edgeglow.command.narration_script import reading_rows, reading_text
    from edgeglow.film.paths import display_path
    from edgeglow.film.pipeline import measure_film
    from edgeglow.film.progress_bar import ProgressBar
    from edgeglow.model.files.output_file import write_atomically

    with ProgressBar("measuring") as bar:
        rows = reading_rows(measure_film(request, bar), request.settings.fps)
    text = json_text(rows) if rest["as_json"] else reading_text(rows).rstrip()
    if target:
        write_atomically(target, f"{text}\n".encode())
    click.echo(display_path(target) if target else text)


@main.command()
@training_options
@option("-o", "--output", "target", type=place, metavar="RUN", help="Where to (default: media/runs/default.npz).")
@as_json
def train(
    data: str,
    count: int | None,
    mnist_dir: Path | None,
    layers: tuple[int, ...],
    no_convolution: bool,
    target: Path | None,
    as_json: bool,
    **rest: Any,
) -> None:
    """Train a network, and a convolutional one to compare it with, and save the run.

    Ctrl-C ends the training early and keeps what was learnt: where -o says, else beside the default run.
    """
    from edgeglow.command.reports import describe, describe_text
    from edgeglow.command.train import load_digits, make_config, save_trained_run, train_run
    from edgeglow.film.progress_bar import ProgressBar
    from edgeglow.model.data.mnist import mnist_files
    from edgeglow.model.files.output_file import check_output
    from edgeglow.model.training.default_run import default_path

    config = make_config(layer_sizes=layers, **rest)
    check_output(target or default_path(), *(mnist_files(mnist_dir) if data == "mnist" else ()))
    with ProgressBar("preparing") as bar:
        digits = load_digits(data, bar, count=count, seed=config.seed, folder=mnist_dir)
        run = train_run(config, *digits, bar, convolution=not no_convolution)
    place, missing = save_trained_run(run, target, convolution=not no_convolution)
    facts = describe(run, place)
    click.echo(json_text(facts) if as_json else describe_text(facts))
    if missing:
        click.echo(missing, err=True)


@main.command()
@run_argument
@activation
@option(
    "--data", type=Choice(["strokes", "mnist"]), default="mnist", show_default=True, help="Whose test digits to read."
)
@mnist_dir
@as_json
def score(run_path: Path, activation: str | None, data: str, mnist_dir: Path | None, as_json: bool) -> None:
    """Tell how many test digits a run's network reads right."""
    from edgeglow.command import reports
    from edgeglow.command.import_network import check_activation, imported_run
    from edgeglow.command.train import load_digits
    from edgeglow.film.progress_bar import ProgressBar
    from edgeglow.model.run.run import Run
    from edgeglow.model.text.shares import format_share

    check_activation(activation, run_path)
    run_path = imported_run(run_path, activation)
    run = Run.load(run_path)
    with ProgressBar("preparing") as bar:
        count = 1 if data == "strokes" else None  # only the run's own test digits are used
        _, test = load_digits(data, bar, count=count, seed=run.config.seed if run.config else 0, folder=mnist_dir)
    facts = reports.score(run, test, run_path)
    if as_json:
        click.echo(json_text(facts))
    else:
        accuracy = format_share(facts["accuracy"], ".2%")
        click.echo(f"{accuracy}  {facts['right']:,} of {facts['digits']:,} {data} digits read right")


@main.command()
@run_argument
@activation
@as_json
def info(run_path: Path, activation: str | None, as_json: bool) -> None:
    """Tell what is in a run."""
    from edgeglow.command.import_network import check_activation, imported_run
    from edgeglow.command.reports import describe, describe_text
    from edgeglow.model.run.run import Run

    check_activation(activation, run_path)
    run_path = imported_run(run_path, activation)
    facts = describe(Run.load(run_path), run_path)
    click.echo(json_text(facts) if as_json else describe_text(facts))


main.add_command(import_)
main.add_command(digit)
main.add_command(compare)
main.add_command(lesson)
main.add_command(batch)


if __name__ == "__main__":
    main()
