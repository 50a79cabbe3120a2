"""`render.py import`: convert a network that was trained elsewhere to a run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import click
import cloup
from cloup import argument, option, option_group

from edgeglow.command.group import program_name
from edgeglow.command.options import activation, as_json, mnist_dir, path, place
from edgeglow.model.text.printable import few_lines, short_repr

if TYPE_CHECKING:
    from edgeglow.model.importing.import_run import ImportedRun


MOST_SCALE = 1e6  # limit for MEAN and STD; pixels are at most 255


def _pair(number: type[int] | type[float], example: str) -> Any:
    def parse(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[Any, Any] | None:
        if value is None:
            return None
        try:
            first, second = (number(part) for part in value.replace("x", ",").split(","))
        except ValueError:
            raise click.BadParameter(f"{short_repr(value)}: expected two numbers, as in {example}") from None
        if number is int and min(first, second) < 1:
            raise click.BadParameter(f"{short_repr(value)}: expected numbers above 0, as in {example}")
        if number is float and not (abs(first) <= MOST_SCALE and 1 / MOST_SCALE <= abs(second) <= MOST_SCALE):
            raise click.BadParameter(
                f"{short_repr(value)}: expected numbers, the second not 0, up to {MOST_SCALE:,.0f}, as in {example}"
            )
        return first, second

    return parse


def _names(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[str, ...]:
    told = value or ""
    names = tuple(name.strip() for name in told.split(",") if name.strip())
    if len(set(names)) != len(names):
        raise click.BadParameter(f"{short_repr(told)}: expected different names with commas between")
    return names


_described = option_group(
    "What the file does not tell",
    activation,
    option("--output-layer", "output", metavar="NAME", help="Of the last layer: softmax or sigmoid."),
    option("--norm", "norm", metavar="before|after",
           help="Whether batch-norms stand before or after the activations."),
    option("--order", "order", metavar="A,B,...", callback=_names, help="Names of the layers, from the inputs on."),
    option("--bias-column", "column", metavar="first|last",
           help="Which column of the weights holds the biases, as in Theta1."),
    option("--shape", "image_shape", metavar="H,W", callback=_pair(int, "28,28"),
           help="Height and width of the pictures."),
    option("--classes", "class_names", metavar="A,B,...", callback=_names, help="Names of the classes, in order."),
    option("--features", "feature_names", metavar="A,B,...", callback=_names,
           help="Names of inputs that are no picture."),
    option("--normalise", "scale", metavar="MEAN,STD", callback=_pair(float, "0.1307,0.3081"),
           help="It learnt from (pixel - MEAN) / STD, pixels from 0 to 1, or as --pixels says."),
    option("--pixels", metavar="KIND,...", callback=_names,
           help="It learnt from pixels that are inverted (dark ink is 0), transposed (column by column), 0-255."),
)  # fmt: skip
_tested = option_group(
    "What it is tested on",
    option("--data", metavar="strokes|mnist|FILE",
           help="strokes, mnist, a .csv with a column of classes, or an .npz with x and y"
                " (default: MNIST if it is at hand, else strokes)."),
    mnist_dir,
)  # fmt: skip


@cloup.command(name="import")
@argument("source", metavar="FILE", type=path)
@option("-o", "--output", "target", type=place, metavar="RUN", help="Where to (default: media/runs/NAME.npz).")
@_described
@_tested
@as_json
def import_(
    source: Path,
    target: Path | None,
    activation: str | None,
    output: str | None,
    data: str | None,
    mnist_dir: Path | None,
    as_json: bool,
    norm: Any,
    order: tuple[str, ...],
    column: Any,
    **told: Any,
) -> None:
    """Make a run of a network that was trained elsewhere, and tell how much it reads.

    FILE is a network as safetensors, PyTorch (.pt, .pth, .ckpt), Keras (.keras, .h5), ONNX, .npz, .npy or .pkl; or a
    folder of checkpoints, which become the snapshots of a training film.
    """
    from edgeglow.command.reports import describe, describe_text
    from edgeglow.film.progress_bar import ProgressBar
    from edgeglow.model.importing import ImportChoices
    from edgeglow.model.importing.import_run import ImportOptions
    from edgeglow.model.importing.importer import import_network
    from edgeglow.model.importing.pixel_feed import check_pixel_kinds
    from edgeglow.model.text.printable import json_text

    check_pixel_kinds(told["pixels"])
    target = _run_path(source, target, data, mnist_dir)
    options = ImportOptions(activation=activation, way=ImportChoices(norm, order, column), **told)
    with ProgressBar("reading") as bar:

        def report(name: str, done: int, total: int) -> None:
            bar.begin(f"fetching {name}", total or None)
            bar.update(done)

        found = import_network(source, options, output=output, data=data, mnist_dir=mnist_dir, report=report)
    found.run.save(target)
    facts = describe(found.run, target) | {"remarks": found.remarks, "doubts": found.doubts}
    click.echo(json_text(facts) if as_json else describe_text(facts))
    print_import_notes(found, remarks=not as_json)


def _run_path(source: Path, target: Path | None, data: str | None, mnist_dir: Path | None) -> Path:
    """Return the path for the run; without ``target``, only an earlier import of the same file may be replaced."""
    from edgeglow.film.paths import display_path
    from edgeglow.model.data.mnist import mnist_files
    from edgeglow.model.errors import EdgeglowError
    from edgeglow.model.files.output_file import check_output
    from edgeglow.model.importing import is_run_file
    from edgeglow.model.importing.importer import needs_import
    from edgeglow.model.training.default_run import default_path

    if not (source.exists() or needs_import(source)):
        raise EdgeglowError(f"{source}: there is no such file; expected a network, or a folder of checkpoints")
    if source.is_file() and is_run_file(source):
        raise EdgeglowError(f"{source}: is a run already; use it with --run")
    place = target or default_path().parent / f"{source.resolve().name.split('.')[0] or 'imported'}.npz"
    inside = [file for file in source.iterdir() if not is_run_file(file)] if source.is_dir() else []
    check_output(place, source, *inside, Path(data) if data else None, *mnist_files(mnist_dir))
    if target is None and place == default_path():
        raise EdgeglowError(f"{display_path(place)}: is the place of the default run; say where to with -o")
    if target is None and place.exists() and _imported_from(place) != source.resolve().name:
        raise EdgeglowError(f"{display_path(place)}: is there already, and of another network; say where to with -o")
    return place


def _imported_from(run: Path) -> str:
    """Return the name of the file that a run was imported from; empty if it was not imported or cannot be read."""
    from edgeglow.model.errors import EdgeglowError
    from edgeglow.model.run.run import Run

    try:
        found = Run.load(run).imported
    except EdgeglowError:
        return ""
    return found.file if found else ""


@overload
def imported_run(run: Path, activation: str | None) -> Path: ...
@overload
def imported_run(run: Path | None, activation: str | None) -> Path | None: ...
def imported_run(run: Path | None, activation: str | None) -> Path | None:
    """Return the run that --run names; a network that was trained elsewhere is imported first.

    Remarks and doubts about the import are printed to stderr. Raises EdgeglowError.
    """
    from edgeglow.model.errors import EdgeglowError, InvalidRequest
    from edgeglow.model.importing.importer import import_and_save, needs_import

    if run is None or not needs_import(run):
        return run
    try:
        place, adoption = import_and_save(run, activation)
    except InvalidRequest:
        raise
    except EdgeglowError as error:
        first, *more = str(error).split("\n")
        where = _import_hint(run, activation, first)
        first = f"{first[:-1]}{where}:" if more else f"{first}{where}"
        raise EdgeglowError("\n".join([first, *more])) from error
    print_import_notes(adoption, more=_import_hint(run, activation, " ".join(adoption.doubts)))
    return place


def check_activation(activation: str | None, *runs: Path | None) -> None:
    """Raise InvalidRequest if --activation is given, but every named file is a run, which stores its own."""
    from edgeglow.model.errors import InvalidRequest
    from edgeglow.model.importing.importer import needs_import

    if activation and not any(run and (needs_import(run) or not run.exists()) for run in runs):
        raise InvalidRequest("--activation is for networks that were trained elsewhere: name the file of one")


def _import_hint(run: Path, activation: str | None, said: str) -> str:
    """Return a hint to use ``import`` if a message names options that only ``import`` has, else an empty string."""
    known = {name for each in import_.params for name in each.opts if name.startswith("--")} - {"--activation"}
    if not known & set(re.findall(r"--[a-z-]+", said)):
        return ""
    told = f" --activation {activation}" if activation else ""
    context = click.get_current_context(silent=True)
    program = context.find_root().info_name if context else program_name()
    return f" (an option of: {program} import {run}{told} -o RUN; then show RUN)"


def print_import_notes(adoption: ImportedRun, *, remarks: bool = True, more: str = "") -> None:
    """Print the import's remarks and doubts to stderr; ``more`` is added to each doubt."""
    for sentence in (*(adoption.remarks if remarks else ()), *(f"{doubt}{more}" for doubt in adoption.doubts)):
        end = "" if sentence.endswith((".", "?", ")")) else "."
        click.echo(few_lines(f"{sentence[:1].upper()}{sentence[1:]}{end}", 1), err=True)
