"""From a network's file to a run: scales, names, shapes, checkpoints, and what looks wrong is said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edgeglow.model.data.digits import Digits
from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing import CheckpointStep, ParsedNetwork, read_network
from edgeglow.model.importing.examples.labelled_file import LabelledExamples
from edgeglow.model.importing.import_run import ImportOptions, resize_digits, run_from_network
from edgeglow.model.run.run import Run

NETWORKS = Path(__file__).parent / "fixtures" / "networks"


def stored(run: Run, number: int = -1, **changes: object) -> ParsedNetwork:
    """A run's network as a file might hold it."""
    shot = run.snapshots[number]
    plain = ParsedNetwork(shot.weights, shot.biases, run.hidden, run.output)
    return replace(plain, **changes)  # type: ignore[arg-type]


def examples(run: Run) -> LabelledExamples:
    return LabelledExamples(run.test_digits.images, run.test_digits.labels, "segments")


def scaled(network: ParsedNetwork, mean: float, std: float) -> ParsedNetwork:
    """The same network, made for (pixel - mean) / std."""
    first = network.weights[0].astype(np.float64)
    shifted = network.biases[0] + mean * first.sum(axis=1)
    weights = ((first * std).astype(np.float32), *network.weights[1:])
    return replace(network, weights=weights, biases=(shifted.astype(np.float32), *network.biases[1:]))


def test_one_file_is_a_run_of_one_moment(tiny_run: Run, tmp_path: Path) -> None:
    adoption = run_from_network("my.pt", [(None, stored(tiny_run))], examples(tiny_run), ImportOptions())
    run = adoption.run
    assert run.imported is not None and run.imported.file == "my.pt" and run.config is None
    assert (run.clock, run.from_scratch, len(run.snapshots)) == ("", False, 1)
    assert run.image_shape == (7, 7) and run.class_names == tuple("0123456789")
    assert run.accuracy == tiny_run.accuracy and run.last.loss == pytest.approx(tiny_run.last.loss)
    np.testing.assert_array_equal(run.confusion, tiny_run.confusion)
    assert [one.kind for one in run.examples] == [one.kind for one in tiny_run.examples]
    assert not adoption.doubts
    run.save(tmp_path / "run.npz")
    loaded = Run.load(tmp_path / "run.npz")
    assert loaded.digest == run.digest and loaded.imported == run.imported
    assert loaded.last.step is None and loaded.last.epoch is None


@pytest.mark.parametrize("clock", ["step", "epoch"])
def test_checkpoints_are_snapshots(tiny_run: Run, tmp_path: Path, clock: str) -> None:
    stages = [(CheckpointStep(clock, 3 * number), stored(tiny_run, number)) for number in range(4)]
    run = run_from_network("folder", stages, examples(tiny_run), ImportOptions()).run
    assert run.clock == clock and run.times.tolist() == [0, 3, 6, 9] and run.from_scratch
    for mine, its in zip(run.snapshots, tiny_run.snapshots, strict=False):
        assert mine.accuracy == its.accuracy and mine.loss == pytest.approx(its.loss)
        np.testing.assert_array_equal(mine.weights[1], its.weights[1])
    run.save(tmp_path / "run.npz")
    assert Run.load(tmp_path / "run.npz").times.tolist() == [0, 3, 6, 9]
    late = run_from_network("folder", stages[1:], examples(tiny_run), ImportOptions()).run
    assert not late.from_scratch
    with pytest.raises(EdgeglowError, match=r"snapshot 1 is of .* but the one before it is of"):
        run_from_network("folder", stages[::-1], examples(tiny_run), ImportOptions())


@pytest.mark.parametrize(("low", "high"), [(0.0, 16.0), (-0.42, 2.82)])
def test_pictures_in_a_networks_own_scale(tiny_run: Run, low: float, high: float) -> None:
    """As scikit-learn's 8×8 digits from 0 to 16, or pixels that were standardised: the same answers."""
    network = scaled(stored(tiny_run), -low / (high - low), 1 / (high - low))
    images = tiny_run.test_digits.images * np.float32(high - low) + np.float32(low)
    told = LabelledExamples(images, tiny_run.test_digits.labels, "segments")
    adoption = run_from_network("a.pt", [(None, network)], told, ImportOptions())
    assert adoption.run.accuracy == pytest.approx(tiny_run.accuracy, abs=0.005)
    assert adoption.run.test_digits.images.min() >= 0 and adoption.run.test_digits.images.max() <= 1
    assert any(f"from {low:g} to {high:g}" in remark for remark in adoption.remarks)


