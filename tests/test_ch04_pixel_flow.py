"""Pixel flow: what reaches the one neuron that is watched, drop by drop, is what the network computes."""

from __future__ import annotations

import numpy as np
import pytest
from abroad import NAMES as ABROAD
from casts import NAMES
from manim import BLACK, WHITE, tempconfig
from shot import Shot, Writing
from stage import CHAPTERS, SETTINGS, Performance, perform, run_called
from truth import ONE_NEURON, columns_of, forward, light, row_of, shown, under
from written import read_number, tells, write_output

from edgeglow.scenes.ch04_pixel_flow import PixelFlow
from edgeglow.scenes.fields import SquareField
from edgeglow.scenes.mobjects.network.neuron_edges import edges_out_of
from edgeglow.scenes.mobjects.numbers.input_drops import build_drops
from edgeglow.scenes.mobjects.numbers.number_label import NumberLabel
from edgeglow.scenes.motions.forward_animations import SumDrops
from edgeglow.scenes.stage.chapter_selection import CHOSEN_INPUTS
from edgeglow.scenes.stage.sum_closeup import SumCloseup

every_film = pytest.mark.parametrize("run_name", NAMES)


def looked_at(played: Performance, shot: Shot) -> tuple[int, np.ndarray]:
    """The neuron that wears the ring, and where it is."""
    centers = columns_of(shot, played.run)[1].centers
    place = under(shot.rings()[0], centers)
    return int(shown(played, 1)[place]), centers[place]


def the_number(shot: Shot) -> Writing:
    (found,) = [writing for writing in shot.words if writing.value is not None]
    return found


@every_film
def test_one_neuron_is_watched_and_its_numbers_are_the_networks(run_name: str) -> None:
    played = perform("PixelFlow", run_name)
    run = played.run
    pixels = run.examples[played.chapter.cast.main].pixels
    neuron, _ = looked_at(played, played.shot("arrive"))
    assert neuron == played.chapter.cast.neuron, "another chapter looks at another"
    arrived = run.last.weights[0][neuron].astype(float) @ pixels
    total = arrived + run.last.biases[0][neuron]
    activation = forward(run, run.last, pixels)[1][neuron]
    for beat, value in (("arrive", arrived), ("bias", total), ("squeeze", activation)):
        shot = played.shot(beat)
        assert looked_at(played, shot)[0] == neuron and shot.zoom > 1.5, beat
        assert tells(the_number(shot).text, value, 1.0 if beat == "arrive" else 0.5), beat
    assert played.shot("layer").zoom == 1


@every_film
def test_the_sum_stands_beside_its_neuron_and_the_activation_in_it(run_name: str) -> None:
    played = perform("PixelFlow", run_name)
    for beat in ("arrive", "bias"):
        shot = played.shot(beat)
        _, center = looked_at(played, shot)
        assert the_number(shot) in row_of(shot, center)
    shot = played.shot("squeeze")
    _, center = looked_at(played, shot)
    assert np.linalg.norm(the_number(shot).middle - center[:2]) < 0.02


@every_film
def test_its_edges_carry_what_is_added_up(run_name: str) -> None:
    played = perform("PixelFlow", run_name)
    for beat in ONE_NEURON:
        shot = played.shot(beat)
        neuron, center = looked_at(played, shot)
        (its,) = [
            lines
            for lines in shot.lines
            if len(lines.values) == played.run.layer_sizes[0] and np.ptp(lines.ends, axis=0).max() < 1e-6
        ]
        np.testing.assert_allclose(its.ends[0], center, atol=1e-6)
        pixels = played.run.examples[played.chapter.cast.main].pixels
        total = played.run.last.weights[0][neuron].astype(float) @ pixels
        assert its.values.sum() == pytest.approx(total, abs=1e-3)


