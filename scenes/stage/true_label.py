"""The true class of an example, written at the inputs."""

from __future__ import annotations

from collections.abc import Sequence

from manim import DOWN, RIGHT, UP, Animation, FadeIn, FadeOut, Mobject, VGroup

from edgeglow.scenes.mobjects.network.feature_column import FeatureColumn
from edgeglow.scenes.mobjects.network.network_diagram import NetworkDiagram
from edgeglow.scenes.mobjects.text.fit_text import write_fitting
from edgeglow.scenes.style.layout import Area
from edgeglow.scenes.style.theme import TextLine, Theme

GAP = 0.08  # between the words and the next layer, in scene units
OVER_PIXELS = 0.06  # between a turned picture and the words above it


class TrueLabel:
    """Words below the inputs of a diagram, or above them in a tall frame, in place of the layer's note or name.

    ``name`` is the layer's name, ``note`` the count of inputs drawn, if not all are. The animations that ``tell``
    and ``forget`` return must be played.
    """

    def __init__(
        self, diagram: NetworkDiagram, name: Mobject, note: Mobject | None, stage: Area, theme: Theme
    ) -> None:
        self.diagram, self.stage, self.theme = diagram, stage, theme
        self.note = note
        self.hidden = VGroup(*([note] if note else []), *([name] if diagram.is_tall else []))
        self.words: TextLine | None = None

    def tell(self, words: str) -> Sequence[Animation]:
        (self.words,) = write_fitting(self.theme, [words], self._room)
        self._place(self.words)
        gone = [part.animate.set_opacity(0.0) for part in self.hidden]
        return [*gone, FadeIn(self.words, shift=0.1 * UP)]

    @property
    def _room(self) -> float:
        """Largest width of the words: in a wide frame the next layer's neurons are beside them."""
        if self.diagram.is_tall:
            return self.stage.width
        return float(self.diagram.layers[0].get_left()[0]) - GAP - self.stage.left

    def forget(self) -> Sequence[Animation]:
        if self.words is None:
            return []
        gone, self.words = FadeOut(self.words), None
        return [gone, *(part.animate.set_opacity(1.0) for part in self.hidden)]

    def _place(self, words: TextLine) -> None:
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
