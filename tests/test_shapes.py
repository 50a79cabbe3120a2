"""Manim's shapes, whose cover is kept: beside Manim's own camera, and what is kept beside what is drawn anew."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from manim import (
    BLACK,
    Camera,
    CapStyleType,
    Circle,
    Line,
    LineJointType,
    ManimColor,
    MovingCamera,
    Rectangle,
    Square,
    Star,
    Text,
    VMobject,
    tempconfig,
)
from stage import SETTINGS

from edgeglow.scenes.fields import FieldCamera
from edgeglow.scenes.fields.shapes import ShapeStore

SIZE = {"pixel_width": 240, "pixel_height": 134}


def drawn(camera: Camera, *mobjects: VMobject) -> np.ndarray:
    camera.reset()
    camera.capture_mobjects(mobjects)
    return np.array(camera.pixel_array).astype(int)


def is_like(ours: np.ndarray, manims: np.ndarray) -> bool:
    """Curves are rounded to other parts of a pixel: an edge may lie a hundredth of one away, a sharp corner more."""
    apart = np.abs(ours - manims)
    return bool(apart.max() <= 20 and (apart > 2).mean() < 2e-4)


@pytest.fixture
def cameras() -> Iterator[tuple[FieldCamera, MovingCamera]]:
    with tempconfig(SETTINGS | SIZE):
        yield FieldCamera(), MovingCamera()


def any_shape(random: np.random.Generator) -> VMobject:
    kinds = (Circle, Square, Star, lambda **how: Line([0, 0, 0], [2, 1, 0], **how))
    shape: VMobject = kinds[random.integers(4)](
        color=ManimColor(random.random(3)),
        stroke_width=float(random.choice([0, 1, 4, 30])),
        stroke_opacity=float(random.choice([1, random.random()])),
    )
    if not isinstance(shape, Line):
        shape.set_fill(ManimColor(random.random(3)), opacity=float(random.choice([0, 1, random.random()])))
    if random.random() < 0.3:
        shape.set_stroke(BLACK, 8, background=True)
    shape.joint_type = random.choice([LineJointType.AUTO, LineJointType.ROUND, LineJointType.BEVEL])
    shape.cap_style = random.choice([CapStyleType.AUTO, CapStyleType.ROUND, CapStyleType.SQUARE])
    shape.rotate(random.uniform(0, 6)).scale(random.uniform(0.1, 3))
    return shape.move_to([*random.uniform([-8, -5], [8, 5]), 0])


@pytest.mark.parametrize("seed", range(12))
def test_as_manims_own_camera_draws(seed: int, cameras: tuple[FieldCamera, MovingCamera]) -> None:
    random = np.random.default_rng(seed)
    for camera in cameras:
        camera.frame.scale(1 - 0.05 * seed).shift([0.1 * seed, 0.03 * seed, 0])
    for _ in range(8):
        shapes = [any_shape(random) for _ in range(5)]
        ours, manims = (drawn(camera, *shapes) for camera in cameras)
        assert is_like(ours, manims)
        assert np.array_equal(drawn(cameras[0], *shapes), ours), "what is kept is what was drawn"


def test_what_is_kept_follows_colour_and_place(cameras: tuple[FieldCamera, MovingCamera]) -> None:
    text = Text("weights", color=ManimColor("#46BFEA"))
    for change in (
        lambda: text.set_opacity(0.4),
        lambda: text.set_color("#FF8A3D"),
        lambda: text.shift([0.013, 0, 0]),
        lambda: text.set_opacity(0),
        lambda: text.set_opacity(1).set_stroke(ManimColor("#FFFFFF"), width=3),
    ):
        before = drawn(cameras[0], text)
        change()
        ours, manims = (drawn(camera, text) for camera in cameras)
        assert is_like(ours, manims)
        assert not np.array_equal(ours, before)


def test_strokes_are_as_wide_as_the_camera_makes_them() -> None:
    with tempconfig(SETTINGS | SIZE):
        how = {"cairo_line_width_multiple": 0.03}
        thick, manims, usual = (
            drawn(camera, Circle()) for camera in (FieldCamera(**how), MovingCamera(**how), FieldCamera())
        )
    assert is_like(thick, manims) and not is_like(usual, manims)


def test_a_colour_alone_is_not_traced_again(
    cameras: tuple[FieldCamera, MovingCamera], monkeypatch: pytest.MonkeyPatch
) -> None:
    camera, traced = cameras[0], []
    trace = Camera.set_cairo_context_path
    monkeypatch.setattr(Camera, "set_cairo_context_path", lambda *args: traced.append(args) or trace(*args))
    circle = Circle(fill_opacity=1, stroke_width=0)
    for opacity in (1.0, 0.7, 0.2):
        drawn(camera, circle.set_fill(opacity=opacity))
    assert len(traced) == 1
    drawn(camera, circle.shift([0.3, 0.1, 0]))
    camera.frame.scale(0.9)
    drawn(camera, circle)
    assert len(traced) == 1, "nor is what has only moved, or is seen from elsewhere"
    drawn(camera, circle.scale(1.01))
    assert len(traced) == 2


def test_colours_that_run_into_each_other_are_left_to_cairo(cameras: tuple[FieldCamera, MovingCamera]) -> None:
    shape = Square().set_fill([ManimColor("#FF0000"), ManimColor("#0000FF")], opacity=1)
    ours, manims = (drawn(camera, shape) for camera in cameras)
    assert np.array_equal(ours, manims) and len(np.unique(ours[..., 0])) > 20


def test_what_cannot_be_seen_is_not_there(cameras: tuple[FieldCamera, MovingCamera]) -> None:
    empty = drawn(cameras[0])
    broken = Circle(fill_opacity=1)
    broken.points[3, 0] = np.nan
    for shape in (Square(fill_opacity=1).shift([40, 0, 0]), broken, VMobject()):
        assert np.array_equal(drawn(cameras[0], shape), empty)


def test_what_is_kept_has_a_limit() -> None:
    store, made = ShapeStore(limit=5_000), []
    with tempconfig(SETTINGS | SIZE):
        camera = FieldCamera()
        camera.shapes = store
        for number in range(40):
            made.append(Rectangle(width=1 + number / 40, height=1, fill_opacity=1, stroke_width=0))
            drawn(camera, made[-1])
            assert store.bytes <= 5_000 and store.covers
        kept = len(store.covers)
        assert kept < 40
        drawn(camera, made[-1])
        assert len(store.covers) == kept
