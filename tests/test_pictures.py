"""Fields of pictures: they look as squares do, and move as mobjects do."""

from __future__ import annotations

import drawn
import numpy as np
import pytest
from manim import BLACK, BLUE, RED, WHITE, FadeOut

from edgeglow.model.errors import EdgeglowError
from edgeglow.scenes.fields import PictureField, SquareField
from edgeglow.scenes.motions.move_marks import MoveMarks
from edgeglow.scenes.motions.staggered_opacity import StaggeredOpacity

COLORS = {"low": BLUE, "high": WHITE}


def field(count: int = 3, rows: int = 4, columns: int = 5, **options) -> PictureField:
    rng = np.random.default_rng(count)
    centers = rng.random((count, 3)) * [8, 4, 0] - [4, 2, 0]
    return PictureField(centers, 1.5, rng.random((count, rows, columns)), **COLORS, **options)


def as_squares(pictures: PictureField, number: int) -> SquareField:
    """One of the pictures, square by square."""
    rows, columns = pictures.values.shape[1:]
    (left, top, _), (right, bottom, _) = pictures.marks[number][[0, 2]]
    cell_x, cell_y = (right - left) / columns, (top - bottom) / rows
    assert cell_x == pytest.approx(cell_y), "its pixels are no squares"
    row, column = np.divmod(np.arange(rows * columns), columns)
    centers = np.column_stack([left + (column + 0.5) * cell_x, top - (row + 0.5) * cell_y, 0 * row])
    opacity = float(pictures.opacity * pictures.opacities[number])
    values = pictures.values[number].ravel()
    return SquareField(centers, cell_x * pictures.filled, values, opacity=opacity, **COLORS)


@pytest.mark.parametrize("width", [0.3, 0.9, 2.6, 7.0, 60.0])
@pytest.mark.parametrize("shape", [(28, 28), (7, 5), (1, 9)])
@pytest.mark.parametrize(("filled", "opacity"), [(0.92, 1.0), (1.0, 0.4)])
def test_a_picture_looks_as_its_squares_do(width, shape, filled, opacity):
    values = np.random.default_rng(1).random((1, *shape))
    pictures = PictureField([[0.123, -0.217, 0]], width, values, filled=filled, opacities=[opacity], **COLORS)
    found = drawn.picture(pictures, background_color=RED).astype(int)
    expected = drawn.picture(as_squares(pictures, 0), background_color=RED).astype(int)
    assert np.ptp(expected) > 30
    assert np.abs(found - expected).max() <= 1


def test_later_pictures_lie_above_earlier_ones():
    both = PictureField([[0, 0, 0]] * 2, 3.0, [np.ones((2, 2)), np.zeros((2, 2))], **COLORS)
    middle = np.s_[20:34, 40:56]
    seen = drawn.picture(both)[middle]
    np.testing.assert_array_equal(seen, drawn.picture(both.part([1]))[middle])
    assert not np.array_equal(seen, drawn.picture(both.part([0]))[middle])


def test_pictures_outside_the_frame_draw_nothing():
    away = field().shift([40, 0, 0])
    np.testing.assert_array_equal(drawn.picture(away), drawn.picture())
    np.testing.assert_array_equal(drawn.picture(field(opacity=0.0)), drawn.picture())


def test_a_part_looks_and_lies_as_in_the_whole():
    whole = field(5, opacities=[1, 0.5, 0.25, 1, 0])
    part = whole.part([1, 3])
    np.testing.assert_array_equal(part.centers, whole.centers[[1, 3]])
    np.testing.assert_array_equal(part.values, whole.values[[1, 3]])
    assert part.opacities.tolist() == [0.5, 1]
    part.set_values(0 * part.values)
    assert whole.values[1].any(), "the whole changed with its part"


def test_pictures_fly_and_fade_as_squares_do():
    start = field(4)
    target = start.copy().shift([1, 2, 0]).scale(2)
    flight = MoveMarks(start, target, lag=0.5, lift=0.0)
    flight.begin()
    flight.interpolate(0.5)
    moved = np.linalg.norm(start.centers - flight.origin.centers, axis=1)
    assert moved[0] > 0 and moved[-1] == 0, "they did not set out one after another"
    flight.interpolate(1.0)
    np.testing.assert_allclose(start.points, target.points)
    fade = FadeOut(start)
    fade.begin()
    fade.interpolate(1.0)
    assert start.opacity == 0


def test_light_comes_in_turn():
    pictures = field(3, opacities=[0, 0, 1])
    light = StaggeredOpacity(pictures, np.array([1.0, 1.0, 0.5]), np.array([0.0, 1.0, 0.5]), span=0.4)
    light.begin()
    light.interpolate(0.4)
    assert pictures.opacities[0] == 1 and pictures.opacities[1] == 0 and 0.5 < pictures.opacities[2] < 1
    light.interpolate(1.0)
    assert pictures.opacities.tolist() == [1, 1, 0.5]


def test_a_turned_picture_is_told():
    with pytest.raises(EdgeglowError, match=r"picture 0 is turned.*upright"):
        drawn.picture(field().rotate(0.3))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"values": np.zeros((2, 4, 4))}, r"values has shape \(2, 4, 4\), expected \(3, n, n\)"),
        ({"values": np.full((3, 4, 4), np.nan)}, r"values\[0, 0, 0\] is nan"),
        ({"opacities": [0, 1, 2]}, r"opacities\[2\] is 2"),
        ({"filled": 1.5}, "filled is 1.5"),
        ({"width": [1, 2]}, "width|broadcast"),
    ],
)
def test_what_does_not_fit_is_told(changes, said):
    given = {"centers": np.zeros((3, 3)), "width": 1.0, "values": np.zeros((3, 4, 4))} | changes
    with pytest.raises((EdgeglowError, ValueError), match=said):
        PictureField(**given, low=BLACK, high=WHITE)
