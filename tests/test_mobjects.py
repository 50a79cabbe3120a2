"""The mobjects of the film, each by itself: built from a shape, changed by data."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from manim import LEFT, ORIGIN, RIGHT, UP, tempconfig
from stage import SETTINGS, box_of

from scenes.mobjects.curve import Curve
from scenes.mobjects.fly import FlySquares
from scenes.mobjects.input_plane import InputPlane
from scenes.mobjects.network_diagram import NetworkDiagram
from scenes.mobjects.number_label import NumberLabel
from scenes.mobjects.scrubber import Scrubber
from scenes.mobjects.training_board import Moment, ReplayRun, TrainingBoard
from scenes.mobjects.weight_pictures import WeightPictures
from scenes.theme import DARK, LIGHT

SIZES = (12, 5, 4, 3)
SHAPE = (3, 4)


@pytest.fixture(autouse=True)
def elsewhere(request: pytest.FixtureRequest):  # type: ignore[no-untyped-def]
    """Manim keeps letters in its media folder; not in the project's."""
    with tempconfig(SETTINGS):
        yield


def weights(seed: int = 0) -> list[np.ndarray]:
    generator = np.random.default_rng(seed)
    return [generator.normal(size=(after, before)) for before, after in itertools.pairwise(SIZES)]


def diagram(**kwargs: object) -> NetworkDiagram:
    return NetworkDiagram(SIZES, SHAPE, "abc", **kwargs)  # type: ignore[arg-type]


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
    return Curve(along, np.array(values), name="loss", form="{:.1f}", top=top, **shape)  # type: ignore[arg-type]


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


# -- Scrubber -------------------------------------------------------------------------------------------------


def scrubber() -> Scrubber:
    forms = {"examples_form": "{:,.0f} seen".format, "epoch_form": "epoch {:.1f}".format}
    return Scrubber(3000, 1000, **forms, width=6.0)


def test_the_knob_stands_at_the_examples_seen() -> None:
    track = scrubber().shift([-3, 1, 0]).set_examples(1500)
    np.testing.assert_allclose(track.knob.get_center(), [0, 1, 0], atol=1e-6)
    assert box_of(track.done)[2] == pytest.approx(0, abs=1e-3)
    assert (track.examples.text, track.epoch.text) == ("1,500 seen", "epoch 1.5")


def test_only_what_was_measured_is_written_while_the_knob_moves() -> None:
    track = scrubber().set_examples(1500, written=1000)
    assert track.knob.get_x() == pytest.approx(3.0)
    assert (track.examples.text, track.epoch.text) == ("1,000 seen", "epoch 1.0")


# -- WeightPictures -------------------------------------------------------------------------------------------


def test_every_weight_lies_over_its_pixel() -> None:
    matrix = np.arange(60.0).reshape(5, 12) - 30
    pictures = WeightPictures(SHAPE, np.array([0, 3, 4]), scale=100.0, width=3.0, columns=2).set_weights(
        matrix
    )
    places = pictures.squares.centers.reshape(3, *SHAPE, 3)
    drawn = pictures.squares.values.reshape(3, *SHAPE)
    rows = matrix[[0, 3, 4]].reshape(3, *SHAPE)
    np.testing.assert_allclose(np.sign(drawn) * drawn**2 * 100, rows, atol=1e-4)
    assert np.all(np.diff(places[..., 0], axis=2) > 0) and np.all(np.diff(places[..., 1], axis=1) < 0)
    middles = places.mean(axis=(1, 2))
    assert middles[0, 1] == middles[1, 1] > middles[2, 1] and middles[0, 0] == middles[2, 0] < middles[1, 0]
    assert pictures.width <= 3.0


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


# -- NetworkDiagram -------------------------------------------------------------------------------------------


