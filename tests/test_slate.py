"""The frame that is drawn on over and over: beside frames drawn afresh, whatever is drawn and in whatever order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from casts import make_run
from drawn import planes
from manim import Circle, Dot, ImageMobject, ManimColor, Mobject, PMobject, Rectangle, Square, Text, tempconfig
from stage import SETTINGS

from edgeglow.film.segment_writer import write_segments
from edgeglow.film.yuv_conversion import YuvConverter, YuvPicture
from edgeglow.scenes.chapters import FILM
from edgeglow.scenes.fields import FieldCamera, LineField, PictureField, SquareField
from edgeglow.scenes.fields.frame_buffer import HIGH, WIDE, FrameBuffer

SIZE = {"pixel_width": 250, "pixel_height": 142}  # neither is a whole number of cells
RANDOM = np.random.default_rng(0)


def lines() -> LineField:
    starts, ends = (np.c_[RANDOM.uniform(-3, 3, (20, 2)), np.zeros(20)] for _ in range(2))
    return LineField(starts, ends, RANDOM.normal(size=20), positive="#4fc3dc", negative="#f08048", width=0.05)


def squares() -> SquareField:
    centers = np.c_[RANDOM.uniform(-6, 6, (9, 2)), np.zeros(9)]
    return SquareField(centers, 0.7, RANDOM.random(9), low="#0d0e13", high="#ffffff", stroke_width=0.1)


def pictures() -> PictureField:
    centers = np.c_[RANDOM.uniform(-8, 8, (3, 2)), np.zeros(3)]
    return PictureField(centers, 1.5, RANDOM.random((3, 7, 7)), low="#0d0e13", high="#ffffff", filled=0.9)


KINDS: dict[str, Callable[[], Mobject]] = {
    "lines": lines,
    "squares": squares,
    "pictures": pictures,
    "text": lambda: Text("weights", font_size=30),
    "outline": lambda: Square(stroke_width=9),
    "strip": lambda: Rectangle(width=5, height=1).set_fill([ManimColor("#f00"), ManimColor("#00f")], 1),
    "dot": lambda: Dot(color="#46BFEA", fill_opacity=0.5),
    "cloud": lambda: PMobject(stroke_width=5).add_points([[0, 0, 0], [0.5, 0.5, 0]], color="#FFFFFF"),
    "image": lambda: ImageMobject(RANDOM.integers(0, 255, (9, 9, 4)).astype(np.uint8)).scale(4),
    "far away": lambda: Circle(fill_opacity=1).shift([90, 0, 0]),
    "over the border": lambda: Circle(radius=3, fill_opacity=0.7).shift([7, 4, 0]),
}


@pytest.fixture
def camera() -> Iterator[FieldCamera]:
    with tempconfig(SETTINGS | SIZE):
        yield FieldCamera()


def afresh(*mobjects: Mobject) -> np.ndarray:
    camera = FieldCamera()
    camera.reset()
    camera.capture_mobjects(mobjects)
    return np.array(camera.pixel_array)


def marked(cells: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Which pixels lie in a marked cell."""
    return np.kron(cells, np.ones((HIGH, WIDE)))[: shape[0], : shape[1]] > 0


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_is_drawn_goes_when_the_frame_is_wiped(kind: str, camera: FieldCamera) -> None:
    mobject, still = KINDS[kind](), Square(fill_opacity=1).shift([-2, 1, 0])
    behind = afresh(still)
    assert camera.frame_buffer is not None
    camera.set_frame_to_background(behind)
    camera.frame_buffer.changes()
    last = behind
    for step in range(4):
        camera.set_frame_to_background(behind)
        if step < 3:
            camera.capture_mobjects([mobject.shift([0.7, -0.3, 0])])
            assert np.array_equal(camera.pixel_array, afresh(still, mobject))
        else:
            assert np.array_equal(camera.pixel_array, behind)
        changed = (camera.pixel_array != last).any(axis=2)
        assert (kind == "far away") or changed.any()
        assert not (changed & ~marked(camera.frame_buffer.changes(), changed.shape)).any()
        last = np.array(camera.pixel_array)


def test_most_of_a_frame_is_left_alone(camera: FieldCamera) -> None:
    behind = afresh()
    camera.set_frame_to_background(behind)
    assert camera.frame_buffer is not None and camera.frame_buffer.changes().all()
    camera.set_frame_to_background(behind)
    camera.capture_mobjects([Dot()])
    assert 0 < camera.frame_buffer.changes().mean() < 0.1


def test_another_background_is_shown_whole(camera: FieldCamera) -> None:
    first, second = afresh(Square(fill_opacity=1)), afresh(Circle(fill_opacity=1))
    for behind in (first, second, first, first[:, ::-1], [row for row in second.tolist()]):
        camera.set_pixel_array(behind)
        assert np.array_equal(camera.pixel_array, behind)
        assert camera.frame_buffer is not None and camera.frame_buffer.changes().all()


def test_a_frame_of_another_shape_has_a_slate_of_its_own(camera: FieldCamera) -> None:
    before = camera.frame_buffer
    camera.set_pixel_array(np.zeros((20, 30, 4), dtype=np.uint8))
    assert camera.pixel_array.shape == (20, 30, 4)
    assert camera.frame_buffer is not before and camera.frame_buffer is camera.frame_buffer


def test_a_mark_takes_all_cells_that_it_touches() -> None:
    slate = FrameBuffer(np.zeros((20, 70, 4), dtype=np.uint8))
    slate.touch(63, 15, 2, 2)
    assert slate.drawn.tolist() == [[0, 0, 0], [0, 1, 1], [0, 1, 1]]


@pytest.mark.parametrize("chapter", [FILM[0], FILM[3]], ids=lambda chapter: chapter.__name__)
def test_a_film_s_pictures_are_those_of_whole_frames(
    chapter: type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each picture that is encoded is what all of its frame, converted by itself, would be."""
    convert, shares = YuvConverter.convert, []

    def checked(self: YuvConverter, pixels: np.ndarray, marked: np.ndarray) -> YuvPicture:
        picture = convert(self, pixels, marked)
        for own, whole in zip(planes(picture), planes(convert(YuvConverter(), pixels)), strict=True):
            assert np.array_equal(own, whole)
        shares.append(marked.mean())
        return picture

    monkeypatch.setattr(YuvConverter, "convert", checked)
    settings = SETTINGS | SIZE | {"media_dir": str(tmp_path), "dry_run": False, "disable_caching": True}
    with tempconfig(settings | {"pixel_format": "yuv420p", "format": "mp4"}):
        scene = chapter(make_run("tiny"))
        write_segments(scene.renderer)
        scene.render()
    assert len(shares) > 50 and min(shares) < 0.5
