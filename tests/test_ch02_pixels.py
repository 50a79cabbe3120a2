"""Pixels: every number stands in its own pixel and is that pixel's, and all pixels are counted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from casts import NAMES
from conftest import segment_digits
from manim import Square
from shot import Shape, Shot, Squares
from stage import ASPECTS, Performance, perform, play
from truth import pixels_of, under
from written import tells, write_share

from edgeglow.model.run.training_config import Config
from edgeglow.model.training.loop import train
from edgeglow.scenes.ch02_pixels import Pixels
from edgeglow.scenes.mobjects.network.input_plane import InputPlane
from edgeglow.scenes.mobjects.numbers.number_label import NumberLabel
from edgeglow.scenes.motions.count_rows import CountRows

NUMBERED = ("numbers", "black", "white", "grey")

# Of those from elsewhere all that read pictures
PICTURES = ("single", "epochs", "letters", "huge", "thin", "own", "unnamed", "mistaken")
every_film = pytest.mark.parametrize("run_name", [*NAMES, *PICTURES])


def picture_in(played: Performance, shot: Shot) -> Squares:
    picture = pixels_of(shot, played.run)
    assert picture is not None
    return picture


def digit(played: Performance) -> np.ndarray:
    """The pixels of the film's digit."""
    return played.run.examples[played.chapter.cast.main].pixels


def marks_of(shot: Shot) -> list[Shape]:
    """The frames around one pixel."""
    side = shot.squares[0].sides[0]
    return [frame for frame in shot.frames() if frame.box[2] - frame.box[0] < 2 * side]


@every_film
def test_the_picture_is_the_films_digit_all_through(run_name: str) -> None:
    played = perform("Pixels", run_name)
    assert played.run.image_shape is not None
    rows, columns = played.run.image_shape
    for shot in played.shots:
        picture = picture_in(played, shot)
        np.testing.assert_array_equal(picture.values, digit(played))
        places = picture.centers.reshape(rows, columns, 3)
        assert np.all(np.diff(places[:, :, 0], axis=1) > 0) and np.all(np.diff(places[:, :, 1], axis=0) < 0)


@every_film
@pytest.mark.parametrize("aspect", ASPECTS)
def test_each_number_is_that_of_the_pixel_it_stands_in(run_name: str, aspect: str) -> None:
    played = perform("Pixels", run_name, aspect=aspect)
    for shot in played.shots:
        if shot.beat not in NUMBERED:
            continue
        picture = picture_in(played, shot)
        half = picture.sides[:, None] / 2
        inside: list[int] = []
        for writing in shot.words:
            away = np.abs(picture.centers[:, :2] - writing.middle)
            (pixel,) = np.flatnonzero((away < half).all(axis=1))
            value = float(digit(played)[pixel])
            assert tells(writing.text, value), f"{shot.beat}: pixel {pixel}"
            inside.append(int(pixel))
        assert len(inside) == len(set(inside)) >= 12
        numbered = framed(shot, picture.centers, picture.sides[0])
        assert set(inside) == set(numbered), "a number outside the frame, or none"
        assert np.all(picture.opacities == 1), "a white pixel beside the numbers looks grey or black"


def framed(shot: Shot, centers: np.ndarray, side: float) -> list[int]:
    """Return the pixels inside the frame around the numbers."""
    larger = [frame.box for frame in shot.frames() if frame.box[2] - frame.box[0] >= 2 * side]
    left, bottom, right, top = min(larger, key=lambda box: (box[2] - box[0]) * (box[3] - box[1]))
    inside = (centers[:, 0] > left) & (centers[:, 0] < right) & (centers[:, 1] > bottom) & (centers[:, 1] < top)
    return [int(number) for number in np.flatnonzero(inside)]


@every_film
def test_the_frame_is_around_what_is_spoken_of(run_name: str) -> None:
    played = perform("Pixels", run_name)
    pixels = digit(played)
    for shot in played.shots:
        if shot.beat not in ("black", "white", "grey"):
            continue
        picture = picture_in(played, shot)
        marks = [frame for frame in shot.frames() if np.ptp([frame.box[0], frame.box[2]]) < 2 * picture.sides[0]]
        near = framed(shot, picture.centers, picture.sides[0])
        seen = pixels[near]
        if shot.beat != "grey" and not np.isin({"black": 0.0, "white": 1.0}[shot.beat], seen):
            assert not marks, "what is not quite black or white is pointed out as such"
            continue
        (mark,) = marks
        pixel = under(mark, picture.centers)
        value = float(pixels[pixel])
        assert pixel in near
        if shot.beat == "grey":
            assert 0.1 < value < 0.9 and abs(value - 0.5) <= np.abs(seen - 0.5).min() + 0.1
            assert write_share(value, ".2f") in shot.caption
        else:
            assert value == (seen.min() if shot.beat == "black" else seen.max())


def test_what_is_not_quite_black_or_white_is_not_pointed_out_as_such() -> None:
    config = Config(layer_sizes=(49, 6, 10), epochs=2, snapshots=2)
    pale = [replace(made, images=0.1 + 0.8 * made.images) for made in map(segment_digits, (400, 200), (1, 2))]
    played = play(Pixels, train(config, *pale))
    assert not marks_of(played.shot("black")) and not marks_of(played.shot("white"))
    assert len(marks_of(played.shot("grey"))) == 1
    assert not marks_of(played.shot("count"))


@every_film
def test_no_number_is_left_when_the_camera_is_home(run_name: str) -> None:
    played = perform("Pixels", run_name)
    for shot in played.shots:
        close = shot.beat in ("close", *NUMBERED)
        assert (shot.zoom > 1) == shot.strip == close, shot.beat
    after = played.shot("count")
    assert sorted(after.texts) == [f"{len(digit(played)):,}", "numbers"]
    assert np.all(picture_in(played, after).opacities == 1)


@every_film
def test_all_pixels_are_counted(run_name: str) -> None:
    played = perform("Pixels", run_name)
    shot = played.shot("count")
    (number,) = [writing for writing in shot.words if writing.value is not None]
    assert number.value == len(digit(played)) == played.run.layer_sizes[0]
    assert number.text == f"{len(digit(played)):,}"
    assert np.all(picture_in(played, shot).opacities == 1)


def test_rows_light_up_as_they_are_counted() -> None:
    plane, number, frame = InputPlane((4, 3)), NumberLabel(0, "{:.0f}".format), Square()
    counting = CountRows(plane, number, frame, faint=0.2)
    counting.begin()
    counting.interpolate(0.5)
    assert number.text == "6"
    np.testing.assert_allclose(plane.pixels.opacities, [1] * 6 + [0.2] * 6, atol=1e-6)
    np.testing.assert_allclose(frame.get_center(), plane.pixels.centers[6:9].mean(axis=0), atol=1e-9)
    counting.interpolate(1.0)
    assert number.text == "12" and np.all(plane.pixels.opacities == 1)
