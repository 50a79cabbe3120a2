"""What was rendered before is used again where it would come out the same, and only there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import manim
import pytest
import readers
from PIL import Image, ImageDraw
from sounds import write_tone

import edgeglow.scenes.chapters
import edgeglow.scenes.script
from edgeglow.film.cache import FOLDER
from edgeglow.film.inputs import FilmInputs
from edgeglow.film.outputs import OutputFile
from edgeglow.film.pipeline import make_film, measure_film
from edgeglow.film.progress_bar import ProgressBar
from edgeglow.film.request import FilmRequest
from edgeglow.film.settings import FilmSettings
from edgeglow.model.errors import EdgeglowError
from edgeglow.model.run.run import Run

LOOK = FilmSettings(width=64, height=36, fps=5.0)
ALL = ["Losses", "Weighing", "Picture"]


@pytest.fixture
def words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder with the script of the film's chapters, in two languages."""
    folder = tmp_path / "words"
    folder.mkdir()
    for language in ("en", "ko"):
        (folder / f"{language}.toml").write_text(readers.SCRIPT)
    monkeypatch.setattr(edgeglow.scenes.script, "FOLDER", folder)
    monkeypatch.setenv("STAND_INS_WORDS", str(folder))
    return folder


@pytest.fixture
def order(words: Path, tiny_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FilmRequest:
    monkeypatch.setattr(edgeglow.scenes.chapters, "FILM", (readers.Losses, readers.Weighing, readers.Picture))
    monkeypatch.setattr("edgeglow.film.pipeline.WorkerPool", readers.RecordingPool)
    monkeypatch.setattr("edgeglow.film.pipeline.SLOW_IMPORT", "manim")
    tiny_run.save(tmp_path / "tiny.npz")
    return FilmRequest((), LOOK, FilmInputs(tmp_path / "tiny.npz"), tmp_path / "media", jobs=1)


def make(order: FilmRequest) -> list[OutputFile]:
    readers.RecordingPool.done.clear()
    with ProgressBar("test") as bar:
        return make_film(order, bar)


def rendered() -> list[str]:
    """The chapters that the last ``make`` rendered."""
    return sorted(
        done.removeprefix("RenderTask ") for done in readers.RecordingPool.done if done.startswith("RenderTask ")
    )


def files(order: FilmRequest) -> dict[str, bytes]:
    """All that was made, but for what is kept for the next time."""
    paths = [path for path in order.media.rglob("*") if path.is_file() and FOLDER not in path.parts]
    return {str(path.relative_to(order.media)): path.read_bytes() for path in paths}


def with_loss(run: Run, loss: float) -> Run:
    return replace(run, snapshots=(run.first, replace(run.snapshots[1], loss=loss), *run.snapshots[2:]))


# -- the same again ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["mp4", "webm", "mov"])
def test_rendered_twice_it_is_the_same_and_nothing_is_done(order: FilmRequest, kind: str) -> None:
    order = replace(order, settings=replace(order.settings, format=kind, transparent=kind == "mov"))
    (film,) = make(order)
    assert rendered() == sorted(ALL)
    assert film.kept == ()
    first, written = files(order), film.path.stat().st_mtime_ns
    (film,) = make(order)
    assert readers.RecordingPool.done == []
    assert film.kept == tuple(ALL)
    assert files(order) == first
    assert film.path.stat().st_mtime_ns == written, "it was not even joined again"
    film.path.unlink()
    make(order)
    assert readers.RecordingPool.done == []
    assert files(order) == first, "joined again, it is the same"


def test_clips_and_gifs_are_kept_too(order: FilmRequest) -> None:
    chosen = replace(order, names=("picture", "losses"), settings=replace(order.settings, format="gif"))
    make(chosen)
    first = files(order)
    assert {name for name in first if name.endswith(".gif")} == {"Picture-en.gif", "Losses-en.gif"}
    (order.media / "Losses-en.gif").unlink()
    products = make(chosen)
    assert readers.RecordingPool.done == []
    assert [product.kept for product in products] == [("Picture",), ("Losses",)]
    assert files(order) == first


def test_a_clip_is_part_of_the_film(order: FilmRequest) -> None:
    make(replace(order, names=("weighing",)))
    (film,) = make(order)
    assert rendered() == ["Losses", "Picture"]
    assert film.kept == ("Weighing",)


def test_no_process_starts_when_all_is_there(order: FilmRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    from edgeglow.film.worker_pool import WorkerPool

    make(order)
    monkeypatch.setattr("edgeglow.film.pipeline.WorkerPool", WorkerPool)
    monkeypatch.setattr("multiprocessing.get_context", lambda method: pytest.fail("a process was started"))
    (film,) = make(order)
    assert film.kept == tuple(ALL)
    with ProgressBar("test") as bar:
        assert [result.frames for result in measure_film(order, bar)] == [8, 8, 8]


def test_lengths_are_those_of_what_was_rendered(order: FilmRequest) -> None:
    with ProgressBar("test") as bar:
        measured = measure_film(order, bar)
        readers.RecordingPool.done.clear()
        assert measure_film(order, bar) == [replace(result, was_kept=True, digests=None) for result in measured]
        assert readers.RecordingPool.done == []
    make(order)
    assert readers.RecordingPool.done == [f"RenderTask {name}" for name in ALL], "they were measured before"


# -- what has changed -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda run: with_loss(run, 2.0),
        lambda run: replace(run, interrupted=True),
        lambda run: replace(run, source="elsewhere"),
        lambda run: replace(run, snapshots=run.snapshots[:2] + run.snapshots[3:]),
    ],
    ids=["loss", "interrupted", "source", "snapshots"],
)
def test_every_chapter_of_another_run_is_rendered(
    order: FilmRequest, tiny_run: Run, change: Callable[[Run], Run]
) -> None:
    make(order)
    before = files(order)
    change(tiny_run).save(order.source.run)
    (film,) = make(order)
    assert rendered() == sorted(ALL) and film.kept == ()
    assert files(order)["film-en.mp4"] != before["film-en.mp4"], "it tells which run it shows"
    tiny_run.save(order.source.run)
    make(order)
    assert readers.RecordingPool.done == [], "both are kept"
    assert files(order) == before


