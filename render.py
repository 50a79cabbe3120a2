#!/usr/bin/env python3
"""Command line of edgeglow: its commands, with their options and outputs."""

from __future__ import annotations

import sys

from model.safe_path import safe_path

if __name__ == "__main__":  # files beside this one must not shadow modules
    sys.path[:] = safe_path()

# numpy and Manim take seconds to import, so modules that need them are imported inside functions: --help is quick.
import time
from pathlib import Path
from typing import Any

import click
import cloup
from cloup import Choice, Context, HelpFormatter, argument, option

from command.batch import batch
from command.comparing import compare
from command.digit import digit
from command.group import Commands
from command.importing import import_
from command.lesson import lesson
from command.making import check_file, make
from command.options import (
    activation,
    again,
    as_json,
    file_format,
    mnist_dir,
    place,
    rendering,
    run_argument,
    still_captions,
    telling,
    training,
    voice,
)
from command.ordering import check_target, make_order, tell
from model.text import json_text

settings = Context.settings(
    help_option_names=["-h", "--help"],
    align_option_groups=True,
    formatter_settings=HelpFormatter.settings(max_width=110),
)


@cloup.group(name="render.py", cls=Commands, context_settings=settings)
@cloup.version_option(package_name="edgeglow", message="%(package)s %(version)s")
def main() -> None:
    """Turn a trained neural network into a film."""


@main.command()
@argument("chapters", nargs=-1)
@rendering
@telling
@file_format
@again
def film(chapters: tuple[str, ...], **rest: Any) -> None:
    """Render the film; or only CHAPTERS, each as a clip of its own.

    If there is no run yet, the default network is trained first. Chapters that cannot show the network are left
    out. Chapters that would come out the same as before are not rendered again: they are kept in the folder cache/
    beside the film, which may be deleted at any time.
    """
    check_file(rest)
    make(chapters, rest)


@main.command()
@argument("chapters", nargs=-1)
@rendering
@still_captions
def stills(chapters: tuple[str, ...], **rest: Any) -> None:
    """Take a still at the end of every beat, and lay out those of each chapter on a sheet."""
    order = make_order(chapters, rest, format="png")
    from film.bar import Bar
    from film.studio import take_stills

    start = time.monotonic()
    with Bar("preparing") as bar:
        products = take_stills(order, bar)
    tell(products, order.look, rest["as_json"], time.monotonic() - start)


@main.command(name="list")
@rendering
@voice
def list_(**rest: Any) -> None:
    """List the chapters in order, with their lengths.

    Lengths depend on the run: if there is none yet, the default network is trained first.
    """
    order = make_order((), rest)
    from command.reports import chapter_rows, clock
    from film.bar import Bar
    from film.studio import measure_film

    with Bar("measuring") as bar:
        rows = chapter_rows(measure_film(order, bar), order.look.fps)
    if rest["as_json"]:
        click.echo(json_text(rows))
        return
    for row in rows:
        click.echo(
            f"{clock(row['seconds']):>5}  {row['chapter']:<16} {row['beats']:>2} beats  {row['title']}"
        )
    click.echo(f"{clock(sum(row['seconds'] for row in rows)):>5}  film")


@main.command()
@argument("chapters", nargs=-1)
@rendering
@option("-o", "--output", "target", type=place, metavar="FILE", help="Write the sheet to a file.")
def script(chapters: tuple[str, ...], target: Path | None, **rest: Any) -> None:
    """Print what is said, as a sheet to read aloud: each beat's file name, seconds and sentence.

    The sentences hold the run's numbers: if there is no run yet, the default network is trained first.
    """
    if target:
        check_target(target, rest)
    order = make_order(chapters, rest)
    from command.reading import reading_rows, reading_text
    from film.bar import Bar
    from film.places import shown
    from film.studio import measure_film
    from model.output_file import write_whole

    with Bar("measuring") as bar:
        rows = reading_rows(measure_film(order, bar), order.look.fps)
    text = json_text(rows) if rest["as_json"] else reading_text(rows).rstrip()
    if target:
        write_whole(target, f"{text}\n".encode())
    click.echo(shown(target) if target else text)


@main.command()
@training
@option(
    "-o", "--output", "target", type=place, metavar="RUN", help="Where to (default: media/runs/default.npz)."
)
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
    from command.reports import describe, describe_text
    from command.training import keep, load_digits, make_config, train_run
    from film.bar import Bar
    from model.defaults import default_path
    from model.mnist import files_in
    from model.output_file import check_output

    config = make_config(layer_sizes=layers, **rest)
    check_output(target or default_path(), *(files_in(mnist_dir) if data == "mnist" else ()))
    with Bar("preparing") as bar:
        digits = load_digits(data, bar, count=count, seed=config.seed, folder=mnist_dir)
        run = train_run(config, *digits, bar, convolution=not no_convolution)
    place, missing = keep(run, target, convolution=not no_convolution)
    facts = describe(run, place)
    click.echo(json_text(facts) if as_json else describe_text(facts))
    if missing:
        click.echo(missing, err=True)


@main.command()
@run_argument
@activation
@option(
    "--data",
    type=Choice(["strokes", "mnist"]),
    default="mnist",
    show_default=True,
    help="Whose test digits to read.",
)
@mnist_dir
@as_json
def score(run_path: Path, activation: str | None, data: str, mnist_dir: Path | None, as_json: bool) -> None:
    """Tell how many test digits a run's network reads right."""
    from command import reports
    from command.importing import brought_in, check_activation
    from command.training import load_digits
    from film.bar import Bar
    from model.run import Run

    check_activation(activation, run_path)
    run_path = brought_in(run_path, activation)
    run = Run.load(run_path)
    with Bar("preparing") as bar:
        count = 1 if data == "strokes" else None  # only the run's own test digits are used
        _, test = load_digits(
            data, bar, count=count, seed=run.config.seed if run.config else 0, folder=mnist_dir
        )
    facts = reports.score(run, test, run_path)
    if as_json:
        click.echo(json_text(facts))
    else:
        click.echo(
            f"{facts['accuracy']:.2%}  {facts['right']:,} of {facts['digits']:,} {data} digits read right"
        )


@main.command()
@run_argument
@activation
@as_json
def info(run_path: Path, activation: str | None, as_json: bool) -> None:
    """Tell what is in a run."""
    from command.importing import brought_in, check_activation
    from command.reports import describe, describe_text
    from model.run import Run

    check_activation(activation, run_path)
    run_path = brought_in(run_path, activation)
    facts = describe(Run.load(run_path), run_path)
    click.echo(json_text(facts) if as_json else describe_text(facts))


main.add_command(import_)
main.add_command(digit)
main.add_command(compare)
main.add_command(lesson)
main.add_command(batch)


if __name__ == "__main__":
    main()
