"""Something large becomes a letter that stands for it."""

from __future__ import annotations

from manim import Animation, AnimationGroup, FadeIn, FadeOut, VMobject, smooth, squish_rate_func


def become_letter(block: VMobject, letter: VMobject) -> Animation:
    """The block shrinks into the place of ``letter`` and is gone when that appears, never much larger than itself."""
    into = FadeOut(
        block,
        target_position=letter.get_center(),
        scale=letter.height / block.height,
        rate_func=squish_rate_func(smooth, 0.0, 0.75),
    )
    return AnimationGroup(into, FadeIn(letter, rate_func=squish_rate_func(smooth, 0.55, 1.0)))
