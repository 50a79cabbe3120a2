"""./dev, on a machine made of stand-ins: what it installs, when, and how it hands arguments on."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BASICS = ("sh", "cat", "cksum", "tr", "ln", "mkdir", "dirname", "env", "head", "basename")

pytestmark = pytest.mark.skipif(os.name == "nt", reason="./dev is for Unix")


class Machine:
    """A clone in a folder with a space in its name, and a PATH that holds only what a test puts there."""

    def __init__(self, folder: Path) -> None:
        self.clone = folder / "edge glow"
        self.bin = folder / "bin"
        self.log = folder / "log"
        self.clone.mkdir()
        self.bin.mkdir()
        for name in ("dev", "uv.lock", "pyproject.toml"):
            shutil.copy(ROOT / name, self.clone / name)
        for name in BASICS:
            found = shutil.which(name)
            assert found, name
            (self.bin / name).symlink_to(found)
        self.stub("id", "echo ${FAKE_ID:-0}")
        self.stub("uname", "echo Linux")

    def stub(self, name: str, body: str = "exit 0") -> None:
        """Put a command on the PATH that notes how it was called, then does ``body``."""
        path = self.bin / name
        path.unlink(missing_ok=True)
        path.write_text(f'#!/bin/sh\necho "{name} $*" >>"{self.log}"\n{body}\n')
        path.chmod(0o755)

    def complete(self) -> None:
        """Everything that ./dev looks for is there; uv makes an environment whose python tells its arguments."""
        self.stub("pkg-config")
        self.stub("cc")
        self.stub("fc-list", "echo Noto Sans CJK KR")
        self.stub("python3")
        self.stub(
            "uv",
            'if [ "$1" = --version ]; then echo "uv 0.9.1"; exit; fi\n'
            'if [ "$1" = python ]; then command -v python3; exit; fi\n'
            'mkdir -p "$UV_PROJECT_ENVIRONMENT/bin"\n'
            'python="$UV_PROJECT_ENVIRONMENT/bin/python"\n'
            'printf \'#!/bin/sh\\nfor each; do printf "[%%s]" "$each"; done\\n\' >"$python"\n'
            f'{shutil.which("chmod")} +x "$python"',
        )

    def run(self, *args: str, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
        self.log.write_text("")
        return subprocess.run(
            [str(self.clone / "dev"), *args],
            cwd=cwd or self.clone,
            env={"PATH": str(self.bin), "HOME": str(self.clone.parent), **env},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def calls(self) -> str:
        return self.log.read_text()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_hands_arguments_on_as_they_are(machine: Machine) -> None:
    machine.complete()
    done = machine.run("video", "--run", "my run.npz", "-q", "l", "", "a'b")
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"[{machine.clone}/render.py][--run][my run.npz][-q][l][][a'b]"


def test_sets_up_once(machine: Machine) -> None:
    machine.complete()
    assert machine.run("setup").returncode == 0
    assert "uv sync --locked" in machine.calls
    assert machine.run("video", cwd=machine.bin).returncode == 0
    assert machine.calls == "", "a second run looks for nothing"
    (machine.clone / "uv.lock").write_text("another lock")
    assert machine.run("setup").returncode == 0
    assert "uv sync --locked" in machine.calls


def test_sets_up_again_where_it_was_moved_to(machine: Machine) -> None:
    machine.complete()
    assert machine.run("setup").returncode == 0
    machine.clone = machine.clone.rename(machine.clone.parent / "elsewhere")
    assert machine.run("setup").returncode == 0
    assert "uv sync --locked" in machine.calls


def test_a_failed_environment_is_tried_again(machine: Machine) -> None:
    machine.complete()
    machine.stub("uv", 'if [ "$1" = --version ]; then echo "uv 0.9.1"; exit; fi; exit 3')
    done = machine.run("video")
    assert done.returncode == 1
    assert "could not build the environment" in done.stderr
    assert machine.run("video").returncode == 1


def test_installs_what_is_missing_and_no_more(machine: Machine) -> None:
    machine.complete()
    (machine.bin / "fc-list").unlink()
    machine.stub("apt-get")
    assert machine.run("setup").returncode == 0
    assert "apt-get install --yes --quiet --no-install-recommends fontconfig fonts-noto-cjk\n" in machine.calls
    assert "update" not in machine.calls


def test_fetches_package_lists_when_they_lack_a_package(machine: Machine) -> None:
    machine.complete()
    (machine.bin / "pkg-config").unlink()
    machine.stub("apt-get", f'[ "$1" = update ] && touch "{machine.bin}/updated"; [ -e "{machine.bin}/updated" ]')
    (machine.bin / "touch").symlink_to(shutil.which("touch") or "")
    done = machine.run("setup")
    assert done.returncode == 0, done.stderr
    calls = machine.calls.splitlines()
    assert any("install" in call and "pkg-config libcairo2-dev libpango1.0-dev" in call for call in calls)
    assert sum(call.startswith("apt-get update") for call in calls) == 1


def test_without_rights_says_the_line_that_would_install(machine: Machine) -> None:
    machine.complete()
    (machine.bin / "cc").unlink()
    machine.stub("apt-get")
    done = machine.run("video", FAKE_ID="1000")
    assert done.returncode == 1
    assert "apt-get update && apt-get install --yes --no-install-recommends gcc libc6-dev" in done.stderr
    assert "apt-get" not in machine.calls


def test_sudo_that_asks_for_a_password_is_not_waited_for(machine: Machine) -> None:
    machine.complete()
    (machine.bin / "cc").unlink()
    machine.stub("apt-get")
    machine.stub("sudo", 'if [ "$1" = -n ]; then exit 1; fi; cat')
    done = machine.run("video", FAKE_ID="1000")
    assert done.returncode == 1
    assert "sudo sh -c 'apt-get update && apt-get install" in done.stderr


def test_sudo_is_used_where_it_may_be(machine: Machine) -> None:
    machine.complete()
    (machine.bin / "cc").unlink()
    machine.stub("apt-get")
    machine.stub("sudo", '[ "$1" = -n ] || "$@"')
    done = machine.run("setup", FAKE_ID="1000")
    assert done.returncode == 0, done.stderr
    assert "sudo env DEBIAN_FRONTEND=noninteractive apt-get install" in machine.calls


def test_elsewhere_says_what_is_missing(machine: Machine) -> None:
    machine.complete()
    machine.stub("pkg-config", "exit 1")
    done = machine.run("setup")
    assert done.returncode == 1
    assert "cairo and pango" in done.stderr
    assert "dnf install" in done.stderr


def test_on_a_mac_brew_installs(machine: Machine) -> None:
    machine.complete()
    machine.stub("uname", "echo Darwin")
    machine.stub("pkg-config", '[ "$2" != cairo ]')
    machine.stub("brew")
    assert machine.run("setup").returncode == 0
    assert "brew install cairo \n" in machine.calls.replace("cairo\n", "cairo \n")


def test_an_old_uv_is_passed_over(machine: Machine) -> None:
    machine.complete()
    new = (machine.bin / "uv").read_text()
    machine.stub("uv", 'echo "uv 0.2.3"')
    private = machine.clone / ".uv" / "bin"
    private.mkdir(parents=True)
    (private / "uv").write_text(new)
    (private / "uv").chmod(0o755)
    done = machine.run("setup")
    assert done.returncode == 0, done.stderr
    assert "uv sync --locked" in machine.calls


def test_only_tests_bring_a_browser(machine: Machine) -> None:
    machine.complete()
    machine.stub("apt-get")
    assert machine.run("video").returncode == 0
    assert "apt-get" not in machine.calls
    done = machine.run("test", "-x")
    assert (done.returncode, done.stdout) == (0, "[-m][pytest][-n][auto][-x]")
    for browser in ("chromium", "firefox-esr"):
        assert f"apt-get install --yes --quiet --no-install-recommends {browser}\n" in machine.calls


def test_tests_say_at_once_what_they_are_going_to_do(machine: Machine) -> None:
    machine.complete()
    for browser in ("chromium", "firefox"):
        machine.stub(browser)
    (machine.clone / "tests").mkdir()
    (machine.clone / "tests" / "quick.txt").write_text("# quick ones\ntests/test_a.py\ntests/test_b.py\n")
    (machine.bin / "grep").symlink_to(shutil.which("grep") or "")
    for args, told, ran in (
        ((), "running all tests", ""),
        (("quick", "-x"), "running a part of the tests", "[tests/test_a.py][tests/test_b.py][-x]"),
        (("tests/test_a.py", "-k", "one two"), "running pytest tests/test_a.py -k", "[tests/test_a.py][-k][one two]"),
    ):
        done = machine.run("test", *args)
        assert (done.returncode, done.stdout) == (0, f"[-m][pytest][-n][auto]{ran}"), done.stderr
        assert done.stderr.startswith(f"dev: {told}")


def test_the_documentation_is_built_from_nothing_and_without_a_warning(machine: Machine) -> None:
    machine.complete()
    done = machine.run("docs")
    assert done.returncode == 0 and "build/docs/index.html" in done.stderr
    assert done.stdout.startswith("[-m][sphinx][--fail-on-warning]") and "[--fresh-env]" in done.stdout


def test_pictures_are_made_with_a_browser(machine: Machine) -> None:
    machine.complete()
    machine.stub("apt-get")
    assert machine.run("pictures").stdout == f"[{machine.clone}/docs/pictures.py]"
    assert "chromium" in machine.calls


@pytest.mark.parametrize("browser", ["chromium", "google-chrome"])
def test_a_browser_that_is_there_is_used(machine: Machine, browser: str) -> None:
    machine.complete()
    machine.stub("apt-get")
    machine.stub(browser)
    machine.stub("firefox")
    assert machine.run("test").returncode == 0
    assert "apt-get" not in machine.calls


def test_where_apt_has_no_firefox_its_tests_are_skipped(machine: Machine) -> None:
    machine.complete()
    machine.stub("chromium")
    machine.stub("apt-get", '[ "$1" = update ]')
    done = machine.run("test")
    assert (done.returncode, done.stdout) == (0, "[-m][pytest][-n][auto]")
    assert "there is no Firefox here" in done.stderr
    assert "apt-get install --yes" not in machine.calls


def test_without_apt_playwright_brings_its_browser(machine: Machine) -> None:
    machine.complete()
    done = machine.run("test")
    assert (done.returncode, done.stdout) == (0, "[-m][pytest][-n][auto]")
    assert "[-m][playwright][install][chromium]" in done.stderr


def test_without_rights_says_how_to_install_a_browser(machine: Machine) -> None:
    machine.complete()
    machine.stub("apt-get")
    done = machine.run("test", FAKE_ID="1000")
    assert done.returncode == 1
    assert "apt-get install --yes --no-install-recommends chromium\n" in done.stderr


@pytest.mark.parametrize(("args", "code"), [(("nonsense",), 2), ((), 0), (("--help",), 0)])
def test_says_what_it_can_do(machine: Machine, args: tuple[str, ...], code: int) -> None:
    done = machine.run(*args)
    assert done.returncode == code
    assert "setup" in (done.stderr if code else done.stdout)


def test_benchmarks_run_by_name_or_all(machine: Machine) -> None:
    machine.complete()
    folder = machine.clone / "benchmarks"
    folder.mkdir()
    for name in ("edges", "training", "_shared"):
        (folder / f"{name}.py").write_text("")
    assert machine.run("bench", "edges", "--json").stdout == f"[{folder}/edges.py][--json]"
    assert machine.run("bench", "--json").stdout == f"[{folder}/edges.py][--json][{folder}/training.py][--json]"
    missing = machine.run("bench", "nodes")
    assert missing.returncode == 2
    assert "edges training" in missing.stderr


@pytest.mark.skipif(not shutil.which("shellcheck"), reason="shellcheck is not installed")
def test_shell_is_clean() -> None:
    done = subprocess.run(["shellcheck", "dev", ".ci/run"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
