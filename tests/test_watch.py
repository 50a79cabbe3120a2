"""With --watch the film is made again when something that it is made from has changed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import readers
from interrupts import PATIENCE, interrupts_delivered

from edgeglow.command.watch import repeat_on_change
from edgeglow.model.errors import EdgeglowError, InvalidRequest
from edgeglow.model.run.run import Run


class Maker:
    """Is called to make something, and waited for."""

    def __init__(self, files: list[Path], *errors: Exception | None) -> None:
        self.errors = list(errors)
        self.seen: list[list[str | None]] = []
        self.files = files

    def __call__(self) -> None:
        self.seen.append([file.read_text() if file.exists() else None for file in self.files])
        if self.errors and (error := self.errors.pop(0)):
            raise error


@pytest.fixture
def two_files(tmp_path: Path) -> list[Path]:
    files = [tmp_path / "run.npz", tmp_path / "my.png"]
    for file in files:
        file.write_text("old")
    return files


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edgeglow.command.watch.PAUSE", 0.02)


def watch(maker: Maker, *steps: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep making while the steps are taken, one in each pause; then comes Ctrl-C."""
    waiting = iter(steps)

    def pause(seconds: float) -> None:
        step = next(waiting, None)
        if step is None:
            raise KeyboardInterrupt
        step()

    monkeypatch.setattr(time, "sleep", pause)
    repeat_on_change(maker, maker.files)


def nothing() -> None:
    """A pause in which nothing happens."""


def test_it_is_made_once_if_nothing_changes(two_files: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    maker = Maker(two_files)
    watch(maker, nothing, nothing, nothing, monkeypatch=monkeypatch)
    assert maker.seen == [["old", "old"]]


@pytest.mark.parametrize("number", [0, 1])
def test_a_change_of_any_file_makes_it_again(
    two_files: list[Path], number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    maker = Maker(two_files)
    watch(maker, nothing, lambda: two_files[number].write_text("newer"), nothing, nothing, monkeypatch=monkeypatch)
    assert len(maker.seen) == 2
    assert maker.seen[1][number] == "newer"


def test_a_file_that_is_being_written_is_waited_for(two_files: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    maker, file = Maker(two_files), two_files[0]
    steps = [lambda: file.write_text("a"), lambda: file.write_text("ab"), file.unlink, nothing, nothing]
    watch(maker, *steps, lambda: file.write_text("abc"), nothing, nothing, monkeypatch=monkeypatch)
    assert [seen[0] for seen in maker.seen] == ["old", "abc"]


def test_what_changes_while_it_is_made_makes_it_again(two_files: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    maker = Maker(two_files)
    make = maker.__call__

    def meanwhile() -> None:
        make()
        if len(maker.seen) == 1:
            two_files[0].write_text("newer")

    monkeypatch.setattr(Maker, "__call__", lambda self: meanwhile())
    watch(maker, nothing, nothing, nothing, monkeypatch=monkeypatch)
    assert [seen[0] for seen in maker.seen] == ["old", "newer"]


def test_a_first_run_that_it_makes_itself_is_no_change(
    two_files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    two_files[0].unlink()
    maker = Maker(two_files)
    make = maker.__call__

    def train() -> None:
        make()
        two_files[0].write_text("trained")

    monkeypatch.setattr(Maker, "__call__", lambda self: train())
    watch(maker, nothing, nothing, nothing, monkeypatch=monkeypatch)
    assert len(maker.seen) == 1


def test_errors_are_one_line_and_may_be_mended(
    two_files: list[Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["render.py"])
    maker = Maker(two_files, EdgeglowError("my.png: is blank; draw something"), OSError(28, "Full", "/disk/film"))
    steps = [lambda: two_files[1].write_text("better"), nothing, lambda: two_files[1].write_text("best of all")]
    watch(maker, *steps, nothing, nothing, monkeypatch=monkeypatch)
    assert [seen[1] for seen in maker.seen] == ["old", "better", "best of all"]
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "render.py: my.png: is blank; draw something"
    assert lines[2] == "render.py: /disk/film: full"
    assert lines[1] == lines[3] == lines[4] == "watching for changes; Ctrl-C ends it"


def test_what_does_not_exist_ends_it(two_files: list[Path]) -> None:
    with pytest.raises(InvalidRequest, match="no chapter"):
        repeat_on_change(Maker(two_files, InvalidRequest("there is no chapter 'x'")), two_files)


def test_ctrl_c_ends_it_as_soon_as_it_says_so(two_files: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    def said(text: str, err: bool) -> None:
        assert text.endswith("Ctrl-C ends it")
        raise KeyboardInterrupt

    monkeypatch.setattr("click.echo", said)
    maker = Maker(two_files)
    repeat_on_change(maker, two_files)
    assert len(maker.seen) == 1


WATCHING = """
import sys, edgeglow.scenes.chapters, edgeglow.scenes.script, readers, edgeglow.render, edgeglow.film.pipeline
from pathlib import Path
edgeglow.scenes.script.FOLDER = Path(sys.argv.pop())
edgeglow.scenes.chapters.FILM = (readers.Losses, readers.Weighing)
edgeglow.film.pipeline.WorkerPool = readers.RecordingPool
edgeglow.render.main(sys.argv[1:], "render.py")
"""


@pytest.fixture
def watching(tiny_run: Run, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """The command line, watching what its film is made from."""
    tiny_run.save(tmp_path / "run.npz")
    words = tmp_path / "words"
    words.mkdir()
    (words / "en.toml").write_text(readers.SCRIPT)
    paths = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    environment = os.environ | {"PYTHONPATH": paths, "STAND_INS_WORDS": str(words)}
    arguments = ["--watch", "--run", tmp_path / "run.npz", "--media_dir", tmp_path / "media", "-r", "64,36"]
    with interrupts_delivered():
        process = subprocess.Popen(
            [sys.executable, "-c", WATCHING, *map(str, arguments), "--fps", "5", str(words)],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    yield process
    process.kill()
    process.communicate()


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_the_command_line_watches(watching: subprocess.Popen[str], tiny_run: Run, tmp_path: Path) -> None:
    def told() -> list[str]:
        """What it says until it waits again."""
        lines: list[str] = []
        assert watching.stdout is not None
        for line in watching.stdout:
            if line.startswith("watching"):
                return lines
            lines.append(line.strip())
        pytest.fail(f"it ended: {lines}")

    assert told()[-1].endswith("film-en.mp4  0:03, 64x36 at 5 frames a second")
    first = (tmp_path / "media" / "film-en.mp4").read_bytes()
    longer = replace(tiny_run.snapshots[1], loss=2.0)
    replace(tiny_run, snapshots=(tiny_run.first, longer, *tiny_run.snapshots[2:])).save(tmp_path / "run.npz")
    assert told()[-1].endswith("film-en.mp4  0:03, 64x36 at 5 frames a second"), "none of it was there already"
    assert (tmp_path / "media" / "film-en.mp4").read_bytes() != first
    words = tmp_path / "words" / "en.toml"
    words.write_text(readers.SCRIPT.replace("A loss comes.", 'A loss" comes.'))
    (error,) = told()
    assert error.startswith("render.py: en.toml: ")
    words.write_text(readers.SCRIPT.replace("A loss comes.", "See: a loss."))
    assert told()[-1] == "1 of 2 chapters were there already"
    assert "See: a loss." in (tmp_path / "media" / "captions" / "film-en.srt").read_text()
    watching.send_signal(signal.SIGINT)
    assert watching.wait(PATIENCE) == 0
