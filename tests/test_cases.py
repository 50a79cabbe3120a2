"""Files that were once taken wrongly, from a folder beside the checkout: each is read, or refused, as it should be.

``EDGEGLOW_CASES`` names the folder, else it is ``../shared/cases/made``; without it these tests are skipped. What
they hold is tested by fixtures of this project, too. A new case is a row in ``CASES``.
"""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import onnx
import pytest

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing import read_network

FOLDER = Path(os.environ.get("EDGEGLOW_CASES") or Path(__file__).parents[2] / "shared" / "cases" / "made")
Weights = list[np.ndarray]


def keras_kernels(path: Path) -> Weights:
    """The kernels in a .keras file of two dense layers, by their own names."""
    with zipfile.ZipFile(path) as archive, h5py.File(io.BytesIO(archive.read("model.weights.h5"))) as file:
        return [file[f"layers\\{name}"]["vars"]["0"][()].T for name in ("dense", "dense_1")]


def onnx_matrices(path: Path) -> Weights:
    """The matrices of an ONNX graph, in their order."""
    arrays = [onnx.numpy_helper.to_array(tensor) for tensor in onnx.load(path).graph.initializer]
    return [array for array in arrays if array.ndim == 2]


@dataclass(frozen=True)
class Read:
    """A network that is read: its layers and functions, its true ``weights`` where these can be told without the
    importer, what must be said of it, and what the user has to say (``options`` of ``read_network``)."""

    sizes: tuple[int, ...]
    hidden: str
    weights: Callable[[Path], Weights] | None = None
    says: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)

    def check(self, path: Path) -> None:
        stored = read_network(path, **self.options)
        assert (stored.layer_sizes, stored.hidden) == (self.sizes, self.hidden)
        truth = self.weights(path) if self.weights else stored.weights
        for mine, given in zip(stored.weights, truth, strict=True):
            np.testing.assert_allclose(mine, given, rtol=1e-6)
        assert all(words in " ".join(stored.remarks) for words in self.says)


@dataclass(frozen=True)
class Refused:
    """A file that is refused, in at most three lines, with these words."""

    says: tuple[str, ...]

    def check(self, path: Path) -> None:
        with pytest.raises(EdgeglowError) as caught:
            read_network(path)
        told = str(caught.value)
        assert all(words in told for words in self.says) and told.count("\n") <= 2


CASES: dict[str, Read | Refused] = {
    "windows.keras": Read((784, 16, 10), "relu", keras_kernels),
    "weights_among_inputs.onnx": Read((784, 16, 10), "relu", onnx_matrices, says=("softmax was added",)),
    "scikit.joblib": Refused(("a joblib pickle", "these two lines instead", "*mlp.coefs_, *mlp.intercepts_")),
}


@pytest.mark.parametrize("name", CASES)
def test_case(name: str) -> None:
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"{path} is not there; EDGEGLOW_CASES names the folder of cases")
    CASES[name].check(path)
