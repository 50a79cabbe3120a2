"""What a network has is counted, while the part that is being counted is lit."""

from __future__ import annotations

from collections.abc import Collection

from manim import Animation, FadeIn

from scenes.mobjects.network_diagram import NetworkDiagram
from scenes.mobjects.tally import TallyLine
from scenes.motions.run_through import RunThrough

LIT, FAINT = 0.8, 0.12  # opacity of edges that are spoken of, and of the others


def light_gaps(diagram: NetworkDiagram, lit: Collection[int]) -> list[Animation]:
    """The edges of these gaps are lit, the others faint."""
    return [
        edges.animate.set_opacity(LIT if gap in lit else FAINT) for gap, edges in enumerate(diagram.edges)
    ]


def count_up(line: TallyLine) -> list[Animation]:
    """A line of a tally appears, and its number counts from 0 to what it is."""
    return [FadeIn(line.words), RunThrough(line.number, line.steps(), appear=True)]
