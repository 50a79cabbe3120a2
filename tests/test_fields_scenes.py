"""Fields in real scenes: every operation of Manim, and before the camera."""

from __future__ import annotations

import numpy as np
import pytest
from drawn import SMALL, evened, frames_of, grid, light, lines, picture, toned
from manim import (
    BLUE,
    DOWN,
    GREEN,
    LEFT,
    ORANGE,
    RED,
    RIGHT,
    UP,
    FadeIn,
    FadeOut,
    Group,
    Indicate,
    ReplacementTransform,
    Restore,
    Scene,
    Square,
    Transform,
    linear,
    tempconfig,
)

from edgeglow.model.errors import EdgeglowError
from edgeglow.scenes.fields import FieldCamera, LineField, SquareField

HALF = {"rate_func": linear, "run_time": 1}  # of the frames 0, 1, 2, 3 at 4 a second, frame 2 is the middle


def close(first: np.ndarray, second: np.ndarray, most: int = 1) -> bool:
    return bool(np.abs(first.astype(int) - second).max() <= most)


@pytest.mark.parametrize("background", ["#0d0e13", "#fbfaf7"])
def test_a_picture_of_lines_is_the_reference(background):
    field = lines(gain=1.3, opacity=0.9)
    found = picture(field, background_color=background)
    scale = 96 / (128 / 9)
    points = field.points[:, :2] * [scale, -scale] + [47.5, 26.5]
    hues = np.array([field.positive, field.negative])
    amounts = np.vectorize(evened)(field.amounts * 1.3, 0.2 * scale)
    summed = light((96, 54), points.reshape(-1, 4), amounts, 0.2 * scale)
    behind = picture(background_color=background)
    expected = toned(behind, summed, hues, opacity=0.9)
    assert close(found, expected, 3) and not close(found, behind, 50)