def test_a_wrong_activation_is_noticed(relu_run: Run) -> None:
    wrong = stored(relu_run, hidden="sigmoid")
    (doubt,) = run_from_network("a", [(None, wrong)], examples(relu_run), ImportOptions(activation="sigmoid")).doubts
    assert f"{relu_run.accuracy:.1%} with --activation relu" in doubt


def test_classes_in_another_order_are_asked_for(tiny_run: Run) -> None:
    labels = (examples(tiny_run).labels * 3 + 5) % 10
    adoption = run_from_network(
        "a", [(None, stored(tiny_run))], replace(examples(tiny_run), labels=labels), ImportOptions()
    )
    assert "it reads only" in adoption.doubts[0] and "--classes" in adoption.doubts[0]


def test_named_numbers(tiny_run: Run) -> None:
    names = tuple(f"f{number}" for number in range(49))
    rows = LabelledExamples(tiny_run.test_digits.pixels * 90 - 30, tiny_run.test_digits.labels, "table", (), names)
    run = run_from_network("a", [(None, stored(tiny_run))], rows, ImportOptions()).run
    assert run.image_shape is None and run.feature_names == names and run.subject == "rows"
    np.testing.assert_allclose(run.test_digits.pixels, rows.inputs)


REFUSED = {
    "--shape 7,8 has 56 pixels, but there are 49 inputs": ImportOptions(image_shape=(7, 8)),
    "there are 2 class names (a, b), but the last layer has 10": ImportOptions(class_names=("a", "b")),
    "there are 1 feature names (x), but there are 49 inputs": ImportOptions(feature_names=("x",)),
}


@pytest.mark.parametrize(("message", "options"), REFUSED.items())
def test_options_that_do_not_fit(tiny_run: Run, message: str, options: ImportOptions) -> None:
    with pytest.raises(EdgeglowError) as caught:
        run_from_network("a", [(None, stored(tiny_run))], examples(tiny_run), options)
    assert message in str(caught.value)


def test_examples_that_do_not_fit(tiny_run: Run) -> None:
    fitting = examples(tiny_run)
    for changed, message in (
        (replace(fitting, inputs=fitting.inputs[:, :6]), "segments has examples of 42 numbers"),
        (
            replace(fitting, labels=fitting.labels + 1),
            "segments has the class 10, but those of the network are 0, 1, 2, 3, 4 and 5 more; name",
        ),
    ):
        with pytest.raises(EdgeglowError, match=message):
            run_from_network("a", [(None, stored(tiny_run))], changed, ImportOptions())


def test_digits_of_another_size_keep_their_place_and_light() -> None:
    images = np.zeros((1, 28, 28), np.float32)
    images[0, 4:12, 16:20] = 1
    for shape in ((8, 8), (14, 7), (56, 56)):
        small = resize_digits(Digits(images, np.zeros(1, np.int64), "strokes"), shape).images
        assert small.shape == (1, *shape) and small.dtype == np.float32
        assert small.mean() == pytest.approx(images.mean(), rel=0.12)
        weights = small[0] / small.sum()
        for axis, middle in ((0, 7.5), (1, 17.5)):
            place = (np.arange(shape[axis]) * weights.sum(axis=1 - axis)).sum()
            assert (place + 0.5) / shape[axis] == pytest.approx((middle + 0.5) / 28, abs=0.03)


def test_a_normalisation_outside_the_network_is_folded_in_exactly() -> None:
    """The answers of the library that wrote the network, to pixels that become its inputs once normalised."""
    network = NETWORKS / "state_dict.pt"
    with np.load(f"{network}.expected.npz") as file:
        inputs, outputs = file["inputs"], file["outputs"]
    pixels = (inputs * 0.3081 + 0.1307).astype(np.float32).reshape(-1, 7, 7)
    told = LabelledExamples(pixels, outputs.argmax(axis=1), "its own")
    options = ImportOptions(scale=(0.1307, 0.3081))
    run = run_from_network("a.pt", [(None, read_network(network, activation="relu"))], told, options).run
    assert np.abs(run.network().activations(pixels.reshape(-1, 49))[-1] - outputs).max() < 1e-5


WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

# -- classes are found by their names -------------------------------------------------------------------------


def test_classes_of_networks_and_examples_may_be_in_different_orders(tiny_run: Run) -> None:
    named = stored(tiny_run, class_names=WORDS)
    alphabet = tuple(sorted(WORDS))
    labels = np.array([alphabet.index(WORDS[label]) for label in tiny_run.test_digits.labels])
    other = LabelledExamples(tiny_run.test_digits.images, labels, "segments", alphabet)
    run = run_from_network("a", [(None, named)], other, ImportOptions()).run
    assert run.class_names == WORDS
    np.testing.assert_array_equal(run.confusion, tiny_run.confusion)


def test_examples_need_not_be_of_all_classes(tiny_run: Run) -> None:
    """Three and five alone: by the alphabet of the file they would be 0 and 1."""
    some = np.isin(tiny_run.test_digits.labels, (3, 5))
    labels = (tiny_run.test_digits.labels[some] == 3).astype(np.int64)
    few = LabelledExamples(tiny_run.test_digits.images[some], labels, "segments", ("five", "three"))
    run = run_from_network("a", [(None, stored(tiny_run, class_names=WORDS))], few, ImportOptions()).run
    assert np.flatnonzero(run.confusion.sum(axis=1)).tolist() == [3, 5] and run.accuracy > 0.7


def test_digits_as_classes_in_another_order(tiny_run: Run) -> None:
    order = [3, 1, 4, 0, 5, 9, 2, 6, 8, 7]
    last = stored(tiny_run)
    turned = replace(
        last,
        weights=(*last.weights[:-1], last.weights[-1][order]),
        biases=(*last.biases[:-1], last.biases[-1][order]),
        class_names=tuple(map(str, order)),
    )
    run = run_from_network("a", [(None, turned)], examples(tiny_run), ImportOptions()).run
    assert run.accuracy == tiny_run.accuracy and run.class_names[0] == "3"


def test_a_class_that_the_network_does_not_know(tiny_run: Run) -> None:
    fruits = LabelledExamples(tiny_run.test_digits.images, tiny_run.test_digits.labels % 2, "fruits", ("fig", "pear"))
    with pytest.raises(
        EdgeglowError, match=r"fruits has the class fig, but those of the network are zero, one, .*--classes"
    ):
        run_from_network("a", [(None, stored(tiny_run, class_names=WORDS))], fruits, ImportOptions())
    with pytest.raises(EdgeglowError, match=r"there are 2 class names \(fig, pear\), but the last layer has 10"):
        run_from_network("a", [(None, stored(tiny_run))], fruits, ImportOptions())
    beyond = replace(fruits, labels=fruits.labels + 1)
    with pytest.raises(EdgeglowError, match="fruits has label 2, but names 2 classes"):
        run_from_network("a", [(None, stored(tiny_run, class_names=WORDS))], beyond, ImportOptions())


def test_rows_that_were_standardised_before_are_noticed(tiny_run: Run) -> None:
    """As by a StandardScaler that was left out of the file."""
    rows = tiny_run.test_digits.pixels * 40 + np.arange(49, dtype=np.float32)
    network = stored(tiny_run)
    mean, std = tiny_run.test_digits.pixels.mean(axis=0), tiny_run.test_digits.pixels.std(axis=0)
    first = network.weights[0]
    unscaled = replace(
        network,
        weights=(first * std, *network.weights[1:]),
        biases=(network.biases[0] + first @ mean, *network.biases[1:]),
    )
    names = tuple(f"f{number}" for number in range(49))
    table = LabelledExamples(rows, tiny_run.test_digits.labels, "table", (), names)
    adoption = run_from_network("a", [(None, unscaled)], table, ImportOptions())
    (doubt,) = adoption.doubts
    assert f"but {tiny_run.accuracy:.1%} where every input is standardised first" in doubt
