"""What happens on the way from one layer to the next."""

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

from scenes.fields import SquareField
from scenes.mobjects.network_diagram import NetworkDiagram
from scenes.mobjects.number_label import NumberLabel

NEAR = 0.2  # of a drop's way: so much before the first arrives, the number begins to appear


def come_to_carry(
    diagram: NetworkDiagram, gap: int, weights: np.ndarray, activations: np.ndarray
) -> Animation:
    """The edges of a gap, which show their weights, come to show weight × activation."""
    values, gain = diagram.flow(gap, weights, activations)
    return diagram.edges[gap].animate.set_values(values).set_gain(gain).set_opacity(1.0)


def pass_light(
    diagram: NetworkDiagram, gap: int, weights: np.ndarray, activations: np.ndarray, light: np.ndarray
) -> Animation:
    """A pulse runs along every edge of a gap, as bright as what it carries. Behind it the edges show what
    they carry, and when it arrives the next layer lights up.

    ``weights`` (targets, sources), ``activations`` (sources,), ``light`` (targets,): of all neurons, shown or not.
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


def tell_answer(diagram: NetworkDiagram, outputs: np.ndarray) -> Animation:
    """The numbers of the last layer, ``outputs`` (outputs,), are written; then the greatest is ringed, and its name
    and number have the colour of attention."""
    best = int(np.argmax(outputs))
    theme, (position,) = diagram.theme, np.flatnonzero(diagram.shown[-1] == best)
    labels = diagram.set_confidences(outputs).confidences
    for number, label in enumerate(labels):
        label.set_fill(theme.accent if number == position else theme.muted)
    ring, name = Create(diagram.put_ring(best)), diagram.names[position].animate.set_fill(theme.accent)
    write = LaggedStart(*map(FadeIn, labels), lag_ratio=0.05)
    return AnimationGroup(write, AnimationGroup(ring, name), lag_ratio=0.4)


class Arrivals(Animation):
    """Drops run along their edges into one neuron, one after the other, and a number counts what has arrived.

    ``drops`` stand where they set out, ``amounts`` (drops,) are what each brings; ``number`` shows the sum of those
    that are there; it appears when the first comes near. The first come alone, the later ones ever closer behind each
    other. ``flight`` is the part of the time that a drop is on its way.
    """

    def __init__(
        self,
        drops: SquareField,
        number: NumberLabel,
        amounts: np.ndarray,
        goal: Sequence[float] | np.ndarray,
        flight: float = 0.24,
        **kwargs: float,
    ) -> None:
        self.drops = drops
        self.number = number
        self.sums = np.concatenate([[0.0], np.cumsum(amounts, dtype=np.float64)])
        self.origin = drops.centers
        self.goal = np.asarray(goal, dtype=np.float64)
        count = len(amounts)
        order = np.arange(count) / max(count - 1, 1)
        self.starts = (1.0 - flight) * order**0.5
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
