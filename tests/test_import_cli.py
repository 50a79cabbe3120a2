"""`render.py import`: a run of every kind of file; what is wrong is one line, and nothing is written."""

from __future__ import annotations

import ast
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from bringing import call, listing, network_in, without_mnist
from test_importing import ACTIVATIONS, NETWORKS, READABLE

from edgeglow.command.import_network import import_
from edgeglow.model.run.run import Run

ROOT = Path(__file__).parents[1]

__all__ = ["without_mnist"]  # a fixture of all tests here


# -- render.py import -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", READABLE)
def test_a_run_of_any_file_answers_as_its_library_did(name: str, tmp_path: Path) -> None:
    with np.load(NETWORKS / f"{name}.expected.npz") as file:
        inputs, outputs = file["inputs"], file["outputs"]
    pixels = inputs / 255 if name == "pixels.keras" else inputs
    np.savez(tmp_path / "its.npz", x=pixels, y=outputs.argmax(axis=1))
    told = ("--activation", ACTIVATIONS[name]) if name in ACTIVATIONS else ()
    data = tmp_path / "its.npz"
    done = call("import", NETWORKS / name, *told, "--data", data, "-o", tmp_path / "run.npz", "--json")
    assert done.exit_code == 0, done.output
    facts, run = json.loads(done.stdout), Run.load(tmp_path / "run.npz")
    assert (facts["accuracy"], facts["imported"], facts["digest"]) == (1.0, name, run.digest)
    assert run.test_count == len(inputs) and not facts["doubts"]
    assert np.abs(run.network().activations(run.test_digits.pixels)[-1] - outputs).max() < 1e-5


def test_what_was_done_is_told(tmp_path: Path) -> None:
    done = call("import", NETWORKS / "functional.keras", "-o", tmp_path / "run.npz")
    assert done.exit_code == 0
    assert "elsewhere, imported from functional.keras" in done.stdout and "filters" not in done.stdout
    assert "batch-norm" in done.stderr
    assert all(line[-1] in ".?" and line[0].isupper() for line in done.stderr.splitlines()), done.stderr


def test_the_users_words_are_kept(tmp_path: Path) -> None:
    names = ",".join(f"kind {letter}" for letter in "abcdefghij")
    np.savez(tmp_path / "its.npz", x=np.eye(10, 49), y=np.arange(10))
    features = ",".join(f"f{number}" for number in range(49))
    target = tmp_path / "run.npz"
    common = (NETWORKS / "sequential.pt", "--classes", names, "--data", tmp_path / "its.npz", "-o", target)
    assert call("import", *common, "--features", features, "--output-layer", "softmax").exit_code == 0
    run = Run.load(target)
    assert run.image_shape is None and run.feature_names[48] == "f48" and run.class_names[1] == "kind b"
    assert call("import", *common, "--shape", "7x7", "--normalise", "0.5,0.25").exit_code == 0
    scaled = Run.load(target)
    assert scaled.image_shape == (7, 7)
    np.testing.assert_allclose(scaled.last.weights[0], run.last.weights[0] * 4, rtol=1e-6)


WRONG_USE = {
    ("--activation", "prelu"): "--activation 'prelu': expected one of sigmoid, tanh, relu",
    ("--output-layer", "relu"): "--output-layer 'relu': expected one of softmax, sigmoid",
    ("--shape", "7"): "'7': expected two numbers, as in 28,28",
    ("--shape", "0,49"): "expected numbers above 0",
    ("--normalise", "0.5"): "as in 0.1307,0.3081",
    ("--normalise", "nan,1"): "expected numbers, the second not 0",
    ("--normalise", "0,0"): "expected numbers, the second not 0",
    ("--classes", "a,b,a"): "expected different names",
}


@pytest.mark.parametrize(("args", "message"), WRONG_USE.items())
def test_wrong_use_ends_with_2(args: tuple[str, str], message: str, tmp_path: Path) -> None:
    done = call("import", NETWORKS / "state_dict.pt", *args, "-o", tmp_path / "run.npz")
    assert done.exit_code == 2 and message in done.stderr
    assert listing(tmp_path) == []


