"""Animation that moves a drawn network to another place."""

from __future__ import annotations

from collections.abc import Sequence

from manim import Animation, AnimationGroup, Mobject, ReplacementTransform

from edgeglow.scenes.mobjects.network.network_diagram import NetworkDiagram


def transform_diagram(
    before: NetworkDiagram, after: NetworkDiagram, *more: tuple[Mobject, Mobject], numbers: bool = True
) -> Animation:
    """Transform every mark and word of one diagram into those of another diagram of the same network.

    ``more`` are other pairs of mobjects to transform; without ``numbers``, those of the last layer are not. The
    old mobjects leave the scene.
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
    """Return the pairs whose first mobject is not empty."""
    return [pair for pair in pairs if pair[0].get_family()[1:] or len(pair[0].points)]
