"""Networks as trainers from scratch save them: by NumPy and by pickle, with names and companions of many kinds."""

from __future__ import annotations

import pickle
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing import ParsedNetwork, array_files_in, read_checkpoints, read_network
from edgeglow.model.importing.import_run import ImportOptions
from edgeglow.model.importing.importer import import_network

DICE = np.random.default_rng(11)
Layers = tuple[list[np.ndarray], list[np.ndarray]]


def layers(*sizes: int) -> Layers:
    """Weights (fan_out, fan_in) and biases between layers of these sizes."""
    weights = [DICE.normal(size=(fan_out, fan_in)).astype(np.float32) for fan_in, fan_out in pairwise(sizes)]
    return weights, [DICE.normal(size=len(each)).astype(np.float32) for each in weights]


TWO, THREE = layers(9, 5, 3), layers(9, 6, 4, 3)
BARE = (TWO[0], [np.zeros(5, np.float32), np.zeros(3, np.float32)])  # without biases
(A, B), (a, b) = TWO
HISTORY = np.linspace(2, 0.1, 20)


def with_column(at_end: bool = False) -> list[np.ndarray]:
    """Weights with the biases among them, as a column before or after the others."""
    parts = [(w, c[:, None]) if at_end else (c[:, None], w) for w, c in zip(*TWO, strict=True)]
    return [np.hstack(pair) for pair in parts]


def alternating(found: Layers, column: bool = False) -> list[np.ndarray]:
    """weights, biases, weights, biases, ... each (inputs, outputs), biases as they are or as a row."""
    return [each for w, c in zip(*found, strict=True) for each in (w.T, c[None] if column else c)]


NPZ: dict[str, tuple[dict[str, Any], Layers]] = {
    "sizes first": ({"layers": np.array([9, 5, 3]), "W0": A.T, "b0": a, "W1": B.T, "b1": b}, TWO),
    "sizes as arch": ({"arch": [9, 5, 3], "w1": A, "w2": B, "b1": a, "b2": b}, TWO),
    "camel case": (
        {"weightsInputHidden": A, "weightsHiddenOutput": B, "biasHidden": a, "biasOutput": b},
        TWO,
    ),
    "camel case, roles last": (
        {"hiddenWeights": A.T, "hiddenBias": a, "outputWeights": B.T, "outputBias": b},
        TWO,
    ),
    "snake case": (
        {"weights_input_hidden": A, "weights_hidden_output": B, "bias_hidden": a, "bias_output": b},
        TWO,
    ),
    "to": (
        {"weights_input_to_hidden": A, "weights_hidden_to_output": B, "bias_h": a, "bias_o": b},
        TWO,
    ),
    "wih and who": ({"inodes": 9, "hnodes": 5, "onodes": 3, "lr": 0.1, "wih": A, "who": B}, BARE),
    "w_ih and w_ho": ({"w_ih": A.T, "w_ho": B.T, "b_h": a[None], "b_o": b[None]}, TWO),
    "toy": ({"weights_ih": A, "weights_ho": B, "bias_h": a[:, None], "bias_o": b[:, None]}, TWO),
    "wh, wout": ({"wh": A.T, "bh": a[None], "wout": B.T, "bout": b[None]}, TWO),
    "Wxh, Why": ({"Wxh": A, "Why": B, "bh": a[:, None], "by": b[:, None]}, TWO),
    "called as layers": ({"hidden": A.T, "output": B.T}, BARE),
    "layers and their biases": ({"hidden": A, "output": B, "hidden_bias": a, "output_bias": b}, TWO),
    "synapses": ({"syn0": A.T, "syn1": B.T}, BARE),
    "weights1": ({"weights1": A.T, "weights2": B.T}, BARE),
    "theta": ({"Theta1": with_column()[0], "Theta2": with_column()[1]}, TWO),
    "theta, turned, with costs": (
        {"theta_1": with_column()[0].T, "theta_2": with_column()[1].T, "J_history": HISTORY, "lmbda": 1.0},
        TWO,
    ),
    "layer1_weights": (
        {"layer1_weights": A.T, "layer1_biases": a, "layer2_weights": B.T, "layer2_biases": b},
        TWO,
    ),
    "layer_1/W": ({"layer_1/W": A.T, "layer_1/b": a, "layer_2/W": B.T, "layer_2/b": b}, TWO),
    "biases one ahead": ({"weights_0": A, "weights_1": B, "biases_1": a, "biases_2": b}, TWO),
    "sides of edges": ({"w01": A, "w12": B, "b1": a, "b2": b}, TWO),
    "three in numbers": (
        {f"{letter}{k + 1}": part[k] for letter, part in (("W", THREE[0]), ("b", THREE[1])) for k in range(3)},
        THREE,
    ),
    "three with sides": (
        {
            **{"W_input_hidden1": THREE[0][0], "W_hidden1_hidden2": THREE[0][1]},
            **{"W_hidden2_output": THREE[0][2], "b_hidden1": THREE[1][0], "b_hidden2": THREE[1][1]},
            "b_output": THREE[1][2],
        },
        THREE,
    ),
    "all that a training leaves": (
        {
            **{"W1": A, "b1": a, "W2": B, "b2": b, "learning_rate": 0.01, "epochs": 20, "batch_size": 32},
            **{"loss_history": HISTORY, "train_acc": HISTORY, "val_losses": HISTORY, "best_epoch": 7},
            **{"name": "my first network", "optimizer": "adam", "trained": True, "test_accuracy": 0.97},
        },
        TWO,
    ),
    "an optimiser's state": (
        {"W1": A, "b1": a, "W2": B, "b2": b, "dW1": A, "db1": a, "mW2": B, "vb2": b, "velocity_W1": A, "t": 9},
        TWO,
    ),
    "a last batch": ({"W1": A, "b1": a, "W2": B, "b2": b, "Z1": A[:, :4], "A1": A[:, :4], "A2": B}, TWO),
    "lists as objects": (
        {"weights": np.array([A, B], object), "biases": np.array([a, b], object), "sizes": [9, 5, 3]},
        TWO,
    ),
    "params": ({"params": np.array({"W1": A, "b1": a, "W2": B, "b2": b}, object), "lr": 0.1}, TWO),
    "parameters in a name": ({"params.W1": A, "params.b1": a, "params.W2": B, "params.b2": b}, TWO),
    "get_weights": (dict(zip(("arr_0", "arr_1", "arr_2", "arr_3"), alternating(TWO), strict=True)), TWO),
    "in order, biases as rows": ({f"arr_{k}": each for k, each in enumerate(alternating(TWO, True))}, TWO),
    "variables": ({f"Variable{'_' * (k > 0)}{k or ''}:0": each for k, each in enumerate(alternating(TWO))}, TWO),
    "single precision of whole numbers": ({"W1": np.round(A * 9).astype(int), "W2": np.round(B * 9).astype(int)}, (
        [np.round(A * 9), np.round(B * 9)], BARE[1],
    )),
    "sides of edges, letters apart": ({"w_i_h": A, "w_h_o": B, "b_i_h": a[:, None], "b_h_o": b[:, None]}, TWO),
    "another letter": ({"M1": A, "M2": B, "B1": a, "B2": b}, TWO),
    "a state dict": (
        {"weight": np.array({"0.weight": A, "0.bias": a, "2.weight": B, "2.bias": b}, object)},
        TWO,
    ),
    "one list": ({"arr_0": np.array([A.T, a, B.T, b], object)}, TWO),
    "letters": ({"first": A.T, "second": B.T, "shift": a, "other": b}, TWO),
}  # fmt: skip


