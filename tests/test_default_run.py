"""The default run: where it is kept, trained when it is missing, and never half of one."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from test_cli import ROOT, call, small_digits

import edgeglow.command.train
from edgeglow.command.group import program_name
from edgeglow.command.train import load_or_train
from edgeglow.model.run.run import Run
from edgeglow.model.run.training_config import Config
from edgeglow.model.training.default_run import default_path

__all__ = ["small_digits"]  # a fixture


@pytest.mark.parametrize("there_is_one", [True, False])
def test_interrupted_training_never_becomes_the_default_run(
    small_digits: None, saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there_is_one: bool
) -> None:
    def interrupt(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("edgeglow.model.training.default_run.ROOT", tmp_path / "nowhere")
    monkeypatch.setattr("edgeglow.film.progress_bar.ProgressBar.update", interrupt)
    monkeypatch.chdir(tmp_path)
    default = tmp_path / "media" / "runs" / "default.npz"
    if there_is_one:
        default.parent.mkdir(parents=True)
        default.write_bytes(saved.read_bytes())
    done = call("train", "--layers", "49-6-10", "--epochs", 400)
    assert done.exit_code == 0, done.output
    beside = os.path.join("media", "runs", "interrupted.npz")
    assert f"What was learnt is in {beside}; the default run " in done.stderr
    assert beside in done.stdout and "stopped early" in done.stdout
    assert Run.load(beside).interrupted
    assert ("stays as it was" in done.stderr) == there_is_one == default.exists()
    if there_is_one:
        assert default.read_bytes() == saved.read_bytes()


def test_finished_training_becomes_the_default_run(
    small_digits: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edgeglow.model.training.default_run.ROOT", tmp_path / "nowhere")
    monkeypatch.chdir(tmp_path)
    done = call("train", "--layers", "49-6-10", "--epochs", 1, "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["digest"] == Run.load("media/runs/default.npz").digest
    assert not (tmp_path / "media" / "runs" / "interrupted.npz").exists()


@pytest.mark.parametrize("there", ["file", "folder"])
def test_what_cannot_be_written_is_told_before_the_training(
    small_digits: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: str
) -> None:
    def train(*args: object, **kwargs: object) -> None:
        raise AssertionError("it was trained for nothing")

    monkeypatch.setattr(edgeglow.command.train, "train", train)
    if there == "folder":
        (tmp_path / "run.npz").mkdir()
    else:
        (tmp_path / "runs").write_text("")
    target = tmp_path / ("run.npz" if there == "folder" else "runs/run.npz")
    done = call("train", "--layers", "49-6-10", "-o", target)
    assert done.exit_code == 1
    assert done.stderr.startswith(f"render.py: {target}: cannot be written: ")
    assert done.stderr.count("\n") == 1


def test_a_clone_keeps_its_own_media(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert default_path() == ROOT / "media" / "runs" / "default.npz"


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("/usr/bin/edgeglow", "edgeglow"),
        ("edgeglow.exe", "edgeglow"),
        ("x/render.py", "render.py"),
        ("-c", "edgeglow"),
    ],
)
def test_it_is_called_as_it_was_typed(monkeypatch: pytest.MonkeyPatch, typed: str, name: str) -> None:
    monkeypatch.setattr(sys, "argv", [typed])
    assert program_name() == name


def test_default_network_is_trained_when_there_is_none(
    small_digits: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Small(Config):
        def __init__(self, seed: int = 0) -> None:
            super().__init__(layer_sizes=(49, 6, 10), epochs=2, snapshots=3, seed=seed)

    monkeypatch.setattr(edgeglow.command.train, "Config", Small)
    path = tmp_path / "runs" / "default.npz"
    run = load_or_train(path, path, edgeglow.command.train.ProgressBar("test"), seed=3)
    assert run.config.seed == 3
    assert load_or_train(path, path, edgeglow.command.train.ProgressBar("test")).digest == run.digest


def test_half_a_default_training_is_not_kept(
    small_digits: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tiny_run: Run
) -> None:
    stopped = replace(tiny_run, interrupted=True)
    monkeypatch.setattr(edgeglow.command.train, "train", lambda *args, **kwargs: stopped)
    path = tmp_path / "default.npz"
    with pytest.raises(KeyboardInterrupt):
        load_or_train(path, path, edgeglow.command.train.ProgressBar("test"))
    assert not path.exists()
