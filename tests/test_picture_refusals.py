"""Pictures of which no digit can be read: one line that names the file and says what to do."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from photographs import expose, ink, photograph, write_large
from PIL import Image

from edgeglow.model.data.strokes import draw_digits
from edgeglow.model.errors import EdgeglowError
from edgeglow.model.picture.read_picture import read_picture

Random = np.random.default_rng


def refusal(source: Path | np.ndarray) -> str:
    with pytest.raises(EdgeglowError) as caught:
        read_picture(source)
    message = str(caught.value)
    assert "\n" not in message and message.count("; ") >= 2
    assert message.startswith("the array" if isinstance(source, np.ndarray) else f"{source}: ")
    return message


def row_of(count: int, axis: int = 1) -> np.ndarray:
    """Digits beside each other, or one under the other."""
    page, at = np.zeros((600, 700)), 60
    for digit in draw_digits(count, seed=4).images:
        line = write_large(digit, 6)
        top, left = (60, at) if axis == 1 else (at, 60)
        page[top : top + line.shape[0], left : left + line.shape[1]] = line
        at += line.shape[axis] + 25
    return expose(ink(page), Random(0))


# -- no digit -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_blank_paper(grey: int) -> None:
    assert "no line of a pen stands out" in refusal(np.full((300, 400), grey, np.uint8))


def test_unevenly_lit_grainy_and_ruled_paper_is_blank_too() -> None:
    page = np.full((420, 560), 0.85)
    light = np.exp(-np.linspace(-0.5, 0.5, 420))[:, None]
    assert "no line of a pen" in refusal(expose(page * light, Random(1), 0.03))
    page[::40] = page[1::40] = 0.5
    refusal(expose(page, Random(1)))


@pytest.mark.parametrize("shape", [(28, 28), (300, 400)])
def test_noise(shape: tuple[int, int]) -> None:
    refusal(Random(2).integers(0, 256, shape).astype(np.uint8))


def test_a_filled_shape() -> None:
    assert "filled shape of 100×100 pixels" in refusal(
        np.pad(np.zeros((100, 100), np.uint8), 100, constant_values=255)
    )


def test_a_dot() -> None:
    refusal(np.pad(np.zeros((2, 2), np.uint8), 40, constant_values=255))


@pytest.mark.parametrize(("count", "word"), [(2, "two"), (3, "three"), (4, "four")])
def test_several_digits_are_counted(count: int, word: str) -> None:
    assert f"{word} pieces of about the same size side by side; expected one digit; cut one out" in refusal(
        row_of(count)
    )
    if count < 4:
        assert f"{word} pieces of about the same size one above the other" in refusal(row_of(count, axis=0))


# -- no picture -----------------------------------------------------------------------------------------------


def test_no_file_a_folder_and_no_picture(tmp_path: Path) -> None:
    assert "no such file" in refusal(tmp_path / "none.png")
    assert "is a folder" in refusal(tmp_path)
    (tmp_path / "text.png").write_text("not a picture", encoding="utf-8")
    assert "is not a picture" in refusal(tmp_path / "text.png")
    (tmp_path / "empty.png").write_bytes(b"")
    assert "is not a picture" in refusal(tmp_path / "empty.png")


@pytest.mark.parametrize("kind", ["png", "jpg", "webp", "gif", "bmp", "tif"])
def test_cut_short(kind: str, tmp_path: Path) -> None:
    """Wherever it ends: it is refused, or (GIF and JPEG may end early) still read, but never crashes."""
    whole = tmp_path / f"whole.{kind}"
    Image.fromarray(photograph(draw_digits(1).images[0], "clean", 0)).save(whole)
    content = whole.read_bytes()
    short = tmp_path / f"short.{kind}"
    for part in (0.001, 0.02, 0.3, 0.6):
        short.write_bytes(content[: int(len(content) * part)])
        refusal(short)


def test_a_picture_that_claims_to_be_huge(tmp_path: Path) -> None:
    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    for side in (12_000, 100_000):
        header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0))
        bomb = tmp_path / f"{side}.png"
        bomb.write_bytes(b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b""))
        assert "has too many pixels to be opened" in refusal(bomb)


def test_too_small(tmp_path: Path) -> None:
    Image.new("L", (3, 40)).save(tmp_path / "small.png")
    assert "is 3×40 pixels" in refusal(tmp_path / "small.png")


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((4, 5, 6, 7), np.uint8),
        np.zeros((30, 30, 2), np.uint8),
        np.zeros((0, 30), np.uint8),
        np.zeros((30, 30), np.int64),
        np.full((30, 30), 7.5),
        np.full((30, 30), np.nan),
    ],
    ids=["dimensions", "channels", "empty", "type", "range", "no numbers"],
)
def test_arrays_that_are_no_pictures(array: np.ndarray) -> None:
    refusal(array)


def test_a_large_photograph_is_read_as_a_small_one(tmp_path: Path) -> None:
    photo = Image.fromarray(photograph(draw_digits(1).images[0], "clean", 0)).convert("RGB")
    photo.resize((8000, 6000)).save(tmp_path / "large.jpg")
    small = read_picture(photo).pixels
    large = read_picture(tmp_path / "large.jpg").pixels
    assert np.abs(large - small).mean() < 0.03
