"""Import networks that were trained elsewhere, from files that are used in place of a run's file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from model.adoption import (
    Adoption,
    Wishes,
    adopt_stored,
    class_names_of,
    feature_names_of,
    image_shape_of,
    resized,
)
from model.config import check_layers
from model.defaults import media_folder, stroke_digits
from model.errors import EdgeglowError
from model.importing import Moment, Stored, Way, is_run_file, pieces_in, read_checkpoints, read_stored
from model.importing.files import Zip, check_file, damage_told
from model.importing.other_formats import is_checkpoint
from model.labelled import Labelled, read_labelled
from model.mnist import is_at_hand, load_mnist
from model.run import Run
from model.settling import settled_way, with_remark
from model.table import Sought
from model.text import one_line

AT_HAND = ("strokes", "mnist")
DIGITS = tuple("0123456789")
NOTHING = Wishes()
MARGIN = 4  # pixels that are empty on every side of MNIST's digits and of stroke digits

Report = Callable[[str, int, int], None]  # of a download: file name, bytes done, bytes in all


def is_foreign(path: Path) -> bool:
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
        check_file(path)
        with damage_told(), Zip(path) as archive:
            return bool(archive.members)
    except EdgeglowError:
        return False


def import_network(
    source: Path,
    wishes: Wishes = NOTHING,
    *,
    output: str | None = None,
    data: str | None = None,
    mnist_dir: Path | None = None,
    report: Report | None = None,
) -> Adoption:
    """Make a run of the network in a file, or of the checkpoints in a folder.

    ``output`` is the last layer's activation function, if the file does not say it. ``data`` is "strokes", "mnist" or
    a file of labelled examples for the test; without it, networks of ten digits are tested on MNIST if it has been
    downloaded already (to ``mnist_dir``), else on strokes. Raises EdgeglowError, in one line that starts with a
    file's name.
    """
    stages = _stages(source, wishes, output)
    with _beginning_with(source):
        check_layers(stages[-1][1].layer_sizes)
    if data is not None and data not in AT_HAND:
        last = stages[-1][1]
        names = wishes.feature_names or last.feature_names
        sought = Sought(last.layer_sizes[0], last.layer_sizes[-1], names)
        examples = {"": read_labelled(Path(data), sought)}
    else:
        with _beginning_with(source):
            shape = _digits_shape(stages[-1][1], wishes)
        examples = _digits(data, shape, mnist_dir, report)
    if stages[-1][1].ways:
        stages, wishes = _settled(source, stages, list(examples.values()), wishes, output)
    with _beginning_with(source):
        ways = [
            adopt_stored(one_line(source.resolve().name), stages, each, wishes) for each in examples.values()
        ]
    best = max(range(len(ways)), key=lambda index: ways[index].run.accuracy)
    if len(ways) == 1:
        return ways[0]
    read = ", ".join(f"{way.run.accuracy:.1%} {how}" for how, way in zip(examples, ways, strict=True))
    told = f"Of digits made to fit its size it reads {read}; the film shows them {list(examples)[best]}."
    return replace(ways[best], remarks=(*ways[best].remarks, told))


def _stages(source: Path, wishes: Wishes, output: str | None) -> list[tuple[Moment | None, Stored]]:
    """Read the network in a file or in the parts in a folder (one stage), or a folder of checkpoints (several)."""
    if source.is_dir() and not pieces_in(source):
        return list(read_checkpoints(source, activation=wishes.activation, output=output, way=wishes.way))
    stored = read_stored(source, activation=wishes.activation, output=output, way=wishes.way)
    return [(stored.moment, stored)]


def _settled(
    source: Path,
    stages: list[tuple[Moment | None, Stored]],
    examples: list[Labelled],
    wishes: Wishes,
    output: str | None,
) -> tuple[list[tuple[Moment | None, Stored]], Wishes]:
    """Read the stages again in the way in which the last network reads most of the examples right."""
    last = stages[-1][1]
    file = last.file or source

    def read(way: Way) -> Stored:
        return read_stored(file, activation=wishes.activation, output=output, way=way)

    way, said = settled_way(last.ways, read, examples, wishes)
    wishes = replace(wishes, way=way)
    stages = _stages(source, wishes, output)
    moment, last = stages[-1]
    return [*stages[:-1], (moment, with_remark(last, said))], wishes


def bring_in(source: Path, activation: str | None = None) -> tuple[Path, Adoption]:
    """Import a network and save its run in the folder of imported runs, under a name of this source's own.

    The run's file is left untouched if it holds the same run already. Raises EdgeglowError, as ``import_network``
    does.
    """
    place = source.absolute()
    own = hashlib.sha256(str(place).encode(errors="surrogateescape")).hexdigest()[:6]
    target = media_folder() / "runs" / "imported" / f"{place.name}-{own}.npz"
    adoption = import_network(source, Wishes(activation=activation))
    if not _holds(target, adoption.run):
        adoption.run.save(target)
    return target, adoption


def _holds(path: Path, run: Run) -> bool:
    try:
        return path.is_file() and Run.load(path).digest == run.digest
    except EdgeglowError:
        return False


def _digits_shape(stored: Stored, wishes: Wishes) -> tuple[int, int]:
    """Return the (height, width) of the digits that the network reads.

    Raises EdgeglowError if it reads something else.
    """
    shape, classes = image_shape_of(stored, wishes, None), class_names_of(stored, wishes, None)
    if shape is None:
        feature_names_of(stored, wishes, None)  # reports wrong feature names before missing examples
    if shape is not None and sorted(classes) == list(DIGITS):
        return shape
    reads = f"{stored.layer_sizes[0]} inputs" + (" that are no picture" if shape is None else "")
    raise EdgeglowError(
        f"there are no examples at hand for a network of {reads} and {len(classes)} classes; name some with --data"
        " FILE: a .csv with a column of classes, or an .npz with x and y"
    )


def _digits(
    data: str | None, shape: tuple[int, int], folder: Path | None, report: Report | None
) -> dict[str, Labelled]:
    """Return labelled digits of this shape, keyed by how they were made to fit: all usual ways are included."""
    if data is None:
        data = "mnist" if is_at_hand(folder) else "strokes"
    _, test = load_mnist(folder, report=report) if data == "mnist" else stroke_digits(1)
    ways = {"scaled": resized(test, shape)}
    height, width = test.images.shape[1:]
    rows, columns = shape[0] - height, shape[1] - width
    if rows > 0 and columns > 0:
        edges = ((0, 0), (rows // 2, rows - rows // 2), (columns // 2, columns - columns // 2))
        ways["with a wider margin"] = replace(test, images=np.pad(test.images, edges))
    if rows < 0 and columns < 0:
        inner = test.images[:, MARGIN : height - MARGIN, MARGIN : width - MARGIN]
        ways["scaled without their margin"] = resized(
            replace(test, images=np.ascontiguousarray(inner)), shape
        )
    return {how: Labelled(digits.images, digits.labels, digits.source) for how, digits in ways.items()}


@contextmanager
def _beginning_with(source: Path) -> Iterator[None]:
    """Let the messages of errors start with the network's file."""
    try:
        yield
    except EdgeglowError as error:
        raise EdgeglowError(f"{source}: {error}") from error
