"""Whatever file is given as a network, what is wrong with it is said in one line, and with little memory."""

from __future__ import annotations

import io
import json
import random
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing import read_checkpoints, read_network
from edgeglow.model.importing.other_formats import UnsupportedFormat
from tests.hostile import write_hostile, zipped

NETWORKS = Path(__file__).parent / "fixtures" / "networks"
ROOT = Path(__file__).parents[1]
FIXTURES = sorted(
    path for path in NETWORKS.iterdir() if path.is_file() and not path.name.endswith((".expected.npz", ".data"))
)

# reads every file of a folder in one process, and prints what came of each, and how much memory it took in all
READS_ALL = """
import atexit, json, resource, sys
from pathlib import Path
found = {}
def tell():  # last of all, when the process that reads HDF5 has ended too
    # its own peak from /proc: that of getrusage begins with what the process that started it had
    own = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
    print(json.dumps([found, [int(own.split()[1]), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss]]))
atexit.register(tell)
from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing import read_network
for path in sorted(Path(sys.argv[1]).iterdir()):
    try:
        said = f"it was read: {read_network(path, activation='relu').layer_sizes}"
    except EdgeglowError as error:
        said = str(error)
    except BaseException as error:
        said = f"{type(error).__name__}: {error}"
    found[path.name] = said
"""


@pytest.mark.skipif(sys.platform != "linux", reason="measures memory as Linux counts it")
def test_hostile_files_end_in_one_line_and_with_little_memory(tmp_path: Path) -> None:
    folder, touched = tmp_path / "files", tmp_path / "touched"
    folder.mkdir()
    write_hostile(folder, touched)
    command = [sys.executable, "-c", READS_ALL, str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found, memory = json.loads(done.stdout)
    assert len(found) > 70
    for name, said in found.items():
        assert said.startswith(f"{folder / name}: "), f"{name}: {said}"
        assert "it was read" not in said, f"{name}: {said}"
        assert said.isprintable() and len(said) < 900, f"{name}: {said}"
    assert not touched.exists(), "code in a file was run"
    assert min(memory) > 10_000 and max(memory) < 500_000, f"{memory} kB"


def test_the_pickles_would_run_code_where_they_are_loaded(tmp_path: Path) -> None:
    """Were they harmless, the test above would show nothing."""
    folder, touched = tmp_path / "files", tmp_path / "touched"
    folder.mkdir()
    write_hostile(folder, touched)
    for name in ("system", "eval", "open", "hidden", "key", "text", "instance", "object"):
        touched.unlink(missing_ok=True)
        code = f"import pickle; pickle.load(open({str(folder / name)!r} + '.bare.pt', 'rb'))"
        subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
        assert touched.exists(), name


def check_told(path: Path, error: EdgeglowError) -> None:
    """It is said in one line; of a format that is known but not read, two lines of code follow."""
    first, *code = str(error).split("\n")
    assert first.startswith(f"{path}: ") and first.isprintable()
    assert len(code) == 2 * isinstance(error, UnsupportedFormat) and all(line.isprintable() for line in code)


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.name)
def test_a_file_cut_short_is_refused(path: Path, tmp_path: Path) -> None:
    whole = path.read_bytes()
    cut = tmp_path / path.name
    for length in range(0, len(whole), 64):
        cut.write_bytes(whole[:length])
        with pytest.raises(EdgeglowError) as error:
            read_network(cut, activation="relu")
        check_told(cut, error.value)


def changed(content: bytes, dice: random.Random) -> bytes:
    """The same bytes but for a few: others, missing ones, repeated ones."""
    found = bytearray(content)
    for _ in range(dice.choice([1, 1, 2, 8])):
        at = dice.randrange(len(found) or 1)
        match dice.randrange(6):
            case 0 | 1:
                found[at : at + 1] = bytes([dice.randrange(256)])
            case 2:
                found[at : at + 8] = b"\xff" * 8
            case 3:
                found[at : at + 4] = bytes(4)
            case 4:
                del found[at : at + dice.randrange(1, 64)]
            case 5:
                found[at:at] = found[at // 2 : at // 2 + dice.randrange(1, 64)]
    return bytes(found)


def changed_inside(content: bytes, dice: random.Random) -> bytes:
    """A zip file with one of its members changed, or the bytes of anything else."""
    if not content.startswith(b"PK"):
        return changed(content, dice)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = dice.choice([name for name in members if members[name]])
    return zipped(members | {name: changed(members[name], dice)})


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.name)
def test_damage_is_told_and_never_raises_anything_else(path: Path, tmp_path: Path) -> None:
    whole = path.read_bytes()
    damaged = tmp_path / path.name
    refused = 0
    for seed in range(40):
        dice = random.Random(seed)
        damaged.write_bytes((changed if seed % 8 == 0 else changed_inside)(whole, dice))
        try:
            read_network(damaged, activation=dice.choice([None, "relu", "tanh"]))
        except EdgeglowError as error:
            refused += 1
            check_told(damaged, error)
    assert refused > 0


def test_a_folder_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(EdgeglowError, match="it holds no checkpoints"):
        read_checkpoints(tmp_path)
    with pytest.raises(EdgeglowError, match="cannot be read as a folder"):
        read_checkpoints(tmp_path / "nowhere")
    with pytest.raises(EdgeglowError, match="cannot be read as a folder"):
        read_checkpoints(NETWORKS / "state_dict.pt")
