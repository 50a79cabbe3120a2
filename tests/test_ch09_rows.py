"""The matrix of a network that reads named numbers: whatever their sizes, what is written is what they are."""

from __future__ import annotations

import numpy as np
import pytest
from abroad import random_run
from layout import faults
from shot import Shot, Writing
from stage import CHAPTERS, Performance, perform, play
from truth import forward, said
from written import read_number, tells

from edgeglow.scenes.mobjects.numbers.layer_equation import MatrixExcerpt
from edgeglow.scenes.style.number_format import column_format, format_number, format_with_power

every_row = pytest.mark.parametrize("run_name", ["rows", "columns"])
every_frame = pytest.mark.parametrize("aspect", ["16:9", "1:1", "9:16"])


def row(played: Performance) -> np.ndarray:
    return played.run.examples[played.chapter.cast.main].pixels.astype(np.float64)


def weights(played: Performance) -> np.ndarray:
    """Of the neuron that is told of."""
    return played.run.last.weights[0][played.chapter.cast.neuron].astype(np.float64)


def columns(shot: Shot) -> list[int]:
    """The inputs whose numbers, counted from 1, stand over the matrix, from the left."""
    heads = [w for w in shot.words if w.text.isdigit() and w.value is None]
    return [int(head.text) - 1 for head in sorted(heads, key=lambda writing: writing.middle[0])]


def near(written: Writing, value: float, part: float) -> bool:
    """Is this number the value, to so small a part of it?"""
    return abs(read_number(written.text) - value) <= part * abs(value) + 1e-12


@every_row
@every_frame
def test_the_numbers_of_the_row_are_in_the_column_to_four_figures(run_name: str, aspect: str) -> None:
    played = perform("Matrix", run_name, aspect=aspect)
    shot = played.shot("column")
    values = row(played)[columns(shot)]
    right = played.chapter.equation.matrix.get_right()[0]
    column = [w for w in shot.words if w.value is not None and w.box[0] > right]
    column.sort(key=lambda writing: -writing.middle[1])
    assert len(column) == len(values)
    assert all(near(*pair, 0.0005) for pair in zip(column, values, strict=True))


@every_row
@every_frame
def test_the_largest_weight_of_a_column_shows_two_figures_at_least(run_name: str, aspect: str) -> None:
    played = perform("Matrix", run_name, aspect=aspect)
    shot, equation = played.shot("rows"), played.chapter.equation
    assert columns(shot) == equation.excerpt.columns.tolist()
    every = played.run.last.weights[0]
    for place, column in enumerate(equation.excerpt.columns):
        labels = [labels[place] for labels in equation.matrix.numbers]
        true = every[equation.excerpt.rows, column].astype(np.float64)
        largest = int(np.argmax(np.abs(true)))
        shown = np.array([read_number(label.text) for label in labels])
        assert shown[largest] == pytest.approx(true[largest], rel=0.05)
        np.testing.assert_allclose(shown, true, atol=0.05 * abs(true[largest]))
        assert len({len(label.text.partition(".")[2]) for label in labels}) == 1, "points not under each other"


@every_row
@every_frame
def test_lamps_edges_and_frame_belong_to_the_inputs_written(run_name: str, aspect: str) -> None:
    played = perform("Matrix", run_name, aspect=aspect)
    shot, cast = played.shot("column"), played.chapter.cast
    inputs = columns(shot)
    rows = np.concatenate([played.run.test_digits.pixels, played.run.last.activations[0]])
    parts = row(played) / np.abs(rows).max(axis=0)
    (squares,) = [s for s in shot.squares if s.roundness == 0]
    np.testing.assert_allclose(squares.values, parts[inputs], rtol=1e-4)
    (plane,) = [s for s in shot.squares if s.roundness == 1 and np.allclose(s.values[:1], parts[cast.inputs][:1])]
    np.testing.assert_allclose(plane.values, parts[cast.inputs], rtol=1e-4)
    (lines,) = [
        lines for lines in shot.lines if len(lines.values) == len(inputs) and lines.gain > played.chapter.lines.gain
    ]
    np.testing.assert_allclose(lines.values, weights(played)[inputs], rtol=1e-5)
    places = [int(np.flatnonzero(cast.inputs == number)[0]) for number in inputs]
    np.testing.assert_allclose(lines.starts, plane.centers[places], atol=1e-9)
    assert shot.caption == said("en", "matrix", "column-rows")


