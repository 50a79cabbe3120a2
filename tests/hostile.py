"""Malicious and wrong files: each is written into a folder, and must be refused."""

from __future__ import annotations

import io
import os
import pickle
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import onnx
from onnx import TensorProto, helper


def zipped(members: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as archive:
        for name, member in members.items():
            archive.writestr(name, member)
    return content.getvalue()


def torch_file(pickled: bytes, **storages: bytes) -> bytes:
    return zipped({"a/data.pkl": pickled, "a/byteorder": b"little"} | {f"a/data/{k}": v for k, v in storages.items()})


class Runs:
    """Object that calls a function when it is unpickled."""

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        self.call = (function, arguments)

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return self.call


def pickles(touched: Path) -> dict[str, bytes]:
    """Return pickles that would create the file ``touched``, or use up memory or time."""
    command = f"touch {touched}"
    runs = {
        "system": Runs(os.system, command),
        "eval": Runs(eval, f"open({str(touched)!r}, 'w')"),
        "open": Runs(open, str(touched), "w"),
        "hidden": {"model_state_dict": {"fc.weight": Runs(os.system, command)}},
        "key": {"epoch": 1, Runs(os.system, command): 2},
    }
    found = {name: pickle.dumps(each, protocol=2) for name, each in runs.items()}
    found["text"] = f"cposix\nsystem\n(V{command}\ntR.".encode()
    found["instance"] = f"(V{command}\niposix\nsystem\n.".encode()
    found["object"] = f"(cposix\nsystem\nV{command}\no.".encode()
    found["build"] = (
        b"\x80\x02cbuiltins\nset\n)\x81}X\x0c\x00\x00\x00__setstate__cposix\nsystem\nsbX\x01\x00\x00\x00ab."
    )
    found["extension"] = b"\x80\x02\x82\x01)R."
    found["memo"] = b"\x80\x02Nr\xff\xff\xff\x7f."
    found["bytes"] = b"\x80\x04\x8e" + struct.pack("<Q", 2**62) + b"abc."
    found["text length"] = b"\x80\x02X\xff\xff\xff\x7fabc."
    found["deep tuples"] = b"\x80\x02)" + b"\x85" * 390_000 + b"."
    found["deep key"] = b"\x80\x02})" + b"\x85" * 390_000 + b"Ns."
    found["wide key"] = b"\x80\x02})" + b"2\x86" * 100_000 + b"Ns."
    found["laughter"] = b"\x80\x02]" + b"q\x00]h\x00h\x00h\x00\x87a" * 50_000 + b"."
    found["endless"] = b"\x80\x02" + b"N0" * 2_000_000 + b"."
    found["empty stack"] = b"\x80\x020."
    found["long number"] = b"\x80\x02L" + b"9" * 1_000_000 + b"L\n."
    found["nested modules"] = _nested_modules()
    return found | _shared_lists() | _false_arrays(touched)


def _shared_lists() -> dict[str, bytes]:
    """Return pickles of lists that contain one list a thousand times, three levels deep: 10**9 values in all."""

    def thrice(value: object) -> bytes:
        for _ in range(3):
            value = [value] * 1000
        return pickle.dumps({"weights": value}, protocol=2)

    return {
        "shared numbers": thrice(0.5),
        "shared words": thrice("a"),
        "shared nothing": thrice(None),
        "shared dictionaries": thrice({}),
        "wide words": pickle.dumps([["a"] * 100_000] * 1000, protocol=2),
        "deep dictionaries": b"\x80\x02" + b"}X\x01\x00\x00\x00a" * 60_000 + b"N" + b"s" * 60_000 + b".",
    }


def _false_arrays(touched: Path) -> dict[str, bytes]:
    """Return pickles of NumPy arrays with missing data or wrong shapes, or that contain code."""
    make, scalar = np.zeros(1).__reduce__()[0], np.float64(1).__reduce__()[0]
    start = (np.ndarray, (0,), b"b")

    class Claims:
        def __init__(self, *state: object) -> None:
            self.state = state

        def __reduce__(self) -> tuple[object, ...]:
            return (make, start, self.state)

    single = np.dtype("f4")
    arrays = {
        "array of terabytes": Claims(1, (2**20, 2**20), single, False, b"abcd"),
        "array of nothing": Claims(1, (2**20, 0, 2**39), single, False, b""),
        "array below 0": Claims(1, (-1, -4), single, False, bytes(16)),
        "array of words": Claims(1, ("a", 2), single, False, bytes(16)),
        "array of code": Claims(1, (1,), np.dtype(object), False, [Runs(os.system, f"touch {touched}")]),
        "array of itself": Claims(1, (), np.dtype(object), False, [Claims(1, (), np.dtype(object), False, [None])]),
        "array of dates": Claims(1, (2,), np.dtype("M8[s]"), False, bytes(16)),
        "array of pairs": Claims(1, (2,), np.dtype("f4,f4"), False, bytes(16)),
        "number that is none": Runs(scalar, single, Runs(os.system, f"touch {touched}")),
    }
    return {name: pickle.dumps({"W1": array, "b1": array}, protocol=2) for name, array in arrays.items()}


def _nested_modules() -> bytes:
    """Return a pickle of nn.Sequentials inside each other, a hundred times each: 10**8 in all."""
    kind = b"ctorch.nn.modules.container\nSequential\n)\x81}X\x08\x00\x00\x00_modules"
    code = b"\x80\x02" + kind + b"}sbq\x00"
    for _ in range(4):
        children = b"".join(f"V{index}\nh\x00".encode() for index in range(100))
        code += kind + b"}(" + children + b"usbq\x00"
    return code + b"."


def tensor_pickle(shape: tuple[int, ...], strides: tuple[int, ...], numbers: int, offset: int = 0) -> bytes:
    """Return the pickle of a state dict with one tensor, as torch.save writes it."""

    def whole(number: int) -> bytes:
        return b"\x8a\x08" + struct.pack("<q", number)

    def several(values: tuple[int, ...]) -> bytes:
        return b"(" + b"".join(whole(value) for value in values) + b"t"

    storage = (
        b"(X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpu"
        + whole(numbers)
        + b"tQ"
    )
    view = b"(" + storage + whole(offset) + several(shape) + several(strides) + b"\x89NtR"
    return b"\x80\x02}X\x09\x00\x00\x00fc.weightctorch._utils\n_rebuild_tensor_v2\n" + view + b"s."


def tensors() -> dict[str, bytes]:
    """Return PyTorch files whose tensors refer to data that do not exist."""
    few = np.arange(12, dtype="<f4").tobytes()
    return {
        "terabytes": torch_file(tensor_pickle((2**20, 2**20), (2**20, 1), 2**40), **{"0": few}),
        "repeated": torch_file(tensor_pickle((2**20, 2**20), (0, 0), 12), **{"0": few}),
        "beyond": torch_file(tensor_pickle((3, 4), (4, 1), 12, offset=1), **{"0": few}),
        "short": torch_file(tensor_pickle((3, 4), (4, 1), 12), **{"0": few[:-1]}),
        "backwards": torch_file(tensor_pickle((3, 4), (-4, 1), 12, offset=8), **{"0": few}),
        "missing": torch_file(tensor_pickle((3, 4), (4, 1), 12)),
        "nan": torch_file(tensor_pickle((3, 4), (4, 1), 12), **{"0": np.full(12, np.nan, "<f4").tobytes()}),
    }


def npy(header: str, content: bytes = b"") -> bytes:
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + content


def plain() -> dict[str, bytes]:
    """Return damaged files of NumPy and safetensors, and files that are no network."""
    many = "{'descr': '<f4', 'fortran_order': False, 'shape': (1048576, 1048576)}\n"
    objects = io.BytesIO()
    np.save(objects, np.array([print], object), allow_pickle=True)
    header = b'{"fc.weight":{"dtype":"F32","shape":[1048576,1048576],"data_offsets":[0,4398046511104]}}'
    short = b'{"fc.weight":{"dtype":"F32","shape":[4,3],"data_offsets":[0,40]}}'
    zeros = npy("{'descr': '<f4', 'fortran_order': False, 'shape': (40000000,)}\n", bytes(160_000_000))
    lying = bytearray(zipped({"W1.npy": bytes(1_000_000)}, zipfile.ZIP_DEFLATED))
    at = lying.index(b"PK\x01\x02")
    lying[at + 24 : at + 28] = struct.pack("<I", 1_000)
    directory = zipped({"W1.npy": b"x"})[:-22] + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 9, 9, 2**31, 0, 0)
    return {
        "terabytes.npy": npy(many),
        "objects.npy": objects.getvalue(),
        "minus.npy": npy("{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 4)}\n", bytes(16)),
        "code.npy": npy("__import__('os').system('true')\n"),
        "bomb.npz": zipped({"W1.npy": zeros, "W2.npy": zeros}, zipfile.ZIP_DEFLATED),
        "lying.npz": bytes(lying),
        "directory.npz": bytes(directory),
        "lzma.npz": zipped({"W1.npy": bytes(1000)}, zipfile.ZIP_LZMA),
        "pickle_bomb.pt": zipped({"a/data.pkl": bytes(100_000_000)}, zipfile.ZIP_DEFLATED),
        "config_bomb.keras": zipped(
            {"config.json": bytes(50_000_000), "model.weights.h5": b""}, zipfile.ZIP_DEFLATED
        ),
        "deep.keras": zipped({"config.json": b"[" * 1_000_000, "model.weights.h5": b""}),
        "other.zip": zipped({"readme.txt": b"hello"}),
        "terabytes.safetensors": struct.pack("<Q", len(header)) + header,
        "short.safetensors": struct.pack("<Q", len(short)) + short + bytes(40),
        "header.safetensors": struct.pack("<Q", 2**31) + b"{" + bytes(100),
        "nan.npz": _saved(W1=np.full((3, 4), np.nan), b1=np.zeros(3)),
        "infinite.npz": _saved(W1=np.full((3, 4), 1e39), b1=np.zeros(3)),
        "dimensions.npz": _saved(W1=np.zeros((3, 4)), b1=np.zeros(3), W2=np.zeros((5, 6)), b2=np.zeros(5)),
        "biases.npz": _saved(W1=np.zeros((3, 4)), b1=np.zeros(7)),
        "cube.npz": _saved(W1=np.zeros((3, 4, 5)), b1=np.zeros(3)),
        "nothing.npz": _saved(W1=np.zeros((0, 4)), b1=np.zeros(0)),
        "empty.pt": b"",
        "text.txt": b"weights, I promise\n",
        "picture.png": b"\x89PNG\r\n\x1a\n" + bytes(200),
        "short.pt": b"\x80",
    }


