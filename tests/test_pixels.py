"""How a network was fed its pixels: tried, told, and folded in; and no doubt where it was fed as it is."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from bringing import call, without_mnist
from test_adoption import examples, scaled, stored

from edgeglow.model.data.digits import Digits
from edgeglow.model.data.mnist import load_mnist
from edgeglow.model.errors import EdgeglowError, InvalidRequest
from edgeglow.model.importing import ParsedNetwork
from edgeglow.model.importing.alternatives import AS_GOOD, AlternativeResult, alternatives_sentence, rank_alternatives
from edgeglow.model.importing.examples.labelled_file import LabelledExamples
from edgeglow.model.importing.import_run import ImportOptions, run_from_network
from edgeglow.model.importing.pixel_feed import HALF, MNIST, PixelFeed, network_for_pixels
from edgeglow.model.network.network import BackwardPass, Network
from edgeglow.model.network.threads import one_thread
from edgeglow.model.run.run import Run
from edgeglow.model.run.training_config import Config
from edgeglow.model.training.optimisers import make_optimiser

__all__ = ["without_mnist"]

WAYS = {
    "--normalise 0.1307,0.3081": ImportOptions(scale=MNIST),
    "--normalise 0.5,0.5": ImportOptions(scale=HALF),
    "--pixels 0-255": ImportOptions(pixels=("0-255",)),
    "--pixels inverted": ImportOptions(pixels=("inverted",)),
    "--pixels transposed": ImportOptions(pixels=("transposed",)),
    "--pixels inverted,0-255": ImportOptions(pixels=("inverted", "0-255")),
    "--pixels transposed --normalise 0.1307,0.3081": ImportOptions(pixels=("transposed",), scale=MNIST),
    "--pixels inverted --normalise 0.5,0.5": ImportOptions(pixels=("inverted",), scale=HALF),
}


def fed(network: ParsedNetwork, import_options: ImportOptions) -> ParsedNetwork:
    """The same network, made for pixels that are fed like this."""
    mean, std = PixelFeed(frozenset(import_options.pixels), import_options.scale or (0.0, 1.0)).line
    if "transposed" in import_options.pixels:
        first = network.weights[0].reshape(-1, 7, 7).swapaxes(1, 2).reshape(-1, 49)
        network = replace(network, weights=(first, *network.weights[1:]))
    return scaled(network, mean, std)


@pytest.mark.parametrize(("options", "import_options"), WAYS.items())
def test_how_it_was_fed_is_told_and_folded_in(tiny_run: Run, options: str, import_options: ImportOptions) -> None:
    network = fed(stored(tiny_run), import_options)
    (told,) = run_from_network("a.pt", [(None, network)], examples(tiny_run), ImportOptions()).doubts
    assert f"{tiny_run.accuracy:.1%} with {options}" in told
    adoption = run_from_network("a.pt", [(None, network)], examples(tiny_run), import_options)
    assert adoption.run.accuracy == pytest.approx(tiny_run.accuracy, abs=0.005) and not adoption.doubts
    np.testing.assert_allclose(adoption.run.last.weights[0], tiny_run.last.weights[0], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("import_options", WAYS.values(), ids=WAYS)
def test_what_is_said_wrongly_is_told(tiny_run: Run, import_options: ImportOptions) -> None:
    (told,) = run_from_network("a.pt", [(None, stored(tiny_run))], examples(tiny_run), import_options).doubts
    assert "without --pixels and --normalise" in told


@pytest.mark.parametrize("name", ["tiny_run", "relu_run", "wide_run"])
def test_no_doubt_without_a_reason(name: str, request: pytest.FixtureRequest) -> None:
    run = request.getfixturevalue(name)
    assert not run_from_network("a.pt", [(None, stored(run))], examples(run), ImportOptions()).doubts


def test_pictures_higher_than_wide_are_transposed_as_they_are_stored() -> None:
    """Column by column, as MATLAB keeps a matrix."""
    dice = np.random.default_rng(0)
    network = ParsedNetwork(
        (dice.normal(size=(3, 12)).astype(np.float32),), (np.zeros(3, np.float32),), "relu", "softmax"
    )
    pictures = dice.random((5, 4, 3), np.float32)
    by_column = np.stack([picture.ravel(order="F") for picture in pictures])
    mine = network_for_pixels(network, PixelFeed(frozenset({"transposed"})), (4, 3)).activations(
        pictures.reshape(5, 12)
    )[-1]
    its = Network.of(network.weights, network.biases, "relu", "softmax").activations(by_column)[-1]
    np.testing.assert_allclose(mine, its, rtol=1e-5)


def test_rows_are_no_pixels(tiny_run: Run) -> None:
    names = tuple(f"f{number}" for number in range(49))
    rows = LabelledExamples(tiny_run.test_digits.pixels, tiny_run.test_digits.labels, "table", (), names)
    for kind in ("transposed", "inverted", "0-255"):
        with pytest.raises(EdgeglowError, match="it reads no pictures, as --pixels says"):
            run_from_network("a", [(None, stored(tiny_run))], rows, ImportOptions(pixels=(kind,)))
    with pytest.raises(InvalidRequest, match="--pixels 'mirrored': expected some of inverted, transposed, 0-255"):
        run_from_network("a", [(None, stored(tiny_run))], rows, ImportOptions(pixels=("mirrored",)))


@pytest.mark.parametrize(
    "trained_on", [ImportOptions(), ImportOptions(pixels=("0-255",))], ids=["0 to 1", "0 to 255"]
)
@pytest.mark.parametrize("kept_as", ["table", "bytes"])
def test_of_pixels_kept_as_bytes_both_ways_are_tried(tiny_run: Run, trained_on: ImportOptions, kept_as: str) -> None:
    images = np.rint(tiny_run.test_digits.images * 255).astype(np.float32)
    given = LabelledExamples(images, tiny_run.test_digits.labels, "mine")
    if kept_as == "bytes":
        given = replace(given, inputs=images / np.float32(255), are_bytes=True)
    adoption = run_from_network("a.pt", [(None, fed(stored(tiny_run), trained_on))], given, ImportOptions())
    assert adoption.run.accuracy == pytest.approx(tiny_run.accuracy, abs=0.01) and not adoption.doubts
    (told,) = adoption.remarks
    how = "from 0 to 255" if trained_on.pixels else "from 0 to 1"
    assert f"fed {how}, as in the film, it reads {adoption.run.accuracy:.1%}" in told
    assert adoption.run.test_digits.images.max() <= 1


# -- the choice between candidates ----------------------------------------------------------------------------


def trial(how: str, right: int, loss: float, fit: float | None = None, of: int = 10_000) -> AlternativeResult:
    return AlternativeResult(how, np.arange(of) < right, np.full(of, loss), loss if fit is None else fit, 10)


def test_what_counts_as_better() -> None:
    now = trial("", 9_700, 0.10)
    assert trial("x", 9_770, 0.09).beats(now)
    assert not trial("x", 9_769, 0.09).beats(now)  # too little
    assert not trial("x", 9_770, 0.11).beats(now)  # reads more, but fits worse
    assert trial("x", 9_770, 0.30, 0.09).beats(now)  # learnt so long that it is sure of what is wrong
    few = trial("", 97, 0.10, of=100)
    assert not trial("x", 99, 0.09, of=100).beats(few)  # two of a hundred are chance


def test_what_is_too_near_to_tell_is_told_as_that() -> None:
    now, half, mnist = trial("", 9_500, 0.30), trial("with A", 9_700, 0.10), trial("with B", 9_690, 0.11)
    far = trial("with C", 9_600, 0.2)
    told = alternatives_sentence(now, [half, mnist, far], "mnist")
    assert told.startswith("as it stands it reads 95.0% of mnist, but 97.0% with A, 96.9% with B (too near to tell")
    assert (
        alternatives_sentence(now, [half, far], "mnist") == "as it stands it reads 95.0% of mnist, but 97.0% with A"
    )
    hardly = trial("with D", 9_560, 0.29)
    assert "and 95.6% with D (too near to tell" in alternatives_sentence(now, [hardly], "mnist")
    assert alternatives_sentence(now, [trial("with E", 9_540, 0.29)], "mnist") == ""


def test_as_many_but_far_more_surely() -> None:
    """A network that was fed 0 to 255 gives hardly different answers to 0 to 1, but is sure of none."""
    now, bytes_ = trial("", 9_470, 2.26), trial("with --pixels 0-255", 9_468, 0.20)
    assert alternatives_sentence(now, [bytes_], "mnist").endswith(
        "far more surely: with a loss of 0.20 instead of 2.26"
    )
    assert alternatives_sentence(now, [trial("x", 9_470 - int(AS_GOOD * 10_000) - 1, 0.2)], "mnist") == ""
    assert alternatives_sentence(now, [trial("x", 9_470, 1.2)], "mnist") == ""
    few = trial("", 8, 1.02, of=8)
    assert alternatives_sentence(few, [trial("x", 8, 0.01, of=8)], "mine") == ""


def test_candidates_are_tried_on_digits_from_all_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sorted by class, the first of them tell nothing."""
    monkeypatch.setattr("edgeglow.model.importing.alternatives.LOOKED_AT", 20)
    images = np.eye(10, dtype=np.float32).repeat(30, axis=0).reshape(300, 2, 5)
    digits = Digits(images, np.arange(10).repeat(30), "sorted")

    def turned(by: int) -> Network:
        weights = np.roll(np.eye(10, dtype=np.float32), by, axis=0) * 5
        weights[0, 0] = 9  # all of them read a 0
        return Network.of([weights], [np.zeros(10, np.float32)], "relu", "softmax")

    found = rank_alternatives({str(by): lambda by=by: turned(by) for by in (3, 5, 7, 0, 4)}, digits)
    assert found[0].how == "0" and len(found) == 3 and found[0].accuracy == 1


