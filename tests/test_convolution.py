"""The convolutional network against slow, obvious references; what a cell sees, against what can change it."""

from __future__ import annotations

import itertools
import math
import pickle

import numpy as np
import pytest
from scipy.signal import correlate2d

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.network.convolution.layout import ConvolutionSizes
from edgeglow.model.network.convolution.network import ConvolutionalNetwork
from edgeglow.model.network.convolution.passes import ConvolutionPasses

SMALL = ConvolutionSizes((7, 7), (3, 4), 2, 5)
RAGGED = ConvolutionSizes((8, 11), (3, 2), 2, 4)  # 7×10 pooled to 3×5, and 2×4 to 1×2
SINGLE = ConvolutionSizes((6, 7), (2,), 3, 3)
LAYOUTS = (SMALL, RAGGED, SINGLE)


def random_parameters(layout: ConvolutionSizes, dtype: type = np.float64) -> np.ndarray:
    return np.random.default_rng(3).normal(0, 0.5, layout.parameters).astype(dtype)


def random_convolution(layout: ConvolutionSizes) -> ConvolutionalNetwork:
    parts = layout.views(random_parameters(layout, np.float32))
    return ConvolutionalNetwork(
        parts.filters, parts.filter_biases, parts.weights, parts.biases, layout.image_shape, 0.5, 1.0, 10, 1.0
    )


def random_images(layout: ConvolutionSizes, count: int = 6) -> np.ndarray:
    return np.random.default_rng(4).random((count, *layout.image_shape))


