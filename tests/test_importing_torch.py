"""PyTorch's networks in parts, in other containers, or with something left open, against the answers of PyTorch."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
from bringing import call

from edgeglow.model.errors import EdgeglowError, InvalidRequest
from edgeglow.model.importing import ImportChoices, ParsedNetwork, read_checkpoints, read_network
from edgeglow.model.importing.import_run import ImportOptions
from edgeglow.model.importing.importer import import_network
from edgeglow.model.network.network import Network
from edgeglow.model.run.run import Run

FOLDER = Path(__file__).parent / "fixtures" / "networks" / "torch"
WHOLE = (
    "sequential_old.pt",
    "normalize_whole.pt",
    "pickled_whole.pkl",
    "mlp.pkl",
    "pipeline.pkl",
)  # their activations are told
OPEN = {
    "norm_after.pt": ImportChoices(norm="after"),
    "norm_before.pt": ImportChoices(norm="before"),
    "used_1234.pt": ImportChoices(order=("fc1", "fc2", "fc3", "fc4")),
    "used_1324.pt": ImportChoices(order=("fc1", "fc3", "fc2", "fc4")),
}
READABLE = sorted(path.name.removesuffix(".expected.npy") for path in FOLDER.glob("*.expected.npy"))


def read(name: str, way: ImportChoices = ImportChoices()) -> ParsedNetwork:  # noqa: B008
    return read_network(FOLDER / name, activation=activation(name), way=way)


def activation(name: str) -> str | None:
    return None if name in WHOLE else "relu" if name.startswith("norm_") else "tanh"


def distance(stored: ParsedNetwork, name: str) -> float:
    """How far its answers are from those of the library that wrote it."""
    with np.load(FOLDER / "digits.npz") as digits:
        pixels = digits["x"][:16].reshape(16, -1)
    answers = Network.of(stored.weights, stored.biases, stored.hidden, stored.output).activations(pixels)[-1]
    return float(np.abs(answers - np.load(FOLDER / f"{name}.expected.npy")).max())


@pytest.mark.parametrize("name", READABLE)
def test_answers_are_those_of_pytorch(name: str) -> None:
    assert distance(read(name, OPEN.get(name, ImportChoices())), name) < 1e-5


REMARKS = {
    "averaged.pt": "Passed over, as they are no weights: n_averaged.",
    "copies.pt": "The file holds the network more than once: ema_model was taken, not online_model.",
    "pruned.pt": "1.weight, 3.bias: the pruned ones are 0, as the mask says.",
    "weight_norm.pt": "1.weight, 3.weight: weight norm was folded in.",
    "spectral_norm_old.pt": "1.weight, 3.weight: spectral norm was folded in.",
    "own_matrices.pt": "The normalisation mean and std was folded into weights.0.",
}


@pytest.mark.parametrize(("name", "remark"), REMARKS.items())
def test_what_was_done_is_said(name: str, remark: str) -> None:
    assert remark in read(name).remarks


def test_what_cannot_be_computed_from_the_file_is_refused_for_that_reason() -> None:
    with pytest.raises(EdgeglowError, match=r"1\.weight is computed from .*original.* remove_parametrizations"):
        read("orthogonal.pt")


def test_whole_models_may_be_pruned_too() -> None:
    whole = read_network(FOLDER / "pruned_whole.pt")
    assert whole.hidden == "tanh" and distance(whole, "pruned.pt") < 1e-5
    assert "1: weight: the pruned ones are 0, as the mask says." in whole.remarks


# -- what names leave open ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "way"), OPEN.items())
def test_what_names_leave_open_is_settled_by_what_it_reads(name: str, way: ImportChoices) -> None:
    found = import_network(FOLDER / name, ImportOptions(activation=activation(name)), data=str(FOLDER / "digits.npz"))
    last = found.run.last
    truth = read(name, way)
    for mine, its in zip((*last.weights, *last.biases), (*truth.weights, *truth.biases), strict=True):
        np.testing.assert_array_equal(mine, its)
    (said,) = [remark for remark in found.remarks if "fits" in remark]
    assert said.startswith(f"{way} fits: it reads ") and found.run.accuracy > 0.75


def test_without_data_it_is_said_what_was_taken() -> None:
    (said,) = [remark for remark in read("norm_after.pt").remarks if "before or after" in remark]
    assert "before was taken; --norm after says the other" in said
    (said,) = [remark for remark in read("used_1324.pt").remarks if "several orders" in remark]
    assert "fc1, fc2, fc3, fc4 was taken, by their numbers; --order" in said
    for name, way in OPEN.items():
        assert not any("was taken" in remark for remark in read(name, way).remarks)


def test_the_wrong_way_is_another_network() -> None:
    """Were it the same, the tests above would show nothing."""
    assert distance(read("norm_after.pt", ImportChoices(norm="before")), "norm_after.pt") > 0.1
    assert distance(read("used_1324.pt", ImportChoices(order=("fc1", "fc2", "fc3", "fc4"))), "used_1324.pt") > 0.1


def test_what_a_user_says_stands(tmp_path: Path) -> None:
    options = ImportOptions(activation="relu", way=ImportChoices(norm="before"))
    found = import_network(FOLDER / "norm_after.pt", options, data=str(FOLDER / "digits.npz"))
    truth = read("norm_after.pt", ImportChoices(norm="before"))
    np.testing.assert_array_equal(found.run.last.weights[1], truth.weights[1])
    assert not any("fits" in remark for remark in found.remarks)


def test_what_a_user_does_not_say_is_still_tried(tmp_path: Path) -> None:
    """Batch-norms and an order both open: one said, the other settled by the examples."""
    dice = np.random.default_rng(1)
    arrays: dict[str, np.ndarray] = {}
    for name, (fan_out, fan_in) in {"a": (8, 49), "b": (8, 8), "c": (8, 8), "d": (10, 8)}.items():
        arrays[f"{name}.dense.weight"] = dice.normal(size=(fan_out, fan_in)) * 0.5
        for part in ("weight", "bias", "running_mean", "running_var"):
            if name != "d":
                arrays[f"{name}.norm.{part}"] = dice.uniform(0.5, 1.5, fan_out)
    np.savez(tmp_path / "net.npz", **arrays)
    asked = read_network(tmp_path / "net.npz", activation="relu", way=ImportChoices(norm="after"))
    orders = [("a.dense", "b.dense", "c.dense", "d.dense"), ("a.dense", "c.dense", "b.dense", "d.dense")]
    assert list(asked.ways) == [ImportChoices("after", order) for order in orders]
    asked = read_network(tmp_path / "net.npz", activation="relu", way=ImportChoices(order=orders[1]))
    assert list(asked.ways) == [ImportChoices("before", orders[1]), ImportChoices("after", orders[1])]
    assert len(read_network(tmp_path / "net.npz", activation="relu").ways) == 4


def test_checkpoints_are_all_taken_in_the_way_that_fits_the_last(tmp_path: Path) -> None:
    content = (FOLDER / "used_1324.pt").read_bytes()
    for number in (1, 2):
        (tmp_path / f"step_{number}.pt").write_bytes(content)
    found = import_network(tmp_path, ImportOptions(activation="tanh"), data=str(FOLDER / "digits.npz"))
    truth = read("used_1324.pt", OPEN["used_1324.pt"])
    for snapshot in found.run.snapshots:
        np.testing.assert_array_equal(snapshot.weights[1], truth.weights[1])
    assert any(remark.startswith("--order fc1,fc3,fc2,fc4 fits") for remark in found.remarks)
    stages = read_checkpoints(tmp_path, activation="tanh", way=OPEN["used_1324.pt"])
    np.testing.assert_array_equal(stages[0][1].weights[1], truth.weights[1])


WRONG = {
    (
        "norm_after.pt",
        ImportChoices(order=("fc1", "fc2")),
    ): r"its layers are fc1, fc2, fc3, but --order names fc1, fc2;",
    ("used_1234.pt", ImportChoices(norm="after")): "no batch-norm between two dense layers; leave --norm out",
    (
        "used_1234.pt",
        ImportChoices(order=("fc2", "fc1", "fc3", "fc4")),
    ): "fc1 has weights for 49 neurons, but fc2 before",
    ("used_1234.pt", ImportChoices(column="last")): "no column of biases; leave --bias-column out",
    (
        "sequential_old.pt",
        ImportChoices(norm="after"),
    ): "tells the place of its layers itself; leave --norm after out",
}


@pytest.mark.parametrize(("case", "message"), WRONG.items(), ids=str)
def test_what_a_file_does_not_leave_open_cannot_be_said(case: tuple[str, ImportChoices], message: str) -> None:
    with pytest.raises(EdgeglowError, match=message):
        read(*case)


def test_words_that_are_none_are_wrong_usage() -> None:
    for way in (ImportChoices(norm="beside"), ImportChoices(column="middle"), ImportChoices(order=("fc1", "fc1"))):  # type: ignore[arg-type]
        with pytest.raises(InvalidRequest, match="expected"):
            read("norm_after.pt", way)


def test_pickled_modules_are_refused_for_what_they_are(tmp_path: Path) -> None:
    (tmp_path / "set.pkl").write_bytes(pickle.dumps({"a": {"x"}, "b": print}))
    with pytest.raises(EdgeglowError, match="it holds a, b, expected a model's state dict"):
        read_network(tmp_path / "set.pkl")


# -- render.py import -----------------------------------------------------------------------------------------


def test_options_say_what_names_leave_open(tmp_path: Path) -> None:
    common = ("--activation", "tanh", "--data", FOLDER / "digits.npz", "-o", tmp_path / "run.npz")
    done = call("import", FOLDER / "used_1324.pt", *common)
    assert done.exit_code == 0 and "--order fc1,fc3,fc2,fc4 fits: it reads" in done.stderr, done.output
    before = Run.load(tmp_path / "run.npz")
    done = call("import", FOLDER / "used_1324.pt", "--order", "fc1,fc2,fc3,fc4", *common)
    assert done.exit_code == 0 and "fits" not in done.stderr, done.output
    asked = Run.load(tmp_path / "run.npz")
    np.testing.assert_array_equal(asked.last.weights[1], before.last.weights[2])
    for args in (("--norm", "beside"), ("--bias-column", "2"), ("--order", "fc1,fc1")):
        done = call("import", FOLDER / "used_1324.pt", *args, *common)
        assert done.exit_code == 2 and "expected" in done.stderr, done.output
    done = call("import", FOLDER / "used_1324.pt", "--order", "fc1,fc2", *common)
    assert done.exit_code == 1 and len(done.stderr.splitlines()) == 1
    assert Run.load(tmp_path / "run.npz").digest == asked.digest


def test_a_network_that_reads_nothing_tells_nothing(tmp_path: Path) -> None:
    dice = np.random.default_rng(3)
    sizes = (49, 8, 8, 8, 10)
    arrays = {
        f"{name}.weight": dice.normal(size=(fan_out, fan_in))
        for name, fan_in, fan_out in zip(("first", "upper", "lower", "last"), sizes, sizes[1:], strict=False)
    }
    np.savez(tmp_path / "net.npz", **arrays)
    found = import_network(tmp_path / "net.npz", ImportOptions(activation="tanh"), data=str(FOLDER / "digits.npz"))
    np.testing.assert_array_equal(found.run.last.weights[1], np.float32(arrays["upper.weight"]))
    (said,) = [remark for remark in found.remarks if "--order" in remark]
    assert said.endswith("that does not tell which is right; --order first,upper,lower,last was taken.")
