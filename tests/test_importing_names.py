"""What names and shapes tell of arrays: which layer, in which order, turned which way, written when."""

from __future__ import annotations

import shutil
from itertools import pairwise, permutations
from pathlib import Path

import numpy as np
import pytest

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing import CheckpointStep, ImportChoices, ParsedNetwork, read_checkpoints, read_network
from edgeglow.model.network.network import Network

NETWORKS = Path(__file__).parent / "fixtures" / "networks"
DICE = np.random.default_rng(5)
SIZES = (6, 4, 3, 2)


def layers(sizes: tuple[int, ...] = SIZES) -> tuple[list[np.ndarray], list[np.ndarray]]:
    weights = [DICE.normal(size=(fan_out, fan_in)).astype(np.float32) for fan_in, fan_out in pairwise(sizes)]
    return weights, [DICE.normal(size=len(each)).astype(np.float32) for each in weights]


def saved(folder: Path, activation: str | None = "relu", **arrays: np.ndarray) -> ParsedNetwork:
    np.savez(folder / "some.npz", **arrays)
    return read_network(folder / "some.npz", activation=activation)


def safe(folder: Path, arrays: dict[str, np.ndarray]) -> ParsedNetwork:
    from safetensors.numpy import save_file

    save_file({name: np.ascontiguousarray(array) for name, array in arrays.items()}, folder / "some.safetensors")
    return read_network(folder / "some.safetensors", activation="relu")


def alike(stored: ParsedNetwork, weights: list[np.ndarray], biases: list[np.ndarray]) -> bool:
    return all(
        np.array_equal(mine, theirs)
        for mine, theirs in zip((*stored.weights, *stored.biases), (*weights, *biases), strict=True)
    )


