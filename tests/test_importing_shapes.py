"""What shapes tell where names do not: one neuron at the end, one layer alone, names that tell nothing."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from test_importing_scratch import BARE, A, B, check, layers

from edgeglow.model.importing import read_network

ONE = layers(9, 5, 1)
LAST = np.float32([0.3])
ONLY = layers(784, 10)[0][0]


@pytest.mark.parametrize(
    "value",
    [
        {"W1": ONE[0][0], "b1": ONE[1][0], "W2": ONE[0][1], "b2": 0.3},
        {"w1": ONE[0][0].T, "b1": ONE[1][0], "w2": ONE[0][1].T, "b2": LAST[0], "beta_1": 0.9},
        [ONE[0][0], ONE[1][0], ONE[0][1], LAST],
        [ONE[0][0].T, ONE[1][0][None], ONE[0][1].T, LAST[None]],
        [ONE[0], [ONE[1][0][:, None], LAST[None]]],
    ],
)
def test_one_neuron_at_the_end(value: Any, tmp_path: Path) -> None:
    """Its sigmoid becomes softmax over two, the first of which has weights and biases of 0."""
    (tmp_path / "net.pkl").write_bytes(pickle.dumps(value))
    stored = read_network(tmp_path / "net.pkl", activation="relu")
    np.testing.assert_array_equal(stored.weights[0], ONE[0][0])
    np.testing.assert_array_equal(stored.weights[1], [np.zeros(5), ONE[0][1][0]])
    np.testing.assert_array_equal(stored.biases[1], np.float32([0, 0.3]))


@pytest.mark.parametrize(
    ("arrays", "weights", "biases"),
    [
        ({"w": ONLY[0], "b": 0.5}, np.stack([0 * ONLY[0], ONLY[0]]), [0, 0.5]),
        ({"coef_": ONLY, "intercept_": np.arange(10)}, ONLY, np.arange(10)),
        ({"theta": np.vstack([np.arange(10), ONLY.T])}, ONLY, np.arange(10)),
        ({"theta": np.hstack([np.arange(10)[:, None], ONLY])}, ONLY, np.arange(10)),
        ({"W": ONLY.T, "lr": 0.1}, ONLY, np.zeros(10)),
    ],
)
def test_a_layer_alone(arrays: dict[str, Any], weights: np.ndarray, biases: list[float], tmp_path: Path) -> None:
    np.savez(tmp_path / "net.npz", **arrays)
    check(read_network(tmp_path / "net.npz"), ([weights], [np.float32(biases)]))


def test_names_that_tell_nothing_are_said(tmp_path: Path) -> None:
    np.savez(tmp_path / "net.npz", foo=A, bar=B)
    stored = read_network(tmp_path / "net.npz", activation="relu")
    check(stored, BARE)
    assert "No name tells what foo, bar are: their shapes and their order do." in stored.remarks
    np.savez(tmp_path / "net.npz", A, B)
    assert not any("No name" in remark for remark in read_network(tmp_path / "net.npz", activation="relu").remarks)


def test_arrays_of_jax_are_those_of_numpy_that_they_are_pickled_by(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def _reconstruct_array() -> None:
        raise AssertionError("nothing in a pickle is called")

    class Array:
        def __init__(self, values: np.ndarray) -> None:
            self.values = values

        def __reduce__(self) -> tuple[Any, ...]:
            function, arguments, state = self.values.__reduce__()
            return _reconstruct_array, (function, arguments, state, {"weak_type": False})

    for name in ("jax", "jax._src", "jax._src.array"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    _reconstruct_array.__module__, _reconstruct_array.__qualname__ = "jax._src.array", "_reconstruct_array"
    monkeypatch.setattr(sys.modules["jax._src.array"], "_reconstruct_array", _reconstruct_array, raising=False)
    dense = {"Dense_0": {"kernel": Array(A.T)}, "Dense_1": {"kernel": Array(B.T)}}
    (tmp_path / "net.pkl").write_bytes(pickle.dumps({"params": dense}))
    check(read_network(tmp_path / "net.pkl", activation="relu"), BARE)