@pytest.mark.parametrize("run_name", [name for name in (*NAMES, *ABROAD) if name not in ("flat", "single")])
def test_the_darkest_hidden_neuron_passes_on_what_is_said(run_name: str) -> None:
    played = perform("PixelFlow", run_name)
    if len(played.run.last.weights) == 1:
        assert "dark" not in [shot.beat for shot in played.shots]
        return
    run, shot, neurons = played.run, played.shot("dark"), shown(played, 1)
    pixels = run.examples[played.chapter.cast.main].pixels
    activations, brightness = forward(run, run.last, pixels)[1], np.abs(light(run, run.last, pixels, 1)[neurons])
    place = under(shot.rings()[0], played.chapter.diagram.layers[0].discs.centers)
    assert brightness[place] == pytest.approx(brightness.min(), abs=1e-6)
    after = shown(played, 2)
    expected = run.last.weights[1][after, neurons[place]] * activations[neurons[place]]
    assert any(
        np.allclose(lines.values, expected, atol=1e-5) for lines in shot.lines if len(lines.values) == len(after)
    )
    (told,) = [told for told in played.told if told.kind == "beats" and told.name == "dark"]
    passed = brightness[place]
    limits = {"": (0.0, 0.0), "nearly": (0.0, 0.05), "little": (0.05, 0.5), "all": (0.5, 1.0)}
    low, high = limits[told.variant]
    assert low <= passed <= high and told.facts["activation"] == pytest.approx(activations[neurons[place]], abs=1e-4)


def test_a_sum_that_grows_at_once_is_given_time() -> None:
    """Of 150 contributions 30 make nearly all of the sum: they do not arrive in a moment."""
    amounts = np.tile([0.05, -0.05], 75)
    amounts[90:120] = 0.15
    drops = SquareField(np.zeros((150, 3)), 0.1, np.zeros(150), low=BLACK, high=WHITE)
    starts = SumDrops(drops, NumberLabel(), amounts, amounts.sum(), np.zeros(3), flight=0.25).starts
    assert starts[0] == 0.0 and starts[-1] == pytest.approx(0.75) and (np.diff(starts) >= 0).all()
    sums = np.cumsum(amounts)
    tenth = 0.1 * (starts[-1] - starts[0])
    for number, start in enumerate(starts):
        within = sums[number : np.searchsorted(starts, start + tenth, side="right")]
        assert np.ptp(within) < 0.25 * np.ptp(sums)


# -- networks from elsewhere, rows, and the user's own digits ------------------------------------------------


@pytest.mark.parametrize("run_name", ABROAD)
def test_whatever_the_inputs_are_the_numbers_of_the_neuron_watched_are_the_networks(run_name: str) -> None:
    played = perform("PixelFlow", run_name)
    run, cast = played.run, played.chapter.cast
    inputs = run.examples[cast.main].pixels
    arrived = run.last.weights[0][cast.neuron].astype(float) @ inputs.astype(float)
    total = arrived + run.last.biases[0][cast.neuron]
    activation = forward(run, run.last, inputs)[1][cast.neuron]
    for beat, value in (("arrive", arrived), ("bias", total), ("squeeze", activation)):
        number = the_number(played.shot(beat))
        assert tells(number.text, value, 1.0 if beat == "arrive" else 0.5), beat


@pytest.mark.parametrize("run_name", ABROAD)
def test_the_answer_is_called_by_its_name_and_is_the_greatest_output(run_name: str) -> None:
    played = perform("PixelFlow", run_name)
    run, main = played.run, played.chapter.cast.main
    outputs = forward(run, run.last, run.examples[main].pixels)[-1]
    shot = played.shot("answer")
    name = run.class_names[int(outputs.argmax())]
    assert name in shot.caption or (len(name) > 12 and "…" in shot.caption)
    assert write_output(outputs.max()) in shot.texts


def test_inputs_that_are_not_drawn_come_together_in_a_drop_of_their_own() -> None:
    with tempconfig(SETTINGS):
        chapter = the_chapter("columns")
        run, diagram = chapter.run, chapter.diagram
        flows = run.last.weights[0][chapter.cast.neuron] * run.examples[chapter.cast.main].pixels
        drops, amounts = build_drops(diagram, flows, 0.2)
    drawn = chapter.cast.inputs
    assert len(drawn) == CHOSEN_INPUTS < len(flows)
    seen = [flow for flow in flows[drawn] if flow]
    np.testing.assert_allclose(amounts[:-1], seen, rtol=1e-6)
    rest = sum(float(flow) for number, flow in enumerate(flows) if number not in drawn)
    assert amounts[-1] == pytest.approx(rest, rel=1e-5)
    assert drops.centers[-1][1] < diagram.inputs.pixels.centers[:, 1].min() - diagram.inputs.cell / 2


