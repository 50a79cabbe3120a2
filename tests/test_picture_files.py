"""Picture files: damaged ones end in the project's own error, odd modes are read, of frames one is chosen."""

from __future__ import annotations

import io
import os
import random
from pathlib import Path

import numpy as np
import pytest
from photographs import photograph
from PIL import Image

from edgeglow.model.data.strokes import draw_digits
from edgeglow.model.errors import EdgeglowError
from edgeglow.model.picture.picture_file import MOST_OF, MOST_PIXELS, open_picture
from edgeglow.model.picture.read_picture import read_picture

FLIPS = 24  # damaged copies of each file


def photo(width: int = 140, height: int = 105) -> Image.Image:
    return Image.fromarray(photograph(draw_digits(1).images[0], "clean", 0)).resize((width, height))


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def all_files() -> dict[str, bytes]:
    """A small file of every format, and of the modes and packings that they have."""
    grey = photo()
    color, more = grey.convert("RGB"), [grey.rotate(9)]
    lab = Image.merge("LAB", [grey, Image.new("L", grey.size, 128), Image.new("L", grey.size, 128)])
    return {
        "png": saved(grey, "PNG"),
        "png of bits": saved(grey.convert("1"), "PNG"),
        "png with a palette": saved(grey.convert("P"), "PNG"),
        "png of 16 bits": saved(Image.fromarray(np.asarray(grey).astype(np.uint16) * 257), "PNG"),
        "apng": saved(grey, "PNG", save_all=True, append_images=more),
        "jpeg": saved(grey, "JPEG"),
        "progressive jpeg": saved(color, "JPEG", progressive=True),
        "cmyk jpeg": saved(grey.convert("CMYK"), "JPEG"),
        "mpo": saved(color, "MPO", save_all=True, append_images=[color]),
        "webp": saved(grey, "WEBP"),
        "moving webp": saved(grey, "WEBP", save_all=True, append_images=more),
        "gif": saved(grey, "GIF"),
        "moving gif": saved(grey, "GIF", save_all=True, append_images=more),
        "bmp": saved(grey, "BMP"),
        "tiff": saved(grey, "TIFF"),
        "tiff with pages": saved(grey, "TIFF", save_all=True, append_images=more),
        "lzw tiff": saved(color, "TIFF", compression="tiff_lzw"),
        "lab tiff": saved(lab, "TIFF"),
        "tiff of numbers": saved(grey.convert("F"), "TIFF"),
        "avif": saved(color, "AVIF"),
        "ppm": saved(grey, "PPM"),
    }


FILES = all_files()


@pytest.mark.parametrize("kind", FILES)
def test_a_damaged_file_is_read_or_refused_in_one_line(kind: str, tmp_path: Path) -> None:
    chance, place = random.Random(kind), tmp_path / "damaged"
    place.write_bytes(FILES[kind])
    open_picture(place)
    for number in range(FLIPS):
        content = bytearray(FILES[kind])
        if number % 3 == 0:
            content = content[: chance.randrange(1, len(content))]
        for _ in range(chance.randrange(1, 8)):
            content[chance.randrange(min(len(content), chance.choice([64, 256, 10_000])))] = chance.randrange(256)
        place.write_bytes(content)
        try:
            pixels = open_picture(place)[0]
        except EdgeglowError as error:
            assert "\n" not in str(error) and len(str(error)) < len(str(place)) + 220
        else:
            assert pixels.dtype == np.uint8 and pixels.ndim == 3


@pytest.mark.parametrize("kind", ["lab tiff", "avif", "cmyk jpeg", "mpo", "png of bits", "tiff of numbers"])
def test_odd_modes_are_read(kind: str, tmp_path: Path) -> None:
    (tmp_path / "odd").write_bytes(FILES[kind])
    read, expected = read_picture(tmp_path / "odd"), read_picture(photo())
    assert read.notes == () and np.abs(read.pixels - expected.pixels).mean() < 0.03


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n", "is PostScript"),
        (b"%PDF-1.7\n", "is a PDF"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "is a HEIC photo"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is an SVG drawing"),
        (b"\1\0\0\0" + b"\0" * 36 + b" EMF" + b"\0" * 60, "is not a picture that can be read"),
    ],
)
def test_only_the_formats_that_are_meant_are_opened(content: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(content)
    with pytest.raises(EdgeglowError, match=said):
        read_picture(tmp_path / "other")


def test_a_pipe_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(EdgeglowError, match="is a pipe or a device"):
        read_picture(tmp_path / "pipe")


def test_so_many_pixels_as_fit_into_memory() -> None:
    """A JPEG is made small while it is decoded, WebP and AVIF are kept several times."""
    assert MOST_OF["WEBP"] < MOST_PIXELS < MOST_OF["JPEG"]


@pytest.mark.parametrize("mode", ["L", "1", "P", "RGBA", "I;16", "F"])
def test_large_pictures_of_every_mode_are_read_as_small_ones(mode: str) -> None:
    """Larger than twice what is worked on: they are made small in strips or squares."""
    large = photo(3000, 2250)
    values = np.asarray(large)
    deep = {"I;16": values.astype(np.uint16) * 257, "F": values.astype(np.float32)}
    image = Image.fromarray(deep[mode]) if mode in deep else large.convert(mode)
    assert np.abs(read_picture(image).pixels - read_picture(large).pixels).mean() < 0.03


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
def test_of_several_frames_the_first_that_is_not_blank(kind: str, tmp_path: Path) -> None:
    blank = Image.new("L", (140, 105), 235)
    place = tmp_path / "moving"
    blank.save(
        place, kind, save_all=True, append_images=[blank.point(lambda value: value - 9), photo(), photo().rotate(90)]
    )
    read = read_picture(place)
    pages = "pages" if kind == "TIFF" else "frames"
    assert read.notes == (f"{place}: has 4 {pages}; number 3, the first that is not blank, is read",)
    assert np.abs(read.pixels - read_picture(photo()).pixels).mean() < 0.03


@pytest.mark.parametrize("side", [28, 64, 100, 129])
@pytest.mark.parametrize(
    "colors", [((255, 255, 255), (0, 0, 0)), ((255, 247, 219), (51, 26, 26)), ((0, 0, 0), (255, 255, 255))]
)
def test_a_flat_drawing_of_two_colours(side: int, colors: tuple[tuple[int, int, int], ...]) -> None:
    large = np.asarray(photo(560, 420)) < 128
    rows, columns = np.nonzero(large)
    cut = Image.fromarray(large[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1])
    cut.thumbnail((side * 0.7, side * 0.7), Image.Resampling.NEAREST)
    ink = np.zeros((side, side), bool)
    ink[side // 8 : side // 8 + cut.height, side // 8 : side // 8 + cut.width] = np.asarray(cut)
    flat = np.where(ink[..., None], np.uint8(colors[1]), np.uint8(colors[0]))
    assert len(np.unique(flat.reshape(-1, 3), axis=0)) == 2
    assert np.abs(read_picture(flat).pixels - read_picture(photo(560, 420)).pixels).mean() < 0.07
