"""The sums of one neuron for many digits on a number line, and above it the activation function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Dot, Group, Line, VGroup, VMobject

from edgeglow.scenes.fields import SquareField
from edgeglow.scenes.mobjects.charts.neuron_activation import NeuronActivation
from edgeglow.scenes.mobjects.numbers.number_label import NumberLabel
from edgeglow.scenes.style.layout import Area
from edgeglow.scenes.style.number_format import DECIMALS, with_minus
from edgeglow.scenes.style.theme import DARK, LABEL, NUMBER, SMALL, STILL, Theme

PIN = 0.95  # scene units above the plot, for the digit marked at its sum
TICKS = 0.42  # below the line, for its numbers
SLIDER = 0.78  # below these, for the bias
TITLE = 0.4  # above each of the two parts, for what is measured in it
CURVE = 0.42  # height of the curve's part, as a share of what is left for both
BENDS = 4.0  # the curve bends most within this distance from 0
BESIDE = 0.12  # between the level numbers and the curve
APART = 0.26  # least distance between two level numbers
LEVELS = 0.45  # at the left, for the level numbers
FULL = 0.94  # height of the highest column, as a share of its part's height
LARGEST_MARK = 0.2
AWAY = 0.12  # between the marked digit and its number


class SumPlot(Group):
    """A plot of sums: each digit is a small square at its sum; digits with about the same sum are stacked.

    The stacks stand on the number line, where heights are counts. The part above it has the same sums from left to
    right, and its heights are activations.

    Parameters
    ----------
    sums
        The sums of all digits with the neuron's bias, (digits,).
    own, digit
        The sum and the small picture of the digit that is marked on the line.
    bias, reach
        The neuron's bias, and how far it may be lowered or raised.
    neuron_activation
        The activation function.
    levels
        The activations at the bottom and top of the upper part.
    area
        The part of the frame that it fills.
    names
        Titles: of the sums without and with the bias, of the counts, and of the activations.
    bias_form
        Format of the bias.
    """

    def __init__(
        self,
        sums: np.ndarray,
        own: float,
        digit: SquareField,
        *,
        bias: float,
        reach: float,
        neuron_activation: NeuronActivation,
        levels: tuple[float, float],
        area: Area,
        names: tuple[str, str, str, str],
        bias_form: Callable[[float], str],
        theme: Theme = DARK,
    ) -> None:
        super().__init__()
        self.sums, self.own = np.asarray(sums, dtype=np.float64), own
        self.trained = self.bias = bias
        self.reach = reach
        self.neuron_activation, self.levels = neuron_activation, levels
        self.area, self.theme = area, theme
        self._curve_height = CURVE * (area.height - TICKS - SLIDER - PIN - 2 * TITLE)
        written = max(theme.write(with_minus(level), SMALL).width for level in self._levels())
        left = area.left + max(LEVELS, written + BESIDE)
        above = area.top - PIN - TITLE
        self.upper = Area(left, above - self._curve_height, area.right, above)
        self.body = Area(left, area.bottom + TICKS + SLIDER, area.right, self.upper.bottom - TITLE)
        every = np.append(self.sums, own)
        less, more = max(reach, bias), max(reach, -bias)  # the sums move this far: there is room without the bias
        low = min(0.0, bias - reach, float(every.min()) - less)
        high = max(0.0, bias + reach, float(every.max()) + more)
        # Half the width of the marked digit, which stays within the area.
        half = (high - low) * digit.width / 2 / self.body.width
        low, high = min(low, own - less - half), max(high, own + more + half)
        self.span = (low - 0.02 * (high - low), high + 0.02 * (high - low))
        self.stacks, side = self._stack()
        self.marks = SquareField(
            self.stacked(),
            0.86 * side,
            np.zeros(len(self.sums)),
            low=theme.dark,
            high=theme.bright,
            negative=theme.negative,
            stroke_color=theme.outline,
            # Marks without ink need a wider outline on a light background.
            stroke_width=min(0.018, (0.12 if theme.name == "dark" else 0.18) * side),
        )
        self.plain_name, self.name, self.axis = self._build_axis(*names[:2])
        self.axis.add(*self._build_counts(names[2], side))
        self.curve = self._build_curve()
        self.level_names = self._build_levels(names[3])
        zero = self.across(0.0)
        self.threshold = Line(
            [zero, self.body.bottom, 0], [zero, self.upper.top, 0], color=theme.muted, stroke_width=2
        )
        self.digit = digit
        self.stem = Line([0, 0, 0], [0, 1, 0], color=theme.accent, stroke_width=3)
        self.dot = Dot(radius=0.07, color=theme.accent).set_z_index(3)
        self.number = NumberLabel(own, size=LABEL, color=theme.accent, theme=theme)
        self.pin = Group(self.stem, self.digit, self.number)
        self.track, self.knob, self.bias_number = self._build_slider(bias_form)
        self.slider = VGroup(self.track, self.knob, self.bias_number)
        self.add(self.axis, self.name, self.marks, self.threshold, self.curve, self.level_names, self.pin, self.dot)
        self.add(self.slider)
        self.is_lit = False
        self.set_bias(bias)

    # -- setters ------------------------------------------------------------------------------------------

    def set_bias(self, bias: float) -> Self:
        """Set the bias; every sum, and so every mark, moves by its change."""
        self.bias = bias
        self.marks.set_centers(self.stacked())
        if self.is_lit:
            self.marks.set_values(self.neuron_activation.light(self.shifted))
        own = self.own + bias - self.trained
        x = self.across(own)
        top = self.area.top
        self.digit.move_to([x, top - self.digit.height / 2, 0])
        self.stem.put_start_and_end_on([x, self.body.bottom, 0], [x, top - self.digit.height, 0])
        self.dot.move_to([x, self.up(float(self.neuron_activation.activation(np.array([own]))[0])), 0])
        self.number.set_value(self.written(bias))
        beside = self.digit.width / 2 + AWAY
        self.number.next_to([x + beside, self.digit.get_y(), 0], -LEFT, buff=0)
        if self.number.get_right()[0] > self.area.right:
            self.number.next_to([x - beside, self.digit.get_y(), 0], LEFT, buff=0)
        self.knob.set_x(self.across(bias))
        self.bias_number.set_value(bias)
        half = self.bias_number.width / 2
        self.bias_number.set_x(float(np.clip(self.knob.get_x(), self.area.left + half, self.area.right - half)))
        return self

    def written(self, bias: float) -> float:
        """Return the marked digit's sum at this bias, rounded so that it adds up with both biases as written."""
        return round(self.own, DECIMALS) - round(self.trained, DECIMALS) + round(bias, DECIMALS)

    @property
    def lit(self) -> int:
        """Number of digits that light the neuron at the present bias."""
        return int(np.count_nonzero(self.neuron_activation.is_lit(self.shifted)))

    @property
    def shifted(self) -> np.ndarray:
        """The sums at the present bias, (digits,)."""
        return self.sums + (self.bias - self.trained)

    @property
    def own_light(self) -> np.ndarray:
        """Brightness of the neuron for the marked digit at the present bias, (1,)."""
        return self.neuron_activation.light(np.array([self.own + self.bias - self.trained]))

    def across(self, sums: np.ndarray | float) -> np.ndarray | float:
        """Return x of sums on the line."""
        low, high = self.span
        return self.body.left + (sums - low) / (high - low) * self.body.width

    def up(self, activations: np.ndarray | float) -> np.ndarray | float:
        """Return y of activations."""
        low, high = self.levels
        return self.upper.bottom + (activations - low) / (high - low) * self.upper.height

    def activation_number(self) -> NumberLabel:
        """Return the activation for the marked digit, to be written beside its dot on the curve, on the free side."""
        value = float(self.neuron_activation.activation(np.array([self.own + self.bias - self.trained]))[0])
        number = NumberLabel(value, size=LABEL, color=self.theme.accent, theme=self.theme)
        is_low = self.dot.get_y() < self.upper.y
        number.next_to(self.dot, UP + LEFT if is_low else DOWN + RIGHT, buff=0.06)
        is_out = number.get_right()[0] > self.area.right
        return number.shift(LEFT * (number.width + 0.3) * is_out)

    def stacked(self) -> np.ndarray:
        """Return the marks' positions when stacked on the line, (digits, 3)."""
        shift = self.across(self.bias) - self.across(self.trained)
        return self.stacks + np.array([shift, 0.0, 0.0])

    def on_curve(self) -> np.ndarray:
        """Return the marks' positions on the curve, (digits, 3)."""
        sums = self.shifted
        return np.column_stack([self.across(sums), self.up(self.neuron_activation.activation(sums)), 0 * sums])

    # -- helpers ------------------------------------------------------------------------------------------

    def _stack(self) -> tuple[np.ndarray, float]:
        """Return stack positions and the largest side of the squares that fits, with a column boundary at 0."""
        places = np.asarray(self.across(self.sums)) - self.across(0.0)
        for side in np.geomspace(LARGEST_MARK, 0.004, 60):
            column = np.floor(places / side).astype(int)
            if np.bincount(column - column.min()).max() * side <= FULL * self.body.height:
                break
        level = np.zeros(len(column))
        for number in np.unique(column):
            mine = np.flatnonzero(column == number)
            level[mine] = np.arange(len(mine))
        x = self.across(0.0) + (column + 0.5) * side
        return np.column_stack([x, self.body.bottom + (level + 0.5) * side, 0 * level]), float(side)

    def _title(self, words: str, part: Area) -> VMobject:
        """Return the title of a part, above its left end and beside the numbers of its scale."""
        title = self.theme.write(words, SMALL, self.theme.muted)
        return title.move_to([part.left + BESIDE + title.width / 2, part.top + TITLE / 2, 0])

    def _build_counts(self, words: str, side: float) -> VGroup:
        """Return the scale of the stacks: its title, and a number of squares at its height."""
        body = self.body
        count = _round(FULL * body.height / side, up=False)
        number = self.theme.write(f"{count:,.0f}", SMALL, self.theme.muted)
        height = body.bottom + count * side
        number.next_to([body.left - BESIDE, height, 0], LEFT, buff=0)
        tick = Line([body.left - 0.08, height, 0], [body.left, height, 0], color=self.theme.outline)
        return VGroup(self._title(words, body), number, tick.set_stroke(width=2))

    def _build_axis(self, plain: str, name: str) -> tuple[VMobject, VMobject, VGroup]:
        """Return the titles of the sums without and with the bias, and the number line."""
        body, theme = self.body, self.theme
        line = Line([body.left, body.bottom, 0], [body.right, body.bottom, 0], color=theme.outline)
        axis = VGroup(line.set_stroke(width=2))
        words = theme.write(name, SMALL, theme.muted)
        words.move_to([body.right - words.width / 2, body.bottom - TICKS / 2 - 0.05, 0])
        low, high = self.span
        step = _round((high - low) / (body.width / 0.8))
        for tick in np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step:
            x = self.across(float(tick))
            number = theme.write(with_minus(f"{tick:zg}"), SMALL, theme.muted)
            number.move_to([x, body.bottom - TICKS / 2 - 0.05, 0])
            if number.get_right()[0] > words.get_left()[0] - 0.15:
                continue
            axis.add(number, Line([x, body.bottom, 0], [x, body.bottom - 0.08, 0], color=theme.outline))
        before = theme.write(plain, SMALL, theme.muted)
        before.shift([float(words.get_left()[0] - before.get_left()[0]), words.base_line - before.base_line, 0])
        return before.set_z_index(STILL), words.set_z_index(STILL), axis.set_z_index(STILL)

    def _build_curve(self) -> VMobject:
        near = np.linspace(-BENDS, BENDS, 97)
        near = near[(near >= self.span[0]) & (near <= self.span[1])]
        sums = np.unique(np.concatenate([np.linspace(*self.span, 241), near]))
        activations = self.neuron_activation.activation(sums)
        low, high = self.levels
        tiny = 1e-6 * (high - low)
        inside = (activations >= low - tiny) & (activations <= high)  # an unbounded curve leaves the plot
        points = np.column_stack([self.across(sums), self.up(activations), 0 * sums])[inside]
        curve = VMobject(color=self.theme.text, stroke_width=4).set_fill(opacity=0)
        curve.set_points_as_corners(points)
        return curve.set_z_index(2)

    def _levels(self) -> list[str]:
        low, high = self.levels
        written = [low, _round(high, up=False)]
        if min(-low, written[1]) / (high - low) * self._curve_height > APART:
            written.append(0.0)
        return [f"{level:.3g}" for level in written]

    def _build_levels(self, words: str) -> VGroup:
        """Return the scale of the curve: its title, its base line, and level numbers at the left.

        The numbers are the bottom, the top (rounded down), and 0 if it is not too near to them.
        """
        upper = self.upper
        base = Line([upper.left, upper.bottom, 0], [upper.right, upper.bottom, 0], color=self.theme.outline)
        names = VGroup(self._title(words, upper), base.set_stroke(width=2))
        for level in self._levels():
            name = self.theme.write(with_minus(level), SMALL, self.theme.muted)
            name.next_to([self.body.left - BESIDE, self.up(float(level)), 0], LEFT, buff=0)
            names.add(name)
        return names.set_z_index(STILL)

    def _build_slider(self, form: Callable[[float], str]) -> tuple[Line, Dot, NumberLabel]:
        """Return the bias slider; its scale is that of the line, so the knob moves as far as the marks."""
        height = self.body.bottom - TICKS - 0.16
        ends = (self.trained - self.reach, self.trained + self.reach)
        track = Line(*([self.across(end), height, 0] for end in ends), color=self.theme.outline)
        knob = Dot(radius=0.1, color=self.theme.accent).move_to([0, height, 0])
        number = NumberLabel(self.trained, form, NUMBER, self.theme.accent, self.theme, edge=(0.0, 0.0, 0.0))
        number.next_to(knob, DOWN, buff=0.14)
        return track.set_stroke(width=3), knob, number


def _round(number: float, up: bool = True) -> float:
    """Return the next 1, 2 or 5 times a power of ten that is not less, or without ``up`` not more."""
    power = 10.0 ** np.floor(np.log10(max(number, 1e-9)))
    steps = [part * power for part in (1, 2, 5, 10)]
    if up:
        return float(min(step for step in steps if step >= number * 0.999))
    return float(max(step for step in steps if step <= number * 1.001))
