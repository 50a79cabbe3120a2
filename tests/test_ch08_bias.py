"""Bias: every sum, activation and count on stage, against a network whose bias is really another."""

from __future__ import annotations

from dataclasses import replace

import formulas
import numpy as np
import pytest
from casts import NAMES
from shot import Shot, Squares
from stage import Performance, perform
from truth import bright, forward, functions
from written import write_number

from edgeglow.scenes.mobjects.charts.neuron_activation import NeuronActivation
from edgeglow.scenes.mobjects.numbers.number_label import NumberLabel
from edgeglow.scenes.motions.slide_bias import SlideBias

# of the networks from elsewhere
ABROAD = ("single", "rows", "columns", "letters", "unnamed", "leaky", "smooth", "medley", "floor")
every_film = pytest.mark.parametrize("run_name", [*NAMES, *ABROAD])
MOVED = ("lit", "raise", "lower", "trained")


def facts(played: Performance, beat: str) -> dict[str, object]:
    (told,) = [told for told in played.told if told.kind == "beats" and told.name == beat]
    return told.facts


def bias_at(played: Performance, beat: str) -> float:
    """The bias that stands under the line; before it is shown the trained one, and before it is added 0."""
    if beat == "sums":
        return 0.0
    written = [writing for writing in played.shot(beat).words if writing.text.startswith("bias ")]
    if not written:
        return float(played.run.last.biases[0][played.chapter.cast.neuron])
    assert written[0].text == "bias " + write_number(float(written[0].value or 0.0), "+z.2f")
    return float(written[0].value or 0.0)


def activations(played: Performance, bias: float, pixels: np.ndarray) -> np.ndarray:
    """What the neuron's activations are for pictures (digits, pixels), in a network with this bias."""
    run, neuron = played.run, played.chapter.cast.neuron
    biases = run.last.biases[0].astype(np.float64)
    biases[neuron] = bias
    return forward(run, replace(run.last, biases=(biases, *run.last.biases[1:])), pixels)[1][:, neuron]


def digits(played: Performance) -> np.ndarray:
    return played.run.test_digits.pixels[:1000]


def lit(played: Performance, bias: float) -> int:
    kind = functions(played.run)[0]
    threshold = 0.5 if kind == "softmax" else formulas.activation(kind, 0.0)
    return int(np.sum(activations(played, bias, digits(played)) > threshold))


def marks(shot: Shot, played: Performance) -> Squares:
    """One square for every digit: the field with a stroke's worth of gaps that is as large as there are digits."""
    count = len(digits(played))
    (found,) = [field for field in shot.squares if field.roundness == 0 and len(field.values) == count]
    return found


@every_film
@pytest.mark.parametrize("beat", MOVED)
def test_the_digits_that_light_the_neuron_are_counted_in_a_network_with_that_bias(run_name: str, beat: str) -> None:
    played = perform("Bias", run_name)
    expected = lit(played, bias_at(played, beat))
    (number,) = [w for w in played.shot(beat).words if w.value is not None and w.text == f"{expected:,}"]
    assert number.value == expected
    if "lit" in facts(played, beat):
        assert facts(played, beat)["lit"] == expected


@every_film
def test_raising_and_lowering_the_bias_change_the_count_and_training_is_returned_to(run_name: str) -> None:
    played = perform("Bias", run_name)
    bias = float(played.run.last.biases[0][played.chapter.cast.neuron])
    assert bias_at(played, "lower") < bias < bias_at(played, "raise")
    assert bias_at(played, "trained") == pytest.approx(bias)
    assert facts(played, "trained")["bias"] == pytest.approx(bias)
    counts = [lit(played, bias_at(played, beat)) for beat in ("lower", "lit", "raise")]
    assert counts == sorted(counts) and counts[0] < counts[2]


@every_film
@pytest.mark.parametrize("beat", MOVED)
def test_every_mark_is_as_bright_as_its_digits_activation(run_name: str, beat: str) -> None:
    played = perform("Bias", run_name)
    expected = activations(played, bias_at(played, beat), digits(played))
    expected = bright(played.run, 1, expected)
    np.testing.assert_allclose(marks(played.shot(beat), played).values, expected, atol=2e-4)


