"""Convert a run to a file and back.

Snapshots are stacked: ``weights_0`` in the file has shape (snapshots, fan_out, fan_in), and so on. ``about`` is JSON
text: the run's facts, configuration, format version and digest. The test digits' pixels are stored as bytes (pixel ·
255) where that loses nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container
from pathlib import Path
from typing import Any

import numpy as np

from edgeglow.model.data.digits import Digits
from edgeglow.model.errors import EdgeglowError
from edgeglow.model.files.npz_file import read_arrays, write_arrays
from edgeglow.model.run.convolution_storage import (
    about_convolution,
    convolution_arrays,
    convolution_names,
    read_convolution,
)
from edgeglow.model.run.import_info import ImportInfo
from edgeglow.model.run.run_data import RunData
from edgeglow.model.run.snapshot import Example, Snapshot
from edgeglow.model.run.training_config import MOST_SNAPSHOTS, Config
from edgeglow.model.text.printable import one_line, short_repr

FORMAT = "edgeglow run"
VERSION, FIRST_VERSION = 4, 3
FIRST_HIDDEN = ("sigmoid", "tanh", "relu")  # one for all hidden layers, as version 3 stores it
REMEDY = "retrain it, or import the weights again"

ABOUT_FIELDS = {"source": str, "class_names": list, "feature_names": list, "test_count": int}
ABOUT_FIELDS |= {"interrupted": bool, "digest": str}
MAYBE_FIELDS = {"image_shape": list, "training_count": int, "config": dict, "imported": dict, "convolution": dict}
CURVES = ("curve_examples", "curve_losses", "curve_accuracies", "confusion")
SNAPSHOT_COLUMNS = {"step": "int64", "examples": "int64", "epoch": "float64", "loss": "float64"}
SNAPSHOT_COLUMNS |= {"accuracy": "float64"}
UNKNOWN = -1  # the value for None in a column of whole numbers or of epochs
EXAMPLE_COLUMNS = {"label": "int64", "answer": "int64", "kind": "U"}


def to_arrays(run: RunData) -> dict[str, np.ndarray]:
    """Return everything in a run, except the digest, as the arrays of its file."""
    about = {
        "format": FORMAT,
        # written as version 3 where possible, so that the digests of existing runs do not change
        "version": FIRST_VERSION if run.hidden in FIRST_HIDDEN else VERSION,
        "source": run.source,
        "image_shape": list(run.image_shape) if run.image_shape else None,
        "class_names": list(run.class_names),
        "feature_names": list(run.feature_names),
        "training_count": run.training_count,
        "test_count": run.test_count,
        "interrupted": run.interrupted,
        "config": run.config.to_json() if run.config else None,
        "imported": run.imported.to_json() if run.imported else None,
        "convolution": about_convolution(run.convolution) if run.convolution else None,
    }
    arrays = {"about": _as_array(about)}
    arrays |= {name: getattr(run, name) for name in CURVES}
    for name, kind in SNAPSHOT_COLUMNS.items():
        arrays[f"snapshot_{name}"] = np.array([_or_unknown(getattr(shot, name)) for shot in run.snapshots], kind)
    for name, kind in EXAMPLE_COLUMNS.items():
        arrays[f"example_{name}"] = np.array([_or_unknown(getattr(example, name)) for example in run.examples], kind)
    arrays["example_pixels"] = np.stack([example.pixels for example in run.examples])
    arrays["test_images"] = as_bytes(run.test_digits.images)
    arrays["test_labels"] = run.test_digits.labels
    for k in range(len(run.layer_sizes) - 1):
        arrays[f"weights_{k}"] = np.stack([shot.weights[k] for shot in run.snapshots])
        arrays[f"biases_{k}"] = np.stack([shot.biases[k] for shot in run.snapshots])
        # layer 0 is the examples' pixels in every snapshot
        arrays[f"activations_{k + 1}"] = np.stack([shot.activations[k + 1] for shot in run.snapshots])
    return arrays | (convolution_arrays(run.convolution) if run.convolution else {})


def _or_unknown(value: Any) -> Any:
    return UNKNOWN if value is None else value


def as_bytes(pixels: np.ndarray) -> np.ndarray:
    """Return the pixels as uint8 if each is exactly a byte / 255; else unchanged."""
    steps = pixels * np.float32(255)
    # differences of a few parts in ten million are rounding errors; the comparison below decides
    quantised = np.rint(steps, out=steps).astype(np.uint8)
    return quantised if np.array_equal(_from_bytes(quantised), pixels) else pixels


def _from_bytes(pixels: np.ndarray) -> np.ndarray:
    """Return bytes as float32, 0..1; other types unchanged."""
    return np.divide(pixels, np.float32(255), dtype=np.float32) if pixels.dtype == np.uint8 else pixels


def content_digest(arrays: dict[str, np.ndarray]) -> str:
    """Return the SHA-256 over names, types, shapes and bytes in the order of the names, in hexadecimal."""
    total = hashlib.sha256()
    for name, array in sorted(arrays.items()):
        total.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
        total.update(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)
    return total.hexdigest()


def write_run(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Write the arrays of a run and their digest. Raises EdgeglowError when the file cannot be written."""
    about = json.loads(str(arrays["about"])) | {"digest": content_digest(arrays)}
    write_arrays(path, arrays | {"about": _as_array(about)})


