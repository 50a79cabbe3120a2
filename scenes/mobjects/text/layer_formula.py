"""The formula of a layer, with words for its letters."""

from __future__ import annotations

from collections.abc import Callable

from edgeglow.scenes.mobjects.text.formula import Formula
from edgeglow.scenes.mobjects.text.function_names import ANY, BENT, common_shape, function_symbol
from edgeglow.scenes.style.layout import Area
from edgeglow.scenes.style.theme import DARK, Theme

SIZE = 92.0  # font size of the formula, if there is room
# labels of functions that do not squeeze
SHAPES = {"relu": "function_relu", "softmax": "function_softmax", BENT: "function_bent", ANY: "function_any"}
BELOW = ("after", "weights", "biases")


class LayerFormula(Formula):
    """The formula a' = σ(W a + b) in the middle of ``area``.

    ``kind`` is the name of the activation function, whose symbol is used, or ``ANY`` (f) for layers with
    different ones. Its parts are "after", "function", "weights", "before" and "biases"; ``names`` (not part of
    it) are the words for them, which ``label`` returns by these names.
    """

    def __init__(self, kind: str, label: Callable[[str], str], *, area: Area, theme: Theme = DARK) -> None:
        named = {
            "after": "a'",
            "function": ANY if kind == ANY else function_symbol(kind),
            "weights": "W",
            "before": "a",
            "biases": "b",
        }
        letters = {name: f"{{{{{letter} : {name}}}}}" for name, letter in named.items()}
        super().__init__("{after} = {function}({weights} {before} + {biases})".format_map(letters), SIZE, theme=theme)
        area.fit(self, 1.0)
        shape = ANY if kind == ANY else common_shape([kind])
        above = {"function": label(SHAPES.get(shape, "function")), "before": label("before")}
        self.names = self.name_letters(above, {name: label(name) for name in BELOW}, within=area)