@pytest.mark.parametrize("run_name", ["rows", "columns"])
def test_of_rows_an_edge_carries_weight_times_the_number_itself(run_name: str) -> None:
    played = perform("PixelFlow", run_name)
    run, cast = played.run, played.chapter.cast
    row, neuron = run.examples[cast.main].pixels, cast.neuron
    expected = run.last.weights[0][neuron][cast.inputs] * row[cast.inputs]
    found = [lines.values for lines in played.shot("arrive").lines if len(lines.values) == len(expected)]
    assert any(np.allclose(values, expected, rtol=1e-4) for values in found)
    assert (expected < 0).any() and (row < 0).any(), "a row that tests nothing"


@pytest.mark.parametrize(("run_name", "verdict"), [("own", "right"), ("mistaken", "wrong"), ("unnamed", None)])
def test_of_an_own_digit_it_is_said_what_it_is_only_if_somebody_said_so(run_name: str, verdict: str | None) -> None:
    played = perform("PixelFlow", run_name)
    run, main = played.run, played.chapter.cast.main
    own = run.examples[main]
    assert own.kind == "own" and (own.label is None) == (verdict is None)
    shot = played.shot("answer")
    answer = int(forward(run, run.last, own.pixels)[-1].argmax())
    if own.label is None:
        assert "Nobody has said" in shot.caption
        assert not [text for text in shot.texts if text.startswith(("true digit", "is "))]
        return
    assert verdict == ("right" if own.label == answer else "wrong") and f"That is {verdict}" in shot.caption
    name = run.class_names[own.label]
    assert [text for text in shot.texts if text in (f"true digit: {name}", f"is {name}")]


@pytest.mark.parametrize("run_name", ["own", "mistaken"])
def test_the_other_digits_are_the_users_own_where_there_are_such(run_name: str) -> None:
    played = perform("PixelFlow", run_name)
    run, shot = played.run, played.shot("again")
    assert "your own" in shot.caption
    (other,) = [example for number, example in enumerate(run.examples) if example.kind == "own" and number]
    (shown_now,) = [squares.values for squares in shot.squares if len(squares.values) == len(other.pixels)]
    np.testing.assert_allclose(shown_now, other.pixels, atol=1e-6)


# -- the motions ---------------------------------------------------------------------------------------------


def the_chapter(run_name: str) -> PixelFlow:
    """The chapter with its network, not played."""
    chapter = CHAPTERS["PixelFlow"](run_called(run_name), "en", "dark")
    assert isinstance(chapter, PixelFlow)
    chapter.build_network()
    return chapter


@pytest.mark.parametrize("run_name", ["usual", "flat", "relu"])
def test_a_drop_leaves_every_pixel_that_gives_something_with_what_it_gives(run_name: str) -> None:
    with tempconfig(SETTINGS):
        chapter = the_chapter(run_name)
        run, pixels = chapter.run, chapter.run.examples[chapter.cast.main].pixels
        flows = run.last.weights[0][chapter.cast.neuron] * pixels
        drops, amounts = build_drops(chapter.diagram, flows, 0.2)
    giving = [pixel for pixel in range(len(pixels)) if flows[pixel] != 0]
    np.testing.assert_allclose(drops.centers, chapter.diagram.inputs.pixels.centers[giving], atol=1e-9)
    np.testing.assert_array_equal(amounts, flows[giving].astype(float))
    np.testing.assert_array_equal(drops.values, np.sign(amounts))
    surfaces = np.ptp(drops.marks, axis=1)[:, 0] ** 2
    np.testing.assert_allclose(surfaces / surfaces.max(), np.abs(amounts) / np.abs(amounts).max(), rtol=1e-5)


