"""What an example really is, written at the first layer."""

from __future__ import annotations

from collections.abc import Sequence

from manim import DOWN, RIGHT, UP, Animation, FadeIn, FadeOut, Mobject, VGroup

from scenes.mobjects.feature_column import FeatureColumn
from scenes.mobjects.fitted import write_fitting
from scenes.mobjects.network_diagram import NetworkDiagram
from scenes.stage.layout import Area
from scenes.stage.theme import Theme, Words

GAP = 0.08  # scene units between the words and the next layer
OVER_PIXELS = 0.06  # scene units between a turned picture and what is written above it


class TrueName:
    """Words under the inputs of a diagram, or in a tall frame above them, where the layer's name stands; what is
    written there goes while they are told.

    ``name`` is the layer's, ``note`` says how many inputs are drawn, where it is not all. What ``tell`` and
    ``forget`` return is to be played.
    """

    def __init__(
        self, diagram: NetworkDiagram, name: Mobject, note: Mobject | None, stage: Area, theme: Theme
    ) -> None:
        self.diagram, self.stage, self.theme = diagram, stage, theme
        self.note = note
        self.hidden = VGroup(*([note] if note else []), *([name] if diagram.is_tall else []))
        self.words: Words | None = None

    def tell(self, words: str) -> Sequence[Animation]:
        (self.words,) = write_fitting(self.theme, [words], self._room)
        self._place(self.words)
        gone = [part.animate.set_opacity(0.0) for part in self.hidden]
        return [*gone, FadeIn(self.words, shift=0.1 * UP)]

    @property
    def _room(self) -> float:
        """How wide the words may be: in a wide frame they stand beside the next layer's neurons."""
        if self.diagram.is_tall:
            return self.stage.width
        return float(self.diagram.layers[0].get_left()[0]) - GAP - self.stage.left

    def forget(self) -> Sequence[Animation]:
        if self.words is None:
            return []
        gone, self.words = FadeOut(self.words), None
        return [gone, *(part.animate.set_opacity(1.0) for part in self.hidden)]

    def _place(self, words: Words) -> None:
        inputs = self.diagram.inputs
        if self.diagram.is_tall:
            words.move_to(self.hidden[-1])
            low = float(inputs.get_top()[1]) + OVER_PIXELS
            words.shift(UP * max(0.0, low - float(words.get_bottom()[1])))
        elif self.note is not None:
            words.move_to(self.note)
        else:
            words.next_to(inputs, DOWN, buff=0.12)
        if not self.diagram.is_tall and isinstance(inputs, FeatureColumn):  # its names are at its left, too
            words.shift(RIGHT * min(0.0, float(inputs.get_right()[0] - words.get_right()[0])))
        words.shift(RIGHT * max(0.0, self.stage.left - float(words.get_left()[0])))
