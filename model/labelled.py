"""Labelled examples in a user's own file: .npz with inputs and labels, or a .csv table with a header."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model.archive import DAMAGE
from model.errors import EdgeglowError

MOST_BYTES = 2**30  # of a file, and of the arrays in it
MOST_CLASSES = 1_000
# inputs and labels, by the names that go together; the pairs kept for testing come first
PAIRS = (
    *(("x_test", "y_test"), ("X_test", "y_test"), ("test_images", "test_labels")),
    *(("images", "labels"), ("x", "y"), ("X", "y"), ("inputs", "labels"), ("data", "target")),
)
CLASS_NAMES = ("class_names", "classes", "target_names")
FEATURE_NAMES = ("feature_names", "features")
LABEL_COLUMNS = ("label", "class", "target", "y", "species", "digit")


@dataclass(frozen=True, eq=False)
class Labelled:
    """Inputs with what each of them is.

    ``inputs`` is float32, (count, height, width) for pictures or (count, numbers); ``are_bytes`` tells that the file
    had pixels from 0 to 255, which here are 0 to 1. ``labels`` is int64 (count,), ``class_names`` and
    ``feature_names`` are empty where the file tells none.
    """

    inputs: np.ndarray
    labels: np.ndarray
    source: str
    class_names: tuple[str, ...] = ()
    feature_names: tuple[str, ...] = ()
    are_bytes: bool = False


def read_labelled(path: Path) -> Labelled:
    """The examples in a file. Raises EdgeglowError, with the file's name, when there are none to be had."""
    if not path.is_file():
        raise EdgeglowError(
            f"{path}: there is no such file; expected strokes, mnist, a .csv with a header, or an .npz with x and y"
        )
    if (size := path.stat().st_size) > MOST_BYTES:
        raise EdgeglowError(
            f"{path}: has {size:,} bytes, expected at most {MOST_BYTES:,}; keep fewer examples in it"
        )
    try:
        found = _read_table(path) if path.suffix.lower() in (".csv", ".tsv") else _read_npz(path)
        return _checked(found)
    except EdgeglowError as error:
        raise EdgeglowError(f"{path}: {error}") from error
    except OSError as error:
        raise EdgeglowError(f"{path}: cannot be read: {error.strerror or error}") from error
    except (*DAMAGE, csv.Error) as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise EdgeglowError(
            f"{path}: is damaged, or neither .npz nor .csv ({reason}); expected labelled examples"
        ) from error


def _read_npz(path: Path) -> Labelled:
    with zipfile.ZipFile(path) as archive:
        if (claimed := sum(member.file_size for member in archive.infolist())) > MOST_BYTES:
            raise EdgeglowError(f"claims to hold {claimed:,} bytes, expected at most {MOST_BYTES:,}")
        names = {member.filename.removesuffix(".npy") for member in archive.infolist()}
    pair = next((pair for pair in PAIRS if set(pair) <= names), None)
    if pair is None:
        there = ", ".join(sorted(names)[:12]) or "nothing"
        raise EdgeglowError(f"holds {there}; expected inputs and labels under the names x and y")
    with np.load(path, allow_pickle=False) as arrays:
        inputs, labels = arrays[pair[0]], arrays[pair[1]]
        classes, features = _names(arrays, CLASS_NAMES), _names(arrays, FEATURE_NAMES)
    if inputs.dtype.kind not in "fiub":
        raise EdgeglowError(f"{pair[0]} holds {inputs.dtype}, expected numbers")
    are_bytes = inputs.dtype == np.uint8
    numbers = inputs.astype(np.float32)
    if are_bytes:
        numbers /= np.float32(255)
    if labels.ndim == 2 and len(labels) and labels.shape[1] > 1 and labels.dtype.kind != "U":
        labels = labels.argmax(axis=1)  # one column a class, 1 where it is that class
    labels, classes = _numbered(labels.reshape(len(labels), -1)[:, 0] if labels.ndim > 1 else labels, classes)
    return Labelled(numbers, labels, path.stem, classes, features, are_bytes)


def _names(arrays: Mapping[str, np.ndarray], keys: Iterable[str]) -> tuple[str, ...]:
    return next((tuple(map(str, arrays[key].ravel().tolist())) for key in keys if key in arrays), ())