@every_film
@pytest.mark.parametrize("beat", ["sums", "added", *MOVED])
def test_every_mark_stands_at_its_sum(run_name: str, beat: str) -> None:
    played = perform("Bias", run_name)
    run, plot = played.run, played.chapter.plot
    neuron = played.chapter.cast.neuron
    found = marks(played.shot(beat), played)
    sums = digits(played).astype(np.float64) @ run.last.weights[0].T + run.last.biases[0]
    own = sums[:, neuron]
    if functions(run)[0] == "softmax":
        own = own - np.log(np.exp(np.delete(sums, neuron, axis=1)).sum(axis=1))
    own = own + bias_at(played, beat) - run.last.biases[0][neuron]
    side = found.sides[0] / 0.86
    assert np.abs(found.centers[:, 0] - plot.across(own)).max() <= side / 2 + 1e-3
    spots = np.round(found.centers[:, :2] / side, 2)
    assert len(np.unique(spots, axis=0)) == len(spots), "two marks on one spot"


@every_film
def test_squeezed_marks_are_at_the_height_of_their_activations(run_name: str) -> None:
    played = perform("Bias", run_name)
    plot = played.chapter.plot
    expected = activations(played, float(plot.trained), digits(played))
    found = marks(played.shot("squeeze"), played)
    np.testing.assert_allclose(found.centers[:, 1], plot.up(expected), atol=2e-3)
    assert plot.up(plot.levels[0]) == pytest.approx(plot.upper.bottom)
    assert plot.up(plot.levels[1]) == pytest.approx(plot.upper.top)
    assert plot.upper.bottom > plot.body.top, "counts and activations share a scale"


@every_film
def test_the_pinned_digit_is_the_films_and_its_number_is_its_sum(run_name: str) -> None:
    played = perform("Bias", run_name)
    pixels = played.run.examples[played.chapter.cast.main].pixels
    shot = played.shot("squeeze")
    drawn = parts(played) if played.run.image_shape is None else pixels
    (digit,) = [
        field for field in shot.squares if field.values.shape == drawn.shape and np.allclose(field.values, drawn)
    ]
    last, neuron = played.run.last, played.chapter.cast.neuron
    sums = last.weights[0].astype(np.float64) @ pixels + last.biases[0]
    own = float(sums[neuron])
    if functions(played.run)[0] == "softmax":
        own -= float(np.log(np.exp(np.delete(sums, neuron)).sum()))
    assert digit.centers[:, 0].mean() == pytest.approx(played.chapter.plot.across(own), abs=1e-3)
    assert write_number(own, "z.2f") in shot.texts
    kind = functions(played.run)[0]
    shown = NeuronActivation(kind, 0.5, 1.0).activation(np.array([own]))
    np.testing.assert_allclose(
        shown, forward(played.run, played.run.last, pixels[None])[1][:, played.chapter.cast.neuron], atol=1e-4
    )


def parts(played: Performance) -> np.ndarray:
    """Of a row of named numbers those drawn, each as a part of the largest that there is of it in the run."""
    run, cast = played.run, played.chapter.cast
    rows = np.concatenate([run.test_digits.pixels, [example.pixels for example in run.examples]])
    return (run.examples[cast.main].pixels / np.abs(rows).max(axis=0))[cast.inputs]


@pytest.mark.parametrize("run_name", ["rows", "columns"])
@pytest.mark.parametrize("beat", ["sums", "squeeze", *MOVED])
def test_a_neuron_without_a_picture_is_as_bright_as_the_pinned_row_makes_it(run_name: str, beat: str) -> None:
    played = perform("Bias", run_name)
    (disc,) = [field for field in played.shot(beat).squares if len(field.values) == 1]
    row = played.run.examples[played.chapter.cast.main].pixels[None]
    expected = bright(played.run, 1, activations(played, bias_at(played, beat), row))
    np.testing.assert_allclose(disc.values, 0.0 if beat == "sums" else expected, atol=2e-4)


@pytest.mark.parametrize("run_name", ["rows", "columns", "letters"])
def test_what_is_no_digit_is_called_none(run_name: str) -> None:
    for shot in perform("Bias", run_name).shots:
        told = " ".join([shot.caption, *shot.texts])
        assert "digit" not in told and ("picture" not in told or run_name == "letters"), told


