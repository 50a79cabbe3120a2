"""Files of PyTorch and NumPy that were taken wrongly once, where they lie beside this folder."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest

from edgeglow.model.importing import ImportChoices, ParsedNetwork, read_network
from edgeglow.model.importing.import_run import ImportOptions
from edgeglow.model.importing.importer import import_network
from edgeglow.model.network.network import Network

MADE = Path(__file__).parents[2] / "shared" / "cases" / "made"
pytestmark = pytest.mark.skipif(not MADE.is_dir(), reason=f"{MADE} is not there")
ORDERS = (("fc1", "fc2", "fc3", "fc4"), ("fc1", "fc3", "fc2", "fc4"))


def read(name: str, way: ImportChoices = ImportChoices()) -> ParsedNetwork:  # noqa: B008
    return read_network(MADE / name, activation=None if name.endswith(".npz") else "relu", way=way)


def storages(name: str, *shapes: tuple[int, ...]) -> list[np.ndarray]:
    """The numbers in a file of torch.save as they lie in it, those of another size left out."""
    with zipfile.ZipFile(MADE / name) as archive:
        places = sorted(
            (each for each in archive.namelist() if "/data/" in each), key=lambda each: int(Path(each).name)
        )
        found = [archive.read(place) for place in places]
    wanted = iter(shapes)
    shape, kept = next(wanted), []
    for content in found:
        if len(content) == 4 * np.prod(shape):
            kept.append(np.frombuffer(content, "<f4").reshape(shape))
            shape = next(wanted, (0, 0, 0))
    assert len(kept) == len(shapes)
    return kept


def check(stored: ParsedNetwork, *truth: np.ndarray) -> None:
    """``truth`` are weights and biases, layer after layer."""
    mine = [each for pair in zip(stored.weights, stored.biases, strict=True) for each in pair]
    for own, its in zip(mine, truth, strict=True):
        np.testing.assert_array_equal(own, its)


def test_an_average_is_read_and_its_counter_passed_over() -> None:
    stored = read("averaged.pt")
    check(stored, *storages("averaged.pt", (16, 784), (16,), (10, 16), (10,)))
    assert "Passed over, as they are no weights: n_averaged." in stored.remarks


def test_pruned_weights_are_0() -> None:
    bias, weights, mask, last, shift = storages("pruned.pt", (16,), (16, 784), (16, 784), (10, 16), (10,))
    check(read("pruned.pt"), weights * mask, bias, last, shift)
    assert np.count_nonzero(mask) == mask.size // 2


def test_shapes_tell_which_way_round_own_matrices_are() -> None:
    w1, b1, w2, b2 = storages("own_matrices.pt", (784, 16), (16,), (16, 10), (10,))
    check(read("own_matrices.pt"), w1.T, b1, w2.T, b2)


def test_sizes_beside_weights_are_passed_over() -> None:
    stored = read("sizes_beside.npz")
    with np.load(MADE / "sizes_beside.npz") as file:
        check(stored, file["W0"].T, file["b0"], file["W1"].T, file["b1"])
    assert "Passed over, as they are no weights: layers." in stored.remarks


def test_a_norm_after_the_activation_stays_there() -> None:
    shapes = (16, 784), (16,), (16,), (16,), (16,), (16,), (10, 16), (10,)
    w1, b1, gamma, beta, mean, variance, w2, b2 = storages("norm_after_relu.pt", *shapes)
    pixels = np.random.default_rng(0).random((50, 784)).astype(np.float32)
    a = (np.maximum(pixels @ w1.T + b1, 0) - mean) / np.sqrt(variance + 1e-5) * gamma + beta
    sums = a @ w2.T + b2
    stored = read("norm_after_relu.pt")
    answers = Network.of(stored.weights, stored.biases, "relu", "softmax").activations(pixels)[-1]
    np.testing.assert_allclose(answers, np.exp(sums) / np.exp(sums).sum(1, keepdims=True), atol=1e-5)


def test_layers_registered_out_of_order() -> None:
    shapes = (16, 784), (16,), (16, 16), (16,), (16, 16), (16,), (10, 16), (10,)
    fc1, b1, fc3, b3, fc2, b2, fc4, b4 = storages("odd_order.pt", *shapes)
    stored = read("odd_order.pt")
    check(stored, fc1, b1, fc2, b2, fc3, b3, fc4, b4)
    assert any("several orders: fc1, fc2, fc3, fc4 was taken" in remark for remark in stored.remarks)
    check(read("odd_order.pt", ImportChoices(order=ORDERS[1])), fc1, b1, fc3, b3, fc2, b2, fc4, b4)


@pytest.mark.parametrize("turn", [0, 1])
def test_examples_tell_the_order(turn: int, tmp_path: Path) -> None:
    """Examples that the network reads as they are labelled in one order, and otherwise in the other."""
    pixels = np.random.default_rng(4).random((6000, 784)).astype(np.float32)
    pixels *= np.random.default_rng(5).random((6000, 1)) < 0.5
    order, other = ORDERS[turn], ORDERS[1 - turn]
    answers = []
    for way in (order, other):
        stored = read("odd_order.pt", ImportChoices(order=way))
        network = Network.of(stored.weights, stored.biases, stored.hidden, stored.output)
        answers.append(network.activations(pixels)[-1].argmax(axis=1))
    differing = answers[0] != answers[1]
    assert np.count_nonzero(differing) > 100
    np.savez(tmp_path / "its.npz", x=pixels[differing].reshape(-1, 28, 28), y=answers[0][differing])
    found = import_network(
        MADE / "odd_order.pt", ImportOptions(activation="relu", scale=(0.0, 1.0)), data=str(tmp_path / "its.npz")
    )
    assert found.run.accuracy == 1.0
    assert any(remark.startswith(f"--order {','.join(order)} fits: it reads 100.0%") for remark in found.remarks)
