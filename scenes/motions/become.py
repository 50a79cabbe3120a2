"""Something large becomes a letter that stands for it."""

from __future__ import annotations

from manim import Animation, ReplacementTransform, Succession, VMobject, smooth

SECONDS = 1.8
WIDEST = 2.0  # so many times as wide as its letter may a block be when it turns into it


def become_letter(block: VMobject, letter: VMobject) -> Animation:
    """The block goes, never larger than it is, into the place of ``letter``, and there its marks turn into it: from
    then on the letter is on stage in its stead."""
    small = min(1.0, letter.height / block.height, WIDEST * letter.width / block.width)
    shrink = block.animate(run_time=0.65 * SECONDS, rate_func=smooth).scale(small).move_to(letter)
    turn = ReplacementTransform(block, letter, run_time=0.35 * SECONDS, rate_func=smooth)
    return Succession(shrink, turn)
