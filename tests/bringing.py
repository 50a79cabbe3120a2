"""For tests that give the command line networks from elsewhere."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import render

NETWORKS = Path(__file__).parent / "fixtures" / "networks"


def call(*args: object) -> Result:
    return CliRunner().invoke(render.main, [str(arg) for arg in args])


@pytest.fixture(autouse=True)
def without_mnist(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same digits, whatever lies on this machine."""
    monkeypatch.setattr("model.foreign.is_at_hand", lambda folder: False)


def network_in(folder: Path, name: str = "sequential.keras") -> Path:
    """A copy of one of the fixtures."""
    shutil.copy(NETWORKS / name, folder / name)
    return folder / name


def listing(folder: Path) -> list[str]:
    """All that lies in a folder, and in those in it."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))
