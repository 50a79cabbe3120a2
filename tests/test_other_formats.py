"""Networks in formats that are not read: each is told what it is, and the two lines of code told work."""

from __future__ import annotations

import ast
import bz2
import gzip
import json
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import scipy.io
from test_cli import call

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing import ParsedNetwork, read_checkpoints, read_network
from edgeglow.model.importing.importer import import_network
from edgeglow.model.importing.other_formats import TABLE, UnsupportedFormat

NETWORKS = Path(__file__).parent / "fixtures" / "networks"
DICE = np.random.default_rng(5)


def told(path: Path) -> tuple[str, list[str]]:
    """What is said of a file or folder, after its name, and the lines of code, which are Python."""
    with pytest.raises(UnsupportedFormat) as caught:
        import_network(path)
    first, *code = str(caught.value).split("\n")
    assert first.startswith(f"{path}: it is ") and len(code) == 2
    assert "save the network by these two lines instead" in first and first.endswith(":")
    ast.parse("\n".join(code))
    assert str(caught.value).isascii() and all(len(line) < 300 for line in code)
    return first, code


def written(path: Path, content: bytes | str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def zipped(path: Path, *names: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return path


def packed_pipeline(folder: Path) -> Path:
    """A StandardScaler and an MLPClassifier, as joblib packs them."""
    return written(folder / "pipeline.joblib", bz2.compress((NETWORKS / "pipeline.pkl").read_bytes()))


KERAS_JSON = json.dumps({"class_name": "Sequential", "config": {"layers": []}, "keras_version": "2.9.0"})
TFJS = {"format": "layers-model", "modelTopology": {}, "weightsManifest": []}
MAKERS: dict[str, tuple[Callable[[Path], Path], str, str]] = {
    "tflite": (
        lambda at: written(at / "a.bin", b"\x1c\0\0\0TFL3" + bytes(40)),
        "TensorFlow Lite",
        'model.save("my.keras")',
    ),
    "saved model": (
        lambda at: written(at / "net" / "saved_model.pb", b"\x08\x01\x12\x04").parent,
        "a SavedModel of TensorFlow",
        'load_model("net")',
    ),
    "saved_model.pb": (
        lambda at: written(at / "net" / "saved_model.pb", b"\x08\x01\x12\x04"),
        "a SavedModel of TensorFlow",
        'load_model("net")',
    ),
    "zipped saved model": (
        lambda at: zipped(at / "net.zip", "net/saved_model.pb", "net/variables/variables.index"),
        "a SavedModel of TensorFlow",
        'load_model("net.zip")',
    ),
    "frozen graph": (lambda at: written(at / "graph.pb", b"\n\x0bxyz"), "frozen graph", 'save("my.keras")'),
    "checkpoint index": (
        lambda at: written(at / "cp.ckpt.index", b"\0\1" + bytes(60) + TABLE),
        "a checkpoint of TensorFlow",
        'load_weights("cp.ckpt")',
    ),
    "checkpoint data": (
        lambda at: written(at / "cp.ckpt.data-00000-of-00001", bytes(64)),
        "a checkpoint of TensorFlow",
        'load_weights("cp.ckpt")',
    ),
    "checkpoint's own name": (
        lambda at: written(at / "cp.ckpt.index", bytes(60) + TABLE).with_name("cp.ckpt"),
        "a checkpoint of TensorFlow",
        'load_weights("cp.ckpt")',
    ),
    "checkpoint folder": (
        lambda at: written(at / "training" / "cp-0010.ckpt.index", bytes(60) + TABLE).parent,
        "a checkpoint of TensorFlow",
        'load_weights("cp-0010.ckpt")',
    ),
    "checkpoint list": (
        lambda at: written(at / "checkpoint", 'model_checkpoint_path: "cp.ckpt"\n'),
        "a checkpoint of TensorFlow",
        'model.save("my.h5")',
    ),
    "keras json": (
        lambda at: written(at / "model.json", KERAS_JSON),
        "a Keras model without its weights",
        'model_from_json(open("model.json").read())',
    ),
    "tfjs": (
        lambda at: written(at / "model.json", json.dumps(TFJS)),
        "a network of TensorFlow.js",
        'load_keras_model("model.json")',
    ),
    "tfjs graph": (
        lambda at: written(at / "model.json", json.dumps(TFJS | {"format": "graph-model"})),
        "a graph of TensorFlow.js",
        'model.save("my.keras")',
    ),
    "torchscript": (
        lambda at: Path(shutil.copy(NETWORKS / "script.pt", at / "script.pt")),
        "a TorchScript program",
        'torch.save(model.state_dict(), "my.pt")',
    ),
    "torch.export": (
        lambda at: zipped(at / "my.pt2", "my/archive_format", "my/models/model.json", "my/data.pkl"),
        "a program of torch.export",
        'torch.export.load("my.pt2")',
    ),
    "joblib": (lambda at: NETWORKS / "mlp.joblib", "a joblib pickle of scikit-learn", "mlp.coefs_"),
    "packed joblib": (lambda at: NETWORKS / "packed.joblib", "a joblib pickle of scikit-learn", "mlp.coefs_"),
    "joblib bz2": (
        lambda at: written(at / "my.pkl", bz2.compress((NETWORKS / "mlp.joblib").read_bytes())),
        "a joblib pickle of scikit-learn",
        "mlp.coefs_",
    ),
    "arrays in joblib": (
        lambda at: NETWORKS / "arrays.joblib",
        "a joblib pickle",
        'arrays = joblib.load("arrays.joblib")',
    ),
    "pipeline": (
        packed_pipeline,
        "a joblib pickle of scikit-learn, which is not read; save the network by these two lines instead (scaler, mlp"
        ' = joblib.load("pipeline.joblib")):',
        "scale=scaler.scale_",
    ),
    "skops": (lambda at: zipped(at / "my.skops", "schema.json", "1.npy"), "a skops file", "mlp.coefs_"),
    "core ml": (lambda at: written(at / "my.mlmodel", b"\x08\x04\x12"), "Core ML", 'save("my.keras")'),
    "strange name": (
        lambda at: written(at / 'a"b\x1b[31m.index', bytes(60) + TABLE),
        "a checkpoint of TensorFlow",
        "load_weights(FILE)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", MAKERS)
def test_each_format_is_told_with_two_lines_that_help(kind: str, tmp_path: Path) -> None:
    make, what, line = MAKERS[kind]
    path = make(tmp_path)
    if kind == "strange name":
        with pytest.raises(UnsupportedFormat, match=r"load_weights\(FILE\)"):
            read_network(path)
        return
    first, code = told(path)
    assert what in first
    assert line in "\n".join(code)


def test_the_command_line_tells_it_in_three_lines(tmp_path: Path) -> None:
    index = written(tmp_path / "cp.ckpt.index", bytes(60) + TABLE)
    for command in (("import", index), ("import", tmp_path / "cp.ckpt"), ("info", tmp_path / "cp.ckpt")):
        done = call(*command)
        assert (done.exit_code, done.stdout) == (1, "")
        assert [line.split()[0] for line in done.stderr.splitlines()] == [
            "render.py:",
            'model.load_weights("cp.ckpt")',
            'model.save("my.h5")',
        ]
    assert sorted(tmp_path.iterdir()) == [index]


def run_code(code: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch, **known: object) -> None:
    monkeypatch.chdir(folder)
    exec("\n".join(code), {"np": np, "json": json, "os": os, "shutil": shutil, "scipy": scipy, **known})


def check(stored: ParsedNetwork, weights: list[np.ndarray]) -> None:
    assert len(stored.weights) == len(weights)
    for mine, given in zip(stored.weights, weights, strict=True):
        np.testing.assert_allclose(mine, given, rtol=1e-6)


def test_the_lines_for_scikit_learn_keep_the_scaling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, code = told(packed_pipeline(tmp_path))
    coefs = [DICE.normal(size=(4, 5)), DICE.normal(size=(5, 3))]
    mlp = SimpleNamespace(
        activation="tanh",
        out_activation_="softmax",
        classes_=np.arange(3),
        coefs_=coefs,
        intercepts_=[np.zeros(5), np.zeros(3)],
    )
    scaler = SimpleNamespace(mean_=np.arange(4.0), scale_=np.full(4, 2.0))
    run_code(code, tmp_path, monkeypatch, mlp=mlp, scaler=scaler)
    stored = read_network(tmp_path / "my.npz")
    check(stored, [coefs[0].T / 2, coefs[1].T])
    np.testing.assert_allclose(stored.biases[0], -(coefs[0].T / 2) @ np.arange(4.0), rtol=1e-5)


def test_the_lines_for_json_and_matlab_write_what_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weights = [DICE.normal(size=(5, 4)), DICE.normal(size=(3, 5))]
    net = {"sizes": [4, 5, 3], "weights": [w.tolist() for w in weights], "biases": [[[0.0]] * 5, [[0.0]] * 3]}
    _, code = told(written(tmp_path / "net.json", json.dumps(net)))
    run_code(code, tmp_path, monkeypatch)
    check(read_network(tmp_path / "my.npz", activation="sigmoid"), weights)

    arrays = {"W1": weights[0], "b1": np.zeros(5), "W2": weights[1], "b2": np.zeros(3)}
    scipy.io.savemat(tmp_path / "net.mat", arrays)
    _, code = told(tmp_path / "net.mat")
    run_code(code, tmp_path, monkeypatch)
    with np.load(tmp_path / "my.npz") as found:
        assert all((found[name].ravel() == arrays[name].ravel()).all() for name in arrays)


def test_the_lines_for_an_unpacked_keras_file_pack_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with zipfile.ZipFile(NETWORKS / "sequential.keras") as archive:
        archive.extractall(tmp_path / "net")
    _, code = told(tmp_path / "net")
    run_code(code, tmp_path, monkeypatch)
    check(read_network(tmp_path / "my.keras"), list(read_network(NETWORKS / "sequential.keras").weights))


def test_a_folder_of_checkpoints_is_read_whatever_lies_beside_them(tmp_path: Path) -> None:
    folder = shutil.copytree(NETWORKS / "checkpoints_keras", tmp_path / "checkpoints")
    written(folder / "cp.ckpt.index", bytes(60) + TABLE)
    written(folder / "saved_model.pb", b"\x08\x01\x12\x04")
    assert len(read_checkpoints(folder)) == 3


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.json", '{"a": 1}', "a JSON text, expected a network's weights"),
        ("a.json", "[" * 100_000, "no format that is known"),
        ("a.json", '{"class_name": ' + "9" * 5000, "no format that is known"),
        ("a.pkl.gz", gzip.compress(b"images", mtime=0), "compressed by gzip; unpack it first"),
        ("a.gz", b"\x1f\x8b" + bytes(40), "no format that is known"),
        ("x.txt", "x,y\n1,2\n", "no format that is known"),
        ("a.index", bytes(80), "no format that is known"),
    ],
)
def test_what_is_none_of_these_is_said(name: str, content: str | bytes, message: str, tmp_path: Path) -> None:
    with pytest.raises(EdgeglowError, match=message) as caught:
        read_network(written(tmp_path / name, content))
    assert "\n" not in str(caught.value)


def test_other_networks_of_scikit_learn_are_refused() -> None:
    with pytest.raises(EdgeglowError, match="a pickle of scikit-learn without an MLPClassifier"):
        read_network(NETWORKS / "logistic.pkl")


def test_a_pickled_pipeline_of_scikit_learn_is_read_with_its_scaling() -> None:
    stored = read_network(NETWORKS / "pipeline.pkl")
    assert (stored.hidden, stored.class_names) == ("relu", ("0", "1"))
    assert any("mean_" in remark and "was folded into" in remark for remark in stored.remarks)
