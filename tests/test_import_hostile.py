"""The command line is given files that mean harm: one line, exit code 1, little memory, nothing written."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from bringing import call, listing
from hostile import write_hostile

ROOT = Path(__file__).parents[1]
# one of each kind is given to the program itself; a process for every file would take minutes
REPRESENTATIVES = (
    "system.pt",
    "hidden.bare.pt",
    "deep tuples.pt",
    "nested modules.bare.pt",
    "tensor terabytes.pt",
    "tensor nan.pt",
    "bomb.npz",
    "deep.keras",
    "terabytes.safetensors",
    "chunks.weights.h5",
    "elsewhere.weights.h5",
    "many.onnx",
    "loop.onnx",
    "pipe.pt",
    "zero.pt",
)
MOST_MEMORY = 500_000  # kB


# a small process between: what its parent holds is counted as a process's own until it is another program
MEASURES = """
import json, resource, subprocess, sys
done = subprocess.run(sys.argv[1:], capture_output=True, text=True)
memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps([done.returncode, done.stderr, done.stdout, memory]))
"""


@dataclass(frozen=True)
class Ended:
    """How a process ended: ``memory`` is the most, in kB, that it or one of its own processes took."""

    code: int
    said: str
    printed: str
    memory: int


def run_program(*args: object) -> Ended:
    """Run render.py and wait for it."""
    command = [sys.executable, "-c", MEASURES, sys.executable, str(ROOT / "render.py"), *map(str, args)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return Ended(*json.loads(done.stdout))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with all of them, and no file that their code would leave beside it."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "files").mkdir()
    write_hostile(folder / "files", folder / "touched")
    before = listing(folder)
    yield folder / "files"
    assert listing(folder) == before, "something was written"


def check_line(said: str, path: Path) -> None:
    assert said.startswith(f"render.py: {path}: ") and said.endswith("\n"), said
    assert said.count("\n") == 1 and said.rstrip("\n").isprintable() and len(said) < 1000, said


@pytest.mark.skipif(sys.platform != "linux", reason="measures memory as Linux counts it")
@pytest.mark.parametrize("file", REPRESENTATIVES)
def test_hostile_files_through_the_program(file: str, hostile: Path, tmp_path: Path) -> None:
    path = hostile / file
    ended = run_program("import", path, "--activation", "relu", "-o", tmp_path / "run.npz")
    assert (ended.code, ended.printed) == (1, ""), ended
    check_line(ended.said, path)
    assert 10_000 < ended.memory < MOST_MEMORY, ended
    assert listing(tmp_path) == []


@pytest.mark.parametrize("command", ["import", "info"])
def test_all_hostile_files(command: str, hostile: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edgeglow.model.importing.importer.media_folder", lambda: tmp_path)
    paths = [path for path in sorted(hostile.iterdir()) if command == "import" or path.suffix != ".npz"]
    assert len(paths) > 70
    for path in paths:
        done = call(command, path, "--activation", "relu", *(("-o", tmp_path / "run.npz") * (command == "import")))
        assert (done.exit_code, done.stdout) == (1, ""), f"{path.name}: {done.output}"
        check_line(done.stderr, path)
    assert listing(tmp_path) == []


def test_hostile_files_as_examples(hostile: Path, tmp_path: Path) -> None:
    network = ROOT / "tests" / "fixtures" / "networks" / "sequential.keras"
    for path in sorted(hostile.iterdir()):
        done = call("import", network, "--data", path, "-o", tmp_path / "run.npz")
        assert (done.exit_code, done.stdout) == (1, ""), f"{path.name}: {done.output}"
        check_line(done.stderr, path)
    assert listing(tmp_path) == []


def test_a_folder_of_them(hostile: Path, tmp_path: Path) -> None:
    done = call("import", hostile, "--activation", "relu", "-o", tmp_path / "run.npz")
    assert (done.exit_code, done.stdout, len(done.stderr.splitlines())) == (1, "", 1), done.output
    assert listing(tmp_path) == []