def test_the_number_counts_the_drops_that_are_there_and_no_others() -> None:
    goal = np.array([5.0, 1.0, 0.0])
    with tempconfig(SETTINGS):
        chapter = the_chapter("usual")
        pixels = chapter.run.examples[chapter.cast.main].pixels
        flows = chapter.run.last.weights[0][chapter.cast.neuron] * pixels
        drops, amounts = build_drops(chapter.diagram, flows, 0.2)
        number = NumberLabel(0.0)
        total = float(flows.astype(float).sum())
        motion = SumDrops(drops, number, amounts, total, goal, run_time=5.0)
        motion.begin()
        seen, values = [], []
        for alpha in np.linspace(0.0, 1.0, 41):
            motion.interpolate(float(alpha))
            there = np.linalg.norm(drops.centers - goal, axis=1) < 1e-6
            assert number.value == pytest.approx(amounts[there].sum(), abs=1e-9)
            assert not drops.opacities[there].any(), "what has arrived is seen no more"
            assert np.all(np.diff(there.astype(int)) <= 0), "a later drop was there before an earlier one"
            seen.append(int(there.sum()))
            values.append(number.value)
        motion.finish()
    assert seen[0] == 0 and seen[-1] == len(amounts) and len(set(seen)) > 20
    assert number.value == total
    jumps = np.abs(np.diff(values))
    assert jumps.max() <= 0.1 * np.abs(amounts).sum(), "the number jumps"


def test_the_edges_out_of_a_pixel_are_its_weights() -> None:
    with tempconfig(SETTINGS):
        chapter = the_chapter("many")
        pixel = 17
        lines = edges_out_of(chapter.diagram, pixel)
    weights = chapter.run.last.weights[0][chapter.cast.shown[0], pixel]
    np.testing.assert_allclose(lines.values, weights, rtol=1e-6)
    start = chapter.diagram.inputs.pixels.centers[pixel]
    np.testing.assert_allclose(lines.starts, np.tile(start, (lines.count, 1)))
    np.testing.assert_allclose(lines.ends, chapter.diagram.layers[0].discs.centers)


# -- seen from near ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("run_name", NAMES)
@pytest.mark.parametrize("size", [(1280, 720), (720, 720), (720, 1280)])
def test_beside_the_neuron_stands_one_line_that_adds_up_and_no_other_neuron_is_cut(
    run_name: str, size: tuple[int, int]
) -> None:
    with tempconfig(SETTINGS | {"pixel_width": size[0], "pixel_height": size[1]}):
        chapter = the_chapter(run_name)
        run, neuron, diagram = chapter.run, chapter.cast.neuron, chapter.diagram
        position = int(np.flatnonzero(diagram.shown[0] == neuron)[0])
        arrived = float(run.last.weights[0][neuron] @ run.examples[chapter.cast.main].pixels)
        bias = float(run.last.biases[0][neuron])
        near = SumCloseup(diagram, position, chapter.cast.neuron_sum, layout=chapter.layout, theme=chapter.theme)
    first, shift, equals, both = near.sum_row
    assert tells(first.text, arrived, 1.0) and equals.text == "=" and tells(both.text, arrived + bias)
    assert shift.text[1] == " " and tells(shift.text, bias)
    assert round(read_number(first.text) + read_number(shift.text), 2) == read_number(both.text)
    across = [part.get_x() for part in near.sum_row]
    assert across == sorted(across) and abs(first.base_line - both.base_line) < 1e-6
    left, right = near.sum_row.get_left()[0], near.sum_row.get_right()[0]
    assert near.area.left <= left + 1e-6 and right <= near.area.right + 1e-6
    column, stage = diagram.layers[0], chapter.layout.stage
    if not column.is_row:  # what the frame shows from its top down to the caption, in the picture's units
        high = near.area.center[1] + (4.0 - stage.y) / near.zoom
        low = near.area.center[1] + (chapter.layout.caption.top - stage.y) / near.zoom
        heights = column.discs.centers[:, 1]
        cut = [y for y in heights for line in (low, high) if abs(y - line) < column.radius]
        assert not cut
