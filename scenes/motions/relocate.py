"""A drawn network goes to another place, and takes on what is drawn of it there."""

from __future__ import annotations

from collections.abc import Sequence

from manim import Animation, AnimationGroup, Mobject, ReplacementTransform

from scenes.mobjects.network_diagram import NetworkDiagram


def relocate(
    before: NetworkDiagram, after: NetworkDiagram, *more: tuple[Mobject, Mobject], numbers: bool = True
) -> Animation:
    """Every mark and word of one diagram moves to its place in another of the same network, and becomes as it is.

    ``more`` are other things that go along, each with what it becomes; without ``numbers`` those of the last
    layer do not. What stood there before leaves the stage.
    """
    pairs: list[tuple[Mobject, Mobject]] = [
        *zip(before.edges, after.edges, strict=True),
        (before.inputs, after.inputs),
        *zip(before.layers, after.layers, strict=True),
        (before.names, after.names),
    ]
    if numbers:
        pairs.append((before.confidences, after.confidences))
    return AnimationGroup(*(ReplacementTransform(*pair) for pair in _seen([*pairs, *more])))


def _seen(pairs: Sequence[tuple[Mobject, Mobject]]) -> list[tuple[Mobject, Mobject]]:
    """Without those in which there is nothing to be seen, such as notes that a network needs none of."""
    return [pair for pair in pairs if pair[0].get_family()[1:] or len(pair[0].points)]
