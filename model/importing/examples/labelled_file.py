"""Read labelled examples from a user's file: .npz with inputs and labels, or a text table."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.files.npy_file import LONGEST_HEADER, read_array, read_header
from edgeglow.model.files.npz_file import DAMAGE
from edgeglow.model.importing.examples.table_examples import ExpectedInputs, read_table
from edgeglow.model.importing.lazy_array import list_names
from edgeglow.model.importing.open_file import LimitedZip
from edgeglow.model.text.printable import one_line, short_repr

MOST_BYTES = 2**30  # of a file
MOST_TABLE = 2**28
MOST_NUMBERS = 2**26  # in all inputs together: 85,000 pictures of 28×28
MOST_LABELS = 2**27  # bytes
MOST_NAMES = 2**22
MOST_CLASSES = 1_000
WHOLE = re.compile(r"[0-9]{1,15}(?:\.0*)?")
TABLES = (".csv", ".tsv", ".txt", ".tab", ".data", ".dat")
# names of inputs and labels that belong together; test sets come first
PAIRS = (
    *(("x_test", "y_test"), ("X_test", "y_test"), ("test_images", "test_labels")),
    *(("images", "labels"), ("x", "y"), ("X", "y"), ("inputs", "labels"), ("data", "target")),
)
CLASS_NAMES = ("class_names", "classes", "target_names")
FEATURE_NAMES = ("feature_names", "features")


@dataclass(frozen=True, eq=False)
class LabelledExamples:
    """Labelled examples: inputs, and the class of each.

    ``inputs`` is float32, (count, height, width) for pictures or (count, numbers); ``are_bytes`` says that the file
    had pixels from 0 to 255, which are 0 to 1 here. ``labels`` is int64 (count,); ``class_names`` and
    ``feature_names`` are empty where the file has none. ``remarks`` are sentences on how the file was read.
    """

    inputs: np.ndarray
    labels: np.ndarray
    source: str
    class_names: tuple[str, ...] = ()
    feature_names: tuple[str, ...] = ()
    are_bytes: bool = False
    remarks: tuple[str, ...] = ()


def read_labelled(path: Path, sought: ExpectedInputs | None = None) -> LabelledExamples:
    """Read the examples in a file; ``sought`` describes the inputs of the network to be tested.

    Raises EdgeglowError, with the file's name, when there are no usable examples.
    """
    if not path.is_file():
        raise EdgeglowError(
            f"{path}: there is no such file; expected strokes, mnist, a .csv with a column of classes, or an .npz"
            " with x and y"
        )
    if (size := path.stat().st_size) > MOST_BYTES:
        raise EdgeglowError(f"{path}: has {size:,} bytes, expected at most {MOST_BYTES:,}; keep fewer examples in it")
    try:
        return _checked(_read_table(path, sought) if _is_table(path) else _read_npz(path))
    except EdgeglowError as error:
        raise EdgeglowError(f"{path}: {error}") from error
    except OSError as error:
        raise EdgeglowError(f"{path}: cannot be read: {error.strerror or error}") from error
    except (*DAMAGE, csv.Error) as error:
        reason = one_line(error) or type(error).__name__
        raise EdgeglowError(
            f"{path}: is damaged, or neither .npz nor .csv ({reason}); expected labelled examples"
        ) from error


def _is_table(path: Path) -> bool:
    """Return whether a file is a text table: by its extension, unless it starts like a zip file."""
    with path.open("rb") as file:
        return path.suffix.lower() in TABLES and file.read(4) != b"PK\3\4"


def _read_npz(path: Path) -> LabelledExamples:
    with LimitedZip(path) as archive:
        if "xl/workbook.xml" in archive.members:
            raise EdgeglowError("is an Excel workbook; save its table as CSV, and give that file")
        names = {member.removesuffix(".npy") for member in archive.members}
        pair = next((pair for pair in PAIRS if set(pair) <= names), None)
        if pair is None:
            raise EdgeglowError(
                f"holds {list_names(sorted(names)) or 'nothing'}; expected inputs and labels under the names x and y"
            )
        inputs, labels = _inputs(archive, pair[0]), _array(archive, pair[1], MOST_LABELS)
        classes, features = _names(archive, CLASS_NAMES), _names(archive, FEATURE_NAMES)
    are_bytes = inputs.dtype == np.uint8
    with np.errstate(over="ignore"):  # overflows are reported later
        numbers = inputs.astype(np.float32)
    if are_bytes:
        numbers /= np.float32(255)
    if labels.ndim == 2 and len(labels) and labels.shape[1] > 1 and labels.dtype.kind != "U":
        labels = labels.argmax(axis=1)  # one-hot: one column for each class
    labels, classes = _numbered(labels.reshape(len(labels), -1)[:, 0] if labels.ndim > 1 else labels, classes)
    return LabelledExamples(numbers, labels, _source(path), classes, features, are_bytes)


def _inputs(archive: LimitedZip, name: str) -> np.ndarray:
    """Return the array of inputs, which is unpacked only if its claimed size is within the limit."""
    header = read_header(archive.beginning(f"{name}.npy", LONGEST_HEADER + 12), name)
    if (count := math.prod(header.shape)) > MOST_NUMBERS:
        raise EdgeglowError(
            f"{name} claims to hold {count:,} numbers, expected at most {MOST_NUMBERS:,}; keep fewer examples"
        )
    if header.dtype.kind not in "fiub":
        raise EdgeglowError(f"{name} holds {header.dtype}, expected numbers")
    return _array(archive, name, header.start + header.bytes)


def _array(archive: LimitedZip, name: str, most: int) -> np.ndarray:
    """Return an array of at most ``most`` bytes; text stored as bytes is decoded."""
    array = read_array(archive.read(f"{name}.npy", most), name)
    return np.char.decode(array, "utf-8", "replace") if array.dtype.kind == "S" else array


def _names(archive: LimitedZip, keys: Iterable[str]) -> tuple[str, ...]:
    for key in keys:
        if f"{key}.npy" in archive.members:
            array = _array(archive, key, MOST_NAMES)
            return tuple(one_line(name, 200) for name in array.ravel().tolist())
    return ()


def _read_table(path: Path, sought: ExpectedInputs | None) -> LabelledExamples:
    if (size := path.stat().st_size) > MOST_TABLE:
        raise EdgeglowError(f"has {size:,} bytes, expected at most {MOST_TABLE:,} of a table; keep fewer rows")
    table = read_table(path.read_bytes(), "\t" if path.suffix.lower() == ".tsv" else "", sought)
    labels, classes = _numbered(np.array(table.words), ())
    return LabelledExamples(table.numbers, labels, _source(path), classes, table.feature_names, remarks=table.remarks)


def _source(path: Path) -> str:
    """Return the name of the examples: their file's name without its extension."""
    return one_line(path.stem, 100) or "data"


