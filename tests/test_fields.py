"""Fields as mobjects: what they hold, check, copy and mix."""

from __future__ import annotations

import numpy as np
import pytest
from manim import BLUE, DOWN, GREEN, LEFT, RED, RIGHT, UP, WHITE, Dot, FadeIn, Group, Square, Transform

from edgeglow.model.errors import EdgeglowError
from edgeglow.scenes.fields import LineField, SquareField


def lines(count: int = 4, **options) -> LineField:
    rng = np.random.default_rng(count)
    starts, ends = rng.random((2, count, 3)) * [8, 4, 0] - [4, 2, 0]
    return LineField(starts, ends, rng.normal(size=count), positive=BLUE, negative=RED, **options)


def squares(count: int = 4, **options) -> SquareField:
    rng = np.random.default_rng(count)
    centers = rng.random((count, 3)) * [8, 4, 0] - [4, 2, 0]
    return SquareField(centers, 0.5, rng.normal(size=count), low=GREEN, high=WHITE, negative=RED, **options)


def state(field) -> dict:
    """Everything about a field that its picture depends on."""
    return {name: getattr(field, name) for name in ("points", *field.array_names, *field.number_names)}


def same(first, second) -> bool:
    return all(np.array_equal(value, state(second)[name]) for name, value in state(first).items())


def test_lines_keep_what_they_are_given():
    starts, ends = np.arange(12.0).reshape(2, 2, 3)
    field = LineField(starts, ends, np.array([0.5, -0.25]), positive=BLUE, negative=RED)
    assert field.starts.tolist() == starts.tolist() and field.ends.tolist() == ends.tolist()
    assert field.values.tolist() == [0.5, -0.25]
    assert field.amounts.tolist() == [[0.5, 0], [0, 0.25]]


def test_geometry_moves_as_any_mobject():
    field = lines()
    starts, values = field.starts.copy(), field.values
    shift = np.array([1, 2, 0])
    field.shift(shift)
    assert np.allclose(field.starts, starts + shift)
    field.scale(2, about_point=np.zeros(3)).rotate(np.pi / 2, about_point=np.zeros(3))
    moved = 2 * (starts + shift)
    assert np.allclose(field.starts, np.stack([-moved[:, 1], moved[:, 0], moved[:, 2]], axis=1))
    assert np.array_equal(field.values, values)


def test_bounding_boxes_reach_around_the_squares():
    field = SquareField([[0, 0, 0], [3, 1, 0]], [1, 2], [0, 0], low=GREEN, high=WHITE)
    assert (field.get_left()[0], field.get_right()[0]) == (-0.5, 4)
    assert (field.get_bottom()[1], field.get_top()[1]) == (-0.5, 2)
    dot = Dot().next_to(field, DOWN, buff=0)
    assert dot.get_top()[1] == pytest.approx(-0.5)
    field.next_to(Square(2), LEFT, buff=0)
    assert field.get_right()[0] == pytest.approx(-1)
    assert np.allclose(field.centers[1] - field.centers[0], [3, 1, 0])


def test_width_is_the_width_of_the_whole_and_line_width_that_of_the_lines():
    field = lines().set_width(0.05)
    assert field.line_width == 0.05
    assert field.width == pytest.approx(np.ptp(field.points[:, 0]))


def test_squares_move_to_new_centers_keeping_their_size():
    field = squares().rotate(0.3)
    sides = np.linalg.norm(field.marks[:, 0] - field.marks[:, 1], axis=1)
    centers = np.random.default_rng(1).random((4, 3))
    field.set_centers(centers)
    assert np.allclose(field.centers, centers)
    assert np.allclose(np.linalg.norm(field.marks[:, 0] - field.marks[:, 1], axis=1), sides)


def test_colors_of_squares_follow_their_values():
    values = [0, 1, -1, 0.5, -0.5, 7, -7]
    field = SquareField(np.zeros((7, 3)), 1, values, low="#000000", high="#ffffff", negative="#ff0000")
    expected = [[0, 0, 0], [1, 1, 1], [1, 0, 0], [0.5] * 3, [0.5, 0, 0], [1, 1, 1], [1, 0, 0]]
    assert np.allclose(field.fills(), expected)
    assert np.allclose(field.set_colors("#000000", "#00ff00").fills()[[1, 2]], [[0, 1, 0], [0, 0, 0]])


