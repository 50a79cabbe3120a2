"""What the docstrings of the public names say: their examples run as they stand, and no parameter is left out."""

from __future__ import annotations

import doctest
import inspect
import re
import textwrap
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from drawn import picture
from manim import tempconfig
from manim.cli.render.commands import render as manim_render
from stage import SETTINGS
from test_python import frames_of

import edgeglow
from edgeglow.film.pipeline import make_film
from edgeglow.film.settings import ASPECTS, CAPTIONS, QUALITIES
from edgeglow.model.network.activation_functions import LOSSES, OUTPUTS
from edgeglow.model.run.training_config import LEARNING_RATES
from edgeglow.scenes.fields.field import Field
from edgeglow.scenes.style.theme import THEMES

SCENES = ("LineField", "SquareField", "PictureField", "FieldCamera", "FieldScene")
CALLED = ("show", "train", "Run", "Config")
CODE = re.compile(r"^\.\. code-block:: python\n\n(.+?)(?=^\S|\Z)", re.MULTILINE | re.DOTALL)
LARGE = {"pixel_width": 854, "pixel_height": 480, "frame_rate": 2}  # squares are some pixels wide


def docstring(name: str) -> str:
    return inspect.getdoc(getattr(edgeglow, name)) or ""


def code_of(name: str) -> str:
    (code,) = CODE.findall(docstring(name))
    return textwrap.dedent(code)


# -- scenes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SCENES)
def test_an_example_is_a_scene_file_that_manim_plays(name: str, tmp_path: Path) -> None:
    """As ``manim -ql file.py Name`` does."""
    (tmp_path / "file.py").write_text(code_of(name))
    size = ["-r", "64,36", "--fps", "4", "--media_dir", str(tmp_path), "--progress_bar", "none", "-v", "ERROR"]
    with tempconfig({}):
        done = CliRunner().invoke(manim_render, ["-ql", *size, str(tmp_path / "file.py"), f"{name}Example"])
    assert done.exit_code == 0, done.output
    (video,) = tmp_path.rglob(f"{name}Example.mp4")
    frames = frames_of(video).astype(int)
    assert len(frames) >= 4 and frames[-1].max() > 60  # something is drawn,
    assert np.ptp(frames, axis=0).max() > 40  # and moves


def played(name: str) -> tuple[Field, Any]:
    """The field of an example, and the scene's camera, after its end."""
    names: dict[str, Any] = {}
    exec(code_of(name), names)
    with tempconfig(SETTINGS | LARGE):
        scene = names[f"{name}Example"]()
        scene.render()
        scene.renderer.static_image = None
        scene.renderer.update_frame(scene)
    (field,) = [mobject for mobject in scene.mobjects if isinstance(mobject, Field)]
    return field, scene.camera


def colours_at(camera: Any, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The colours (n, 3) at those places of a scene (n, 3) that lie in the frame; and which do, (n,)."""
    viewport = camera.viewport()
    at = np.rint(places[:, :2] * viewport.scale + viewport.shift).astype(int)
    inside = ((at > 0) & (at < np.array(viewport.size) - 1)).all(axis=1)
    return camera.pixel_array[at[inside, 1], at[inside, 0], :3], inside


@pytest.mark.parametrize("name", ["SquareField", "FieldCamera"])
def test_every_square_of_an_example_has_the_colour_of_its_value(name: str) -> None:
    field, camera = played(name)
    found, inside = colours_at(camera, field.centers)
    share = np.abs(np.clip(field.values, -1, 1))[inside, None]
    ends = np.where(field.values[inside, None] < 0, field.negative, field.high)
    expected = 255 * (field.low + share * (ends - field.low))
    assert inside.sum() > 300 and np.ptp(expected) > 150
    assert np.abs(found - expected).max() <= 2


def test_every_pixel_of_the_pictures_of_an_example_has_the_colour_of_its_value() -> None:
    field, camera = played("PictureField")
    rows, columns = field.values.shape[1:]
    corner, right, _, below = field.marks.transpose(1, 0, 2)
    down, along = (np.indices((rows, columns)).reshape(2, -1, 1) + 0.5) / [[[rows]], [[columns]]]
    steps = along * (right - corner)[:, None] + down * (below - corner)[:, None]
    found, inside = colours_at(camera, (corner[:, None] + steps).reshape(-1, 3))
    expected = 255 * (field.low + field.values.reshape(-1, 1)[inside] * (field.high - field.low))
    assert inside.all() and np.abs(found - expected).max() <= 2


def test_the_lines_of_an_example_shine_between_their_ends_with_the_values_they_have() -> None:
    field, camera = played("LineField")
    assert field.count == 10_000
    assert np.abs(camera.pixel_array.astype(int) - picture(field, **LARGE)).max() <= 1
    left, right = (round(edge) for edge in camera.viewport().scale[0] * np.array([-5.1, 5.1]) + 427)
    assert camera.pixel_array[:, :left, :3].max() == camera.pixel_array[:, right:, :3].max() == 0
    inside = camera.pixel_array[100:-100, left + 10 : right - 10, :3]
    assert inside.any(axis=2).mean() > 0.99


# -- what is called -------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("name", CALLED)
def test_an_example_runs_as_it_stands(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """But for the size of its frames."""

    def make_small(request: Any, bar: Any) -> Any:
        settings = replace(request.settings, width=64, height=36, fps=2.0)
        return make_film(replace(request, settings=settings, jobs=1), bar)

    monkeypatch.setattr("edgeglow.film.notebook.make_film", make_small)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("edgeglow.model.training.default_run.ROOT", tmp_path)
    test = doctest.DocTestParser().get_doctest(docstring(name), {}, name, None, None)
    assert len(test.examples) >= 3
    told: list[str] = []
    result = doctest.DocTestRunner().run(test, out=told.append)
    assert result.failed == 0, "".join(told)
    assert bool([*tmp_path.rglob("PixelFlow-en-light.mp4")]) == (name == "show")


@pytest.mark.parametrize("name", [*SCENES, *CALLED])
def test_a_docstring_has_every_parameter_in_order(name: str) -> None:
    text = docstring(name)
    section = re.findall(r"^Parameters\n-+\n(.*?)(?=^\w+\n-+\n|\Z)", text, re.MULTILINE | re.DOTALL)[0]
    told = [word for line in re.findall(r"^(\S.*)$", section, re.MULTILINE) for word in line.split(", ")]
    parameters = inspect.signature(getattr(edgeglow, name)).parameters.values()
    assert told == [f"{'**' * (each.kind is each.VAR_KEYWORD)}{each.name}" for each in parameters]
    assert "\nExamples\n" in text
    assert name in ("FieldCamera", "FieldScene") or "\nRaises\n" in text


@pytest.mark.parametrize(
    ("name", "choices"),
    [
        ("show", (*THEMES, *QUALITIES, *ASPECTS, *CAPTIONS, "en", "ko")),
        ("Config", (*OUTPUTS, *LOSSES, *LEARNING_RATES)),
    ],
)
def test_a_docstring_names_every_choice(name: str, choices: tuple[str, ...]) -> None:
    assert not [choice for choice in choices if f'"{choice}"' not in docstring(name)]