def lines_by_place(drawn: NetworkDiagram, gap: int) -> dict[tuple[int, int], float]:
    """The values of a gap's lines by the neurons (from, to) whose centres they join."""
    before = drawn.inputs.pixels.centers if gap == 0 else drawn.columns[gap - 1].discs.centers
    after = drawn.columns[gap].discs.centers
    found = {}
    edges = drawn.edges[gap]
    for start, end, value in zip(edges.starts, edges.ends, edges.values, strict=True):
        (source,) = np.flatnonzero(np.linalg.norm(before - start, axis=1) < 1e-9)
        (target,) = np.flatnonzero(np.linalg.norm(after - end, axis=1) < 1e-9)
        found[int(source), int(target)] = float(value)
    assert len(found) == edges.count
    return found


def test_every_edge_has_the_weight_of_the_two_neurons_it_joins() -> None:
    matrices = weights()
    drawn = diagram().set_weights(matrices)
    for gap, matrix in enumerate(matrices):
        expected = {(i, j): matrix[j, i] for j in range(SIZES[gap + 1]) for i in range(SIZES[gap])}
        assert lines_by_place(drawn, gap) == pytest.approx(expected, abs=1e-6)


def test_of_a_layer_shown_in_part_only_edges_between_shown_neurons_are_there() -> None:
    matrices = weights()
    shown = [np.array([1, 4]), np.array([0, 2, 3]), np.array([0, 1, 2])]
    drawn = diagram(shown=shown).set_weights(matrices)
    found = lines_by_place(drawn, 1)
    assert found == pytest.approx({(0, 0): matrices[1][0, 1], (1, 0): matrices[1][0, 4]} | found, abs=1e-6)
    expected = {(i, j): matrices[1][shown[1][j], shown[0][i]] for i in range(2) for j in range(3)}
    assert found == pytest.approx(expected, abs=1e-6)
    drawn.set_brightness(1, np.arange(5) / 10)
    np.testing.assert_allclose(drawn.columns[0].discs.values, [0.1, 0.4], atol=1e-7)
    assert len(drawn.columns[0].dots) == 3 and not drawn.columns[2].dots


def test_flow_is_weight_times_activation() -> None:
    matrices = weights()
    drawn = diagram()
    light = np.linspace(0, 1, 5)
    values, gain = drawn.flow(1, matrices[1], light)
    drawn.edges[1].set_values(values).set_gain(gain)
    expected = {(i, j): matrices[1][j, i] * light[i] for j in range(4) for i in range(5)}
    assert lines_by_place(drawn, 1) == pytest.approx(expected, abs=1e-6)
    assert gain > 0


def test_a_pulse_runs_where_the_edges_are_and_as_bright_as_what_they_carry() -> None:
    matrices = weights()
    drawn = diagram()
    light = np.linspace(0, 1, 5)
    pulse = drawn.pulse(1, matrices[1], light)
    np.testing.assert_array_equal(pulse.starts, drawn.edges[1].starts)
    np.testing.assert_array_equal(pulse.ends, drawn.edges[1].ends)
    np.testing.assert_allclose(pulse.values, drawn.flow(1, matrices[1], light)[0], rtol=1e-6)
    assert pulse.base == 0 and pulse.pulse_strength > 0, "it leaves light behind"


def test_confidences_are_written_beside_their_neurons() -> None:
    drawn = diagram().set_confidences(np.array([0.25, 0.0, 0.75]))
    for name, label, center, text in zip(
        drawn.names, drawn.confidences, drawn.columns[-1].discs.centers, ("0.25", "0.00", "0.75"), strict=True
    ):
        assert label.text == text
        assert name.get_center()[1] == pytest.approx(center[1], abs=0.02)
        assert label.get_center()[1] == pytest.approx(center[1], abs=0.02)
        assert center[0] < name.get_left()[0] < name.get_right()[0] < label.get_left()[0]


def test_the_ring_lies_around_the_output_it_is_put_at() -> None:
    shown = [np.arange(5), np.arange(4), np.array([0, 2])]
    drawn = diagram(shown=shown)
    ring = drawn.put_ring(2)
    np.testing.assert_allclose(ring.get_center(), drawn.columns[-1].discs.centers[1], atol=1e-9)
    assert ring.width > 2 * drawn.columns[-1].radius


# -- FlySquares, TrainingBoard --------------------------------------------------------------------------------