# -- real digits ----------------------------------------------------------------------------------------------

REAL = Path(os.environ.get("MNIST_DIR") or Path(__file__).parents[2] / "shared" / "data" / "mnist")


def learnt(training: Digits, way: PixelFeed, hidden: str, seed: int) -> ParsedNetwork:
    """A small network that has learnt from pixels fed like this."""
    sizes = (784, 24, 10)
    images = training.images.swapaxes(1, 2) if "transposed" in way.kinds else training.images
    mean, std = way.line
    pixels = ((images.reshape(len(images), -1) - mean) / std).astype(np.float32)
    network = Network(sizes, hidden, "softmax").randomise(np.random.default_rng(seed))
    optimiser = make_optimiser(Config(sizes, hidden=hidden), network.parameters)
    backward = BackwardPass(network, 50, "cross-entropy")
    for order in (np.random.default_rng(seed + epoch).permutation(len(pixels)) for epoch in range(4)):
        for start in range(0, len(pixels), 50):
            chosen = order[start : start + 50]
            backward.pixels[...] = pixels[chosen]
            backward.run(training.labels[chosen])
            optimiser.step(network.parameters, backward.gradient, 0.003)
    return ParsedNetwork(tuple(network.weights), tuple(network.biases), hidden, "softmax")


@pytest.mark.skipif(not REAL.is_dir(), reason=f"MNIST is not in {REAL}")
@pytest.mark.parametrize("hidden", ["relu", "tanh"])
def test_networks_that_learnt_from_mnist(hidden: str) -> None:
    training, test = load_mnist(REAL)
    told = {}
    ways = (
        PixelFeed(),
        PixelFeed(scale=MNIST),
        PixelFeed(frozenset({"inverted"})),
        PixelFeed(frozenset({"transposed"})),
    )
    with one_thread():
        for seed, way in enumerate(ways):
            network = learnt(training.head(5_000), way, hidden, seed)
            labelled = LabelledExamples(test.images[:3_000], test.labels[:3_000], "mnist")
            told[way] = run_from_network("a", [(None, network)], labelled, ImportOptions()).doubts
    assert told.pop(PixelFeed()) == ()
    for way, doubts in told.items():
        assert len(doubts) == 1 and f"% {way}" in doubts[0], (way, doubts)


