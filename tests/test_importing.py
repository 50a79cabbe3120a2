"""Networks read from files give the answers that the libraries which wrote them give."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

from edgeglow.model.errors import EdgeglowError, InvalidRequest
from edgeglow.model.importing import CheckpointStep, ParsedNetwork, is_run_file, read_checkpoints, read_network
from edgeglow.model.network.network import Network

NETWORKS = Path(__file__).parent / "fixtures" / "networks"

# what a user has to say of files that do not tell their activation functions
ACTIVATIONS = {
    "state_dict.pt": "relu",
    "old_format.pt": "relu",
    "checkpoint.pt": "sigmoid",
    "batch_norm.pt": "relu",
    "named.pt": "relu",
    "named.safetensors": "relu",
    "two_classes.pt": "tanh",
    "strides.pt": "tanh",
    "one_storage.ckpt": "tanh",
    "double.pt": "tanh",
    "half.pt": "tanh",
    "brain.safetensors": "tanh",
    "alone.weights.h5": "tanh",
    "plain.npz": "tanh",
    "places.npz": "tanh",
}
READABLE = sorted(
    path.name.removesuffix(".expected.npz")
    for path in NETWORKS.glob("*.expected.npz")
    if (NETWORKS / path.name.removesuffix(".expected.npz")).is_file()
)


def read(name: str) -> ParsedNetwork:
    return read_network(NETWORKS / name, activation=ACTIVATIONS.get(name))


def expected(name: str) -> tuple[np.ndarray, np.ndarray]:
    with np.load(NETWORKS / f"{name}.expected.npz") as file:
        return file["inputs"], file["outputs"]


def answers(stored: ParsedNetwork, inputs: np.ndarray) -> np.ndarray:
    return Network.of(stored.weights, stored.biases, stored.hidden, stored.output).activations(inputs)[-1]


@pytest.mark.parametrize("name", READABLE)
def test_answers_are_those_of_the_library_that_wrote_the_file(name: str) -> None:
    inputs, outputs = expected(name)
    if name == "pixels.keras":  # takes 0 to 255; here pixels are 0 to 1
        inputs = inputs / 255
    stored = read(name)
    assert np.abs(answers(stored, inputs) - outputs).max() < 1e-5
    assert all(part.dtype == np.float32 for part in (*stored.weights, *stored.biases))


def test_fixtures_can_tell_a_wrong_transpose_or_function() -> None:
    """Were the test above blind to these, it would show nothing."""
    inputs, outputs = expected("mlp.npz")
    stored = read("mlp.npz")
    turned = (stored.weights[0], stored.weights[1].T, stored.weights[2])
    for other in (
        Network.of(turned, stored.biases, "tanh"),
        Network.of(stored.weights, stored.biases, "relu"),
        Network.of(stored.weights, stored.biases, "tanh", "sigmoid"),
    ):
        assert np.abs(other.activations(inputs)[-1] - outputs).max() > 1e-2


def test_every_kind_of_file_is_among_the_fixtures() -> None:
    endings = {Path(name).suffix for name in READABLE}
    assert endings == {".pt", ".ckpt", ".safetensors", ".keras", ".h5", ".onnx", ".npz", ".npy"}


@pytest.mark.parametrize(
    ("name", "hidden", "output", "image", "sizes"),
    [
        ("sequential.keras", "tanh", "softmax", (7, 7), (49, 7, 5, 10)),
        ("functional.h5", "relu", "softmax", (7, 7), (49, 7, 5, 10)),
        ("softmax.onnx", "relu", "softmax", (7, 7), (49, 7, 5, 10)),
        ("sequential.pt", "tanh", "softmax", None, (49, 7, 10)),
        ("mlp.npz", "tanh", "softmax", None, (64, 8, 8, 10)),
        ("two.onnx", "sigmoid", "softmax", None, (64, 5, 2)),
    ],
)
def test_a_file_tells_its_functions_and_shapes(
    name: str, hidden: str, output: str, image: tuple[int, int] | None, sizes: tuple[int, ...]
) -> None:
    stored = read_network(NETWORKS / name)
    assert (stored.hidden, stored.output, stored.image_shape, stored.layer_sizes) == (hidden, output, image, sizes)


def test_names_and_moments_are_told() -> None:
    assert read("two.onnx").class_names == read("two.npz").class_names == ("large", "small")
    assert read("scaled.npz").feature_names[:2] == ("pixel 0", "pixel 1")
    assert read("checkpoint.pt").moment == CheckpointStep("step", 120)
    assert read("no_hidden.safetensors").moment == CheckpointStep("epoch", 7)
    assert read("state_dict.pt").moment is None


def test_what_was_changed_is_said() -> None:
    remarks = " ".join(read("batch_norm.pt").remarks)
    assert "batch-norm 3 was folded into 2.weight" in remarks
    assert "batch-norm 7 was folded into 8.weight" in remarks
    assert "softmax was added" in remarks
    assert "two classes" in " ".join(read("two_classes.pt").remarks)
    assert "0 to 255" in " ".join(read("pixels.keras").remarks)
    assert read("sequential.keras").remarks == (
        "Passed over, without effect when the network answers: dropout (Dropout).",
    )


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("convolution.pt", ["1.weight", "convolution"]),
        ("convolution_whole.pt", ["1 is Conv2d"]),
        ("convolution.keras", ["looker is Conv2D"]),
        ("convolution.onnx", ["(Conv)"]),
        ("skip.keras", ["skip (Add)", "takes in 2 layers"]),
        ("own_class.pt", ["__main__.Named", "state_dict()"]),
        ("quantised.pt", ["fc.weight", "quantised"]),
    ],
)
def test_what_cannot_be_shown_is_refused_with_its_name(name: str, words: list[str]) -> None:
    with pytest.raises(EdgeglowError) as error:
        read_network(NETWORKS / name)
    line = str(error.value)
    assert line.startswith(str(NETWORKS / name)) and "\n" not in line
    assert all(word in line for word in words), line


def test_a_function_that_is_not_told_is_asked_for() -> None:
    with pytest.raises(EdgeglowError, match=r"with --activation NAME, as relu or leaky_relu:0.2, or one for each"):
        read_network(NETWORKS / "state_dict.pt")
    assert read_network(NETWORKS / "no_hidden.safetensors").layer_sizes == (49, 10)  # none is needed


def test_what_contradicts_the_file_is_an_error() -> None:
    with pytest.raises(EdgeglowError, match="has the activation tanh, but --activation relu"):
        read_network(NETWORKS / "sequential.keras", activation="relu")
    with pytest.raises(EdgeglowError, match="ends in softmax, but --output-layer sigmoid"):
        read_network(NETWORKS / "sequential.keras", output="sigmoid")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"activation": "relux"}, "^--activation 'relux': expected one of sigmoid, tanh, relu, "),
        ({"output": "tanh"}, "^--output-layer 'tanh': expected one of softmax, sigmoid$"),
    ],
)
def test_names_of_no_function_are_wrong_usage(wrong: dict[str, str], message: str) -> None:
    with pytest.raises(InvalidRequest, match=message):
        read_network(NETWORKS / "state_dict.pt", **wrong)
    with pytest.raises(InvalidRequest, match=message):
        read_checkpoints(NETWORKS / "checkpoints", **wrong)


def test_the_output_is_the_users_where_the_file_ends_in_sums() -> None:
    stored = read_network(NETWORKS / "state_dict.pt", activation="relu", output="sigmoid")
    assert stored.output == "sigmoid"
    assert "sigmoid was added" in stored.remarks[0]


def without_names(content: bytes) -> bytes:
    """Weights of a .keras file as the first versions of Keras 3 wrote them: groups do not carry layers' names."""
    file = io.BytesIO(content)
    with h5py.File(file, "r+") as root:
        root.visititems(lambda _, group: group.attrs.pop("name", None) and None)
    return file.getvalue()


