"""A run with a convolutional network: on disk and back, and checked like all it holds."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from casts import make_run

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.network.convolution.network import ConvolutionalNetwork
from edgeglow.model.run.run import Run
from edgeglow.model.run.storage import to_arrays, write_run

Change = Callable[[dict[str, np.ndarray]], object]


@pytest.fixture(scope="module")
def run() -> Run:
    """49-7-5-10, and 4 and 6 filters of 2×2."""
    return make_run("tiny")


def convolution_of(run: Run) -> ConvolutionalNetwork:
    assert run.convolution is not None
    return run.convolution


def fact(**changes: object) -> Change:
    def change(arrays: dict[str, np.ndarray]) -> None:
        about = json.loads(str(arrays["about"]))
        about["convolution"] |= changes
        arrays["about"] = np.array(json.dumps(about))

    return change


def about(value: object) -> Change:
    def change(arrays: dict[str, np.ndarray]) -> None:
        arrays["about"] = np.array(json.dumps(json.loads(str(arrays["about"])) | {"convolution": value}))

    return change


def make(name: str, maker: Callable[[np.ndarray], np.ndarray]) -> Change:
    def change(arrays: dict[str, np.ndarray]) -> None:
        arrays[name] = maker(arrays[name])

    return change


def put(name: str, place: Any, value: float) -> Change:
    def maker(array: np.ndarray) -> np.ndarray:
        array = array.copy()
        array[place] = value
        return array

    return make(name, maker)


def _no_about(arrays: dict[str, np.ndarray]) -> None:
    text = json.loads(str(arrays["about"]))
    del text["convolution"]
    arrays["about"] = np.array(json.dumps(text))


CONTRADICTIONS: list[tuple[str, Change]] = [
    ("about: convolution is missing", _no_about),
    ("about: convolution is 3, expected a dict or null", about(3)),
    ("about: convolution is {'accuracy': 1.0}, expected", about({"accuracy": 1.0})),
    ("unknown array conv_biases", about(None)),
    ("about: convolution: examples is 2.5, expected a int", fact(examples=2.5)),
    ("convolution: it has seen 0 examples", fact(examples=0)),
    ("convolution: the accuracy is 1.5", fact(accuracy=1.5)),
    ("convolution: the accuracy is nan", fact(accuracy=float("nan"))),
    ("convolution: the accuracy is 12.0000%, but it reads", fact(accuracy=0.12)),
    ("convolution: the loss is -1.0", fact(loss=-1.0)),
    ("convolution: the loss is 0.5, but over the test digits it is", fact(loss=0.5)),
    ("conv_filters_0 is missing", lambda arrays: arrays.pop("conv_filters_0")),
    ("conv_filters_1 is missing", lambda arrays: arrays.pop("conv_filters_1")),
    ("conv_filter_biases_1 is missing", lambda arrays: arrays.pop("conv_filter_biases_1")),
    ("conv_weights is missing", lambda arrays: arrays.pop("conv_weights")),
    ("unknown array conv_extra", lambda arrays: arrays.update(conv_extra=np.zeros(3))),
    (
        "conv_filters_1 has shape (6, 3, 2, 2), expected (filters, 4, 2, 2)",
        make("conv_filters_1", lambda array: array[:, 1:]),
    ),
    ("conv_filters_0 has shape (4, 1, 2, 1), expected", make("conv_filters_0", lambda array: array[..., 1:])),
    ("conv_filters_0 has shape (), expected", make("conv_filters_0", lambda array: array[0, 0, 0, 0])),
    ("conv_filters_0 has type float64", make("conv_filters_0", lambda array: array.astype(float))),
    ("conv_filters_1 holds nan", put("conv_filters_1", (0, 0, 0, 0), np.nan)),
    ("conv_filter_biases_0 has shape (3,), but there are 4", make("conv_filter_biases_0", lambda a: a[1:])),
    ("conv_biases has shape (9,), but there are 10 classes", make("conv_biases", lambda array: array[1:])),
    (
        "conv_weights has shape (10, 5), but there are 10 classes and 6 cells",
        make("conv_weights", lambda a: a[:, 1:]),
    ),
    ("conv_weights holds inf", put("conv_weights", (3, 3), np.inf)),
    ("but it reads", make("conv_weights", lambda array: array[::-1])),
]


@pytest.mark.parametrize(("message", "change"), CONTRADICTIONS)
def test_contradictions(
    message: str, change: Change, run: Run, tmp_path: Path, refusal: Callable[[Path], str]
) -> None:
    """Changed by somebody who also mended the checksums and the digest."""
    arrays = to_arrays(run)
    change(arrays)
    path = tmp_path / "digits.npz"
    write_run(path, arrays)
    assert message in refusal(path)


def test_round_trip(run: Run, tmp_path: Path) -> None:
    run.save(tmp_path / "a.npz")
    loaded = Run.load(tmp_path / "a.npz")
    assert loaded.digest == run.digest
    mine, yours = convolution_of(loaded), convolution_of(run)
    for name in ("image_shape", "accuracy", "loss", "examples", "epochs", "interrupted", "parameters"):
        assert getattr(mine, name) == getattr(yours, name)
    for one, other in zip(
        (*mine.filters, *mine.filter_biases, mine.weights, mine.biases),
        (*yours.filters, *yours.filter_biases, yours.weights, yours.biases),
        strict=True,
    ):
        assert one.dtype == np.float32
        np.testing.assert_array_equal(one, other)
    images = run.test_digits.images
    np.testing.assert_array_equal(mine.answers(images), yours.answers(images))
    loaded.save(tmp_path / "b.npz")
    assert (tmp_path / "b.npz").read_bytes() == (tmp_path / "a.npz").read_bytes()


def test_the_digest_covers_it(run: Run) -> None:
    without = replace(run, convolution=None)
    stopped = replace(run, convolution=replace(convolution_of(run), interrupted=True))
    assert len({run.digest, without.digest, stopped.digest}) == 3


def test_it_belongs_to_the_images(run: Run) -> None:
    with pytest.raises(EdgeglowError, match=r"the image shape is \(7, 8\), but the run's is \(7, 7\)"):
        replace(run, convolution=replace(convolution_of(run), image_shape=(7, 8)))
    with pytest.raises(EdgeglowError, match=r"the epochs are 9, but 12,000 examples of 2,000 are 6"):
        replace(run, convolution=replace(convolution_of(run), epochs=9.0))
    with pytest.raises(EdgeglowError, match="0 layers of filters and 0 of biases"):
        replace(run, convolution=replace(convolution_of(run), filters=(), filter_biases=()))


def test_it_must_fit(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edgeglow.model.run.convolution_validation.MOST_PATCHES", 100)
    with pytest.raises(EdgeglowError, match="2 layers of 2×2 filters do not fit images of 7×7"):
        replace(run, source="again")


def test_without_all_test_digits_the_claim_stands(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Accuracy and loss are over all test digits; a part of them could not contradict."""
    monkeypatch.setattr("edgeglow.model.run.answers_validation.MOST_HELD", 400)
    digits = run.test_digits
    held = replace(digits, images=digits.images[:400].copy(), labels=digits.labels[:400].copy())
    assert replace(run, test_digits=held).convolution is run.convolution
