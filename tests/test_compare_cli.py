"""`render.py compare`: a film of two networks, named after both, and rendered again when one of them changes."""

from __future__ import annotations

import json
from pathlib import Path

import av
import pytest
from abroad import make_abroad
from click.testing import CliRunner, Result
from pairs import two

import edgeglow.render

TINY = ("-r", "64,36", "--fps", "5", "--jobs", "1")


def compare(*args: object) -> Result:
    return CliRunner().invoke(edgeglow.render.main, ["compare", *map(str, args)])


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    paths = tmp_path / "good one.npz", tmp_path / "other.npz"
    for run, path in zip(two("seeds"), paths, strict=True):
        run.save(path)
    return paths


@pytest.mark.slow
def test_a_film_of_both(files: tuple[Path, Path], tmp_path: Path) -> None:
    media = tmp_path / "media"

    def made(*more: object) -> dict[str, object]:
        done = compare(*files, *TINY, "--media_dir", media, "--json", *more)
        assert done.exit_code == 0, done.output
        (product,) = json.loads(done.stdout)
        return dict(product)

    first = made()
    path = Path(str(first["file"]))
    assert path.name == "compare-en-good-one-other.mp4"
    assert first["chapters"] == ["TwoNetworks", "TwoTrainings"] and first["from_cache"] == []
    with av.open(path) as video:
        assert video.streams.video[0].frames == first["frames"]
    before = path.read_bytes()
    assert made()["from_cache"] == ["TwoNetworks", "TwoTrainings"] and path.read_bytes() == before
    two("overfitted")[1].save(files[1])  # of another training
    assert made()["from_cache"] == [] and path.read_bytes() != before
    assert Path(str(made("--names", "a,b")["file"])).name == "compare-en-a-b.mp4"


def test_what_does_not_go(files: tuple[Path, Path], tmp_path: Path) -> None:
    one, other = files
    make_abroad("rows").save(tmp_path / "rows.npz")
    for args, code, message in (
        ((one, tmp_path / "rows.npz"), 1, "only networks that read the same can be compared"),
        ((one, tmp_path / "none.npz"), 1, "there is no such"),
        ((one, other, "PixelFlow"), 2, "there is no chapter 'PixelFlow'"),
        ((one, other, "--names", "a"), 2, "expected two different names"),
        ((one, other, "--names", "a,a"), 2, "expected two different names"),
        ((one, other, "--run", one), 2, "--run"),
    ):
        done = compare(*args, *TINY, "--media_dir", tmp_path / "media")
        assert done.exit_code == code and message in " ".join(done.stderr.split()), done.stderr
        assert not list((tmp_path / "media").glob("*.mp4"))
