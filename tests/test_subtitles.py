"""Captions: in the picture, in files beside it, or none; and their times are those of the frames."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from test_film import order

from edgeglow.film.cache import FOLDER
from edgeglow.film.pipeline import make_film
from edgeglow.film.progress_bar import ProgressBar
from edgeglow.film.request import FilmRequest
from edgeglow.film.subtitle_files import ChapterCaptions, TimedCaption, subrip, webvtt

__all__ = ["order"]  # a fixture

TOLD = [
    ChapterCaptions("flow", 60, (TimedCaption(0, 30, "a", "One."), TimedCaption(30, 60, "b", ""))),
    ChapterCaptions("net", 90, (TimedCaption(45, 60, "c", "w < 0 & a > 0"), TimedCaption(60, 90, "c", "둘."))),
]
CUE = re.compile(r"^(\S+)\n(\d\d):(\d\d):(\d\d\.\d{3}) --> (\d\d):(\d\d):(\d\d\.\d{3})\n(.+)$", re.MULTILINE)
CAPTION = (34, 32)  # row and column of a pixel of what stands for words in a stand-in


def make(order: FilmRequest, captions: str, name: str = "film-en.mp4") -> list[np.ndarray]:
    """Make the film; returns its frames, (height, width, 3)."""
    with ProgressBar("test") as bar:
        make_film(replace(order, settings=replace(order.settings, captions=captions)), bar)
    with av.open(order.media / name) as video:
        return [frame.to_ndarray(format="rgb24").astype(int) for frame in video.decode(video=0)]


def files(order: FilmRequest) -> list[str]:
    """All that was made, but for what is kept for the next film."""
    made = (path.relative_to(order.media) for path in order.media.rglob("*") if path.is_file())
    return sorted(str(path) for path in made if path.parts[0] != FOLDER)


def test_subrip_counts_frames() -> None:
    assert subrip(TOLD, 30) == (
        "1\n00:00:00,000 --> 00:00:01,000\nOne.\n\n"
        "2\n00:00:03,500 --> 00:00:04,000\nw < 0 & a > 0\n\n"
        "3\n00:00:04,000 --> 00:00:05,000\n둘.\n"
    )


def test_webvtt_names_its_beats_and_keeps_its_own_signs_apart() -> None:
    assert webvtt(TOLD, 30, "ko") == (
        "WEBVTT\n\nNOTE Language: ko\n\n"
        "flow/a\n00:00:00.000 --> 00:00:01.000\nOne.\n\n"
        "net/c\n00:00:03.500 --> 00:00:04.000\nw &lt; 0 &amp; a &gt; 0\n\n"
        "net/c 2\n00:00:04.000 --> 00:00:05.000\n둘.\n"
    )


@pytest.mark.parametrize(
    ("captions", "folder", "written"), [("burnt", "captions/", 255), ("sidecar", "", 0), ("none", None, 0)]
)
def test_captions_are_where_they_are_wanted(
    order: FilmRequest, captions: str, folder: str | None, written: int
) -> None:
    pictures = make(order, captions)
    words = [] if folder is None else [f"{folder}film-en.{kind}" for kind in ("srt", "vtt")]
    assert files(order) == sorted(["film-en.mp4", *words])
    for picture in pictures:
        assert picture[CAPTION].max() == pytest.approx(written, abs=30)


def test_captions_of_the_film_before_do_not_stay_beside_the_new_one(order: FilmRequest) -> None:
    make(order, "sidecar")
    make(order, "burnt")
    assert files(order) == ["captions/film-en.srt", "captions/film-en.vtt", "film-en.mp4"]
    make(order, "none")
    assert files(order) == ["film-en.mp4"]


def test_times_are_those_of_the_frames(order: FilmRequest) -> None:
    """The beats at rest, and only these, show the square further to the right."""
    pictures = make(order, "sidecar")
    text = (order.media / "film-en.vtt").read_text(encoding="utf-8")
    assert text.startswith("WEBVTT\n\n")
    cues = [
        (name, 60 * int(minute) + float(second), 60 * int(last_minute) + float(last_second))
        for name, _, minute, second, _, last_minute, last_second, _ in CUE.findall(text)
    ]
    assert [name for name, _, _ in cues] == ["first/appears", "first/rests", "second/appears", "second/rests"]
    assert [start for _, start, _ in cues[1:]] == [end for _, _, end in cues[:-1]]
    for number, picture in enumerate(pictures):
        (told,) = [name for name, start, end in cues if start <= number / order.settings.fps < end]
        assert (picture[18, 39].max() > 150) == told.endswith("/rests"), number
    assert cues[-1][2] == pytest.approx(len(pictures) / order.settings.fps, abs=1e-3)


def test_clips_have_captions_of_their_own(order: FilmRequest, tmp_path: Path) -> None:
    make(replace(order, names=("second",)), "sidecar", "Second-en.mp4")
    assert files(order) == ["Second-en.mp4", "Second-en.srt", "Second-en.vtt"]
    assert "second/appears\n00:00:00.000 --> 00:00:01.400\n" in (order.media / "Second-en.vtt").read_text()
