"""The line of letters of every layer, one after the other, where they have different activation functions."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from manim import UP, FadeIn, FadeOut, Transform, VGroup, smooth, squish_rate_func

from scenes.mobjects.functions import ANY
from scenes.mobjects.layer_formula import LayerFormula
from scenes.stage.layout import Area
from scenes.stage.theme import SMALL

if TYPE_CHECKING:
    from scenes.stage.chapter import Chapter

SOON, LATE = squish_rate_func(smooth, 0.0, 0.4), squish_rate_func(smooth, 0.5, 1.0)


def tell_functions(chapter: Chapter, formula: LayerFormula, area: Area) -> LayerFormula:
    """The first layer's ``formula``, which is on stage, becomes that of each layer after it, with the number of that
    layer over it, and at last one with f for all of them, which is returned."""
    number = 2  # the inputs are the first layer
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
    """The line becomes that with another function, and ``words`` over it take the place of those ``told``."""
    formula = LayerFormula(function, chapter.label, area=area, theme=chapter.theme)
    new = VGroup()
    if words:
        new.add(chapter.theme.write(words, SMALL, chapter.theme.accent))
        new.next_to(VGroup(formula, formula.names), UP, buff=0.2)
    swap = [FadeOut(each) for each in told] + [FadeIn(each) for each in new]
    if formula.code == before.code:
        chapter.play(*swap, run_time=0.7)
        return before, new
    old, fresh = before.part("function"), formula.part("function")
    pairs = [(before.parts[name], formula.parts[name]) for name in before.parts if name != "function"]
    pairs += zip(before.names[1:], formula.names[1:], strict=True)
    gone, come = VGroup(old, before.names[0]), VGroup(fresh, formula.names[0])
    swap += [FadeOut(each, rate_func=SOON) for each in gone] + [FadeIn(each, rate_func=LATE) for each in come]
    chapter.play(*(Transform(*pair) for pair in pairs), *swap, run_time=0.8)
    chapter.remove(before, before.names, *before, *before.names, *come)  # as a whole, and in parts
    chapter.add(formula, formula.names)
    return formula, new
