"""What comes from files and command lines is shown printable and short, wherever it is shown."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from bringing import NETWORKS, call, without_mnist
from damage import members_of, zip_of
from test_damaged_arrays import array

from edgeglow.command.reports import describe, describe_text
from edgeglow.film.paths import display_path
from edgeglow.model.errors import EdgeglowError
from edgeglow.model.run.run import Run
from edgeglow.model.text.printable import (
    few_lines,
    is_printable,
    json_text,
    one_line,
    printable,
    short_repr,
    shorten_text,
)

__all__ = ["without_mnist"]

HOSTILE = "\x1b[31mred\x9b2J\u202e\ud800\x00\x7f"
FOREIGN = "한글 größe می‌خواهم 👨‍👩‍👧 𝄞"  # joiners are part of words and of pictures


def test_what_is_printable() -> None:
    assert is_printable(FOREIGN) and printable(FOREIGN) == FOREIGN
    assert printable(HOSTILE) == "?[31mred?2J????"
    assert not any(is_printable(letter) for letter in HOSTILE if letter not in "[31mred2J")
    printable(HOSTILE).encode()


def test_long_text_keeps_its_beginning_and_its_end() -> None:
    assert shorten_text("abc", 3) == "abc"
    long = shorten_text("a" * 500 + "z" * 500, 90)
    assert len(long) == 90 and long.startswith("a" * 50) and long.endswith("...zzz" + "z" * 27)
    assert one_line("a\n\t b" + "\x07") == "a b?"
    assert short_repr("x" * 10**6).count("x") < 60 and short_repr(["y" * 10**6]).count("y") < 60
    assert short_repr("it's") == '"it\'s"' and short_repr(3) == "3" and short_repr(None) == "None"


def test_errors_are_few_lines_whatever_they_repeat() -> None:
    error = EdgeglowError(f"a.npz: {HOSTILE}{'x' * 10**6}: expected less\n1\n2\n3\n4 the end")
    lines = str(error).split("\n")
    assert len(lines) == 3 and lines[0].startswith("a.npz: ?[31m") and lines[0].endswith(": expected less")
    assert lines[2].endswith("4 the end") and len(str(error)) < 2_500 and all(map(is_printable, lines))
    assert few_lines("two  spaces\tof a path") == "two  spaces of a path"
    assert str(EdgeglowError(str(error))) == str(error)


def test_json_says_the_same_and_is_shown_safely() -> None:
    value = {"name": HOSTILE, "words": [FOREIGN, 'quoted "\\"'], "n": 1.5}
    text = json_text(value)
    assert json.loads(text) == value and all(map(is_printable, text.split("\n"))) and "한글" in text
    text.encode()


def test_paths_are_shown_printable(tmp_path: Path) -> None:
    assert display_path(tmp_path / "a\x1b[2J.npz") == str(tmp_path / "a?[2J.npz")


# -- the command line -----------------------------------------------------------------------------------------


def is_harmless(text: str) -> bool:
    return all(map(is_printable, text.split("\n")))


@pytest.mark.parametrize("source", [HOSTILE, "x" * 100_000], ids=["hostile", "long"])
def test_a_runs_names_do_nothing_to_a_terminal(source: str, run_file: Path, tmp_path: Path) -> None:
    with np.load(run_file) as arrays:
        about = json.loads(str(arrays["about"]))
    path = tmp_path / "a.npz"
    path.write_bytes(zip_of(members_of(run_file) | {"about.npy": array(json.dumps(about | {"source": source}))}))
    for command in (("info", path), ("info", path, "--json"), ("list", "--run", path)):
        done = call(*command)
        assert done.exit_code == 1 and is_harmless(done.output) and len(done.output) < 1_000
        assert "the data source is" in done.stderr


def test_names_of_files_do_nothing_to_a_terminal(tiny_run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a\x1b[2J.npz"
    tiny_run.save(path)
    for command in (("info", path), ("info", path, "--json"), ("info", tmp_path / "b\x1b[2J.npz")):
        assert is_harmless(call(*command).output)


def test_reports_show_whatever_they_are_given(tiny_run: Run, tmp_path: Path) -> None:
    facts = describe(tiny_run, tmp_path / "a.npz")
    assert is_harmless(describe_text(facts | {"source": HOSTILE, "imported": HOSTILE, "reads": HOSTILE}))


def test_wrong_usage_repeats_nothing_endless() -> None:
    for option in ("--classes", "--shape", "--normalise", "--pixels", "--activation"):
        for value in (HOSTILE.replace("\ud800", ""), "x" * 100_000 + ",", "a,a," + "b" * 100_000):
            done = call("import", NETWORKS / "state_dict.pt", option, value)
            assert done.exit_code in (1, 2) and is_harmless(done.output) and len(done.output) < 3_000
            assert len(done.output.splitlines()) <= 12


def test_a_network_and_its_examples_may_be_called_anything(tmp_path: Path) -> None:
    """Names of files that no encoding can write, as some disks have them."""
    name = b"net\xff\x1b[2J.npz".decode("utf-8", "surrogateescape")
    np.savez(tmp_path / "plain.npz", W1=np.eye(3, 4), b1=np.zeros(3))
    (tmp_path / "plain.npz").rename(tmp_path / name)
    table = tmp_path / b"its\xff.csv".decode("utf-8", "surrogateescape")
    table.write_text("1,0,0,0,0\n0,1,0,0,1\n0,0,1,0,2\n")
    target = tmp_path / "run.npz"
    done = call("import", tmp_path / name, "--data", table, "--features", "a,b,c,d", "-o", target)
    assert done.exit_code == 0 and is_harmless(done.output), done.output
    run = Run.load(target)
    assert run.imported is not None and run.imported.file == "net??[2J.npz" and run.source == "its?"