def test_squares_fly_from_where_they_are_to_where_they_go_keeping_their_shade() -> None:
    plane = InputPlane(SHAPE).set_values(np.linspace(0, 1, 12))
    start = plane.pixels.copy()
    target = plane.pixels.copy().scale(0.5).shift(3 * UP)
    flight = FlySquares(plane.pixels, target, lag=0.5, lift=0.4)
    flight.begin()
    np.testing.assert_allclose(plane.pixels.points, start.points)
    flight.interpolate(0.5)
    gone = np.linalg.norm(plane.pixels.centers - start.centers, axis=1)
    assert gone[0] > 0.5 and gone[-1] < 1e-9, "not one after the other"
    np.testing.assert_allclose(plane.pixels.values, start.values)
    flight.interpolate(1.0)
    flight.finish()
    np.testing.assert_allclose(plane.pixels.points, target.points, atol=1e-9)


def board() -> TrainingBoard:
    moments = [
        Moment(
            weights=tuple(weights(seed)),
            brightness=tuple(np.full(size, 0.25 * (seed + 1)) for size in SIZES[1:]),
            confidences=np.array([0.5, 0.3, 0.2]) * (seed + 1) / 2,
            examples=1000 * seed,
        )
        for seed in range(3)
    ]
    pictures = WeightPictures(SHAPE, np.arange(5), scale=2.0, width=3.0)
    return TrainingBoard(diagram(), pictures, [curve([2.0, 1.0, 0.5])], scrubber(), moments)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_board_shows_a_snapshot_in_all_its_parts(number: int) -> None:
    shown = board().show_moment(number)
    moment = shown.moments[number]
    for gap, matrix in enumerate(moment.weights):
        expected = {(i, j): matrix[j, i] for j in range(SIZES[gap + 1]) for i in range(SIZES[gap])}
        assert lines_by_place(shown.diagram, gap) == pytest.approx(expected, abs=1e-6)
        np.testing.assert_allclose(shown.diagram.columns[gap].discs.values, moment.brightness[gap])
    texts = [label.text for label in shown.diagram.confidences]
    assert texts == [f"{value:.2f}" for value in moment.confidences]
    drawn = shown.pictures.squares.values.reshape(5, 12)
    np.testing.assert_allclose(np.sign(drawn) * drawn**2 * 2, moment.weights[0], atol=1e-5)
    assert shown.scrubber.examples.text == f"{moment.examples:,} seen"
    assert shown.curves[0].number.text == ["2.0", "1.0", "0.5"][number]


def test_a_board_shows_its_first_moment_as_soon_as_it_is_made() -> None:
    fresh, shown = board(), board().show_moment(0)
    np.testing.assert_array_equal(fresh.pictures.squares.values, shown.pictures.squares.values)
    np.testing.assert_array_equal(
        fresh.diagram.columns[0].discs.values, shown.diagram.columns[0].discs.values
    )
    np.testing.assert_array_equal(fresh.diagram.edges[0].values, shown.diagram.edges[0].values)


def test_between_two_snapshots_what_moves_lies_between_and_what_is_written_was_measured() -> None:
    shown = board().show_moment(1.25)
    now, then = shown.moments[1:]
    expected = 0.75 * now.weights[1].ravel() + 0.25 * then.weights[1].ravel()
    np.testing.assert_allclose(shown.diagram.edges[1].values, expected, atol=1e-6)
    np.testing.assert_allclose(shown.diagram.columns[0].discs.values, 0.75 * 0.5 + 0.25 * 0.75)
    assert [label.text for label in shown.diagram.confidences] == [f"{v:.2f}" for v in now.confidences]
    assert shown.scrubber.examples.text == "1,000 seen"
    assert shown.scrubber.knob.get_x() == pytest.approx(6.0 * 1250 / 3000)


def test_a_replay_runs_evenly_from_one_snapshot_to_the_other() -> None:
    shown = board()
    replay = ReplayRun(shown, 0, 2)
    replay.begin()
    replay.interpolate(0.5)
    halfway = board().show_moment(1)
    np.testing.assert_allclose(shown.diagram.edges[0].values, halfway.diagram.edges[0].values)
    replay.interpolate(1.0)
    assert shown.scrubber.examples.text == "2,000 seen"
