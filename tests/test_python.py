"""From Python: chapters made by hand, shown in a notebook, and played by Manim's own command line."""

from __future__ import annotations

import base64
import io
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import nbformat
import numpy as np
import pytest
from casts import make_run
from manim import tempconfig
from nbclient import NotebookClient
from PIL import Image, ImageDraw

import film
from film.notebook import show
from model.errors import EdgeglowError, Mistake
from model.own import with_own
from model.picture import read_picture
from model.run import Run
from scenes import Convolution, PixelFlow

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOK = ROOT / "lesson" / "notebook.ipynb"
TINY = {"resolution": (64, 36), "fps": 2, "jobs": 1}


def drawn(*points: tuple[int, int]) -> Image.Image:
    """A line of a pen on white paper."""
    picture = Image.new("L", (200, 200), "white")
    ImageDraw.Draw(picture).line(points, fill="black", width=20, joint="curve")
    return picture


ONE = drawn((100, 30), (100, 170))
SEVEN = drawn((50, 50), (150, 50), (90, 170))


def video_in(html: str) -> np.ndarray:
    """All frames of the video in a page, uint8 (frames, height, width, 3)."""
    (data,) = re.findall(r"data:video/mp4;base64,([^\"]+)", html)
    with av.open(io.BytesIO(base64.b64decode(data))) as container:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)])


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
    assert several.digest == with_own(run, pixels, ["7"]).digest


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
        "from scenes import PixelFlow",
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
        assert difference(frames_of(path), frames) < 2  # the encoder's threads do not always round alike


def difference(one: np.ndarray, other: np.ndarray) -> float:
    """How far two videos are apart, on the average over the frame where that is the most; of 255."""
    return float(np.abs(one.astype(float) - other).mean(axis=(1, 2, 3)).max())


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


# -- show ---------------------------------------------------------------------------------------------------------


def test_show_is_at_hand() -> None:
    assert film.show is show
    with pytest.raises(AttributeError):
        film.tell  # noqa: B018


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ({"chapter": "Pixlflow"}, "^there is no chapter 'Pixlflow'; did you mean PixelFlow"),
        ({"lang": "xx"}, "^there is no language 'xx'; choose one of en, ko"),
        ({"theme": "pink"}, "^there is no theme 'pink'"),
        ({"quality": "x"}, "^there is no quality 'x'; choose one of l, m, h, p, k$"),
        ({"aspect": "4:3"}, "^there is no aspect '4:3'"),
        ({"captions": "loud"}, "^there is no captions 'loud'"),
        ({"resolution": (63, 36)}, "^resolution 63x36: .* must be even$"),
    ],
)
def test_show_tells_what_does_not_exist(what: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(Mistake, match=message) as caught:
        show(make_run("tiny"), media=tmp_path / "media", **what)
    assert not list(tmp_path.iterdir())
    assert caught.value._render_traceback_() == [f"Mistake: {caught.value}"]


def test_show_says_what_it_needs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "IPython.display", None)
    with pytest.raises(EdgeglowError, match=r"^show\(\) needs IPython"):
        show(make_run("tiny"), "PixelFlow", media=tmp_path)


@pytest.mark.slow
def test_show_displays_a_run_that_is_only_in_memory(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    run, media = make_run("tiny"), tmp_path / "media"
    pages = [
        show(run, "PixelFlow", media=media, digit=digit, **TINY)._repr_html_() for digit in (None, ONE, None)
    ]
    assert capfd.readouterr() == ("", "")
    videos = [video_in(page) for page in pages]
    assert pages[0] == pages[2] and videos[0].shape[1:] == (36, 64, 3)
    assert not np.array_equal(videos[0][-1], videos[1][-1])
    (clip,) = media.glob("*.mp4")
    assert clip.name == "PixelFlow-en.mp4"


# -- the notebook ---------------------------------------------------------------------------------------------------


def read_notebook() -> Any:
    return nbformat.read(NOTEBOOK, as_version=4)


def test_the_notebook_holds_no_output() -> None:
    for cell in read_notebook().cells:
        assert cell.cell_type != "code" or not (cell.outputs or cell.execution_count)


@pytest.mark.slow
def test_the_notebook_runs(tmp_path: Path) -> None:
    """As it is, but for the size of its clips, and where they go."""
    notebook = read_notebook()
    (settings,) = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", ())]
    settings.source = f"look = {TINY | {'media': str(tmp_path / 'media')}}"
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert all(output.output_type in ("execute_result", "stream") for output in outputs)
    printed = "".join(output.text for output in outputs if output.output_type == "stream")
    assert re.fullmatch(r"\(28, 28\): the network says \d, at [01]\.\d\d\n", printed)
    pages = [output.data["text/html"] for output in outputs if "text/html" in output.get("data", {})]
    plain, own, changed = map(video_in, pages)
    assert plain[-10:].mean() < 128 < changed[-10:].mean()  # dark, and light
    assert not np.array_equal(plain[-10:], own[-10:])


def test_the_run_that_a_page_shows_may_be_any(tmp_path: Path) -> None:
    """What is loaded from a file that show() wrote is the very run."""
    run = with_own(make_run("tiny"), [read_picture(ONE, make_run("tiny").image_shape).pixels])
    run.save(tmp_path / "own.npz")
    assert Run.load(tmp_path / "own.npz").digest == run.digest
