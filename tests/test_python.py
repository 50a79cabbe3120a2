"""From Python: chapters made by hand, and played by Manim's own command line."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from casts import make_run
from click.testing import CliRunner
from conftest import segment_digits
from manim import tempconfig
from manim.cli.render.commands import render as manim_render
from PIL import Image, ImageDraw

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.picture.read_picture import read_picture
from edgeglow.model.run.run import Run
from edgeglow.model.run.training_config import Config
from edgeglow.model.run.user_digits import add_user_digits
from edgeglow.scenes.chapters import Convolution, PixelFlow

ROOT = Path(__file__).resolve().parent.parent


def drawn(*points: tuple[int, int]) -> Image.Image:
    """A line of a pen on white paper."""
    picture = Image.new("L", (200, 200), "white")
    ImageDraw.Draw(picture).line(points, fill="black", width=20, joint="curve")
    return picture


ONE = drawn((100, 30), (100, 170))
SEVEN = drawn((50, 50), (150, 50), (90, 170))


# -- chapters -------------------------------------------------------------------------------------------------


def test_a_chapter_takes_a_run_or_its_file(tmp_path: Path) -> None:
    run = make_run("tiny")
    run.save(tmp_path / "my.npz")
    assert PixelFlow(run).run is run
    for name in (tmp_path / "my.npz", str(tmp_path / "my.npz")):
        assert PixelFlow(run=name).run.digest == run.digest


def test_a_chapter_reads_its_file_again_when_it_has_changed(tmp_path: Path) -> None:
    file = tmp_path / "my.npz"
    for name in ("tiny", "contrary"):
        make_run(name).save(file)
        assert PixelFlow(file).run.digest == make_run(name).digest


@pytest.mark.parametrize("kind", ["file", "array", "colours", "picture"])
def test_a_chapter_shows_a_digit_of_any_kind(kind: str, tmp_path: Path) -> None:
    ONE.save(tmp_path / "my.png")
    digit = {
        "file": tmp_path / "my.png",
        "array": np.asarray(ONE),
        "colours": np.asarray(ONE.convert("RGB")),
        "picture": ONE,
    }[kind]
    run = make_run("tiny")
    chapter = PixelFlow(run, digit=digit, label=1)
    own = chapter.run.examples[chapter.cast.main]
    assert (own.kind, own.label) == ("own", 1)
    np.testing.assert_array_equal(own.pixels, read_picture(ONE, run.image_shape).pixels.ravel())
    assert own.answer == run.network().activations(own.pixels[None])[-1].argmax()


def test_a_chapter_shows_several_digits_in_their_order() -> None:
    run = make_run("tiny")
    several = PixelFlow(run, digit=[SEVEN, np.asarray(ONE)], label=["7"]).run
    assert [example.kind for example in several.examples[:3]].count("own") == 2
    assert [example.label for example in several.examples[:2]] == [7, None]
    pixels = [read_picture(picture, run.image_shape).pixels for picture in (SEVEN, ONE)]
    assert several.digest == add_user_digits(run, pixels, ["7"]).digest


def test_a_subclass_says_what_it_shows(tmp_path: Path) -> None:
    make_run("tiny").save(tmp_path / "my.npz")

    class MyFlow(PixelFlow):
        run_file = tmp_path / "my.npz"
        digit_file = ONE
        digit_label = 1

    assert MyFlow().run.examples[0].label == 1
    assert MyFlow(digit=SEVEN, label="7").run.examples[0].label == 7
    assert MyFlow(make_run("contrary")).run.snapshots[0].weights[0].shape == (
        make_run("contrary").first.weights[0].shape
    )


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ({"run": "none.npz"}, "^none.npz: there is no such file"),
        ({"run": 3}, "^run is a int; expected a Run, or the name of its file$"),
        ({"digit": "none.png"}, "^none.png: no such file"),
        ({"digit": {}}, "^digit is a dict; expected a file's name, an array"),
        ({"digit": ONE, "label": "x"}, "^label 'x': this network knows 0, 1, 2"),
        ({"label": 1}, "^there are 1 labels for 0 digits"),
        ({"theme": "pink"}, "^theme 'pink'"),
    ],
)
def test_a_chapter_tells_what_is_wrong(what: dict[str, Any], message: str) -> None:
    with pytest.raises(EdgeglowError, match=message):
        PixelFlow(**{"run": make_run("tiny")} | what)


def test_a_chapter_that_a_run_has_nothing_for_says_so() -> None:
    run = replace(make_run("tiny"), convolution=None)
    with pytest.raises(EdgeglowError, match=r"^Convolution cannot be shown: "):
        Convolution(run)


@pytest.mark.slow
def test_a_plain_script_renders_what_it_names_and_nothing_older(tmp_path: Path) -> None:
    """Manim keeps every play's clip: with another digit it must not take the old ones."""
    make_run("tiny").save(tmp_path / "my.npz")
    ONE.save(tmp_path / "one.png")
    SEVEN.save(tmp_path / "seven.png")
    lines = (
        "from edgeglow import PixelFlow",
        "from manim import config",
        "config.update({'pixel_width': 64, 'pixel_height': 36, 'frame_rate': 5, 'progress_bar': 'none'})",
        "for name in ('one', 'seven', 'one'):",
        "    config.output_file = name",
        "    PixelFlow(run='my.npz', digit=f'{name}.png').render()",
    )
    (tmp_path / "my.py").write_text("\n".join(lines), encoding="utf-8")
    subprocess.run([sys.executable, "my.py"], cwd=tmp_path, capture_output=True, check=True)
    fresh = {}
    for name, picture in (("one", ONE), ("seven", SEVEN)):
        settings = {"pixel_width": 64, "pixel_height": 36, "frame_rate": 5, "disable_caching": True}
        with tempconfig(settings | {"media_dir": str(tmp_path / f"fresh-{name}"), "progress_bar": "none"}):
            chapter = PixelFlow(tmp_path / "my.npz", digit=picture)
            chapter.render()
            fresh[name] = frames_of(Path(chapter.renderer.file_writer.movie_file_path))
    assert difference(fresh["one"], fresh["seven"]) > 8
    for name, frames in fresh.items():
        (path,) = (tmp_path / "media").rglob(f"{name}.mp4")
        assert len(frames_of(path)) == len(frames)
        assert difference(frames_of(path), frames) < 2  # the encoder's threads do not always round alike


