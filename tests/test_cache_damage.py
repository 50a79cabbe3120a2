"""A cache that is damaged, full or in the way costs time, never a wrong film."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import readers
from test_cache import ALL, files, make, order, rendered, words

from film.cache import FOLDER, IN_USE, Cache
from film.order import Order

__all__ = ["order", "words"]  # fixtures


def damages(order: Order) -> list[tuple[Path, bytes]]:
    """Files of the cache, and what each may be after an accident."""
    found = []
    for path in sorted(order.media.glob(f"{FOLDER}/*/*")):
        content = path.read_bytes()
        found += [
            (path, content[: len(content) // 2]),
            (path, b""),
            (path, content[:-9] + b"}" + content[-8:]),
        ]
        if path.suffix == ".json":
            found += [(path, b"[]"), (path, b'{"digest": 3}'), (path, content.replace(b"loss", b"less"))]
    return found


def test_what_is_damaged_is_rendered_again(order: Order) -> None:
    make(order)
    good = files(order)
    cases = damages(order)
    assert len(cases) > 15
    for path, content in cases:
        whole = path.read_bytes()
        path.write_bytes(content)
        make(order)
        assert set(rendered()) <= set(ALL) and len(rendered()) <= 1, path
        assert files(order) == good, path
        make(order)
        assert readers.Hands.done == [], "it is whole again"
        if not path.exists():
            path.write_bytes(whole)


def test_a_cache_that_cannot_be_written_does_no_harm(order: Order) -> None:
    order.media.mkdir()
    (order.media / FOLDER).write_text("in the way")
    (film,) = make(order)
    assert film.path.exists()
    make(order)
    assert rendered() == sorted(ALL)


def test_deleted_it_is_made_again(order: Order) -> None:
    make(order)
    first = files(order)
    for path in order.media.glob(f"{FOLDER}/*/*"):
        path.unlink()
    make(order)
    assert rendered() == sorted(ALL)
    assert files(order) == first


def test_the_longest_unused_goes_first(tmp_path: Path) -> None:
    ages = {"new": 0.0, "old": 3 * IN_USE, "older": 4 * IN_USE, "oldest": 5 * IN_USE}
    for name, age in ages.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "clip.mp4").write_bytes(bytes(100))
        os.utime(tmp_path / name / "clip.mp4", (time.time() - age,) * 2)
    Cache(tmp_path).prune(250)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "old"]
    Cache(tmp_path).prune(0)
    assert [path.name for path in tmp_path.iterdir()] == ["new"], "another film may need it just now"


def test_entries_are_plain_json(order: Order) -> None:
    make(order)
    for path in order.media.glob(f"{FOLDER}/*/clip-*.json"):
        contents = json.loads(path.read_text())["contents"]
        assert contents["name"] in ALL
        assert contents["frames"] == 8
        assert (path.parent / (contents["clip"]["digest"][:32] + ".mp4")).exists()
