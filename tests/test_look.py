"""The look of a film: shapes, names, and the sheets of its stills."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image
from test_film import order

from edgeglow.command.options import settings_from_options
from edgeglow.film.contact_sheet import sheet_ranges, write_contact_sheet
from edgeglow.film.pipeline import make_film, render_stills
from edgeglow.film.progress_bar import ProgressBar
from edgeglow.film.request import FilmRequest

__all__ = ["order"]  # a fixture


@pytest.mark.parametrize(
    ("size", "suffix"),
    [
        ((36, 64), "-9x16"),
        ((480, 854), "-9x16"),
        ((36, 36), "-1x1"),
        ((854, 480), ""),
        ((1080, 1350), "-4x5"),
        ((100, 36), "-25x9"),
    ],
)
def test_files_are_named_after_the_shape(order: FilmRequest, size: tuple[int, int], suffix: str) -> None:
    shaped = replace(order, settings=replace(order.settings, width=size[0], height=size[1], theme="light"))
    assert shaped.suffix == f"-en-light{suffix}"


@pytest.mark.parametrize(
    ("quality", "aspect", "size"),
    [("m", "16:9", (1280, 720)), ("m", "9:16", (720, 1280)), ("h", "1:1", (1080, 1080)), ("L", "9:16", (480, 854))],
)
def test_quality_is_the_short_side(quality: str, aspect: str, size: tuple[int, int]) -> None:
    look = settings_from_options(quality, aspect, None, None)
    assert (look.width, look.height) == size
    config = look.manim("folder")
    assert config["frame_height"] == 8.0
    assert config["frame_width"] / config["frame_height"] == pytest.approx(size[0] / size[1])
    assert settings_from_options(quality, aspect, (100, 30), None).width == 100, "a resolution wins"


def test_an_upright_film_is_laid_out_anew(order: FilmRequest) -> None:
    """What is round stays round: the square is as wide as high, in the middle of a frame 8 units high."""
    upright = replace(order, settings=replace(order.settings, width=36, height=64), names=("first",))
    with ProgressBar("test") as bar:
        (clip,) = make_film(upright, bar)
    assert clip.path.name == "First-en-9x16.mp4"
    with av.open(clip.path) as video:
        picture = list(video.decode(video=0))[3].to_ndarray(format="rgb24").astype(int)
    lit = picture[:, :, 0] > 150
    lit[50:] = False  # what stands for words
    rows, columns = np.flatnonzero(lit.any(axis=1)), np.flatnonzero(lit.any(axis=0))
    assert len(rows) == pytest.approx(16, abs=2) and len(columns) == pytest.approx(16, abs=2)


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (720, 720)])
def test_sheets_of_any_shape_are_about_square_and_readable(tmp_path: Path, size: tuple[int, int]) -> None:
    files = [tmp_path / f"{number}.png" for number in range(14)]
    for number, file in enumerate(files):
        Image.new("RGB", size, (10 * number, 0, 255)).save(file)
    write_contact_sheet(files, [f"beat {number}" for number in range(14)], "title", tmp_path / "sheet.png")
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert 0.6 < sheet.width / sheet.height < 1.6
        shown = np.asarray(sheet.convert("RGB"))
    for number in range(14):
        area = np.all(shown == (10 * number, 0, 255), axis=2)
        assert area.sum() == pytest.approx(640 * 360, rel=0.01), "each is there, as large as the others"


@pytest.mark.parametrize(("count", "sheets"), [(1, [(0, 1)]), (15, [(0, 15)]), (16, [(0, 8), (8, 16)])])
def test_many_stills_take_several_sheets(count: int, sheets: list[tuple[int, int]]) -> None:
    assert sheet_ranges(count) == sheets


def test_sheets_of_another_number_do_not_stay(order: FilmRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    def sheets() -> list[str]:
        with ProgressBar("test") as bar:
            render_stills(replace(order, names=("first",)), bar)
        return sorted(path.name for path in (order.media / "stills").glob("*.png"))

    monkeypatch.setattr("edgeglow.film.contact_sheet.MOST", 1)
    assert sheets() == ["First-en-1.png", "First-en-2.png"]
    monkeypatch.setattr("edgeglow.film.contact_sheet.MOST", 15)
    assert sheets() == ["First-en.png"]
