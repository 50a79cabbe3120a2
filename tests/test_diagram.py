"""The network as it is drawn, and the board that shows its training."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from manim import tempconfig
from stage import SETTINGS
from written import write_output

from edgeglow.scenes.mobjects.charts.curve import Curve
from edgeglow.scenes.mobjects.charts.training_board import BoardSnapshot, ReplayRun, TrainingBoard
from edgeglow.scenes.mobjects.charts.training_progress import TrainingProgress
from edgeglow.scenes.mobjects.network.network_diagram import NetworkDiagram
from edgeglow.scenes.mobjects.network.weights_closeup import WeightsCloseup
from edgeglow.scenes.style.layout import Area
from edgeglow.scenes.style.theme import DARK

SIZES = (12, 5, 4, 3)
SHAPE = (3, 4)
AREA = Area(-6.4, -2.4, 6.4, 3.7)


@pytest.fixture(autouse=True)
def elsewhere(request: pytest.FixtureRequest):  # type: ignore[no-untyped-def]
    """Manim keeps letters in its media folder; not in the project's."""
    with tempconfig(SETTINGS):
        yield


def weights(seed: int = 0) -> list[np.ndarray]:
    generator = np.random.default_rng(seed)
    return [generator.normal(size=(after, before)) for before, after in itertools.pairwise(SIZES)]


def diagram(**kwargs: object) -> NetworkDiagram:
    return NetworkDiagram(SIZES, SHAPE, "abc", area=AREA, **kwargs)  # type: ignore[arg-type]


# -- NetworkDiagram -------------------------------------------------------------------------------------------


def lines_by_place(drawn: NetworkDiagram, gap: int) -> dict[tuple[int, int], float]:
    """The values of a gap's lines by the neurons (from, to) whose centres they join."""
    before = drawn.inputs.pixels.centers if gap == 0 else drawn.layers[gap - 1].discs.centers
    after = drawn.layers[gap].discs.centers
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
    np.testing.assert_allclose(drawn.layers[0].discs.values, [0.1, 0.4], atol=1e-7)
    assert len(drawn.layers[0].dots) == 3 and not drawn.layers[2].dots


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
        drawn.names, drawn.confidences, drawn.layers[-1].discs.centers, ("0.25", "0.00", "0.75"), strict=True
    ):
        assert label.text == text
        assert name.base_line == pytest.approx(label.base_line), "they stand on one line"
        assert label.get_center()[1] == pytest.approx(center[1], abs=0.02)
        assert center[0] < name.get_left()[0] < name.get_right()[0] < label.get_left()[0]


def test_the_ring_lies_around_the_output_it_is_put_at() -> None:
    shown = [np.arange(5), np.arange(4), np.array([0, 2])]
    drawn = diagram(shown=shown)
    ring = drawn.put_ring(2)
    np.testing.assert_allclose(ring.get_center(), drawn.layers[-1].discs.centers[1], atol=1e-9)
    assert ring.width > 2 * drawn.layers[-1].radius


# -- TrainingBoard -----------------------------------------------------------------------------------------------


def board() -> TrainingBoard:
    moments = [
        BoardSnapshot(
            weights=tuple(weights(seed)),
            brightness=tuple(np.full(size, 0.25 * (seed + 1)) for size in SIZES[1:]),
            confidences=np.array([0.5, 0.3, 0.2]) * (seed + 1) / 2,
            when=1000.0 * seed,
        )
        for seed in range(3)
    ]
    shape = {"width": 4.0, "height": 2.0, "color": DARK.accent, "name": "loss", "form": ".1f", "top": 2.0}
    curve = Curve(np.linspace(0, 1, 3), np.array([2.0, 1.0, 0.5]), **shape)  # type: ignore[arg-type]
    progress = TrainingProgress(0, 3000, np.arange(0, 3001, 1000), forms=["{:,.0f} seen".format], width=6.0)
    return TrainingBoard(diagram(), [curve], progress, moments)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_board_shows_a_snapshot_in_all_its_parts(number: int) -> None:
    shown = board().show_moment(number)
    moment = shown.moments[number]
    for gap, matrix in enumerate(moment.weights):
        expected = {(i, j): matrix[j, i] for j in range(SIZES[gap + 1]) for i in range(SIZES[gap])}
        assert lines_by_place(shown.diagram, gap) == pytest.approx(expected, abs=1e-6)
        np.testing.assert_allclose(shown.diagram.layers[gap].discs.values, moment.brightness[gap])
    texts = [label.text for label in shown.diagram.confidences]
    assert texts == [write_output(float(value)) for value in moment.confidences]
    assert shown.progress.numbers[0].text == f"{moment.when:,.0f} seen"
    assert shown.curves[0].number.text == ["2.0", "1.0", "0.5"][number]


