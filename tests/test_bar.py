"""Progress in a log: plain lines of what is finished, and how far a long stage is, but no more than once a minute."""

from __future__ import annotations

import pytest

from edgeglow.film.progress_bar import SILENCE, ProgressBar


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_log_is_told_what_is_finished(capsys: pytest.CaptureFixture[str], clock: Clock) -> None:
    with ProgressBar("preparing", clock=clock) as bar:
        bar.begin("rendering", 100)
        bar.advance(50)
        bar.finish("[Pixels] rendered, 1 of 2, a line that is not to be broken anywhere, however narrow it is")
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert told.err.startswith("[Pixels] rendered, 1 of 2,")


def test_a_long_stage_tells_how_far_it_is_once_a_minute(capsys: pytest.CaptureFixture[str], clock: Clock) -> None:
    with ProgressBar("preparing", clock=clock) as bar:
        bar.begin("rendering", 10)
        for _ in range(10):
            clock.now += SILENCE / 2
            bar.advance(1)
        clock.now += SILENCE
        bar.begin("joining")
        bar.update(3)  # of what is not known
    lines = capsys.readouterr().err.splitlines()
    assert lines == [f"rendering: {share}%" for share in (20, 40, 60, 80, 100)]


def test_what_is_finished_counts_as_told(capsys: pytest.CaptureFixture[str], clock: Clock) -> None:
    with ProgressBar("preparing", clock=clock) as bar:
        bar.begin("rendering", 10)
        clock.now = 0.9 * SILENCE
        bar.finish("Pixels rendered")
        clock.now = 1.1 * SILENCE
        bar.advance(5)
    assert capsys.readouterr().err == "Pixels rendered\n"


def test_a_terminal_and_a_notebook_have_no_such_lines(
    capsys: pytest.CaptureFixture[str], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet = ProgressBar("preparing", has_lines=False, clock=clock)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    drawn = ProgressBar("preparing", clock=clock)
    monkeypatch.undo()
    for bar in (quiet, drawn):
        bar.begin("rendering", 2)
        clock.now += 2 * SILENCE
        bar.advance(1)
        bar.finish("Pixels rendered")
        bar.tell("left out")
    assert capsys.readouterr().err == "left out\n" * 2
