"""Archives: the same files make the same bytes, and what comes out is what went in."""

from __future__ import annotations

import os
import stat
import zipfile
from pathlib import Path

import pytest

from edgeglow.lesson.zip_archive import relative_files, write_zip
from edgeglow.model.errors import EdgeglowError

FILES = {
    "index.html": b"<!doctype html>" * 100,
    "clips/ko/pixel-flow.mp4": bytes(range(256)) * 40,
    "clips/ko/pixel-flow/01-given.webp": b"RIFF" * 100,
    "clips/ko/pixel-flow.ko.vtt": "WEBVTT\n\n가중치".encode() * 50,
    "assets/page.css": b"",
}


def write(folder: Path, names: list[str]) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(FILES[name])
    return folder


def test_all_files_come_out_as_they_went_in(tmp_path: Path) -> None:
    folder = write(tmp_path / "lesson", list(FILES))
    target = write_zip({**relative_files(folder), "a/b.xml": b"<b/>"}, tmp_path / "lesson.zip")
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == sorted([*FILES, "a/b.xml"])
        assert {name: archive.read(name) for name in FILES} == FILES
        assert archive.read("a/b.xml") == b"<b/>"


def test_the_same_files_make_the_same_bytes(tmp_path: Path) -> None:
    """Whoever wrote them, when, in which order, and with which rights."""
    one = write(tmp_path / "one", list(FILES))
    other = write(tmp_path / "two", list(reversed(FILES)))
    for path in other.rglob("*"):
        os.utime(path, (10**9, 10**9))
        path.chmod(0o700)
    assert write_zip(one, tmp_path / "1.zip").read_bytes() == write_zip(other, tmp_path / "2.zip").read_bytes()


def test_what_is_compressed_already_is_stored(tmp_path: Path) -> None:
    target = write_zip(write(tmp_path / "lesson", list(FILES)), tmp_path / "lesson.zip")
    with zipfile.ZipFile(target) as archive:
        kinds = {entry.filename: entry.compress_type for entry in archive.infolist()}
        times = {entry.date_time for entry in archive.infolist()}
        modes = {stat.S_IMODE(entry.external_attr >> 16) for entry in archive.infolist()}
    assert {name for name, kind in kinds.items() if kind == zipfile.ZIP_STORED} == {
        "clips/ko/pixel-flow.mp4",
        "clips/ko/pixel-flow/01-given.webp",
    }
    assert (modes, times) == ({0o644}, {(1980, 1, 1, 0, 0, 0)})


def test_an_archive_that_cannot_be_finished_leaves_what_was_there(tmp_path: Path) -> None:
    folder = write(tmp_path / "lesson", list(FILES))
    target = tmp_path / "lesson.zip"
    target.mkdir()
    with pytest.raises(EdgeglowError, match=r"lesson\.zip: cannot be written"):
        write_zip(folder, target)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lesson", "lesson.zip"]
