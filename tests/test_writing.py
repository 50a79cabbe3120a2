"""What is written in rows: matrices, tallies, cards, numbers that run through others."""

from __future__ import annotations

import numpy as np
import pytest
from manim import WHITE, Scene, tempconfig
from stage import SETTINGS

from edgeglow.scenes.mobjects.numbers.layer_equation import LayerEquation, MatrixExcerpt
from edgeglow.scenes.mobjects.numbers.number_label import NumberLabel
from edgeglow.scenes.mobjects.numbers.number_matrix import NumberMatrix
from edgeglow.scenes.mobjects.numbers.parameter_table import build_parameter_table
from edgeglow.scenes.mobjects.numbers.sum_line import SumLine, format_added
from edgeglow.scenes.mobjects.text.card import Card
from edgeglow.scenes.motions.number_steps import StepThroughValues
from edgeglow.scenes.style.layout import Area, layout_of
from edgeglow.scenes.style.number_format import WrittenSum
from edgeglow.scenes.style.theme import DARK, LIGHT

VALUES = np.array([[0.5, -12.25, 0.004], [-0.004, 1.0, 2.0]])


def test_the_numbers_of_a_matrix_stand_in_rows_and_by_their_points_in_columns() -> None:
    matrix = NumberMatrix(VALUES, row_breaks=[2], column_breaks=[0, 2])
    for row in matrix.numbers:
        assert np.ptp([label.base_line for label in row]) < 1e-9
    for column in zip(*matrix.numbers, strict=True):
        assert np.ptp([label.point for label in column]) < 1e-9
    assert [[label.text for label in row] for row in matrix.numbers] == [
        ["0.50", "−12.25", "0.00"],
        ["0.00", "1.00", "2.00"],
    ]
    assert matrix.numbers[0][0].base_line > matrix.numbers[1][0].base_line
    left, right = matrix.brackets
    assert left.get_right()[0] < matrix.dots[0].get_left()[0]
    assert right.get_left()[0] > matrix.numbers[0][-1].get_right()[0]


def test_dots_stand_where_numbers_are_left_out() -> None:
    matrix = NumberMatrix(VALUES, row_breaks=[2], column_breaks=[0, 2])
    first = matrix.dots[0]
    assert first.get_left()[0] < matrix.numbers[0][0].get_left()[0]
    assert matrix.numbers[0][1].get_right()[0] < first.get_right()[0] < matrix.numbers[0][2].get_left()[0]
    assert matrix.breaks.get_top()[1] < matrix.numbers[1][0].base_line
    whole = NumberMatrix(VALUES)
    assert not len(whole.breaks.get_all_points()) and not any(len(dots.points) for dots in whole.dots)


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_a_lit_row_has_the_hues_of_its_signs(theme: object) -> None:
    assert theme in (DARK, LIGHT)
    matrix = NumberMatrix(VALUES, theme=theme).light(0)  # type: ignore[arg-type]
    one, two, three = (label.get_fill_color() for label in matrix.numbers[0])
    assert one == three != two
    duller = [label.get_fill_color() for label in matrix.numbers[1]]
    assert duller[0] != duller[1] == duller[2] and not {one, two} & set(duller)


def test_an_excerpt_stays_in_one_row_of_the_picture() -> None:
    """The strongest pixels end one row and begin the next: they are not beside each other."""
    picture = np.zeros((3, 4))
    picture[0, 3] = picture[1, 0] = 1.0
    picture[1, 1] = 0.5
    excerpt = MatrixExcerpt.around(np.ones((2, 12)), picture, 1, np.array([0, 1]), 2)
    assert excerpt.columns.tolist() == [4, 5] and excerpt.row == 1
    assert excerpt.column_breaks == [0, 2] and excerpt.row_breaks == []
    wide = MatrixExcerpt.around(np.ones((2, 12)), picture, 1, np.array([1]), 9)
    assert len(wide.columns) == 4 and wide.row_breaks == [0]


def test_an_equation_fits_its_area_in_as_large_a_type_as_there_is_room_for() -> None:
    weights, picture = np.arange(80.0).reshape(5, 16) / 80, np.ones((4, 4))
    build = {"neuron": 2, "rows": np.arange(1, 4), "head": "pixel"}
    sizes, counts = [], []
    for width in (3.9, 5.5, 7.5, 9.5):
        area = Area(-width / 2, -1.5, width / 2, 1.5)
        equation = LayerEquation.fitting(area, weights, picture, np.zeros(5), **build)  # type: ignore[arg-type]
        assert equation.width <= area.width + 1e-9 and equation.height <= area.height + 1e-9
        sizes.append(equation.matrix.size)
        counts.append(len(equation.excerpt.columns))
    assert sizes == sorted(sizes) and sizes[0] < sizes[-1]
    assert counts[0] < counts[-1] == 4, "all pixels that a row of the picture has"


