"""Files of jobs: what they ask for, where it goes, and what is said when something in one is wrong."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import stand_ins

import edgeglow.scenes.chapters
from edgeglow.film.batch import read_batch
from edgeglow.film.inputs import FilmInputs
from edgeglow.film.request import FilmRequest, is_single_film, output_paths
from edgeglow.film.settings import FilmSettings
from edgeglow.model.errors import EdgeglowError

Ask = Callable[..., list[FilmRequest]]
MEDIA = Path("/media").absolute()
NETWORKS = Path(__file__).parent / "fixtures" / "networks"


@pytest.fixture
def ask(tmp_path: Path, run_file: Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """The requests of a file of jobs beside the runs of a class, whose film is that of the stand-ins."""
    monkeypatch.setattr(edgeglow.scenes.chapters, "FILM", (stand_ins.First, stand_ins.Second))
    for name in ("anna.npz", "ben.npz", "cleo's best.npz"):
        (tmp_path / "class").mkdir(exist_ok=True)
        shutil.copy(run_file, tmp_path / "class" / name)

    def read(text: str | bytes, **rest: object) -> list[FilmRequest]:
        (tmp_path / "jobs.toml").write_bytes(text.encode() if isinstance(text, str) else text)
        return read_batch(tmp_path / "jobs.toml", MEDIA, **rest)  # type: ignore[arg-type]

    return read


def places(orders: list[FilmRequest]) -> list[str]:
    return [target.relative_to(MEDIA).as_posix() for order in orders for target in output_paths(order)]


# -- what is asked for ----------------------------------------------------------------------------------------


def test_plural_keys_are_axes_and_singular_ones_settings(ask: Ask, tmp_path: Path) -> None:
    orders = ask("""
        runs = ["class/*.npz"]
        languages = ["en", "ko"]
        aspects = ["16:9", "9:16"]
        quality = "k"
        captions = "none"
        seed = 3
    """)
    assert places(orders) == [
        f"{name}/film-{language}{shape}.mp4"
        for name in ("anna", "ben", "cleo's best")
        for language in ("en", "ko")
        for shape in ("", "-9x16")
    ]
    assert orders[-1].source.run == tmp_path / "class" / "cleo's best.npz"
    assert orders[-1].settings == FilmSettings(2160, 3840, 60.0, language="ko", captions="none", seed=3)


def test_a_single_run_has_the_usual_place(ask: Ask) -> None:
    (order,) = ask('run = "class/anna.npz"')
    assert (order.settings, places([order])) == (FilmSettings(), ["film-en.mp4"])


def test_without_a_run_it_is_the_default_one(ask: Ask, run_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edgeglow.film.batch_networks.default_path", lambda: run_file)
    (order,) = ask("")
    assert (order.source.run, places([order])) == (run_file, ["film-en.mp4"])


def test_all_settings_arrive(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "mine-ko.toml").write_text('[words]\ncomma = " und "\n')
    (order,) = ask("""
        run = "class/ben.npz"
        chapters = ["second", "First"]
        language = "ko"
        theme = "light"
        script = "mine-{language}.toml"
        resolution = [64, 36]
        fps = 5
        format = "mov"
        transparent = true
        folder = "sub/titles"
    """)
    look = FilmSettings(64, 36, 5.0, "mov", True, "ko", "light", None, tmp_path / "mine-ko.toml")
    assert order == FilmRequest(
        ("Second", "First"), look, FilmInputs(tmp_path / "class" / "ben.npz"), MEDIA / "sub" / "titles", 0
    )
    assert places([order]) == ["sub/titles/Second-ko-light.mov", "sub/titles/First-ko-light.mov"]
    assert order.settings.manim("")["frame_rate"] == 5


def test_own_digits_are_found_beside_the_file(ask: Ask) -> None:
    with pytest.raises(EdgeglowError, match=r"class/seven\.png: "):
        ask('run = "class/anna.npz"\ndigits = ["class/seven.png"]\nlabels = ["7"]')


def test_tables_of_jobs_stand_over_what_is_above_them(ask: Ask) -> None:
    orders = ask("""
        runs = ["class/anna.npz", "class/ben.npz"]
        languages = ["en", "ko"]
        aspects = ["16:9", "1:1"]

        [[jobs]]
        run = "class/anna.npz"
        theme = "light"
        language = "ko"

        [[jobs]]
        resolution = [64, 36]
        languages = ["en"]
    """)
    assert places(orders) == ["film-ko-light.mp4", "film-ko-light-1x1.mp4", "anna/film-en.mp4", "ben/film-en.mp4"]


def test_qualities_have_folders(ask: Ask) -> None:
    orders = ask('runs = ["class/anna.npz"]\nqualities = ["l", "h"]\naspects = ["9:16"]')
    assert places(orders) == ["anna/480p15/film-en-9x16.mp4", "anna/1080p60/film-en-9x16.mp4"]


def test_formats_lie_beside_each_other(ask: Ask) -> None:
    assert places(ask('run = "class/anna.npz"\nformats = ["mp4", "webm"]')) == ["film-en.mp4", "film-en.webm"]


def test_what_is_asked_for_twice_is_made_once(ask: Ask) -> None:
    orders = ask("""
        runs = ["class/anna.npz", "class/a*.npz"]
        languages = ["en", "en"]
        [[jobs]]
        chapters = ["first"]
        [[jobs]]
        chapters = ["Second", "First"]
        [[jobs]]
        theme = "dark"
    """)
    assert [order.names for order in orders] == [("First", "Second"), ()]
    assert places(orders) == ["anna/First-en.mp4", "anna/Second-en.mp4", "anna/film-en.mp4"]
    assert list(map(is_single_film, orders)) == [False, True]


def test_gifs_are_of_what_can_be_shown(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edgeglow.scenes.chapters, "FILM", (stand_ins.First, stand_ins.Unfit))
    assert places(ask('run = "class/anna.npz"\nformat = "gif"')) == ["First-en.gif"]


# -- networks -------------------------------------------------------------------------------------------------


def test_files_of_one_name_are_told_apart_by_their_path(ask: Ask, tmp_path: Path) -> None:
    for name in ("x/a/model.npz", "x/b/model.npz", "y/a/model.npz", "mine.npz", "mine.run"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(tmp_path / "class" / "anna.npz", tmp_path / name)
    assert places(ask('runs = ["*/*/model.npz", "class/ben.npz", "mine.*"]')) == [
        "x/a/model/film-en.mp4",
        "x/b/model/film-en.mp4",
        "y/a/model/film-en.mp4",
        "ben/film-en.mp4",
        "mine.npz/film-en.mp4",
        "mine.run/film-en.mp4",
    ]
    jobs = '[[jobs]]\nruns = ["x/a/model.npz"]\n[[jobs]]\nruns = ["x/b/*.npz"]\nlanguage = "ko"'
    assert places(ask(jobs)) == ["a/model/film-en.mp4", "b/model/film-ko.mp4"]


@pytest.mark.skipif(os.name == "nt", reason="there they are one file")
def test_files_that_differ_by_case_alone_are_refused(ask: Ask, tmp_path: Path) -> None:
    shutil.copy(tmp_path / "class" / "anna.npz", tmp_path / "class" / "ANNA.npz")
    if len(list((tmp_path / "class").glob("*nna.npz"))) + len(list((tmp_path / "class").glob("ANNA.npz"))) < 2:
        pytest.skip("they are one file here")
    with pytest.raises(EdgeglowError, match="differ by nothing but upper and lower case"):
        ask('runs = ["class/*.npz"]')


def test_names_may_look_like_patterns_and_links_keep_theirs(ask: Ask, tmp_path: Path) -> None:
    folder = tmp_path / "class [9b]"
    (tmp_path / "class").rename(folder)
    (folder / "anna.npz").rename(folder / "anna[1].npz")
    (folder / "dora.npz").symlink_to(folder / "ben.npz")
    orders = ask(f'runs = ["class [9b]/anna[1].npz", "{folder.as_posix()}/dora.npz", "class*/b*"]')
    assert places(orders) == ["anna[1]/film-en.mp4", "dora/film-en.mp4", "ben/film-en.mp4"]


def test_every_network_is_brought_in_once_and_after_all_else(ask: Ask, run_file: Path, tmp_path: Path) -> None:
    shutil.copy(NETWORKS / "state_dict.pt", tmp_path)
    shutil.copytree(NETWORKS / "checkpoints", tmp_path / "checkpoints")
    asked: list[tuple[str, str | None]] = []

    def bring(network: Path, activation: str | None) -> Path:
        asked.append((network.name, activation))
        return run_file

    jobs = 'runs = ["*.pt", "class/anna.npz", "check*"]\nactivation = "relu"\nlanguages = ["en", "LANG"]'
    orders = ask(jobs.replace("LANG", "ko"), bring=bring)
    assert asked == [("state_dict.pt", "relu"), ("anna.npz", None), ("checkpoints", "relu")]
    assert {order.source.run for order in orders} == {run_file}
    assert places(orders)[::2] == [f"{name}/film-en.mp4" for name in ("state_dict", "anna", "checkpoints")]
    asked.clear()
    with pytest.raises(EdgeglowError, match=r"jobs\.toml: there is no language 'xx'; choose one of en, ko"):
        ask(jobs.replace("LANG", "xx"), bring=bring)
    assert not asked


def test_every_bad_network_is_told_in_a_line(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "class" / "ben.npz").write_bytes(b"nothing")
    (tmp_path / "class" / "zoe.npz").write_text("")
    with pytest.raises(EdgeglowError) as caught:
        ask('runs = ["class/*.npz"]\nlanguages = ["en", "ko"]')
    lines = str(caught.value).splitlines()
    assert [line.split(": ")[0] for line in lines] == [
        str(tmp_path / "class" / f"{name}.npz") for name in ("ben", "zoe")
    ]


def test_chapters_that_a_network_cannot_show_are_left_out_and_told(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edgeglow.scenes.chapters, "FILM", (stand_ins.First, stand_ins.Unfit))
    assert places(ask('runs = ["class/a*.npz"]')) == ["anna/film-en.mp4"]
    told: list[str] = []
    orders = ask('run = "class/ben.npz"\nlanguages = ["en", "ko"]\nchapters = ["first", "unfit"]', tell=told.append)
    assert places(orders) == ["First-en.mp4", "First-ko.mp4"]
    reason = "a network of 4 layers has no such thing."
    assert told == [f"{tmp_path / 'class' / 'ben.npz'}: Unfit is left out: {reason}"]
    with pytest.raises(EdgeglowError, match=rf"jobs\.toml: .*ben.npz: Unfit cannot be shown: {reason}"):
        ask('runs = ["class/b*.npz"]\nchapters = ["unfit"]')
