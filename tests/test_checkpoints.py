"""Folders of checkpoints as training loops leave them: one snapshot each, and the film of the training."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from bringing import NETWORKS, call, listing, without_mnist
from stage import CHAPTERS, play

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing import CheckpointStep, read_checkpoints, read_network
from edgeglow.model.importing.import_run import ImportOptions
from edgeglow.model.importing.importer import import_network
from edgeglow.model.run.run import Run

STEPS = [0, 10, 20, 30, 40]

__all__ = ["without_mnist"]  # a fixture of all tests here


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Five checkpoints that a real training in PyTorch wrote."""
    shutil.copytree(NETWORKS / "checkpoints", tmp_path / "checkpoints")
    return tmp_path / "checkpoints"


def steps(folder: Path) -> list[int]:
    found = read_checkpoints(folder, activation="relu")
    assert {moment.kind for moment, _ in found} == {"step"}
    return [moment.number for moment, _ in found]


def said(folder: Path) -> str:
    """What is said of the files that were passed over."""
    return " ".join(
        remark
        for remark in read_checkpoints(folder, activation="relu")[-1][1].remarks
        if remark.startswith("Passed over")
    )


def test_what_is_no_network_is_no_matter(folder: Path, saved: Path) -> None:
    for name in ("README.md", ".DS_Store", "checkpoint", "log.csv", "events.out.tfevents.1", ".step_000050.pt"):
        (folder / name).write_text("not a network")
    (folder / "old.pt").mkdir()
    shutil.copy(saved, folder / "run.npz")  # as an import writes it
    assert steps(folder) == STEPS and said(folder) == ""


def test_what_training_loops_write_beside_is_passed_over_and_said(folder: Path) -> None:
    for name in ("optimizer.pt", "optimizer_step_000020.pt", "scheduler.pt", "rng_state.pth"):
        (folder / name).write_bytes(b"no network")
    for name in ("best.pt", "last.pt"):
        shutil.copy(folder / "step_000040.pt", folder / name)
    (folder / "training_args.bin").write_bytes(b"no network")
    assert steps(folder) == STEPS
    for name in ("optimizer.pt", "optimizer_step_000020.pt", "scheduler.pt", "best.pt", "last.pt"):
        assert name in said(folder)
    last = read_checkpoints(folder, activation="relu")[-1][1]
    plain = read_network(NETWORKS / "checkpoints" / "step_000040.pt", activation="relu")
    for mine, its in zip(last.weights, plain.weights, strict=True):
        np.testing.assert_array_equal(mine, its)


def test_a_file_without_a_number_may_tell_its_own_moment(tmp_path: Path) -> None:
    """last.pt is a moment more, best.pt one that is there already."""
    shutil.copy(NETWORKS / "checkpoint.pt", tmp_path / "step_60.pt")
    shutil.copy(NETWORKS / "checkpoint.pt", tmp_path / "last.pt")  # of step 120
    found = read_checkpoints(tmp_path, activation="sigmoid")
    assert [moment for moment, _ in found] == [CheckpointStep("step", 60), CheckpointStep("step", 120)]
    shutil.copy(NETWORKS / "checkpoint.pt", tmp_path / "best.pt")
    found = read_checkpoints(tmp_path, activation="sigmoid")
    assert [moment.number for moment, _ in found] == [60, 120]
    assert "Passed over" in found[-1][1].remarks[-1]


@pytest.mark.parametrize("damage", ["cut", "other network", "text"])
def test_a_numbered_file_must_be_of_the_same_network(folder: Path, damage: str) -> None:
    wrong = folder / "step_000020.pt"
    if damage == "cut":
        wrong.write_bytes(wrong.read_bytes()[:-200])
    elif damage == "text":
        wrong.write_text("hello")
    else:
        shutil.copy(NETWORKS / "named.pt", wrong)
    with pytest.raises(EdgeglowError) as caught:
        read_checkpoints(folder, activation="relu")
    assert str(caught.value).startswith(f"{wrong}: ") and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("names", "numbers"),
    [
        (["model_1.pt", "model_2.pt", "model_10.pt", "model_11.pt", "model_12.pt"], [1, 2, 10, 11, 12]),
        (["ckpt-0.pt", "ckpt-500.pt", "ckpt-1000.pt", "ckpt-1500.pt", "ckpt-2000.pt"], [0, 500, 1000, 1500, 2000]),
    ],
)
def test_numbers_alone_count_steps_and_order_as_numbers(
    folder: Path, names: Sequence[str], numbers: list[int]
) -> None:
    for old, new in zip(sorted(folder.iterdir()), names, strict=True):
        old.rename(folder / new)
    assert steps(folder) == numbers


# -- the training as a film -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def runs() -> dict[str, Run]:
    """Runs of the folders that the callbacks in the README wrote."""
    return {
        "step": import_network(NETWORKS / "checkpoints", ImportOptions(activation="relu"), data="strokes").run,
        "epoch": import_network(NETWORKS / "checkpoints_keras", data="strokes").run,
    }


@pytest.mark.parametrize(("clock", "times"), [("step", STEPS), ("epoch", [0, 1, 2])])
def test_every_checkpoint_is_a_snapshot(runs: dict[str, Run], clock: str, times: list[int]) -> None:
    run = runs[clock]
    assert run.clock == clock and run.times.tolist() == times and run.from_scratch
    name = "checkpoints" if clock == "step" else "checkpoints_keras"
    files = sorted((NETWORKS / name).iterdir())
    for snapshot, file in zip(run.snapshots, files, strict=True):
        stored = read_network(file, activation="relu")
        for mine, its in zip(snapshot.weights, stored.weights, strict=True):
            np.testing.assert_array_equal(mine, its)


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("clock", ["step", "epoch"])
def test_the_training_plays(runs: dict[str, Run], clock: str, lang: str) -> None:
    performance = play(CHAPTERS["Training"], runs[clock], lang)
    told = " ".join(cue.text for cue in performance.cues)
    last = f"{runs[clock].times[-1]:g}"
    assert last in told and f"{runs[clock].accuracy:.1%}" in told, told
    assert len(performance.cues) > 5


def test_a_folder_through_the_command_line(folder: Path, tmp_path: Path) -> None:
    (folder / "optimizer.pt").write_bytes(b"no network")
    done = call("import", folder, "--activation", "relu", "-o", tmp_path / "run.npz")
    assert done.exit_code == 0, done.output
    assert "5 snapshots" in done.stdout and "imported from checkpoints" in done.stdout
    assert "Passed over, as they add no moment to its training: optimizer.pt." in done.stderr
    assert Run.load(tmp_path / "run.npz").times.tolist() == STEPS
    before = listing(tmp_path)
    shutil.copy(folder / "step_000040.pt", folder / "step_40.pt")
    done = call("import", folder, "--activation", "relu", "-o", tmp_path / "other.npz")
    assert done.exit_code == 1 and "are both of step 40, expected one of each" in done.stderr
    assert [name for name in listing(tmp_path) if name not in before] == ["checkpoints/step_40.pt"]
