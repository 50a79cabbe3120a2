"""Check that a run is complete and consistent: all its parts are compared with each other."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.network.threads import one_thread
from edgeglow.model.run.answers_validation import check_confusion, check_test_digits
from edgeglow.model.run.convolution_validation import check_convolution
from edgeglow.model.run.run_data import RunData
from edgeglow.model.run.snapshot import Example, Snapshot
from edgeglow.model.run.value_checks import check_array, check_name, check_names, check_range, is_count
from edgeglow.model.text.printable import short_repr

KINDS = ("right", "hard", "wrong", "own")
TOLERANCE = 1e-4  # matrix products of different machines differ by a few parts in a million


def check_run(run: RunData) -> None:
    """Check the whole run. Raises EdgeglowError with the first fault."""
    with one_thread():  # a film's workers all load the run at the same time
        _check_all(run)


def _check_all(run: RunData) -> None:
    _check_claims(run)
    if not run.snapshots:
        raise EdgeglowError("there are no snapshots, expected at least the one before training")
    if not run.examples:
        raise EdgeglowError("there are no example digits, expected at least one")
    for number, example in enumerate(run.examples):
        _check_example(run, example, f"example {number}")
    for number, snapshot in enumerate(run.snapshots):
        _check_snapshot(run, snapshot, f"snapshot {number}")
    _check_order(run)
    _check_answers(run)
    _check_curve(run)
    check_test_digits(run)
    check_confusion(run)
    if run.convolution is not None:
        check_convolution(run, run.convolution)


def _check_claims(run: RunData) -> None:
    """Check the counts and names."""
    if (run.config is None) == (run.imported is None):
        raise EdgeglowError("expected either how it was trained here, or the file that it was imported from")
    _check_inputs(run)
    for name, count in (("training_count", run.training_count), ("test_count", run.test_count)):
        if not is_count(count) and not (count is None and name == "training_count" and run.imported):
            raise EdgeglowError(f"{name} is {short_repr(count)}, expected a whole number above 0")
    check_name(run.source, "the data source")
    check_names(run.class_names, "class", run.layer_sizes[-1], "the last layer")


def _check_inputs(run: RunData) -> None:
    """Check that there are as many pixels, or named numbers, as inputs."""
    if run.image_shape is None:
        check_names(run.feature_names, "feature", run.layer_sizes[0], "layer 0")
        return
    if run.feature_names:
        raise EdgeglowError(f"there are {len(run.feature_names)} feature names, but the inputs are pictures")
    if not (len(run.image_shape) == 2 and all(is_count(side) for side in run.image_shape)):
        raise EdgeglowError(f"the image shape is {short_repr(run.image_shape)}, expected (height, width)")
    height, width = run.image_shape
    if height * width != run.layer_sizes[0]:
        raise EdgeglowError(
            f"images of {height}×{width} have {height * width} pixels, but layer 0 has {run.layer_sizes[0]} neurons"
        )


def _check_example(run: RunData, example: Example, where: str) -> None:
    inputs, classes = run.layer_sizes[0], run.layer_sizes[-1]
    check_array(example.pixels, f"{where}: pixels", (inputs,), f"layer 0 has {inputs} neurons")
    if run.image_shape is not None:
        check_range(example.pixels, f"{where}: pixels")
    for name, value in (("label", example.label), ("answer", example.answer)):
        if value is None and name == "label" and example.kind == "own":
            continue
        if value is None or not 0 <= value < classes:
            raise EdgeglowError(f"{where}: the {name} is {value}, expected 0 to {classes - 1}")
    if example.kind not in KINDS:
        raise EdgeglowError(f"{where}: the kind is {short_repr(example.kind)}, expected one of {', '.join(KINDS)}")
    if example.kind != "own" and (example.kind == "wrong") != (example.label != example.answer):
        raise EdgeglowError(
            f"{where} is called {example.kind!r}, but it is {example.label} and the answer is {example.answer}"
        )


def _check_snapshot(run: RunData, snapshot: Snapshot, where: str) -> None:
    sizes, shown = run.layer_sizes, len(run.examples)
    edges = len(sizes) - 1
    for name, arrays, count in (
        ("weights", snapshot.weights, edges),
        ("biases", snapshot.biases, edges),
        ("activations", snapshot.activations, edges + 1),
    ):
        if len(arrays) != count:
            raise EdgeglowError(
                f"{where}: there are {len(arrays)} arrays of {name}, expected {count} for {len(sizes)} layers"
            )
    for k, (fan_in, fan_out) in enumerate(pairwise(sizes)):
        because = f"layer {k} has {fan_in} neurons and layer {k + 1} has {fan_out}"
        check_array(snapshot.weights[k], f"{where}: weights[{k}]", (fan_out, fan_in), because)
        because = f"layer {k + 1} has {fan_out} neurons"
        check_array(snapshot.biases[k], f"{where}: biases[{k}]", (fan_out,), because)
    for k, size in enumerate(sizes):
        because = f"there are {shown} examples and layer {k} has {size} neurons"
        check_array(snapshot.activations[k], f"{where}: activations[{k}]", (shown, size), because)
    if not (math.isfinite(snapshot.loss) and snapshot.loss >= 0):
        raise EdgeglowError(f"{where}: the loss is {snapshot.loss}, expected a finite number, 0 or above")
    if not 0 <= snapshot.accuracy <= 1:
        raise EdgeglowError(f"{where}: the accuracy is {snapshot.accuracy}, expected a number from 0 to 1")
    _check_time(run, snapshot, where)
    _check_activations(run, snapshot, where)


def _check_time(run: RunData, snapshot: Snapshot, where: str) -> None:
    """Check that exactly the known times of a snapshot are given."""
    if run.imported is not None:
        for name in ("step", "epoch", "examples"):
            value = getattr(snapshot, name)
            if (value is None) == (name == run.clock) or (value is not None and not 0 <= value < 2**53):
                counted = f"{run.clock}s" if run.clock else "nothing"
                raise EdgeglowError(f"{where}: {name} is {value!r}, but the checkpoints count {counted}")
        return
    step, examples, epoch, training = snapshot.step, snapshot.examples, snapshot.epoch, run.training_count
    if step is None or examples is None or epoch is None or training is None:
        raise EdgeglowError(f"{where}: expected step, examples and epoch, since it was trained here")
    if not abs(epoch - examples / training) <= 1e-9 * max(1.0, epoch):
        raise EdgeglowError(
            f"{where}: the epoch is {epoch:g}, but {examples:,} examples of {training:,} are {examples / training:g}"
        )


def _check_activations(run: RunData, snapshot: Snapshot, where: str) -> None:
    """Check that each stored layer follows from the stored layer before it, and layer 0 is the examples' pixels."""
    pixels = np.stack([example.pixels for example in run.examples])
    if not np.array_equal(snapshot.activations[0], pixels):
        raise EdgeglowError(f"{where}: activations[0] are not the pixels of the examples")
    network = run.network(snapshot)
    with np.errstate(over="ignore", invalid="ignore"):
        for k in range(1, len(run.layer_sizes)):
            computed = network.layer(k, snapshot.activations[k - 1])
            stored = snapshot.activations[k]
            # ReLU has no upper bound, so the tolerance grows with the values
            limit = TOLERANCE * max(1.0, float(np.abs(stored).max()))
            difference = float(np.abs(computed - stored).max())
            if not difference <= limit:  # also for NaN
                raise EdgeglowError(
                    f"{where}: activations[{k}] are not what its weights and biases give"
                    f" (off by up to {difference:.2g})"
                )


