"""Helpers for tests that give foreign networks to the command line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import edgeglow.render

NETWORKS = Path(__file__).parent / "fixtures" / "networks"


def call(*args: object) -> Result:
    return CliRunner().invoke(edgeglow.render.main, [str(arg) for arg in args])


@pytest.fixture(autouse=True)
def without_mnist(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide MNIST, so that the digits are the same on every machine."""
    monkeypatch.setattr("edgeglow.model.importing.importer.has_mnist", lambda folder: False)


def network_in(folder: Path, name: str = "sequential.keras") -> Path:
    """Copy one of the fixtures to a folder and return its path."""
    shutil.copy(NETWORKS / name, folder / name)
    return folder / name


def listing(folder: Path) -> list[str]:
    """Return the paths of everything below a folder."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))
