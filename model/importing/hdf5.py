"""What is read of an HDF5 file: only what lies in the file itself, uncompressed and as long as it claims.

This part runs in a process of its own (see hdf5_apart): over a damaged file, the HDF5 library may never come to an
end, or end the process that called it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

import h5py
import numpy as np

from model.errors import EdgeglowError

MOST_ENTRIES = 5_000
MOST_DEPTH = 16
MOST_TEXT = 2**23


class Contents:
    """The groups, arrays and texts of an HDF5 file, by path. Raises EdgeglowError, or what h5py raises."""

    def __init__(self, file: IO[bytes]) -> None:
        self.root = h5py.File(file, "r")
        self.groups: list[str] = []
        self.datasets: dict[str, Any] = {}
        for path, child in self._walked():
            if isinstance(child, h5py.Dataset):
                self.datasets[path] = child
            elif isinstance(child, h5py.Group):
                self.groups.append(path)

    def _walked(self) -> Iterator[tuple[str, Any]]:
        """All that is in the file, by paths that go from group to group, and by no link to elsewhere."""
        open_groups: list[tuple[str, Any, int]] = [("", self.root, 0)]
        entries = 0
        while open_groups:
            path, here, depth = open_groups.pop()
            for name in here:
                entries += 1
                if entries > MOST_ENTRIES or depth > MOST_DEPTH:
                    raise EdgeglowError("its groups go round in a circle, or are too many for a network")
                where = f"{path}/{name}".lstrip("/")
                if not isinstance(here.get(name, getlink=True), h5py.HardLink):
                    raise EdgeglowError(f"{where} is a link to another place or file, which is not followed")
                child = here[name]
                yield where, child
                if isinstance(child, h5py.Group):
                    open_groups.append((where, child, depth + 1))

    def about(self) -> dict[str, Any]:
        """Groups, arrays with shape and type, and the texts in which Keras keeps names; plain values."""
        arrays = {}
        for path, dataset in self.datasets.items():
            shape = (0,) if dataset.shape is None else dataset.shape
            arrays[path] = [[int(size) for size in shape], self._kind(path)]
        texts = {path: self._text(path, "name") for path in self.groups if path.endswith("vars")}
        texts[""] = self._text("/", "model_config")
        return {"groups": self.groups, "arrays": arrays, "texts": texts}

    def _kind(self, path: str) -> str:
        """The type of an array's numbers; those that HDF5 does not know are told by a text beside them."""
        kind = self.datasets[path].dtype
        return "bfloat16" if kind == "V2" and self._text(path, "dtype") == "bfloat16" else kind.name

    def _text(self, path: str, name: str) -> str | None:
        """A text that a group carries, None when it has none of this name."""
        group = self.root[path]
        if name not in group.attrs:
            return None
        attribute = group.attrs.get_id(name)
        if attribute.shape != () or attribute.get_storage_size() > MOST_TEXT:
            raise EdgeglowError(f"its {name} is no text of a common length")
        if h5py.check_string_dtype(attribute.dtype) is None:
            raise EdgeglowError(f"its {name} is {attribute.dtype}, expected a text")
        value = group.attrs[name]
        return value.decode() if isinstance(value, bytes) else str(value)

    def read(self, path: str) -> tuple[np.ndarray, str]:
        """The numbers of an array, and their type; who asks has compared its shape with what can be shown."""
        dataset = self.datasets[path]
        layout = dataset.id.get_create_plist()
        if dataset.is_virtual or layout.get_external_count():
            raise EdgeglowError(f"{path} keeps its numbers in another file, expected all in one")
        if layout.get_nfilters():
            raise EdgeglowError(
                f"{path} is compressed, which Keras never does; save the model again with model.save"
            )
        needed, there = dataset.size * dataset.dtype.itemsize, dataset.id.get_storage_size()
        if there < needed:
            raise EdgeglowError(f"{path} claims {needed:,} bytes, but has {there:,}")
        array, kind = np.ascontiguousarray(dataset[()]), self._kind(path)
        return (array.view(np.uint16) if kind == "bfloat16" else array), kind
