"""Labelled examples in users' own files: read as they are meant, and refused in one line."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing.examples.labelled_file import PAIRS, read_labelled


@pytest.mark.parametrize("pair", PAIRS, ids=str)
@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_pictures_in_an_npz(tmp_path: Path, pair: tuple[str, str], save: object) -> None:
    images = np.arange(4 * 3 * 2, dtype=np.uint8).reshape(4, 3, 2) * 10
    np.savez(tmp_path / "mine.npz", **{pair[0]: images, pair[1]: np.array([0, 2, 1, 2])})
    found = read_labelled(tmp_path / "mine.npz")
    np.testing.assert_allclose(found.inputs, images / 255, rtol=1e-6)
    assert found.inputs.dtype == np.float32 and found.are_bytes
    assert found.labels.tolist() == [0, 2, 1, 2] and found.source == "mine"


def test_the_part_kept_for_testing_is_taken(tmp_path: Path) -> None:
    """As Keras's own mnist.npz has it."""
    train, test = np.zeros((9, 4, 4), np.uint8), np.full((2, 4, 4), 255, np.uint8)
    np.savez(tmp_path / "a.npz", x_train=train, y_train=np.zeros(9, int), x_test=test, y_test=np.array([1, 0]))
    found = read_labelled(tmp_path / "a.npz")
    assert len(found.inputs) == 2 and found.inputs.min() == 1.0


@pytest.mark.parametrize("shape", [(5, 8, 8), (5, 8, 8, 1), (5, 1, 8, 8)])
def test_a_channel_of_grey_is_no_dimension(tmp_path: Path, shape: tuple[int, ...]) -> None:
    values = np.random.default_rng(0).random(shape)
    np.savez(tmp_path / "a.npz", x=values, y=np.arange(5))
    found = read_labelled(tmp_path / "a.npz")
    np.testing.assert_allclose(found.inputs, values.reshape(5, 8, 8).astype(np.float32))
    assert not found.are_bytes


def test_names_and_one_column_a_class(tmp_path: Path) -> None:
    np.savez(
        tmp_path / "a.npz",
        x=np.zeros((3, 2)),
        y=np.eye(4)[[3, 0, 1]],
        class_names=["a", "b", "c", "d"],
        feature_names=["length", "width"],
    )
    found = read_labelled(tmp_path / "a.npz")
    assert found.labels.tolist() == [3, 0, 1]
    assert found.class_names == ("a", "b", "c", "d") and found.feature_names == ("length", "width")


def test_a_table(tmp_path: Path) -> None:
    (tmp_path / "iris.csv").write_text(
        "sepal length,sepal width,species\n5.1,3.5,setosa\n7,3.2,versicolor\n\n4.9,-3,setosa\n"
    )
    found = read_labelled(tmp_path / "iris.csv")
    np.testing.assert_allclose(found.inputs, [[5.1, 3.5], [7, 3.2], [4.9, -3]], rtol=1e-6)
    assert found.feature_names == ("sepal length", "sepal width")
    assert found.class_names == ("setosa", "versicolor") and found.labels.tolist() == [0, 1, 0]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_column_of_classes_may_stand_anywhere(tmp_path: Path, separator: str) -> None:
    text = "\n".join(separator.join(row) for row in [("Label", "a", "b"), ("3", "1", "2"), ("0", "5", "6")])
    path = tmp_path / ("t.tsv" if separator == "\t" else "t.csv")
    path.write_text(text, encoding="utf-8-sig")
    found = read_labelled(path)
    assert found.labels.tolist() == [3, 0] and found.inputs.tolist() == [[1, 2], [5, 6]]
    assert found.feature_names == ("a", "b") and found.class_names == ()


TABLES = {
    "a,b,label\n1,2,x\n3,y\n": "line 3 has 2 columns, but the header has 3",
    "a,b,label\n1,?,x\n": "line 2: b is '?', expected a number; the column of classes is 'label'",
    "a,b,label\n": "has no rows below a header",
    "": "has no rows below a header",
    "a,label\nnan,x\n": "holds inputs that are not finite numbers",
}


@pytest.mark.parametrize(("text", "message"), TABLES.items())
def test_tables_that_are_none(tmp_path: Path, text: str, message: str) -> None:
    assert message in refusal(tmp_path / "a.csv", text.encode())


def test_files_that_are_none(tmp_path: Path) -> None:
    assert "there is no such file" in refusal(tmp_path / "none.npz")
    assert "neither .npz nor .csv" in refusal(tmp_path / "a.npz", b"hello")
    assert "has no rows below a header" in refusal(tmp_path / "a.csv", b"\xff\xfe\x00\x01" * 9)
    assert "holds weights; expected inputs and labels" in refusal(tmp_path / "b.npz", npz(weights=np.zeros(3)))
    assert "but 2 labels" in refusal(tmp_path / "c.npz", npz(x=np.zeros((3, 4)), y=np.zeros(2, int)))
    assert "has label -1" in refusal(tmp_path / "d.npz", npz(x=np.zeros((1, 4)), y=np.array([-1])))
    assert "holds no examples" in refusal(tmp_path / "e.npz", npz(x=np.zeros((0, 4)), y=np.zeros(0, int)))
    assert "expected numbers" in refusal(tmp_path / "f.npz", npz(x=np.array([["a"]]), y=np.zeros(1, int)))
    workbook = io.BytesIO()
    with zipfile.ZipFile(workbook, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    for name in ("w.xlsx", "w.csv"):  # some only change the ending
        assert "is an Excel workbook; save its table as CSV" in refusal(tmp_path / name, workbook.getvalue())
    assert "shape (2, 3, 4, 5)" in refusal(tmp_path / "g.npz", npz(x=np.zeros((2, 3, 4, 5)), y=np.zeros(2, int)))
    objects = io.BytesIO()
    np.savez(objects, x=np.array([{}, {}], object), y=np.zeros(2, int))
    assert "x holds Python objects, which are never loaded" in refusal(tmp_path / "h.npz", objects.getvalue())


def test_a_bomb_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told by its header alone, of which a few bytes are unpacked."""
    monkeypatch.setattr("edgeglow.model.importing.examples.labelled_file.MOST_NUMBERS", 2**22)
    header = b"{'descr': '|u1', 'fortran_order': False, 'shape': (%d, 784), }"
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("y.npy", npy_of(np.zeros(10_000, int)))
        with archive.open("x.npy", "w") as member:
            member.write(b"\x93NUMPY\x01\x00\x76\x00" + (header % 10_000).ljust(117) + b"\n")
            for _ in range(20):
                member.write(bytes(392_000))
    assert len(content.getvalue()) < 2**15
    unpacked = []
    read = zipfile.ZipExtFile.read

    def counting(stream: zipfile.ZipExtFile, count: int = -1) -> bytes:
        unpacked.append(len(found := read(stream, count)))
        return found

    monkeypatch.setattr(zipfile.ZipExtFile, "read", counting)
    assert "x claims to hold 7,840,000 numbers, expected at most 4,194,304" in refusal(
        tmp_path / "a.npz", content.getvalue()
    )
    assert 0 < sum(unpacked) < 50_000


def npy_of(array: np.ndarray) -> bytes:
    content = io.BytesIO()
    np.save(content, array)
    return content.getvalue()


def npz(**arrays: np.ndarray) -> bytes:
    content = io.BytesIO()
    np.savez(content, **arrays)  # type: ignore[arg-type]
    return content.getvalue()


def refusal(path: Path, content: bytes | None = None) -> str:
    """Why a file is not read: one line that begins with its name."""
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(EdgeglowError) as caught:
        read_labelled(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ") and "\n" not in message
    return message