class Network:
    """A class of somebody's own, whose objects are pickled whole."""

    def __init__(self) -> None:
        self.sizes, self.num_layers, self.weights, self.biases = ([9, 5, 3], 3, [A, B], [a[:, None], b[:, None]])
        self.cost = print  # a function


class Layer:
    def __init__(self, weights: np.ndarray, biases: np.ndarray) -> None:
        self.weights, self.bias, self.activation, self.input = weights.T, biases[None], "relu", None


class Dense:
    """A layer that keeps what it was last given, as many do for their backward pass."""

    def __init__(self, weights: np.ndarray, biases: np.ndarray) -> None:
        self.weights, self.bias = weights, biases[:, None]
        self.input, self.output = np.ones((weights.shape[1], 1)), np.ones((weights.shape[0], 1))


class Activation:
    def __init__(self) -> None:
        self.activation, self.input = np.tanh, np.ones((5, 1))


class Book:
    """As a well-known book on machine learning has it: a column of biases first, many settings beside."""

    def __init__(self) -> None:
        self.n_output, self.n_features, self.n_hidden, self.l1, self.l2, self.eta = 3, 9, 5, 0.0, 0.1, 0.001
        self.w1, self.w2 = with_column()
        self.cost_, self.shuffle, self.random = [2.5, 1.5], True, np.random.RandomState(1)


