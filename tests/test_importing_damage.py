"""Files with one part damaged, of every kind that holds Python's values: told, and never anything else raised."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from test_importing_hostile import changed, changed_inside
from test_importing_torch import FOLDER

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing import read_network

KINDS = (
    "arrays.pt",
    "by_role.pt",
    "copies.pt",
    "mlp.pkl",
    "norm_after.pt",
    "own_matrices.pt",
    "pickled.pkl",
    "pickled_whole.pkl",
    "sequential_old.pt",
    "spectral_norm.pt",
    "told.pt",
    "weight_norm_old.pt",
)


@pytest.mark.parametrize("name", KINDS)
def test_damage_is_told(name: str, tmp_path: Path) -> None:
    whole = (FOLDER / name).read_bytes()
    damaged = tmp_path / name
    refused = 0
    for seed in range(60):
        dice = random.Random(seed)
        damaged.write_bytes((changed if seed % 8 == 0 else changed_inside)(whole, dice))
        try:
            read_network(damaged, activation="tanh")
        except EdgeglowError as error:
            refused += 1
            assert str(error).startswith(f"{damaged}: ") and str(error).isprintable()
    assert refused > 0


@pytest.mark.parametrize("name", KINDS)
def test_a_file_cut_short_is_refused(name: str, tmp_path: Path) -> None:
    whole = (FOLDER / name).read_bytes()
    cut = tmp_path / name
    for length in range(0, len(whole), 256):
        cut.write_bytes(whole[:length])
        with pytest.raises(EdgeglowError):
            read_network(cut, activation="tanh")
