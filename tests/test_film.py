"""From chapters to files: lengths, joined clips, chapter marks, and what is left when something goes wrong."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
import stand_ins
from interrupts import PATIENCE, interrupts_delivered
from manim._config.video_encoder import VideoEncoderSpec
from PIL import Image
from test_join import packets

import edgeglow.scenes.chapters
from edgeglow.film.chapter_task import MeasureTask, StillsTask
from edgeglow.film.inputs import FilmInputs
from edgeglow.film.pipeline import make_film, measure_film, render_stills
from edgeglow.film.progress_bar import ProgressBar
from edgeglow.film.render_task import RenderTask
from edgeglow.film.request import FilmRequest, chapters_by_name
from edgeglow.film.segment_writer import FilmEncoder
from edgeglow.film.settings import FilmSettings
from edgeglow.film.worker_pool import failure_from
from edgeglow.model.errors import EdgeglowError, InvalidRequest
from edgeglow.model.run.run import Run

LOOK = FilmSettings(width=64, height=36, fps=5.0)


@pytest.fixture
def order(run_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FilmRequest:
    """The film of the two stand-ins."""
    monkeypatch.setattr(edgeglow.scenes.chapters, "FILM", (stand_ins.First, stand_ins.Second))
    monkeypatch.setattr("edgeglow.film.pipeline.SLOW_IMPORT", "manim")  # the real scenes take longer
    return FilmRequest((), LOOK, FilmInputs(run_file), tmp_path / "my media", jobs=2)


# -- one chapter ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["mp4", "webm", "mov", "gif"])
def test_measured_and_rendered_lengths_agree(run_file: Path, tmp_path: Path, kind: str) -> None:
    look = FilmSettings(width=64, height=36, fps=5.0, format=kind, transparent=kind == "mov")
    told: list[int] = []
    measured = MeasureTask(stand_ins.Second, FilmInputs(run_file), look, tmp_path)(told.append)
    assert not told
    result = RenderTask(stand_ins.Second, FilmInputs(run_file), look, tmp_path)(told.append)
    assert measured.frames == result.frames == sum(told) == 14
    assert measured.cues == result.cues
    with av.open(result.files[0]) as video:
        pictures = [frame.to_ndarray(format="rgba") for frame in video.decode(video=0)]
    assert len(pictures) >= 8 if kind == "gif" else len(pictures) == 14  # a GIF keeps a held frame once
    middle = [picture[18, 36].astype(int) for picture in pictures]
    assert middle[-1][2] > 150 > middle[-1][0], "the blue square has come"
    if look.transparent:
        assert [pictures[-1][2, 2, 3], pictures[-1][18, 40, 3]] == [0, 255]


def test_a_still_for_every_beat(run_file: Path, tmp_path: Path) -> None:
    result = StillsTask(stand_ins.First, FilmInputs(run_file), FilmSettings(64, 36, 5.0, format="png"), tmp_path)(
        lambda frames: None
    )
    assert result.beats == ("appears", "rests")
    assert [file.name for file in result.files] == ["01-appears.png", "02-rests.png"]
    with Image.open(result.files[0]) as first, Image.open(result.files[1]) as second:
        assert first.convert("RGB").getpixel((29, 18))[0] > 200  # type: ignore[index]
        assert second.convert("RGB").getpixel((29, 18))[0] < 50, "it has moved on"  # type: ignore[index]


def test_colours_survive(run_file: Path, tmp_path: Path) -> None:
    result = RenderTask(stand_ins.Second, FilmInputs(run_file), LOOK, tmp_path)(lambda frames: None)
    with av.open(result.files[0]) as video:
        assert video.streams.video[0].codec_context.colorspace == 1, "BT.709, as HD players expect"
        *_, last = video.decode(video=0)
        shown = last.to_ndarray(format="rgb24")[18, 36].astype(int)
    assert shown == pytest.approx(np.array(stand_ins.BLUE.to_int_rgb()), abs=6)


# -- the film ---------------------------------------------------------------------------------------------


def test_film_is_whole(order: FilmRequest) -> None:
    with ProgressBar("test") as bar:
        (film,) = make_film(order, bar)
    assert film.path == order.media / "film-en.mp4"
    assert [result.name for result in film.results] == ["First", "Second"]
    assert film.frames == len(packets(film.path)) == 8 + 14
    with av.open(film.path) as video:
        assert [mark["metadata"]["title"] for mark in video.chapters()] == ["The first one", "The second one"]
        assert Run.load(order.source.run).digest in video.metadata["comment"]
    captions = (order.media / "captions" / "film-en.srt").read_text()
    assert "00:00:01,600 --> 00:00:03,000\nen words: appears" in captions
    assert sorted(path.name for path in order.media.iterdir()) == ["cache", "captions", "film-en.mp4"]


def test_chosen_chapters_are_clips(order: FilmRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = FilmRequest(
        ("second", "First"), FilmSettings(64, 36, 5.0, language="ko", theme="light"), order.source, order.media, 1
    )
    with ProgressBar("test") as bar:
        products = make_film(chosen, bar)
    assert [product.path.name for product in products] == ["Second-ko-light.mp4", "First-ko-light.mp4"]
    assert [len(packets(product.path)) for product in products] == [14, 8]


def test_what_the_run_cannot_show_is_left_out_and_said(
    order: FilmRequest, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(edgeglow.scenes.chapters, "FILM", (stand_ins.First, stand_ins.Unfit, stand_ins.Second))
    with ProgressBar("test") as bar:
        results = measure_film(order, bar)
    assert [result.name for result in results] == ["First", "Second"]
    assert capsys.readouterr().err == "Unfit is left out: a network of 4 layers has no such thing.\n"
    reason = r"^Unfit cannot be shown: a network of 4 layers has no such thing\.$"
    with pytest.raises(EdgeglowError, match=reason), ProgressBar("test") as bar:
        measure_film(replace(order, names=("first", "unfit")), bar)
    monkeypatch.setattr(edgeglow.scenes.chapters, "FILM", (stand_ins.Unfit,))
    with pytest.raises(EdgeglowError, match=reason), ProgressBar("test") as bar:
        make_film(order, bar)


def test_stills_come_with_a_sheet(order: FilmRequest) -> None:
    with ProgressBar("test") as bar:
        products = render_stills(order, bar)
    assert [product.path.name for product in products] == ["First-en.png", "Second-en.png"]
    singles = order.media / "stills" / "First-en"
    assert sorted(path.name for path in singles.iterdir()) == ["01-appears.png", "02-rests.png"]
    with Image.open(products[0].path) as sheet:
        assert sheet.width > 2 * 640


def test_a_broken_chapter_is_told_and_leaves_the_old_film(
    order: FilmRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edgeglow.scenes.chapters, "FILM", (stand_ins.First, stand_ins.Broken))
    order.media.mkdir()
    (order.media / "film-en.mp4").write_text("the old film")
    message = r"^Broken: ZeroDivisionError: the third act\. The traceback is in .*Broken-en\.log$"
    with pytest.raises(EdgeglowError, match=message), ProgressBar("test") as bar:
        make_film(order, bar)
    assert (order.media / "film-en.mp4").read_text() == "the old film"
    assert {path.name for path in order.media.iterdir()} - {"cache"} == {"film-en.mp4", "logs"}
    assert 'raise ZeroDivisionError("the third act' in (order.media / "logs" / "Broken-en.log").read_text()


STOPPED = """
import sys, edgeglow.scenes.chapters, stand_ins, edgeglow.render, edgeglow.film.pipeline
edgeglow.film.pipeline.SLOW_IMPORT = "manim"
edgeglow.scenes.chapters.FILM = (stand_ins.First, stand_ins.Endless)
edgeglow.render.main(sys.argv[1:], "render.py")
"""


@pytest.mark.skipif(os.name == "nt", reason="signals")
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_stopping_ends_everything(order: FilmRequest, sign: signal.Signals) -> None:
    order.media.mkdir()
    (order.media / "film-en.mp4").write_text("the old film")
    arguments = [
        "--run",
        str(order.source.run),
        "--media_dir",
        str(order.media),
        "-r",
        "64,36",
        "--fps",
        "5",
        "--jobs",
        "2",
    ]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}
    # A group of its own: then Ctrl-C can be sent as a terminal does, to the children as well.
    with interrupts_delivered():
        process = subprocess.Popen(
            [sys.executable, "-c", STOPPED, *arguments],
            env=environment,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
    while not list(order.media.glob(".rendering-*/Endless/**/videos")):
        assert process.poll() is None
        time.sleep(0.05)
    (os.killpg if sign == signal.SIGINT else os.kill)(process.pid, sign)
    _, errors = process.communicate(timeout=PATIENCE)  # the chapter itself takes five times as long
    assert (process.returncode, errors.strip()) == (130, "render.py: stopped")
    assert {path.name for path in order.media.iterdir()} - {"cache"} == {"film-en.mp4"}
    assert (order.media / "film-en.mp4").read_text() == "the old film"
    while _group_lives(process.pid):
        time.sleep(0.05)


def _group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


# -- its parts --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "message"),
    [("Frist", "did you mean First"), ("trian", "did you mean train"), ("xyzzy", "there are First, Second")],
)
def test_unknown_chapters_have_near_ones(name: str, message: str) -> None:
    with pytest.raises(InvalidRequest, match=f"there is no chapter '{name}'; {message}"):
        chapters_by_name((stand_ins.First, stand_ins.Second), [name])


def test_unknown_languages_and_themes_are_told(order: FilmRequest) -> None:
    for look, message in (
        (FilmSettings(language="xx"), "language 'xx'; choose one of en"),
        (FilmSettings(theme="pink"), "theme 'pink'"),
    ):
        with pytest.raises(InvalidRequest, match=f"there is no {message}"):
            FilmRequest((), look, order.source, order.media, 1).chapters()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_found_under_what_manim_makes_of_it(
    run_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*, target: Path, spec: VideoEncoderSpec) -> FilmEncoder:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to("/dev/full")
        return FilmEncoder(target=target, spec=spec)

    monkeypatch.setattr("edgeglow.film.segment_writer.FilmEncoder", full)
    with pytest.raises(RuntimeError) as caught:
        RenderTask(stand_ins.Second, FilmInputs(run_file), LOOK, tmp_path)(lambda frames: None)
    reason = "cannot be written: no space left on device. Free it up, or choose another --media_dir"
    message = failure_from(caught.value, "elsewhere").message
    assert re.fullmatch(rf"{tmp_path}/Second/videos/.*/Second\.mp4: {reason}", message)
