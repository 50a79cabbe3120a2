"""The README and the documentation: their examples are run, and all commands and options are told of.

Examples of the command line are run up to where pictures would be rendered, which other tests do: every file in them
is read, every network imported, every chapter, sentence and option looked at.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import numpy as np
import pytest
from bringing import NETWORKS, call, without_mnist  # noqa: F401 - a fixture of every test here
from casts import make_run
from manim import tempconfig
from PIL import Image, ImageDraw
from sounds import write_tone
from stage import SETTINGS

import edgeglow.render
from edgeglow.model.data.strokes import draw_digits
from edgeglow.scenes.script import load_script

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "README.ko.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
OTHERS = ("pip", "dask", "docker", "git", "uv")  # programs whose calls are not tried here
SMALL = {"width": 64, "height": 36, "fps": 2.0}


def blocks(language: str) -> dict[str, str]:
    """All examples in a language, each once, with the page that it stands in."""
    return {text: page.name for page in PAGES for name, text in FENCE.findall(_text(page)) if name == language}


def _text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def _lines() -> list[list[str]]:
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    return [words for line in dict.fromkeys(lines) if (words := shlex.split(line, comments=True))]


CALLS = [words[2:] for words in _lines() if words[:2] == ["./dev", "video"]]
CALLS += [words[1:] for words in _lines() if words[0] == "render.py"]
TEXT = "\n".join(map(_text, PAGES))


# -- files that the examples name ---------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that one stands in, with the files of the examples."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("edgeglow.model.training.default_run.ROOT", tmp_path)
    for name in ("media/runs/default.npz", "media/runs/mine.npz", "mine.npz", "my.npz", "training.npz"):
        make_run("usual").save(tmp_path / name)
    for name, run in (("good.npz", "usual"), ("overfitted.npz", "usual"), ("class/anna.npz", "tiny")):
        make_run(run).save(tmp_path / name)
    for name, network in (
        ("my_network.keras", "sequential.keras"),
        ("my_weights.weights.h5", "alone.weights.h5"),
        ("mnist.pt", "state_dict.pt"),
        ("clothes.onnx", "softmax.onnx"),
        ("mine.onnx", "softmax.onnx"),
    ):
        shutil.copy(NETWORKS / network, tmp_path / name)
    shutil.copytree(NETWORKS / "checkpoints_keras", tmp_path / "checkpoints")
    _write_tables(tmp_path)
    for name, points in (
        ("seven.jpg", [(50, 50), (150, 50), (90, 170)]),
        ("two.jpg", [(60, 60), (140, 60), (60, 150), (150, 150)]),
    ):
        picture = Image.new("L", (200, 200), "white")
        ImageDraw.Draw(picture).line(points, fill="black", width=20, joint="curve")
        picture.save(tmp_path / name)
    (tmp_path / "recordings" / "pixel_flow").mkdir(parents=True)
    write_tone(tmp_path / "recordings" / "pixel_flow" / "joined.wav", 0.5)
    words, jobs = blocks("toml"), [text for text in blocks("toml") if "[[jobs]]" in text]
    (tmp_path / "mine.toml").write_text(next(text for text in words if "[pixel_flow.beats]" in text))
    (tmp_path / "jobs.toml").write_text(jobs[0])
    return tmp_path


def _write_tables(folder: Path) -> None:
    numbers = np.random.default_rng(0)
    np.savez(folder / "clothes.npz", x=numbers.random((60, 7, 7)), y=np.arange(60) % 10)
    shapes = {"W1": (4, 5), "b1": (5,), "W2": (5, 3), "b2": (3,)}
    arrays: dict[str, Any] = {name: numbers.normal(size=shape) for name, shape in shapes.items()}
    np.savez(folder / "iris.npz", **arrays, activation="relu")
    rows = [f"{','.join(f'{one:.1f}' for one in numbers.random(4))},{'abc'[n % 3]}" for n in range(30)]
    (folder / "iris.csv").write_text("\n".join(["width,length,petal,sepal,species", *rows]))


@pytest.fixture
def unrendered(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Nothing is rendered or served, few digits are learnt from: the list takes the orders instead."""
    orders: list[Any] = []

    def look(order: Any, *args: object, **options: object) -> Any:
        for one in order if isinstance(order, list) else [order]:
            one.chapters()
            one.words()
            orders.append(one)
        return type("Pack", (), {"made": [], "folder": Path()}) if isinstance(order, list) else []

    from edgeglow.film.pipeline import measure_film

    def measure(order: Any, bar: Any) -> Any:
        orders.append(order)
        return measure_film(replace(order, names=("Pixels",)), bar)

    for name in ("make_film", "render_last_frames", "render_stills"):
        monkeypatch.setattr(f"edgeglow.film.pipeline.{name}", look)
    monkeypatch.setattr("edgeglow.film.pipeline.measure_film", measure)
    monkeypatch.setattr("edgeglow.film.pipeline.make_films", lambda every, bar: look([*every]) and [])
    monkeypatch.setattr("edgeglow.lesson.lesson_builder.make_lesson", look)
    monkeypatch.setattr("edgeglow.lesson.web_server.show_in_browser", lambda folder, port: None)
    monkeypatch.setattr("edgeglow.film.scheduler.check_scheduler", lambda address: None)
    few = draw_digits(300, seed=1), draw_digits(100, seed=2)
    monkeypatch.setattr("edgeglow.command.train.load_digits", lambda *args, **options: few)
    return orders


