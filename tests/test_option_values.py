"""Values of options that mean harm, or nothing: each is wrong usage, told in a line before anything is begun."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from test_cli import TINY, call, film

import edgeglow.render
from edgeglow.command.option_types import InputPath, OutputPath, SchedulerAddress
from edgeglow.film import settings
from edgeglow.film.scheduler import scheduler_at
from edgeglow.film.settings import LARGEST_SEED
from edgeglow.model.errors import EdgeglowError
from edgeglow.model.run.training_config import MOST_HIDDEN
from edgeglow.scenes.script import languages
from edgeglow.scenes.style.theme import THEMES

__all__ = ["film"]  # a fixture
ROOT = Path(__file__).parent.parent
DEEP = "a/" * 3_000
WRONG = [
    ("-r", "²,³"),
    ("-r", "9" * 5_000 + ",9"),
    ("-r", "0x10,20"),
    ("-r", "16385,2"),
    ("--fps", "nan"),
    ("--fps", "inf"),
    ("--fps", "0.5"),
    ("--fps", "241"),
    ("--fps", "3.14159265"),
    ("--fps", "٣٠٫x"),
    ("--seed", str(LARGEST_SEED + 1)),
    ("--seed", "9" * 200),
    ("--run", ""),
    ("--run", "x" * 5_000),
    ("--digit", ""),
    ("--script", ""),
    ("--voice", ""),
    ("--media_dir", ""),
    ("--media_dir", DEEP),
    ("--media_dir", "a\udcff"),
    ("--cluster", ""),
    ("--cluster", "x"),
    ("--cluster", "tcp://127.0.0.1:99999"),
    ("--cluster", "x" * 5_000),
    ("--lang", "x" * 5_000),
    ("--theme", "pink\x1b[31m"),
    ("--jobs", "9" * 200),
    ("--label", "3"),
    ("script", "-o", ""),
    ("script", "-o", "a\udcff"),
    ("script", "-o", "x" * 5_000),
    ("train", "--count", "999999999999"),
    ("train", "--layers", "784-" + "9" * 5_000),
    ("train", "--layers", "784-²-10"),
    ("train", "--layers", "784-" + "2-" * (MOST_HIDDEN + 1) + "10"),
    ("train", "--seed", "9" * 30),
    ("train", "--mnist-dir", ""),
    ("import", "x.npz", "--normalise", "1e308,1e-308"),
    ("import", "x.npz", "--normalise", "0,0"),
    ("import", "x.npz", "--normalise", "nan,1"),
    ("import", "x.npz", "--shape", "²,3"),
    ("compare", "a", "b", "--names", "\u200b,b"),
    ("compare", "a", "b", "--names", ""),
    ("lesson", "--lang", "xx"),
    ("lesson", "--port", "65536"),
    ("digit", "x.png", "--lang", "xx"),
    ("digit", ""),
    ("info", ""),
    ("batch", ""),
]


@pytest.mark.parametrize("args", WRONG, ids=lambda args: " ".join(args)[:40].encode("ascii", "replace").decode())
def test_a_wrong_value_is_wrong_usage(
    film: None, args: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = call(*args)
    assert done.exit_code == 2, done.output
    told = [line for line in done.stderr.splitlines() if line and not line.startswith(("Usage", "Try"))]
    assert len(told) == 1 and len(told[0]) < 400 and "\x1b" not in told[0], done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("rate", ["1", "1.5", "2", "23.976", "29.97", "59.94", "239.999", "240"])
def test_rates_that_encoders_know(rate: str) -> None:
    assert settings.is_frame_rate(float(rate))


def test_a_wrong_language_or_theme_is_told_before_anything_slow_is_imported() -> None:
    for args in (["--lang", "xx"], ["--theme", "pink"], ["lesson", "--lang", "xx"], ["digit", "x", "--lang", "xx"]):
        code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import edgeglow.render\n"
        code += f"try: edgeglow.render.main({args!r})\nexcept SystemExit as end: print(end.code)\n"
        code += "print({'manim', 'numpy', 'av', 'scenes', 'rich'} & set(sys.modules))"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
        assert done.stdout == "2\nset()\n", done.stderr


def test_languages_and_themes_are_those_that_there_are() -> None:
    assert settings.installed_languages() == languages()
    assert tuple(THEMES) == settings.THEMES


def test_every_option_that_names_a_file_is_of_a_kind_that_checks_it() -> None:
    """What is written, -o and --media_dir, and all that is read."""
    seen = 0
    for command in edgeglow.render.main.commands.values():
        for param in command.params:
            if isinstance(param.type, click.Path):
                written = bool({"-o", "--media_dir"} & set(param.opts))
                assert type(param.type) is (OutputPath if written else InputPath), (command.name, param.name)
                seen += 1
    assert seen > 20


# -- clusters -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["tcp://10.0.0.1:8786", "host:8786", "tls://[::1]:8786", "ws://a.b.example:80/"])
def test_addresses_of_schedulers(address: str) -> None:
    assert scheduler_at(address) == address


@pytest.mark.parametrize("content", ["", "{}", '{"address": 5}', '{"address": "x"}', "[" * 100_000, "[1]"])
def test_a_scheduler_file_that_tells_no_address(tmp_path: Path, content: str) -> None:
    (tmp_path / "scheduler.json").write_text(content)
    with pytest.raises(EdgeglowError, match="tells no address; expected a scheduler's address, as in tcp"):
        scheduler_at(str(tmp_path / "scheduler.json"))
    (tmp_path / "scheduler.json").write_text('{"address": "tcp://127.0.0.1:9", "id": "x"}')
    assert scheduler_at(str(tmp_path / "scheduler.json")) == "tcp://127.0.0.1:9"
    assert SchedulerAddress().convert("tcp://127.0.0.1:9", None, None) == "tcp://127.0.0.1:9"


def test_a_cluster_that_is_not_there_is_told_before_the_run_is_read(film: None, tmp_path: Path) -> None:
    done = call("--run", tmp_path / "none.npz", "--cluster", "tcp://127.0.0.1:9", *TINY)
    assert done.exit_code == 1
    assert re.fullmatch(r"render\.py: tcp://127\.0\.0\.1:9: no cluster answers there; .*\n", done.stderr)
