"""Check that a run's convolutional network is complete, and reaches the accuracy and loss that the run states."""

from __future__ import annotations

import math

import numpy as np

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.network.activation_functions import mean_loss
from edgeglow.model.network.convolution.network import ConvolutionalNetwork
from edgeglow.model.run.answers_validation import top_answers
from edgeglow.model.run.run_data import RunData
from edgeglow.model.run.value_checks import check_array, is_count
from edgeglow.model.text.printable import short_repr

MOST_PATCHES = 20_000_000  # numbers in the patches of one digit: far beyond what can be shown
TOLERANCE = 1e-4  # of the loss, which other machines round differently


def check_convolution(run: RunData, convolution: ConvolutionalNetwork) -> None:
    """Check the facts, shapes and results of the network. Raises EdgeglowError with the first fault."""
    _check_facts(run, convolution)
    _check_shapes(run, convolution)
    if len(run.test_digits) == run.test_count:
        _check_answers(run, convolution)


def _check_shapes(run: RunData, convolution: ConvolutionalNetwork) -> None:
    filters, biases = convolution.filters, convolution.filter_biases
    if not filters or len(filters) != len(biases):
        raise EdgeglowError(
            f"convolution: {len(filters)} layers of filters and {len(biases)} of biases, expected as many, at least 1"
        )
    into, side = 1, filters[0].shape[-1] if filters[0].ndim else 0
    for k, (own, bias) in enumerate(zip(filters, biases, strict=True)):
        if own.ndim != 4 or not own.size or own.shape[1:] != (into, side, side):
            raise EdgeglowError(f"conv_filters_{k} has shape {own.shape}, expected (filters, {into}, {side}, {side})")
        check_array(own, f"conv_filters_{k}", own.shape, "")
        check_array(bias, f"conv_filter_biases_{k}", own.shape[:1], f"there are {len(own)} filters")
        into = len(own)
    classes = run.layer_sizes[-1]
    check_array(convolution.biases, "conv_biases", (classes,), f"there are {classes} classes")
    if convolution.image_shape != run.image_shape:
        raise EdgeglowError(
            f"convolution: the image shape is {convolution.image_shape}, but the run's is {run.image_shape}"
        )
    layout = convolution.layout
    if not layout.fits or layout.patches > MOST_PATCHES:
        raise EdgeglowError(
            f"convolution: {len(filters)} layers of {side}×{side} filters do not fit images of"
            f" {'×'.join(map(str, run.image_shape or ()))}"
        )
    because = f"there are {classes} classes and {layout.features} cells in the last maps"
    check_array(convolution.weights, "conv_weights", (classes, layout.features), because)


def _check_facts(run: RunData, convolution: ConvolutionalNetwork) -> None:
    if not 0 <= convolution.accuracy <= 1:
        raise EdgeglowError(f"convolution: the accuracy is {convolution.accuracy}, expected a number from 0 to 1")
    if not (math.isfinite(convolution.loss) and convolution.loss >= 0):
        raise EdgeglowError(f"convolution: the loss is {convolution.loss}, expected a finite number, 0 or above")
    if not is_count(convolution.examples):
        raise EdgeglowError(
            f"convolution: it has seen {short_repr(convolution.examples)} examples, expected a whole number above 0"
        )
    if run.training_count is None or run.image_shape is None:
        raise EdgeglowError("convolution: it learnt from no digits of this run, which knows of none to learn from")
    epochs = convolution.examples / run.training_count
    if abs(convolution.epochs - epochs) > 1e-9 * max(1.0, epochs):
        raise EdgeglowError(
            f"convolution: the epochs are {convolution.epochs:g}, but {convolution.examples:,} examples of"
            f" {run.training_count:,} are {epochs:g}"
        )


def _check_answers(run: RunData, convolution: ConvolutionalNetwork) -> None:
    """Compare accuracy and loss with all test digits; a tie for the largest output may count as right or wrong."""
    labels = run.test_digits.labels
    with np.errstate(over="ignore", invalid="ignore"):
        answers, logarithms = convolution.forward(run.test_digits.images)
        one_hot = np.eye(run.layer_sizes[-1], dtype=np.float32)[labels]
        loss = mean_loss("cross-entropy", "softmax", logarithms, answers, one_hot)
    candidates = top_answers(answers)
    may_be_right = candidates[np.arange(len(labels)), labels]
    is_right = may_be_right & (candidates.sum(axis=1) == 1)
    claimed = convolution.accuracy * run.test_count
    if not is_right.sum() - 1e-6 <= claimed <= may_be_right.sum() + 1e-6:
        raise EdgeglowError(
            f"convolution: the accuracy is {convolution.accuracy:.4%}, but it reads {is_right.mean():.4%} of the"
            " test digits right"
        )
    if not abs(loss - convolution.loss) <= TOLERANCE * max(1.0, loss):
        raise EdgeglowError(f"convolution: the loss is {convolution.loss:g}, but over the test digits it is {loss:g}")
