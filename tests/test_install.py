"""Installed: the wheel holds all of the program, which runs from any folder and writes nothing beside itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from collections.abc import Mapping
from pathlib import Path

import av
import pytest
from casts import make_run

from edgeglow.render import main

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("command", "film", "lesson", "model", "scenes")
PARTS = ("__init__.py", "render.py")  # of the package, beside its rooms

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def uv() -> str:
    """The uv that ./dev would use."""
    private = [ROOT / ".uv" / "bin", ROOT / ".uv" / "lib" / "bin", Path.home() / ".local" / "bin"]
    found = shutil.which("uv", path=os.pathsep.join([os.environ.get("PATH", ""), *map(str, private)]))
    if found is None:
        pytest.skip("there is no uv to build with")
    return found


@pytest.fixture(scope="module")
def wheel(uv: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, so that nothing of it is left in the clone."""
    copy, built = tmp_path_factory.mktemp("clone"), tmp_path_factory.mktemp("wheel")
    for name in (*ROOMS, "tests", "benchmarks"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in (*PARTS, "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    command = [uv, "build", "--wheel", "--out-dir", str(built), str(copy)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (wheel,) = built.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def installed(uv: str, wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel, into which it cannot write, and that sees this one's libraries."""
    home = tmp_path_factory.mktemp("installed")
    venv.create(home, with_pip=False)
    python = home / ("Scripts" if os.name == "nt" else "bin") / "python"
    command = [uv, "pip", "install", "--offline", "--no-deps", "--python", str(python), str(wheel)]
    subprocess.run(command, capture_output=True, check=True)
    site = packages_of(home)
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    for folder in [site, site / "edgeglow", *(site / "edgeglow").rglob("*")]:
        if folder.is_dir():
            (folder / "__pycache__").touch()  # a file: not even root could write into such a folder
            folder.chmod(0o555)
    return home


def packages_of(home: Path) -> Path:
    (site,) = [*home.glob("lib/python*/site-packages"), *home.glob("Lib/site-packages")]
    return site


def state_of(folder: Path) -> dict[str, int]:
    """Every file in it, and when it was written."""
    return {str(path): path.stat().st_mtime_ns for path in folder.rglob("*")}


@pytest.fixture
def where(tmp_path: Path) -> Path:
    """A folder to stand in, with a default run."""
    folder = tmp_path / "anywhere"
    make_run("tiny").save(folder / "media" / "runs" / "default.npz")
    return folder


@pytest.fixture
def fresh(tmp_path: Path) -> dict[str, str]:
    """The environment of somebody who has just come."""
    home = tmp_path / "home"
    home.mkdir()
    names = ("EDGEGLOW", "NUMBA", "PYTHON", "XDG", "VIRTUAL", "MPL")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(names)}
    return kept | {"HOME": str(home), "USERPROFILE": str(home)}


def edgeglow(installed: Path, where: Path, fresh: Mapping[str, str], *args: str) -> subprocess.CompletedProcess[str]:
    (program,) = [*installed.glob("bin/edgeglow"), *installed.glob("Scripts/edgeglow.exe")]
    return subprocess.run(
        [str(program), *args], cwd=where, env=dict(fresh), capture_output=True, text=True, check=False
    )


def test_the_wheel_holds_every_file_of_the_program_and_no_other(wheel: Path) -> None:
    files = {
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in (ROOT / room).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".ipynb"
    }
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
        (points,) = [archive.read(name) for name in archive.namelist() if name.endswith("/entry_points.txt")]
    assert held == {f"edgeglow/{name}" for name in files | set(PARTS)}
    assert b"[manim.plugins]\nedgeglow = edgeglow\n" in points.replace(b"\r", b"")
    wanted = {"scenes/script/ko.toml", "model/importing/__init__.py", "lesson/assets/scorm/scorm.js"}
    assert {f"edgeglow/{name}" for name in wanted} <= held


def test_the_packages_of_the_wheel_are_all_folders_with_code() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    folders = {path.parent.relative_to(ROOT) for room in ROOMS for path in (ROOT / room).rglob("*.py")}
    assert settings["packages"] == ["edgeglow", *sorted(".".join(("edgeglow", *folder.parts)) for folder in folders)]


OWN = "THIS = 'mine'\n"  # a module of the user's, of a name that one of ours has inside the package


@pytest.mark.parametrize(
    "names",
    [("scenes",), ("model",), ("film",), ("command", "lesson"), ("render",), ("scenes", "model", "film", "render")],
    ids="-".join,
)
def test_a_users_own_modules_of_the_same_names_are_in_nobodys_way(
    installed: Path, where: Path, fresh: dict[str, str], names: tuple[str, ...]
) -> None:
    for name in names:
        if name == "render":
            (where / "render.py").write_text(OWN)
        else:
            (where / name).mkdir()
            (where / name / "__init__.py").write_text(OWN)
    asked = "; ".join(f"import {name}; assert {name}.THIS == 'mine'" for name in names)
    code = f"{asked}; import edgeglow.render; from edgeglow import Run, PixelFlow; {asked}"
    (python,) = [*installed.glob("bin/python"), *installed.glob("Scripts/python.exe")]
    done = subprocess.run(
        [str(python), "-c", code], cwd=where, env=fresh, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    fresh["PYTHONPATH"] = str(where)  # as whoever has a project of their own may set it
    told = edgeglow(installed, where, fresh, "info", "media/runs/default.npz")
    assert told.returncode == 0 and make_run("tiny").digest[:12] in told.stdout, told.stderr


def test_help_calls_it_as_it_is_called(installed: Path, where: Path, fresh: dict[str, str]) -> None:
    for command in ("", *sorted(set(main.commands) - {"film"})):
        words = [*command.split(), "--help"]
        done = edgeglow(installed, where, fresh, *words)
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith(f"Usage: edgeglow {command}".rstrip())
        clone = subprocess.run(
            [sys.executable, str(ROOT / "render.py"), *words], capture_output=True, text=True, check=True
        )
        assert "render.py" not in done.stdout
        assert done.stdout.split() == clone.stdout.replace("render.py", "edgeglow").split()


def test_errors_call_it_as_it_is_called(installed: Path, where: Path, fresh: dict[str, str]) -> None:
    for args, code, message in (
        (["info", "none.npz"], 1, "edgeglow: none.npz: there is no such file"),
        (["--run", "none.npz"], 1, " edgeglow train -o "),
        (["train", "--hidden", "sine"], 2, "edgeglow: hidden activation 'sine'"),
        (["--nonsense"], 2, "Usage: edgeglow film [OPTIONS]"),
    ):
        done = edgeglow(installed, where, fresh, *args)
        assert done.returncode == code and message in done.stderr, done.stderr
        assert "render.py" not in done.stderr


def test_it_makes_films_of_what_is_where_the_user_stands(installed: Path, where: Path, fresh: dict[str, str]) -> None:
    before = state_of(packages_of(installed))
    told = edgeglow(installed, where, fresh, "info", "media/runs/default.npz")
    assert told.returncode == 0 and make_run("tiny").digest[:12] in told.stdout, told.stderr
    done = edgeglow(installed, where, fresh, "PixelFlow", "-r", "64,36", "--fps", "2", "--jobs", "1")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(os.path.join("media", "PixelFlow-en.mp4"))
    with av.open(str(where / "media" / "PixelFlow-en.mp4")) as video:
        assert (video.streams.video[0].width, video.streams.video[0].height) == (64, 36)
    assert [path.name for path in where.iterdir()] == ["media"]
    assert state_of(packages_of(installed)) == before
    assert any(Path(fresh["HOME"]).rglob("*.nbi"))  # compiled loops are kept, but not beside the program


def test_a_training_is_left_where_the_user_stands(installed: Path, where: Path, fresh: dict[str, str]) -> None:
    default = where / "media" / "runs" / "default.npz"
    before = default.read_bytes()
    words = ["--count", "200", "--epochs", "1", "--snapshots", "2", "--no-convolution"]
    done = edgeglow(installed, where, fresh, "train", *words)
    assert done.returncode == 0, done.stderr
    assert default.read_bytes() != before and "784-16-16-10" in done.stdout
