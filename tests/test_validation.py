"""Runs that contradict themselves: each claim is checked against the others."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.files.npz_file import write_arrays
from edgeglow.model.run.run import Run
from edgeglow.model.run.storage import content_digest, to_arrays, write_run

Arrays = dict[str, np.ndarray]
Change = Callable[[Arrays], object]
Refusal = Callable[[Path], str]


def about(**changes: object) -> Change:
    def change(arrays: Arrays) -> None:
        arrays["about"] = np.array(json.dumps(json.loads(str(arrays["about"])) | changes))

    return change


def config(**changes: object) -> Change:
    def change(arrays: Arrays) -> None:
        old = json.loads(str(arrays["about"]))["config"]
        about(config=old | changes)(arrays)

    return change


def put(name: str, place: Any, value: Any) -> Change:
    def change(arrays: Arrays) -> None:
        arrays[name] = arrays[name].copy()
        arrays[name][place] = value

    return change


def make(name: str, maker: Callable[[np.ndarray], np.ndarray]) -> Change:
    def change(arrays: Arrays) -> None:
        arrays[name] = maker(arrays[name])

    return change


def drop(name: str) -> Change:
    return lambda arrays: arrays.pop(name)


def _double_biases(arrays: Arrays) -> None:
    arrays["biases_0"] = arrays["biases_0"].astype(np.float64)


CONTRADICTIONS: list[tuple[str, Change]] = [
    ("it has format version 1, but this edgeglow reads 3 and 4", about(version=1)),
    ("format version None", about(version=None)),
    ("about: source is 3, expected a str", about(source=3)),
    ("about: unknown field 'colour'", about(colour="red")),
    ("about: interrupted is 1, expected a bool", about(interrupted=1)),
    ("about: expected config or imported, one of them null", about(config=None)),
    ("about: config is 3, expected a dict or null", about(config=3)),
    ("about: imported is 'x', expected a dict or null", about(imported="x")),
    ("the data source is '', expected a name", about(source="")),
    ("misses field", about(config={"seed": 0})),
    ("hidden activation 'x': expected one of", config(hidden="x")),
    ("hidden activation 'relu,tanh,elu': there are 3 names, but 2 hidden", config(hidden="relu,tanh,elu")),
    ("activations[2] are not what its weights and biases give", config(hidden="sigmoid,tanh")),
    ("layer size '5'", config(layer_sizes=[49, "5", 10])),
    ("momentum None", config(momentum=None)),
    ("hidden layer 1 has 1,000,000 neurons: expected at most 4,096", config(layer_sizes=[49, 10**6, 10])),
    ("9 hidden layers: expected at most 8", config(layer_sizes=[49, *[7] * 9, 10])),
    ("activations_4 is missing", config(layer_sizes=[49, 7, 5, 5, 10])),
    ("unknown array activations_3", config(layer_sizes=[49, 7, 10])),
    (
        "snapshot 0: weights[1] has shape (5, 7), but layer 1 has 7 neurons and layer 2 has 6",
        config(layer_sizes=[49, 7, 6, 10]),
    ),
    ("images of 7×8 have 56 pixels, but layer 0 has 49 neurons", about(image_shape=[7, 8])),
    ("the image shape is (7,)", about(image_shape=[7])),
    ("there are 0 feature names, but layer 0 has 49 neurons", about(image_shape=None)),
    ("there are 1 feature names, but the inputs are pictures", about(feature_names=["a"])),
    ("the image shape is ('7', 7)", about(image_shape=["7", 7])),
    ("training_count is 0", about(training_count=0)),
    ("test_count is -1", about(test_count=-1)),
    ("test_images has shape (500, 7, 7), but 501 of the 501 test digits are held", about(test_count=501)),
    ("confusion counts 1,000 digits, but there are 500", make("confusion", lambda array: array * 2)),
    ("there are 9 class names, but the last layer has 10 neurons", about(class_names=list("012345678"))),
    ("expected different names", about(class_names=list("0123456788"))),
    ("expected different names", about(class_names=list(range(10)))),
    ("expected different names", about(class_names=[*"012345678", " "])),
    ("curve_losses is missing", drop("curve_losses")),
    ("weights_1 is missing", drop("weights_1")),
    ("unknown array extra", lambda arrays: arrays.update(extra=np.zeros(3))),
    ("snapshot 2: weights[0] holds nan", put("weights_0", (2, 1, 1), np.nan)),
    ("snapshot 5: biases[2] holds inf", put("biases_2", (5, 0), np.inf)),
    ("snapshot 0: biases[0] has type float64, expected float32", _double_biases),
    ("snapshot 0: weights[2] has shape (9, 5)", make("weights_2", lambda array: array[:, :-1])),
    ("weights_0 has shape (5, 7, 49), but there are 6 snapshots", make("weights_0", lambda array: array[1:])),
    ("weights_0 has shape (), but", make("weights_0", lambda array: array[0, 0, 0])),
    ("snapshot 0: weights[0] has shape ()", make("weights_0", lambda array: array[:, 0, 0])),
    ("snapshot 3: activations[1] are not what", put("activations_1", (3, 2, 4), 0.123)),
    ("snapshot 3: activations[1] are not what", put("weights_0", (3, 4), 3)),
    ("snapshot 0: activations[3] holds nan", put("activations_3", (0, 0, 0), np.nan)),
    ("snapshot 1: the loss is nan", put("snapshot_loss", 1, np.nan)),
    ("snapshot 1: the loss is -1.0", put("snapshot_loss", 1, -1)),
    ("snapshot 1: the accuracy is 1.5", put("snapshot_accuracy", 1, 1.5)),
    ("but the last snapshot's accuracy is 50.0000%", put("snapshot_accuracy", -1, 0.5)),
    ("snapshot 0 is of step 1, expected step 0", put("snapshot_step", 0, 1)),
    ("snapshot 3 is of step 675", put("snapshot_step", 2, 3125)),
    ("snapshot_step is float64 of shape (6,), expected int64 (6,)", make("snapshot_step", lambda array: array * 1.0)),
    ("snapshot_step is int64 of shape (6, 1)", make("snapshot_step", lambda array: array[:, None])),
    ("example_pixels has shape (18, 49), but there are 1 examples", make("example_label", lambda array: array[0])),
    ("example 0: the label is 10, expected 0 to 9", put("example_label", 0, 10)),
    ("example 0 is called 'right', but it is 1 and the answer is 0", put("example_label", 0, 1)),
    ("example 0: the answer is -1", put("example_answer", 0, -1)),
    ("example 1: the kind is 'good'", put("example_kind", 1, "good")),
    ("is called 'wrong', but it is 2 and the answer is 2", put("example_kind", 2, "wrong")),
    ("example 0: pixels holds", put("example_pixels", (0, 0), 2)),
    ("example 0: pixels holds nan", put("example_pixels", (0, 0), np.nan)),
    ("activations[1] are not what", put("example_pixels", 0, 0.5)),
    ("curve_losses holds nan", put("curve_losses", 0, np.nan)),
    ("curve_losses holds -1", put("curve_losses", 0, -1)),
    ("curve_losses has shape (199,), but the curve has 200 points", make("curve_losses", lambda array: array[1:])),
    ("curve_examples has type float64", make("curve_examples", lambda array: array * 1.0)),
    ("curve_examples has shape ()", make("curve_examples", lambda array: array[0])),
    ("curve_examples does not grow", make("curve_examples", lambda array: array[::-1])),
    ("curve_examples goes to", put("curve_examples", -1, 10**6)),
    ("curve_accuracies holds", put("curve_accuracies", 5, 1.01)),
    ("test_images is missing", drop("test_images")),
    ("test_images has type int64, expected float32", make("test_images", lambda array: array.astype(int))),
    ("test_images holds 0 to 3", make("test_images", lambda array: array * np.float32(3))),
    ("test_images holds nan", put("test_images", (7, 3, 3), np.nan)),
    ("images of shape (500, 49), expected", make("test_images", lambda array: array.reshape(500, 49))),
    ("test_labels has type float32", make("test_labels", lambda array: array.astype(np.float32))),
    ("test_labels holds -1 to 9, expected 0 to 9", put("test_labels", 9, -1)),
    ("500 images, but labels of shape (499,)", make("test_labels", lambda array: array[1:])),
    ("confusion holds -5, expected counts", put("confusion", (0, 0), -5)),
    ("confusion has shape (10, 9), but there are 10 classes", make("confusion", lambda array: array[:, 1:])),
    ("right answers, but the last snapshot's accuracy is", make("confusion", lambda array: array[:, ::-1])),
]


@pytest.mark.parametrize(("message", "change"), CONTRADICTIONS)
def test_contradictions(message: str, change: Change, tiny_run: Run, tmp_path: Path, refusal: Refusal) -> None:
    """Changed by somebody who also mended the checksums and the digest."""
    arrays = to_arrays(tiny_run)
    change(arrays)
    path = tmp_path / "digits.npz"
    write_run(path, arrays)
    assert message in refusal(path)


def test_wrong_answers_of_examples(tiny_run: Run) -> None:
    wrong = next(i for i, example in enumerate(tiny_run.examples) if example.kind == "wrong")
    example = tiny_run.examples[wrong]
    other = next(c for c in range(10) if c not in {example.label, example.answer})
    examples = list(tiny_run.examples)
    examples[wrong] = replace(example, answer=other)
    with pytest.raises(EdgeglowError, match=f"example {wrong}: the answer is {other}, but in the last snapshot"):
        replace(tiny_run, examples=tuple(examples))


def test_empty_runs(tiny_run: Run) -> None:
    with pytest.raises(EdgeglowError, match="there are no snapshots"):
        replace(tiny_run, snapshots=())
    with pytest.raises(EdgeglowError, match="there are no example digits"):
        replace(tiny_run, examples=())
    shot = tiny_run.first
    with pytest.raises(EdgeglowError, match="snapshot 0: there are 2 arrays of weights, expected 3 for 4 layers"):
        replace(tiny_run, snapshots=(replace(shot, weights=shot.weights[:2]), *tiny_run.snapshots[1:]))
    with pytest.raises(EdgeglowError, match=r"snapshot 0: the epoch is 3, but 0 examples of 2,000 are 0"):
        replace(tiny_run, snapshots=(replace(shot, epoch=3.0), *tiny_run.snapshots[1:]))


def test_the_digest_is_verified(tiny_run: Run, tmp_path: Path, refusal: Refusal) -> None:
    """A change that contradicts nothing: a loss along the way."""
    arrays = to_arrays(tiny_run)
    text = json.loads(str(arrays["about"])) | {"digest": content_digest(arrays)}
    losses = arrays["curve_losses"] * 0.9
    path = tmp_path / "digits.npz"
    write_arrays(path, arrays | {"about": np.array(json.dumps(text)), "curve_losses": losses})
    assert "the contents have digest" in refusal(path)


def test_relu_activations_are_compared_by_their_size(relu_run: Run) -> None:
    """Activations of a thousand differ by more from machine to machine than those of one."""
    factor = np.float32(4096.0)
    shots = []
    for shot in relu_run.snapshots:
        weights = (shot.weights[0] * factor, shot.weights[1] / factor)
        biases = (shot.biases[0] * factor, shot.biases[1])
        rounding = 1 + 1e-6 * np.random.default_rng(0).standard_normal(shot.activations[1].shape)
        hidden = (shot.activations[1] * factor * rounding).astype(np.float32)
        activations = (shot.activations[0], hidden, shot.activations[2])
        shots.append(replace(shot, weights=weights, biases=biases, activations=activations))
    assert replace(relu_run, snapshots=tuple(shots)).digest != relu_run.digest
