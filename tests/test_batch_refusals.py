"""Networks that a batch cannot show: all are told, each in a line, and the others rendered if that is asked."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from bringing import call
from test_batch_cli import jobs, rows
from test_limits import saved
from test_matrix import NETWORKS, Ask, ask

from edgeglow.film.batch import output_paths
from edgeglow.model.errors import EdgeglowError

__all__ = ["ask", "jobs"]  # fixtures

WRONG = {
    "class/captions.npz": "a folder 'captions' holds other things; rename the network",
    "class/mlp.joblib": "a joblib pickle of scikit-learn, which is not read; import tells two lines of code",
    "class/auto.npz": "it is an autoencoder: it takes in 16 numbers and gives back as many, and no classes; import",
    "class/skip.keras": "skip (Add) takes in 2 layers",
    "class/zoe.npz": "it is damaged",
    "class/none.npz": "there is no such file",
    "nowhere/*.npz": "matches no file",
}


@pytest.fixture
def mixed(ask: Ask, tmp_path: Path) -> str:
    """The runs of a class, and networks that cannot be shown for every reason there is."""
    for name in ("mlp.joblib", "skip.keras"):
        shutil.copy(NETWORKS / name, tmp_path / "class")
    shutil.copy(tmp_path / "class" / "anna.npz", tmp_path / "class" / "captions.npz")
    (tmp_path / "class" / "zoe.npz").write_text("no run")
    saved(tmp_path / "class" / "auto.npz", (16, 2, 16), activation="relu")
    return 'runs = ["class/*", "class/none.npz", "nowhere/*.npz"]\n'


def bring(network: Path, activation: str | None) -> Path:
    from edgeglow.model.importing.importer import import_network, needs_import

    if needs_import(network):
        import_network(network)
    return network


def check(lines: list[str]) -> None:
    assert len(lines) == len(WRONG)
    for name, why in WRONG.items():
        stem = "captions" if "captions" in name else name
        (line,) = [line for line in lines if stem in line]
        assert why in line and line.count("; ") <= 1


def test_all_networks_that_are_refused_are_told(ask: Ask, mixed: str) -> None:
    with pytest.raises(EdgeglowError) as caught:
        ask(mixed, bring=bring)
    check(str(caught.value).split("\n"))


def test_the_others_are_rendered_if_that_is_asked(ask: Ask, mixed: str) -> None:
    told: list[str] = []
    orders = ask(mixed, bring=bring, tell=told.append, skips=True)
    assert [target.parent.name for order in orders for target in output_paths(order)] == [
        "anna",
        "ben",
        "cleo's best",
    ]
    check(told)
    assert all(line.startswith("left out: ") for line in told)


def test_where_none_is_left_it_is_an_error(ask: Ask) -> None:
    with pytest.raises(EdgeglowError, match=r"one\.npz: there is no such file.*\n.*two\.npz: there is no such file"):
        ask('runs = ["class/one.npz", "class/two.npz"]', skips=True)


def test_other_mistakes_are_not_skipped(ask: Ask, mixed: str) -> None:
    with pytest.raises(EdgeglowError, match='there is no key "seeds"'):
        ask(f"{mixed}seeds = 1", bring=bring, skips=True)
    with pytest.raises(EdgeglowError, match=r"films would go to .*, but a folder 'runs' holds other things"):
        ask(f'{mixed}folder = "runs"', bring=bring, skips=True)


def test_the_command_skips_what_it_refuses(jobs: Path) -> None:
    for name in ("zoe", "yan"):
        (jobs.parent / "class" / f"{name}.npz").write_text("no run")
    done = call("batch", jobs, "--media_dir", jobs.parent / "my media", "--dry-run")
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (1, "", 2)
    done = call("batch", jobs, "--media_dir", jobs.parent / "my media", "--dry-run", "--skip-refused")
    *left_out, counted = done.stderr.splitlines()
    assert (done.exit_code, counted.split(";")[0]) == (0, "4 videos of 2 networks")
    assert [line.split(".npz")[0].rpartition("/")[2] for line in left_out] == ["yan", "zoe"]
    made = rows(jobs, "--skip-refused")
    assert set(made) == {f"{name}/Second-{language}.mp4" for name in ("anna", "ben") for language in ("en", "ko")}
