"""Animations of the forward pass from one layer to the next."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import (
    Animation,
    AnimationGroup,
    Create,
    FadeIn,
    FadeOut,
    Group,
    LaggedStart,
    linear,
    smooth,
    squish_rate_func,
)

from edgeglow.scenes.fields import SquareField
from edgeglow.scenes.mobjects.network.network_diagram import NetworkDiagram
from edgeglow.scenes.mobjects.numbers.number_label import NumberLabel

STRETCH = 16  # the sum's trend, by which its pace is set, is that over this part of the drops
EVEN = 0.15  # share of the mean trend that every drop takes at least
NEAR = 0.2  # share of a drop's way before the first arrival during which the number fades in


def show_contributions(diagram: NetworkDiagram, gap: int, weights: np.ndarray, activations: np.ndarray) -> Animation:
    """Change the edges of a gap from their weights to weight × activation."""
    values, gain = diagram.flow(gap, weights, activations)
    return diagram.edges[gap].animate.set_values(values).set_gain(gain).set_opacity(1.0)


def play_layer_step(
    diagram: NetworkDiagram, gap: int, weights: np.ndarray, activations: np.ndarray, light: np.ndarray
) -> Animation:
    """Send a pulse along every edge of a gap, with the brightness of weight × activation.

    Behind it the edges show weight × activation; when it arrives, the next layer lights up. ``weights`` (targets,
    sources), ``activations`` (sources,) and ``light`` (targets,) are for all neurons, shown or not.
    """
    before = diagram.edges[gap]
    values, gain = diagram.flow(gap, weights, activations)
    after = before.copy().set_values(values).set_gain(gain).set_opacity(1.0).set_drawn(0.0, 0.0)
    diagram.replace_edges(gap, after)
    column = diagram.layers[gap]
    late = squish_rate_func(smooth, 0.55, 1.0)
    return AnimationGroup(
        FadeOut(before, rate_func=smooth),
        after.animate(rate_func=squish_rate_func(linear, 0.1, 0.9), introducer=True).set_drawn(0.0, 1.0),
        diagram.send_pulse(gap, weights, activations),
        column.discs.animate(rate_func=late).set_values(light[column.indices]),
    )


def show_answer(diagram: NetworkDiagram, outputs: np.ndarray) -> Animation:
    """Write the numbers of the last layer, ``outputs`` (outputs,), then mark the largest.

    The largest gets a ring; its name and number get the accent colour.
    """
    best = int(np.argmax(outputs))
    theme, (position,) = diagram.theme, np.flatnonzero(diagram.shown[-1] == best)
    labels = diagram.set_confidences(outputs).confidences
    for number, label in enumerate(labels):
        label.set_fill(theme.accent if number == position else theme.muted)
    ring, name = Create(diagram.put_ring(best)), diagram.names[position].animate.set_fill(theme.accent)
    write = LaggedStart(*map(FadeIn, labels), lag_ratio=0.05)
    return AnimationGroup(write, AnimationGroup(ring, name), lag_ratio=0.4)


def pace(amounts: np.ndarray) -> np.ndarray:
    """Return when to add each of ``amounts`` (n,), from 0 to 1, so that their sum can be followed.

    The time between two is proportional to how fast the sum changes around there, amounts that cancel each other out
    left aside.
    """
    width = max(1, len(amounts) // STRETCH)
    trend = np.abs(np.convolve(amounts, np.ones(width) / width, mode="same"))[: len(amounts)]
    times = np.cumsum(trend + EVEN * trend.mean())
    return np.asarray((times - times[0]) / max(times[-1] - times[0], 1e-12))


class SumDrops(Animation):
    """Animation of drops along their edges into one neuron, while a number sums up what has arrived.

    ``drops`` are at their starts, ``amounts`` (drops,) are their contributions; ``number`` is the sum of those that
    have arrived, ``total`` when all have, and fades in when the first one is near. The steeper the sum changes, the
    longer are the intervals between drops (see ``pace``). ``flight`` is the share of the time that each drop takes.
    """

    def __init__(
        self,
        drops: SquareField,
        number: NumberLabel,
        amounts: np.ndarray,
        total: float,
        goal: Sequence[float] | np.ndarray,
        flight: float = 0.24,
        **kwargs: float,
    ) -> None:
        self.drops = drops
        self.number = number
        self.sums = np.concatenate([[0.0], np.cumsum(amounts, dtype=np.float64)])
        self.sums[-1] = total
        self.origin = drops.centers
        self.goal = np.asarray(goal, dtype=np.float64)
        self.starts = (1.0 - flight) * pace(amounts)
        self.flight = flight
        super().__init__(Group(drops, number), rate_func=linear, introducer=True, **kwargs)

    def interpolate_mobject(self, alpha: float) -> None:
        near = 1.0 + (self.rate_func(alpha) - self.flight) / (NEAR * self.flight)
        self.number.set_fill(opacity=float(np.clip(near, 0.0, 1.0)))
        way = np.clip((self.rate_func(alpha) - self.starts) / self.flight, 0.0, 1.0)
        arrived = way >= 1.0 - 1e-9
        self.drops.set_centers(self.origin + way[:, None] * (self.goal - self.origin))
        self.drops.set_opacities(((way > 0.0) & ~arrived).astype(np.float32))
        self.number.set_value(float(self.sums[int(arrived.sum())]))
