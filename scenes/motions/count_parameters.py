"""Animations that count a network's weights and biases, and light the part that is counted."""

from __future__ import annotations

from collections.abc import Collection

from manim import Animation, FadeIn

from edgeglow.scenes.mobjects.network.network_diagram import NetworkDiagram
from edgeglow.scenes.mobjects.numbers.parameter_table import ParameterTableLine
from edgeglow.scenes.motions.number_steps import StepThroughValues

LIT, FAINT = 0.8, 0.12  # opacity of edges that are highlighted, and of the others


def highlight_gaps(diagram: NetworkDiagram, lit: Collection[int]) -> list[Animation]:
    """Light the edges of some gaps, and dim the others."""
    return [edges.animate.set_opacity(LIT if gap in lit else FAINT) for gap, edges in enumerate(diagram.edges)]


def count_up(line: ParameterTableLine) -> list[Animation]:
    """Fade in a line of the table, and count its number up from 0."""
    return [FadeIn(line.words), StepThroughValues(line.number, line.steps(), appear=True)]