def test_the_same_run_in_another_file_is_the_same(order: FilmRequest, tmp_path: Path) -> None:
    make(order)
    before = files(order)
    other = replace(order, source=FilmInputs(order.source.run.rename(tmp_path / "renamed.npz")))
    make(other)
    assert readers.RecordingPool.done == [] and files(other) == before


def test_a_digit_of_ones_own_is_another_film(order: FilmRequest, tmp_path: Path) -> None:
    make(order)
    before = files(order)
    paper = Image.new("L", (200, 200), 250)
    ImageDraw.Draw(paper).line((100, 40, 95, 160), fill=20, width=18)
    paper.save(tmp_path / "my one.png")
    own = replace(order, source=replace(order.source, digits=(tmp_path / "my one.png",), labels=("1",)))
    (film,) = make(own)
    assert film.path.name == "film-en-my-one.mp4"
    assert rendered() == sorted(ALL)
    assert {name: files(order)[name] for name in before} == before
    make(own)
    assert readers.RecordingPool.done == []
    ImageDraw.Draw(paper).line((40, 40, 160, 40), fill=20, width=18)
    paper.save(tmp_path / "my one.png")
    make(own)
    assert rendered() == sorted(ALL), "it is another picture in the same file"


def test_a_sentence_concerns_its_chapter_in_its_language(order: FilmRequest, words: Path) -> None:
    korean = replace(order, settings=replace(order.settings, language="ko"))
    make(order)
    make(korean)
    file = words / "en.toml"
    file.write_text(file.read_text().replace("A weight comes.", "Look: a weight."))
    make(order)
    assert rendered() == ["Weighing"]
    assert b"Look: a weight." in files(order)["captions/film-en.srt"]
    make(korean)
    assert readers.RecordingPool.done == []
    file.write_text(file.read_text().replace('language = "One"', 'language = "Another"'))
    make(order)
    assert rendered() == sorted(ALL), "every chapter may say what belongs to none"
    own = words / "mine.toml"
    own.write_text('[losses.beats]\nrests = "It is at rest."\n')
    make(replace(order, settings=replace(order.settings, script=own)))
    assert rendered() == ["Losses"]


