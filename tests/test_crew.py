"""Processes that share the work, and the folder that half-done files lie in."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import chores
import pytest

from edgeglow.film.paths import move_into_place, temporary_folder
from edgeglow.film.worker_pool import TaskError, WorkerDied, WorkerPool
from edgeglow.model.errors import EdgeglowError


def test_crew_does_all_tasks_and_counts(tmp_path: Path) -> None:
    told: list[int] = []
    with WorkerPool(2, tmp_path) as pool:
        results = dict(pool.work([chores.Square(number) for number in range(7)], told.append))
        assert results == {number: number**2 for number in range(7)}
        assert sum(told) == 21


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (ValueError("no negative numbers\nnot one"), TaskError, "^chore: ValueError: no negative numbers$"),
        (EdgeglowError("a sentence is missing; write it"), EdgeglowError, "^a sentence is missing; write it$"),
        (OSError(errno.ENOSPC, "Full"), EdgeglowError, "^chore: cannot be written: full. Free it up"),
        (
            OSError(errno.ENOSPC, "Full", "/media/film.mp4"),
            EdgeglowError,
            "^/media/film.mp4: cannot be written: full. Free it up, or choose another --media_dir$",
        ),
        (None, WorkerDied, "^chore: its process ended by signal 9; perhaps memory ran out: try --jobs 1$"),
    ],
)
def test_crew_tells_how_a_task_failed(
    tmp_path: Path, error: Exception | None, kind: type[Exception], message: str
) -> None:
    with WorkerPool(1, tmp_path) as pool, pytest.raises(kind, match=message) as caught:
        list(pool.work([chores.Fail(error)], lambda amount: None))
    assert type(caught.value) is kind
    if isinstance(caught.value, TaskError) and error:
        assert "raise self.error" in caught.value.trace
        assert "so far so good" in caught.value.trace


@pytest.mark.parametrize("as_file", [True, False])
def test_a_script_without_precautions_has_a_pool(tmp_path: Path, as_file: bool) -> None:
    """The workers do not begin what began them once more; nor need it be a file."""
    lines = (
        "import sys",
        "from pathlib import Path",
        f"sys.path[:0] = {[str(Path(__file__).parent), str(Path(__file__).parent.parent)]}",
        "import chores",
        "from edgeglow.film.worker_pool import WorkerPool",
        "print('begun')",
        "with WorkerPool(1, Path()) as pool:",
        "    print(dict(pool.work([chores.Square(3)], lambda amount: None)))",
    )
    (tmp_path / "my.py").write_text("\n".join(lines), encoding="utf-8")
    words = ["my.py"] if as_file else ["-"]
    text = None if as_file else "\n".join(lines)
    done = subprocess.run(
        [sys.executable, *words], input=text, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("begun\n{0: 9}\n", "")
    assert (tmp_path / "worker-0.log").read_text() == ""


def test_workshop_sweeps_up_after_killed_renders(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left, running = tmp_path / f".rendering-{gone.pid}-x", tmp_path / f".rendering-{os.getpid()}-x"
    for folder in (left, running):
        (folder / "part").mkdir(parents=True)
    with temporary_folder(tmp_path) as folder:
        assert folder.parent == tmp_path
        assert not left.exists()
        assert running.exists()
    assert not folder.exists()


def test_a_file_in_the_folders_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "media").write_text("")
    with (
        pytest.raises(EdgeglowError, match=r"media: is a file, or lies in one; expected a folder"),
        temporary_folder(tmp_path / "media"),
    ):
        pass


def test_a_folder_in_the_films_place_is_not_thrown_away(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").mkdir()
    (tmp_path / "draft").write_text("")
    with pytest.raises(EdgeglowError, match=r"film\.mp4: cannot be written: it is a folder"):
        move_into_place(tmp_path / "draft", tmp_path / "film.mp4")
