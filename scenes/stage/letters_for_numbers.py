"""The numbers of a layer give way to the letters that stand for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from manim import LEFT, RIGHT, Animation, FadeIn, FadeOut, Mobject, VGroup, VMobject, smooth, squish_rate_func

from edgeglow.scenes.mobjects.numbers.layer_equation import LayerEquation
from edgeglow.scenes.mobjects.numbers.number_matrix import NumberMatrix
from edgeglow.scenes.mobjects.text.layer_formula import LayerFormula

if TYPE_CHECKING:
    from edgeglow.scenes.stage.chapter import Chapter

AROUND = 0.12  # between a letter and its brackets
TALLER = 1.5  # height of the brackets, as a multiple of the letter's
SOON, LATE = squish_rate_func(smooth, 0.0, 0.4), squish_rate_func(smooth, 0.4, 1.0)


def put_letters_for_numbers(
    chapter: Chapter, equation: LayerEquation, result: VGroup, formula: LayerFormula, *others: Mobject
) -> None:
    """Replace every block of an equation by its letter where it is, the main row last, then join the letters.

    ``result`` ends with the neuron's activation, which gives way to that of the whole layer; ``others`` belong to the
    numbers and vanish with them. Nothing is drawn smaller than it was.
    """
    matrix, main = equation.matrix, equation.excerpt.row
    blocks = {"weights": matrix, "before": equation.column, "biases": equation.shift_by}
    homes = {name: formula.part(name).get_center() for name in (*blocks, "after")}
    rows = [matrix.row(number) for number in range(len(matrix.numbers)) if number != main]
    away = [*rows, matrix.breaks, equation.heads, *equation.called, *result[:-1], *others]
    chapter.play(*(FadeOut(part) for part in away if _is_drawn(part)), run_time=0.7)
    letter = formula.part("after").move_to(result[-1])
    swap = [FadeOut(result[-1], rate_func=SOON), FadeIn(letter, rate_func=LATE)]
    for name, block in blocks.items():
        left = (
            block.row(main) if block is matrix else VGroup(*map(block.row, range(len(block.numbers))), block.breaks)
        )
        swap += [FadeOut(part, rate_func=SOON) for part in left if _is_drawn(part)]
        swap += _letter_in_brackets(block, formula.part(name).move_to(block))
    chapter.play(*swap, run_time=1.4)
    chapter.wait(0.4)
    brackets = (block.brackets for block in blocks.values())
    chapter.play(
        *(formula.part(name).animate.move_to(home) for name, home in homes.items()),
        FadeOut(equation.plus, *brackets, rate_func=SOON),
        FadeIn(formula.rest, formula.part("function"), rate_func=LATE),
        run_time=1.4,
    )
    chapter.remove(equation, *equation.get_family())
    chapter.remove(*formula.parts.values())
    chapter.add(formula)


def _letter_in_brackets(block: NumberMatrix, letter: VMobject) -> list[Animation]:
    """Fade in ``letter``, while the brackets of a block close around it."""
    closing = []
    for bracket, side in zip(block.brackets, (LEFT, RIGHT), strict=True):
        closed = bracket.copy().stretch_to_fit_height(TALLER * letter.height).next_to(letter, side, buff=AROUND)
        closing.append(bracket.animate(rate_func=LATE).become(closed))
    return [FadeIn(letter, rate_func=LATE), *closing]


def _is_drawn(part: Mobject) -> bool:
    return len(part.get_all_points()) > 0 if isinstance(part, VMobject) else True
