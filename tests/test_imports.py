"""Every folder of the program is a room, which knows only the rooms before it; and what little an import loads."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import edgeglow
from edgeglow.scenes.chapters import FILM

ROOT = Path(__file__).resolve().parent.parent
MODEL = sorted((ROOT / "model").rglob("*.py"))
OTHERS = [path for room in ("scenes", "film", "lesson", "command") for path in sorted((ROOT / room).rglob("*.py"))]
PROGRAM = [ROOT / "__init__.py", ROOT / "render.py", *MODEL, *OTHERS]
MODULES = {".".join(("edgeglow", *path.relative_to(ROOT).with_suffix("").parts)) for path in PROGRAM}

# Every folder with code, and the rooms that its modules may import from, beside those that these may.
ROOMS: dict[str, tuple[str, ...]] = {
    "model": ("model.text",),  # what stands in no room of its own: errors, safe_path
    "model.text": (),
    "model.files": ("model",),
    "model.network": ("model",),
    "model.data": ("model.files",),
    "model.picture": ("model.files",),
    "model.run": ("model.data", "model.network"),
    "model.training": ("model.run",),
    "model.importing": ("model.training", "model.picture"),
    "scenes.manim_internals": (),
    "scenes.style": ("model.network", "scenes.manim_internals"),
    "scenes.fields": ("model", "scenes.manim_internals"),
    "scenes.mobjects": ("scenes.style", "scenes.fields"),
    "scenes.motions": ("scenes.mobjects",),
    "scenes.script": ("model.files",),
    "scenes.stage": ("scenes.motions", "scenes.script", "model.importing"),
    "scenes.comparison": ("scenes.stage",),
    "scenes": ("scenes.stage",),  # the chapters
    "film": ("scenes", "scenes.comparison"),
    "lesson": ("film",),
    "command": ("lesson",),
    "": ("command",),  # render.py
}
LATE = {("scenes.stage", "scenes"): {"edgeglow.scenes.chapters"}}  # a chapter asks for the one before it


def imported(path: Path) -> set[str]:
    """The modules that a file imports, or imports from."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            module = node.module or ""
            whole = {f"{module}.{name.name}" for name in node.names}
            found |= {name if name in MODULES else module for name in whole}
    return found


def room_of(module: str) -> str:
    """The room that a module of the package stands in: ``model.run`` for ``edgeglow.model.run.snapshot``."""
    parts = module.split(".")[1:]
    named = [".".join(parts[:depth]) for depth in range(len(parts), 0, -1)]
    return next((name for name in named if name in ROOMS), "")


def below(room: str) -> set[str]:
    """The rooms that a room may import from, itself among them."""
    return {room}.union(*(below(other) for other in ROOMS[room]))


def module_of(path: Path) -> str:
    return ".".join(("edgeglow", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")


def test_no_folder_is_in_no_room() -> None:
    """A new one is told here, and what it may import."""
    folders = {path.parent.name for path in ROOT.glob("*/*.py")} - {"tests", "benchmarks", "docs"}
    assert folders == {room.split(".")[0] for room in ROOMS} - {""}
    for parent in ("model", "scenes"):
        inside = {path.parent.name for path in ROOT.glob(f"{parent}/*/*.py")}
        assert {f"{parent}.{name}" for name in inside} == {room for room in ROOMS if room.startswith(f"{parent}.")}


@pytest.mark.parametrize("path", PROGRAM, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_knows_only_those_before_it(path: Path) -> None:
    room = room_of(module_of(path))
    allowed = below(room)
    for name in imported(path):
        if name.split(".")[0] == "edgeglow" and path != ROOT / "__init__.py":
            other = room_of(name)
            assert other in allowed or name in LATE.get((room, other), ()), f"{name}, in a room that {room} is below"


def test_another_rooms_import_would_be_found() -> None:
    assert room_of("edgeglow.scenes.fields.lines") == "scenes.fields"
    assert room_of("edgeglow.render") == "" and room_of("edgeglow.model.errors") == "model"
    assert "scenes.stage" not in below("scenes.mobjects") and "film" not in below("scenes")
    assert "model.importing" in below("") and "scenes.style" in below("film")
    assert imported(ROOT / "render.py") >= {"edgeglow.model.safe_path", "edgeglow.command.batch"}


def loaded_by(code: str) -> set[str]:
    """The modules that are loaded when a new Python has run this."""
    code = f"import sys; {code}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_model_loads_neither_manim_nor_later_rooms() -> None:
    found = loaded_by(f"import {', '.join(map(module_of, MODEL))}")
    assert "edgeglow.model.run.run" in found and "manim" not in found
    assert not [name for name in found if name.startswith("edgeglow.") and name.split(".")[1] != "model"]


def test_the_package_alone_loads_nothing() -> None:
    found = loaded_by("import edgeglow")
    assert not found & {"numpy", "manim", "importlib.resources"}
    assert not [name for name in found if name.startswith("edgeglow.")]


def test_the_words_alone_load_neither_manim_nor_the_chapters() -> None:
    found = loaded_by("from edgeglow.scenes.script import load_script; load_script('en')")
    assert "manim" not in found and not [name for name in found if name.startswith("edgeglow.scenes.ch")]


def test_every_public_name_is_where_the_package_says() -> None:
    for name in edgeglow._HOMES:
        found = getattr(edgeglow, name)
        assert found.__name__ == name and found.__module__ == f"edgeglow.{edgeglow._HOMES[name]}"
    assert {chapter.__name__ for chapter in FILM} <= set(edgeglow._HOMES)
    with pytest.raises(AttributeError, match="has no attribute 'Nonsense'"):
        edgeglow.Nonsense  # noqa: B018
    assert "LineField" in dir(edgeglow)
