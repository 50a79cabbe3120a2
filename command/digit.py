"""`render.py digit`: how a picture becomes what the network reads, and what the network says of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import cloup
from cloup import argument, option

from command.options import activation, as_json, path
from model.text import json_text

if TYPE_CHECKING:
    import numpy as np

    from model.run import Run


@cloup.command()
@argument("pictures", metavar="FILE...", nargs=-1, required=True, type=path)
@option(
    "--run",
    "run_path",
    type=path,
    help="A run, or a network from elsewhere, which is imported (default: media/runs/default.npz).",
)
@activation
@option("--lang", "language", default="en", show_default=True, help="Language of the words: en, ko, ...")
@option(
    "-o",
    "--output",
    "target",
    type=path,
    metavar="PNG",
    help="Where the sheet goes (default: media/digits/).",
)
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
    from command.importing import brought_in, check_activation
    from command.training import find_run
    from film.bar import Bar
    from film.places import make_folder
    from model.defaults import default_path, media_folder
    from model.errors import EdgeglowError, Mistake
    from model.picture import read_picture
    from scenes.script import languages, load_script

    if language not in languages():
        raise Mistake(f"there is no language '{language}'; choose one of {', '.join(languages())}")
    script = load_script(language)
    read = [read_picture(picture) for picture in pictures]  # a wrong file is better told before a training
    check_activation(activation, run_path)
    run_path = brought_in(run_path, activation)
    with Bar("reading the run") as bar:
        run = find_run(run_path or default_path(), default_path(), bar)
    if run.image_shape is None:
        raise EdgeglowError(f"{run_path}: this network reads no pictures; expected one that does")
    if run.image_shape != read[0].pixels.shape:
        read = [read_picture(picture, run.image_shape) for picture in pictures]
    from film.digit_sheet import lay_out_digit

    told = []
    for picture, made in zip(pictures, read, strict=True):
        answers = _answers(run, made.pixels)
        sheet = target or media_folder() / "digits" / f"{picture.stem}-{language}.png"
        make_folder(sheet.absolute().parent)
        names = {step.name: script.label("digit", step.name) for step in made.steps}
        lay_out_digit(made, names, sheet, title=picture.name, answers=answers)
        told.append(
            {
                "picture": str(picture),
                "sheet": str(sheet),
                "answers": dict(answers),
                "notes": list(made.notes),
            }
        )
    click.echo(json_text(told) if as_json else _told(told))


def _answers(run: Run, pixels: np.ndarray) -> list[tuple[str, float]]:
    """Every class with the activation of its neuron."""
    outputs = run.network().activations(pixels.reshape(1, -1))[-1][0]
    return list(zip(run.class_names, map(float, outputs), strict=True))


def _told(sheets: list[dict[str, Any]]) -> str:
    from film.places import shown

    lines = []
    for sheet in sheets:
        best, second = sorted(sheet["answers"].items(), key=lambda answer: -answer[1])[:2]
        says = f"says {best[0]}, at {best[1]:.2f}; then {second[0]}, at {second[1]:.2f}"
        lines += sheet["notes"]
        lines.append(f"{shown(Path(sheet['picture']))}  {says}\n{shown(Path(sheet['sheet']))}")
    return "\n".join(lines)
