"""Draws which folder of the program imports which, and lists the modules, when the documentation is built.

Nothing is imported for it: the source is parsed. A *room* is a folder of modules; the files at the top are one, too.
"""

from __future__ import annotations

import ast
import html
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "edgeglow"  # the name that the modules may be imported under
OUTSIDE = ("tests", "benchmarks", "docs")  # folders of Python that are no part of the program
TOP = "render.py"

ROW, BOX, LEFT = 36, 230, 110  # pixels: from one room to the next, the width of one, the place of the first


@dataclass(frozen=True)
class Room:
    """A folder of modules: ``modules`` maps their names to the first lines of their docstrings.

    ``imports`` counts, by the name of another room, the imports of it in this one.
    """

    name: str
    about: str
    modules: dict[str, str]
    imports: Counter[str]

    @property
    def group(self) -> str:
        """The folder at the top that it belongs to."""
        return self.name.split("/", maxsplit=1)[0]


def read_rooms(root: Path = ROOT) -> list[Room]:
    """All rooms, each after those that it imports from, as far as that is possible."""
    files: dict[str, list[Path]] = {}
    for path in sorted(root.rglob("*.py")):
        place = path.relative_to(root)
        name = "/".join(place.parent.parts[:2]) or TOP  # what is deeper belongs to the room that it is sorted into
        is_hidden = any(part.startswith((".", "_")) for part in place.parts[:-1])
        if not is_hidden and place.parts[0] not in (*OUTSIDE, "build", "dist", "media"):
            files.setdefault(name, []).append(path)
    names = set(files)
    rooms = [_read(name, paths, names) for name, paths in files.items()]
    groups = _ordered([*dict.fromkeys(room.group for room in rooms)], _between_groups(rooms))
    inside = {group: [room.name for room in rooms if room.group == group] for group in groups}
    links = {(room.name, other): count for room in rooms for other, count in room.imports.items()}
    order = [name for group in groups for name in _ordered(inside[group], links)]
    return sorted(rooms, key=lambda room: order.index(room.name))


def _read(name: str, paths: Sequence[Path], names: set[str]) -> Room:
    modules, imports, about = {}, Counter[str](), ""
    for path in paths:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        line = (ast.get_docstring(tree) or "").split("\n", maxsplit=1)[0]
        if path.stem == "__init__" or name == TOP:
            about = about or line
        if path.stem != "__init__":
            modules[_name_in(name, path)] = line
        imports.update(room for module in imported(tree) if (room := room_of(module, names)))
    del imports[name]
    return Room(name, about, modules, imports)


def _name_in(room: str, path: Path) -> str:
    """A module's name in its room, as keras/layers.py."""
    return path.parts[-1] if path.parent.name == room.rpartition("/")[2] or room == TOP else "/".join(path.parts[-2:])


