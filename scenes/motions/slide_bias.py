"""Animation of a neuron's bias, under the sums of many digits."""

from __future__ import annotations

from manim import Animation, Group

from edgeglow.scenes.fields import SquareField
from edgeglow.scenes.mobjects.charts.sum_plot import SumPlot
from edgeglow.scenes.mobjects.numbers.number_label import NumberLabel


class SlideBias(Animation):
    """Animation of the bias from its present value to another; all marks and ``count`` are updated in every frame.

    ``count`` may be None. ``neuron``, if given, is a single disc with the brightness for the marked digit.
    """

    def __init__(
        self,
        plot: SumPlot,
        bias: float,
        count: NumberLabel | None,
        neuron: SquareField | None = None,
        **kwargs: float,
    ) -> None:
        self.plot, self.count, self.neuron = plot, count, neuron
        self.ends = (plot.bias, bias)
        moving = plot if plot.is_lit else Group(plot.marks, plot.pin)  # all that is seen before the curve is
        super().__init__(Group(moving, *(part for part in (count, neuron) if part is not None)), **kwargs)

    def interpolate_mobject(self, alpha: float) -> None:
        part = self.rate_func(alpha)
        self.plot.set_bias((1 - part) * self.ends[0] + part * self.ends[1])
        if self.count is not None:
            self.count.set_value(self.plot.lit)
        if self.neuron is not None:
            self.neuron.set_values(self.plot.own_light)
