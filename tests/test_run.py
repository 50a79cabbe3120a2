"""Runs on disk: what goes in comes out, and is written whole or not at all."""

from __future__ import annotations

import json
import pickle
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edgeglow.model.data.digits import Digits
from edgeglow.model.errors import EdgeglowError
from edgeglow.model.files.npz_file import write_arrays
from edgeglow.model.run.run import Run
from edgeglow.model.run.storage import content_digest, to_arrays
from edgeglow.model.run.training_config import Config
from edgeglow.model.training.loop import train


@pytest.mark.parametrize("name", ["tiny_run", "relu_run", "wide_run"])
def test_round_trip(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    run: Run = request.getfixturevalue(name)
    run.save(tmp_path / "a.npz")
    loaded = Run.load(tmp_path / "a.npz")
    assert loaded.digest == run.digest
    for field in ("config", "source", "image_shape", "class_names", "training_count", "test_count", "interrupted"):
        assert getattr(loaded, field) == getattr(run, field)
    for curve in ("curve_examples", "curve_losses", "curve_accuracies", "confusion"):
        np.testing.assert_array_equal(getattr(loaded, curve), getattr(run, curve))
    for one, other in zip(loaded.snapshots, run.snapshots, strict=True):
        for field in ("step", "examples", "epoch", "loss", "accuracy"):
            assert getattr(one, field) == getattr(other, field)
        for mine, yours in zip(
            one.weights + one.biases + one.activations, other.weights + other.biases + other.activations, strict=True
        ):
            assert mine.dtype == yours.dtype == np.float32
            np.testing.assert_array_equal(mine, yours)
    assert loaded.test_digits.source == run.source
    np.testing.assert_array_equal(loaded.test_digits.images, run.test_digits.images)
    np.testing.assert_array_equal(loaded.test_digits.labels, run.test_digits.labels)
    for shown, meant in zip(loaded.examples, run.examples, strict=True):
        assert (shown.label, shown.answer, shown.kind) == (meant.label, meant.answer, meant.kind)
        np.testing.assert_array_equal(shown.pixels, meant.pixels)


def test_a_run_that_was_saved_before_there_were_more_functions_is_read(tmp_path: Path) -> None:
    """The file was written by version 3 of the format; saved again it is the same."""
    old = Path(__file__).parent / "fixtures" / "version3.npz"
    run = Run.load(old)
    assert (run.hidden, run.functions, run.layer_sizes) == ("tanh", ("tanh", "tanh", "softmax"), (49, 3, 2, 10))
    run.save(tmp_path / "again.npz")
    with np.load(old) as before, np.load(tmp_path / "again.npz") as after:
        assert str(before["about"]) == str(after["about"])


@pytest.mark.parametrize("hidden", ["leaky_relu:0.2", "gelu,relu", "relu,relu"])
def test_a_run_with_other_functions_goes_through_its_file(
    hidden: str, digits: tuple[Digits, Digits], tmp_path: Path
) -> None:
    run = train(Config((49, 6, 5, 10), hidden=hidden, epochs=1, snapshots=2), *digits)
    run.save(tmp_path / "a.npz")
    loaded = Run.load(tmp_path / "a.npz")
    assert loaded.digest == run.digest and loaded.config == run.config
    assert loaded.functions == (*((hidden.split(",") * 2)[:2]), "softmax")
    with np.load(tmp_path / "a.npz") as file:
        version = json.loads(str(file["about"]))["version"]
    assert version == (3 if hidden == "relu,relu" else 4)  # what version 3 can tell stays as it was


def test_what_a_run_says(tiny_run: Run) -> None:
    assert tiny_run.layer_sizes == (49, 7, 5, 10)
    assert (tiny_run.hidden, tiny_run.output) == ("sigmoid", "softmax")
    assert tiny_run.parameters == 49 * 7 + 7 + 7 * 5 + 5 + 5 * 10 + 10
    assert tiny_run.first is tiny_run.snapshots[0] and tiny_run.last is tiny_run.snapshots[-1]
    assert tiny_run.accuracy == tiny_run.last.accuracy
    assert tiny_run.class_names == tuple("0123456789")
    assert {"right", "hard", "wrong"} == {example.kind for example in tiny_run.examples}
    network = tiny_run.network(tiny_run.snapshots[2])
    np.testing.assert_array_equal(network.weights[1], tiny_run.snapshots[2].weights[1])
    assert not np.array_equal(tiny_run.network().weights[1], network.weights[1])


def test_arrays_cannot_be_changed(tiny_run: Run, saved: Path) -> None:
    for run in (tiny_run, Run.load(saved)):
        for array in (run.last.weights[0], run.last.activations[2], run.confusion, run.examples[0].pixels):
            with pytest.raises(ValueError, match="read-only"):
                array[...] = 0


def test_numpy_reads_it_without_pickle(saved: Path, tiny_run: Run) -> None:
    with np.load(saved, allow_pickle=False) as file:
        about = json.loads(str(file["about"]))
        assert file["weights_0"].shape == (len(tiny_run.snapshots), 7, 49)
    assert about["version"] == 3 and about["config"]["seed"] == 0 and about["digest"] == tiny_run.digest


def test_digest_depends_on_the_contents_only(tiny_run: Run, relu_run: Run, saved: Path, tmp_path: Path) -> None:
    again = tmp_path / "elsewhere" / "other.npz"  # the folder is made
    Run.load(saved).save(again)
    assert again.read_bytes() == saved.read_bytes()
    assert Run.load(again).digest == tiny_run.digest != relu_run.digest
    assert replace(tiny_run, source="elsewhere").digest != tiny_run.digest
    assert replace(tiny_run, interrupted=True).digest != tiny_run.digest
    losses = tiny_run.curve_losses.copy()
    losses[3] = np.nextafter(losses[3], 9)
    assert replace(tiny_run, curve_losses=losses).digest != tiny_run.digest


def test_pickling_to_a_worker(tiny_run: Run) -> None:
    assert pickle.loads(pickle.dumps(tiny_run)).digest == tiny_run.digest


def test_a_failed_write_keeps_what_was_there(saved: Path, relu_run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    before = saved.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(EdgeglowError, match=r"digits.npz: cannot be written: no space left on device"):
        relu_run.save(saved)
    assert saved.read_bytes() == before
    assert [path.name for path in saved.parent.iterdir()] == ["digits.npz"]


def test_an_interrupt_while_writing_leaves_nothing(
    tiny_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("os.fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        tiny_run.save(tmp_path / "a.npz")
    assert not list(tmp_path.iterdir())


def test_where_no_file_can_be(tiny_run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EdgeglowError, match=r"file/a.npz: cannot be written"):
        tiny_run.save(tmp_path / "file" / "a.npz")
    with pytest.raises(EdgeglowError, match=r"cannot be written: it is a folder"):
        tiny_run.save(tmp_path)


def test_a_link_stays_a_link(tiny_run: Run, saved: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.npz"
    try:
        link.symlink_to(saved)
    except OSError:
        pytest.skip("no links here")
    replace(tiny_run, source="new").save(link)
    assert link.is_symlink() and Run.load(saved).source == "new"


def test_nothing_is_compressed(saved: Path) -> None:
    """So a file cannot ask for more memory than it has bytes, and loads in no time."""
    with zipfile.ZipFile(saved) as file:
        assert {member.compress_type for member in file.infolist()} == {zipfile.ZIP_STORED}


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(EdgeglowError, match=r"digits.npz: there is no such file; train a network first"):
        Run.load(tmp_path / "digits.npz")


def test_short_in_a_traceback(tiny_run: Run) -> None:
    assert repr(tiny_run) == f"Run(49-7-5-10, segments, 6 snapshots, {tiny_run.accuracy:.2%})"


def test_what_was_checked_before_is_not_checked_again(
    tiny_run: Run, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edgeglow.model.run.run.check_run", lambda run: pytest.fail("checked"))
    again = Run.load(saved, {tiny_run.digest})
    assert again.digest == tiny_run.digest == content_digest(to_arrays(again))
    with pytest.raises(ValueError, match="read-only"):
        again.last.weights[0][...] = 0
    for other in ({}, {"0" * 64}):
        with pytest.raises(pytest.fail.Exception, match="checked"):
            Run.load(saved, other)
    with pytest.raises(pytest.fail.Exception, match="checked"):
        replace(again, source="elsewhere")


@pytest.mark.parametrize("name", ["weights_0", "confusion", "test_images", "about"])
def test_a_run_that_only_claims_to_have_been_checked_is_refused(
    name: str, tiny_run: Run, saved: Path, refusal: Callable[[Path, set[str]], str]
) -> None:
    with np.load(saved) as file:
        arrays = dict(file)
    if name == "about":
        arrays[name] = np.array(str(arrays[name]).replace('"seed": 0', '"seed": 1'))
    else:
        arrays[name].flat[-1] += 1
    write_arrays(saved, arrays)
    assert refusal(saved, {tiny_run.digest}) == refusal(saved, set())