def test_a_board_shows_its_first_moment_as_soon_as_it_is_made() -> None:
    fresh, shown = board(), board().show_moment(0)
    np.testing.assert_array_equal(fresh.diagram.layers[0].discs.values, shown.diagram.layers[0].discs.values)
    np.testing.assert_array_equal(fresh.diagram.edges[0].values, shown.diagram.edges[0].values)


def test_between_two_snapshots_what_moves_lies_between_and_what_is_written_was_measured() -> None:
    shown = board().show_moment(1.25)
    now, then = shown.moments[1:]
    expected = 0.75 * now.weights[1].ravel() + 0.25 * then.weights[1].ravel()
    np.testing.assert_allclose(shown.diagram.edges[1].values, expected, atol=1e-6)
    np.testing.assert_allclose(shown.diagram.layers[0].discs.values, 0.75 * 0.5 + 0.25 * 0.75)
    written = [write_output(float(value)) for value in now.confidences]
    assert [label.text for label in shown.diagram.confidences] == written
    assert shown.progress.numbers[0].text == "1,000 seen"
    assert shown.progress.knob.get_x() == pytest.approx(6.0 * 1250 / 3000)


def test_a_replay_runs_evenly_from_one_snapshot_to_the_other() -> None:
    shown = board()
    replay = ReplayRun(shown, 0, 2, [shown.diagram, shown.progress])
    replay.begin()
    replay.interpolate(0.5)
    halfway = board().show_moment(1)
    np.testing.assert_allclose(shown.diagram.edges[0].values, halfway.diagram.edges[0].values)
    replay.interpolate(1.0)
    assert shown.progress.numbers[0].text == "2,000 seen"


def test_a_replay_brings_nothing_onto_the_stage_that_was_not_there() -> None:
    shown = board()
    replay = ReplayRun(shown, 0, 2, [shown.progress])
    assert replay.mobject.submobjects == [shown.progress]
    replay.begin()
    replay.interpolate(1.0)
    np.testing.assert_allclose(shown.diagram.edges[0].values, board().show_moment(2).diagram.edges[0].values)


def test_a_portrait_shows_one_neurons_weights_as_edges_and_as_a_picture() -> None:
    shown = board()
    form = "{:,.0f} seen".format
    closeup = WeightsCloseup(shown.diagram, 3, area=Area(0, 0, 2, 2), form=form, zoom=2.0)
    shown.closeup = closeup
    shown.show_moment(1.5)
    now, then = (shown.moments[number].weights[0][3] for number in (1, 2))
    np.testing.assert_allclose(closeup.lines.values, (now + then) / 2, atol=1e-6)
    drawn = closeup.picture.squares.values
    scale = shown.diagram.weight_scale[0]
    np.testing.assert_allclose(np.sign(drawn) * drawn**2 * scale, (now + then) / 2, atol=1e-5)
    target = shown.diagram.layers[0].center_of(3)
    np.testing.assert_allclose(closeup.lines.ends, np.tile(target, (12, 1)))
    np.testing.assert_allclose(closeup.ring.get_center(), target, atol=1e-9)
    assert closeup.number.text == "1,000 seen"
