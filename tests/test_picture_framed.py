"""Pictures with something around the digit: it is read or said to be in doubt, and what is around it is no digit."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from framed import KINDS, Framed, make_framed, put, rectangle
from photographs import TROUBLES, with_pen, write_large
from PIL import Image, ImageDraw
from surroundings import corners, dark_desk, filled, lay, photographed, wooden_desk

from edgeglow.model.data.strokes import draw_digits
from edgeglow.model.errors import EdgeglowError
from edgeglow.model.network.network import Network
from edgeglow.model.picture.fit import centre_ink, ink_bounds, resize
from edgeglow.model.picture.read_picture import read_picture
from edgeglow.model.run.training_config import Config
from edgeglow.model.training.loop import train

PAPER, PEN = (0.95, 0.95, 0.93), (0.1, 0.1, 0.2)


def line_of(label: int, scale: float = 9) -> np.ndarray:
    digits = draw_digits(30, seed=8)
    return write_large(digits.images[list(digits.labels).index(label)], scale)


def steps_of(pixels: np.ndarray) -> list[str]:
    return [step.name for step in read_picture(pixels).steps]


def alike(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two images (28, 28) show the same line, moved by up to a pixel."""
    moves = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    return min(float(np.abs(np.roll(one, move, (0, 1)) - other).mean()) for move in moves) < 0.045


def alone(line: np.ndarray) -> np.ndarray:
    """What is read of the line where nothing is around it."""
    return read_picture(np.uint8(255 - 220 * np.pad(line, 60))).pixels


# -- all kinds --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def reader() -> Network:
    config = Config(layer_sizes=(784, 32, 10), hidden="relu", epochs=5, snapshots=2)
    last = train(config, draw_digits(20_000, seed=1), draw_digits(100, seed=2)).snapshots[-1]
    return Network.of(last.weights, last.biases, config.hidden, config.output)


def test_most_are_read_right_and_hardly_one_is_read_wrong(reader: Network) -> None:
    """One of every kind, of digits that the network reads by themselves; ./dev bench pictures has many more."""

    def answer(pixels: np.ndarray) -> int:
        return int(reader.activations(pixels.reshape(1, -1))[-1][0].argmax())

    drawn = draw_digits(60, seed=5)
    good = [answer(alone(write_large(image, 8))) == label for image, label in zip(*drawn_pairs(drawn), strict=True)]
    counter: Counter[str] = Counter()
    for picture in make_framed(drawn.images[good], drawn.labels[good], 1, halves=(1,)):
        counter[outcome(picture, answer)] += 1
    assert counter.total() == len(KINDS)
    assert counter["right"] >= 0.85 * len(KINDS), counter
    assert counter["wrong"] <= 2, counter


def drawn_pairs(digits: object) -> tuple[np.ndarray, np.ndarray]:
    return digits.images, digits.labels  # type: ignore[attr-defined]


def outcome(picture: Framed, answer: object) -> str:
    try:
        read = read_picture(picture.pixels).pixels
    except EdgeglowError:
        return "in doubt"
    return "right" if answer(read) == picture.label else "wrong"  # type: ignore[operator]


# -- one by one -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("label", [0, 4, 8])
@pytest.mark.parametrize("ground", [dark_desk, wooden_desk])
def test_a_sheet_on_a_desk(label: int, ground: object) -> None:
    random = np.random.default_rng(label)
    line = line_of(label)
    sheet = put(filled(PAPER, 440, 600), line, PEN, (300, 220))
    scene = lay(sheet, ground(random), corners(random, 440, 600, 10, 0.05, 0.85))  # type: ignore[operator]
    pixels = photographed(scene, random)
    assert steps_of(pixels)[:2] == ["picture", "sheet"]
    assert alike(read_picture(pixels).pixels, alone(line))


@pytest.mark.parametrize("label", [0, 5, 9])
@pytest.mark.parametrize("gap", [0.0, 0.4])
def test_a_ring_around_it(label: int, gap: float) -> None:
    """Whether it closes or not."""
    line = line_of(label)
    turns = np.linspace(0, 2 * np.pi - gap, 200)
    image = Image.fromarray(np.uint8(255 * filled(PAPER)))
    places = list(zip(400 + 190 * np.cos(turns), 300 + 190 * np.sin(turns), strict=True))
    ImageDraw.Draw(image).line(places, fill=(25, 25, 50), width=9, joint="curve")
    read = read_picture(np.uint8(255 * put(np.asarray(image) / 255, line, PEN, (400, 300))))
    assert alike(read.pixels, alone(line))


@pytest.mark.parametrize("label", [0, 6, 8, 9])
def test_what_a_digit_encloses_is_no_frame(label: int) -> None:
    """A large one, with a speck within it, or a dot in a nought."""
    line = line_of(label, 20)
    page = put(filled(PAPER), line, PEN, (400, 300))
    expected = alone(line)
    assert alike(read_picture(np.uint8(255 * page)).pixels, expected)
    rows, columns = np.nonzero(line.sum(axis=1, keepdims=True) * line.sum(axis=0, keepdims=True))
    middle = 400 + columns.mean() - line.shape[1] / 2, 300 + rows.mean() - line.shape[0] / 2
    page = rectangle(page, (middle[0], middle[1], middle[0] + 4, middle[1] + 4), PEN)
    assert alike(read_picture(np.uint8(255 * page)).pixels, expected)


