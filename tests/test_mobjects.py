"""The mobjects of the film, each by itself: built from a shape, changed by data."""

from __future__ import annotations

import numpy as np
import pytest
from manim import LEFT, ORIGIN, RIGHT, UP, tempconfig
from shot import box_of
from stage import SETTINGS

from edgeglow.scenes.mobjects.charts.curve import Curve
from edgeglow.scenes.mobjects.charts.training_progress import TrainingProgress
from edgeglow.scenes.mobjects.network.input_plane import InputPlane
from edgeglow.scenes.mobjects.numbers.number_label import NumberLabel
from edgeglow.scenes.mobjects.pictures.weight_pictures import WeightPictures
from edgeglow.scenes.motions.move_marks import MoveMarks
from edgeglow.scenes.style.layout import Area
from edgeglow.scenes.style.theme import DARK, LIGHT

SHAPE = (3, 4)


@pytest.fixture(autouse=True)
def elsewhere(request: pytest.FixtureRequest):  # type: ignore[no-untyped-def]
    """Manim keeps letters in its media folder; not in the project's."""
    with tempconfig(SETTINGS):
        yield


# -- NumberLabel ----------------------------------------------------------------------------------------------


def test_a_number_is_written_as_its_form_says() -> None:
    assert NumberLabel(0.5).text == "0.50"
    assert NumberLabel(0.123, "{:.1%}".format).text == "12.3%"
    label = NumberLabel(1234.0, "{:,.0f} digits".format)
    assert (label.text, label.value) == ("1,234 digits", 1234.0)
    assert (label.set_value(7).text, label.value) == ("7 digits", 7)


def test_what_is_seen_of_a_number_is_what_it_says() -> None:
    """The curves of a number that was set are those of one that was written so from the start."""
    changed = NumberLabel(0.11).set_value(0.97)
    written = NumberLabel(0.97)
    np.testing.assert_allclose(changed.points - changed.get_center(), written.points - written.get_center())
    assert len(NumberLabel(0.11).points) != len(written.points)


@pytest.mark.parametrize("edge", [LEFT, RIGHT, ORIGIN])
def test_a_number_keeps_its_side_and_its_base_line(edge: np.ndarray) -> None:
    label = NumberLabel(999.0, "{:,.0f}".format, edge=edge).shift([1.3, -0.7, 0])
    side, stand = label.get_critical_point(edge)[0], label.base_line
    bottom = label.get_bottom()[1]
    label.set_value(1000.0)  # a comma hangs below the base line
    assert label.get_critical_point(edge)[0] == pytest.approx(side)
    assert label.base_line == pytest.approx(stand)
    assert label.get_bottom()[1] < bottom - 0.01
    label.set_value(9.0)
    assert label.get_critical_point(edge)[0] == pytest.approx(side)
    assert label.get_bottom()[1] == pytest.approx(bottom, abs=0.01)


def test_a_counting_number_does_not_tremble() -> None:
    """A figure takes the same room whatever it is, so those before and after it stay where they are."""
    points = NumberLabel(0.0, lambda _: "5105").points
    narrow = NumberLabel(0.0, lambda _: "5115").points
    first_five = len(NumberLabel(0.0, lambda _: "5").points)
    np.testing.assert_allclose(points[-first_five:] - points[0], narrow[-first_five:] - narrow[0], atol=1e-9)


def test_a_number_keeps_its_color_when_it_changes() -> None:
    label = NumberLabel(0.1, color=DARK.muted).set_fill(DARK.accent, opacity=0.5)
    label.set_value(0.2)
    assert label.get_fill_color().to_hex() == DARK.accent.to_hex() and label.get_fill_opacity() == 0.5


# -- Curve ----------------------------------------------------------------------------------------------------


def curve(values: list[float], top: float = 2.0) -> Curve:
    along = np.linspace(0, 1, len(values)) ** 2
    shape = {"width": 4.0, "height": 2.0, "color": DARK.accent}
    return Curve(along, np.array(values), name="loss", form=".1f", top=top, **shape)  # type: ignore[arg-type]


def test_a_curve_runs_through_its_points_as_far_as_it_was_told() -> None:
    drawn = curve([2.0, 1.0, 0.5]).shift([1, 2, 0]).show_until(2)
    corners = np.concatenate([drawn.line.points[:1], drawn.line.points[3::4]])[:3]
    np.testing.assert_allclose(
        corners, np.array([[0, 2, 0], [1, 1, 0], [4, 0.5, 0]]) + np.array([1, 2, 0]), atol=1e-9
    )
    np.testing.assert_allclose(drawn.head.get_center(), [5, 2.5, 0], atol=1e-9)
    assert drawn.number.text == "0.5"


def test_between_two_points_a_curve_is_straight_and_the_number_is_the_last_measured() -> None:
    drawn = curve([2.0, 1.0, 0.5]).show_until(1.5)
    np.testing.assert_allclose(drawn.head.get_center(), [2.5, 0.75, 0], atol=1e-9)
    np.testing.assert_allclose(drawn.line.points[-1], [2.5, 0.75, 0], atol=1e-9)
    assert drawn.number.text == "1.0"


def test_a_curve_goes_neither_before_its_first_point_nor_behind_its_last() -> None:
    drawn = curve([2.0, 1.0, 0.5])
    np.testing.assert_allclose(drawn.show_until(-1).head.get_center(), [0, 2, 0], atol=1e-9)
    np.testing.assert_allclose(drawn.show_until(9).head.get_center(), [4, 0.5, 0], atol=1e-9)