@pytest.mark.parametrize(
    ("weight", "bias", "first"),
    [
        ("W{}", "b{}", 1),
        ("w{}", "b{}", 0),
        ("weights_{}", "biases_{}", 0),
        ("fc{}.weight", "fc{}.bias", 1),
        ("layer{}_W", "layer{}_b", 9),  # 9, 10, 11: as numbers, not as text
        ("net/{}/weights", "net/{}/biases", 9),
        ("module._orig_mod.net.{}.weight", "module._orig_mod.net.{}.bias", 0),
        ("coefs_{}", "intercepts_{}", 0),
        ("dense_{}/kernel:0", "dense_{}/bias:0", 1),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_common_names_are_known_and_biases_tell_the_transpose(
    weight: str, bias: str, first: int, turned: bool, tmp_path: Path
) -> None:
    turned = turned or "kernel" in weight or "coef" in weight  # these names say that the inputs are the rows
    weights, biases = layers()
    arrays = {}
    for index, (w, b) in reversed(list(enumerate(zip(weights, biases, strict=True)))):
        arrays[weight.format(first + index)] = w.T if turned else w
        arrays[bias.format(first + index)] = b
    assert alike(saved(tmp_path, **arrays), weights, biases)


@pytest.mark.parametrize("turned", [False, True])
def test_without_biases_the_chain_tells_the_transpose(turned: bool, tmp_path: Path) -> None:
    weights, biases = layers()
    arrays = {f"arr_{index}": w.T if turned else w for index, w in enumerate(weights)}
    assert alike(saved(tmp_path, **arrays), weights, [np.zeros_like(b) for b in biases])


def test_where_both_ways_fit_it_is_said(tmp_path: Path) -> None:
    weights, biases = layers((3, 3, 3))
    stored = saved(tmp_path, W1=weights[0], b1=biases[0], W2=weights[1], b2=biases[1])
    assert alike(stored, weights, biases)
    assert "the shapes allow both" in stored.remarks[0]
    assert not any("allow both" in remark for remark in saved(tmp_path, **_pairs(*layers())).remarks)


def _pairs(weights: list[np.ndarray], biases: list[np.ndarray]) -> dict[str, np.ndarray]:
    return {f"W{k}": w for k, w in enumerate(weights)} | {f"b{k}": b for k, b in enumerate(biases)}


def test_shapes_tell_the_order_where_names_do_not(tmp_path: Path) -> None:
    weights, biases = layers()
    for names in permutations(("hidden", "answer", "first")):
        arrays = {f"{name}.weight": w for name, w in zip(names, weights, strict=True)}
        arrays |= {f"{name}.bias": b for name, b in zip(names, biases, strict=True)}
        assert alike(safe(tmp_path, arrays), weights, biases)


def test_an_order_that_nothing_tells_is_said_and_may_be_asked_for(tmp_path: Path) -> None:
    weights, _ = layers((6, 4, 4, 4, 2))
    zeros = [np.zeros(len(w), np.float32) for w in weights]
    names = ("first", "upper", "lower", "last")
    arrays = {f"{name}.weight": w for name, w in zip(names, weights, strict=True)}
    stored = safe(tmp_path, arrays)
    assert "first, lower, upper, last was taken, by their names; --order" in stored.remarks[0]
    assert [way.order for way in stored.ways] == [("first", "lower", "upper", "last"), names]
    asked = read_network(tmp_path / "some.safetensors", activation="relu", way=ImportChoices(order=names))
    assert alike(asked, weights, zeros) and not asked.ways
    numbered = safe(tmp_path, {f"fc{index}.weight": w for index, w in enumerate(weights)})
    assert alike(numbered, weights, zeros) and not numbered.ways


def test_more_orders_than_can_be_tried_are_asked_for(tmp_path: Path) -> None:
    weights, _ = layers((6, *(4,) * 8, 2))
    names = [f"layer {letter}" for letter in "abcdefghi"]
    arrays = {f"{name}.weight": w for name, w in zip(names, weights, strict=True)}
    with pytest.raises(EdgeglowError, match=r"order of its layers .* cannot be told; say it with --order A,B"):
        safe(tmp_path, arrays)
    asked = read_network(tmp_path / "some.safetensors", activation="relu", way=ImportChoices(order=tuple(names)))
    assert alike(asked, weights, [np.zeros(len(w), np.float32) for w in weights])
    numbered = {f"fc{index}.weight": w for index, w in enumerate(weights)}
    assert not safe(tmp_path, numbered).ways


def test_biases_among_the_weights_may_be_the_last_column(tmp_path: Path) -> None:
    weights, biases = layers()
    for at, column in ((0, "first"), (-1, "last")):
        parts = [np.insert(w, 0 if at == 0 else w.shape[1], b, axis=1) for w, b in zip(weights, biases, strict=True)]
        stored = saved(tmp_path, **{f"W{k}": part for k, part in enumerate(parts)})
        assert [way.column for way in stored.ways] == ["first", "last"]
        asked = read_network(tmp_path / "some.npz", activation="relu", way=ImportChoices(column=column))  # type: ignore[arg-type]
        assert alike(asked, weights, biases)


def norm_arrays(size: int) -> dict[str, np.ndarray]:
    return {
        "weight": DICE.uniform(0.5, 1.5, size).astype(np.float32),
        "bias": DICE.normal(size=size).astype(np.float32),
        "running_mean": DICE.normal(size=size).astype(np.float32),
        "running_var": DICE.uniform(0.5, 1.5, size).astype(np.float32),
        "num_batches_tracked": np.int64(7),
    }


def normed(parts: dict[str, np.ndarray], a: np.ndarray) -> np.ndarray:
    """Batch-norm after training, as PyTorch defines it."""
    scaled = (a - parts["running_mean"]) / np.sqrt(parts["running_var"] + 1e-5)
    return scaled * parts["weight"] + parts["bias"]


@pytest.mark.parametrize(
    ("dense_names", "norm_name", "after_activation"),
    [
        (("net.0", "net.3"), "net.1", False),  # dense, norm, relu, dense
        (("net.0", "net.3"), "net.2", True),  # dense, relu, norm, dense
        (("fc1", "fc2"), "bn1", False),
        (("a.fc", "b.fc"), "a.bn", False),
        (("blocks.0.linear", "head"), "blocks.0.norm", False),
    ],
)
def test_a_batch_norm_stands_where_the_names_put_it(
    dense_names: tuple[str, str], norm_name: str, after_activation: bool, tmp_path: Path
) -> None:
    weights, biases = layers((5, 4, 3))
    parts = norm_arrays(4)
    arrays = {f"{norm_name}.{name}": array for name, array in parts.items()}
    for name, w, b in zip(dense_names, weights, biases, strict=True):
        arrays |= {f"{name}.weight": w, f"{name}.bias": b}
    stored = safe(tmp_path, arrays)

    x = DICE.normal(size=(7, 5)).astype(np.float32)
    a = x @ weights[0].T + biases[0]
    a = normed(parts, np.maximum(a, 0)) if after_activation else np.maximum(normed(parts, a), 0)
    sums = a @ weights[1].T + biases[1]
    truth = np.exp(sums) / np.exp(sums).sum(1, keepdims=True)
    mine = Network.of(stored.weights, stored.biases, stored.hidden, stored.output).activations(x)[-1]
    assert np.abs(mine - truth).max() < 1e-5


def test_a_batch_norm_without_a_place_is_refused(tmp_path: Path) -> None:
    weights, _ = layers((5, 4, 4, 3))
    arrays = {f"fc{index}.weight": w for index, w in enumerate(weights)}
    arrays |= {f"norm.{name}": array for name, array in norm_arrays(4).items()}
    arrays |= {f"other.{name}": array for name, array in norm_arrays(4).items()}
    with pytest.raises(EdgeglowError, match="where the batch-norm norm stands cannot be told"):
        safe(tmp_path, arrays)


@pytest.mark.parametrize(
    ("name", "shape", "words"),
    [
        ("conv1.weight", (3, 1, 3, 3), r"conv1\.weight of shape \(3, 1, 3, 3\) belongs to a convolution"),
        ("norm.weight", (4,), r"norm\.weight of shape \(4,\) belongs to a LayerNorm"),
        ("lstm.weight_ih_l0", (4, 4), "recurrent"),
        ("blocks.0.attn.in_proj_weight", (12, 4), "attention"),
        ("word_embedding.weight", (50, 4), "an embedding"),
        ("mystery", (4, 4), "no name that is known"),
    ],
)
def test_what_is_not_dense_is_refused_by_name(name: str, shape: tuple[int, ...], words: str, tmp_path: Path) -> None:
    with pytest.raises(EdgeglowError, match=words):
        safe(tmp_path, {"fc.weight": np.ones((3, 4), np.float32), name: np.ones(shape, np.float32)})


def test_too_many_weights_are_refused_before_they_are_read(tmp_path: Path) -> None:
    with (tmp_path / "vast.npy").open("wb") as file:
        header = {"descr": "<f4", "fortran_order": False, "shape": (5_000, 5_000)}
        np.lib.format.write_array_header_1_0(file, header)
        file.truncate(file.tell() + 100_000_000)
    with pytest.raises(EdgeglowError, match="25,000,000 weights and biases, expected at most 20,000,000"):
        read_network(tmp_path / "vast.npy")


def test_names_of_classes_must_be_as_many_as_there_are(tmp_path: Path) -> None:
    weights, biases = layers()
    assert saved(tmp_path, **_pairs(weights, biases), classes=np.array(["no", "yes"])).class_names == ("no", "yes")
    with pytest.raises(EdgeglowError, match="it names 3 classes, but has 2 neurons"):
        saved(tmp_path, **_pairs(weights, biases), classes=np.array(["no", "yes", "maybe"]))


def test_a_regression_is_refused(tmp_path: Path) -> None:
    weights, biases = layers()
    with pytest.raises(EdgeglowError, match="as of a regression"):
        saved(tmp_path, **_pairs(weights, biases), out_activation=np.array("identity"))


@pytest.mark.parametrize(
    ("names", "moments"),
    [
        (["ckpt-000120.pt", "ckpt-000040.pt"], [("step", 40), ("step", 120)]),
        (["epoch=3-step=120.ckpt", "epoch=10-step=400.ckpt"], [("step", 120), ("step", 400)]),
        (["model_step_9.pt", "model_step_10.pt"], [("step", 9), ("step", 10)]),
        (["mlp2-epoch10.pth", "mlp2-epoch9.pth"], [("epoch", 9), ("epoch", 10)]),
        (["v2_784_000010.pt", "v2_784_000009.pt"], [("step", 9), ("step", 10)]),
        (["weights.07-0.25.pt", "weights.11-0.20.pt"], [("step", 7), ("step", 11)]),
        (["e1.pt", "e2.pt"], [("epoch", 1), ("epoch", 2)]),
        (["lr1e-3_step5_ep1.pt", "lr1e-3_step5_ep2.pt"], [("epoch", 1), ("epoch", 2)]),  # what differs counts
        (["lr1e-3_000010.pt", "lr1e-3_000009.pt"], [("step", 9), ("step", 10)]),
    ],
)
def test_checkpoints_are_ordered_by_the_numbers_in_their_names(
    names: list[str], moments: list[tuple[str, int]], tmp_path: Path
) -> None:
    for name in names:
        shutil.copy(NETWORKS / "state_dict.pt", tmp_path / name)
    (tmp_path / "log.txt").write_text("passed over")
    found = read_checkpoints(tmp_path, activation="relu")
    assert [(moment.kind, moment.number) for moment, _ in found] == moments


def test_bare_numbers_of_keras_files_are_epochs(tmp_path: Path) -> None:
    for number in ("07", "11"):
        shutil.copy(NETWORKS / "sequential.keras", tmp_path / f"weights.{number}.keras")
    assert [moment for moment, _ in read_checkpoints(tmp_path)] == [
        CheckpointStep("epoch", 7),
        CheckpointStep("epoch", 11),
    ]


def test_a_checkpoint_tells_its_moment_where_its_name_does_not(tmp_path: Path) -> None:
    shutil.copy(NETWORKS / "checkpoint.pt", tmp_path / "last.pt")
    shutil.copy(NETWORKS / "checkpoint.pt", tmp_path / "step_7.pt")
    found = read_checkpoints(tmp_path, activation="sigmoid")
    assert [moment for moment, _ in found] == [CheckpointStep("step", 7), CheckpointStep("step", 120)]


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["best.pt", "last.pt"], "when best.pt was written is not told"),
        (["step_1.pt", "final_step_1.pt"], "are both of step 1"),
        (["step_1.pt", "epoch_2.pt"], "expected the same of all"),
    ],
)
def test_moments_that_cannot_be_told_are_an_error(names: list[str], words: str, tmp_path: Path) -> None:
    for name in names:
        shutil.copy(NETWORKS / "state_dict.pt", tmp_path / name)
    with pytest.raises(EdgeglowError, match=words) as error:
        read_checkpoints(tmp_path, activation="relu")
    assert str(error.value).startswith(f"{tmp_path}: ")


def test_checkpoints_of_different_networks_are_an_error(tmp_path: Path) -> None:
    shutil.copy(NETWORKS / "state_dict.pt", tmp_path / "step_1.pt")
    shutil.copy(NETWORKS / "two_classes.pt", tmp_path / "step_2.pt")
    with pytest.raises(EdgeglowError, match=r"step_2\.pt: its layers are 49-5-2, but those of step_1\.pt 49-7-5-10"):
        read_checkpoints(tmp_path, activation="relu")