def _read_table(path: Path) -> Labelled:
    text = path.read_text(encoding="utf-8-sig")
    separator = "\t" if path.suffix.lower() == ".tsv" else ";" if text.split("\n", 1)[0].count(";") else ","
    rows = [row for row in csv.reader(text.splitlines(), delimiter=separator) if any(row)]
    if len(rows) < 2:
        raise EdgeglowError(
            "has no rows below a header; expected the names of the columns, then one example a line"
        )
    header, body = [name.strip() for name in rows[0]], rows[1:]
    lowered = [name.lower() for name in header]
    label = next((lowered.index(name) for name in LABEL_COLUMNS if name in lowered), len(header) - 1)
    features = tuple(name for column, name in enumerate(header) if column != label)
    numbers: np.ndarray = np.zeros((len(body), len(features)), np.float32)
    for line, row in enumerate(body, start=2):
        if len(row) != len(header):
            raise EdgeglowError(f"line {line} has {len(row)} columns, but the header has {len(header)}")
        cells = [cell for column, cell in enumerate(row) if column != label]
        for column, cell in enumerate(cells):
            try:
                numbers[line - 2, column] = float(cell)
            except ValueError:
                raise EdgeglowError(
                    f"line {line}: {features[column]} is {cell!r}, expected a number; the column of classes is"
                    f" {header[label]!r}"
                ) from None
    labels, classes = _numbered(np.array([row[label].strip() for row in body]), ())
    return Labelled(numbers, labels, path.stem, classes, features)


def _numbered(labels: np.ndarray, names: tuple[str, ...]) -> tuple[np.ndarray, tuple[str, ...]]:
    """Labels as numbers, and the classes' names: labels that are names are numbered in the names' order, or by the
    alphabet; numbers stay."""
    if labels.dtype.kind in "iub":
        return labels.astype(np.int64), names
    if labels.dtype.kind == "f" and np.array_equal(labels, np.rint(labels)):
        return labels.astype(np.int64), names
    words = [str(label) for label in labels.tolist()]
    if not names and all(word.isdecimal() for word in words):
        return np.array([int(word) for word in words], np.int64), ()
    known = names or tuple(sorted(set(words)))
    if len(known) > MOST_CLASSES:
        raise EdgeglowError(
            f"there are {len(known):,} different labels, expected at most {MOST_CLASSES:,} classes"
        )
    if unknown := sorted(set(words) - set(known)):
        raise EdgeglowError(f"label {unknown[0]!r} is none of the classes {', '.join(known[:12])}")
    places = {name: number for number, name in enumerate(known)}
    return np.array([places[word] for word in words], np.int64), known


def _checked(found: Labelled) -> Labelled:
    shape = found.inputs.shape
    if not len(found.inputs):
        raise EdgeglowError("holds no examples; at least one is needed")
    if found.labels.shape != shape[:1]:
        raise EdgeglowError(
            f"has inputs of shape {shape}, but {len(found.labels)} labels; expected one for each"
        )
    if not np.isfinite(found.inputs).all():
        raise EdgeglowError("holds inputs that are not finite numbers")
    if found.labels.min() < 0:
        raise EdgeglowError(f"has label {found.labels.min()}, expected 0 or above")
    return Labelled(
        _plain_shape(found.inputs),
        found.labels,
        found.source,
        found.class_names,
        found.feature_names,
        found.are_bytes,
    )


def _plain_shape(inputs: np.ndarray) -> np.ndarray:
    """(count, height, width) or (count, numbers), without a channel of grey."""
    if inputs.ndim == 4 and 1 in (inputs.shape[1], inputs.shape[3]):
        inputs = inputs[:, 0] if inputs.shape[1] == 1 else inputs[..., 0]
    if inputs.ndim not in (2, 3):
        raise EdgeglowError(
            f"has inputs of shape {inputs.shape}, expected (count, height, width) in grey, or (count, numbers)"
        )
    return np.ascontiguousarray(inputs)


def names_of(text: str) -> Sequence[str]:
    """Names written one after another, with commas between."""
    return tuple(name.strip() for name in text.split(",") if name.strip())
