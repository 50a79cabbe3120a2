"""`render.py digit`: show the steps from a picture to the network's input, and the network's answer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import cloup
from cloup import argument, option

from edgeglow.command.options import activation, as_json, path, place
from edgeglow.command.options import language as words_language
from edgeglow.model.text.printable import json_text
from edgeglow.model.text.shares import format_share

if TYPE_CHECKING:
    import numpy as np

    from edgeglow.model.run.run import Run


@cloup.command()
@argument("pictures", metavar="FILE...", nargs=-1, required=True, type=path)
@option(
    "--run",
    "run_path",
    type=path,
    help="A run, or a network from elsewhere, which is imported (default: media/runs/default.npz).",
)
@activation
@words_language
@option("-o", "--output", "target", type=place, metavar="PNG", help="Where the sheet goes (default: media/digits/).")
@as_json
def digit(
    pictures: tuple[Path, ...],
    run_path: Path | None,
    activation: str | None,
    language: str,
    target: Path | None,
    as_json: bool,
) -> None:
    """Show step by step how a picture of a digit becomes what the network reads, and what it says.

    FILE is a photo, a scan or a drawing. For each there is a sheet of the steps, as a PNG.
    """
    if target and len(pictures) > 1:
        raise click.UsageError("-o is the place of one sheet: name one picture, or leave -o out")
    from edgeglow.command.import_network import check_activation, imported_run
    from edgeglow.command.train import load_or_train
    from edgeglow.film.progress_bar import ProgressBar
    from edgeglow.model.errors import EdgeglowError
    from edgeglow.model.files.output_file import check_output
    from edgeglow.model.picture.read_picture import read_picture
    from edgeglow.model.training.default_run import default_path, media_folder
    from edgeglow.scenes.script import load_script

    sheets = {target: pictures[0]} if target else _sheets(pictures, media_folder() / "digits", language)
    for sheet in sheets:
        check_output(sheet, *pictures, run_path)
    script = load_script(language)
    read = [read_picture(picture) for picture in sheets.values()]  # report a wrong file before a training
    check_activation(activation, run_path)
    run_path = imported_run(run_path, activation)
    with ProgressBar("reading the run") as bar:
        run = load_or_train(run_path or default_path(), default_path(), bar)
    if run.image_shape is None:
        raise EdgeglowError(f"{run_path}: this network reads no pictures; expected one that does")
    if run.image_shape != read[0].pixels.shape:
        read = [read_picture(picture, run.image_shape) for picture in sheets.values()]
    from edgeglow.film.digit_sheet import write_digit_sheet

    told = []
    for (sheet, picture), made in zip(sheets.items(), read, strict=True):
        answers = _answers(run, made.pixels)
        names = {step.name: script.label("digit", step.name) for step in made.steps}
        write_digit_sheet(made, names, sheet, title=picture.name, answers=answers)
        told.append(
            {"picture": str(picture), "sheet": str(sheet), "answers": dict(answers), "notes": list(made.notes)}
        )
    click.echo(json_text(told) if as_json else _told(told))


def _sheets(pictures: Sequence[Path], folder: Path, language: str) -> dict[Path, Path]:
    """Return the path of each picture's sheet, named like the picture, with parent folders if names are equal."""
    from edgeglow.film.batch_networks import absolute_path, unique_names

    places = {absolute_path(picture): picture for picture in pictures}
    return {folder / f"{name}-{language}.png": places[picture] for picture, name in unique_names([*places]).items()}


def _answers(run: Run, pixels: np.ndarray) -> list[tuple[str, float]]:
    """Return every class with the activation of its neuron."""
    outputs = run.network().activations(pixels.reshape(1, -1))[-1][0]
    return list(zip(run.class_names, map(float, outputs), strict=True))


def _told(sheets: list[dict[str, Any]]) -> str:
    from edgeglow.film.paths import display_path

    lines = []
    for sheet in sheets:
        best, second = sorted(sheet["answers"].items(), key=lambda answer: -answer[1])[:2]
        says = f"says {best[0]}, at {format_share(best[1])}; then {second[0]}, at {format_share(second[1])}"
        lines += sheet["notes"]
        lines.append(f"{display_path(Path(sheet['picture']))}  {says}\n{display_path(Path(sheet['sheet']))}")
    return "\n".join(lines)
