"""How many processes render at once heeds the machine's cores, its free memory and a container's limit."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import WORKER, pytest_xdist_auto_num_workers

from edgeglow.film.inputs import FilmInputs
from edgeglow.film.request import FilmRequest
from edgeglow.film.resources import MEMORY, MEMORY_A_PIXEL, available_memory, default_process_count
from edgeglow.film.settings import FilmSettings

GIGABYTE = 1_000_000_000
HD, UHD = (1920, 1080), (3840, 2160)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> SimpleNamespace:
    """A machine of 16 GB and 8 cores, without a container."""
    memory = SimpleNamespace(total=16 * GIGABYTE, available=12 * GIGABYTE)
    monkeypatch.setattr("psutil.virtual_memory", lambda: memory)
    monkeypatch.setattr("edgeglow.film.resources.CGROUP", tmp_path)
    monkeypatch.setattr("edgeglow.film.resources.cores", lambda: 8)
    monkeypatch.setattr("conftest.cores", lambda: 8)
    return memory


def order(size: tuple[int, int], jobs: int = 0) -> FilmRequest:
    return FilmRequest((), FilmSettings(*size), FilmInputs(Path("run.npz")), Path("media"), jobs)


def limit(folder: Path, most: str, used: int, cached: int, files: tuple[str, str, str], name: str) -> None:
    """What a kernel tells of a control group."""
    texts = most, str(used), f"anon {used - cached}\n{name} {cached}\n"
    for file, text in zip(files, texts, strict=True):
        (folder / file).parent.mkdir(exist_ok=True)
        (folder / file).write_text(text)


def test_one_a_core_where_there_is_room(machine: SimpleNamespace) -> None:
    assert default_process_count(*HD) == order(HD).processes == 8


def test_fewer_where_memory_is_short_and_at_least_one(machine: SimpleNamespace) -> None:
    for free, size in ((6, HD), (12, UHD), (2, HD)):
        machine.available = free * GIGABYTE
        jobs = default_process_count(*size)
        each = MEMORY + MEMORY_A_PIXEL * size[0] * size[1]
        assert jobs < 8
        assert jobs * each <= machine.available < (jobs + 1) * each + machine.total / 10 + 1 or jobs == 1
    machine.available = 0
    assert default_process_count(*HD) == 1


def test_what_is_asked_for_counts(machine: SimpleNamespace) -> None:
    machine.available = 0
    assert order(UHD, jobs=5).processes == 5


def test_a_laptop_of_16_gb_is_not_filled_by_the_tests(machine: SimpleNamespace) -> None:
    workers = pytest_xdist_auto_num_workers(SimpleNamespace())  # type: ignore[arg-type]
    assert 1 < workers < 8
    assert workers * WORKER < machine.available


@pytest.mark.parametrize(
    ("files", "name"),
    [
        (("memory.max", "memory.current", "memory.stat"), "inactive_file"),
        (
            ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes", "memory/memory.stat"),
            "total_inactive_file",
        ),
    ],
)
def test_a_containers_limit_counts(
    machine: SimpleNamespace, tmp_path: Path, files: tuple[str, str, str], name: str
) -> None:
    limit(tmp_path, str(4 * GIGABYTE), 2 * GIGABYTE, GIGABYTE, files, name)
    assert available_memory() == 3 * GIGABYTE
    assert default_process_count(*HD) < 4
    limit(tmp_path, str(40 * GIGABYTE), 2 * GIGABYTE, 0, files, name)
    assert available_memory() == machine.available


def test_a_container_without_a_limit(machine: SimpleNamespace, tmp_path: Path) -> None:
    limit(tmp_path, "max", 2 * GIGABYTE, 0, ("memory.max", "memory.current", "memory.stat"), "inactive_file")
    assert available_memory() == machine.available