# -- examples -----------------------------------------------------------------------------------------------------

RENDERING = {"film", "stills", "lesson", "compare", "batch", "list", "script"}


@pytest.mark.parametrize("words", CALLS, ids=" ".join)
def test_an_example_of_the_command_line_runs(words: list[str], folder: Path, unrendered: list[Any]) -> None:
    done = call(*words)
    assert done.exit_code == 0, done.output
    command = words[0] if words and words[0] in edgeglow.render.main.commands else "film"
    assert bool(unrendered) == (command in RENDERING and "--dry-run" not in words), done.output
    if "-o" in words:
        assert (folder / words[words.index("-o") + 1]).exists()


def test_a_wrong_example_would_be_found(folder: Path, unrendered: list[Any]) -> None:
    for words in ("PixelFlaw", "--lang xx", "--run none.npz", "--digit none.png", "info none.npz"):
        assert call(*words.split()).exit_code != 0, words


@pytest.mark.parametrize("words", _lines(), ids=" ".join)
def test_what_an_example_calls_is_there(words: list[str]) -> None:
    if words[0] == "./dev":
        cases = re.findall(r"^    ([a-z]+)\)$", _text(ROOT / "dev"), re.MULTILINE)
        assert words[1] in cases
        assert words[1] != "bench" or words[2:] == ["NAME"] or (ROOT / "benchmarks" / f"{words[2]}.py").exists()
        assert words[1] != "test" or all((ROOT / one).exists() for one in words[2:] if one.startswith("tests/"))
    elif words[0] == "manim":
        assert f"class {words[-1]}(" in _text(ROOT / words[-2])
    else:
        assert words[0] in (*OTHERS, "render.py", "cp", "pre-commit", ".venv/bin/python"), words


def _ours() -> Iterator[str]:
    """The examples in Python, but for those that are written for other libraries: see test_import_readme.py."""
    return (text for text in blocks("python") if "SaveCheckpoints" not in text and "mlp." not in text)


