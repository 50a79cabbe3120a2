"""Formulas: their parts by name, and what is said when typst cannot read one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from manim import tempconfig

from edgeglow.model.errors import EdgeglowError
from edgeglow.scenes.mobjects.text.formula import REST, Formula, shapes
from edgeglow.scenes.style.theme import DRAWN_AT, LIGHT

LAYER = "{{a' : next}} = {{sigma : squash}}({{W : weights}} {{a : before}} + {{b : biases}})"


def test_parts_stand_in_the_order_of_the_formula() -> None:
    formula = Formula(LAYER)
    places = [formula.part(name).get_x() for name in ("next", "squash", "weights", "before", "biases")]
    assert places == sorted(places)
    rest = formula.rest
    assert rest.get_left()[0] > formula.part("next").get_left()[0]
    assert rest.get_right()[0] > formula.part("biases").get_right()[0], "the closing bracket has no name"


def test_a_part_is_all_its_letters_in_one_shape() -> None:
    formula = Formula("{{a : one}} + {{a + b : more}}")
    assert formula.part("more").width > 3 * formula.part("one").width
    assert all(not part.submobjects for part in formula.parts.values())


def test_an_inner_group_owns_its_letters() -> None:
    formula = Formula("{{x + {{y : inner}} : outer}}")
    assert formula.part("inner").get_left()[0] > formula.part("outer").get_right()[0]
    assert len(formula.rest.points) == 0


def test_size_and_color_are_as_asked() -> None:
    small, large = Formula("W a", 20.0), Formula("W a", 40.0, LIGHT.accent, LIGHT)
    assert large.width == pytest.approx(2 * small.width)
    assert large.rest.get_fill_color() == LIGHT.accent
    assert Formula("W a", theme=LIGHT).rest.get_fill_color() == LIGHT.text


def test_the_bar_of_a_fraction_has_an_area() -> None:
    bar = shapes("1/2")[REST][-16:]  # four sides, four points each
    low, high = bar.min(axis=0), bar.max(axis=0)
    assert 0 < high[1] - low[1] < 0.1 * DRAWN_AT / 96 < high[0] - low[0]


def test_nothing_is_left_on_disk(tmp_path: Path) -> None:
    with tempconfig({"media_dir": str(tmp_path)}):
        fresh = shapes.__wrapped__("W a + b")
    np.testing.assert_array_equal(fresh[REST], shapes("W a + b")[REST])
    assert not list(tmp_path.rglob("*.svg")) and not list(tmp_path.rglob("*.typ"))


def test_an_unknown_part_is_told_with_those_there_are() -> None:
    with pytest.raises(EdgeglowError, match=r"there is no part 'bias'; named are before, biases, next"):
        Formula(LAYER).part("bias")


def test_what_typst_cannot_read_is_told_in_one_line() -> None:
    with pytest.raises(EdgeglowError, match=r"^formula 'foo\(': typst cannot read it: .+$"):
        Formula("foo(")
