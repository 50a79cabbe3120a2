"""What is said, printed to be read aloud, and sentences of one's own."""

from __future__ import annotations

import json
from pathlib import Path

from test_cli import TINY, call, film

__all__ = ["film"]  # a fixture


def test_the_script_is_a_sheet_to_read(film: None, run_file: Path, tmp_path: Path) -> None:
    words = ("script", "--run", run_file, "--media_dir", tmp_path / "media", *TINY)
    done = call(*words, "second", "--lang", "ko")
    assert done.exit_code == 0, done.output
    assert done.stdout == (
        "## The second one\n\nSecond, 0:03\n\n- second/appears  1.4 s\n  ko words: appears\n\n"
        "- second/rests  1.4 s\n  ko words: rests\n"
    )
    rows = json.loads(call(*words, "--json").stdout)
    assert [(row["chapter"], row["seconds"]) for row in rows] == [("First", 1.6), ("Second", 2.8)]
    assert rows[0]["beats"][1] == {"file": "first/rests", "text": "en words: rests", "seconds": 0.8}
    target = tmp_path / "new" / "sheet.md"
    assert call(*words, "second", "--lang", "ko", "-o", target).stdout == f"{target}\n"
    assert target.read_text(encoding="utf-8") == done.stdout
    assert [path.name for path in target.parent.iterdir()] == ["sheet.md"]
    for wrong, message in (
        (target.parent, "new: cannot be written: it is a folder"),
        (target / "x.md", "cannot be written: "),
    ):
        done = call(*words, "-o", wrong)
        assert (done.exit_code, message in done.output) == (1, True), done.output


def test_own_sentences_are_said(film: None, run_file: Path, tmp_path: Path) -> None:
    words = ("script", "first", "--run", run_file, "--media_dir", tmp_path / "media", *TINY)
    file = tmp_path / "my.toml"
    file.write_text('[words]\ncomma = "my own"')
    assert "my own words: appears" in call(*words, "--script", file).stdout
    file.write_text('[pixel_flwo.beats]\ngiven = "x"')
    done = call(*words, "--script", file)
    assert (done.exit_code, done.output) == (
        1,
        "render.py: my.toml: there is no chapter 'pixel_flwo'; did you mean pixel_flow or pixels?\n",
    )
