"""Runs on disk: what goes in comes out, and nothing else comes in."""

from __future__ import annotations

import io
import json
import os
import pickle
import struct
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from model import archive
from model.archive import write_arrays
from model.errors import EdgeglowError
from model.run import Run
from model.storage import content_digest, to_arrays, write_run

Arrays = dict[str, np.ndarray]


@pytest.fixture
def saved(tiny_run: Run, tmp_path: Path) -> Path:
    path = tmp_path / "digits.npz"
    tiny_run.save(path)
    return path


def refused(path: Path) -> str:
    """Loading must fail, in one line that begins with the file's name and says what to do."""
    with pytest.raises(EdgeglowError) as caught:
        Run.load(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ") and "\n" not in message
    assert message.endswith("; retrain it, or import the weights again")
    return message


@pytest.mark.parametrize("name", ["tiny_run", "relu_run", "wide_run"])
def test_round_trip(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    run: Run = request.getfixturevalue(name)
    run.save(tmp_path / "a.npz")
    loaded = Run.load(tmp_path / "a.npz")
    assert loaded.digest == run.digest
    for field in (
        "config",
        "source",
        "image_shape",
        "class_names",
        "training_count",
        "test_count",
        "interrupted",
    ):
        assert getattr(loaded, field) == getattr(run, field)
    for curve in ("curve_examples", "curve_losses", "curve_accuracies", "confusion"):
        np.testing.assert_array_equal(getattr(loaded, curve), getattr(run, curve))
    for one, other in zip(loaded.snapshots, run.snapshots, strict=True):
        for field in ("step", "examples", "epoch", "loss", "accuracy"):
            assert getattr(one, field) == getattr(other, field)
        for mine, yours in zip(
            one.weights + one.biases + one.activations,
            other.weights + other.biases + other.activations,
            strict=True,
        ):
            assert mine.dtype == yours.dtype == np.float32
            np.testing.assert_array_equal(mine, yours)
    for shown, meant in zip(loaded.examples, run.examples, strict=True):
        assert (shown.label, shown.answer, shown.kind) == (meant.label, meant.answer, meant.kind)
        np.testing.assert_array_equal(shown.pixels, meant.pixels)


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
    assert about["version"] == 1 and about["config"]["seed"] == 0 and about["digest"] == tiny_run.digest


def test_digest_depends_on_the_contents_only(
    tiny_run: Run, relu_run: Run, saved: Path, tmp_path: Path
) -> None:
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


# ---------------------------------------------------------------- writing


def test_a_failed_write_keeps_what_was_there(
    saved: Path, relu_run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = saved.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("model.archive.os.fsync", full)
    with pytest.raises(EdgeglowError, match=r"digits.npz: cannot be written: No space left on device"):
        relu_run.save(saved)
    assert saved.read_bytes() == before
    assert [path.name for path in saved.parent.iterdir()] == ["digits.npz"]


def test_an_interrupt_while_writing_leaves_nothing(
    tiny_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("model.archive.os.fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        tiny_run.save(tmp_path / "a.npz")
    assert not list(tmp_path.iterdir())


def test_where_no_file_can_be(tiny_run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EdgeglowError, match=r"file/a.npz: cannot be written"):
        tiny_run.save(tmp_path / "file" / "a.npz")
    with pytest.raises(EdgeglowError, match=r"cannot be written: Is a directory"):
        tiny_run.save(tmp_path)


def test_a_link_stays_a_link(tiny_run: Run, saved: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.npz"
    try:
        link.symlink_to(saved)
    except OSError:
        pytest.skip("no links here")
    replace(tiny_run, source="new").save(link)
    assert link.is_symlink() and Run.load(saved).source == "new"


# ---------------------------------------------------------------- files that are no runs


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(EdgeglowError, match=r"digits.npz: there is no such file; render.py train makes one"):
        Run.load(tmp_path / "digits.npz")


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04" + bytes(100), bytes(5000)])
def test_no_zip(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "digits.npz"
    path.write_bytes(content)
    assert "damaged, or no run at all" in refused(path)


def test_cut_short_at_every_length(saved: Path) -> None:
    content = saved.read_bytes()
    for length in range(0, len(content), 997):
        saved.write_bytes(content[:length])
        refused(saved)


def test_any_flipped_byte_is_noticed_or_harmless(saved: Path, tiny_run: Run) -> None:
    """Every place in the zip's own structures and around it, and many in the data."""
    content = saved.read_bytes()
    generator = np.random.default_rng(0)
    tail = len(content) - 2500  # the directory at the end
    places = [*generator.integers(0, len(content), 300), *generator.integers(tail, len(content), 500)]
    noticed = 0
    for place in map(int, places):
        damaged = bytearray(content)
        damaged[place] ^= 1 << int(generator.integers(8))
        saved.write_bytes(damaged)
        try:
            assert Run.load(saved).digest == tiny_run.digest  # a time stamp, say
        except EdgeglowError as error:
            assert str(error).startswith(f"{saved}: ")
            noticed += 1
    assert noticed > 400


def zip_with(path: Path, members: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> None:
    with zipfile.ZipFile(path, "w", compression) as file:
        for name, content in members.items():
            file.writestr(name, content)


def npy(descr: str, shape: str, data: bytes = b"", fortran: bool = False) -> bytes:
    """The bytes of an .npy file with any claims."""
    header = (
        f"{{'descr': {descr}, 'fortran_order': {fortran}, 'shape': {shape}, }}".encode().ljust(117) + b"\n"
    )
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.npz"
    zip_with(path, {"about.npy": bytes(50_000_000)}, zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 100_000
    assert "claims to hold more bytes than it has" in refused(path)


def test_a_lying_directory_is_not_believed(saved: Path) -> None:
    """A stored member whose size in the directory is far beyond the file's."""
    content = bytearray(saved.read_bytes())
    at = content.index(b"PK\x01\x02")
    content[at + 20 : at + 28] = struct.pack("<II", 2**31, 2**31)
    saved.write_bytes(content)
    assert "claims to hold more bytes than it has" in refused(saved)


def test_overlapping_members_are_refused(tmp_path: Path) -> None:
    """Many names for the same bytes: a zip bomb without compression."""
    path = tmp_path / "bomb.npz"
    zip_with(path, {f"{k:03}.npy": bytes(200) for k in range(100)})
    content = path.read_bytes()
    start = content.index(b"PK\x01\x02")
    entries = content[start : content.index(b"PK\x05\x06")]
    size = len(entries) // 100
    overlapping = b"".join(
        entries[k * size : k * size + 42] + bytes(4) + entries[k * size + 46 : (k + 1) * size]
        for k in range(100)
    )
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 100, 100, len(overlapping), 300, 0)
    path.write_bytes(content[:300] + overlapping + end)
    assert "claims to hold more bytes than it has" in refused(path)


@pytest.mark.parametrize(
    ("member", "message"),
    [
        (npy("'<f4'", "(1000000, 1000000, 1000000)"), "claims (1000000, 1000000, 1000000) of float32"),
        (npy("'<f4'", "(4,)", bytes(12)), "16 bytes, but has 12"),
        (npy("'<f4'", "(2,)", bytes(12)), "8 bytes, but has 12"),
        (npy("'<f4'", "(-1, -3)", bytes(12)), "claims (-1, -3)"),
        (npy("'|O'", "(1,)", pickle.dumps([1])), "holds object, expected numbers or text"),
        (npy("[('a', '<f4')]", "(3,)", bytes(12)), "expected numbers or text"),
        (npy("'<f4'", "(2, 2)", bytes(16), fortran=True), "by column"),
        (npy("'<M8[s]'", "(1,)", bytes(8)), "expected numbers or text"),
        (npy("'nonsense'", "(1,)", bytes(8)), "damaged"),
        (npy("'<f4'", "'x'", bytes(8)), "damaged"),
        (b"\x93NUMPY\x02\x00", "has .npy version (2, 0)"),
        (b"\x93NUMPY\x01\x00\xff\xff{", "damaged"),
        (b"", "damaged"),
        (b"not npy at all", "damaged"),
    ],
)
def test_absurd_claims_of_an_array(member: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "digits.npz"
    zip_with(path, {"about.npy": member})
    assert message in refused(path)


def test_a_huge_file_is_not_read(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", 1000)
    assert "expected at most 1,000" in refused(saved)


def test_other_archives(saved: Path, tmp_path: Path) -> None:
    path = tmp_path / "other.npz"
    np.savez(path, images=np.zeros(3))
    assert "it holds no 'about' text" in refused(path)
    np.savez(path, about=np.array("hello"))
    assert "is no JSON" in refused(path)
    np.savez(path, about=np.array('{"format": "zip"}'))
    assert "does not say that this is a run" in refused(path)
    np.savez(path, about=np.array("[" * 100_000))
    assert "is no JSON" in refused(path)
    with zipfile.ZipFile(saved) as old:
        members = {name: old.read(name) for name in old.namelist()}
    zip_with(path, {**members, "readme.txt": b"hello"})
    assert "holds 'readme.txt'" in refused(path)
    zip_with(path, members)
    assert Run.load(path).digest == Run.load(saved).digest  # packed by another program


# ---------------------------------------------------------------- contents that contradict each other


def about(**changes: object) -> Callable[[Arrays], None]:
    def change(arrays: Arrays) -> None:
        arrays["about"] = np.array(json.dumps(json.loads(str(arrays["about"])) | changes))

    return change


def config(**changes: object) -> Callable[[Arrays], None]:
    def change(arrays: Arrays) -> None:
        old = json.loads(str(arrays["about"]))["config"]
        about(config=old | changes)(arrays)

    return change


def put(name: str, place: object, value: object) -> Callable[[Arrays], None]:
    def change(arrays: Arrays) -> None:
        arrays[name] = arrays[name].copy()
        arrays[name][place] = value

    return change


def make(name: str, maker: Callable[[np.ndarray], np.ndarray]) -> Callable[[Arrays], None]:
    def change(arrays: Arrays) -> None:
        arrays[name] = maker(arrays[name])

    return change


def drop(name: str) -> Callable[[Arrays], None]:
    return lambda arrays: arrays.pop(name) and None


def _double_biases(arrays: Arrays) -> None:
    arrays["biases_0"] = arrays["biases_0"].astype(np.float64)


CONTRADICTIONS: list[tuple[str, Callable[[Arrays], object]]] = [
    ("it has format version 2, but this edgeglow reads 1", about(version=2)),
    ("format version None", about(version=None)),
    ("about: source is 3, expected a str", about(source=3)),
    ("about: unknown field 'colour'", about(colour="red")),
    ("about: interrupted is 1, expected a bool", about(interrupted=1)),
    ("about: config is None, expected a dict", about(config=None)),
    ("the data source is '', expected a name", about(source="")),
    ("misses field", about(config={"seed": 0})),
    ("hidden activation 'x': expected one of", config(hidden="x")),
    ("layer size '5'", config(layer_sizes=[49, "5", 10])),
    ("learning rate None" if False else "momentum None", config(momentum=None)),
    ("expected at most 20,000,000", config(layer_sizes=[49, 10**6, 10])),
    ("activations_4 is missing", config(layer_sizes=[49, 7, 5, 5, 10])),
    ("unknown array activations_3", config(layer_sizes=[49, 7, 10])),
    (
        "snapshot 0: weights[1] has shape (5, 7), but layer 1 has 7 neurons and layer 2 has 6",
        config(layer_sizes=[49, 7, 6, 10]),
    ),
    ("images of 7×8 have 56 pixels, but layer 0 has 49 neurons", about(image_shape=[7, 8])),
    ("the image shape is (7,)", about(image_shape=[7])),
    ("the image shape is ('7', 7)", about(image_shape=["7", 7])),
    ("training_count is 0", about(training_count=0)),
    ("test_count is -1", about(test_count=-1)),
    ("confusion counts 500 digits, but there are 501 test digits", about(test_count=501)),
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
    ("snapshot 2 is of step 3125", put("snapshot_step", 2, 3125)),
    (
        "snapshot_step is float64 of shape (6,), expected int64 (6,)",
        make("snapshot_step", lambda array: array * 1.0),
    ),
    ("snapshot_step is int64 of shape (6, 1)", make("snapshot_step", lambda array: array[:, None])),
    ("example_label has shape (), but there are 1 examples", make("example_label", lambda array: array[0])),
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
    (
        "curve_losses has shape (199,), but the curve has 200 points",
        make("curve_losses", lambda array: array[1:]),
    ),
    ("curve_examples has type float64", make("curve_examples", lambda array: array * 1.0)),
    ("curve_examples has shape ()", make("curve_examples", lambda array: array[0])),
    ("curve_examples does not grow", make("curve_examples", lambda array: array[::-1])),
    ("curve_examples goes to", put("curve_examples", -1, 10**6)),
    ("curve_accuracies holds", put("curve_accuracies", 5, 1.01)),
    ("confusion holds -5, expected counts", put("confusion", (0, 0), -5)),
    ("confusion has shape (10, 9), but there are 10 classes", make("confusion", lambda array: array[:, 1:])),
    ("right answers, but the last snapshot's accuracy is", make("confusion", lambda array: array[:, ::-1])),
]


@pytest.mark.parametrize(("message", "change"), CONTRADICTIONS)
def test_contradictions(
    message: str, change: Callable[[Arrays], object], tiny_run: Run, tmp_path: Path
) -> None:
    """Changed by somebody who also mended the checksums and the digest."""
    arrays = to_arrays(tiny_run)
    change(arrays)
    path = tmp_path / "digits.npz"
    write_run(path, arrays)
    assert message in refused(path)


def test_wrong_answers_of_examples(tiny_run: Run) -> None:
    wrong = next(i for i, example in enumerate(tiny_run.examples) if example.kind == "wrong")
    example = tiny_run.examples[wrong]
    other = next(c for c in range(10) if c not in {example.label, example.answer})
    examples = list(tiny_run.examples)
    examples[wrong] = replace(example, answer=other)
    with pytest.raises(
        EdgeglowError, match=f"example {wrong}: the answer is {other}, but in the last snapshot"
    ):
        replace(tiny_run, examples=tuple(examples))


def test_empty_runs(tiny_run: Run) -> None:
    with pytest.raises(EdgeglowError, match="there are no snapshots"):
        replace(tiny_run, snapshots=())
    with pytest.raises(EdgeglowError, match="there are no example digits"):
        replace(tiny_run, examples=())
    shot = tiny_run.first
    with pytest.raises(
        EdgeglowError, match="snapshot 0: there are 2 arrays of weights, expected 3 for 4 layers"
    ):
        replace(tiny_run, snapshots=(replace(shot, weights=shot.weights[:2]), *tiny_run.snapshots[1:]))
    with pytest.raises(EdgeglowError, match=r"snapshot 0: the epoch is 3, but 0 examples of 2,000 are 0"):
        replace(tiny_run, snapshots=(replace(shot, epoch=3.0), *tiny_run.snapshots[1:]))


def test_the_digest_is_verified(tiny_run: Run, tmp_path: Path) -> None:
    """A change that contradicts nothing: a loss along the way."""
    arrays = to_arrays(tiny_run)
    text = json.loads(str(arrays["about"])) | {"digest": content_digest(arrays)}
    losses = arrays["curve_losses"] * 0.9
    path = tmp_path / "digits.npz"
    write_arrays(path, arrays | {"about": np.array(json.dumps(text)), "curve_losses": losses})
    assert "the contents have digest" in refused(path)


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


def test_loading_takes_no_time_to_speak_of(tiny_run: Run, saved: Path) -> None:
    """No more memory than the file has bytes, twice: the members are read where they are."""
    assert os.path.getsize(saved) < 2 * sum(array.nbytes for array in to_arrays(tiny_run).values())
    buffer = io.BytesIO(saved.read_bytes())
    with zipfile.ZipFile(buffer) as file:
        assert {member.compress_type for member in file.infolist()} == {zipfile.ZIP_STORED}
