"""In a notebook: show(), and the notebook that tells how it is used."""

from __future__ import annotations

import base64
import io
import re
import sys
from pathlib import Path
from typing import Any

import av
import nbformat
import numpy as np
import pytest
from casts import make_run
from nbclient import NotebookClient
from test_python import ONE, ROOT

import edgeglow
from edgeglow.film.notebook import show
from edgeglow.model.errors import EdgeglowError, InvalidRequest

NOTEBOOK = ROOT / "lesson" / "notebook.ipynb"
TINY = {"resolution": (64, 36), "fps": 2, "jobs": 1}


def video_in(html: str) -> np.ndarray:
    """All frames of the video in a page, uint8 (frames, height, width, 3)."""
    (data,) = re.findall(r"data:video/mp4;base64,([^\"]+)", html)
    with av.open(io.BytesIO(base64.b64decode(data))) as container:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)])


# -- show ---------------------------------------------------------------------------------------------------------


def test_show_is_at_hand() -> None:
    assert edgeglow.show is show
    with pytest.raises(AttributeError):
        edgeglow.film.tell  # noqa: B018


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
    with pytest.raises(InvalidRequest, match=message) as caught:
        show(make_run("tiny"), media=tmp_path / "media", **what)
    assert not list(tmp_path.iterdir())
    assert caught.value._render_traceback_() == [f"InvalidRequest: {caught.value}"]


def test_show_says_what_it_needs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "IPython.display", None)
    with pytest.raises(EdgeglowError, match=r"^show\(\) needs IPython"):
        show(make_run("tiny"), "PixelFlow", media=tmp_path)


@pytest.mark.slow
def test_show_displays_a_run_that_is_only_in_memory(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run, media = make_run("tiny"), tmp_path / "media"
    pages = [show(run, "PixelFlow", media=media, digit=digit, **TINY)._repr_html_() for digit in (None, ONE, None)]
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
