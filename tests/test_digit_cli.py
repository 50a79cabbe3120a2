"""`render.py digit`: a sheet of the steps for each picture, and what the network says; wrong pictures in one line."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image

import edgeglow.render
from edgeglow.model.data.strokes import draw_digits
from edgeglow.model.picture.read_picture import PictureStep, read_picture
from edgeglow.model.run.run import Run
from edgeglow.scenes.script import load_script


def run_cli(*args: object) -> Result:
    return CliRunner().invoke(edgeglow.render.main, ["digit", *map(str, args)])


@pytest.fixture
def drawing(tmp_path: Path) -> Path:
    """A five on paper: dark ink, off the middle."""
    digits = draw_digits(30, seed=4)
    ink = np.kron(digits.images[list(digits.labels).index(5)], np.ones((8, 8), np.float32))
    paper = np.full((320, 420), 235, np.uint8)
    paper[40:264, 120:344] -= (ink * 200).astype(np.uint8)
    Image.fromarray(paper).save(tmp_path / "five.png")
    return tmp_path / "five.png"


@pytest.mark.parametrize("language", ["en", "ko"])
def test_it_says_what_the_network_says(drawing: Path, saved: Path, tmp_path: Path, language: str) -> None:
    sheet = tmp_path / "out" / "sheet.png"
    done = run_cli(drawing, "--run", saved, "--lang", language, "-o", sheet, "--json")
    assert done.exit_code == 0, done.output
    (told,) = json.loads(done.stdout)
    run = Run.load(saved)
    pixels = read_picture(drawing, (7, 7)).pixels
    expected = run.network().activations(pixels.reshape(1, -1))[-1][0]
    assert list(told["answers"]) == list(run.class_names)
    np.testing.assert_allclose(list(told["answers"].values()), expected, atol=1e-6)
    with Image.open(sheet) as image:
        assert image.format == "PNG" and min(image.size) > 300
    plain = run_cli(drawing, "--run", saved, "-o", sheet)
    assert f"says {run.class_names[int(expected.argmax())]}, at {expected.max():.2f}" in plain.stdout


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_step_there_may_be_has_a_name(language: str) -> None:
    documented = re.findall(r'"(\w+)"', str(PictureStep.__doc__).split("are there only")[0])
    assert len(documented) >= 9
    assert set(load_script(language).pages["digit"]["labels"]) == set(documented)


def test_every_picture_has_its_sheet(
    drawing: Path, saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edgeglow.model.training.default_run.media_folder", lambda: tmp_path / "media")
    other = tmp_path / "other.png"
    other.write_bytes(drawing.read_bytes())
    assert run_cli(drawing, other, "--run", saved).exit_code == 0
    names = sorted(path.name for path in (tmp_path / "media" / "digits").iterdir())
    assert names == ["five-en.png", "other-en.png"]
    assert run_cli(drawing, other, "--run", saved, "-o", tmp_path / "a.png").exit_code == 2


def test_a_picture_that_is_none(drawing: Path, saved: Path, tmp_path: Path) -> None:
    blank = tmp_path / "blank.png"
    Image.new("L", (300, 200), 240).save(blank)
    for wrong in (blank, tmp_path / "none.png", saved):
        done = run_cli(wrong, "--run", saved, "-o", tmp_path / "a.png")
        assert done.exit_code == 1 and wrong.name in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
        assert not (tmp_path / "a.png").exists()
    assert run_cli(drawing, "--run", saved, "--lang", "xx").exit_code == 2
