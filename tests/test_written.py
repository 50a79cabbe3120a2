"""Numbers add up as they are written, and none that is less looks like 1."""

from __future__ import annotations

import math

import numpy as np
import pytest
from casts import make_run
from hypothesis import given
from hypothesis import strategies as st
from written import read_number, tells, write_number

from edgeglow.lesson.run_facts import key_numbers, run_facts
from edgeglow.model.network.activations import parse_function
from edgeglow.model.network.network import Network
from edgeglow.model.run.run import Run
from edgeglow.model.text.shares import Share, format_share, percent
from edgeglow.scenes.mobjects.network.feature_column import FeatureColumn
from edgeglow.scenes.mobjects.numbers.number_label import NumberLabel
from edgeglow.scenes.mobjects.numbers.number_matrix import NumberMatrix
from edgeglow.scenes.mobjects.numbers.sum_line import SumLine
from edgeglow.scenes.script import load_script
from edgeglow.scenes.script.script_parts import fill_placeholders
from edgeglow.scenes.style.layout import Area
from edgeglow.scenes.style.number_format import WrittenSum, format_activation, format_number, format_output

PARTS = st.floats(-200, 200, allow_nan=False)


def adds_up(written: WrittenSum) -> bool:
    parts = (written.sum, written.bias, written.total)
    first, second, both = (read_number(write_number(part, "z.2f")) for part in parts)
    return round(100 * first) + round(100 * second) == round(100 * both)


@given(PARTS, PARTS)
def test_a_written_sum_adds_up_and_is_true(arrived: float, bias: float) -> None:
    written = WrittenSum.of(arrived, bias)
    assert adds_up(written)
    assert tells(write_number(written.total, "z.2f"), arrived + bias, 0.51)
    assert tells(write_number(written.bias, "z.2f"), bias, 0.51)
    assert tells(write_number(written.sum, "z.2f"), arrived, 1.01)


@pytest.mark.parametrize("hidden", ["sigmoid", "tanh", "relu", "leaky_relu:0.2"])
@pytest.mark.parametrize("sizes", [(784, 16, 16, 10), (784, 100, 10), (64, 10), (4, 8, 3)])
def test_sums_of_random_networks_add_up_as_they_are_drawn(hidden: str, sizes: tuple[int, ...]) -> None:
    """Rounded one by one, a part of them would not."""
    generator = np.random.default_rng(len(sizes))
    network = Network(sizes, hidden).randomise(generator)
    for bias in network.biases:
        bias[...] = generator.normal(0, 1, bias.shape)
    pixels = generator.random((40, sizes[0]), np.float32)
    arrived = pixels.astype(float) @ network.weights[0].astype(float).T
    naive = 0
    for row in arrived:
        for value, bias in zip(row, network.biases[0].astype(float), strict=True):
            assert adds_up(WrittenSum.of(value, bias))
            naive += round(value, 2) + round(bias, 2) != pytest.approx(round(value + bias, 2), abs=1e-9)
    assert naive > 0.1 * arrived.size


@pytest.mark.parametrize(("arrived", "bias"), [(-0.853, 2.668), (3.506, 0.055), (4.97, -0.96), (0.004, -0.0049)])
def test_the_line_of_a_sum_adds_up(arrived: float, bias: float) -> None:
    line = SumLine(WrittenSum.of(arrived, bias), 0.5, "sigmoid", area=Area(-3, -1, 3, 1), size=25)
    first, second, both = (read_number(part.text) for part in (line.sum, line.bias, line.both))
    assert round(first + second, 2) == both


@given(st.floats(0, 1, exclude_max=True))
def test_a_share_below_one_is_never_written_as_one_nor_as_nothing(share: float) -> None:
    for spec in (".1f", ".2f", "+z.2f", ".0%", ".1%", ".2%"):
        for value in (share, -share):
            text = format(Share(value), spec)
            number = float(text.lstrip("<>").rstrip("%")) / (100 if "%" in text else 1)
            assert abs(number) < 1
            assert math.isclose(number, value, abs_tol=0.1) and np.sign(number) == np.sign(value)


def test_whole_shares_are_written_as_wholes() -> None:
    assert [format_share(1.0), percent(1.0), percent(0.0), format_share(0.0)] == ["1.00", "100.0%", "0.0%", "0.00"]
    assert [percent(0.9363), percent(0.9997), percent(0.99996)] == ["93.6%", "99.97%", ">99.99%"]
    assert [percent(0.0004), percent(0.00004), format_share(-0.0004)] == ["0.04%", "<0.01%", ">-0.001"]


