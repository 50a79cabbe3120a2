"""NumPy's own format: what NumPy writes is read as NumPy reads it, and no header is evaluated."""

from __future__ import annotations

import io
import struct
import sys

import numpy as np
import pytest

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.files.npy_file import read_array, read_header

ARRAYS = {
    "matrix": np.arange(12, dtype=np.float32).reshape(3, 4),
    "by column": np.asfortranarray(np.arange(12.0).reshape(3, 4)),
    "big-endian": np.arange(5, dtype=">i4"),
    "half": np.arange(5, dtype=np.float16),
    "truth": np.array([True, False]),
    "scalar": np.array(3.5),
    "text": np.array(["a", "한글", "𝄞"]),
    "text alone": np.array("words"),
    "big-endian text": np.array(["a", "é"], ">U3"),
    "bytes": np.array([b"abc", b"d"]),
    "empty": np.zeros((0, 3)),
    "empty text": np.zeros(0, "U3"),
    "many sides": np.zeros((1,) * 20),
}


def npy(header: str, content: bytes = b"", version: int = 1) -> bytes:
    length = struct.pack("<H" if version == 1 else "<I", len(header))
    return b"\x93NUMPY" + bytes([version, 0]) + length + header.encode("latin-1") + content


@pytest.mark.parametrize("array", ARRAYS.values(), ids=ARRAYS)
@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)], ids=str)
def test_what_numpy_writes(array: np.ndarray, version: tuple[int, int]) -> None:
    content = io.BytesIO()
    np.lib.format.write_array(content, array, version)
    found = read_array(content.getvalue(), "x")
    assert found.dtype == array.dtype and found.shape == array.shape
    np.testing.assert_array_equal(found, array)


@pytest.mark.parametrize(
    "header",
    [
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2L,), }",  # Python 2
        '{"descr": "<f4", "fortran_order": False, "shape": (2,)}',
        "{'shape': (2,), 'fortran_order': False, 'descr': '<f4'}   \n",
        "{'descr':'<f4','fortran_order':False,'shape':(2,)}",
    ],
)
def test_what_others_write(header: str) -> None:
    assert read_array(npy(header, bytes(8)), "x").tolist() == [0, 0]


PROLOGUE = "'descr': '<f4', 'fortran_order': False, 'shape': "
DAMAGED = {
    "left open": "{" + PROLOGUE + "(3, 4\n",  # tokenize.TokenError in NumPy 2
    "a bracket more": "{" + PROLOGUE + "((3,)}",
    "text left open": "{'descr': '''<f4, 'fortran_order': False, 'shape': (3,)}",
    "a call": "{" + PROLOGUE + "open('x', 'w')}",
    "a sum": "{" + PROLOGUE + "(3 + 4,)}",
    "a minus": "{" + PROLOGUE + "(-1, -3)}",
    "no shape": "{'descr': '<f4', 'fortran_order': False}",
    "one more": "{" + PROLOGUE + "(3,), 'more': (3,)}",
    "truth": "{'descr': '<f4', 'fortran_order': 1, 'shape': (3,)}",
    "nothing": "",
    "not a dictionary": "[1, 2]",
    "deep": "{" + PROLOGUE + "(" * 5_000 + "}",
    "digits": "{" + PROLOGUE + "(" + "9" * 5_000 + ",)}",
    "a comma first": "{" + PROLOGUE + "(,3)}",
    "other letters": "{" + PROLOGUE + "(\xb2,)}",
}


@pytest.mark.parametrize("header", DAMAGED.values(), ids=DAMAGED)
@pytest.mark.parametrize("version", [1, 2])
def test_damaged_headers(header: str, version: int) -> None:
    with pytest.raises(EdgeglowError, match=r"x has a damaged \.npy header"):
        read_array(npy(header, bytes(12), version), "x")


REFUSED = {
    "objects": ("'|O'", "(1,)", "holds Python objects, which are never loaded"),
    "records": ("[('a', '<f4')]", "(3,)", "holds records, expected numbers or text"),
    "times": ("'<M8[s]'", "(1,)", "holds '<M8[s]', expected numbers or text"),
    "complex": ("'<c8'", "(1,)", "holds '<c8'"),
    "raw": ("'|V8'", "(1,)", "holds '|V8'"),
    "a strange size": ("'<f3'", "(1,)", "holds '<f3'"),
    "endless text": ("'<U9999999'", "(1,)", "holds '<U9999999'"),
    "text without letters": ("'<U0'", "(1,)", "holds '<U0'"),
    "terabytes": ("'<f4'", "(1048576, 1048576)", "claims (1048576, 1048576) of float32"),
    "too many sides": ("'<f4'", "(" + "1," * 40 + ")", "claims 40 dimensions"),
    "nothing of too much": ("'<f8'", f"(0, {'9' * 18})", "more than can be"),
    "too many": ("'<f4'", "(1,)", "4 bytes, but has 8"),
    "too few": ("'<f4'", "(9,)", "36 bytes, but has 8"),
}


@pytest.mark.parametrize(("kind", "shape", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_read(kind: str, shape: str, message: str) -> None:
    header = f"{{'descr': {kind}, 'fortran_order': False, 'shape': {shape}, }}"
    with pytest.raises(EdgeglowError) as caught:
        read_array(npy(header, bytes(8)), "x")
    assert message in str(caught.value) and len(str(caught.value)) < 200


@pytest.mark.parametrize("letter", [0xD800, 0xDFFF, sys.maxunicode + 1, 2**32 - 1])
def test_what_is_no_letter(letter: int) -> None:
    header = "{'descr': '<U1', 'fortran_order': False, 'shape': (2,), }"
    assert read_array(npy(header, struct.pack("<II", 65, 0x1D11E)), "x").tolist() == ["A", "\U0001d11e"]
    with pytest.raises(EdgeglowError, match="holds what is no text"):
        read_array(npy(header, struct.pack("<II", 65, letter)), "x")


def test_a_header_tells_how_much_follows_before_any_of_it_is_there() -> None:
    content = io.BytesIO()
    np.save(content, np.zeros((1000, 784), np.uint8))
    header = read_header(content.getvalue()[:200], "x")
    assert (header.shape, header.bytes, header.start) == ((1000, 784), 784_000, 128)


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY", b"\x93NUMPY\x01\x00\xff\xff{", b"PK\3\4" + bytes(40)])
def test_what_is_no_npy_file(content: bytes) -> None:
    with pytest.raises(EdgeglowError, match="damaged"):
        read_header(content, "x")
