"""Read an HDF5 file: only data in the file itself, uncompressed and as long as it claims.

This part runs in a process of its own (see hdf5_process.py): over a damaged file, the HDF5 library may never come to
an end, or end the process that called it. A reader in Python alone would need that, too: pyfive 1.3 reads the same of
all Keras files here, but over 2 KB in which a header is continued by itself it goes round without end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import IO, Any

import h5py
import numpy as np

from edgeglow.model.errors import EdgeglowError

MOST_ENTRIES = 5_000
MOST_DEPTH = 16
MOST_TEXT = 2**23


class Hdf5Reader:
    """The groups, arrays and texts of an HDF5 file, by path. Raises EdgeglowError, or the exceptions of h5py."""

    def __init__(self, file: IO[bytes]) -> None:
        self.root = h5py.File(file, "r")
        self.groups: dict[str, list[Any]] = {"": [self.root]}
        self.datasets: dict[str, Any] = {}
        for path, child in self._walked():
            for around in accumulate(path.split("/")[:-1], lambda *parts: "/".join(parts)):
                self.groups.setdefault(around, [])  # a name of several parts implies groups
            if isinstance(child, h5py.Group):
                self.groups.setdefault(path, []).append(child)
            elif isinstance(child, h5py.Dataset):
                if path in self.datasets:
                    raise EdgeglowError(f"it holds {path} twice, once with \\ in its name; expected it once")
                self.datasets[path] = child

    def _walked(self) -> Iterator[tuple[str, Any]]:
        """Yield everything in the file with its path, following groups but no links to elsewhere.

        Keras up to 2.15 on Windows joins the names of groups with a backslash, which is read as a slash.
        """
        open_groups: list[tuple[str, Any]] = [("", self.root)]
        entries = 0
        while open_groups:
            path, here = open_groups.pop()
            for name in here:
                where = "/".join(part for part in f"{path}/{name}".replace("\\", "/").split("/") if part)
                entries += 1
                if entries > MOST_ENTRIES or where.count("/") > MOST_DEPTH:
                    raise EdgeglowError("its groups go round in a circle, or are too many for a network")
                if not isinstance(here.get(name, getlink=True), h5py.HardLink):
                    raise EdgeglowError(f"{where} is a link to another place or file, which is not followed")
                child = here[name]
                yield where, child
                if isinstance(child, h5py.Group):
                    open_groups.append((where, child))

    def about(self) -> dict[str, Any]:
        """Return groups, arrays' shapes and types, and the texts in which Keras keeps names, as plain values."""
        arrays = {}
        for path, dataset in self.datasets.items():
            shape = (0,) if dataset.shape is None else dataset.shape
            arrays[path] = [[int(size) for size in shape], self._kind(path)]
        texts = {path: _text(found, "name") for path, found in self.groups.items() if path.endswith("vars")}
        texts[""] = _text([self.root], "model_config")
        return {"groups": list(self.groups), "arrays": arrays, "texts": texts}

    def _kind(self, path: str) -> str:
        """Return the type of an array's numbers; bfloat16, which HDF5 does not know, is named in an attribute."""
        dataset = self.datasets[path]
        half = dataset.dtype == "V2" and _text([dataset], "dtype") == "bfloat16"
        return "bfloat16" if half else str(dataset.dtype.name)

    def read(self, path: str) -> tuple[np.ndarray, str]:
        """Return the numbers of an array, and their type; the caller has checked its shape against the limits."""
        dataset = self.datasets[path]
        layout = dataset.id.get_create_plist()
        if dataset.is_virtual or layout.get_external_count():
            raise EdgeglowError(f"{path} keeps its numbers in another file, expected all in one")
        if layout.get_nfilters():
            raise EdgeglowError(f"{path} is compressed, which Keras never does; save the model again with model.save")
        needed, there = dataset.size * dataset.dtype.itemsize, dataset.id.get_storage_size()
        if there < needed:
            raise EdgeglowError(f"{path} claims {needed:,} bytes, but has {there:,}")
        array, kind = np.ascontiguousarray(dataset[()]), self._kind(path)
        return (array.view(np.uint16) if kind == "bfloat16" else array), kind


def _text(carriers: Iterable[Any], name: str) -> str | None:
    """Return the text attribute of this name of the first group or array that has it; None if none has."""
    carrier = next((each for each in carriers if name in each.attrs), None)
    if carrier is None:
        return None
    attribute = carrier.attrs.get_id(name)
    if attribute.shape != () or attribute.get_storage_size() > MOST_TEXT:
        raise EdgeglowError(f"its {name} is no text of a common length")
    if h5py.check_string_dtype(attribute.dtype) is None:
        raise EdgeglowError(f"its {name} is {attribute.dtype}, expected a text")
    value = carrier.attrs[name]
    return value.decode() if isinstance(value, bytes) else str(value)
