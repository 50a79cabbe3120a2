"""Files that are no runs, or no longer: refused in one line, before they cost memory."""

from __future__ import annotations

import pickle
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.files import npz_file
from edgeglow.model.run.run import Run

Refusal = Callable[[Path], str]


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04" + bytes(100), bytes(5000)])
def test_no_zip(content: bytes, tmp_path: Path, refusal: Refusal) -> None:
    path = tmp_path / "digits.npz"
    path.write_bytes(content)
    assert "damaged, or no run at all" in refusal(path)


def test_cut_short_at_every_length(saved: Path, refusal: Refusal) -> None:
    content = saved.read_bytes()
    for length in range(0, len(content), 997):
        saved.write_bytes(content[:length])
        refusal(saved)


def test_any_flipped_byte_is_noticed_or_harmless(saved: Path, tiny_run: Run) -> None:
    """Every place in the zip's own structures and around it, and many in the data."""
    content = saved.read_bytes()
    generator = np.random.default_rng(0)
    tail = len(content) - 2500  # the directory at the end
    places = [*generator.integers(0, len(content), 100), *generator.integers(tail, len(content), 300)]
    noticed = 0
    for place in map(int, places):
        damaged = bytearray(content)
        damaged[place] ^= 1 << int(generator.integers(8))
        saved.write_bytes(damaged)
        try:
            assert Run.load(saved).digest == tiny_run.digest  # a time stamp, say
        except EdgeglowError as error:
            assert str(error).startswith(f"{saved}: ")
            noticed += 1
    assert noticed > 200


def zip_with(path: Path, members: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> None:
    with zipfile.ZipFile(path, "w", compression) as file:
        for name, content in members.items():
            file.writestr(name, content)


def npy(descr: str, shape: str, data: bytes = b"", fortran: bool = False, version: int = 1) -> bytes:
    """The bytes of an .npy file with any claims."""
    header = f"{{'descr': {descr}, 'fortran_order': {fortran}, 'shape': {shape}, }}".encode().ljust(117) + b"\n"
    length = struct.pack("<H" if version == 1 else "<I", len(header))
    return b"\x93NUMPY" + bytes([version, 0]) + length + header + data


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path, refusal: Refusal) -> None:
    path = tmp_path / "bomb.npz"
    zip_with(path, {"about.npy": bytes(50_000_000)}, zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 100_000
    assert "claims to hold more bytes than it has" in refusal(path)


def test_a_lying_directory_is_not_believed(saved: Path, refusal: Refusal) -> None:
    """A stored member whose size in the directory is far beyond the file's."""
    content = bytearray(saved.read_bytes())
    at = content.index(b"PK\x01\x02")
    content[at + 20 : at + 28] = struct.pack("<II", 2**31, 2**31)
    saved.write_bytes(content)
    assert "claims to hold more bytes than it has" in refusal(saved)


def test_overlapping_members_are_refused(tmp_path: Path, refusal: Refusal) -> None:
    """Many names for the same bytes: a zip bomb without compression."""
    path = tmp_path / "bomb.npz"
    zip_with(path, {f"{k:03}.npy": bytes(200) for k in range(100)})
    content = path.read_bytes()
    start = content.index(b"PK\x01\x02")
    entries = content[start : content.index(b"PK\x05\x06")]
    size = len(entries) // 100
    overlapping = b"".join(
        entries[k * size : k * size + 42] + bytes(4) + entries[k * size + 46 : (k + 1) * size] for k in range(100)
    )
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 100, 100, len(overlapping), 300, 0)
    path.write_bytes(content[:300] + overlapping + end)
    assert "claims to hold more bytes than it has" in refusal(path)


@pytest.mark.parametrize(
    ("member", "message"),
    [
        (npy("'<f4'", "(1000000, 1000000, 1000000)"), "claims (1000000, 1000000, 1000000) of float32"),
        (npy("'<f4'", "(4,)", bytes(12)), "16 bytes, but has 12"),
        (npy("'<f4'", "(2,)", bytes(12)), "8 bytes, but has 12"),
        (npy("'<f4'", "(-1, -3)", bytes(12)), "damaged"),
        (npy("'|O'", "(1,)", pickle.dumps([1])), "holds Python objects, which are never loaded"),
        (npy("[('a', '<f4')]", "(3,)", bytes(12)), "expected numbers or text"),
        (npy("'<f4'", "(2, 2)", bytes(16), fortran=True), "by column"),
        (npy("'<M8[s]'", "(1,)", bytes(8)), "expected numbers or text"),
        (npy("'nonsense'", "(1,)", bytes(8)), "damaged"),
        (npy("'<f4'", "'x'", bytes(8)), "damaged"),
        (npy("'<f4'", "(2,)", bytes(8), version=2), "has .npy version 2, expected 1"),
        (b"\x93NUMPY\x09\x00" + bytes(20), "has .npy version (9, 0)"),
        (b"\x93NUMPY\x02\x00", "damaged"),
        (npy("'<f4'", f"(0, {'9' * 19}, {'9' * 19})"), "more than can be"),
        (npy("'<f4'", "(3, 4" + "\n" * 9), "damaged"),  # what Python's tokeniser is left alone with
        (b"\x93NUMPY\x01\x00\xff\xff{", "damaged"),
        (b"", "damaged"),
        (b"not npy at all", "damaged"),
    ],
)
def test_absurd_claims_of_an_array(member: bytes, message: str, tmp_path: Path, refusal: Refusal) -> None:
    path = tmp_path / "digits.npz"
    zip_with(path, {"about.npy": member})
    assert message in refusal(path)


def test_a_huge_file_is_not_read(saved: Path, monkeypatch: pytest.MonkeyPatch, refusal: Refusal) -> None:
    monkeypatch.setattr(npz_file, "MOST_BYTES", 1000)
    assert "expected at most 1,000" in refusal(saved)


def test_other_archives(saved: Path, tmp_path: Path, refusal: Refusal) -> None:
    path = tmp_path / "other.npz"
    np.savez(path, images=np.zeros(3))
    assert "it holds no 'about' text" in refusal(path)
    np.savez(path, about=np.array("hello"))
    assert "is no JSON" in refusal(path)
    np.savez(path, about=np.array('{"format": "zip"}'))
    assert "does not say that this is a run" in refusal(path)
    np.savez(path, about=np.array("[" * 100_000))
    assert "is no JSON" in refusal(path)
    with zipfile.ZipFile(saved) as old:
        members = {name: old.read(name) for name in old.namelist()}
    zip_with(path, {**members, "readme.txt": b"hello"})
    assert "holds 'readme.txt'" in refusal(path)
    zip_with(path, members)
    assert Run.load(path).digest == Run.load(saved).digest  # packed by another program
