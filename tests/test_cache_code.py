"""Other code, libraries or fonts than a clip was made with: it is made again."""

from __future__ import annotations

from pathlib import Path

import pytest
import readers
from test_cache import ALL, make, order, rendered, words

import edgeglow.film.cache_key
import edgeglow.film.chapter_task
import edgeglow.film.pipeline
import edgeglow.scenes.chapters
from edgeglow.film import render_environment
from edgeglow.film.request import FilmRequest

__all__ = ["order", "words"]  # fixtures


def test_other_code_renders_everything(order: FilmRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    make(order)
    for module in (edgeglow.film.pipeline, edgeglow.film.chapter_task):
        monkeypatch.setattr(module, "code_version", lambda: "other code")
    make(order)
    assert rendered() == sorted(ALL)
    monkeypatch.setattr(edgeglow.film.cache_key, "environment_digest", lambda: "another font")
    make(order)
    assert rendered() == sorted(ALL)


def test_the_code_is_that_of_every_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render_environment, "ROOT", tmp_path)
    seen = set()
    for file in ("model/run/run.py", "scenes/mobjects/charts/curve.py", "film/settings.py"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        for text in ("one", "two"):
            (tmp_path / file).write_text(text)
            seen.add(render_environment.code_version())
    assert len(seen) == 6
    (tmp_path / "film" / "notes.txt").write_text("no code")
    assert render_environment.code_version() in seen
    monkeypatch.undo()
    assert not render_environment.chapter_file_version(edgeglow.scenes.chapters.FILM[0])
    assert render_environment.chapter_file_version(readers.Losses)


def test_what_newer_code_has_rendered_is_not_kept(order: FilmRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody works on a chapter while the film is made: its workers may have begun with either."""
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(edgeglow.film.chapter_task, "code_version", lambda: "newer code")
        (made,) = make(order)
        assert made.path.exists()
    make(order)
    assert rendered() == sorted(ALL)