# -- TrainingProgress -----------------------------------------------------------------------------------------------


def progress() -> TrainingProgress:
    forms = [lambda seen: f"epoch {seen / 1000:.1f}", "{:,.0f} seen".format]
    return TrainingProgress(0, 3000, np.arange(0, 3001, 1000), forms=forms, width=6.0)


def test_the_knob_stands_at_the_examples_seen() -> None:
    track = progress().shift([-3, 1, 0]).set_moment(1500)
    np.testing.assert_allclose(track.knob.get_center(), [0, 1, 0], atol=1e-6)
    assert box_of(track.done.points)[2] == pytest.approx(0, abs=1e-3)
    assert [number.text for number in track.numbers] == ["epoch 1.5", "1,500 seen"]


def test_only_what_was_measured_is_written_while_the_knob_moves() -> None:
    track = progress().set_moment(1500, written=1000)
    assert track.knob.get_x() == pytest.approx(3.0)
    assert [number.text for number in track.numbers] == ["epoch 1.0", "1,000 seen"]


def test_a_track_may_begin_later_and_have_one_number_only() -> None:
    track = TrainingProgress(2, 6, np.array([2, 3, 6]), forms=["epoch {:g}".format], width=8.0)
    assert track.knob.get_x() == pytest.approx(0.0)
    assert sorted(line.get_x() for line in track.submobjects[1]) == pytest.approx([0.0, 2.0, 8.0])
    assert track.set_moment(3).knob.get_x() == pytest.approx(2.0)
    assert [number.text for number in track.numbers] == ["epoch 3"]
    assert box_of(track.numbers[0].points)[2] == pytest.approx(8.0, abs=1e-3), "it ends where the track does"


def test_of_very_many_marks_every_so_many_are_drawn() -> None:
    many = TrainingProgress(0, 400, np.arange(401.0), forms=["{:g}".format], width=8.0)
    places = [line.get_x() for line in many.submobjects[1]]
    np.testing.assert_allclose(places, np.arange(0, 401, 8) / 50)


# -- WeightPictures -------------------------------------------------------------------------------------------


def test_every_weight_lies_over_its_pixel() -> None:
    matrix = np.arange(60.0).reshape(5, 12) - 30
    area = Area(-1.5, 0.0, 1.5, 2.3)
    pictures = WeightPictures(SHAPE, np.array([0, 3, 4]), scale=100.0, area=area).set_weights(matrix)
    places = pictures.squares.centers.reshape(3, *SHAPE, 3)
    drawn = pictures.squares.values.reshape(3, *SHAPE)
    rows = matrix[[0, 3, 4]].reshape(3, *SHAPE)
    np.testing.assert_allclose(np.sign(drawn) * drawn**2 * 100, rows, atol=1e-4)
    assert np.all(np.diff(places[..., 0], axis=2) > 0) and np.all(np.diff(places[..., 1], axis=1) < 0)
    middles = places.mean(axis=(1, 2))
    assert middles[0, 1] == pytest.approx(middles[1, 1]) and middles[2, 1] < middles[0, 1] - 0.5
    assert middles[0, 0] < middles[2, 0] < middles[1, 0], "the last one stands in the middle of its row"
    assert pictures.width <= 3.01 and pictures.height <= 2.31


# -- InputPlane -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(3, 4), (5, 2), (1, 6)])
def test_pixels_lie_row_by_row_and_keep_their_order_when_turned(shape: tuple[int, int]) -> None:
    plane = InputPlane(shape, side=2.0)
    for pixels in (plane.pixels, plane.copy().turn_away().pixels):
        places = pixels.centers.reshape(*shape, 3)
        assert np.all(np.diff(places[..., 0], axis=1) > 0)
        assert np.all(np.diff(places[..., 1], axis=0) < 0)
    assert max(plane.width, plane.height) <= 2.0
    assert plane.turn_away().pixels.roundness == 1.0


def test_pixels_show_what_they_are_given() -> None:
    shades = np.linspace(0, 1, 12)
    plane = InputPlane(SHAPE, theme=LIGHT).set_values(shades)
    np.testing.assert_allclose(plane.pixels.values, shades, atol=1e-7)
    np.testing.assert_allclose(plane.pixels.fills()[[0, -1]], [LIGHT.dark.to_rgb(), LIGHT.bright.to_rgb()])


# -- MoveMarks --------------------------------------------------------------------------------------------------


def test_squares_fly_from_where_they_are_to_where_they_go_keeping_their_shade() -> None:
    plane = InputPlane(SHAPE).set_values(np.linspace(0, 1, 12))
    start = plane.pixels.copy()
    target = plane.pixels.copy().scale(0.5).shift(3 * UP)
    flight = MoveMarks(plane.pixels, target, lag=0.5, lift=0.4)
    flight.begin()
    np.testing.assert_allclose(plane.pixels.points, start.points)
    flight.interpolate(0.5)
    gone = np.linalg.norm(plane.pixels.centers - start.centers, axis=1)
    assert gone[0] > 0.5 and gone[-1] < 1e-9, "not one after the other"
    np.testing.assert_allclose(plane.pixels.values, start.values)
    flight.interpolate(1.0)
    flight.finish()
    np.testing.assert_allclose(plane.pixels.points, target.points, atol=1e-9)
