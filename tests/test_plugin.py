"""Beside a user's own work: a plugin of Manim, a scene file in another folder, and a cell of a notebook."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import manim
import nbformat
import numpy as np
import pytest
from casts import make_run
from nbclient import NotebookClient
from test_notebook import NOTEBOOK, video_in
from test_python import ROOT, frames_of

import edgeglow

TINY = ("-ql", "-r", "64,36", "--fps", "2", "--progress_bar", "none")


def run_python(folder: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("EDGEGLOW")}
    return subprocess.run(
        [sys.executable, *words], cwd=folder, env=kept | env, capture_output=True, text=True, timeout=300, check=False
    )


# -- the plugin -----------------------------------------------------------------------------------------------------

TOLD = (
    "import json, sys; from manim import *; from manim import plugins; before = {*globals()};"
    "loaded = [name for name in sys.modules if name.partition('.')[0] == 'edgeglow'];"
    "print(json.dumps([sorted(before), loaded, sorted(plugins.get_plugins())]))"
)


def test_a_manim_that_asks_for_the_plugin_finds_it_and_is_as_before(tmp_path: Path) -> None:
    """Manim imports a plugin at its own start and adds nothing of it to its names: nor does edgeglow."""
    found = {}
    for name in ("edgeglow", "nothing"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "manim.cfg").write_text(f"[CLI]\nplugins = {name}\n")
        done = run_python(folder, "-c", TOLD)
        assert done.returncode == 0, done.stderr
        found[name] = json.loads(done.stdout.splitlines()[-1])
        assert ("Missing Plugins" in done.stdout + done.stderr) == (name == "nothing")
    assert found["edgeglow"] == found["nothing"]
    names, loaded, plugins = found["edgeglow"]
    assert plugins.count("edgeglow") == 1 and loaded == ["edgeglow"]  # the package alone, which is empty
    assert "Scene" in names and "LineField" not in names


def test_manim_lists_it() -> None:
    done = run_python(ROOT, "-m", "manim", "plugins", "-l")
    assert done.returncode == 0 and " • edgeglow\n" in done.stdout.replace("\r", ""), done.stderr


def test_a_star_takes_nothing_from_manim() -> None:
    """Of names that both have, a scene that imports all of both keeps Manim's."""
    names: dict[str, object] = {}
    exec("from manim import *\nfrom edgeglow import *", names)
    changed = [name for name, value in vars(manim).items() if name in names and names[name] is not value]
    assert not [name for name in changed if not name.startswith("__")]
    assert names["PixelFlow"] is edgeglow.PixelFlow and names["LineField"] is edgeglow.LineField


# -- a scene file of one's own --------------------------------------------------------------------------------------

MINE = """
from manim import *
from edgeglow import *
from scenes.helpers import OWN

class Flow(PixelFlow):
    run_file = "my.npz"

class Lines(MovingCameraScene):
    def __init__(self, **kwargs):
        super().__init__(camera_class=FieldCamera, **kwargs)

    def construct(self):
        self.add(Square(color=OWN), LineField([LEFT], [RIGHT], [1], positive=OWN, negative=BLUE, width=0.5))
        self.wait(1)
"""


@pytest.mark.slow
def test_a_scene_file_elsewhere_uses_both_its_own_scenes_and_ours(tmp_path: Path) -> None:
    make_run("tiny").save(tmp_path / "my.npz")
    (tmp_path / "scenes").mkdir()
    (tmp_path / "scenes" / "helpers.py").write_text("OWN = '#FF0000'\n")
    (tmp_path / "mine.py").write_text(MINE)
    (tmp_path / "manim.cfg").write_text("[CLI]\nplugins = edgeglow\n")
    done = run_python(tmp_path, "-m", "manim", *TINY, "mine.py", "Flow", "Lines")
    assert done.returncode == 0, done.stdout + done.stderr
    videos = {
        path.stem: frames_of(path)
        for path in tmp_path.glob("media/videos/**/*.mp4")
        if "partial_movie_files" not in path.parts
    }
    assert {*videos} == {"Flow", "Lines"}
    assert np.ptp(videos["Flow"].astype(int), axis=0).max() > 60  # it moves
    red, _, blue = videos["Lines"][-1, 18, 32].astype(int)
    assert red - blue > 60


@pytest.mark.slow
def test_manims_command_works_in_the_clones_folder(tmp_path: Path) -> None:
    """There, the folders of the program lie where Python looks for modules first."""
    make_run("tiny").save(tmp_path / "run.npz")
    words = ["-m", "manim", *TINY, "--media_dir", str(tmp_path)]
    done = run_python(ROOT, *words, "scenes/ch04_pixel_flow.py", "PixelFlow", EDGEGLOW_RUN=str(tmp_path / "run.npz"))
    assert done.returncode == 0, done.stdout + done.stderr
    (video,) = tmp_path.rglob("PixelFlow.mp4")
    assert np.ptp(frames_of(video).astype(int), axis=0).max() > 60


# -- a cell of a notebook -------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_cell_that_the_notebook_tells_of_runs(tmp_path: Path) -> None:
    make_run("tiny").save(tmp_path / "my.npz")
    (tmp_path / "scenes").mkdir()
    (tmp_path / "scenes" / "__init__.py").write_text("")  # whose notebook it is has scenes of their own
    text = nbformat.read(NOTEBOOK, as_version=4).cells[-1].source
    cell = text.split("```python\n")[1].split("```")[0]
    assert cell.startswith("%%manim -ql ")
    before = (
        "from PIL import Image, ImageDraw",
        "import manim",
        "from edgeglow import Run",
        "run, picture = Run.load('my.npz'), Image.new('L', (200, 200), 'white')",
        "ImageDraw.Draw(picture).line([(100, 30), (100, 170)], fill='black', width=20)",
        "manim.config.media_embed = True",
    )
    cells = ["\n".join(before), cell.replace("-ql", " ".join(TINY), 1)]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    pages = [output.data["text/html"] for output in notebook.cells[1].outputs if "data" in output]
    assert np.ptp(video_in(pages[-1]).astype(int), axis=0).max() > 60


# -- a Python that cannot run this clone ---------------------------------------------------------------------------


def test_a_python_without_edgeglow_says_so_in_a_line() -> None:
    done = run_python(ROOT, "-S", "render.py", "--help")
    assert done.returncode == 1 and not done.stdout
    assert done.stderr == (
        "render.py: edgeglow is not installed for this Python; run ./dev setup, then ./dev video\n"
    )


def test_a_python_with_another_clones_edgeglow_says_so_in_a_line(tmp_path: Path) -> None:
    shutil.copy(ROOT / "render.py", tmp_path)
    done = run_python(tmp_path, "render.py", "--help")
    assert done.returncode == 1 and not done.stdout
    assert done.stderr == (
        f"render.py: this Python has the edgeglow of {ROOT}, not of this folder;"
        " run ./dev setup here, then ./dev video\n"
    )