# -- the command line -----------------------------------------------------------------------------------------


def test_the_doubt_names_an_option_that_helps(tiny_run: Run, tmp_path: Path) -> None:
    network = fed(stored(tiny_run), WAYS["--pixels inverted"])
    arrays = {f"W{k}": part for k, part in enumerate(network.weights)}
    arrays |= {f"b{k}": part for k, part in enumerate(network.biases)}
    np.savez(tmp_path / "net.npz", **arrays, activation=network.hidden)
    np.savez(tmp_path / "its.npz", x=tiny_run.test_digits.images, y=tiny_run.test_digits.labels)
    common = ("import", tmp_path / "net.npz", "--data", tmp_path / "its.npz", "-o", tmp_path / "run.npz")
    done = call(*common)
    assert done.exit_code == 0 and f"but {tiny_run.accuracy:.1%} with --pixels inverted" in done.stderr
    done = call(*common, "--pixels", "inverted")
    assert done.exit_code == 0 and "as it stands" not in done.stderr.lower()
    done = call(*common, "--pixels", "upside-down")
    assert done.exit_code == 2 and "--pixels 'upside-down': expected some of inverted" in done.stderr


def test_whoever_shows_it_at_once_is_told_as_well(
    tiny_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With --run and compare the number would stand in big letters in the film."""
    monkeypatch.setattr("edgeglow.model.importing.importer.media_folder", lambda: tmp_path / "media")
    monkeypatch.setattr("edgeglow.model.importing.importer.stroke_digits", lambda count: (tiny_run.test_digits,) * 2)
    monkeypatch.setattr("edgeglow.film.pipeline.make_film", lambda order, bar: [])
    network = fed(stored(tiny_run), WAYS["--pixels inverted"])
    arrays = {f"W{k}": part for k, part in enumerate(network.weights)}
    arrays |= {f"b{k}": part for k, part in enumerate(network.biases)}
    np.savez(tmp_path / "net.npz", **arrays, activation=network.hidden)
    tiny_run.save(tmp_path / "run.npz")
    for command in (
        ("info", tmp_path / "net.npz"),
        ("compare", tmp_path / "run.npz", tmp_path / "net.npz"),
        ("compare", tmp_path / "net.npz", tmp_path / "run.npz"),
        ("film", "--run", tmp_path / "net.npz"),
    ):
        done = call(*command)
        assert done.exit_code == 0, done.output
        assert f"but {tiny_run.accuracy:.1%} with --pixels inverted (an option of: " in done.stderr
        assert f"import {tmp_path / 'net.npz'} -o RUN" in done.stderr