def by_hand(layout: ConvolutionSizes, flat: np.ndarray, image: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
    """The stages of one image, map by map and cell by cell, and the answers."""
    parts = layout.views(flat)
    stages = [image[None]]
    for filters, biases in zip(parts.filters, parts.filter_biases, strict=True):
        sums = [
            sum(correlate2d(one, kernel, "valid") for one, kernel in zip(stages[-1], row, strict=True)) + bias
            for row, bias in zip(filters, biases, strict=True)
        ]
        stages.append(np.maximum(np.stack(sums), 0))
        count, height, width = stages[-1].shape
        pooled = np.empty((count, height // 2, width // 2))
        for j, row, column in np.ndindex(pooled.shape):
            pooled[j, row, column] = stages[-1][j, 2 * row : 2 * row + 2, 2 * column : 2 * column + 2].max()
        stages.append(pooled)
    exponentials = np.exp(parts.weights @ stages[-1].ravel() + parts.biases)
    return stages, exponentials / exponentials.sum()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_maps_and_answers(layout: ConvolutionSizes) -> None:
    images, flat = random_images(layout), random_parameters(layout)
    passes = ConvolutionPasses(layout, layout.views(flat), len(images))
    found = passes.maps(images)
    assert tuple(stage.shape[1:] for stage in found) == layout.map_shapes
    for digit, image in enumerate(images):
        stages, answers = by_hand(layout, flat, image)
        for stage, expected in zip(found, stages, strict=True):
            np.testing.assert_allclose(stage[digit], expected, rtol=1e-12, atol=1e-13)
        np.testing.assert_allclose(passes.answers[digit], answers, rtol=1e-12)
    np.testing.assert_allclose(np.exp(passes.sums), passes.answers, rtol=1e-12)


def slopes_measured(
    passes: ConvolutionPasses, flat: np.ndarray, images: np.ndarray, labels: np.ndarray
) -> np.ndarray:
    """The gradient by small steps of each parameter to both sides."""
    measured, step = np.empty_like(flat), 1e-6
    for i, value in enumerate(flat.copy()):
        losses = []
        for flat[i] in (value + step, value - step):
            losses.append(passes.learn(images, labels)[0])
        flat[i] = value
        measured[i] = (losses[0] - losses[1]) / (2 * step)
    return measured


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("flat_images", [False, True])
def test_gradients(layout: ConvolutionSizes, flat_images: bool) -> None:
    """Every parameter. In images of one grey all cells of a pool are equal: one of them gets the slope, not all."""
    images, flat = random_images(layout), random_parameters(layout)
    if flat_images:
        images[...] = np.linspace(0.1, 0.9, len(images))[:, None, None]
    labels = np.arange(len(images)) % layout.classes
    passes = ConvolutionPasses(layout, layout.views(flat), len(images), learns=True)
    loss, right = passes.learn(images, labels)
    gradient = passes.gradient.copy()
    answers = np.array([by_hand(layout, flat, image)[1] for image in images])
    assert loss == pytest.approx(-np.mean(np.log(answers[np.arange(len(labels)), labels])), rel=1e-12)
    assert right == np.sum(answers.argmax(axis=1) == labels)
    measured = slopes_measured(passes, flat, images, labels)
    np.testing.assert_allclose(gradient, measured, atol=1e-8)
    assert all(np.abs(part).max() > 1e-3 for part in layout.views(gradient).filters)


def test_sizes_of_the_usual_network() -> None:
    layout = ConvolutionSizes((28, 28), (8, 16), 5, 10)
    assert layout.map_shapes == ((1, 28, 28), (8, 24, 24), (8, 12, 12), (16, 8, 8), (16, 4, 4))
    assert layout.features == 256
    assert layout.parameters == 8 * 25 + 8 + 16 * 8 * 25 + 16 + 256 * 10 + 10
    assert ConvolutionSizes((16, 16), (8, 16), 5, 10).fits
    assert not ConvolutionSizes((15, 16), (8, 16), 5, 10).fits
    assert not ConvolutionSizes((28, 4), (8,), 5, 10).fits


@pytest.mark.parametrize("layout", LAYOUTS)
def test_parameters_lie_beside_each_other(layout: ConvolutionSizes) -> None:
    flat = np.arange(layout.parameters, dtype=np.float32)
    parts = layout.views(flat)
    arrays = [*parts.filters, *parts.filter_biases, parts.weights, parts.biases]
    np.testing.assert_array_equal(np.concatenate([array.ravel() for array in arrays]), flat)
    assert all(np.shares_memory(array, flat) for array in arrays)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_cell_sees_its_receptive_field_and_nothing_else(layout: ConvolutionSizes) -> None:
    """With positive weights no ReLU hides anything: each pixel inside can change the cell, none outside does."""
    parts = layout.views(np.abs(random_parameters(layout, np.float32)) + np.float32(0.1))
    network = ConvolutionalNetwork(
        parts.filters, parts.filter_biases, parts.weights, parts.biases, layout.image_shape, 0.5, 1.0, 10, 1.0
    )
    height, width = layout.image_shape
    before = random_images(layout, 1).astype(np.float32)
    changed = np.repeat(before, height * width, axis=0)
    changed.reshape(len(changed), -1)[np.diag_indices(height * width)] += 9  # so great that no pool leaves it out
    old, new = network.maps(before), network.maps(changed)
    for stage, (_, rows, columns) in enumerate(layout.map_shapes):
        moved = (new[stage] != old[stage]).all(axis=1).reshape(height, width, rows, columns)
        for row, column in itertools.product(range(rows), range(columns)):
            top, left, tall, wide = network.receptive_field(stage, row, column)
            seen = np.zeros((height, width), bool)
            seen[top : top + tall, left : left + wide] = True
            assert seen.sum() == tall * wide  # all of it within the image
            np.testing.assert_array_equal(moved[:, :, row, column], seen)


def test_receptive_fields_of_the_usual_network() -> None:
    network = random_convolution(ConvolutionSizes((28, 28), (8, 16), 5, 10))
    assert network.receptive_field(0, 3, 9) == (3, 9, 1, 1)
    assert network.receptive_field(1, 3, 9) == (3, 9, 5, 5)
    assert network.receptive_field(2, 3, 9) == (6, 18, 6, 6)
    assert network.receptive_field(3, 0, 7) == (0, 14, 14, 14)
    assert network.receptive_field(4, 3, 3) == (12, 12, 16, 16)


@pytest.mark.parametrize(
    ("cell", "message"),
    [((5, 0, 0), "stage 5: expected 0"), ((-1, 0, 0), "stage -1"), ((4, 0, 4), r"cell \(0, 4\): the maps of")],
)
def test_cells_that_are_not_there(cell: tuple[int, int, int], message: str) -> None:
    with pytest.raises(EdgeglowError, match=message):
        random_convolution(ConvolutionSizes((28, 28), (8, 16), 5, 10)).receptive_field(*cell)


def test_many_digits_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than go through together: what each gives does not depend on the others."""
    network, images = random_convolution(RAGGED), random_images(RAGGED, 11).astype(np.float32)
    whole, answers = network.maps(images), network.answers(images)
    monkeypatch.setattr("edgeglow.model.network.convolution.network.AT_ONCE", 4)
    for stage, expected in zip(network.maps(images), whole, strict=True):
        assert stage.dtype == np.float32
        np.testing.assert_allclose(stage, expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(network.answers(images), answers, rtol=1e-5)
    monkeypatch.setattr("edgeglow.model.network.convolution.network.MOST_AT_ONCE", RAGGED.patches)
    logarithms = network.forward(images)[1]
    np.testing.assert_allclose(np.exp(logarithms), answers, rtol=1e-5)
    assert math.isclose(float(answers.sum()), 11, rel_tol=1e-5)


@pytest.mark.parametrize("shape", [(3, 7, 8), (7, 7), (0, 7, 7)])
def test_images_of_another_shape(shape: tuple[int, ...]) -> None:
    with pytest.raises(EdgeglowError, match=r"images of shape .*: expected \(digits, 7, 7\)"):
        random_convolution(SMALL).answers(np.zeros(shape, np.float32))


def test_it_cannot_be_changed_and_can_be_sent() -> None:
    network = random_convolution(SMALL)
    assert network.parameters == SMALL.parameters and network.layout == SMALL
    assert repr(network) == "Convolution(3-4 filters of 2×2, 50.00%)"
    for array in (*network.filters, *network.filter_biases, network.weights, network.biases):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
    again = pickle.loads(pickle.dumps(network))
    images = random_images(SMALL).astype(np.float32)
    np.testing.assert_array_equal(again.answers(images), network.answers(images))