@pytest.mark.parametrize("make", [lines, squares])
def test_copies_are_apart(make):
    field = make()
    before = {name: np.copy(value) for name, value in state(field).items()}
    copy = field.copy()
    assert same(copy, field)
    copy.shift(UP).set_values(np.ones(4)).set_opacity(0.1)
    copy.rotate(1).stretch(2, 0)
    assert all(np.array_equal(before[name], value) for name, value in state(field).items())


@pytest.mark.parametrize("make", [lines, squares])
def test_save_state_and_restore(make):
    field = make()
    before = field.copy()
    field.save_state()
    field.shift(UP).scale(0.3).set_values(np.ones(4)).set_opacity(0.2)
    assert not same(field, before)
    assert same(field.restore(), before)


@pytest.mark.parametrize("make", [lines, squares])
def test_become_takes_another_number_of_marks(make):
    assert same(make(4).become(make(9)), make(9))
    assert same(make(9).become(make(4)), make(4))


def test_setters_return_the_field():
    field = lines()
    assert field.set_values(np.ones(4)).set_width(0.1).set_gain(2).set_drawn(0.1, 0.9) is field
    assert field.set_pulse(0.5, length=0.3, strength=2, base=0.1).set_opacity(0.5).set_color(GREEN) is field
    assert (field.pulse_position, field.pulse_length, field.pulse_strength, field.base) == (0.5, 0.3, 2, 0.1)
    field.set_pulse(0.6)
    assert field.base == 0.1  # stays when left out
    grid = squares()
    assert grid.set_values(np.ones(4)).set_roundness(1).set_opacities(np.zeros(4)).set_opacity(0.5) is grid
    assert grid.set_stroke(GREEN, 0.1, 0.5).set_stroke(width=0.2) is grid
    assert (grid.stroke_width, grid.stroke_opacity) == (0.2, 0.5)


def test_interpolation_is_linear_in_everything():
    first = lines().set_gain(1).set_opacity(0.2)
    second = lines().shift(RIGHT).set_values(-first.values).set_gain(3).set_opacity(1.0).set_colors(GREEN, WHITE)
    middle = first.copy().interpolate(first, second, 0.25)
    for name, value in state(middle).items():
        mix = 0.75 * np.asarray(state(first)[name]) + 0.25 * np.asarray(state(second)[name])
        assert np.allclose(value, mix), name
    # both pictures are mixed: a line on its way through 0 carries light of both signs
    assert (middle.amounts > 0).all()


@pytest.mark.parametrize("make", [lines, squares])
def test_interpolation_ends_exactly(make):
    first, second = make(), make().shift(UP).set_values(np.ones(4) / 3).set_opacity(0.3)
    assert same(first.copy().interpolate(first, second, 0), first)
    assert same(first.copy().interpolate(first, second, 1), second)
    assert same(first.copy().interpolate(first, first.copy(), 0.3), first)


def test_overshooting_rate_functions_make_no_negative_light():
    first, second = lines(), lines().set_values(np.zeros(4))
    assert (first.copy().interpolate(first, second, 1.2).amounts >= 0).all()


def test_values_between_are_those_of_interpolation():
    first, second = lines(), lines().set_values([1, -1, 0.5, 0])
    between = lines().set_values_between(first.values, second.values, 0.3)
    assert np.allclose(between.amounts, first.copy().interpolate(first, second, 0.3).amounts)
    assert np.array_equal(lines().set_values_between(first.values, second.values, 1).values, second.values)


def test_copies_on_the_way_keep_the_pictures_they_mix():
    first, second, third = lines(), lines().set_values([1, -1, 0.5, 0]), lines().set_values([0, 0, 1, 1])
    middle = first.copy().interpolate(first, second, 0.3)
    assert [share for share, _, _ in middle.copy().pictures()] == pytest.approx([0.7, 0.3])
    further = lines().interpolate(middle, third, 0.5)
    assert [share for share, _, _ in further.pictures()] == pytest.approx([0.35, 0.15, 0.5])
    assert np.allclose(further.amounts, 0.5 * middle.amounts + 0.5 * third.amounts)
    assert len(lines().interpolate(middle, third, 1).pictures()) == 1
    assert len(further.set_values([1, 2, 3, 4]).pictures()) == 1
    assert len(middle.set_gain(2).pictures()) == 1


