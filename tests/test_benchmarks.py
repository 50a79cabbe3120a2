"""Benchmarks: contestants take turns, medians count, the guard knows slow from fast. Nothing here depends on time."""

from __future__ import annotations

import importlib.util
import json
import platform
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

FOLDER = Path(__file__).parents[1] / "benchmarks"
NAMES = sorted(path.stem for path in FOLDER.glob("[!_]*.py"))


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Benchmarks import what they share as if it lay beside every script; nothing of it outlives a test."""
    monkeypatch.setattr(sys, "path", [str(FOLDER), *sys.path])
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", None) or "").startswith(str(FOLDER)):
            del sys.modules[name]


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def shared() -> Any:
    return load(FOLDER / "_side_by_side.py")


# -- taking turns -----------------------------------------------------------------------------------------------


def test_contestants_take_turns_and_the_first_of_a_round_is_another_each_time() -> None:
    played: list[str] = []

    def contestant(name: str) -> Any:
        def play() -> float:
            played.append(name)
            return float(len(played))

        return play

    found = shared().timings({name: contestant(name) for name in "abc"}, 4)
    assert "".join(played) == "abcbcacababc"
    assert found == {"a": [1, 6, 8, 10], "b": [2, 4, 9, 11], "c": [3, 5, 7, 12]}


def test_the_median_counts_not_the_mean() -> None:
    times = iter([1.0, 9.0, 2.0])
    assert shared().alternate({"one": lambda: next(times)}, 3) == {"one": 2.0}


def test_spread_is_a_part_of_the_median() -> None:
    assert shared().spread([1.0, 2.0, 4.0]) == 1.5


def test_a_function_runs_in_a_process_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "asked.py"
    file.write_text('import os\ndef double(number):\n    print("noise")\n    return [2 * number, os.getpid()]\n')
    other = load(file)
    number, process = shared().in_process(other.double, number=4)
    assert number == 8 and process != other.os.getpid()


def test_a_program_that_fails_ends_the_benchmark_with_what_it_said() -> None:
    command = [sys.executable, "-c", "import sys; print('first'); sys.exit('what went wrong')"]
    with pytest.raises(SystemExit, match=r"ended with 1: .*") as caught:
        shared().seconds_of_command(command)
    assert "\n" not in str(caught.value)


# -- what is told -----------------------------------------------------------------------------------------------


def test_the_machine_is_told_without_names_or_places() -> None:
    found = shared().machine()
    assert {"cpu", "cores", "memory_gb", "system", "python", "manim", "numpy", "numba", "av", "x264"} <= set(found)
    told = json.dumps(found)
    assert str(FOLDER.parent) not in told
    assert len(platform.node()) < 4 or platform.node() not in told


def test_every_object_names_the_machine(capsys: pytest.CaptureFixture[str]) -> None:
    common = shared()
    rows = [{"bench": "made-up", "name": "one", "ratio": 1.5}, {"bench": "made-up", "name": "two", "ratio": 2}]
    common.tell(rows, True)
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert told == [{**row, "machine": common.machine()} for row in rows]
    common.tell(rows, False)
    first, *others = capsys.readouterr().out.splitlines()
    assert first.startswith("machine: cpu ") and "ratio 1.5" in others[0] and "ratio 2" in others[1]


@pytest.mark.parametrize("given", [["--rounds", "0"], ["--rounds", "many"], ["--run", "nowhere.npz"]])
def test_wrong_options_are_one_line(
    given: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    common = shared()
    monkeypatch.setattr(sys, "argv", ["made-up.py", *given])
    with pytest.raises(SystemExit) as caught:
        common.parsed(common.arguments("Made up.\n\nNot shown."))
    assert caught.value.code == 2
    assert given[1] in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize("name", NAMES)
def test_help_tells_what_is_measured(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = load(FOLDER / f"{name}.py")
    monkeypatch.setattr(sys, "argv", [f"{name}.py", "--help"])
    with pytest.raises(SystemExit) as caught:
        module.main()
    assert not caught.value.code
    told = " ".join(capsys.readouterr().out.split())
    assert "--json" in told
    assert (module.__doc__ or "").split()[0] in told


# -- the limit --------------------------------------------------------------------------------------------------


def sampled(kept: int, every: int, writes: list[tuple[int, int]]) -> tuple[list[list[tuple[int, int]]], Any]:
    """The pieces that are encoded of these frames, each (number, repeat); and who took them."""
    sampler: Any = load(FOLDER / "_sampling.py").Sampler(Path("unused"), kept, every, barrier=None)
    pieces: list[list[tuple[int, int]]] = []

    def encode() -> None:
        piece, sampler.piece = sampler.piece, type(sampler.piece)()
        pieces.append([(int(pixels[0]), repeat) for pixels, repeat in piece.frames])

    sampler.encode = encode
    for number, repeat in writes:
        sampler.write(np.array([number]), repeat=repeat)
    return pieces, sampler


def test_of_every_stretch_the_middle_is_kept() -> None:
    pieces, sampler = sampled(2, 6, [(number, 1) for number in range(14)])
    assert pieces == [[(2, 1), (3, 1)], [(8, 1), (9, 1)]]
    assert sampler.total == 14


def test_a_frame_that_is_held_is_kept_for_as_long_as_it_is_in_a_piece() -> None:
    pieces, sampler = sampled(2, 6, [(0, 3), (1, 10)])
    assert pieces == [[(0, 1), (1, 1)], [(1, 2)]]
    assert sampler.total == 13


def test_the_whole_film_is_every_frame_once() -> None:
    pieces, sampler = sampled(3, 3, [(0, 2), (1, 5)])
    assert pieces == [[(0, 2), (1, 1)], [(1, 3)]]
    assert sampler.piece.count == 1 and sampler.total == 7


# -- the guard --------------------------------------------------------------------------------------------------


def test_the_guard_tells_what_fell_and_nothing_else() -> None:
    guard = load(FOLDER / "guard.py")
    recorded = {"mixing": guard.Recorded(3.0, 1.5), "pulse": guard.Recorded(1.0, 2.0)}
    assert guard.verdict(recorded, {"mixing": 2.01, "pulse": 0.51}) == []
    assert guard.verdict(recorded, {"mixing": 30.0, "pulse": 1.0}) == []
    (line,) = guard.verdict(recorded, {"mixing": 1.99, "pulse": 0.51})
    assert line.startswith("mixing: 1.99, where 3 is recorded and 2 would do")
    (line,) = guard.verdict(recorded, {"lines": 100.0, "pulse": 1.0})
    assert "lines" in line and "--record" in line


def test_a_new_record_keeps_what_is_tolerated(tmp_path: Path) -> None:
    guard, path = load(FOLDER / "guard.py"), tmp_path / "recorded.toml"
    path.write_text("[mixing]\nratio = 1.0\ntolerated = 1.3\n")
    guard.record({"mixing": 0.25, "pulse": 512.5}, path)
    assert guard.read_recorded(path) == {
        "mixing": guard.Recorded(0.25, 1.3),
        "pulse": guard.Recorded(512.5, guard.TOLERATED),
    }


def test_every_ratio_is_recorded() -> None:
    guard = load(FOLDER / "guard.py")
    assert set(guard.read_recorded()) == set(guard.RATIOS)


def test_the_guard_ends_with_1_when_a_ratio_fell(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    guard: Any = load(FOLDER / "guard.py")
    good = {name: each.ratio for name, each in guard.read_recorded().items()}
    monkeypatch.setattr(sys, "argv", ["guard.py"])
    monkeypatch.setattr(guard, "measure", lambda rounds: good)
    guard.main()
    monkeypatch.setattr(guard, "measure", lambda rounds: good | {"mixing": good["mixing"] / 2})
    with pytest.raises(SystemExit, match=r"^guard\.py: mixing: .+$") as caught:
        guard.main()
    assert "\n" not in str(caught.value)  # which makes Python's exit code 1
    assert "guard mixing" in capsys.readouterr().out