def _saved(**arrays: np.ndarray) -> bytes:
    content = io.BytesIO()
    np.savez(content, **arrays)
    return content.getvalue()


def write_hdf5(folder: Path) -> None:
    """Write HDF5 files with misleading arrays and links."""
    with h5py.File(folder / "terabytes.weights.h5", "w") as file:
        file.create_dataset("layers/dense/vars/0", (2**20, 2**20), "f4")
    with h5py.File(folder / "compressed.weights.h5", "w") as file:
        file.create_dataset("layers/dense/vars/0", data=np.zeros((2000, 2000), "f4"), compression="gzip")
    with h5py.File(folder / "chunks.weights.h5", "w") as file:
        file.create_dataset(
            "layers/dense/vars/0", (4, 3), "f4", chunks=(2**14, 2**14), maxshape=(None, None), compression="gzip"
        )
    with h5py.File(folder / "circle.h5", "w") as file:
        inner = file.create_group("layers/dense")
        inner["again"] = file["layers"]
    with h5py.File(folder / "external.h5", "w") as file:
        file["layers"] = h5py.ExternalLink("/etc/passwd", "/")
    with h5py.File(folder / "soft.h5", "w") as file:
        file["layers"] = h5py.SoftLink("/layers")
    with h5py.File(folder / "elsewhere.weights.h5", "w") as file:
        file.create_dataset("layers/dense/vars/0", (4, 3), "f4", external=[("/dev/zero", 0, 48)])
    with h5py.File(folder / "nan.weights.h5", "w") as file:
        file["layers/dense/vars/0"] = np.full((4, 3), np.nan, "f4")
    with h5py.File(folder / "config.h5", "w") as file:
        file.attrs["model_config"] = "{" * 1000