PICKLED: dict[str, tuple[Any, Layers]] = {
    "by name": ({"W1": A, "b1": a, "W2": B, "b2": b}, TWO),
    "params within": ({"params": {"W1": A.T, "b1": a[None], "W2": B.T, "b2": b[None]}, "costs": [0.5, 0.1]}, TWO),
    "lists by name": ({"weights": [A, B], "biases": [a, b], "epoch": 3}, TWO),
    "dictionaries by layer": ({"layer1": {"W": A, "b": a}, "layer2": {"W": B, "b": b}, "lr": 0.1}, TWO),
    "dictionaries by role": ({"W": {1: A, 2: B}, "b": {1: a, 2: b}}, TWO),
    "h1, h2, out": (
        {
            "weights": {"h1": THREE[0][0].T, "h2": THREE[0][1].T, "out": THREE[0][2].T},
            "biases": {"b1": THREE[1][0], "b2": THREE[1][1], "out": THREE[1][2]},
        },
        THREE,
    ),
    "a list": (alternating(TWO), TWO),
    "a tuple": ((A, a, B, b), TWO),
    "pairs": ([(A.T, a), (B.T, b)], TWO),
    "a list of dictionaries": ([{"weights": A, "biases": a}, {"weights": B, "biases": b}], TWO),
    "matrices alone": ([A, B], BARE),
    "weights, then biases": (([A, B], [a, b]), TWO),
    "plain lists": ({"w1": A.tolist(), "b1": a.tolist(), "w2": B.tolist(), "b2": b.tolist()}, TWO),
    "doubles": ({"W1": A.astype(float), "b1": a.astype(float), "W2": B.astype(float), "b2": b.astype(float)}, TWO),
    "by column": ({"W1": np.asfortranarray(A), "b1": a, "W2": np.asfortranarray(B), "b2": b}, TWO),
    "big ends": ({"W1": A.astype(">f4"), "b1": a.astype(">f8"), "W2": B.astype(">f4"), "b2": b}, TWO),
    "an object": (Network(), TWO),
    "a list of objects": ([Layer(A, a), Layer(B, b)], TWO),
    "layers with caches": ([Dense(A, a), Activation(), Dense(B, b), Activation()], TWO),
    "a book's": (Book(), TWO),
}  # fmt: skip


def check(stored: ParsedNetwork, truth: Layers) -> None:
    for mine, its in zip((*stored.weights, *stored.biases), (*truth[0], *truth[1]), strict=True):
        np.testing.assert_array_equal(mine, its)


@pytest.mark.parametrize("name", NPZ)
def test_arrays_saved_by_numpy(name: str, tmp_path: Path) -> None:
    arrays, truth = NPZ[name]
    np.savez(tmp_path / "net.npz", **arrays)
    check(read_network(tmp_path / "net.npz", activation="relu"), truth)


@pytest.mark.parametrize("protocol", [0, 2, 4, 5])
@pytest.mark.parametrize("name", PICKLED)
def test_pickled_values(name: str, protocol: int, tmp_path: Path) -> None:
    value, truth = PICKLED[name]
    (tmp_path / "net.pkl").write_bytes(pickle.dumps(value, protocol))
    check(read_network(tmp_path / "net.pkl", activation="relu"), truth)


@pytest.mark.parametrize("name", [name for name in PICKLED if name != "matrices alone"])
def test_values_saved_by_numpy_as_objects(name: str, tmp_path: Path) -> None:
    value, truth = PICKLED[name]
    array = np.empty((), object)
    array[()] = value
    np.save(tmp_path / "net.npy", array, allow_pickle=True)
    check(read_network(tmp_path / "net.npy", activation="relu"), truth)


def test_one_pickle_after_the_other(tmp_path: Path) -> None:
    (tmp_path / "net.pkl").write_bytes(pickle.dumps([A, B]) + pickle.dumps([a[:, None], b[:, None]]))
    check(read_network(tmp_path / "net.pkl", activation="relu"), TWO)


def test_a_file_for_each_array(tmp_path: Path) -> None:
    for name, array in (("W1", A), ("b1", a), ("W2", B), ("b2", b[:, None]), ("losses", HISTORY)):
        np.save(tmp_path / f"{name}.npy", array)
    (tmp_path / "notes.txt").write_text("passed over")
    check(read_network(tmp_path, activation="relu"), TWO)
    found = import_network(tmp_path, ImportOptions(activation="relu"), data=examples(tmp_path / "examples"))
    np.testing.assert_array_equal(found.run.last.weights[1], B)
    (tmp_path / "b1.npy").write_bytes(b"\x93NUMPY")
    with pytest.raises(EdgeglowError, match=r"b1\.npy: "):
        read_network(tmp_path, activation="relu")


def test_a_matrix_for_each_step_is_a_training(tmp_path: Path) -> None:
    for number in (1, 2):
        np.save(tmp_path / f"weights_{number}.npy", A * number)
    found = read_checkpoints(tmp_path)
    assert [(moment.number, stored.layer_sizes) for moment, stored in found] == [(1, (9, 5)), (2, (9, 5))]
    assert not array_files_in(tmp_path)


def test_a_pickle_for_each_list(tmp_path: Path) -> None:
    (tmp_path / "weights.pkl").write_bytes(pickle.dumps([A, B]))
    (tmp_path / "biases.pkl").write_bytes(pickle.dumps([a, b]))
    check(read_network(tmp_path, activation="relu"), TWO)


def examples(folder: Path) -> str:
    folder.mkdir()
    np.savez(folder / "its.npz", x=DICE.random((40, 3, 3)), y=np.arange(40) % 3)
    return str(folder / "its.npz")
