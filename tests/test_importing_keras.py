"""Keras files as Windows writes them, and layers that do nothing when a network answers."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
from test_importing import NETWORKS, answers, expected, read, without_names

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing import ParsedNetwork, read_network
from edgeglow.model.importing.keras.layers import PASSED

Names = Callable[[str], str]


def joined(path: str) -> str:
    """The names of groups in a path of one's own, as Keras 2.13 to 2.15 joins them on Windows."""
    group, found, rest = path.partition("/vars/")
    return group.replace("/", "\\") + found + rest


def mixed(path: str) -> str:
    """Only the first names joined so."""
    first, _, rest = path.partition("/")
    return f"{first}\\{rest}"


def doubled(path: str) -> str:
    return joined(path).replace("\\", "\\\\")


def all_joined(path: str) -> str:
    return path.replace("/", "\\")


def renamed(content: bytes, name: Names) -> bytes:
    """An HDF5 file with its arrays, and what their groups carry, under other names."""
    made = io.BytesIO()
    with h5py.File(io.BytesIO(content), "r") as old, h5py.File(made, "w") as new:
        new.attrs.update(old.attrs)

        def copy(path: str, found: h5py.Dataset | h5py.Group) -> None:
            if isinstance(found, h5py.Dataset):
                new[name(path)] = found[()]
                new[name(path)].parent.attrs.update(found.parent.attrs)

        old.visititems(copy)
    return made.getvalue()


def on_windows(source: Path, target: Path, name: Names, prefix: str = "") -> Path:
    """A Keras file as if it had been written on Windows."""
    if source.suffix == ".h5":
        target.write_bytes(renamed(source.read_bytes(), name))
        return target
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        new.writestr(f"{prefix}config.json", old.read("config.json"))
        new.writestr(f"{prefix}model.weights.h5", renamed(without_names(old.read("model.weights.h5")), name))
    return target


def same(stored: ParsedNetwork, name: str) -> None:
    inputs, outputs = expected(name)
    assert np.abs(answers(stored, inputs) - outputs).max() < 1e-5


@pytest.mark.parametrize("name", [joined, mixed, doubled, all_joined])
@pytest.mark.parametrize("file", ["sequential.keras", "functional.keras", "functional.h5", "alone.weights.h5"])
def test_files_that_were_written_on_windows_are_read(file: str, name: Names, tmp_path: Path) -> None:
    path = on_windows(NETWORKS / file, tmp_path / file, name)
    same(read_network(path, activation="tanh" if file.startswith("alone") else None), file)


@pytest.mark.parametrize("prefix", ["net/", "net\\", "a\\net\\"])
def test_a_keras_file_that_was_packed_again_as_a_folder_is_read(prefix: str, tmp_path: Path) -> None:
    path = on_windows(NETWORKS / "sequential.keras", tmp_path / "s.keras", str, prefix)
    with zipfile.ZipFile(path, "a") as archive:  # what macOS packs beside it
        archive.writestr("__MACOSX/net/._config.json", "x")
        archive.writestr("__MACOSX/net/._model.weights.h5", "x")
    same(read_network(path), "sequential.keras")


def test_the_fixtures_of_windows_have_no_slash_left(tmp_path: Path) -> None:
    """Or the test above would show nothing."""
    with h5py.File(on_windows(NETWORKS / "functional.h5", tmp_path / "f.h5", all_joined)) as file:
        assert all("\\" in name for name in file) and len(file) > 5


def test_a_name_that_is_there_twice_is_an_error(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "two.weights.h5", "w") as file:
        file["a/vars/0"] = file["a\\vars\\0"] = np.ones((2, 3), np.float32)
    with pytest.raises(EdgeglowError, match=r"it holds a/vars/0 twice, once with \\ in its name"):
        read_network(tmp_path / "two.weights.h5")


def test_names_of_thousands_of_parts_are_refused(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "long.weights.h5", "w") as file:
        file["\\a" * 20_000] = np.ones((2, 3), np.float32)
    with pytest.raises(EdgeglowError, match="too many for a network"):
        read_network(tmp_path / "long.weights.h5")


def test_layers_whose_own_names_have_slashes_find_their_weights(tmp_path: Path) -> None:
    """Keras 2 allows them, and makes groups of their parts."""
    source = (NETWORKS / "whole.h5").read_bytes()
    with h5py.File(io.BytesIO(source)) as file:
        config = json.loads(file.attrs["model_config"])
    dense = [layer["config"]["name"] for layer in config["config"]["layers"] if layer["class_name"] == "Dense"]
    for mark in ("/", "\\"):
        text = json.dumps(config)
        for name in dense:
            text = text.replace(f'"{name}"', json.dumps(f"block{mark}{name}"))

        def moved(path: str) -> str:
            parts = [f"block/{part}" if part in dense else part for part in path.split("/")]
            return "/".join(parts)

        (tmp_path / "slash.h5").write_bytes(renamed(source, moved))
        with h5py.File(tmp_path / "slash.h5", "r+") as file:
            file.attrs["model_config"] = text
        same(read_network(tmp_path / "slash.h5"), "whole.h5")


