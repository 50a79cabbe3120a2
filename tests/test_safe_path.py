"""No code is run that lies in the current folder: not by this program, nor by any process that it starts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from edgeglow.model.importing.keras.hdf5_process import _READER
from edgeglow.model.safe_path import ROOT, STANDARD, find_program, safe_environment, safe_path

# modules that Python, or a worker, imports when it begins
NAMES = (
    "signal",
    "random",
    "typing",
    "numpy",
    "json",
    "socket",
    "tempfile",
    "traceback",
    "av",
    "edgeglow",
    "film",
    "model",
    "h5py",
)
PARENT = """
import sys
sys.path[:0] = {path!r}
import chores
from pathlib import Path
from edgeglow.film.worker_pool import WorkerPool

if __name__ == "__main__":
    with WorkerPool(1, Path({folder!r})) as pool:
        ((_, paths),) = pool.work([chores.Paths()], lambda amount: None)
        print(paths, paths[-1])
"""


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, whose modules tell that they were run."""
    folder = tmp_path / "hostile"
    folder.mkdir()
    for name in NAMES:
        (folder / f"{name}.py").write_text(
            f"open({str(tmp_path / 'run')!r}, 'a').write({name!r})\nraise SystemExit(3)"
        )
    monkeypatch.chdir(folder)
    return folder


def test_workers_run_nothing_of_the_current_folder(hostile: Path, tmp_path: Path) -> None:
    program = tmp_path / "parent.py"
    program.write_text(PARENT.format(path=[str(Path(__file__).parent)], folder=str(tmp_path)))
    command = [sys.executable, str(program)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert not (tmp_path / "run").exists(), (tmp_path / "run").read_text()
    assert done.returncode == 0, done.stderr
    assert str(hostile) not in done.stdout and "''" not in done.stdout
    assert done.stdout.rstrip().endswith(str(tmp_path)), "files for a moment lie in the pool's own folder"


def test_the_reader_of_hdf5_runs_nothing_of_the_current_folder(
    hostile: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [str(hostile), "", *sys.path])  # as in a notebook
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(["", str(hostile)]))
    _READER.end()
    _READER._started()
    _READER.end()
    assert not (tmp_path / "run").exists(), (tmp_path / "run").read_text()


def test_the_command_line_runs_nothing_of_the_current_folder(hostile: Path, tmp_path: Path, saved: Path) -> None:
    command = [sys.executable, str(Path(ROOT) / "render.py"), "info", str(saved)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert "49-7-5-10" in done.stdout, done.stderr
    assert not (tmp_path / "run").exists()


def test_neither_the_current_folder_nor_the_package_itself_is_searched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    dynamic = f"{STANDARD}/lib-dynload"
    elsewhere = str(tmp_path)
    found = safe_path([ROOT, "", elsewhere, STANDARD, dynamic, "/x/site-packages", "."])
    assert found == [elsewhere, STANDARD, dynamic, "/x/site-packages"]
    monkeypatch.chdir(tmp_path)
    assert safe_path([ROOT, "", elsewhere, STANDARD, "/x/site-packages"]) == [STANDARD, "/x/site-packages"]
    monkeypatch.chdir(STANDARD)
    assert STANDARD in safe_path([STANDARD]), "Python's own modules are found wherever one stands"


def test_an_empty_entry_of_pythonpath_is_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(["", "/elsewhere", ".", str(tmp_path)]))
    assert safe_environment() == {"PYTHONSAFEPATH": "1", "PYTHONPATH": "/elsewhere"}


@pytest.mark.skipif(os.name == "nt", reason="an executable script")
def test_no_program_of_the_current_folder_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "espeak-ng"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join(["", ".", str(tmp_path)]))
    assert find_program("espeak-ng") == str(program)
    monkeypatch.chdir(tmp_path)
    assert find_program("espeak-ng") is None