def test_numbers_of_unlike_length_stand_by_their_points() -> None:
    numbers = np.array([5.1, 150.0, -0.25, 1234.5])
    column = FeatureColumn(np.arange(4), ["a", "b", "c", "d"], np.full(4, 2000.0)).written_numbers(numbers)
    matrix = NumberMatrix(numbers[:, None], forms=[format_number])
    for labels in (list(column), [row[0] for row in matrix.numbers]):
        assert np.ptp([label.point for label in labels]) < 1e-9
        assert len({label.text.partition(".")[2] for label in labels}) > 2
    assert matrix.brackets.get_left()[0] < min(row[0].get_left()[0] for row in matrix.numbers)
    assert matrix.brackets.get_right()[0] > max(row[0].get_right()[0] for row in matrix.numbers)


def test_a_changing_number_keeps_its_point() -> None:
    label = NumberLabel(0.0, format_output, by_point=True)
    point = label.point
    for value in (0.31, 0.997, 0.99999, 0.001, -0.42, 1.0):
        assert label.set_value(value).point == pytest.approx(point, abs=1e-9)


def test_one_of_many_outputs_that_is_almost_nothing_is_not_written_out() -> None:
    assert [format_output(value) for value in (0.004, 0.0, -0.001, 0.997, 0.5)] == [
        "0.00",
        "0.00",
        "0.00",
        "0.997",
        "0.50",
    ]
    assert format_activation(0.004) == "0.004"


@pytest.mark.parametrize("kind", ["relu", "leaky_relu:0.2", "relu6", "sigmoid", "tanh", "gelu"])
@given(PARTS, PARTS)
def test_an_activation_fits_its_written_total(kind: str, arrived: float, bias: float) -> None:
    """What goes through unchanged has the same digits: 1.00 does not become 0.996, nor 0.00 become 0.004."""
    function, total = parse_function(kind), arrived / 50 + bias / 50
    activation = np.zeros(1)
    Network((1, 1, 2), kind).activate(1, np.array([total]), activation)
    is_share = kind in ("sigmoid", "tanh")
    written = WrittenSum.of(arrived / 50, bias / 50)
    shown = format_activation(written.activation(float(activation[0]), is_share)).replace("-", "\N{MINUS SIGN}")
    assert tells(shown, float(activation[0]), 0.5 if is_share else 0.51)
    if "relu" in kind and 0 <= total <= 6:
        assert shown == write_number(written.total, "z.2f")
    elif "relu" in kind and total < 0 and not function.parameter:
        assert shown == "0.00"


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_sentences_round_no_share_to_one(lang: str) -> None:
    script = load_script(lang)
    for sure in (0.9971, np.float32(0.9971)):
        assert "0.997" in script.line("pixel_flow", "answer", answer="9", confidence=sure)
    assert "1.00" in script.line("pixel_flow", "answer", answer="9", confidence=1.0)
    assert "99.98%" in script.line("weights", "yet", accuracy=0.9998)
    assert "\N{MINUS SIGN}0.96" in script.line("bias", "trained", bias=-0.96)
    assert "\N{MINUS SIGN}1" in script.line("neurons", "scale", "tanh")
    assert "0.004" in script.line(
        "pixel_flow", "hard", label="4", answer="9", confidence=0.99, second="4", doubt=0.004
    )
    assert script.label("bias", "bias", bias=0.996).endswith("+1.00"), "a bias is no share"


def test_numbers_on_screen_have_minus_signs() -> None:
    assert NumberLabel(-1.5).text == "\N{MINUS SIGN}1.50"
    assert NumberLabel(-0.001).text == "0.00"


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_lessons_round_no_share_to_one(lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Key numbers and texts of the page, the worksheet and the slides, which all come from one place."""
    run, script = make_run("tiny"), load_script(lang)
    said = {}
    for accuracy in (0.99996, 1.0):
        monkeypatch.setattr(Run, "accuracy", property(lambda self, value=accuracy: value))
        facts = run_facts(run, script)
        numbers = [number.value for number in key_numbers(run, script)]
        said[accuracy] = [*numbers, fill_placeholders("here", "{accuracy:.1%} {accuracy:.0%}", facts)]
    assert not [text for text in said[0.99996] if "100" in text]
    assert [text for text in said[1.0] if "100" in text]