def _as_array(about: dict[str, Any]) -> np.ndarray:
    return np.array(json.dumps(about, ensure_ascii=False, sort_keys=True))


def read_fields(path: Path, checked: Container[str] = ()) -> tuple[dict[str, Any], str, bool]:
    """What ``Run`` is made from, the digest that the file claims, and whether it is true and among those ``checked``.

    Raises EdgeglowError.
    """
    arrays = read_arrays(path)
    about = _parse_about(arrays)
    made = _read_made(about)
    convolution = about["convolution"]
    layers = len(next(iter(made.values())).layer_sizes)
    _check_names(arrays, layers - 1, convolution_names(arrays) if convolution is not None else set())
    fields: dict[str, Any] = {name: arrays[name] for name in CURVES}
    fields |= {"config": None} | made
    fields |= {name: about[name] for name in ("source", "training_count", "test_count", "interrupted")}
    fields["image_shape"] = None if about["image_shape"] is None else tuple(about["image_shape"])
    fields |= {name: tuple(about[name]) for name in ("class_names", "feature_names")}
    fields["test_digits"] = Digits(_from_bytes(arrays["test_images"]), arrays["test_labels"], about["source"])
    if convolution is not None:
        fields["convolution"] = read_convolution(
            arrays, convolution, fields["image_shape"] or (0, 0), about["training_count"] or 0
        )
    fields["examples"] = _read_examples(arrays)
    fields["snapshots"] = _read_snapshots(arrays, layers)
    claimed = about.pop("digest")
    known = claimed in checked and content_digest(arrays | {"about": _as_array(about)}) == claimed
    return fields, claimed, known


def _read_made(about: dict[str, Any]) -> dict[str, Config | ImportInfo]:
    """Return the network's origin, a Config or ImportInfo, by the name of its field."""
    if (about["config"] is None) == (about["imported"] is None):
        raise EdgeglowError("about: expected config or imported, one of them null")
    if about["config"] is not None:
        return {"config": Config.from_json(about["config"])}
    return {"imported": ImportInfo.from_json(about["imported"])}


def _parse_about(arrays: dict[str, np.ndarray]) -> dict[str, Any]:
    """Parse the JSON text. Raises EdgeglowError unless this is a run in a known version."""
    text = arrays.get("about")
    if text is None or text.dtype.kind != "U" or text.shape != ():
        raise EdgeglowError("it holds no 'about' text, as every run does")
    try:
        about = json.loads(str(text))
    except (ValueError, RecursionError, SystemError) as error:
        raise EdgeglowError(f"the 'about' text is no JSON: {one_line(error)}") from error
    if not isinstance(about, dict) or about.get("format") != FORMAT:
        raise EdgeglowError("the 'about' text does not say that this is a run")
    if about.get("version") not in (FIRST_VERSION, VERSION):
        raise EdgeglowError(
            f"it has format version {short_repr(about.get('version'))}, but this edgeglow reads {FIRST_VERSION} and"
            f" {VERSION}"
        )
    for name, kind in ABOUT_FIELDS.items():
        if type(about.get(name)) is not kind:
            raise EdgeglowError(f"about: {name} is {short_repr(about.get(name))}, expected a {kind.__name__}")
    for name, kind in MAYBE_FIELDS.items():
        if name not in about:
            raise EdgeglowError(f"about: {name} is missing, expected a {kind.__name__} or null")
        if not (about[name] is None or type(about[name]) is kind):
            raise EdgeglowError(f"about: {name} is {short_repr(about[name])}, expected a {kind.__name__} or null")
    for name in sorted(set(about) - set(ABOUT_FIELDS) - set(MAYBE_FIELDS) - {"format", "version"}):
        raise EdgeglowError(f"about: unknown field {short_repr(name)}")
    return about