@every_film
def test_while_the_bias_slides_the_digits_are_counted_anew(run_name: str) -> None:
    played = perform("Bias", run_name)
    plot = played.chapter.plot
    number = NumberLabel(0, "{:,.0f}".format)
    start = plot.bias
    slide = SlideBias(plot, start + plot.reach, number, rate_func=lambda t: t)
    seen = []
    for alpha in (0.0, 0.21, 0.5, 0.83, 1.0):
        slide.interpolate_mobject(alpha)
        assert plot.bias == pytest.approx(start + alpha * plot.reach)
        assert number.value == lit(played, plot.bias)
        seen.append(number.value)
    assert seen == sorted(seen)
    plot.set_bias(start)


def test_a_softmaxs_share_is_a_sigmoid_of_the_lead() -> None:
    sums = np.random.default_rng(3).normal(size=(5, 4)) * 3
    shares = np.exp(sums) / np.exp(sums).sum(axis=1, keepdims=True)
    lead = sums[:, 1] - np.log(np.exp(sums[:, [0, 2, 3]]).sum(axis=1))
    np.testing.assert_allclose(NeuronActivation("softmax", 0.5, 1.0).activation(lead), shares[:, 1])


@every_film
def test_the_sum_is_first_without_the_bias_and_what_is_said_of_both_adds_up(run_name: str) -> None:
    played = perform("Bias", run_name)
    told = facts(played, "added")
    plain, bias, total = (float(f"{told[name]:.2f}") for name in ("sum", "bias", "total"))  # type: ignore[str-bytes-safe]
    assert plain + bias == pytest.approx(total, abs=1e-9)
    for beat, value in (("sums", plain), ("added", total)):
        numbers = [w for w in played.shot(beat).words if w.value is not None]
        assert [float(w.value or 0.0) for w in numbers] == [pytest.approx(value, abs=1e-9)], beat
    assert bias == pytest.approx(float(played.run.last.biases[0][played.chapter.cast.neuron]), abs=0.0051)


@every_film
def test_the_number_of_squares_on_the_scale_is_that_of_a_stack_of_its_height(run_name: str) -> None:
    played = perform("Bias", run_name)
    plot, found = played.chapter.plot, marks(played.shot("lit"), played)
    side = found.sides[0] / 0.86
    heights = np.round((found.centers[:, 1] - plot.body.bottom) / side + 0.5).astype(int)
    columns = np.round(found.centers[:, 0] / side, 2)
    for column in np.unique(columns):
        assert sorted(heights[columns == column]) == list(range(1, np.sum(columns == column) + 1))
    beside = [w for w in played.shot("lit").words if abs(w.box[2] - (plot.body.left - 0.12)) < 0.01]
    (scale,) = [w for w in beside if plot.body.bottom < w.middle[1] < plot.body.top + 0.05]
    assert scale.middle[1] == pytest.approx(plot.body.bottom + side * int(scale.text.replace(",", "")), abs=0.03)


@every_film
def test_what_comes_out_of_the_neuron_is_its_activation_for_the_films_digit(run_name: str) -> None:
    played = perform("Bias", run_name)
    pixels = played.run.examples[played.chapter.cast.main].pixels[None]
    (expected,) = activations(played, plot_bias(played), pixels)
    told = facts(played, "function")
    assert told["inputs"] == played.run.layer_sizes[0] and told["activation"] == pytest.approx(expected, abs=1e-4)
    (number,) = [w for w in played.shot("function").words if w.value == told["activation"]]
    dot = played.chapter.plot.dot.get_center()[:2]
    assert np.linalg.norm(number.middle - dot) < 1.5, "far from the curve's dot"


def plot_bias(played: Performance) -> float:
    return float(played.run.last.biases[0][played.chapter.cast.neuron])


@every_film
def test_in_the_end_every_neuron_has_its_own_bias_beside_it(run_name: str) -> None:
    played = perform("Bias", run_name)
    shot, diagram = played.shot("every"), played.chapter.diagram
    numbers = [w for w in shot.words if w.value is not None]
    shown = 0
    for layer, biases in zip(diagram.layers, played.run.last.biases, strict=True):
        near = [w for w in numbers if abs(w.box[2] - (layer.get_left()[0] - 0.09)) < 0.02]
        if not near:
            continue
        shown += len(near)
        for index, center in zip(layer.indices, layer.discs.centers, strict=True):
            (beside,) = [w for w in near if abs(w.middle[1] - center[1]) < layer.spacing / 2]
            assert float(beside.text.replace("\N{MINUS SIGN}", "-")) == pytest.approx(
                float(biases[index]), abs=0.0051
            )
    assert shown == len(numbers) and (shown or run_name != "usual")
