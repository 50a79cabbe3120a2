"""Read PyTorch's tensors in pickles: each is a view, by strides, of numbers that are stored elsewhere."""

from __future__ import annotations

import io
import mmap
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing.lazy_array import FLOATS, ByteOrder, LazyArray, from_bytes
from edgeglow.model.importing.open_file import LimitedZip
from edgeglow.model.importing.pickle_reader import (
    ExternalReference,
    PickledName,
    PickledObject,
    is_class_reference,
    read_pickle,
)

KINDS = {
    "HalfStorage": "float16",
    "BFloat16Storage": "bfloat16",
    "FloatStorage": "float32",
    "DoubleStorage": "float64",
    "LongStorage": "int64",
    "IntStorage": "int32",
    "ShortStorage": "int16",
    "CharStorage": "int8",
    "ByteStorage": "uint8",
    "BoolStorage": "bool",
    "ComplexFloatStorage": "complex64",
    "ComplexDoubleStorage": "complex128",
}
BYTES = {"bfloat16": 2, "bool": 1} | {
    kind: np.dtype(kind).itemsize for kind in KINDS.values() if kind not in {"bfloat16", "bool"}
}
REBUILDERS = {"torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor_v3"}
WRAPPERS = {"torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state"}
SUBCLASSES = "torch._tensor._rebuild_from_type_v2"
FROM_BYTES = "torch.storage._load_from_bytes"
MOST_STORED = 200_000_000  # bytes of all storages together: 20 million numbers, with some margin


@dataclass(frozen=True)
class StorageKey:
    """A reference to numbers in a file: ``key`` identifies them, ``kind`` is their type, ``count`` their number."""

    key: str
    kind: str
    count: int


class StorageReader:
    """The numbers behind the tensors; each storage is read once, and the total is limited."""

    def __init__(self, read: Callable[[StorageKey], bytes], order: ByteOrder = "<") -> None:
        self._read = read
        self._order = order
        self._kept: dict[StorageKey, np.ndarray] = {}
        self._bytes = 0

    def numbers(self, storage: StorageKey) -> np.ndarray:
        """Return all numbers of a storage, (count,)."""
        if storage not in self._kept:
            self._bytes += storage.count * BYTES[storage.kind]
            if self._bytes > MOST_STORED:
                raise EdgeglowError(f"its tensors take more than {MOST_STORED:,} bytes, expected fewer")
            content = self._read(storage)
            self._kept[storage] = from_bytes(content, storage.kind, self._order)[: storage.count]
        return self._kept[storage]


def zip_storages(archive: LimitedZip, prefix: str) -> StorageReader:
    """Return the storages of a zip file of torch.save; ``prefix`` is its folder."""
    order: ByteOrder = ">" if f"{prefix}byteorder" in archive.members and _is_big(archive, prefix) else "<"

    def read(storage: StorageKey) -> bytes:
        name = f"{prefix}data/{storage.key}"
        needed = storage.count * BYTES[storage.kind]
        if (there := archive.length(name)) < needed:
            raise EdgeglowError(f"{name} has {there:,} bytes, but a tensor needs {needed:,}")
        return archive.read(name, MOST_STORED)[:needed]

    return StorageReader(read, order)


def _is_big(archive: LimitedZip, prefix: str) -> bool:
    return archive.read(f"{prefix}byteorder", 16).strip() == b"big"


def legacy_storages(
    content: mmap.mmap | bytes, at: int, keys: object, outside: list[ExternalReference]
) -> StorageReader:
    """Return the storages of the format before PyTorch 1.6: they start at ``at``, each after its count.

    ``keys`` gives their order, ``outside`` all references of the pickle before them.
    """
    if not isinstance(keys, list):
        raise EdgeglowError("it is damaged: it has no list of storages")
    storages = [storage_of(each) for each in outside if not is_class_reference(each)]
    known = {storage.key: storage for storage in storages}
    places: dict[StorageKey, int] = {}
    for key in keys:
        storage = known.get(key) if isinstance(key, str) else None
        if storage is None:
            raise EdgeglowError(f"it lists the storage {key!r}, which no tensor uses")
        places[storage] = at + 8
        at += 8 + storage.count * BYTES[storage.kind]
    if at > len(content):
        raise EdgeglowError(f"its tensors need {at:,} bytes, but the file has {len(content):,}")

    def read(storage: StorageKey) -> bytes:
        if storage not in places:
            raise EdgeglowError(f"it misses the storage {storage.key!r}")
        start = places[storage]
        if int.from_bytes(content[start - 8 : start], "little") != storage.count:
            raise EdgeglowError(f"the storage {storage.key!r} has another length than its tensor says")
        return content[start : start + storage.count * BYTES[storage.kind]]

    return StorageReader(read)


