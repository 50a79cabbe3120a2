"""The quick part of the tests: it takes something of every folder of the program."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "docs"))

from rooms import imported, read_rooms, room_of

ROOT = Path(__file__).resolve().parents[1]
FILES = [ROOT / line for line in (ROOT / "tests" / "quick.txt").read_text().splitlines() if line[:1] != "#"]


def test_every_folder_of_the_program_is_tested() -> None:
    """A new one must be told to tests/quick.txt."""
    names = {room.name for room in read_rooms()}
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in FILES]
    tested = {room_of(module, names) for tree in trees for module in imported(tree)}
    assert not names - tested


def test_its_files_are_tests_and_each_is_named_once() -> None:
    assert all(file.is_file() and file.name.startswith("test_") for file in FILES)
    assert len(set(FILES)) == len(FILES)
