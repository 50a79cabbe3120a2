"""The network against slow, obvious references, and its gradients against finite differences."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from formulas import NAMES, activation

from edgeglow.model.network.activation_functions import LOSSES, OUTPUTS
from edgeglow.model.network.activations import HIDDEN, parse_function
from edgeglow.model.network.network import Network, count_parameters

HIDDENS = (*NAMES, "relu,tanh", "gelu,leaky_relu:0.2")
PIXELS = np.random.default_rng(5).random((6, 9))
LABELS = np.array([0, 3, 1, 2, 3, 0])


def random_network(
    hidden: str, output: str, sizes: tuple[int, ...] = (9, 6, 5, 4), dtype: type = np.float64
) -> Network:
    generator = np.random.default_rng(7)
    network = Network(sizes, hidden, output, dtype).randomise(generator)
    for bias in network.biases:
        bias[...] = generator.normal(0, 0.5, bias.shape)
    return network


def by_hand(network: Network, pixels: np.ndarray) -> list[list[float]]:
    """The activations of one digit, neuron by neuron."""
    layers = [[float(value) for value in pixels]]
    last = len(network.weights) - 1
    for k, (weights, biases) in enumerate(zip(network.weights, network.biases, strict=True)):
        sums = [
            sum(float(w) * a for w, a in zip(row, layers[k], strict=True)) + float(bias)
            for row, bias in zip(weights, biases, strict=True)
        ]
        kind = network.output if k == last else network.functions[k].name
        if kind == "softmax":
            layers.append([math.exp(s) / sum(map(math.exp, sums)) for s in sums])
        else:
            layers.append([activation(kind, s) for s in sums])
    return layers


def loss_by_hand(network: Network, loss: str) -> float:
    """The mean loss, digit by digit."""
    total = 0.0
    for pixels, label in zip(PIXELS, LABELS, strict=True):
        for index, answer in enumerate(by_hand(network, pixels)[-1]):
            expected = float(index == label)
            if loss == "squared":
                total += (answer - expected) ** 2
            elif network.output == "softmax":
                total -= expected * math.log(answer)
            else:
                total -= expected * math.log(answer) + (1 - expected) * math.log(1 - answer)
    return total / len(LABELS)


@pytest.mark.parametrize(("hidden", "output"), list(itertools.product(HIDDENS, OUTPUTS)))
def test_activations_are_what_the_formula_says(hidden: str, output: str) -> None:
    network = random_network(hidden, output)
    layers = network.activations(PIXELS)
    assert [layer.shape for layer in layers] == [(6, 9), (6, 6), (6, 5), (6, 4)]
    for digit, pixels in enumerate(PIXELS):
        for layer, expected in zip(layers, by_hand(network, pixels), strict=True):
            np.testing.assert_allclose(layer[digit], expected, rtol=1e-12)


@pytest.mark.parametrize(("hidden", "output", "loss"), list(itertools.product(HIDDENS, OUTPUTS, LOSSES)))
def test_loss_and_gradients(hidden: str, output: str, loss: str) -> None:
    """Every weight and bias: the gradient is the slope that small steps to both sides measure."""
    network = random_network(hidden, output)
    gradients = network.gradients(PIXELS, LABELS, loss)
    assert gradients.loss == pytest.approx(loss_by_hand(network, loss), rel=1e-12)
    assert network.loss(PIXELS, LABELS, loss) == pytest.approx(gradients.loss, rel=1e-12)
    step = 1e-6
    found = [*gradients.weights, *gradients.biases]
    for parameters, slopes in zip(network.weights + network.biases, found, strict=True):
        for place in np.ndindex(parameters.shape):
            value = parameters[place]
            parameters[place] = value + step
            above = network.loss(PIXELS, LABELS, loss)
            parameters[place] = value - step
            below = network.loss(PIXELS, LABELS, loss)
            parameters[place] = value
            assert slopes[place] == pytest.approx((above - below) / (2 * step), rel=1e-5, abs=1e-8)


@pytest.mark.parametrize("sizes", [(9, 4), (9, 1, 4), (9, 3, 3, 3, 4)])
def test_any_number_of_layers(sizes: tuple[int, ...]) -> None:
    network = random_network("tanh", "softmax", sizes)
    gradients = network.gradients(PIXELS, LABELS)
    flat = np.concatenate([part.ravel() for part in itertools.chain(*zip(*_parts(gradients), strict=True))])
    direction = np.random.default_rng(1).standard_normal(flat.shape)
    step = 1e-6
    network.parameters += step * direction
    above = network.loss(PIXELS, LABELS)
    network.parameters -= 2 * step * direction
    below = network.loss(PIXELS, LABELS)
    assert float(flat @ direction) == pytest.approx((above - below) / (2 * step), rel=1e-6)


def _parts(gradients: object) -> tuple[tuple[np.ndarray, ...], tuple[np.ndarray, ...]]:
    return gradients.weights, gradients.biases  # type: ignore[attr-defined]


def test_weights_and_biases_are_views_of_the_parameters() -> None:
    network = Network((3, 2, 2))
    assert len(network.parameters) == count_parameters((3, 2, 2)) == 3 * 2 + 2 + 2 * 2 + 2
    network.parameters[...] = np.arange(14)
    assert network.weights[0].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert network.biases[0].tolist() == [6, 7]
    assert network.weights[1].tolist() == [[8, 9], [10, 11]]
    assert network.biases[1].tolist() == [12, 13]


def test_of_copies() -> None:
    source = random_network("relu", "softmax", dtype=np.float32)
    copy = Network.of(source.weights, source.biases, "relu", "softmax")
    assert copy.layer_sizes == source.layer_sizes and copy.parameters.dtype == np.float32
    np.testing.assert_array_equal(copy.activations(PIXELS)[-1], source.activations(PIXELS)[-1])
    source.weights[0][...] = 0
    assert copy.weights[0].all()


def test_layer_is_one_step_of_the_activations() -> None:
    network = random_network("sigmoid", "softmax")
    layers = network.activations(PIXELS)
    for k in range(1, 4):
        np.testing.assert_array_equal(network.layer(k, layers[k - 1]), layers[k])


def test_glorot_and_he() -> None:
    sizes = (400, 300, 200)
    gains = {"sigmoid": 2 / 700, "tanh": 2 / 700, "relu": 2 / 400, "gelu": 2 / 400, "selu": 1 / 400}
    for hidden, first in gains.items():
        network = Network(sizes, hidden).randomise(np.random.default_rng(0))
        assert network.weights[0].var() == pytest.approx(first, rel=0.02)
        assert network.weights[1].var() == pytest.approx(2 / 500, rel=0.02)  # before softmax: Glorot
        assert not any(bias.any() for bias in network.biases)


@pytest.mark.parametrize(("output", "loss"), list(itertools.product(OUTPUTS, LOSSES)))
def test_extreme_sums_stay_finite(output: str, loss: str) -> None:
    """Sums of ±10,000, where exp overflows: the losses and gradients are still exact."""
    network = Network((9, 4), output=output)
    network.biases[0][...] = [10_000, -10_000, 0, 10_000]
    gradients = network.gradients(PIXELS, LABELS, loss)
    assert np.isfinite(gradients.biases[0]).all() and np.isfinite(gradients.weights[0]).all()
    answers = np.array([0.5, 0, 0, 0.5] if output == "softmax" else [1, 0, 0.5, 1])
    np.testing.assert_allclose(network.activations(PIXELS)[-1], np.tile(answers, (6, 1)))
    one_hot = np.eye(4)[LABELS]
    if loss == "squared":
        expected = ((answers - one_hot) ** 2).sum(axis=1).mean()
    elif output == "softmax":  # two of six lie at each of 0 and 3, one 10,000 and one 20,000 below the top
        expected = (4 * math.log(2) + 10_000 + 20_000 + 2 * math.log(2)) / 6
    else:  # softplus(s) - s at the true class, softplus(s) at the others
        softplus = np.array([10_000, 0, math.log(2), 10_000])
        expected = (softplus.sum() - np.array([10_000, -10_000, 0, 10_000])[LABELS]).mean()
    assert gradients.loss == pytest.approx(expected, rel=1e-5)


def test_each_layer_starts_by_its_own_function() -> None:
    network = Network((400, 300, 300, 10), "tanh,relu").randomise(np.random.default_rng(0))
    assert network.weights[0].var() == pytest.approx(2 / 700, rel=0.02)
    assert network.weights[1].var() == pytest.approx(2 / 300, rel=0.02)


def test_every_kind_is_among_those_tried() -> None:
    assert {name.partition(":")[0] for name in NAMES} == set(HIDDEN)


@pytest.mark.parametrize("name", NAMES)
def test_the_ends_of_a_functions_range_are_true(name: str) -> None:
    function, sums = parse_function(name), np.linspace(-40, 40, 80_001)
    found = np.empty_like(sums)
    function.apply(sums, found)
    assert found.min() >= function.low - 1e-7 and found.max() <= function.high
    if function.low > -np.inf:
        near = 0.03 if name == "softsign" else 1e-5  # goes there slowly
        assert found.min() == pytest.approx(function.low, abs=near)
    assert function.at_zero == pytest.approx(activation(name, 0.0), abs=1e-15)
    # what is called lit is what lies above the activation of the sum 0
    assert ((found > function.at_zero) == (sums > 0)).all()


@pytest.mark.parametrize("name", NAMES)
def test_extreme_sums_have_finite_activations_and_slopes(name: str) -> None:
    function = parse_function(name)
    for dtype in (np.float32, np.float64):
        sums = np.array([-1e30, -1e4, -100, 0, 100, 1e4, 1e30], dtype)
        found, slopes = np.empty_like(sums), np.empty_like(sums)
        function.apply(sums, found)
        function.slope(sums, found, slopes)
        assert np.isfinite(found).all() and np.isfinite(slopes).all()
        assert found[4] == pytest.approx(activation(name, 100.0), rel=1e-6)


@pytest.mark.parametrize(
    ("spelt", "name"),
    [
        ("ReLU", "relu"),
        ("swish", "silu"),
        ("Leaky ReLU: 0.30", "leaky_relu:0.3"),
        ("leaky_relu", "leaky_relu:0.01"),
        ("LeakyReLU:0.1234567891", "leaky_relu:0.1234567891"),
        ("elu:1", "elu"),
        ("GELU-tanh", "gelu_tanh"),
    ],
)
def test_a_function_has_one_name_however_it_is_spelt(spelt: str, name: str) -> None:
    assert parse_function(spelt).name == name == parse_function(name).name
