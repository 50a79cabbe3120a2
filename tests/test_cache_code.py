"""Other code, libraries or fonts than a clip was made with: it is made again."""

from __future__ import annotations

from pathlib import Path

import pytest
import readers
from test_cache import ALL, make, order, rendered, words

import film.key
import film.studio
import film.takes
import scenes
from film import version
from film.order import Order

__all__ = ["order", "words"]  # fixtures


def test_other_code_renders_everything(order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    make(order)
    for module in (film.studio, film.takes):
        monkeypatch.setattr(module, "rooms_version", lambda: "other code")
    make(order)
    assert rendered() == sorted(ALL)
    monkeypatch.setattr(film.key, "surroundings", lambda: "another font")
    make(order)
    assert rendered() == sorted(ALL)


def test_the_code_is_that_of_every_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(version, "ROOT", tmp_path)
    seen = set()
    for file in ("model/run.py", "scenes/mobjects/curve.py", "film/look.py"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        for text in ("one", "two"):
            (tmp_path / file).write_text(text)
            seen.add(version.rooms_version())
    assert len(seen) == 6
    (tmp_path / "film" / "notes.txt").write_text("no code")
    assert version.rooms_version() in seen
    monkeypatch.undo()
    assert not version.own_version(scenes.FILM[0])
    assert version.own_version(readers.Losses)


def test_what_newer_code_has_rendered_is_not_kept(order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody works on a chapter while the film is made: its workers may have begun with either."""
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(film.takes, "rooms_version", lambda: "newer code")
        (made,) = make(order)
        assert made.path.exists()
    make(order)
    assert rendered() == sorted(ALL)