def test_a_sum_line_says_what_is_added_and_what_becomes_of_it() -> None:
    area = Area(-3, -1, 3, 1)
    line = SumLine(WrittenSum.of(7.68, -0.04), 0.9995, "sigmoid", area=area, size=25)
    assert [part.text for part in line] == ["7.68", "− 0.04", "=", "7.64"]
    assert line.activation.text == ">0.999"
    np.testing.assert_allclose(line.get_center(), area.center, atol=1e-9)
    assert format_added(0.86) == "+ 0.86" and format_added(-0.001) == "+ 0.00"


def words(name: str, **facts: object) -> str:
    return f"{name} {facts['count']}" if facts else name


@pytest.mark.parametrize(
    ("sizes", "counts", "first", "terms"),
    [
        ((784, 16, 16, 10), [12_544, 256, 160, 42], "784 × 16", "16 + 16 + 10"),
        ((49, 10), [490, 10], "49 × 10", "1 × 10"),
        ((49, 1200, 10), [58_800, 12_000, 1210], "49 × 1,200", "1,200 + 10"),
        ((35, 9, 8, 7, 6, 3), [315, 72 + 56 + 42 + 18, 33], "35 × 9", "9 + … + 3"),
    ],
)
def test_a_tally_counts_every_weight_and_bias(
    sizes: tuple[int, ...], counts: list[int], first: str, terms: str
) -> None:
    table = build_parameter_table(sizes, words, width=3.0, size=20.0)
    assert [line.entry.count for line in table.lines] == counts
    assert table.sum.entry.count == sum(counts)
    assert table.lines[0].words.text == first and table.lines[-1].words.text == terms
    assert all(line.number.text == f"{line.entry.count:,}" for line in (*table.lines, table.sum))
    rights = [line.number.get_right()[0] for line in (*table.lines, table.sum)]
    assert np.ptp(rights) < 1e-9 and rights[0] == pytest.approx(3.0)
    steps = table.lines[0].steps(7)
    assert steps[0] == 0 and steps[-1] == counts[0] and (np.diff(steps) >= 0).all()


def test_a_card_breaks_what_is_too_long_for_it() -> None:
    card = Card("Title", [("name", "short"), ("layers", "784-16-16-16-16-16-10"), ("kind", "two words")], width=2.7)
    lines = [[line.text for line in lines] for _, lines in card.entries]
    assert lines[0] == ["short"] and len(lines[1]) > 1 and "".join(lines[1]) == "784-16-16-16-16-16-10"
    assert card.width <= 2.7 + 1e-9
    assert card.text.startswith("Title name short layers 784-")
    assert np.ptp([values[0].get_left()[0] for _, values in card.entries]) < 0.05


@pytest.mark.parametrize("size", [(1280, 720), (720, 720), (720, 1280)])
def test_room_beside_the_stage_is_as_large_as_asked_when_it_is_seen(size: tuple[int, int]) -> None:
    layout = layout_of(*size)
    target, free, scale = layout.with_room(3.0, 2.0)
    stage = layout.stage
    assert target.width / stage.width == pytest.approx(scale) == target.height / stage.height
    assert free.width / scale >= 3.0 - 1e-9 and free.height / scale >= 2.0 - 1e-9
    assert free.left >= stage.right or free.top <= stage.bottom, "over the stage"
    assert target.left <= min(stage.left, free.left) and target.right >= max(stage.right, free.right) - 1e-9
    assert target.top >= max(stage.top, free.top) - 1e-9 and target.bottom <= min(stage.bottom, free.bottom) + 1e-9


def test_a_number_runs_through_what_was_measured_and_nothing_else() -> None:
    values = np.array([3.0, 1.5, 2.25, 8.0])
    number = NumberLabel(8.0, color=WHITE)
    motion = StepThroughValues(number, values, appear=True)
    motion.begin()
    seen = []
    for alpha in np.linspace(0, 1, 31):
        motion.interpolate(alpha)
        seen.append(number.value)
    assert list(dict.fromkeys(seen)) == values.tolist()
    motion.interpolate(0.0)
    assert number.get_fill_opacity() == 0
    motion.interpolate(1.0)
    assert number.get_fill_opacity() == 1
    with tempconfig(SETTINGS):
        scene = Scene()
        scene.play(StepThroughValues(number, values, appear=True))
    assert number in scene.mobjects and number.text == "8.00"
