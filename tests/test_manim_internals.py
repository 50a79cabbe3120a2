"""What is used of Manim's inside is there, stands in one module, and is told by name when it is not."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import manim
import pytest

from edgeglow.film.settings import FilmSettings
from edgeglow.scenes import manim_internals
from edgeglow.scenes.fields import FieldCamera
from edgeglow.scenes.manim_internals import ATTRIBUTES, METHODS, SceneFileWriter, VideoSegmentEncoder

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("model", "scenes", "film", "lesson", "command")
# public parts of Manim that it documents as modules of their own
DOCUMENTED = ("manim", "manim.utils.color", "manim.utils.rate_functions", "manim.typing")
# methods that Manim documents as made to be overridden, or as setters of every mobject
OVERRIDABLE = {*("construct", "setup", "play", "begin", "interpolate_mobject"), *("set_color", "set_opacity", "fade")}
INSIDE = (manim.Camera, SceneFileWriter, VideoSegmentEncoder)  # whose subclasses use what nobody else may
OWNERS = {  # what a variable or attribute of this name holds
    "renderer": manim_internals.CairoRenderer,
    "camera": manim.MovingCamera,
    "file_writer": SceneFileWriter,
    "spec": manim_internals.VideoEncoderSpec,
}
OURS = {*vars(FieldCamera), *vars(FieldCamera()), "shown_run", "__dict__"}  # of a camera


def test_this_manim_has_all_that_is_used() -> None:
    assert manim_internals.missing() == []


@pytest.mark.parametrize(("kind", "name"), [(manim.Camera, "pixel_array"), (manim.MovingCamera, "type_or_raise")])
def test_what_a_manim_lacks_is_named(kind: type, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(manim_internals.METHODS, kind, ("set_pixel_array", f"{name}s"))
    monkeypatch.setitem(manim_internals.ATTRIBUTES, kind, ("pixel_width", f"{name}_too"))
    assert manim_internals.missing() == [f"{kind.__name__}.{name}s", f"{kind.__name__}.{name}_too"]


def test_a_lacking_parameter_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    function: Callable[..., Any] = SceneFileWriter.write_frame
    monkeypatch.setitem(manim_internals.PARAMETERS, function, ("repeat", "repeats"))
    assert manim_internals.missing() == ["SceneFileWriter.write_frame(repeats=)"]


def program() -> Iterator[tuple[Path, ast.AST]]:
    """Every file of the program but the module itself, parsed."""
    for path in (path for room in ROOMS for path in (ROOT / room).rglob("*.py")):
        if path.parent.name != "manim_internals":
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def listed(kind: type) -> set[str]:
    """The names that the module has of a class, and of those that it inherits from or that inherit from it."""
    tables = [*METHODS.items(), *ATTRIBUTES.items()]
    return {name for other, names in tables if issubclass(kind, other) or issubclass(other, kind) for name in names}


def own_classes() -> Iterator[type]:
    """The program's classes that inherit from one of Manim's."""
    for path, _ in program():
        if path.relative_to(ROOT).parts[0] in ("model", "command"):  # without Manim: see test_imports.py
            continue
        module = import_module(
            ".".join(("edgeglow", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")
        )
        for kind in vars(module).values():
            if inspect.isclass(kind) and kind.__module__ == module.__name__ and _base(kind):
                yield kind


def _base(kind: type) -> type | None:
    """The first class of Manim's that it inherits from."""
    return next((one for one in kind.__mro__ if one.__module__.startswith("manim.")), None)


def of_manim(kind: type, base: type) -> set[str]:
    """The names that a class uses of itself, as ``self.x`` or ``super().x``, and that are Manim's."""
    nodes = ast.walk(ast.parse(textwrap.dedent(inspect.getsource(kind))))
    names = {
        node.attr
        for node in nodes
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in ("self", "super()")
    }
    return {name for name in names if not name.startswith("__") and manim_internals._has(base, name)}


@pytest.mark.parametrize("kind", list(own_classes()), ids=lambda kind: kind.__name__)
def test_whatever_is_overridden_is_listed(kind: type) -> None:
    base = _base(kind)
    assert base is not None
    functions = {name for name, value in vars(kind).items() if inspect.isfunction(value)}
    overridden = {name for name in functions if hasattr(base, name) and not name.endswith("__")}
    used = of_manim(kind, base) if issubclass(kind, INSIDE) else set()
    assert overridden | used <= listed(base) | OVERRIDABLE


def test_whatever_is_used_of_a_renderer_camera_or_writer_is_listed() -> None:
    seen = set()
    for path, tree in program():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                owner = OWNERS.get(ast.unparse(node.value).rpartition(".")[2])
                if owner is not None and not (owner is manim.MovingCamera and node.attr in OURS - {"frame"}):
                    assert node.attr in listed(owner), f"{path}: {ast.unparse(node)}"
                    seen.add(owner)
    assert seen == {*OWNERS.values()}


def test_every_setting_is_one_that_manim_knows() -> None:
    """It passes over others without a word."""
    settings = FilmSettings(64, 36, 2.0).manim("somewhere")
    assert not [name for name in settings if name not in manim.config]


def test_nothing_else_imports_from_manims_inside() -> None:
    for path, tree in program():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "manim":
                assert node.module in DOCUMENTED, f"{path}: {node.module}"
                assert not [name.name for name in node.names if name.name.startswith("_")], path
            elif isinstance(node, ast.Import):
                assert not [name.name for name in node.names if name.name.startswith("manim.")], path