def test_zips_that_windows_packed_are_read(tmp_path: Path) -> None:
    """The names in them have backslashes."""
    with zipfile.ZipFile(NETWORKS / "state_dict.pt") as old, zipfile.ZipFile(tmp_path / "my.pt", "w") as new:
        for name in old.namelist():
            new.writestr(name.replace("/", "\\"), old.read(name))
    stored = read_network(tmp_path / "my.pt", activation="relu")
    same(stored, "state_dict.pt")


# -- layers that only a training needs ------------------------------------------------------------------------


def test_layers_that_only_a_training_needs_are_passed_over_and_said() -> None:
    for file, kinds in (
        ("augmented.keras", ("RandomBrightness", "CenterCrop")),
        ("pipeline.keras", ("Solarization",)),
    ):
        same(read(file), file)
        said = read(file).remarks[0]
        assert said.startswith("Passed over, without effect when the network answers: ") and len(said) < 400
        assert all(f"({kind})" in said for kind in kinds)


def model_of(*layers: tuple[str, dict[str, object]], nodes: dict[str, object] | None = None) -> dict[str, object]:
    """A Sequential model of Keras 2 that reads 6x6 pictures, these layers in it before the last."""
    start = ("Flatten", {"name": "flat", "batch_input_shape": [None, 6, 6]})
    end = ("Dense", {"name": "dense", "units": 3, "activation": "softmax", "use_bias": False})
    found = [
        {"class_name": kind, "config": {"name": kind.lower()} | config} for kind, config in (start, *layers, end)
    ]
    return {"class_name": "Sequential", "config": {"name": "s", "layers": found}}


def layer(kind: str, name: str, config: dict[str, object], nodes: list[object]) -> dict[str, object]:
    return {"class_name": kind, "name": name, "config": config, "inbound_nodes": nodes}


def saved(path: Path, model: dict[str, object]) -> Path:
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps(model)
        file["model_weights/dense/dense/kernel:0"] = np.eye(36, 3, dtype=np.float32)
    return path


@pytest.mark.parametrize("kind", sorted(PASSED))
def test_every_one_of_them_is_passed_over(kind: str, tmp_path: Path) -> None:
    stored = read_network(saved(tmp_path / "a.h5", model_of((kind, {}))))
    assert stored.layer_sizes == (36, 3)
    assert f"{kind.lower()} ({kind})" in stored.remarks[0]


@pytest.mark.parametrize(
    ("kind", "config", "size"),
    [("CenterCrop", {"height": 4, "width": 4}, "4x4"), ("Resizing", {"height": 6, "width": 5}, "6x5")],
)
def test_layers_that_change_the_size_are_refused(
    kind: str, config: dict[str, object], size: str, tmp_path: Path
) -> None:
    model = model_of()
    layers = model["config"]["layers"]  # type: ignore[index]
    layers.insert(0, {"class_name": kind, "config": {"name": "cut", "batch_input_shape": [None, 6, 6, 1]} | config})
    message = rf"cut is {kind} and makes pictures of {size} out of \(6, 6, 1\)"
    with pytest.raises(EdgeglowError, match=message):
        read_network(saved(tmp_path / "a.h5", model))
    layers[0]["config"] |= {"height": 6, "width": 6}
    assert f"cut ({kind})" in read_network(saved(tmp_path / "a.h5", model)).remarks[0]


@pytest.mark.parametrize("kind", ["RandomFourierFeatures", "AutoContrast", "LayerNormalization", "Masking", "Lambda"])
def test_layers_that_do_something_are_not_passed_over(kind: str, tmp_path: Path) -> None:
    with pytest.raises(EdgeglowError, match=rf"is {kind}, which cannot be shown"):
        read_network(saved(tmp_path / "a.h5", model_of((kind, {}))))


@pytest.mark.parametrize(("trains", "is_read"), [(True, False), (False, True), (None, True)])
def test_a_layer_that_always_acts_as_in_a_training_is_refused(
    trains: bool | None, is_read: bool, tmp_path: Path
) -> None:
    """In Keras 2, ``layer(x, training=True)`` is heeded also when the network answers."""
    last = {"activation": "softmax", "use_bias": False}
    layers = [
        layer("InputLayer", "start", {"batch_input_shape": [None, 36]}, []),
        layer("Dropout", "always", {}, [[["start", 0, 0, {"training": trains}]]]),
        layer("Dense", "dense", last, [[["always", 0, 0, {}]]]),
    ]
    config = {"name": "m", "layers": layers, "output_layers": [["dense", 0, 0]]}
    path = saved(tmp_path / "a.h5", {"class_name": "Functional", "config": config})
    if is_read:
        assert read_network(path).layer_sizes == (36, 3)
    else:
        with pytest.raises(EdgeglowError, match=r"always \(Dropout\) is called with training=True"):
            read_network(path)


def test_a_crop_that_keras_wrote_is_refused() -> None:
    with pytest.raises(EdgeglowError, match=r"cut is CenterCrop and makes pictures of 7x7 out of \(9, 9, 1\)"):
        read_network(NETWORKS / "cropped.keras")
