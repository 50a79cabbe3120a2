"""What is used of Manim's inside is there, stands in one module, and is told by name when it is not."""

from __future__ import annotations

import ast
from pathlib import Path

import manim
import pytest

from edgeglow.scenes import manim_internals

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("model", "scenes", "film", "lesson", "command")
# public parts of Manim that it documents as modules of their own
DOCUMENTED = ("manim", "manim.utils.color", "manim.utils.rate_functions", "manim.typing")


def test_this_manim_has_all_that_is_used() -> None:
    assert manim_internals.missing() == []


@pytest.mark.parametrize(
    ("kind", "name"), [(manim.Camera, "pixel_array"), (manim.MovingCamera, "type_or_raise")]
)
def test_what_a_manim_lacks_is_named(kind: type, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(manim_internals.METHODS, kind, ("set_pixel_array", f"{name}s"))
    monkeypatch.setitem(manim_internals.ATTRIBUTES, kind, ("pixel_width", f"{name}_too"))
    assert manim_internals.missing() == [f"{kind.__name__}.{name}s", f"{kind.__name__}.{name}_too"]


def test_nothing_else_imports_from_manims_inside() -> None:
    for path in (path for room in ROOMS for path in (ROOT / room).rglob("*.py")):
        if path.parent.name == "manim_internals":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "manim":
                assert node.module in DOCUMENTED, f"{path}: {node.module}"
                assert not [name.name for name in node.names if name.name.startswith("_")], path