WRONG_FILES = {
    ("state_dict.pt",): "does not tell the activation function of 1.weight; say which with --activation",
    ("sequential.keras", "--activation", "relu"): "--activation relu was given; leave it out",
    ("sequential.keras", "--shape", "7,8"): "--shape 7,8 has 56 pixels, but there are 49 inputs",
    ("sequential.keras", "--classes", "a,b"): "there are 2 class names (a, b), but the last layer has 10 neurons;",
    ("sequential.keras", "--features", "a,b"): "there are 2 feature names (a, b), but there are 49 inputs;",
    ("sequential.keras", "--data", "none.csv"): "none.csv: there is no such file; expected strokes, mnist, a .csv",
    ("two.npz",): "no examples at hand for a network of 64 inputs and 2 classes; name some with --data",
    ("scaled.npz",): "64 inputs that are no picture and 10 classes; name some with --data FILE",
    ("nowhere.pt",): "there is no such file; expected a network",
}


@pytest.mark.parametrize(("args", "message"), WRONG_FILES.items(), ids=str)
def test_what_does_not_fit_is_one_line(args: tuple[str, ...], message: str, tmp_path: Path) -> None:
    done = call("import", NETWORKS / args[0], *args[1:], "-o", tmp_path / "run.npz")
    assert (done.exit_code, done.stdout) == (1, "")
    assert message in done.stderr and len(done.stderr.splitlines()) == 1
    assert listing(tmp_path) == []


def test_places_that_are_none(tmp_path: Path, tiny_run: Run) -> None:
    network = network_in(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "link.npz").symlink_to(network)
    tiny_run.save(tmp_path / "run.npz")
    before = {name: (tmp_path / name).stat() for name in listing(tmp_path)}
    for target, code, message in (
        (network, 2, "is what is read"),
        (tmp_path / "folder" / ".." / network.name, 2, "is what is read"),
        (tmp_path / "link.npz", 2, "is what is read"),
        (tmp_path / "folder", 1, "is a folder"),
        (tmp_path / "run.npz" / "a.npz", 1, "cannot be written"),
        (Path("/dev/null"), 1, "is a device"),
    ):
        done = call("import", network, "-o", target)
        assert done.exit_code == code and message in done.stderr, done.output
    data = tmp_path / "run.npz"
    done = call("import", network, "--data", data, "-o", data)
    assert done.exit_code == 2 and "is what is read" in done.stderr
    assert "is a run already; use it with --run" in call("import", tmp_path / "run.npz").stderr
    assert {name: (tmp_path / name).stat() for name in listing(tmp_path)} == before


def test_no_other_run_is_replaced_unless_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tiny_run: Run
) -> None:
    media = tmp_path / "media"
    monkeypatch.setattr("edgeglow.model.training.default_run.media_folder", lambda: media)
    network = network_in(tmp_path)
    assert call("import", network).exit_code == 0
    assert Run.load(media / "runs" / "sequential.npz").imported is not None
    assert call("import", network).exit_code == 0  # the same again
    shutil.copy(network, tmp_path / "mine.keras")
    tiny_run.save(media / "runs" / "mine.npz")
    done = call("import", tmp_path / "mine.keras")
    assert done.exit_code == 1 and "is there already, and of another network; say where to with -o" in done.stderr
    shutil.copy(network, tmp_path / "default.keras")
    assert "is the place of the default run" in call("import", tmp_path / "default.keras").stderr
    assert Run.load(media / "runs" / "mine.npz").digest == tiny_run.digest
    assert listing(media / "runs") == ["mine.npz", "sequential.npz"]


def test_an_import_that_is_stopped_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("edgeglow.model.importing.importer.run_from_network", stop)
    done = call("import", NETWORKS / "sequential.keras", "-o", tmp_path / "run.npz")
    assert done.exit_code == 130 and listing(tmp_path) == []


def test_every_option_that_an_error_names_is_there() -> None:
    known = {name for param in import_.params for name in param.opts} | {"--run"}
    files = [*(ROOT / "model" / "importing").rglob("*.py"), ROOT / "command" / "import_network.py"]
    named: set[str] = set()
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                named |= set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", node.value))
    assert {"--activation", "--output-layer", "--normalise", "--data"} <= named <= known
