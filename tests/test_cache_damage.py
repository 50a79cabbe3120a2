"""A cache that is damaged, full or in the way costs time, never a wrong film."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
import readers
from test_cache import ALL, files, make, order, rendered, words

from edgeglow.film.cache import FOLDER, IN_USE, Cache, write_entry
from edgeglow.film.chapter_task import ChapterResult
from edgeglow.film.outputs import OutputFile, OutputWriter
from edgeglow.film.request import FilmRequest

__all__ = ["order", "words"]  # fixtures


def damages(order: FilmRequest) -> list[tuple[Path, bytes]]:
    """Files of the cache, and what each may be after an accident."""
    found = []
    for path in sorted(order.media.glob(f"{FOLDER}/*/*")):
        content = path.read_bytes()
        found += [(path, content[: len(content) // 2]), (path, b""), (path, content[:-9] + b"}" + content[-8:])]
        if path.suffix == ".json":
            found += [(path, b"[]"), (path, b'{"digest": 3}'), (path, content.replace(b"loss", b"less"))]
    return found


def test_what_is_damaged_is_rendered_again(order: FilmRequest) -> None:
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
        assert readers.RecordingPool.done == [], "it is whole again"
        if not path.exists():
            path.write_bytes(whole)


def test_a_cache_that_cannot_be_written_does_no_harm(order: FilmRequest) -> None:
    order.media.mkdir()
    (order.media / FOLDER).write_text("in the way")
    (film,) = make(order)
    assert film.path.exists()
    make(order)
    assert rendered() == sorted(ALL)


def test_deleted_it_is_made_again(order: FilmRequest) -> None:
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


def test_entries_are_plain_json(order: FilmRequest) -> None:
    make(order)
    for path in order.media.glob(f"{FOLDER}/*/clip.json"):
        contents = json.loads(path.read_text())["contents"]
        assert contents["name"] in ALL
        assert contents["frames"] == 8
        assert (path.parent / (contents["clip"]["digest"][:32] + ".mp4")).exists()


def rewrite(entry: Path, **changes: object) -> None:
    """Change what an entry tells, its digest with it."""
    contents = json.loads(entry.read_text())["contents"] | changes
    write_entry(entry, contents)


def test_an_entry_under_another_key_is_not_taken_for_that_chapter(order: FilmRequest) -> None:
    make(order)
    good = files(order)
    entries = sorted(order.media.glob(f"{FOLDER}/*/clip.json"))
    first, second = entries[0].parent, entries[1].parent
    for path in second.iterdir():
        path.unlink()
    for path in first.iterdir():
        shutil.copy(path, second / path.name)
    (order.media / "film-en.mp4").unlink()
    make(order)
    assert len(rendered()) == 1
    assert files(order) == good


@pytest.mark.parametrize(
    "changes",
    [
        {"title": 5},
        {"name": None},
        {"frames": "8"},
        {"frames": -8},
        {"cues": [[0, 4, 1, "words"]]},
        {"cues": [[0.5, 4, "appears", "words"]]},
        {"cut_points": [[0, "0"]]},
        {"clip": {"digest": 3, "kind": ".mp4"}},
        {"clip": {"digest": "0" * 64, "kind": "/../x"}},
    ],
    ids=str,
)
def test_an_entry_with_other_things_than_belong_there_is_rendered_again(
    order: FilmRequest, changes: dict[str, object]
) -> None:
    make(order)
    good = files(order)
    entry = min(order.media.glob(f"{FOLDER}/*/clip.json"))
    rewrite(entry, **changes)
    (order.media / "film-en.mp4").unlink()
    make(order)
    assert len(rendered()) == 1
    assert files(order) == good


def test_the_cache_may_be_deleted_while_a_film_is_made(order: FilmRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    def deleted(self: OutputWriter, results: Sequence[ChapterResult]) -> OutputFile:
        shutil.rmtree(order.media / FOLDER)
        return publish_film(self, results)

    publish_film = OutputWriter.film
    make(order)
    good = files(order)
    monkeypatch.setattr(OutputWriter, "film", deleted)
    (order.media / "film-en.mp4").unlink()
    make(order)  # of what was rendered
    assert rendered() == []
    assert files(order) == good
    make(order)  # of what was rendered
    assert rendered() == sorted(ALL)
    assert files(order) == good


def test_a_disk_without_links_keeps_copies(order: FilmRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    def link(*args: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", link)
    make(order)
    good = files(order)
    (order.media / "film-en.mp4").unlink()
    make(order)
    assert rendered() == []
    assert files(order) == good
