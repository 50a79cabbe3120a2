"""Run files, ``--data`` and networks in .npz files, damaged by hundreds of seeds: read, or refused in a few lines."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from damage import members_of, with_damage, with_words, zip_of

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing import read_network
from edgeglow.model.importing.examples.labelled_file import read_labelled
from edgeglow.model.run.run import Run
from edgeglow.model.text.printable import is_printable

SEEDS = range(150)  # thousands were tried once; these take a second or two each kind


def array(values: object) -> bytes:
    content = io.BytesIO()
    np.save(content, np.asarray(values))
    return content.getvalue()


DATA = {
    "x.npy": array(np.arange(48, dtype=np.uint8).reshape(3, 4, 4)),
    "y.npy": array([0, 1, 2]),
    "class_names.npy": array(["a", "b", "c"]),
    "feature_names.npy": array([f"f{number}" for number in range(16)]),
}
NETWORK = {
    "W1.npy": array(np.ones((3, 4))),
    "b1.npy": array(np.zeros(3)),
    "W2.npy": array(np.ones((2, 3), np.float32)),
    "b2.npy": array(np.zeros(2, np.float32)),
    "activation.npy": array("relu"),
    "classes.npy": array(["no", "yes"]),
}


def survives(read: Callable[[Path], object], path: Path, content: bytes, seed: int) -> bool:
    """Whether it was read; what it is refused with is short, printable, and nothing but EdgeglowError."""
    path.write_bytes(content)
    try:
        read(path)
    except EdgeglowError as error:
        lines = str(error).split("\n")
        assert len(lines) <= 3 and len(str(error)) < 1_500, seed
        assert all(is_printable(line) for line in lines), seed
        str(error).encode()
        return False
    return True


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("read", "members"), [(read_labelled, DATA), (read_network, NETWORK)], ids=["data", "network"]
)
def test_damaged_headers(read: Callable[[Path], object], members: dict[str, bytes], tmp_path: Path) -> None:
    read_whole = [survives(read, tmp_path / "a.npz", with_damage(members, seed), seed) for seed in SEEDS]
    assert survives(read, tmp_path / "a.npz", zip_of(members), -1)
    assert sum(read_whole) < len(read_whole)


def test_damaged_headers_of_a_run(run_file: Path, tmp_path: Path) -> None:
    members = members_of(run_file)
    read = [survives(Run.load, tmp_path / "a.npz", with_damage(members, seed), seed) for seed in SEEDS]
    assert sum(read) < len(read)


def test_words_that_nobody_would_write_in_a_run(run_file: Path, tmp_path: Path) -> None:
    """Half letters, control characters, names of 100,000 letters, other types: in any field of what a run tells."""
    members = members_of(run_file)
    with np.load(run_file) as arrays:
        about = str(arrays["about"])
    for seed in SEEDS:
        text = with_words(about, seed)
        content = zip_of(members | {"about.npy": array(text)})
        same = json.loads(text) == json.loads(about)  # null has become null
        assert survives(Run.load, tmp_path / "a.npz", content, seed) == same, text[:2_000]


@pytest.mark.parametrize("name", ["\ud800", "\x1b[31mred", "a\nb", "\x9b2J", "\u202eabc", "x" * 100_000], ids=ascii)
def test_names_that_cannot_be_shown(name: str, tiny_run: Run) -> None:
    """Wherever a run comes from, none of what it is called harms a terminal or a file."""
    with pytest.raises(EdgeglowError, match=r"letters") as caught:
        replace(tiny_run, source=name)
    assert len(str(caught.value)) < 300 and is_printable(str(caught.value))
    with pytest.raises(EdgeglowError, match=r"letters") as caught:
        replace(tiny_run, class_names=(*tiny_run.class_names[:-1], name))
    assert len(str(caught.value)) < 300 and is_printable(str(caught.value))
