"""What is read: regular files of bounded size; no pipe is waited for, and no device read without end."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from edgeglow.command.compare import _called
from edgeglow.film.batch import read_batch
from edgeglow.film.batch_file import MOST_PARTS, read_job_tables
from edgeglow.film.batch_networks import MOST_FILES
from edgeglow.model.errors import EdgeglowError
from edgeglow.model.files.input_file import open_input, read_input
from edgeglow.model.run.run import Run
from edgeglow.model.text.visible_text import is_visible_text

ROOT = Path(__file__).parent.parent
needs_pipes = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without named pipes")


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    os.mkfifo(tmp_path / "pipe.npz")
    return tmp_path / "pipe.npz"


@needs_pipes
@pytest.mark.parametrize("device", [False, True])
def test_no_reader_waits_for_a_pipe_or_reads_a_device(pipe: Path, device: bool) -> None:
    """In a process of its own, since one that waits could not be ended here."""
    file = Path("/dev/zero") if device else pipe
    code = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
from edgeglow.command.compare import _called
from edgeglow.film.batch_file import read_job_tables
from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing.importer import needs_import
from edgeglow.model.data.idx import read_contents
from edgeglow.model.picture.read_picture import read_picture
from edgeglow.model.run.run import Run
needs_import(Path({str(file)!r}))
for read in (Run.load, read_job_tables, read_contents, read_picture):
    try:
        read(Path({str(file)!r}))
    except EdgeglowError as error:
        print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    lines = done.stdout.splitlines()
    assert len(lines) == 4 and all(line.startswith(f"{file}: is ") for line in lines), done.stdout
    assert sum("is a pipe or a device, no file; expected " in line for line in lines) == 3


def test_a_file_is_read_as_far_as_it_is_allowed(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"12345")
    assert read_input(file, 5, "five") == b"12345"
    with pytest.raises(EdgeglowError, match="has 5 bytes, more than the 4 that are read; expected four"):
        open_input(file, 4, "four")
    with pytest.raises(EdgeglowError, match="is a folder; expected a file"):
        open_input(tmp_path, 4, "a file")
    with pytest.raises(EdgeglowError, match="no such file or directory; expected a file"):
        open_input(tmp_path / "none", 4, "a file")
    with pytest.raises(EdgeglowError, match="null"):
        open_input(Path("a\0b"), 4, "a file")


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="a system without files that it makes up")
def test_files_that_the_system_makes_up_are_bounded_too() -> None:
    """They are regular ones of no bytes, and are read all the same."""
    with pytest.raises(EdgeglowError, match="has more than 10 bytes"):
        read_input(Path("/proc/self/maps"), 10, "a file")


# -- files of jobs ------------------------------------------------------------------------------------------------

HOSTILE = {
    "dotted": "a." * 20_000 + "a = 1",
    "quoted": '"a" . ' * 20_000 + "a = 1",
    "header": "[" + "a." * 20_000 + "a]",
    "lists": "a = " + "[" * 100_000,
    "tables": "a = " + "{a = " * 100_000,
    "number": "seed = " + "9" * 5_000,
    "nan": "fps = nan",
    "infinity": "fps = inf",
    "key": "x" * 900_000 + " = 1",
    "large": "#" * (2**20 + 1),
    "empty": 'run = ""',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_of_jobs_takes_little_memory_and_is_told_in_a_line(tmp_path: Path, name: str) -> None:
    file = tmp_path / "jobs.toml"
    file.write_text(HOSTILE[name])
    with pytest.raises(EdgeglowError) as caught:
        read_job_tables(file)
    assert str(caught.value).startswith(f"{file}: ") and "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500


def test_keys_of_many_parts_are_none_in_texts(tmp_path: Path) -> None:
    file = tmp_path / "jobs.toml"
    file.write_text(f'run = "{"a." * 2 * MOST_PARTS}npz"\n')
    assert len(read_job_tables(file)) == 1


def test_a_file_of_jobs_asks_for_so_many_films_at_most(
    saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "jobs.toml"
    file.write_text(f'run = "{saved.name}"\nlanguages = ["en", "ko"]\nthemes = ["dark", "light"]\n')
    assert len(read_batch(file, tmp_path / "media")) == 4
    monkeypatch.setattr("edgeglow.film.batch.MOST_FILMS", 3)
    with pytest.raises(EdgeglowError, match="asks for more than 3 films; expected fewer"):
        read_batch(file, tmp_path / "media")
    monkeypatch.setattr("edgeglow.film.batch_networks.MOST_FILES", 1)
    (tmp_path / "more.npz").touch()
    file.write_text('runs = ["*.npz"]')
    with pytest.raises(EdgeglowError, match="matches more than 1 files"):
        read_batch(file, tmp_path / "media")
    assert MOST_FILES >= 1_000


# -- names --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", " ", "\u200b", "\u200b\u200d\ufeff", "\u3164", "\u2800", "\u00ad", "\u0301"])
def test_names_that_cannot_be_seen(name: str) -> None:
    assert not is_visible_text(name)


@pytest.mark.parametrize("name", ["0", ".", "한", "क्षि", "👩\u200d🚀", "é", "—", "\u200ba"])
def test_names_that_can_be_seen(name: str) -> None:
    assert is_visible_text(name)


def test_a_class_whose_name_cannot_be_seen_is_refused(tiny_run: Run) -> None:
    for name in ("\u200b\u200d", "\u3164"):
        with pytest.raises(EdgeglowError, match="the class names are "):
            replace(tiny_run, class_names=(name, *tiny_run.class_names[1:]))


def test_networks_whose_files_names_cannot_be_seen_are_called_by_letters() -> None:
    assert _called(Path("\u200b.npz"), Path("good.npz")) == ("A", "B")
    assert _called(Path("good.npz"), Path("good.npz")) == ("good A", "good B")