def difference(one: np.ndarray, other: np.ndarray) -> float:
    """How far two videos are apart, on the average over the frame where that is the most; of 255.

    One may be a frame longer: a sentence may take longer to read.
    """
    count = min(len(one), len(other))
    return float(np.abs(one[:count].astype(float) - other[:count]).mean(axis=(1, 2, 3)).max())


def frames_of(path: Path) -> np.ndarray:
    with av.open(str(path)) as container:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)])


# -- Manim's own command line -----------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("RUN", "none.npz", "none.npz: there is no such file; train a network first, or name another run"),
        ("LANG", "xx", "language 'xx': there is no script xx.toml; choose one of en, ko"),
        ("THEME", "pink", "theme 'pink': there is no such theme; choose one of dark, light"),
        ("DIGIT", "none.png", "none.png: no such file; expected a picture of a digit; check the name"),
    ],
)
def test_manims_command_line_ends_with_one_line(name: str, value: str, message: str, tmp_path: Path) -> None:
    make_run("tiny").save(tmp_path / "run.npz")
    words = [sys.executable, "-m", "manim", "-ql", "--dry_run", "--media_dir", str(tmp_path)]
    done = subprocess.run(
        [*words, str(ROOT / "scenes" / "ch04_pixel_flow.py"), "PixelFlow"],
        cwd=tmp_path,
        env=os.environ | {"EDGEGLOW_RUN": "run.npz", f"EDGEGLOW_{name}": value},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.endswith(f": {message}\n") and done.stderr.count("\n") == 1
    assert "Traceback" not in done.stdout


@pytest.mark.parametrize("can_be_written", [True, False])
def test_manims_command_line_trains_the_default_run_first(
    can_be_written: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = Config(layer_sizes=(49, 6, 10), epochs=1, snapshots=2)
    monkeypatch.setattr("edgeglow.model.training.default_run.ROOT", tmp_path / "nowhere")
    monkeypatch.setattr("edgeglow.model.training.default_run.Config", lambda: small)
    monkeypatch.setattr(
        "edgeglow.model.training.default_run.stroke_digits", lambda: (segment_digits(500, 1), segment_digits(200, 2))
    )
    monkeypatch.chdir(tmp_path)
    if not can_be_written:
        Path("media").write_text("")
    words = ["-ql", "--dry_run", "--fps", "2", "--media_dir", str(tmp_path / "manim"), "--progress_bar", "none"]
    with tempconfig({}):
        done = CliRunner().invoke(
            manim_render, [*words, str(ROOT / "scenes" / "ch03_neurons.py"), "Neurons"], prog_name="manim"
        )
    default = tmp_path / "media" / "runs" / "default.npz"
    if can_be_written:
        assert done.exit_code == 0, done.output
        assert Run.load(default).layer_sizes == small.layer_sizes
    else:
        assert done.exit_code == 1
        assert done.stderr.startswith(f"manim: {default}: cannot be written: ")
        assert done.stderr.count("\n") == 1
