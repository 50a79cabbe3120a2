"""Standard streams that are closed, full or gone: the exit code still tells how it ended."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.skipif(not Path("/dev/full").exists(), reason="a system without /dev/full")


def run(*args: object, streams: str) -> subprocess.CompletedProcess[str]:
    """The command line, its streams as a shell changes them."""
    command = [sys.executable, str(ROOT / "render.py"), *map(str, args)]
    shell = ["sh", "-c", f'exec "$0" "$@" {streams}']
    return subprocess.run([*shell, *command], capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("streams", ["2>&-", "2>/dev/full", ">&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize(("args", "code"), [(("info", "RUN"), 0), (("info", "none.npz"), 1), (("--fps", "x"), 2)])
def test_the_exit_code_tells(saved: Path, args: tuple[str, ...], code: int, streams: str) -> None:
    done = run(*(str(saved) if arg == "RUN" else arg for arg in args), streams=streams)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    if code == 0 and ">&-" not in streams.replace("2>&-", ""):
        assert "49-7-5-10" in done.stdout


def test_output_that_cannot_be_written_is_a_failure(saved: Path) -> None:
    done = run("info", saved, streams=">/dev/full")
    assert (done.returncode, done.stderr) == (1, "render.py: standard output: no space left on device\n")


def test_no_file_takes_the_place_of_a_closed_stream(saved: Path, tmp_path: Path) -> None:
    """What a library prints to number 2 would else be in the file that was opened next."""
    code = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
import os
from edgeglow.command.group import guard_streams
guard_streams()
with open({str(tmp_path / "film")!r}, "w") as film:
    os.write(2, b"noise of a library")
    print(film.fileno(), file=film)
"""
    shell = ["sh", "-c", 'exec "$0" -c "$1" <&- >&- 2>&-', sys.executable, code]
    assert subprocess.run(shell, timeout=60, check=False).returncode == 0
    assert int((tmp_path / "film").read_text()) > 2