def test_a_box_within_a_sheet_and_a_box_beside_the_digit() -> None:
    line = line_of(3)
    page = rectangle(filled(PAPER), (250, 130, 550, 470), (0.1, 0.1, 0.1), 6)
    boxed = np.uint8(255 * put(page, line, PEN, (400, 300)))
    assert steps_of(boxed)[:2] == ["picture", "frame"]
    assert alike(read_picture(boxed).pixels, alone(line))
    page = filled(PAPER)
    for number in range(5):
        page = rectangle(page, (60 + 140 * number, 220, 180 + 140 * number, 360), (0.2, 0.2, 0.2), 4)
    line = line_of(3, 4)
    assert alike(read_picture(np.uint8(255 * put(page, line, PEN, (400, 290)))).pixels, alone(line))


# -- nothing around it --------------------------------------------------------------------------------------------


def test_paper_between_a_rule_and_the_edge_of_the_picture_is_no_sheet() -> None:
    line = line_of(3, 11)
    for seed in (10, 11, 12):
        pixels = TROUBLES["ruled"](line, np.random.default_rng(seed))
        assert "sheet" not in steps_of(pixels)
        assert alike(read_picture(pixels).pixels, alone(line))


@pytest.mark.parametrize(("label", "width"), [(0, 42), (0, 46), (6, 34), (8, 30)])
def test_the_paper_in_the_loops_of_a_bold_digit_is_no_ink(label: int, width: float) -> None:
    line = with_pen(line_of(label, 11), width).astype(np.float32)
    top, left, bottom, right = ink_bounds(line)
    line = line[top:bottom, left:right]
    read = read_picture(np.uint8(255 * put(filled(PAPER), line, PEN, (450, 320)))).pixels
    assert alike(read, centre_ink(resize(line, (28, 28)), (28, 28)))


@pytest.mark.parametrize("label", [3, 8])
@pytest.mark.parametrize("lean", [-0.8, -0.3, 0.5, 0.9])
def test_half_of_the_page_in_a_shadow(label: int, lean: float) -> None:
    """The shadow's edge runs beside the digit, and leaves the picture where no corner of a sheet is."""
    line = line_of(label)
    rows, columns = np.mgrid[0:600, 0:800]
    away = (columns - 400) * np.cos(lean) + (rows - 300) * np.sin(lean) + 150
    page = put(filled(PAPER), line, PEN, (430, 330)) * (1 - 0.55 / (1 + np.exp(-away / 6)))[..., None]
    noisy = page + np.random.default_rng(1).normal(0, 0.008, page.shape)
    assert alike(read_picture(np.uint8(255 * np.clip(noisy, 0, 1))).pixels, alone(line))


# -- in doubt ---------------------------------------------------------------------------------------------------


def refused(page: np.ndarray) -> str:
    with pytest.raises(EdgeglowError) as caught:
        read_picture(np.uint8(255 * np.clip(page, 0, 1)))
    assert "\n" not in str(caught.value) and "; expected one digit" in str(caught.value)
    return str(caught.value)


def test_a_box_that_the_digit_touches() -> None:
    page = rectangle(filled(PAPER), (270, 170, 530, 430), (0.1, 0.1, 0.1), 5)
    assert "a box and what touches it" in refused(put(page, line_of(3, 14), PEN, (400, 300)))
    display = rectangle(filled(PAPER), (300, 130, 500, 470), (0.1, 0.1, 0.1), 30)
    assert steps_of(np.uint8(255 * display))[-1] == "centred", "a nought of a display was refused"


def test_two_boxes_with_a_digit_each() -> None:
    page = filled(PAPER)
    for left in (100, 420):
        page = rectangle(page, (left, 150, left + 280, 430), (0.2, 0.2, 0.2), 4)
        page = put(page, line_of(4, 8), PEN, (left + 140, 290))
    assert "two sheets or boxes" in refused(page)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("ground", [dark_desk, wooden_desk])
def test_a_blank_sheet_on_a_desk(seed: int, ground: object) -> None:
    random = np.random.default_rng(seed)
    scene = lay(filled(PAPER, 440, 600), ground(random), corners(random, 440, 600, 4, 0.05, 0.85))  # type: ignore[operator]
    assert "nothing stands out from the sheet" in refused(photographed(scene, random) / 255)


def test_something_small_in_a_ring() -> None:
    page = rectangle(filled(PAPER), (200, 100, 600, 500), (0.1, 0.1, 0.1), 8)
    assert "a line runs around something small" in refused(put(page, line_of(5, 3), PEN, (400, 300)))