@pytest.mark.parametrize("field", [lines(400, width=0.012, gain=2), grid(), grid(roundness=1, stroke_width=0.05)])
def test_the_same_picture_at_480p_1080p_and_2160p(field):
    pictures = []
    for height in (480, 1080, 2160):
        found = picture(field, pixel_width=height * 16 // 9 // 2 * 2, pixel_height=height)
        whole = found[..., :3]
        tall, wide = np.array(whole.shape[:2]) // (height // 40)
        whole = whole[: tall * (height // 40), : wide * (height // 40)]
        pictures.append(whole.reshape(tall, height // 40, wide, height // 40, 3).mean(axis=(1, 3))[:, :70])
    for other in pictures[1:]:
        assert np.abs(pictures[0] - other).mean() < 1.5
    assert pictures[0].max() > 40


OPERATIONS = {
    "shift": lambda field, was: field.shift(RIGHT),
    "scale": lambda field, was: field.scale(0.5),
    "rotate": lambda field, was: field.rotate(0.4),
    "stretch": lambda field, was: field.stretch(0.6, 0),
    "move_to": lambda field, was: field.move_to(UP),
    "to_edge": lambda field, was: field.to_edge(LEFT),
    "set_values": lambda field, was: field.set_values(np.linspace(1, -1, was.count)),
    "set_opacity": lambda field, was: field.set_opacity(0.3),
    "set_color": lambda field, was: field.set_color(GREEN),
    "flip": lambda field, was: field.flip(),
}
OF_LINES = {
    "set_drawn": lambda field, was: field.set_drawn(0.2, 0.6),
    "set_pulse": lambda field, was: field.set_pulse(0.7, length=0.5, strength=2, base=0.2),
    "pulse_alone": lambda field, was: field.set_pulse(0.3, length=0.4, strength=2, base=0),
    "set_width": lambda field, was: field.set_width(0.4),
    "set_gain": lambda field, was: field.set_gain(3),
    "set_colors": lambda field, was: field.set_colors(RED, GREEN),
    "set_ends": lambda field, was: field.set_ends(was.starts * 0.5, was.ends * 0.7),
    "values_between": lambda field, was: field.set_values_between(-was.values, was.values[::-1], 0.4),
}
OF_SQUARES = {
    "set_centers": lambda field, was: field.set_centers(was.centers * 1.4),
    "set_roundness": lambda field, was: field.set_roundness(1),
    "set_opacities": lambda field, was: field.set_opacities(np.linspace(0, 1, was.count)),
    "set_stroke": lambda field, was: field.set_stroke(GREEN, 0.2),
    "set_colors": lambda field, was: field.set_colors(RED, GREEN),
}
CASES = [
    *((lines, name, change) for name, change in (OPERATIONS | OF_LINES).items()),
    *((grid, name, change) for name, change in (OPERATIONS | OF_SQUARES).items()),
]


@pytest.mark.parametrize(("make", "name", "change"), CASES, ids=[f"{c[0].__name__}-{c[1]}" for c in CASES])
def test_animate(make, name, change):
    """``.animate`` shows the interpolated field on the way and the changed one in the end."""
    frames = frames_of(lambda scene: [scene.add(field := make()), scene.play(change(field.animate, make()), **HALF)])
    first, last = make(), change(make(), make())
    assert close(frames[0], picture(first))
    assert close(frames[2], picture(first.copy().interpolate(first, last, 0.5)))
    assert close(frames[-1], picture(last))
    assert not close(frames[0], frames[-1], 40) and not close(frames[2], frames[-1], 5)


@pytest.mark.parametrize("other", [lines(7, seed=1), lines(90, seed=2, width=0.1, gain=2)])
def test_transform_between_different_numbers_of_lines(other):
    def construct(scene):
        scene.add(field := lines())
        scene.play(Transform(field, other), **HALF)

    frames = frames_of(construct)
    assert close(frames[0], picture(lines())) and close(frames[-1], picture(other), 2)
    assert not close(frames[2], frames[0], 30) and not close(frames[2], frames[-1], 30)


def test_replacement_transform_of_squares_leaves_the_new_ones():
    few = SquareField([[0, 0, 0], [2, 0, 0]], 1, [1, 0.5], low=BLUE, high=RED)

    def construct(scene):
        scene.add(field := grid())
        scene.play(ReplacementTransform(field, few), **HALF)
        assert few in scene.mobjects and field not in scene.mobjects

    frames = frames_of(construct)
    assert close(frames[0], picture(grid())) and close(frames[-1], picture(few))


def test_transform_from_and_to_nothing():
    empty = LineField(np.zeros((0, 3)), np.zeros((0, 3)), [], positive=BLUE, negative=ORANGE)

    def construct(scene):
        scene.add(field := empty.copy())
        scene.play(Transform(field, lines()), **HALF)

    assert close(frames_of(construct)[-1], picture(lines()))
    assert close(picture(empty), picture())


@pytest.mark.parametrize("make", [lines, grid])
def test_fade_in_and_out(make):
    def construct(scene):
        field = make()
        scene.play(FadeIn(field, shift=UP), **HALF)
        scene.play(FadeOut(field, scale=0.5), **HALF)
        assert not scene.mobjects

    frames = frames_of(construct)
    assert close(frames[0], picture())
    assert close(frames[2], picture(make().set_opacity(0.5).shift(0.5 * DOWN)))
    assert close(frames[4], picture(make()))
    assert close(frames[6], picture(make().set_opacity(0.5).scale(0.75)))
    assert close(frames[-1], picture())


def test_groups_copies_and_saved_states():
    def construct(scene):
        group = Group(lines(), grid())
        scene.play(FadeIn(group), **HALF)
        group[0].save_state()
        scene.play(group.animate.scale(0.5).shift(RIGHT), **HALF)
        scene.add(group[1].copy().shift(3 * LEFT))
        scene.play(Restore(group[0]), **HALF)
        scene.play(Indicate(group[0]), run_time=1)

    frames = frames_of(construct)
    small = Group(lines(), grid()).scale(0.5).shift(RIGHT)
    assert close(frames[8], picture(*small, small[1].copy().shift(3 * LEFT)))
    assert close(frames[-1], picture(lines(), small[1], small[1].copy().shift(3 * LEFT)))


def test_z_index_among_fields_and_vmobjects():
    def construct(scene):
        below = Square(3, fill_color=RED, fill_opacity=1, stroke_width=0)
        above = Square(1, fill_color=GREEN, fill_opacity=1, stroke_width=0)
        scene.add(above.set_z_index(2), below, lines().set_z_index(1), grid().set_z_index(-1))

    found = frames_of(construct)[-1]
    red = Square(3, fill_color=RED, fill_opacity=1, stroke_width=0)
    green = Square(1, fill_color=GREEN, fill_opacity=1, stroke_width=0)
    assert close(found, picture(grid(), red, lines(), green))
    assert not close(found, picture(red, grid(), lines(), green), 40)


def test_static_and_moving_mobjects_keep_their_order():
    def construct(scene):
        scene.add(grid(), field := lines(), Square(2, fill_color=GREEN, fill_opacity=1))
        scene.play(field.animate.set_values(-field.values), **HALF)

    frames = frames_of(construct)
    square = Square(2, fill_color=GREEN, fill_opacity=1)
    assert close(frames[-1], picture(grid(), lines().set_values(-lines().values), square))
    assert close(frames[0], picture(grid(), lines(), square))


def test_camera_zoom_and_pan():
    def construct(scene):
        scene.add(lines(), grid())
        scene.play(scene.camera.frame.animate.scale(0.5).shift(RIGHT), **HALF)

    frames = frames_of(construct)

    # what the camera does to the scene, done to the mobjects instead, thicknesses included
    def seen(zoom: float, shift: np.ndarray) -> np.ndarray:
        fields = Group(lines(width=0.2 * zoom), grid()).shift(-shift)
        return picture(*fields.scale(zoom, about_point=np.zeros(3)))

    assert close(frames[-1], seen(2, RIGHT), 2)
    assert close(frames[2], seen(4 / 3, RIGHT / 2), 2)


def test_a_plain_scene_with_the_camera():
    with tempconfig(SMALL):
        scene = type("Plain", (Scene,), {"construct": lambda self: self.add(lines())})(camera_class=FieldCamera)
        scene.render()
        assert close(scene.renderer.get_frame(), picture(lines()))


def test_mixing_drawn_pictures_is_drawing_the_mixed_lines():
    first, second = lines(200, seed=1), lines(200, seed=2)
    with tempconfig(SMALL):
        camera = FieldCamera()
        for alpha in (0.2, 0.4, 0.9):
            values = first.values, second.values
            field = lines(200, seed=1).set_values_between(*values, alpha)
            camera.reset().capture_mobjects([field])
            assert close(camera.pixel_array, picture(field))  # a fresh camera does not mix at first
        assert len(camera.layers.stored) == 2  # first and second; alpha 0.9 drew nothing


def test_pulse_over_mixed_pictures():
    first = lines(50, seed=1)
    field = first.copy().set_pulse(0.5, length=0.4, strength=2, base=0.3)
    with tempconfig(SMALL):
        camera = FieldCamera()
        for alpha in (0.2, 0.4):
            field.set_values_between(first.values, -first.values[::-1], alpha)
            camera.reset().capture_mobjects([field])
            assert close(camera.pixel_array, picture(field))


@pytest.mark.parametrize("field", [lines(), grid()])
def test_points_that_are_no_numbers_are_said(field):
    broken = field.copy()
    broken.points[3] = np.nan
    with pytest.raises(EdgeglowError, match=r"Field: points\[3\] is \[nan nan nan\], expected finite"):
        picture(broken)


def test_pictures_are_kept_within_the_limit():
    with tempconfig(SMALL):
        camera = FieldCamera()
        camera.layers.limit = 300_000
        for round_ in range(3):
            for seed in range(8):
                camera.reset().capture_mobjects([lines(seed=seed), grid()])
                assert close(camera.pixel_array, picture(lines(seed=seed), grid())), (round_, seed)
        assert sum(layer.pixels.nbytes for layer in camera.layers.stored.values()) <= 300_000


def test_transparent_pictures_lie_on_anything_as_if_drawn_there():
    things = [Square().rotate(0.3), lines(), grid(opacities=np.linspace(0, 1, 20)).shift(LEFT)]
    clear = picture(*things, background_color="#ffffff", transparent=True, background_opacity=0)
    assert clear[..., 3].min() == 0 and clear[..., 3].max() > 200
    for background in ("#0d0e13", "#fbfaf7", "#00aa00"):
        behind = picture(background_color=background).astype(float)
        alpha = clear[..., 3:] / 255
        laid = clear[..., :3] * alpha + behind[..., :3] * (1 - alpha)
        assert close(np.rint(laid), picture(*things, background_color=background)[..., :3], 3)


def test_transparent_frames_keep_over_static_mobjects():
    def construct(scene):
        scene.add(grid(opacity=0.5), field := lines(opacity=0.5))
        scene.play(field.animate.shift(RIGHT), **HALF)

    clear = {"background_opacity": 0, "transparent": True}
    assert close(frames_of(construct, **clear)[0], picture(grid(opacity=0.5), lines(opacity=0.5), **clear), 3)
