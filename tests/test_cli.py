"""The command line: what it answers, how it ends, and that all of it is documented."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest
import stand_ins
from click.testing import CliRunner, Result
from PIL import Image

import edgeglow.command.train
import edgeglow.render
import edgeglow.scenes.chapters
from edgeglow.command.reports import minutes_and_seconds
from edgeglow.model.data.digits import Digits
from edgeglow.model.run.run import Run
from edgeglow.model.run.training_config import Config

ROOT = Path(__file__).parent.parent
TINY = ("-r", "64,36", "--fps", "5", "--jobs", "1")


def call(*args: object) -> Result:
    return CliRunner().invoke(edgeglow.render.main, [str(arg) for arg in args])


@pytest.fixture
def film(monkeypatch: pytest.MonkeyPatch) -> None:
    """The film is that of the stand-ins."""
    monkeypatch.setattr(edgeglow.scenes.chapters, "FILM", (stand_ins.First, stand_ins.Second))
    monkeypatch.setattr("edgeglow.film.pipeline.SLOW_IMPORT", "manim")


@pytest.fixture
def small_digits(monkeypatch: pytest.MonkeyPatch, digits: tuple[Digits, Digits]) -> None:
    """Every source gives the small digits."""
    monkeypatch.setattr(edgeglow.command.train, "load_digits", lambda *args, **kwargs: digits)


# -- answering at once ------------------------------------------------------------------------------------


def test_help_imports_nothing_slow() -> None:
    code = "import sys, edgeglow.render; print({'manim', 'numpy', 'numba', 'scipy', 'av', 'rich'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_help_answers_at_once() -> None:
    """It loads nothing that takes long."""
    code = "import atexit, runpy, sys; atexit.register(lambda: print(*sys.modules)); sys.argv[1:] = ['--help']\n"
    code += f"runpy.run_path({str(ROOT / 'render.py')!r}, run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True, text=True)
    assert "Usage: render.py [OPTIONS] [CHAPTERS]..." in done.stdout
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "cloup" in loaded
    assert not loaded & {
        "numpy",
        "scipy",
        "manim",
        "numba",
        "av",
        "rich",
        "distributed",
        "scenes",
        "edgeglow.model.run.run",
    }


def test_help_shows_the_film_and_all_commands() -> None:
    told = call("--help").output
    for word in ("--quality", "--media_dir", "--transparent", *edgeglow.render.main.commands):
        assert word in told
    assert "--learning-rate" in call("train", "--help").output
    assert call("--version").output.startswith("edgeglow ")


def test_runs_from_any_folder(run_file: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "render.py", "info", run_file],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "49-7-5-10" in done.stdout


# -- exit codes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--nonsense",), "--nonsense"),
        (("Frist",), "there is no chapter 'Frist'; did you mean First"),
        (("--lang", "xx"), "there is no language 'xx'; choose one of en, ko"),
        (("--theme", "pink"), "there is no theme 'pink'; choose one of dark, light"),
        (("-r", "63,36"), "63x36: the width and height of mp4 videos must be even"),
        (("-r", "wide"), "expected width and height in pixels, as in 1280,720"),
        (("--fps", "0"), "--fps"),
        (("-q", "x"), "--quality"),
        (("--jobs", "0"), "--jobs"),
        (("-t", "--format", "mp4"), "mp4 cannot be transparent"),
        (("-s", "--format", "gif"), "leave out --format gif"),
        (("-s", "--captions", "sidecar"), "use --captions burnt or none"),
        (("stills", "--captions", "sidecar"), "--captions"),
        (("--aspect", "4:3"), "--aspect"),
        (("train", "--layers", "784-x"), "expected the layers' sizes, as in 784-16-16-10"),
        (("train", "--data", "cats"), "--data"),
        (("train", "--hidden", "prelu"), "render.py: hidden activation 'prelu': expected one of sigmoid, "),
        (("train", "--hidden", "relu,tanh,elu"), "'relu,tanh,elu': there are 3 names, but 2 hidden layers"),
        (("train", "--layers", "784"), "render.py: layer sizes "),
        (("train", "--epochs", "0"), "render.py: epochs 0: expected a whole number from 1"),
        (("train", "--output-layer", "relu"), "render.py: output activation 'relu': expected one of "),
        (("train", "--loss", "hinge"), "render.py: loss 'hinge': expected one of "),
        (("train", "--optimiser", "lion"), "render.py: optimiser 'lion': expected one of "),
        (("train", "--learning-rate", "-1"), "render.py: learning rate -1.0: expected a number"),
        (("train", "--momentum", "1"), "render.py: momentum 1: expected a number from 0 to below 1"),
        (("train", "--batch-size", "0"), "render.py: batch size 0: expected a whole number from 1"),
        (("train", "--snapshots", "1"), "render.py: snapshots 1: expected a whole number from 2"),
        (("train", "--seed", "-1"), "render.py: seed -1: expected a whole number from 0"),
        (("score",), "RUN"),
    ],
)
def test_wrong_usage_ends_with_2(
    film: None, run_file: Path, tmp_path: Path, args: tuple[str, ...], message: str
) -> None:
    extra = () if args[0] in ("train", "score") else ("--run", run_file, "--media_dir", tmp_path / "media")
    done = call(*args, *extra)
    assert (done.exit_code, message in done.output) == (2, True), done.output
    assert not list(tmp_path.glob("media/*"))


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("info", "none.npz"), "render.py: none.npz: "),
        (("score", "none.npz"), "render.py: none.npz: "),
        (("--run", "none.npz"), "there is no such run. Train one: render.py train -o "),
    ],
)
def test_bad_input_ends_with_1_and_a_line(film: None, args: tuple[str, ...], message: str) -> None:
    done = call(*args)
    assert (done.exit_code, message in done.output) == (1, True), done.output
    assert "Traceback" not in done.output


def test_a_file_where_media_should_go_is_told(film: None, run_file: Path, tmp_path: Path) -> None:
    (tmp_path / "media").write_text("")
    done = call("--run", run_file, "--media_dir", tmp_path / "media", *TINY)
    assert done.exit_code == 1
    assert "media: is a file, or lies in one; expected a folder to write into" in done.output


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_told(film: None, run_file: Path, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    done = call("--run", run_file, "--media_dir", tmp_path / "media", *TINY)
    tmp_path.chmod(0o700)
    assert (done.exit_code, "cannot be written: permission denied" in done.output) == (1, True)


# -- films ------------------------------------------------------------------------------------------------


def test_renders_chosen_chapters_and_tells_where(film: None, run_file: Path, tmp_path: Path) -> None:
    done = call("first", "--run", run_file, "--media_dir", tmp_path, "--lang", "ko", *TINY)
    assert done.exit_code == 0, done.output
    path = tmp_path / "First-ko.mp4"
    assert done.stdout == f"{path}  0:02, 64x36 at 5 frames a second\n"
    assert done.stderr == "First-ko rendered, 1 of 1\n"
    with av.open(path) as video:
        assert video.streams.video[0].frames == 8


def test_lists_chapters(film: None, run_file: Path, tmp_path: Path) -> None:
    done = call("list", "--run", run_file, "--media_dir", tmp_path, "--json", *TINY)
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == [
        {"chapter": "First", "title": "The first one", "beats": 2, "frames": 8, "seconds": 1.6},
        {"chapter": "Second", "title": "The second one", "beats": 2, "frames": 14, "seconds": 2.8},
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["cache"]  # for the next time


def test_last_pictures_and_json(film: None, run_file: Path, tmp_path: Path) -> None:
    done = call("-s", "-t", "--run", run_file, "--media_dir", tmp_path, "--json", *TINY)
    assert done.exit_code == 0, done.output
    files = [tmp_path / "First-en.png", tmp_path / "Second-en.png"]
    assert [(row["kind"], row["file"]) for row in json.loads(done.stdout)] == [
        ("picture", str(file)) for file in files
    ]
    with Image.open(files[1]) as picture:
        assert [picture.getpixel(place)[3] for place in ((2, 2), (36, 18))] == [0, 255]  # type: ignore[index]


# -- runs -------------------------------------------------------------------------------------------------


def test_trains_tells_and_scores(small_digits: None, tmp_path: Path, digits: tuple[Digits, Digits]) -> None:
    path = tmp_path / "my run.npz"
    done = call("train", "--layers", "49,6,10", "--epochs", 3, "--snapshots", 4, "--hidden", "relu", "--output-layer",
                "sigmoid", "--loss", "squared", "--optimiser", "sgd", "--learning-rate", 0.2, "--momentum", 0.5,
                "--batch-size", 20, "--seed", 7, "-o", path, "--json")  # fmt: skip
    assert done.exit_code == 0, done.output
    facts = json.loads(done.stdout)
    assert Run.load(path).config == Config(
        layer_sizes=(49, 6, 10),
        hidden="relu",
        output="sigmoid",
        loss="squared",
        optimiser="sgd",
        learning_rate=0.2,
        momentum=0.5,
        batch_size=20,
        epochs=3,
        snapshots=4,
        seed=7,
    )
    assert facts == json.loads(call("info", path, "--json").stdout)
    assert "49-6-10, relu, sigmoid; 370 weights and biases" in call("info", path).stdout

    mixed = tmp_path / "mixed.npz"
    done = call("train", "--layers", "49,6,5,10", "--epochs", 1, "--hidden", "swish,leaky_relu:0.2", "-o", mixed)
    assert done.exit_code == 0 and "49-6-5-10, silu, leaky_relu:0.2, softmax; " in done.stdout
    assert json.loads(call("info", mixed, "--json").stdout)["functions"] == ["silu", "leaky_relu:0.2", "softmax"]

    scored = json.loads(call("score", path, "--json").stdout)
    test = digits[1]
    answers = Run.load(path).network().activations(test.pixels)[-1].argmax(axis=1)
    assert scored["right"] == int(np.sum(answers == test.labels))
    assert scored["accuracy"] == pytest.approx(facts["accuracy"])
    assert call("score", path).stdout.startswith(f"{scored['accuracy']:.2%}  {scored['right']} of 500 ")


def test_interrupted_training_is_kept(
    small_digits: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, digits: tuple[Digits, Digits]
) -> None:
    def interrupt(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("edgeglow.film.progress_bar.ProgressBar.update", interrupt)
    done = call("train", "--layers", "49-6-10", "--epochs", 400, "-o", tmp_path / "run.npz")
    assert done.exit_code == 0, done.output
    assert "stopped early" in done.stdout
    assert Run.load(tmp_path / "run.npz").last.epoch < 400


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00"), (59.6, "1:00"), (125, "2:05"), (3601, "60:01")])
def test_clock(seconds: float, text: str) -> None:
    assert minutes_and_seconds(seconds) == text
