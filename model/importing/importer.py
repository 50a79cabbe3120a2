"""Import networks that were trained elsewhere, from files that are used in place of a run's file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from edgeglow.model.data.mnist import has_mnist, load_test_mnist
from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing import (
    CheckpointStep,
    ImportChoices,
    ParsedNetwork,
    array_files_in,
    is_run_file,
    read_checkpoints,
    read_network,
)
from edgeglow.model.importing.choose_reading import best_choices, with_remark
from edgeglow.model.importing.examples.labelled_file import LabelledExamples, read_labelled
from edgeglow.model.importing.examples.table_examples import ExpectedInputs
from edgeglow.model.importing.import_run import (
    ImportedRun,
    ImportOptions,
    class_names_of,
    feature_names_of,
    image_shape_of,
    resize_digits,
    run_from_network,
)
from edgeglow.model.importing.open_file import LimitedZip, check_network_file, damage_as_error
from edgeglow.model.importing.other_formats import is_checkpoint
from edgeglow.model.run.run import Run
from edgeglow.model.run.training_config import check_layers
from edgeglow.model.text.printable import one_line
from edgeglow.model.text.shares import percent
from edgeglow.model.training.default_run import media_folder, stroke_digits

BUILT_IN_DATA = ("strokes", "mnist")
DIGITS = tuple("0123456789")
NOTHING = ImportOptions()
MARGIN = 4  # pixels that are empty on every side of MNIST's digits and of stroke digits

Report = Callable[[str, int, int], None]  # of a download: file name, bytes done, bytes in all


def needs_import(path: Path) -> bool:
    """Return whether an existing file or folder is not a run, and has to be imported.

    An .npz file that cannot be opened counts as a damaged run. A TensorFlow checkpoint counts as a file to import, so
    that the error names its format.
    """
    if path.is_dir() or is_checkpoint(path):
        return True
    if not path.exists() or is_run_file(path):
        return False
    return path.suffix.lower() != ".npz" or _opens(path)


def _opens(path: Path) -> bool:
    try:
        check_network_file(path)
        with damage_as_error(), LimitedZip(path) as archive:
            return bool(archive.members)
    except EdgeglowError:
        return False


def import_network(
    source: Path,
    options: ImportOptions = NOTHING,
    *,
    output: str | None = None,
    data: str | None = None,
    mnist_dir: Path | None = None,
    report: Report | None = None,
) -> ImportedRun:
    """Make a run of the network in a file, or of the checkpoints in a folder.

    ``output`` is the last layer's activation function, if the file does not say it. ``data`` is "strokes", "mnist" or
    a file of labelled examples for the test; without it, networks of ten digits are tested on MNIST if it has been
    downloaded already (to ``mnist_dir``), else on strokes. Raises EdgeglowError, in one line that starts with a
    file's name.
    """
    stages = _stages(source, options, output)
    with _beginning_with(source):
        check_layers(stages[-1][1].layer_sizes)
    if data is not None and data not in BUILT_IN_DATA:
        last = stages[-1][1]
        names = options.feature_names or last.feature_names
        sought = ExpectedInputs(last.layer_sizes[0], last.layer_sizes[-1], names)
        examples = {"": read_labelled(Path(data), sought)}
    else:
        with _beginning_with(source):
            shape = _digits_shape(stages[-1][1], options)
        examples = _digits(data, shape, mnist_dir, report)
    if stages[-1][1].ways:
        stages, options = _settled(source, stages, list(examples.values()), options, output)
    with _beginning_with(source):
        ways = [
            run_from_network(one_line(source.resolve().name), stages, each, options) for each in examples.values()
        ]
    best = max(range(len(ways)), key=lambda index: ways[index].run.accuracy)
    if len(ways) == 1:
        return ways[0]
    read = ", ".join(f"{percent(way.run.accuracy)} {how}" for how, way in zip(examples, ways, strict=True))
    told = f"Of digits made to fit its size it reads {read}; the film shows them {list(examples)[best]}."
    return replace(ways[best], remarks=(*ways[best].remarks, told))


def _stages(
    source: Path, options: ImportOptions, output: str | None
) -> list[tuple[CheckpointStep | None, ParsedNetwork]]:
    """Read the network in a file or in the parts in a folder (one stage), or a folder of checkpoints (several)."""
    if source.is_dir() and not array_files_in(source):
        return list(read_checkpoints(source, activation=options.activation, output=output, way=options.way))
    stored = read_network(source, activation=options.activation, output=output, way=options.way)
    return [(stored.moment, stored)]


def _settled(
    source: Path,
    stages: list[tuple[CheckpointStep | None, ParsedNetwork]],
    examples: list[LabelledExamples],
    options: ImportOptions,
    output: str | None,
) -> tuple[list[tuple[CheckpointStep | None, ParsedNetwork]], ImportOptions]:
    """Read the stages again in the way in which the last network reads most of the examples right."""
    last = stages[-1][1]
    file = last.file or source

    def read(way: ImportChoices) -> ParsedNetwork:
        return read_network(file, activation=options.activation, output=output, way=way)

    way, said = best_choices(last.ways, read, examples, options)
    options = replace(options, way=way)
    stages = _stages(source, options, output)
    moment, last = stages[-1]
    return [*stages[:-1], (moment, with_remark(last, said))], options


def import_and_save(source: Path, activation: str | None = None) -> tuple[Path, ImportedRun]:
    """Import a network and save its run in the folder of imported runs, under a name of this source's own.

    The run's file is left untouched if it holds the same run already. Raises EdgeglowError, as ``import_network``
    does.
    """
    place = source.absolute()
    own = hashlib.sha256(str(place).encode(errors="surrogateescape")).hexdigest()[:6]
    target = media_folder() / "runs" / "imported" / f"{place.name}-{own}.npz"
    adoption = import_network(source, ImportOptions(activation=activation))
    if not _holds(target, adoption.run):
        adoption.run.save(target)
    return target, adoption


def _holds(path: Path, run: Run) -> bool:
    try:
        return path.is_file() and Run.load(path).digest == run.digest
    except EdgeglowError:
        return False


def _digits_shape(stored: ParsedNetwork, options: ImportOptions) -> tuple[int, int]:
    """Return the (height, width) of the digits that the network reads.

    Raises EdgeglowError if it reads something else.
    """
    shape, classes = image_shape_of(stored, options, None), class_names_of(stored, options, None)
    if shape is None:
        feature_names_of(stored, options, None)  # reports wrong feature names before missing examples
    if shape is not None and sorted(classes) == list(DIGITS):
        return shape
    reads = f"{stored.layer_sizes[0]} inputs" + (" that are no picture" if shape is None else "")
    raise EdgeglowError(
        f"there are no examples at hand for a network of {reads} and {len(classes)} classes; name some with --data"
        " FILE: a .csv with a column of classes, or an .npz with x and y"
    )


def _digits(
    data: str | None, shape: tuple[int, int], folder: Path | None, report: Report | None
) -> dict[str, LabelledExamples]:
    """Return labelled digits of this shape, keyed by how they were made to fit: all usual ways are included."""
    if data is None:
        data = "mnist" if has_mnist(folder) else "strokes"
    test = load_test_mnist(folder, report=report) if data == "mnist" else stroke_digits(1)[1]
    ways = {"scaled": resize_digits(test, shape)}
    height, width = test.images.shape[1:]
    rows, columns = shape[0] - height, shape[1] - width
    if rows > 0 and columns > 0:
        edges = ((0, 0), (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2))
        ways["with a wider margin"] = replace(test, images=np.pad(test.images, edges))
    if rows < 0 and columns < 0:
        inner = test.images[:, MARGIN : height - MARGIN, MARGIN : width - MARGIN]
        ways["scaled without their margin"] = resize_digits(replace(test, images=np.ascontiguousarray(inner)), shape)
    return {how: LabelledExamples(digits.images, digits.labels, digits.source) for how, digits in ways.items()}


@contextmanager
def _beginning_with(source: Path) -> Iterator[None]:
    """Let the messages of errors start with the network's file."""
    try:
        yield
    except EdgeglowError as error:
        raise EdgeglowError(f"{source}: {error}") from error
