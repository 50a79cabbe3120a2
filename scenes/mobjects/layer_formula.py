"""What a layer does, in one line of letters, with words for them."""

from __future__ import annotations

from collections.abc import Callable

from scenes.mobjects.formula import Formula
from scenes.mobjects.sum_line import SYMBOLS
from scenes.stage.layout import Area
from scenes.stage.theme import DARK, Theme

SIZE = 92.0  # type of the formula, where there is room for it
SHAPES = {"relu": "function_relu", "softmax": "function_softmax"}  # what functions of other shapes are called
BELOW = ("after", "weights", "biases")


class LayerFormula(Formula):
    """a' = σ(W a + b) in the middle of ``area``, with the symbol of the activation function ``kind``.

    Its parts are "after", "function", "weights", "before" and "biases"; ``names``, no part of it, are the words for
    them, which ``label`` gives by these names.
    """

    def __init__(self, kind: str, label: Callable[[str], str], *, area: Area, theme: Theme = DARK) -> None:
        named = {"after": "a'", "function": SYMBOLS[kind], "weights": "W", "before": "a", "biases": "b"}
        letters = {name: f"{{{{{letter} : {name}}}}}" for name, letter in named.items()}
        super().__init__(
            "{after} = {function}({weights} {before} + {biases})".format_map(letters), SIZE, theme=theme
        )
        area.fit(self, 1.0)
        above = {"function": label(SHAPES.get(kind, "function")), "before": label("before")}
        self.names = self.name_letters(above, {name: label(name) for name in BELOW}, within=area)
