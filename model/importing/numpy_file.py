"""Read weights saved with NumPy: .npz and .npy, also from scikit-learn by way of two lines of code.

Arrays are identified by name (W1 and b1, weights_0 and biases_0, fc1.weight and fc1.bias) or, if they are called
arr_0, arr_1 and so on, by their order: matrices in the layers' order, and vectors too. Dictionaries and lists of
arrays, which NumPy saves as Python objects, are read as data.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.files.npy_file import read_array, read_header
from edgeglow.model.importing.extra_data import TEXTS
from edgeglow.model.importing.import_choices import NO_CHOICES, ImportChoices
from edgeglow.model.importing.lazy_array import FLOATS, LazyArray
from edgeglow.model.importing.nested_arrays import chain_from_arrays, collect_arrays
from edgeglow.model.importing.open_file import LimitedZip
from edgeglow.model.importing.parsed_network import StepChain
from edgeglow.model.importing.pickle_reader import PickledObject, read_pickle

MOST_CONTENT = 200_000_000
MOST_NAMES = 2**22


def read_npy(path: Path, way: ImportChoices = NO_CHOICES) -> StepChain:
    """Read the network in an .npy file: one matrix, without hidden layers, or lists and dictionaries of arrays."""
    return _chain(npy_value(path), way)


def npy_value(path: Path) -> Any:
    """Return the array in an .npy file, or the pickle's record of an array of Python objects."""
    content = path.read_bytes()
    if len(content) > MOST_CONTENT:
        raise EdgeglowError(f"the file has {len(content):,} bytes, expected at most {MOST_CONTENT:,}")
    return _member(content, "its array")


def read_npz(archive: LimitedZip, way: ImportChoices = NO_CHOICES) -> StepChain:
    """Read the network in an .npz file that is not a run of this program."""
    arrays: dict[str, Any] = {}
    total = 0
    for member in archive.members:
        name = member.removesuffix(".npy")
        most = MOST_NAMES if name in TEXTS else MOST_CONTENT - total
        arrays[name] = _member(content := archive.read(member, most), name)
        total += len(content)
    return _chain(arrays, way)


def _chain(value: Any, way: ImportChoices) -> StepChain:
    contents = collect_arrays(value, _no_tensor)
    sklearn = any(name in contents.words for name in ("out_activation", "out_activation_"))
    turned = True if sklearn else None
    nameless = not any(any(map(str.isdigit, name)) for name in contents.tensors)
    return chain_from_arrays(contents, in_order=nameless, transposed=turned, way=way, whole_numbers=True)


def _no_tensor(name: str, value: PickledObject) -> LazyArray | None:
    """Return None: NumPy's files hold no other arrays than its own."""
    return None


def _member(content: bytes, name: str) -> Any:
    """Return the array in the bytes of an .npy file, or the pickle's record of an array of Python objects."""
    header = read_header(content, name, objects=True)
    if header.holds_objects:
        return read_pickle(io.BytesIO(content[header.start :]))
    return parse_npy(content, name)


def parse_npy(content: bytes, name: str) -> LazyArray:
    """Return the array in the bytes of an .npy file; its claimed size is compared with the bytes first."""
    array = read_array(content, name)
    if array.dtype.kind == "S":
        array = np.char.decode(array, "utf-8", "replace")
    kind = array.dtype.newbyteorder("=").name
    return LazyArray(array.shape, kind, lambda: array.astype(kind) if kind in FLOATS else array)
