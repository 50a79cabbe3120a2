"""The drawing of the folders and their imports, in the documentation."""

from __future__ import annotations

import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "docs"))

from rooms import benchmarks, draw, read_rooms, table

ROOT = Path(__file__).resolve().parents[1]
FILES = {
    "render.py": '"""The command line."""\nimport film.join\n',
    "model/__init__.py": '"""Networks."""\n',
    "model/run.py": '"""What training leaves behind."""\nimport numpy\n',
    "model/importing/keras.py": "from edgeglow.model.run import Run\n",
    "scenes/style/theme.py": "",
    "scenes/chapter.py": "from scenes.style.theme import Theme\nfrom model.run import Run\n",
    "film/__init__.py": '"""Films."""\nfrom film.join import join\n',
    "film/join.py": "from scenes import chapter\nfrom model import run\nif True:\n    from model.run import Run\n",
    "tests/test_join.py": "import film.join\n",
    ".venv/lib/other.py": "import film\n",
}


@pytest.fixture
def house(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_every_folder_comes_after_those_that_it_imports_from(house: Path) -> None:
    rooms = read_rooms(house)
    names = [room.name for room in rooms]
    assert names == ["model", "model/importing", "scenes/style", "scenes", "film", "render.py"]
    imports = {room.name: dict(room.imports) for room in rooms}
    assert imports["model"] == {} and imports["model/importing"] == {"model": 1}
    assert imports["film"] == {"scenes": 1, "model": 2}
    assert imports["scenes"] == {"scenes/style": 1, "model": 1} and imports["render.py"] == {"film": 1}
    assert rooms[0].about == "Networks." and rooms[0].modules == {"run.py": "What training leaves behind."}


def test_the_drawing_has_a_box_for_each_and_an_arc_for_each_that_it_imports_from(house: Path) -> None:
    drawing = ElementTree.fromstring(draw(rooms := read_rooms(house)))
    kinds = [part.tag.rpartition("}")[2] for part in drawing]
    assert kinds.count("rect") == len(rooms) == 6
    assert kinds.count("path") == sum(len(room.imports) for room in rooms) == 6
    titles = [title.text for title in drawing.iter("{http://www.w3.org/2000/svg}title")]
    assert "film imports 2 times from model" in titles


def test_an_import_against_the_order_is_red(house: Path) -> None:
    assert "#d33" not in draw(read_rooms(house))
    (house / "model" / "run.py").write_text("import film.join\n")
    assert draw(read_rooms(house)).count("#d33") == 1


def test_the_program_is_in_it() -> None:
    rooms = read_rooms()
    files = {path.name for room in rooms for path in [ROOT / room.name]}
    assert "render.py" in files and not files & {"tests", "docs", "benchmarks"}
    told = table(rooms)
    assert all(f"<code>{room.name}</code>" in told for room in rooms)
    assert "<code>guard</code>" in benchmarks() and "_shots" not in benchmarks()