def write_onnx(folder: Path) -> None:
    """Write ONNX files with invalid graphs, and with missing arrays."""
    start = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 4])
    end = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 3])
    good = helper.make_tensor("w", TensorProto.FLOAT, [4, 3], np.ones(12))
    vast = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[2**20, 2**20])
    nan = helper.make_tensor("w", TensorProto.FLOAT, [4, 3], np.full(12, np.nan))
    product = helper.make_node("MatMul", ["x", "w"], ["y"], "product")
    for name, nodes, weights in (
        ("loop", [helper.make_node("Relu", ["y"], ["z"], "a"), helper.make_node("Tanh", ["z"], ["y"], "b")], good),
        (
            "constants",
            [helper.make_node("Identity", ["v"], ["v"], "c"), helper.make_node("MatMul", ["x", "v"], ["y"])],
            good,
        ),
        ("terabytes", [product], vast),
        ("nan", [product], nan),
        ("unmade", [helper.make_node("MatMul", ["nobody", "w"], ["y"], "product")], good),
        ("skip", [helper.make_node("Add", ["x", "x"], ["y"], "twice")], good),
    ):
        graph = helper.make_graph(nodes, "g", [start], [end], [weights])
        onnx.save(helper.make_model(graph), folder / f"{name}.onnx")
    (folder / "many.onnx").write_bytes(b"\x08\x0a\x3a" + _varint(6_000_000) + b"\x0a\x00" * 3_000_000)


def _varint(number: int) -> bytes:
    found = b""
    while number > 127:
        found += bytes([number % 128 + 128])
        number //= 128
    return found + bytes([number])


def write_hostile(folder: Path, touched: Path) -> None:
    """Write all of them, one file each."""
    for name, content in pickles(touched).items():
        (folder / f"{name}.pt").write_bytes(torch_file(content))
        (folder / f"{name}.bare.pt").write_bytes(content)
    for name, content in tensors().items():
        (folder / f"tensor {name}.pt").write_bytes(content)
    for name, content in plain().items():
        (folder / name).write_bytes(content)
    write_hdf5(folder)
    write_onnx(folder)
    (folder / "folder.keras").mkdir()
    os.mkfifo(folder / "pipe.pt")
    (folder / "zero.pt").symlink_to("/dev/zero")