@pytest.mark.parametrize("name", ["sequential.keras", "functional.keras"])
def test_keras_layers_are_counted_where_their_weights_carry_no_names(name: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(NETWORKS / name) as old, zipfile.ZipFile(tmp_path / name, "w") as new:
        new.writestr("config.json", old.read("config.json"))
        new.writestr("model.weights.h5", without_names(old.read("model.weights.h5")))
    inputs, outputs = expected(name)
    assert np.abs(answers(read_network(tmp_path / name), inputs) - outputs).max() < 1e-5


def as_keras_2(path: Path) -> None:
    """Rewrite a whole model in an .h5 file to what Keras 2 called things and how it noted inputs."""
    with h5py.File(path, "r+") as root:
        config = json.loads(root.attrs["model_config"])
        for layer in config["config"]["layers"]:
            settings = layer["config"]
            if "batch_shape" in settings:
                settings["batch_input_shape"] = settings.pop("batch_shape")
            for node in layer.get("inbound_nodes", []):
                history = node["args"][0]["config"]["keras_history"]
                layer["inbound_nodes"] = [[[*history, {}]]]
        config["class_name"] = {"Functional": "Model"}.get(config["class_name"], config["class_name"])
        del root.attrs["model_config"]
        root.attrs["model_config"] = np.bytes_(json.dumps(config).encode())
        found: list[str] = []
        root.visititems(lambda where, each: found.append(where) if isinstance(each, h5py.Dataset) else None)
        for where in found:
            root.move(where, f"{where}:0")


@pytest.mark.parametrize("name", ["whole.h5", "functional.h5"])
def test_models_in_the_manner_of_keras_2_are_read(name: str, tmp_path: Path) -> None:
    shutil.copy(NETWORKS / name, tmp_path / name)
    as_keras_2(tmp_path / name)
    inputs, outputs = expected(name)
    assert np.abs(answers(read_network(tmp_path / name), inputs) - outputs).max() < 1e-5


def test_keras_weights_of_a_class_of_ones_own_in_half_precision(tmp_path: Path) -> None:
    """Groups are called by the class's attributes; HDF5 has no bfloat16, so a text says what the bytes are."""
    kernels = [np.float32([[1, 2.5, -3], [0.25, 0, 8]]), np.float32([[1, 2], [3, 4], [5, 6]])]
    with h5py.File(tmp_path / "own.weights.h5", "w") as file:
        for name, kernel in zip(("a", "b"), kernels, strict=True):
            halves = (kernel.view(np.uint32) >> 16).astype("<u2").view("V2")
            file[f"{name}/vars/0"] = halves
            file[f"{name}/vars/0"].attrs["dtype"] = "bfloat16"
            file[f"{name}/vars/1"] = np.zeros(kernel.shape[1], np.float32)
    stored = read_network(tmp_path / "own.weights.h5", activation="relu")
    assert all(np.array_equal(mine, kernel.T) for mine, kernel in zip(stored.weights, kernels, strict=True))


def test_numbers_beside_an_onnx_file_are_looked_for_nowhere_else(tmp_path: Path) -> None:
    model = (NETWORKS / "beside.onnx").read_bytes()
    (tmp_path / "beside.onnx").write_bytes(model)
    with pytest.raises(EdgeglowError, match=r"lies in beside\.onnx\.data: it cannot be read"):
        read_network(tmp_path / "beside.onnx")
    outside = model.replace(b"beside.onnx.data", b"../../../etc/pwd")
    (tmp_path / "beside.onnx").write_bytes(outside)
    with pytest.raises(EdgeglowError, match="expected a file beside the model"):
        read_network(tmp_path / "beside.onnx")


def test_checkpoints_of_a_real_training_come_in_its_order() -> None:
    found = read_checkpoints(NETWORKS / "checkpoints", activation="relu")
    assert [moment for moment, _ in found] == [CheckpointStep("step", number) for number in (0, 10, 20, 30, 40)]
    inputs, outputs = expected("checkpoints")
    assert np.abs(answers(found[-1][1], inputs) - outputs).max() < 1e-5
    assert np.abs(answers(found[0][1], inputs) - outputs).max() > 1e-2

    found = read_checkpoints(NETWORKS / "checkpoints_keras")
    assert [moment for moment, _ in found] == [CheckpointStep("epoch", number) for number in (0, 1, 2)]
    inputs, outputs = expected("checkpoints_keras")
    assert np.abs(answers(found[-1][1], inputs) - outputs).max() < 1e-5


def test_a_run_is_told_from_plain_weights(tmp_path: Path) -> None:
    np.savez(tmp_path / "run.npz", about=np.array("{}"), weights_0=np.zeros((1, 2, 3)))
    assert is_run_file(tmp_path / "run.npz")
    with pytest.raises(EdgeglowError, match="a run of this program"):
        read_network(tmp_path / "run.npz")
    assert not is_run_file(NETWORKS / "plain.npz")
    assert not is_run_file(NETWORKS / "state_dict.pt")
    assert not is_run_file(tmp_path)
    assert not is_run_file(tmp_path / "nowhere.npz")


def test_a_folder_called_model_where_the_user_stands_is_not_run(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "__init__.py").write_text("raise SystemExit('imported')")
    root = str(Path(__file__).parents[1])
    code = (
        f"import sys; sys.path[:] = [{root!r}, *sys.path[1:]]\n"
        "from edgeglow.model.importing import read_network;"
        f" print(read_network({str(NETWORKS / 'whole.h5')!r}).layer_sizes)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=dict(os.environ), capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "(49, 7, 5, 10)", done.stderr
