"""What is larger than can be shown is refused, and so is what tells no classes apart: trained, imported or loaded."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from test_cli import call

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing import read_network
from edgeglow.model.importing.importer import import_network

LIMITS = [
    ((16, *(4,) * 9, 10), "9 hidden layers: expected at most 8"),
    ((16, 4, 4097, 10), "hidden layer 2 has 4,097 neurons: expected at most 4,096"),
    ((16, 4, 101), "101 output neurons: expected 2 to 100, one per class"),
]


def saved(path: Path, sizes: tuple[int, ...], **about: object) -> Path:
    """Weights of a network of these sizes, as NumPy saves them."""
    arrays = {f"W{number}": np.zeros(pair, np.float32) for number, pair in enumerate(pairwise(sizes), 1)}
    arrays |= {f"b{number}": np.zeros(size, np.float32) for number, size in enumerate(sizes[1:], 1)}
    np.savez(path, **arrays, **about)  # type: ignore[arg-type]
    return path


@pytest.mark.parametrize(("sizes", "message"), LIMITS)
def test_a_network_that_is_too_large_is_not_imported(sizes: tuple[int, ...], message: str, tmp_path: Path) -> None:
    path = saved(tmp_path / "large.npz", sizes, activation="relu")
    with pytest.raises(EdgeglowError) as caught:
        import_network(path)
    assert str(caught.value) == f"{path}: {message}"
    done = call("import", path, "-o", tmp_path / "run.npz")
    assert (done.exit_code, done.stdout, (tmp_path / "run.npz").exists()) == (1, "", False)


@pytest.mark.parametrize(("sizes", "message"), LIMITS)
def test_nor_trained(sizes: tuple[int, ...], message: str, tmp_path: Path) -> None:
    done = call("train", "--layers", "-".join(map(str, sizes)), "-o", tmp_path / "run.npz")
    assert (done.exit_code, message in done.stderr, (tmp_path / "run.npz").exists()) == (2, True, False)


@pytest.mark.parametrize("sizes", [(784, 32, 784), (64, 16, 8, 16, 64), (16, 2, 16)])
@pytest.mark.parametrize("output", [{}, {"out_activation": "sigmoid"}])
def test_autoencoders_are_told(sizes: tuple[int, ...], output: dict[str, str], tmp_path: Path) -> None:
    path = saved(tmp_path / "auto.npz", sizes, activation="relu", **output)
    with pytest.raises(EdgeglowError) as caught:
        import_network(path)
    first, *code = str(caught.value).split("\n")
    assert first.startswith(f"{path}: it is an autoencoder: it takes in {sizes[0]} numbers and gives back as many")
    assert [line.split(" = ")[0].split(".")[0] for line in code] == ["model", "model"]
    done = call("info", path)
    assert done.exit_code == 1 and len(done.stderr.splitlines()) == 3
    assert "an option of: render.py import" in done.stderr.splitlines()[0]


@pytest.mark.parametrize(
    ("sizes", "about", "options"),
    [
        ((26, 5, 26), {}, {"output": "softmax"}),
        ((26, 5, 26), {"out_activation": "softmax"}, {}),
        ((26, 5, 26), {"classes": np.array([f"class {n}" for n in range(26)])}, {}),
        ((15, 5, 15), {}, {}),
        ((26, 26), {}, {}),
        ((26, 5, 25), {}, {}),
    ],
)
def test_as_many_classes_as_inputs_are_no_autoencoder(
    sizes: tuple[int, ...], about: dict[str, object], options: dict[str, str], tmp_path: Path
) -> None:
    path = saved(tmp_path / "letters.npz", sizes, activation="relu", **about)
    assert read_network(path, **options).layer_sizes == sizes  # type: ignore[arg-type]