@every_row
def test_the_sum_is_over_all_inputs_drawn_or_not(run_name: str) -> None:
    played = perform("Matrix", run_name)
    line, neuron = played.chapter.line, played.chapter.cast.neuron
    total = float(weights(played) @ row(played))
    assert tells(line.sum.text, total, 1.0)
    activation = forward(played.run, played.run.last, row(played))[1][neuron]
    assert line.activation.value == pytest.approx(float(activation), abs=1e-4)


@every_frame
def test_the_inputs_names_stay_while_they_can_be_read(aspect: str) -> None:
    played = perform("Matrix", "rows", aspect=aspect)
    names = [name.text for name in played.chapter.diagram.input_names]
    assert bool(names) == (aspect != "9:16")
    for beat in ("row", "column", "formula"):
        assert set(names) <= set(played.shot(beat).texts)
    assert not set(names) & set(played.shot("total").texts)


@pytest.mark.parametrize("beat", ["row", "rows", "column", "product", "bias", "formula", "layers", "total"])
def test_a_row_is_called_neither_picture_nor_digit(beat: str) -> None:
    for run_name in ("rows", "columns"):
        shot = perform("Matrix", run_name).shot(beat)
        told = " ".join([shot.caption, *shot.texts])
        assert not any(word in told for word in ("pixel", "picture", "digit")), told


@pytest.mark.parametrize(("inputs", "neurons"), [(1, 4), (3, 1), (2, 7), (7, 30)])
@pytest.mark.parametrize("aspect", [(1280, 720), (720, 1280)])
def test_every_number_of_inputs_and_neurons_is_told_right(inputs: int, neurons: int, aspect: tuple[int, int]) -> None:
    names = tuple(f"input {letter}" for letter in "abcdefg"[:inputs])
    run = random_run((inputs, neurons, 2), None, ("yes", "no"), "relu", 1, feature_names=names)
    played = play(CHAPTERS["Matrix"], run, pixel_width=aspect[0], pixel_height=aspect[1])
    assert not faults(played, "dark")
    written = columns(played.shot("row"))
    caption = played.shot("row").caption
    assert (f"Here are {len(written)}" in caption) == (1 < len(written) < inputs)
    assert ("Here is one" in caption) == (1 == len(written) < inputs)
    assert f"a matrix of {neurons} by {inputs} numbers" in played.shot("rows").caption
    assert ("no other neuron" in played.shot("rows").caption) == (neurons == 1)


def test_an_excerpt_is_of_inputs_drawn_next_to_each_other() -> None:
    drawn = np.array([1, 4, 5, 9])
    row = np.arange(10.0)[None]
    row[0, 8] = 1000.0  # not drawn
    excerpt = MatrixExcerpt.around(np.ones((3, 10)), row, 1, np.array([0, 1, 2]), 2, drawn)
    assert excerpt.columns.tolist() == [5, 9] and excerpt.places.tolist() == [2, 3]
    assert excerpt.column_breaks == [0, 1]


# -- figures ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0"),
        (5.1, "5.1"),
        (-293.7628, "-293.8"),
        (0.0624419, "0.06244"),
        (12345.6, "12,346"),
        (0.00002, "0.00002"),
        (-3.2e8, "-3.2·10⁸"),
        (2.34e-9, "2.3·10⁻⁹"),
    ],
)
def test_a_number_is_written_as_one_writes_it_down(number: float, text: str) -> None:
    assert format_number(number) == text
    assert format_number(float(np.float32(number))) == text


def test_numbers_under_each_other_have_the_decimals_that_the_largest_needs() -> None:
    assert [column_format(np.array([0.5, -12.25]))(number) for number in (0.5, -12.25, -0.001)] == [
        "0.50",
        "-12.25",
        "0.00",
    ]
    assert column_format(np.array([0.00028, 0.00001]))(0.00028) == "0.00028"
    assert column_format(np.array([-4321.4, 2.0]))(-4321.4) == "-4,321"
    assert column_format(np.array([3.2e-8]))(3.2e-8) == "3.2·10⁻⁸"
    assert column_format(np.zeros(3))(0.0) == "0.00"


def test_whatever_its_size_a_number_written_is_near_to_it() -> None:
    for number in np.random.default_rng(1).normal(size=200) * 10.0 ** np.linspace(-12, 12, 200):
        for form in (format_number, column_format(np.array([number])), format_with_power):
            text = form(number)
            mantissa, _, power = text.replace(",", "").partition("·10")
            raised = "".join(str("⁰¹²³⁴⁵⁶⁷⁸⁹".index(c)) if c != "⁻" else "-" for c in power) or "0"
            assert float(mantissa) * 10.0 ** int(raised) == pytest.approx(number, rel=0.051), text
            assert len(text) <= 12
