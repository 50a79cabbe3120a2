"""The camera goes close and comes back; what is pinned stays where it is."""

from __future__ import annotations

import numpy as np
import pytest
from casts import make_run
from manim import Rectangle, linear, tempconfig
from stage import ASPECTS, SETTINGS

from edgeglow.scenes.fields import FieldCamera, LineField, SquareField, pin
from edgeglow.scenes.motions.camera import CameraMove
from edgeglow.scenes.stage.chapter import Chapter
from edgeglow.scenes.style.layout import FRAME_HEIGHT, Area, layout_of

every_aspect = pytest.mark.parametrize("aspect", ASPECTS)
HOME = Area(-6.4, -2.4, 6.4, 3.7)
CLOSE = Area(1.0, 0.5, 2.0, 1.0)


def seen(point: np.ndarray, frame: Rectangle) -> np.ndarray:
    """Where a point is in the picture, in units of which the frame is 8 high."""
    return (point - frame.get_center()) * FRAME_HEIGHT / frame.height


def moved(frame: Rectangle, target: Area, part: float) -> Rectangle:
    move = CameraMove(frame, target, HOME, FRAME_HEIGHT, rate_func=linear)
    move.begin()
    move.interpolate(part)
    return frame


def home() -> Rectangle:
    return Rectangle(width=FRAME_HEIGHT * 16 / 9, height=FRAME_HEIGHT)


def test_the_camera_arrives_where_the_target_fills_the_stage() -> None:
    frame = moved(home(), CLOSE, 1.0)
    np.testing.assert_allclose(seen(CLOSE.center, frame), HOME.center, atol=1e-9)
    zoom = FRAME_HEIGHT / frame.height
    assert zoom == pytest.approx(min(HOME.width / CLOSE.width, HOME.height / CLOSE.height))
    assert frame.width / frame.height == pytest.approx(16 / 9)


def test_going_close_is_even_and_one_point_stays_still() -> None:
    frames = [moved(home(), CLOSE, part) for part in (0.0, 0.25, 0.5, 0.75, 1.0)]
    zooms = np.array([FRAME_HEIGHT / frame.height for frame in frames])
    np.testing.assert_allclose(zooms[1:] / zooms[:-1], zooms[1] / zooms[0])
    first, last = frames[0], frames[-1]
    share = zooms[-1] / (zooms[-1] - 1)
    still = first.get_center() + share * (last.get_center() - first.get_center())
    for frame in frames:
        np.testing.assert_allclose(seen(still, frame), seen(still, first), atol=1e-9)


def test_at_the_same_distance_the_camera_only_shifts() -> None:
    frame = moved(home(), Area(HOME.left + 1, HOME.bottom, HOME.right + 1, HOME.top), 0.5)
    assert frame.height == pytest.approx(FRAME_HEIGHT)
    np.testing.assert_allclose(frame.get_center(), [0.5, 0, 0], atol=1e-9)


def picture(camera: FieldCamera, *mobjects: object) -> np.ndarray:
    camera.reset()
    camera.capture_mobjects(mobjects)
    return np.asarray(camera.pixel_array)[..., :3].astype(int)


@pytest.fixture
def camera() -> FieldCamera:
    with tempconfig(SETTINGS | {"pixel_width": 160, "pixel_height": 90}):
        made = FieldCamera()
        made.set_home(FRAME_HEIGHT * 16 / 9, FRAME_HEIGHT)
        return made


def test_what_is_pinned_is_drawn_as_from_home(camera: FieldCamera) -> None:
    strip = Rectangle(width=4, height=2, fill_opacity=1, stroke_width=0).move_to([2, -2, 0])
    square = SquareField([[-3.0, 1.0, 0.0]], 2.0, [1.0], low="#000000", high="#FFFFFF")
    before = picture(camera, strip, square)
    camera.frame.scale(0.5).shift([1.0, 0.5, 0.0])
    assert camera.zoom == pytest.approx(2.0)
    assert np.abs(picture(camera, strip, square) - before).max() > 100
    np.testing.assert_array_equal(picture(camera, pin(strip), pin(square)), before)


def test_close_up_a_field_is_what_it_would_be_if_it_were_larger(camera: FieldCamera) -> None:
    colors = {"positive": "#46BFEA", "negative": "#FF8A3D"}
    starts, ends = np.array([[1.0, 1.0, 0.0], [1.2, 0.5, 0.0]]), np.array([[2.0, 0.4, 0.0], [2.4, 1.1, 0.0]])
    lines = LineField(starts, ends, [1.0, -0.7], width=0.05, **colors)
    camera.frame.scale(0.25).move_to([1.5, 0.75, 0])
    close = picture(camera, lines)
    camera.set_home(FRAME_HEIGHT * 16 / 9, FRAME_HEIGHT)
    middle = np.array([1.5, 0.75, 0.0])
    large = LineField(4 * (starts - middle), 4 * (ends - middle), [1.0, -0.7], width=0.2, **colors)
    assert np.abs(close - picture(camera, large)).max() <= 1


class Visit(Chapter):
    """Goes close while something is said, and home again."""

    name = "pixel_flow"
    opens = "digit"

    def construct(self) -> None:
        with self.beat("carry"):
            self.play(self.look_at(Area(-0.5, 0.2, 0.5, 0.8)))
        self.close_up = (self.zoom, self._strip is not None)
        with self.beat("answer", answer="9", confidence=1.0):
            self.play(self.look_home())
            self.end_closeup()


@every_aspect
def test_a_chapter_goes_close_and_comes_home_with_its_caption_in_place(aspect: str) -> None:
    width, height = ASPECTS[aspect]
    with tempconfig(SETTINGS | {"pixel_width": width, "pixel_height": height}):
        scene = Visit(make_run("tiny"))
        scene.renderer._original_skipping_status = True
        scene.renderer.update_frame = lambda *args, **kwargs: None
        scene.render()
    assert scene.close_up[0] > 3 and scene.close_up[1]
    assert scene.zoom == pytest.approx(1) and scene._strip is None
    assert scene._caption is not None and scene._caption.get_bottom()[1] > -FRAME_HEIGHT / 2


# -- layouts ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "name"), [((1280, 720), "wide"), ((720, 720), "square"), ((720, 1280), "tall")])
def test_the_stage_and_the_captions_strip_share_the_frame(size: tuple[int, int], name: str) -> None:
    layout = layout_of(*size)
    assert layout.name == name and layout.width == pytest.approx(8 * size[0] / size[1])
    assert layout.stage.bottom > layout.caption.top > layout.caption.bottom == -4
    assert -layout.width / 2 < layout.stage.left < layout.stage.right < layout.width / 2


def test_areas_share_out_their_room() -> None:
    area = Area(-3, -1, 5, 3)
    first, second = area.across(3, 1, gap=0.4)
    assert first.left == -3 and second.right == 5 and second.left - first.right == pytest.approx(0.4)
    assert first.width == pytest.approx(3 * second.width)
    upper, lower = area.down(1, 1, gap=0.2)
    assert upper.top == 3 and lower.bottom == -1 and upper.bottom - lower.top == pytest.approx(0.2)
    assert area.along(1, 1) == area.across(1, 1) and Area(0, 0, 1, 2).along(1, 1) == Area(0, 0, 1, 2).down(
        1, 1, gap=0.4
    )