def pickled_storage(content: object) -> tuple[StorageKey, StorageReader]:
    """Return a storage that was pickled as bytes, which are a file of the format before PyTorch 1.6."""
    if not isinstance(content, bytes):
        raise EdgeglowError("it holds a tensor without its numbers")
    stream = io.BytesIO(content)
    outside: list[ExternalReference] = []
    for _ in range(3):  # the format, its version, and facts about the machine
        read_pickle(stream)
    stored = read_pickle(stream, outside)
    keys = read_pickle(stream)
    return storage_of(stored), legacy_storages(content, stream.tell(), keys, outside)


def no_storages() -> StorageReader:
    """Return storages for a pickle that has none."""

    def read(storage: StorageKey) -> bytes:
        raise EdgeglowError(f"it misses the storage {storage.key!r}; save the network by torch.save")

    return StorageReader(read)


def storage_of(outside: object) -> StorageKey:
    """Return the storage that a pickle refers to. Raises EdgeglowError when it refers to anything else."""
    identifier = outside.identifier if isinstance(outside, ExternalReference) else None
    match identifier:
        case ("storage", PickledName() as kind, str() as key, str(), int() as count, *_):
            if not 0 <= count < 2**48:
                raise EdgeglowError(f"the storage {key!r} claims {count} numbers")
            if kind.name not in KINDS:
                raise EdgeglowError(f"it holds a tensor of {kind}, expected floating point")
            return StorageKey(key, KINDS[kind.name], count)
    raise EdgeglowError("it refers to something that is no storage of a tensor")


def is_tensor(value: object) -> bool:
    """Return whether this is a pickle's record of a tensor of any kind."""
    return isinstance(value, PickledObject) and (
        value.kind.startswith("torch._utils._rebuild_") or value.kind == SUBCLASSES
    )


def tensor_of(value: PickledObject, storages: StorageReader, depth: int = 0) -> LazyArray:
    """Return the tensor that the pickle describes, to be read on demand.

    Tensors that are not supported are marked by their ``kind``, and refused when they are fetched.
    """
    arguments = value.arguments
    if depth < 4 and value.kind in WRAPPERS and arguments and isinstance(arguments[0], PickledObject):
        return tensor_of(arguments[0], storages, depth + 1)
    if depth < 4 and value.kind == SUBCLASSES and len(arguments) > 2 and isinstance(arguments[2], tuple):
        return tensor_of(PickledObject(arguments[0], arguments[2]), storages, depth + 1)
    if value.kind not in REBUILDERS:
        what = value.kind.removeprefix("torch._utils._rebuild_").replace("_", " ").strip()
        return LazyArray((), "quantised numbers" if "qtensor" in what else f"a {what or 'strange'} tensor", _nothing)
    if len(arguments) < 4:
        raise EdgeglowError("it holds a tensor without a shape")
    storage, offset, shape, strides = arguments[:4]
    if isinstance(storage, PickledObject) and storage.kind == FROM_BYTES and storage.arguments:
        kept, storages = pickled_storage(storage.arguments[0])
    else:
        kept = storage_of(storage)
    if not _are_counts((offset,)) or not _are_counts(shape) or not _are_counts(strides):
        raise EdgeglowError(f"the storage {kept.key!r} is seen through a shape that is none")
    if len(shape) != len(strides):
        raise EdgeglowError(f"the storage {kept.key!r} has {len(shape)} dimensions, but {len(strides)} strides")
    last = offset + sum((size - 1) * stride for size, stride in zip(shape, strides, strict=True))
    if 0 not in shape and last >= kept.count:
        raise EdgeglowError(f"a tensor of shape {shape} reaches beyond its storage of {kept.count:,} numbers")
    kind = "another type" if value.kind.endswith("v3") else kept.kind
    return LazyArray(shape, kind, lambda: _view(storages, kept, offset, shape, strides))


def _nothing() -> np.ndarray:
    return np.zeros(0, np.float32)


def _are_counts(numbers: object) -> bool:
    return isinstance(numbers, tuple) and all(
        isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 2**40 for number in numbers
    )


def _view(
    storages: StorageReader, kept: StorageKey, offset: int, shape: tuple[int, ...], strides: tuple[int, ...]
) -> np.ndarray:
    """Copy the numbers that the strides select into an array of this shape; the caller has checked the bounds."""
    if kept.kind not in FLOATS or 0 in shape:
        return np.zeros(shape, np.float32)
    numbers = storages.numbers(kept)
    steps = [stride * numbers.itemsize for stride in strides]
    view = np.lib.stride_tricks.as_strided(numbers[offset:], shape, steps, writeable=False)
    return np.array(view)
