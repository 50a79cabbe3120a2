"""Animation that turns a large mobject into the letter that stands for it."""

from __future__ import annotations

from manim import Animation, ReplacementTransform, Succession, VMobject, smooth

SECONDS = 1.8
WIDEST = 2.0  # width of the shrunken block relative to its letter, at most


def transform_into_letter(block: VMobject, letter: VMobject) -> Animation:
    """Shrink a block, if needed, move it to the place of ``letter``, and transform it into the letter there.

    Afterwards the letter replaces the block in the scene.
    """
    small = min(1.0, letter.height / block.height, WIDEST * letter.width / block.width)
    shrink = block.animate(run_time=0.65 * SECONDS, rate_func=smooth).scale(small).move_to(letter)
    turn = ReplacementTransform(block, letter, run_time=0.35 * SECONDS, rate_func=smooth)
    return Succession(shrink, turn)
