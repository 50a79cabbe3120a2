"""The sums of the followed neuron for many examples, and their plot."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from edgeglow.scenes.mobjects.charts.neuron_activation import NeuronActivation
from edgeglow.scenes.mobjects.charts.sum_plot import PIN, SumPlot
from edgeglow.scenes.mobjects.text.function_names import SOFTMAX, range_of
from edgeglow.scenes.stage.chapter_selection import ChapterSelection
from edgeglow.scenes.style.layout import Area
from edgeglow.scenes.style.theme import Theme

MOST_DIGITS = 1000  # test digits in the plot; with more, single marks would be too small to see
MOVED = 1.2  # multiple of the sums' standard deviation by which the bias is raised and lowered
SOME = 0.1  # least share of all digits for which raising, or lowering, changes whether the neuron is lit
FINE = 0.12  # outline width of a small square, as a share of its side


def sums_of_neuron(cast: ChapterSelection, pixels: np.ndarray) -> np.ndarray:
    """Return the neuron's sums with the bias, (digits,), for ``pixels`` (digits, pixels).

    With softmax, its lead over the other neurons' sums instead (see ``NeuronActivation``).
    """
    sums = cast.run.network().sums(1, pixels).astype(np.float64)
    own = sums[:, cast.neuron]
    if cast.function(1) != SOFTMAX:
        return own
    others = np.delete(sums, cast.neuron, axis=1)
    return np.asarray(own - np.logaddexp.reduce(others, axis=1))


def build_sum_plot(cast: ChapterSelection, label: Callable[..., str], area: Area, theme: Theme) -> SumPlot:
    """Create the plot of these sums for the test digits in ``area``, with the film's digit marked."""
    run, kind, pixels = cast.run, cast.function(1), cast.run.examples[cast.main].pixels
    sums = sums_of_neuron(cast, run.test_digits.head(MOST_DIGITS).pixels)
    own = cast.neuron_total  # in the digits of the other chapters
    if kind == SOFTMAX:
        own = float(sums_of_neuron(cast, pixels[None])[0])
    few, most = np.quantile(sums, [SOME, 1 - SOME])
    reach = max(MOVED * float(sums.std()), -float(most), float(few), 1e-3)
    peak = float(np.max(np.abs(run.last.activations[1]), initial=0.0))
    neuron_activation = NeuronActivation(kind, cast.threshold(1), peak)
    ends = np.array([min(np.min(sums), own) - reach, max(np.max(sums), own) + reach])
    levels = zip(range_of(kind), neuron_activation.activation(ends), strict=True)
    low, top = (end if np.isfinite(end) else float(reached) for end, reached in levels)
    digit = cast.input_plane(0.82 * PIN, 0.82 * PIN, theme)
    if run.image_shape is None:
        digit.pixels.set_stroke(width=min(0.02, FINE * digit.cell))
    plain, full = ("lead", "lead") if kind == SOFTMAX else ("plain", "sum")
    return SumPlot(
        sums,
        own,
        digit.set_values(pixels).pixels,
        bias=cast.neuron_bias,
        reach=reach,
        neuron_activation=neuron_activation,
        levels=(low, top),
        area=area,
        names=(label(plain), label(full), label("counted"), label("activation")),
        bias_form=lambda bias: label("bias", bias=bias),
        theme=theme,
    )