def _check_names(arrays: dict[str, np.ndarray], edges: int, others: set[str]) -> None:
    """Check that there are exactly the arrays of a network with this many layers of edges, and the others."""
    expected = others | {"about", "example_pixels", "test_images", "test_labels", *CURVES}
    expected |= {f"snapshot_{name}" for name in SNAPSHOT_COLUMNS}
    expected |= {f"example_{name}" for name in EXAMPLE_COLUMNS}
    for k in range(edges):
        expected |= {f"weights_{k}", f"biases_{k}", f"activations_{k + 1}"}
    for name in sorted(expected - set(arrays)):
        raise EdgeglowError(f"{name} is missing")
    for name in sorted(set(arrays) - expected):
        raise EdgeglowError(f"unknown array {one_line(name, 60)}")


def _stack(arrays: dict[str, np.ndarray], name: str, count: int, of_what: str) -> np.ndarray:
    """Return an array, which must have one entry for each snapshot or example."""
    array = arrays[name]
    if array.shape[:1] != (count,):
        raise EdgeglowError(f"{name} has shape {array.shape}, but there are {count} {of_what}")
    return array


def _columns(arrays: dict[str, np.ndarray], of_what: str, kinds: dict[str, str], count: int) -> list[dict[str, Any]]:
    """Return arrays of one value for each snapshot or example as plain Python values: one dict for each."""
    columns = []
    for name, kind in kinds.items():
        column = _stack(arrays, f"{of_what}_{name}", count, f"{of_what}s")
        if column.ndim != 1 or (column.dtype.kind if kind == "U" else column.dtype.name) != kind:
            raise EdgeglowError(
                f"{of_what}_{name} is {column.dtype} of shape {column.shape}, expected {kind} ({count},)"
            )
        columns.append(column.tolist())
    return [dict(zip(kinds, row, strict=True)) for row in zip(*columns, strict=True)]


def _read_examples(arrays: dict[str, np.ndarray]) -> tuple[Example, ...]:
    count = len(np.atleast_1d(arrays["example_label"]))
    pixels = _stack(arrays, "example_pixels", count, "examples")
    rows = _columns(arrays, "example", EXAMPLE_COLUMNS, count)
    for row in rows:
        row["label"] = None if row["label"] == UNKNOWN else row["label"]
    return tuple(Example(pixels=pixels[i], **row) for i, row in enumerate(rows))


def _read_snapshots(arrays: dict[str, np.ndarray], layers: int) -> tuple[Snapshot, ...]:
    count = len(np.atleast_1d(arrays["snapshot_step"]))
    if count > MOST_SNAPSHOTS:
        raise EdgeglowError(f"there are {count:,} snapshots, expected at most {MOST_SNAPSHOTS:,}")
    edges = range(layers - 1)
    weights = [_stack(arrays, f"weights_{k}", count, "snapshots") for k in edges]
    biases = [_stack(arrays, f"biases_{k}", count, "snapshots") for k in edges]
    activations = [_stack(arrays, f"activations_{k + 1}", count, "snapshots") for k in edges]
    pixels = arrays["example_pixels"]
    rows = _columns(arrays, "snapshot", SNAPSHOT_COLUMNS, count)
    for row in rows:
        row |= {name: None for name in ("step", "examples", "epoch") if row[name] == UNKNOWN}
    return tuple(
        Snapshot(
            weights=tuple(array[i] for array in weights),
            biases=tuple(array[i] for array in biases),
            activations=(pixels, *(array[i] for array in activations)),
            **row,
        )
        for i, row in enumerate(rows)
    )
