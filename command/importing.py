"""`render.py import`: a network that was trained elsewhere becomes a run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import cloup
from cloup import argument, option, option_group

from command.options import as_json, mnist_dir, path

if TYPE_CHECKING:
    from film.bar import Bar
    from model.adoption import Adoption, Wishes
    from model.importing import Moment, Stored
    from model.labelled import Labelled


def _pair(number: type[int] | type[float], example: str) -> Any:
    def parse(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[Any, Any] | None:
        if value is None:
            return None
        try:
            first, second = (number(part) for part in value.replace("x", ",").split(","))
        except ValueError:
            raise click.BadParameter(f"'{value}': expected two numbers, as in {example}") from None
        if (number is int and min(first, second) < 1) or second == 0:
            raise click.BadParameter(f"'{value}': expected numbers above 0, as in {example}")
        return first, second

    return parse


def _names(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[str, ...]:
    names = tuple(name.strip() for name in (value or "").split(",") if name.strip())
    if len(set(names)) != len(names):
        raise click.BadParameter(f"'{value}': expected different names with commas between")
    return names


_described = option_group(
    "What the file does not tell",
    option("--activation", metavar="NAME", help="Of the hidden layers: relu, tanh or sigmoid."),
    option("--output-layer", "output", metavar="NAME", help="Of the last layer: softmax or sigmoid."),
    option("--shape", "image_shape", metavar="H,W", callback=_pair(int, "28,28"),
           help="Height and width of the pictures."),
    option("--classes", "class_names", metavar="A,B,...", callback=_names, help="Names of the classes, in order."),
    option("--features", "feature_names", metavar="A,B,...", callback=_names,
           help="Names of inputs that are no picture."),
    option("--normalise", "scale", metavar="MEAN,STD", callback=_pair(float, "0.1307,0.3081"),
           help="It learnt from (pixel - MEAN) / STD, pixels from 0 to 1."),
)  # fmt: skip
_tested = option_group(
    "What it is tested on",
    option("--data", metavar="strokes|mnist|FILE",
           help="strokes, mnist, a .csv with a header, or an .npz with x and y"
                " (default: MNIST if it is at hand, else strokes)."),
    mnist_dir,
)  # fmt: skip


@cloup.command(name="import")
@argument("source", metavar="FILE", type=path)
@option("-o", "--output", "target", type=path, metavar="RUN", help="Where to (default: media/runs/NAME.npz).")
@_described
@_tested
@as_json
def import_(source: Path, target: Path | None, as_json: bool, **rest: Any) -> None:
    """Make a run of a network that was trained elsewhere, and tell how much it reads.

    FILE is a network as safetensors, PyTorch (.pt, .pth, .ckpt), Keras (.keras, .h5), ONNX, .npz or .npy; or a
    folder of checkpoints, which become the snapshots of a training film.
    """
    from command.reports import describe, describe_text
    from film.bar import Bar
    from model.defaults import default_path

    target = target or default_path().parent / f"{source.resolve().name.split('.')[0] or 'imported'}.npz"
    with Bar("reading") as bar:
        adoption = import_network(source, bar, **rest)
    adoption.run.save(target)
    facts = describe(adoption.run, target) | {"remarks": adoption.remarks, "doubts": adoption.doubts}
    click.echo(json.dumps(facts, indent=2) if as_json else describe_text(facts))
    tell(adoption, remarks=not as_json)


def import_network(
    source: Path,
    bar: Bar,
    *,
    activation: str | None = None,
    output: str | None = None,
    data: str | None = None,
    mnist_dir: Path | None = None,
    **told: Any,
) -> Adoption:
    """The run of a network in a file, or of checkpoints in a folder; ``told`` are Wishes. Raises EdgeglowError."""
    from model.adoption import Wishes, adopt_stored
    from model.errors import EdgeglowError
    from model.importing import is_run_file, read_checkpoints, read_stored

    wishes = Wishes(activation=activation, **told)
    if source.is_file() and is_run_file(source):
        raise EdgeglowError(f"{source}: is a run already; use it with --run")
    stages: list[tuple[Moment | None, Stored]]
    if source.is_dir():
        stages = list(read_checkpoints(source, activation=activation, output=output))
    else:
        stored = read_stored(source, activation=activation, output=output)
        stages = [(stored.moment, stored)]
    try:
        examples = _examples(stages[-1][1], wishes, bar, data, mnist_dir)
        bar.begin("asking it")
        return adopt_stored(source.resolve().name, stages, examples, wishes)
    except EdgeglowError as error:
        if str(error).startswith((str(source), str(data))):
            raise
        raise EdgeglowError(f"{source}: {error}") from error


def tell(adoption: Adoption, *, remarks: bool = True) -> None:
    """What was done on the way, and what looks wrong, beside the output."""
    for sentence in (*(adoption.remarks if remarks else ()), *adoption.doubts):
        click.echo(f"{sentence[:1].upper()}{sentence[1:].rstrip('.')}.", err=True)


def _examples(stored: Stored, wishes: Wishes, bar: Bar, data: str | None, mnist_dir: Path | None) -> Labelled:
    """The labelled examples that were named, or those at hand for digits."""
    from command.training import load_digits
    from model.adoption import class_names_of, image_shape_of, resized
    from model.errors import EdgeglowError
    from model.labelled import Labelled, read_labelled
    from model.mnist import is_at_hand

    if data not in (None, "strokes", "mnist"):
        return read_labelled(Path(data))
    shape, classes = image_shape_of(stored, wishes, None), class_names_of(stored, wishes, None)
    if shape is None or classes != tuple("0123456789"):
        reads = f"{len(classes)} classes" if shape else f"{stored.layer_sizes[0]} numbers that are no picture"
        raise EdgeglowError(
            f"there are no examples at hand for a network of {reads}; name some with --data FILE: a .csv with a"
            " header, or an .npz with x and y"
        )
    source = data or ("mnist" if shape == (28, 28) and is_at_hand(mnist_dir) else "strokes")
    _, test = load_digits(source, bar, count=1, folder=mnist_dir)
    test = resized(test, shape)
    return Labelled(test.images, test.labels, test.source)
