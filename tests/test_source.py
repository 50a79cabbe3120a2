"""What a film is of: a run's file, and the user's own digits before those in it."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from abroad import make_abroad
from PIL import Image, ImageDraw
from test_cli import call

from edgeglow.film.inputs import FilmInputs, _with_digits
from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing.load_run import _loaded
from edgeglow.model.run.run import Run


@pytest.fixture
def run_file(tiny_run: Run, tmp_path: Path) -> Path:
    tiny_run.save(tmp_path / "tiny.npz")
    return tmp_path / "tiny.npz"


def draw(path: Path, *strokes: tuple[int, int, int, int]) -> Path:
    """A drawing on white paper."""
    paper = Image.new("L", (200, 200), 250)
    for stroke in strokes:
        ImageDraw.Draw(paper).line(stroke, fill=20, width=18)
    paper.save(path)
    return path


@pytest.fixture
def one(tmp_path: Path) -> Path:
    return draw(tmp_path / "one.png", (100, 40, 95, 160))


@pytest.mark.parametrize(
    ("files", "suffix"),
    [
        ([], ""),
        (["my.png"], "-my"),
        (["a folder/My nine (2).jpeg"], "-My-nine-2"),
        (["하나.png", "둘.png"], "-하나-둘"),
        (["light.png"], "-digit-light"),
        (["9x16.png"], "-digit-9x16"),
        (["(?).png"], "-digit-own"),
        (["x" * 80 + ".png"], "-" + "x" * 60),
    ],
)
def test_file_names_tell_the_digits(files: list[str], suffix: str) -> None:
    assert FilmInputs(Path("run.npz"), tuple(map(Path, files))).suffix == suffix


def test_own_digits_come_first(run_file: Path, one: Path, tmp_path: Path, tiny_run: Run) -> None:
    seven = draw(tmp_path / "seven.png", (50, 40, 150, 40), (150, 40, 90, 170))
    run = FilmInputs(run_file, (one, seven), ("1",)).load()
    first, second, *others = run.examples
    assert [(first.kind, first.label), (second.kind, second.label)] == [("own", 1), ("own", None)]
    assert first.pixels.max() > 0.8
    assert np.abs(first.pixels - second.pixels).max() > 0.5
    assert [example.kind for example in others] == [example.kind for example in tiny_run.examples]
    assert FilmInputs(run_file).load().digest == tiny_run.digest


def test_files_are_read_again_only_when_they_change(run_file: Path, one: Path, tiny_run: Run) -> None:
    source = FilmInputs(run_file, (one,))
    first = source.load()
    assert source.load() is first
    draw(one, (40, 40, 160, 160))
    second = source.load()
    assert (second.examples[0].pixels != first.examples[0].pixels).any()
    replace(tiny_run, interrupted=True).save(run_file)
    assert source.load().interrupted


def test_workers_check_nothing_again(
    run_file: Path, one: Path, tmp_path: Path, tiny_run: Run, relu_run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    relu_run.save(tmp_path / "relu.npz")
    replace(tiny_run, interrupted=True).save(tmp_path / "stopped.npz")
    source = FilmInputs(run_file, other=tmp_path / "relu.npz", called=("A", "B"))
    own = FilmInputs(run_file, (one,))
    sent, sent_own = (pickle.loads(pickle.dumps(each.for_workers())) for each in (source, own))
    expected = own.load().digest
    _loaded.cache_clear()  # as in another process
    _with_digits.cache_clear()
    runs: list[Run] = []
    monkeypatch.setattr("edgeglow.model.run.run.check_run", runs.append)
    assert (sent.load().digest, sent.beside()) == (source.load().digest, source.beside())
    assert len(runs) == 2, "it was checked for the source here"
    assert sent_own.load().digest == expected
    assert len(runs) == 3, "with digits of one's own it is another run"
    tmp_path.joinpath("stopped.npz").replace(run_file)
    sent.load()
    assert len(runs) == 4, "another run in the same file was never checked"


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["--digit", "nowhere.png"], 1, "nowhere.png"),
        (["--digit", "blank.png"], 1, "blank.png"),
        (["--digit", "one.png", "--label", "ten"], 1, "label 'ten'"),
        (["--label", "1"], 2, "more --label than --digit"),
    ],
)
@pytest.mark.parametrize("command", ["film", "list", "stills", "script"])
def test_a_digit_that_cannot_be_shown_is_told_before_anything_starts(
    command: str,
    options: list[str],
    code: int,
    message: str,
    run_file: Path,
    one: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    draw(one.with_name("blank.png"))
    monkeypatch.chdir(one.parent)
    monkeypatch.setattr("edgeglow.film.pipeline.temporary_folder", lambda media: pytest.fail("it began"))
    done = call(command, *options, "--run", run_file, "--media_dir", "media")
    assert (done.exit_code, message in done.output) == (code, True), done.output
    assert len([line for line in done.output.splitlines() if message in line]) == 1
    assert not Path("media").exists()


def test_a_digit_for_a_network_that_reads_no_pictures_is_refused(one: Path, tmp_path: Path) -> None:
    make_abroad("rows").save(tmp_path / "rows.npz")
    with pytest.raises(EdgeglowError, match="this network reads no pictures, so no picture can be shown to it"):
        FilmInputs(tmp_path / "rows.npz", (one,)).load()


def test_a_digit_is_read_before_a_first_training(one: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edgeglow.command.train.load_or_train", lambda *args: pytest.fail("it began to train"))
    draw(one)
    with pytest.raises(EdgeglowError, match=r"one\.png"):
        FilmInputs(tmp_path / "none.npz", (one,)).read_digits()
    done = call("--digit", one, "--run", tmp_path / "none.npz", "--media_dir", tmp_path / "media")
    assert done.exit_code == 1
    assert "one.png" in done.output
