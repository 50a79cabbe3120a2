"""What is written: whole or not at all, in no device's place, and never in that of what was read."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from test_cli import TINY, call, film
from test_digit_cli import drawing

from edgeglow.model.errors import EdgeglowError, InvalidRequest
from edgeglow.model.files.output_file import MOST_BYTES, atomic_output, check_output, write_atomically

__all__ = ["drawing", "film"]  # fixtures

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without pipes and devices")
NETWORK = Path(__file__).parent / "fixtures" / "networks" / "sequential.keras"


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    """Something that is no file, in the place of an output."""
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


def commands(run: Path, picture: Path, target: Path, media: Path) -> dict[str, tuple[object, ...]]:
    """Every command that writes a file which is named."""
    return {
        "script": ("script", "first", "--run", run, "--media_dir", media, *TINY, "-o", target),
        "digit": ("digit", picture, "--run", run, "-o", target),
        "train": ("train", "--count", 10, "-o", target),
        "import": ("import", NETWORK, "-o", target),
    }


@pytest.mark.parametrize("command", ["script", "digit", "train", "import"])
def test_a_device_is_not_replaced(
    film: None, command: str, saved: Path, drawing: Path, pipe: Path, tmp_path: Path
) -> None:
    link = tmp_path / "link"
    link.symlink_to(pipe)
    for target in (pipe, link, Path("/dev/null"), Path("/dev/stdout")):
        done = call(*commands(saved, drawing, target, tmp_path / "media")[command])
        assert done.exit_code == 1, done.output
        assert f"{target}: cannot be written: it is a device or a pipe, expected the name of a file" in done.stderr
    assert pipe.is_fifo() and link.is_symlink() and Path("/dev/null").is_char_device()
    assert not (tmp_path / "media").exists(), "it is told before any work begins"


@pytest.mark.parametrize("command", ["script", "digit"])
def test_what_is_read_is_not_replaced(film: None, command: str, saved: Path, drawing: Path, tmp_path: Path) -> None:
    before = saved.read_bytes(), drawing.read_bytes()
    (tmp_path / "again.npz").hardlink_to(saved)
    targets = [saved, tmp_path / "x" / ".." / saved.name, tmp_path / "again.npz"]
    (tmp_path / "x").mkdir()
    for target in [*targets, drawing] if command == "digit" else targets:
        done = call(*commands(saved, drawing, target, tmp_path / "media")[command])
        assert done.exit_code == 2 and "is what is read" in done.stderr, done.output
    assert (saved.read_bytes(), drawing.read_bytes()) == before


def test_sentences_digits_and_recordings_are_not_replaced(
    film: None, saved: Path, drawing: Path, tmp_path: Path
) -> None:
    words = tmp_path / "my.toml"
    words.write_text('[words]\ncomma = ", "\n')
    for option, file in (("--script", words), ("--digit", drawing)):
        done = call("script", "first", "--run", saved, "--media_dir", tmp_path / "m", *TINY, option, file, "-o", file)
        assert done.exit_code == 2 and "is what is read" in done.stderr, done.output


def test_a_checkpoint_and_mnists_files_are_not_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "checkpoints"
    folder.mkdir()
    first = Path(shutil.copy(NETWORK, folder / "step_1.keras"))
    done = call("import", folder, "-o", first)
    assert done.exit_code == 2 and "is what is read" in done.stderr
    digits = tmp_path / "train-images-idx3-ubyte"
    digits.touch()
    done = call("train", "--data", "mnist", "--mnist-dir", tmp_path, "-o", digits)
    assert done.exit_code == 2 and "is what is read" in done.stderr


def test_a_picture_that_a_film_is_made_from_is_not_replaced(film: None, saved: Path, drawing: Path) -> None:
    target = drawing.rename(drawing.with_name("First-en-mine.png"))
    (target.parent / "mine.png").symlink_to(target)
    before = target.read_bytes()
    done = call(
        "first", "-s", "--run", saved, "--digit", target.parent / "mine.png", "--media_dir", target.parent, *TINY
    )
    assert done.exit_code == 2 and "is what is read" in done.stderr, done.output
    assert target.read_bytes() == before


def test_a_run_in_the_folder_of_a_lesson_is_not_thrown_away(film: None, saved: Path, tmp_path: Path) -> None:
    (tmp_path / "media" / "lesson").mkdir(parents=True)
    run = saved.rename(tmp_path / "media" / "lesson" / "run.npz")
    with pytest.raises(InvalidRequest, match="holds what is read"):
        check_output(run.parent, run, is_folder=True)


def test_pictures_of_one_name_have_each_their_own_sheet(
    drawing: Path, saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edgeglow.model.training.default_run.media_folder", lambda: tmp_path / "media")
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        shutil.copy(drawing, tmp_path / folder / "five.png")
    done = call("digit", tmp_path / "a" / "five.png", tmp_path / "b" / "five.png", "--run", saved)
    assert done.exit_code == 0, done.output
    sheets = sorted(file.relative_to(tmp_path / "media" / "digits") for file in tmp_path.glob("media/**/*.png"))
    assert sheets == [Path("a/five-en.png"), Path("b/five-en.png")]


# -- the function that all of them use ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["/", ".", "x" * 300, "/".join("a" * 1_500), "file/below"])
def test_places_where_no_file_can_be(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    for write in (check_output, lambda path: write_atomically(path, b"")):
        with pytest.raises(EdgeglowError) as caught:
            write(Path(name))
        assert "\n" not in str(caught.value) and len(str(caught.value)) < 500
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_deep_folder_is_made_without_deep_calls(tmp_path: Path) -> None:
    deep = tmp_path / "/".join("a" * ((MOST_BYTES - 300) // 2)) / "file"
    write_atomically(deep, b"there")
    assert deep.read_bytes() == b"there"


def test_a_long_name_needs_no_longer_one_for_its_draft(tmp_path: Path) -> None:
    write_atomically(tmp_path / ("x" * 255), b"there")
    assert [len(path.name) for path in tmp_path.iterdir()] == [255]


def test_what_is_not_finished_leaves_no_trace(tmp_path: Path) -> None:
    (tmp_path / "old").write_text("old")
    with pytest.raises(KeyboardInterrupt), atomic_output(tmp_path / "old") as draft:
        draft.write_text("half")
        raise KeyboardInterrupt
    assert [path.name for path in tmp_path.iterdir()] == ["old"] and (tmp_path / "old").read_text() == "old"