def imported(tree: ast.Module) -> Iterator[str]:
    """Every module that is imported, and every name that is taken from one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{name.name}" for name in node.names)


def room_of(module: str, names: set[str]) -> str:
    """The room that a module is in; "" for one of a library."""
    parts = module.removeprefix(f"{PACKAGE}.").split(".")
    if f"{parts[0]}.py" == TOP:
        return TOP
    found = ("/".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((name for name in found if name in names), "")


def _between_groups(rooms: Sequence[Room]) -> dict[tuple[str, str], int]:
    links: Counter[tuple[str, str]] = Counter()
    for room in rooms:
        for other, count in room.imports.items():
            links[room.group, other.split("/", maxsplit=1)[0]] += count
    return links


def _ordered(names: Sequence[str], links: dict[tuple[str, str], int]) -> list[str]:
    """The names, each after those that it imports from; where they import from each other, the most used first."""

    def weight(name: str) -> tuple[bool, int]:
        others = [other for other in left if other != name]
        imports = sum(links.get((name, other), 0) for other in others)
        return imports > 0, imports - sum(links.get((other, name), 0) for other in others)

    left, order = list(names), []
    while left:
        order.append(min(left, key=weight))
        left.remove(order[-1])
    return order


# -- the drawing and the table --------------------------------------------------------------------------------


def draw(rooms: Sequence[Room]) -> str:
    """An SVG: the rooms below each other, and an arc from each to every one that it imports from.

    Arcs on the right lead up, to rooms before it; one on the left, in red, leads down: against the order.
    """
    row = {room.name: number * ROW + ROW // 2 for number, room in enumerate(rooms)}
    height, reach = len(rooms) * ROW, len(rooms) * ROW // 3
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + BOX + reach + 20} {height}"'
        ' role="img" font-family="sans-serif" font-size="13">',
        "<title>The rooms of the program, and which imports from which</title>",
    ]
    for room in rooms:
        drawn += [_arc(room.name, other, count, row) for other, count in sorted(room.imports.items())]
    for number, room in enumerate(rooms):
        is_first = number == 0 or rooms[number - 1].group != room.group
        drawn.append(_box(room, row[room.name], is_first))
    return "\n".join([*drawn, "</svg>"])


def _arc(name: str, other: str, count: int, row: dict[str, int]) -> str:
    start, end = row[name], row[other]
    is_up = end < start
    side, bend = (LEFT + BOX, 0.66) if is_up else (LEFT, -0.3)
    reach = side + abs(end - start) * bend * 0.66 + (8 if is_up else -8)
    width = min(1 + count**0.5 / 3, 5)
    colour = "var(--color-brand-primary, #2a7ab0)" if is_up else "#d33"
    return (
        f'<path d="M{side},{start} C{reach:.0f},{start} {reach:.0f},{end} {side},{end}" fill="none"'
        f' stroke="{colour}" stroke-width="{width:.1f}" opacity="0.45">'
        f"<title>{html.escape(name)} imports {count} times from {html.escape(other)}</title></path>"
    )


def _box(room: Room, middle: int, is_first: bool) -> str:
    top = middle - ROW // 2 + 4
    name = room.name if room.name == room.group else f"{room.name.split('/', maxsplit=1)[1]}/"
    count = f"{len(room.modules)} modules" if len(room.modules) != 1 else "1 module"
    group = f'<text x="{LEFT - 14}" y="{middle + 5}" text-anchor="end" font-weight="bold">{room.group}</text>'
    return (
        (group if is_first else "") + f'<rect x="{LEFT}" y="{top}" width="{BOX}" height="{ROW - 8}" rx="5"'
        ' fill="var(--color-background-secondary, #f4f4f4)" stroke="currentColor" stroke-opacity="0.4"/>'
        f'<text x="{LEFT + 12}" y="{middle + 5}">{html.escape(name)}</text>'
        f'<text x="{LEFT + BOX - 12}" y="{middle + 5}" text-anchor="end" opacity="0.6">{count}</text>'
    )


def table(rooms: Sequence[Room]) -> str:
    """HTML: every room with its modules and the first line of what each says of itself."""
    parts = []
    for room in rooms:
        lines = "".join(
            f"<tr><td><code>{html.escape(name)}</code></td><td>{html.escape(line).replace('``', '')}</td></tr>"
            for name, line in room.modules.items()
        )
        title = f"<code>{html.escape(room.name)}</code> {html.escape(room.about)}"
        parts.append(f"<details><summary>{title}</summary><table>{lines}</table></details>")
    return "\n".join(parts)


def benchmarks(folder: Path = ROOT / "benchmarks") -> str:
    """HTML: every benchmark with the first line of what it says of itself."""
    lines = []
    for path in sorted(folder.glob("[!_]*.py")):
        about = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        lines.append(f"<tr><td><code>{path.stem}</code></td><td>{html.escape(about.split(chr(10))[0])}</td></tr>")
    return f"<table>{''.join(lines)}</table>"


def setup(app: Any) -> dict[str, bool]:
    """Adds the directives ``rooms-drawing``, ``rooms-table`` and ``benchmarks`` to Sphinx."""
    from docutils import nodes
    from docutils.parsers.rst import Directive

    def directive(make: Callable[[], str]) -> type[Directive]:
        class Made(Directive):
            def run(self) -> list[nodes.Node]:
                return [nodes.raw("", make(), format="html")]

        return Made

    app.add_directive("rooms-drawing", directive(lambda: draw(read_rooms())))
    app.add_directive("rooms-table", directive(lambda: table(read_rooms())))
    app.add_directive("benchmarks", directive(benchmarks))
    return {"parallel_read_safe": True}
