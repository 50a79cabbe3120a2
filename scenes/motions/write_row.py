"""Animation that writes the weights of a neuron's edges in a row."""

from __future__ import annotations

from collections.abc import Iterable

from manim import Animation, FadeIn, LaggedStart, Mobject

from edgeglow.scenes.fields import LineField

FROM, TO = -0.15, 1.15  # at these positions a pulse of this length is outside the edge
LENGTH, STRENGTH = 0.3, 2.0


def pulse_along(lines: LineField) -> Animation:
    """Send a pulse along the lines once; apart from the pulse they are invisible."""
    pulse = lines.set_pulse(FROM, length=LENGTH, strength=STRENGTH, base=0.0)
    run: Animation = pulse.animate(remover=True, introducer=True).set_pulse(TO, length=LENGTH, strength=STRENGTH)
    return run


def write_row(lines: LineField, numbers: Iterable[Mobject]) -> Animation:
    """Send a pulse along the edges into a neuron, ``lines``; when it arrives, fade in the numbers one by one."""
    written = LaggedStart(*map(FadeIn, numbers), lag_ratio=0.3)
    return LaggedStart(pulse_along(lines), written, lag_ratio=0.7)
