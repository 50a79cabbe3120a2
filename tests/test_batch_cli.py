"""`render.py batch`: many films by one command, each once, and only what is missing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import av
import pytest
import stand_ins
from bringing import call, network_in
from test_join import packets

import edgeglow.scenes.chapters
from edgeglow.film.outputs import OutputFile
from edgeglow.film.request import FilmRequest
from edgeglow.model.run.run import Run

JOBS = """
runs = ["class/*.npz"]
languages = ["en", "ko"]
resolution = [64, 36]
fps = 5
chapters = ["second"]
"""


@pytest.fixture
def jobs(tmp_path: Path, tiny_run: Run, relu_run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of jobs beside a class of two networks; the film is that of the stand-ins."""
    monkeypatch.setattr(edgeglow.scenes.chapters, "FILM", (stand_ins.First, stand_ins.Second))
    monkeypatch.setattr("edgeglow.film.pipeline.SLOW_IMPORT", "manim")
    (tmp_path / "class").mkdir()
    tiny_run.save(tmp_path / "class" / "anna.npz")
    relu_run.save(tmp_path / "class" / "ben.npz")
    (tmp_path / "jobs.toml").write_text(JOBS)
    return tmp_path / "jobs.toml"


def rows(jobs: Path, *args: object) -> dict[str, dict[str, Any]]:
    """What is told as JSON, by the file in the folder of films."""
    media = jobs.parent / "my media"
    done = call("batch", jobs, "--media_dir", media, "--json", "--jobs", 1, *args)
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    return {Path(row["file"]).relative_to(media).as_posix(): row for row in found}


def test_renders_a_matrix_and_then_only_what_is_missing(jobs: Path) -> None:
    made = rows(jobs)
    clips = {f"{name}/Second-{language}.mp4" for name in ("anna", "ben") for language in ("en", "ko")}
    assert set(made) == clips
    assert all((row["kind"], row["frames"], row["from_cache"]) == ("clip", 14, []) for row in made.values())
    assert made["ben/Second-ko.mp4"]["run"] == str(jobs.parent / "class" / "ben.npz")
    for clip, row in made.items():
        assert len(packets(Path(row["file"]))) == 14
        with av.open(row["file"]) as video:
            assert Run.load(Path(row["run"])).digest in video.metadata["comment"], clip

    states = {clip: Path(row["file"]).stat().st_mtime_ns for clip, row in made.items()}
    again = rows(jobs)
    assert {clip: row["from_cache"] for clip, row in again.items()} == {clip: ["Second"] for clip in clips}
    assert {clip: Path(row["file"]).stat().st_mtime_ns for clip, row in again.items()} == states

    (lost, *_) = (jobs.parent / "my media" / "ben" / "cache").rglob("*.mp4")
    lost.unlink()
    mended = [clip for clip, row in rows(jobs).items() if not row["from_cache"]]
    assert len(mended) == 1 and mended[0].startswith("ben/")


def test_tells_what_was_made(jobs: Path) -> None:
    jobs.write_text('run = "class/anna.npz"\nresolution = [64, 36]\nfps = 5\n')
    media = jobs.parent / "media"
    told = [call("batch", jobs, "--media_dir", media, "--jobs", 1) for _ in range(2)]
    assert [done.stdout for done in told] == [f"{media / 'film-en.mp4'}  0:04, 64x36 at 5 frames a second\n"] * 2
    assert [done.stderr.splitlines() for done in told] == [
        [line for line in told[0].stderr.splitlines() if line.endswith((" 1 of 2", " 2 of 2"))],
        ["2 of 2 chapters were there already"],
    ]
    assert sorted(line.split("-en rendered")[0] for line in told[0].stderr.splitlines()) == ["First", "Second"]


def test_a_dry_run_lists_all_and_makes_nothing(jobs: Path) -> None:
    media = jobs.parent / "my media"
    planned = rows(jobs, "--dry-run")
    assert not media.exists()
    assert [(row["kind"], row["exists"], row["language"], row["size"]) for row in planned.values()] == [
        ("clip", False, language, [64, 36]) for language in ("en", "ko", "en", "ko")
    ]
    (media / "ben").mkdir(parents=True)
    (media / "ben" / "Second-ko.mp4").write_text("")
    done = call("batch", jobs, "--media_dir", media, "--dry-run")
    anna, ben = (jobs.parent / "class" / f"{name}.npz" for name in ("anna", "ben"))
    assert done.stdout == "".join(
        f"{media}/{run.stem}/Second-{language}.mp4  {run}, 64x36 at 5 frames a second\n"
        for run in (anna, ben)
        for language in ("en", "ko")
    )
    assert done.stderr == "4 videos of 2 networks; 1 file there already, or of before\n"


def test_networks_from_elsewhere_are_brought_in(jobs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    media = jobs.parent / "house"
    monkeypatch.setattr("edgeglow.model.importing.importer.media_folder", lambda: media)
    network = network_in(jobs.parent / "class")
    jobs.write_text(JOBS.replace("*.npz", "seq*.keras"))
    planned = rows(jobs, "--dry-run")
    assert {clip: row["run"] for clip, row in planned.items()} == dict.fromkeys(
        ("sequential/Second-en.mp4", "sequential/Second-ko.mp4"), str(network)
    )
    assert len(list((media / "runs" / "imported").glob("sequential.keras-*.npz"))) == 1
    done = call("batch", jobs, "--dry-run")
    assert done.stderr.startswith(f"reading {network}\n"), "what is then told is told of it"


def test_nothing_is_rendered_before_all_is_right(jobs: Path) -> None:
    (jobs.parent / "class" / "zoe.npz").write_text("no run")
    media = jobs.parent / "my media"
    done = call("batch", jobs, "--media_dir", media)
    assert (done.exit_code, done.stdout, media.exists()) == (1, "", False)
    assert done.stderr.startswith(f"render.py: {jobs.parent / 'class' / 'zoe.npz'}: ")
    jobs.write_text('langs = ["en"]')
    done = call("batch", jobs, "--media_dir", media)
    assert (done.exit_code, done.stderr.count("\n"), "Traceback" in done.output) == (1, 1, False)
    assert done.stderr.startswith(f'render.py: {jobs}: there is no key "langs"; did you mean languages')


def test_options_reach_every_order(jobs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[FilmRequest] = []

    def receive(orders: list[FilmRequest], bar: object) -> list[OutputFile]:
        given.extend(orders)
        return []

    monkeypatch.setattr("edgeglow.film.pipeline.make_films", receive)
    done = call("batch", jobs, "--fresh", "--jobs", 3, "--cluster", "tcp://127.0.0.1:8786")
    assert done.exit_code == 0, done.output
    assert [(one.is_fresh, one.jobs, one.cluster) for one in given] == [(True, 3, "tcp://127.0.0.1:8786")] * 4
    given.clear()
    call("batch", jobs)
    assert [(one.is_fresh, one.jobs, one.cluster) for one in given] == [(False, 0, "")] * 4


@pytest.mark.parametrize("args", [(), ("--watch",), ("--jobs", "0")])
def test_wrong_usage_ends_with_2(jobs: Path, args: tuple[str, ...]) -> None:
    done = call("batch", *([jobs, *args] if args else []))
    assert (done.exit_code, "Usage: render.py batch" in done.output) == (2, True)