def _check_order(run: RunData) -> None:
    first = run.snapshots[0]
    if run.imported is None and (first.step != 0 or first.examples != 0):
        raise EdgeglowError(f"snapshot 0 is of step {first.step}, expected step 0, before any learning")
    for number, (before, after) in enumerate(pairwise(run.snapshots), start=1):
        for name in ("step", "epoch", "examples"):
            earlier, later = getattr(before, name), getattr(after, name)
            if earlier is not None and later is not None and later <= earlier:
                raise EdgeglowError(
                    f"snapshot {number} is of {name} {later:,}, but the one before it is of {name} {earlier:,};"
                    " expected more"
                )
    if not run.clock and len(run.snapshots) > 1:
        raise EdgeglowError(f"there are {len(run.snapshots)} snapshots, but nothing tells when they were taken")


def _check_answers(run: RunData) -> None:
    for number, (example, answers) in enumerate(zip(run.examples, run.last.activations[-1], strict=True)):
        if example.answer != (top := int(answers.argmax())):
            raise EdgeglowError(
                f"example {number}: the answer is {example.answer}, but in the last snapshot neuron {top} is"
                " the brightest"
            )


def _check_curve(run: RunData) -> None:
    points = run.curve_examples.size
    because = f"the curve has {points} points"
    check_array(run.curve_examples, "curve_examples", (points,), because, "int64")
    check_array(run.curve_losses, "curve_losses", (points,), because, "float64")
    check_array(run.curve_accuracies, "curve_accuracies", (points,), because, "float64")
    if not np.all(np.diff(run.curve_examples, prepend=0) > 0):
        raise EdgeglowError("curve_examples does not grow from point to point")
    seen = run.last.examples or 0
    if points and run.curve_examples[-1] > seen:
        raise EdgeglowError(
            f"curve_examples goes to {run.curve_examples[-1]:,}, but the last snapshot has seen {seen:,}"
        )
    if points and run.curve_losses.min() < 0:
        raise EdgeglowError(f"curve_losses holds {run.curve_losses.min():g}, expected 0 or above")
    check_range(run.curve_accuracies, "curve_accuracies")