@pytest.mark.parametrize("source", list(_ours()), ids=lambda text: text.splitlines()[-1].strip())
def test_an_example_in_python_runs(source: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from edgeglow.film.pipeline import make_film

    def make_small(order: Any, bar: Any) -> Any:
        return make_film(replace(order, settings=replace(order.settings, **SMALL), jobs=1), bar)

    monkeypatch.setattr("edgeglow.film.notebook.make_film", make_small)
    ends = np.random.default_rng(0).normal(size=(2, 500, 3))
    names: dict[str, Any] = {
        "run": make_run("tiny"),
        "picture": Image.open(folder / "seven.jpg"),
        "starts": ends[0],
        "ends": ends[1],
        "values": ends[0, :, 0],
        "others": ends[1, :, 0],
    }
    small = {"pixel_width": 64, "pixel_height": 36, "frame_rate": 2, "media_dir": str(folder / "manim")}
    with tempconfig(SETTINGS | small):
        exec(source, names)
        if "Mine" in names:
            names["Mine"]().render()


@pytest.mark.parametrize("source", list(blocks("toml")), ids=lambda text: text.splitlines()[0])
def test_an_example_in_toml_is_right(source: str, folder: Path) -> None:
    tomllib.loads(source)
    if "jobs" in source:
        (folder / "jobs.toml").write_text(source)
        done = call("batch", "jobs.toml", "--dry-run", "--json")
        assert done.exit_code == 0, done.output
        films = [row for row in json.loads(done.stdout) if row["kind"] == "film"]
        assert len(films) == 2 * 2 * 2  # networks, languages, shapes
    else:
        (folder / "own.toml").write_text(source)
        load_script("en", folder / "own.toml")


# -- nothing is left out --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(set(edgeglow.render.main.commands) - {"film"}))
def test_every_command_is_told_of(name: str) -> None:
    assert f"render.py {name}" in TEXT


@pytest.mark.parametrize("name", sorted(edgeglow.render.main.commands))
def test_every_option_is_told_of(name: str) -> None:
    """By one of its names, in the text: the reference, which is made from the commands, has all of them anyway."""
    options = [param.opts for param in edgeglow.render.main.commands[name].params if isinstance(param, click.Option)]
    missing = [opts for opts in options if not any(f"`{opt}" in TEXT or f" {opt} " in TEXT for opt in opts)]
    assert not missing


@pytest.mark.parametrize("command", ["video", "test", "setup", "bench", "docs", "pictures", "lint", "types"])
def test_dev_is_told_of(command: str) -> None:
    assert f"./dev {command}" in TEXT


def test_the_reference_takes_the_commands_from_the_program() -> None:
    page = _text(ROOT / "docs" / "reference" / "command-line.md")
    assert ".. click:: edgeglow.render:main" in page and ":nested: full" in page and ":commands:" not in page


@pytest.mark.parametrize("name", ["PixelFlow", "LineField", "SquareField", "FieldCamera", "Run", "train", "show"])
def test_the_reference_has_what_is_for_users_of_python(name: str) -> None:
    pages = [_text(page) for page in (ROOT / "docs" / "reference").glob("*.md")]
    assert re.search(rf"^\.\. auto(class|function):: [\w.]+\.{name}$", "\n".join(pages), re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_pictures_lead_to_files(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", _text(page), flags=re.MULTILINE | re.DOTALL)
    found = re.findall(r"\]\(([^)#\s]+)[^)]*\)|<img src=\"([^\"]+)\"", text)
    links = [first or second for first, second in found]
    assert not [link for link in links if "://" not in link and not (page.parent / link).exists()]


def test_the_readme_is_short_and_says_the_same_in_korean() -> None:
    english, korean = (ROOT / "README.md", ROOT / "README.ko.md")
    assert all(len(_text(page).splitlines()) <= 160 for page in (english, korean))
    examples = [[text for _, text in FENCE.findall(_text(page))] for page in (english, korean)]
    plain = [[re.sub(r" *#.*", "", text) for text in each] for each in examples]
    assert plain[0] == plain[1]
    pictures = [re.findall(r"[\w/.-]+\.webp", _text(page)) for page in (english, korean)]
    assert pictures[0] == pictures[1]