def _numbered(labels: np.ndarray, names: tuple[str, ...]) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return labels as numbers, and the class names; numeric labels stay as they are.

    Labels that are texts are numbered in the order of ``names`` or, without names, in alphabetical order.
    """
    if labels.dtype.kind in "iub":
        return labels.astype(np.int64), names
    if labels.dtype.kind == "f" and np.array_equal(labels, np.rint(labels)):
        return labels.astype(np.int64), names
    words = [str(label) for label in labels.tolist()]
    if not names and all(WHOLE.fullmatch(word) for word in words):
        return np.array([int(word.partition(".")[0]) for word in words], np.int64), ()
    known = names or tuple(sorted(set(words)))
    if len(known) > MOST_CLASSES:
        raise EdgeglowError(f"there are {len(known):,} different labels, expected at most {MOST_CLASSES:,} classes")
    if unknown := sorted(set(words) - set(known)):
        raise EdgeglowError(f"label {short_repr(unknown[0])} is none of the classes {list_names(known)}")
    places = {name: number for number, name in enumerate(known)}
    return np.array([places[word] for word in words], np.int64), known


def _checked(found: LabelledExamples) -> LabelledExamples:
    shape = found.inputs.shape
    if not len(found.inputs):
        raise EdgeglowError("holds no examples; at least one is needed")
    if found.labels.shape != shape[:1]:
        raise EdgeglowError(f"has inputs of shape {shape}, but {len(found.labels)} labels; expected one for each")
    if not np.isfinite(found.inputs).all():
        raise EdgeglowError("holds inputs that are not finite numbers")
    if found.labels.min() < 0:
        raise EdgeglowError(f"has label {found.labels.min()}, expected 0 or above")
    return replace(found, inputs=_plain_shape(found.inputs))


def _plain_shape(inputs: np.ndarray) -> np.ndarray:
    """Return inputs as (count, height, width) or (count, numbers), without a single grey channel."""
    if inputs.ndim == 4 and 1 in (inputs.shape[1], inputs.shape[3]):
        inputs = inputs[:, 0] if inputs.shape[1] == 1 else inputs[..., 0]
    if inputs.ndim not in (2, 3):
        raise EdgeglowError(
            f"has inputs of shape {inputs.shape}, expected (count, height, width) in grey, or (count, numbers)"
        )
    return np.ascontiguousarray(inputs)
