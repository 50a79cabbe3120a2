"""The weights of a neuron's edges are written in a row."""

from __future__ import annotations

from collections.abc import Iterable

from manim import Animation, FadeIn, LaggedStart, Mobject

from scenes.fields import LineField

FROM, TO = -0.15, 1.15  # a pulse of this length is not yet, or no more, on the edge
LENGTH, STRENGTH = 0.3, 2.0


def pulse_along(lines: LineField) -> Animation:
    """A pulse runs along the lines, once; they are to be seen nowhere else."""
    pulse = lines.set_pulse(FROM, length=LENGTH, strength=STRENGTH, base=0.0)
    run: Animation = pulse.animate(remover=True, introducer=True).set_pulse(
        TO, length=LENGTH, strength=STRENGTH
    )
    return run


def write_row(lines: LineField, numbers: Iterable[Mobject]) -> Animation:
    """A pulse runs along the edges into a neuron, ``lines``; as it arrives, the numbers appear in their places,
    one after another."""
    written = LaggedStart(*map(FadeIn, numbers), lag_ratio=0.3)
    return LaggedStart(pulse_along(lines), written, lag_ratio=0.7)