def test_pictures_of_another_gain_are_mixed_too():
    first, second = lines(gain=1), lines(gain=3)
    middle = first.copy().interpolate(first, second, 0.25)
    assert [(share, gain) for share, _, gain in middle.pictures()] == [(0.75, 1), (0.25, 3)]
    assert middle.gain == 1.5 and np.array_equal(middle.amounts, first.amounts)


def test_lines_keep_their_values_when_they_are_repeated():
    field = lines(3)
    values = field.values
    field.align_data(lines(7))
    assert set(field.values) == set(values)


def test_more_marks_show_the_same_light():
    for small, large in ((lines(3), lines(7)), (squares(3), squares(7))):
        before = small.copy()
        small.align_data(large)
        assert small.count == large.count == 7
        light = small.light_names[0]
        for k in range(3):
            same_mark = (small.marks == before.marks[k]).all(axis=(1, 2))
            assert same_mark.sum() >= 2
            assert np.allclose(getattr(small, light)[same_mark].sum(axis=0), getattr(before, light)[k])


def test_fade_multiplies_the_opacity():
    field = lines(opacity=0.8).fade(0.25)
    assert field.opacity == pytest.approx(0.6)
    group = Group(field, squares(opacity=0.5)).fade(1)
    assert [member.opacity for member in group] == [0, 0]


def test_empty_fields_are_fields():
    empty = LineField(np.zeros((0, 3)), np.zeros((0, 3)), [], positive=BLUE, negative=RED)
    assert empty.count == 0 and empty.values.shape == (0,)
    assert SquareField(np.zeros((0, 3)), 1, [], low=GREEN, high=WHITE).count == 0
    Transform(empty, lines()).begin()


def test_a_field_is_not_transformed_with_something_else():
    with pytest.raises(EdgeglowError, match="LineField: cannot be transformed with a Square"):
        Transform(lines(), Square()).begin()
    with pytest.raises(EdgeglowError, match="expected another SquareField"):
        Transform(squares(), lines()).begin()


BAD = [
    (lambda: lines().set_values(np.ones(5)), r"LineField: values has shape \(5,\), expected \(4,\)"),
    (lambda: lines().set_values([0, 1, np.nan, 0]), r"LineField: values\[2\] is nan, expected finite numbers"),
    (lambda: lines().set_ends(np.zeros((4, 3)), np.full((4, 3), np.inf)), r"ends\[0, 0\] is inf"),
    (lambda: lines().set_ends(np.zeros((4, 2)), np.zeros((4, 2))), r"starts has shape \(4, 2\), expected \(4, 3\)"),
    (lambda: lines(width=-1), r"width is -1.0, expected a finite number, 0 or more"),
    (lambda: lines().set_drawn(0, 2), r"stop is 2.0, expected a finite number, 0 to 1"),
    (lambda: lines().set_opacity(1.5), r"opacity is 1.5"),
    (lambda: lines().set_pulse(np.nan), r"position is nan"),
    (lambda: squares().set_opacities([0, 1, 2, 0]), r"opacities\[2\] is 2.0, expected numbers from 0 to 1"),
    (lambda: squares().set_centers(np.zeros((3, 3))), r"centers has shape \(3, 3\), expected \(4, 3\)"),
    (lambda: squares(roundness=2), r"roundness is 2.0, expected a finite number, 0 to 1"),
    (lambda: squares(stroke_width=np.inf), r"stroke_width is inf"),
]


@pytest.mark.parametrize(("make", "message"), BAD)
def test_bad_input_is_said_in_a_line(make, message):
    with pytest.raises(EdgeglowError, match=message) as caught:
        make()
    assert "\n" not in str(caught.value)


def test_fade_in_starts_from_a_copy_that_cannot_be_seen():
    animation = FadeIn(lines(), shift=UP)
    animation.begin()
    assert animation.starting_mobject.opacity == 0 and animation.mobject.opacity == 0
