"""The layer formula for every layer in turn, if they have different activation functions."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from manim import UP, FadeIn, FadeOut, Transform, VGroup, smooth, squish_rate_func

from edgeglow.scenes.mobjects.text.function_names import ANY
from edgeglow.scenes.mobjects.text.layer_formula import LayerFormula
from edgeglow.scenes.style.layout import Area
from edgeglow.scenes.style.theme import SMALL

if TYPE_CHECKING:
    from edgeglow.scenes.stage.chapter import Chapter

SOON, LATE = squish_rate_func(smooth, 0.0, 0.4), squish_rate_func(smooth, 0.5, 1.0)


def play_function_formulas(chapter: Chapter, formula: LayerFormula, area: Area) -> LayerFormula:
    """Transform the first layer's ``formula`` into that of each later layer in turn, with the layer's number.

    At the end it is a formula with f for all of them, which is returned.
    """
    number = 2  # the inputs are layer 1
    told = VGroup()
    for name, alike in groupby(chapter.run.functions):
        last = number + len(list(alike)) - 1
        facts = {"number": number} if last == number else {"first": number, "last": last}
        words = chapter.label("layer" if last == number else "layers", **facts)
        formula, told = _changed(chapter, formula, name, area, words, told)
        chapter.wait(0.7)
        number = last + 1
    return _changed(chapter, formula, ANY, area, "", told)[0]


def _changed(
    chapter: Chapter, before: LayerFormula, function: str, area: Area, words: str, told: VGroup
) -> tuple[LayerFormula, VGroup]:
    """Transform the formula into one with another function, and replace the words ``told`` above it by ``words``."""
    formula = LayerFormula(function, chapter.label, area=area, theme=chapter.theme)
    new = VGroup()
    if words:
        new.add(chapter.theme.write(words, SMALL, chapter.theme.accent))
        new.next_to(VGroup(formula, formula.names), UP, buff=0.2)
    swap = [FadeOut(each, rate_func=SOON) for each in told] + [FadeIn(each, rate_func=LATE) for each in new]
    if formula.code == before.code:
        chapter.play(*swap, run_time=0.7)
        return before, new
    old, fresh = before.part("function"), formula.part("function")
    pairs = [(before.parts[name], formula.parts[name]) for name in before.parts if name != "function"]
    pairs += zip(before.names[1:], formula.names[1:], strict=True)
    gone, come = VGroup(old, before.names[0]), VGroup(fresh, formula.names[0])
    swap += [FadeOut(each, rate_func=SOON) for each in gone] + [FadeIn(each, rate_func=LATE) for each in come]
    chapter.play(*(Transform(*pair) for pair in pairs), *swap, run_time=0.8)
    chapter.remove(before, before.names, *before, *before.names, *come)  # as wholes and as parts
    chapter.add(formula, formula.names)
    return formula, new