@pytest.mark.parametrize(
    "change",
    [
        {"theme": "light"},
        {"width": 36, "height": 64},
        {"fps": 10.0},
        {"format": "webm"},
        {"captions": "none"},
        {"seed": 3},
        {"format": "mov", "transparent": True},
    ],
)
def test_what_looks_different_is_rendered(order: FilmRequest, change: dict[str, object]) -> None:
    make(order)
    other = replace(order, settings=replace(order.settings, **change))  # type: ignore[arg-type]
    make(other)
    assert rendered() == sorted(ALL)
    make(other)
    assert readers.RecordingPool.done == []


def test_where_captions_lie_beside_the_picture_it_is_the_same(order: FilmRequest) -> None:
    make(replace(order, settings=replace(order.settings, captions="none")))
    make(replace(order, settings=replace(order.settings, captions="sidecar")))
    assert readers.RecordingPool.done == []
    assert {"film-en.vtt", "film-en.srt"} < set(files(order))


def test_fresh_renders_everything(order: FilmRequest) -> None:
    make(order)
    (film,) = make(replace(order, is_fresh=True))
    assert rendered() == sorted(ALL)
    assert film.kept == ()
    make(order)
    assert readers.RecordingPool.done == []


def test_a_run_that_changes_meanwhile_is_told(
    order: FilmRequest, tiny_run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = readers.RecordingPool.work

    def change_first(self: readers.RecordingPool, tasks: list[object], report: object) -> object:
        with_loss(tiny_run, 3.0).save(order.source.run)
        return work(self, tasks, report)  # type: ignore[arg-type]

    monkeypatch.setattr(readers.RecordingPool, "work", change_first)
    with pytest.raises(EdgeglowError, match=r"tiny\.npz: changed while the film was being made; render it"):
        make(order)
    assert not (order.media / "film-en.mp4").exists()


def test_workers_are_told_which_run_was_checked(
    order: FilmRequest, tiny_run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    work, told = readers.RecordingPool.work, set()

    def see(self: readers.RecordingPool, tasks: list[Any], report: object) -> object:
        told.update(task.source.checked for task in tasks)
        return work(self, tasks, report)  # type: ignore[arg-type]

    monkeypatch.setattr(readers.RecordingPool, "work", see)
    make(order)
    assert told == {frozenset({tiny_run.digest})}


def test_a_sentence_that_changes_meanwhile_is_told(
    order: FilmRequest, words: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = readers.RecordingPool.work

    def change_first(self: readers.RecordingPool, tasks: list[object], report: object) -> object:
        (words / "en.toml").write_text(readers.SCRIPT.replace("A picture comes.", "Here it is."))
        return work(self, tasks, report)  # type: ignore[arg-type]

    monkeypatch.setattr(readers.RecordingPool, "work", change_first)
    with pytest.raises(EdgeglowError, match="the script: changed while the film was being made; render it"):
        make(order)


def test_a_chapter_that_fails_does_not_cost_the_others(order: FilmRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    read = readers.Picture.read

    def fail(self: readers.Picture) -> float:
        if not manim.config.dry_run:
            raise ZeroDivisionError("while it was rendered")
        return read(self)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(readers.Picture, "read", fail)
        with pytest.raises(ZeroDivisionError):
            make(order)
    make(order)
    assert rendered() == ["Picture"]


def test_a_voice_concerns_those_who_wait_for_it(order: FilmRequest, tmp_path: Path) -> None:
    make(order)
    voice = tmp_path / "voice"
    write_tone(voice / "losses" / "appears.wav", 2.0, rate=22_050)
    spoken = replace(order, voice=str(voice))
    (film,) = make(spoken)
    assert rendered() == ["Losses"]
    assert film.results[0].frames > 8
    first = film.path.read_bytes()
    make(spoken)
    assert readers.RecordingPool.done == []
    assert film.path.read_bytes() == first
    write_tone(voice / "losses" / "appears.wav", 2.0, rate=22_050, pitch=880.0)
    make(spoken)
    assert readers.RecordingPool.done == [], "another sound of the same length is only laid under it"
    assert film.path.read_bytes() != first
