"""LineField: thousands of lines with signed values, drawn as light summed along them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self, cast

import numpy as np
from manim import PURE_YELLOW, Mobject
from manim.utils.color import ParsableManimColor

from scenes.fields.field import Field, checked_array, checked_number, rgb
from scenes.fields.watched import Aside, Watched, is_fixed

Picture = tuple[float, np.ndarray, float]  # share in a mixture, amounts (n, 2), gain


@dataclass(eq=False)
class Blend:
    """The pictures a field is a mixture of, as long as its gain is this and its amounts are not set."""

    pictures: list[Picture]
    gain: float

    def amounts(self) -> np.ndarray:
        """The mixture of the amounts."""
        found = np.sum([np.float32(share) * amounts for share, amounts, _ in self.pictures], axis=0)
        found.setflags(write=False)  # what is written into it would not be seen
        return cast(np.ndarray, found)


class LineField(Field):
    """n lines with signed values, drawn as light summed along them.

    ``starts`` and ``ends`` are (n, 3), ``values`` (n,). ``width`` is in scene units, so it follows the
    resolution. Every line carries two amounts of light, one of each hue: ``amounts`` is float32 (n, 2), the
    value itself if positive, its negation if negative. Where light of the amounts P and N falls, the opacity
    is ``opacity * (1 - exp(-gain * (P + N)))`` and the colour the mean of both hues weighted by P and N.
    A line is as bright and as wide at every resolution; one thinner than a pixel is fainter (see ``evened``).

    Raises EdgeglowError when shapes do not fit each other or a number is not finite.
    """

    points_per_mark = 2
    array_names = ("amounts", "shares")
    light_names = ("shares",)
    shares = Watched()
    blend: Blend | None
    _amounts: np.ndarray | None  # None while they are the blend's and nobody has asked for them
    number_names = (
        *("line_width", "gain", "opacity", "positive", "negative", "drawn_from", "drawn_to"),
        *("pulse_position", "pulse_length", "pulse_strength", "base"),
    )

    def __init__(
        self,
        starts: Any,
        ends: Any,
        values: Any,
        *,
        positive: ParsableManimColor,
        negative: ParsableManimColor,
        width: float = 0.012,
        gain: float = 1.0,
        opacity: float = 1.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._seen = Aside([])  # values that cannot change, and their amounts
        self.amounts, self.shares = np.zeros((0, 2), dtype=np.float32), np.zeros(0, dtype=np.float32)
        self.line_width = checked_number(self, "width", width)
        self.gain = checked_number(self, "gain", gain)
        self.opacity = checked_number(self, "opacity", opacity, most=1.0)
        self.positive, self.negative = rgb(positive), rgb(negative)
        self.drawn_from, self.drawn_to = 0.0, 1.0
        self.pulse_position, self.pulse_length, self.pulse_strength, self.base = 0.0, 0.2, 0.0, 1.0
        starts = checked_array(self, "starts", starts, (None, 3))
        ends = checked_array(self, "ends", ends, (len(starts), 3))
        self.points = np.stack([starts, ends], axis=1).reshape(-1, 3).astype(np.float64)
        self.shares = np.ones(len(starts), dtype=np.float32)
        self.set_values(values)

    @property
    def starts(self) -> np.ndarray:
        """Where the lines start, shape (n, 3); a view of the points as they are now."""
        return self.points[0::2]

    @property
    def ends(self) -> np.ndarray:
        """Where the lines end, shape (n, 3); a view of the points as they are now."""
        return self.points[1::2]

    @property
    def amounts(self) -> np.ndarray:
        """The light of each line in both hues, float32 (n, 2)."""
        if self._amounts is None:
            assert self.blend is not None
            self._amounts = self.blend.amounts()
        return self._amounts

    @amounts.setter
    def amounts(self, amounts: np.ndarray) -> None:
        self._amounts = amounts
        self.blend = None

    @property
    def values(self) -> np.ndarray:
        """The signed values, float32 (n,)."""
        return self.amounts[:, 0] - self.amounts[:, 1]

    def set_values(self, values: Any) -> Self:
        """Give every line its value, shape (n,)."""
        self.amounts = self._amounts_of(values)
        return self

    def set_values_between(self, first: Any, second: Any, alpha: float) -> Self:
        """Stand between two sets of values, as Transform does: both pictures mixed.

        While the lines and the camera rest, the camera mixes the two drawn pictures instead of drawing all
        lines again, so use this rather than ``set_values`` to move values frame by frame. Values in arrays that
        cannot be written into (``setflags(write=False)``) are looked at once: then a frame takes as long however
        many lines there are.
        """
        one, two = self._amounts_of(first), self._amounts_of(second)
        return self._set_mixture([(1 - alpha, one, self.gain), (alpha, two, self.gain)])

    def set_ends(self, starts: Any, ends: Any) -> Self:
        """Move the ends of every line, both (n, 3)."""
        starts = checked_array(self, "starts", starts, (self.count, 3))
        ends = checked_array(self, "ends", ends, (self.count, 3))
        self.points = np.stack([starts, ends], axis=1).reshape(-1, 3).astype(np.float64)
        return self

    def set_width(self, width: float) -> Self:
        """Set the width of the lines in scene units (the width of the whole is ``scale_to_fit_width``'s)."""
        self.line_width = checked_number(self, "width", width)
        return self

    def set_gain(self, gain: float) -> Self:
        """Set how much light an amount of 1 gives."""
        self.gain = checked_number(self, "gain", gain)
        return self

    def set_colors(self, positive: ParsableManimColor, negative: ParsableManimColor) -> Self:
        """Set the hues of positive and negative values."""
        self.positive, self.negative = rgb(positive), rgb(negative)
        return self

    def set_color(
        self, color: ParsableManimColor = PURE_YELLOW, alpha: Any = None, family: bool = True
    ) -> Self:
        """Give both signs the same hue."""
        self.set_colors(color, color)
        return cast(Self, super().set_color(color, alpha, family))

    def set_drawn(self, start: float = 0.0, stop: float = 1.0) -> Self:
        """Draw only the part of every line between two proportions along it."""
        self.drawn_from = checked_number(self, "start", start, most=1.0)
        self.drawn_to = checked_number(self, "stop", stop, most=1.0)
        return self

    def set_pulse(
        self, position: float, *, length: float = 0.2, strength: float = 1.0, base: float | None = None
    ) -> Self:
        """Let a pulse stand at a proportion along every line.

        At proportion t the brightness is ``|value| * (base + strength * bump((t - position) / length))``, the
        base only where the line is drawn (see ``set_drawn``). The bump, ``(1 - 4 s^2)^2``, is 1 in its middle
        and 0 outside s = -0.5..0.5. ``base`` stays as it is when left out: 1 at first.
        """
        self.pulse_position = checked_number(self, "position", position, least=-np.inf)
        self.pulse_length = checked_number(self, "length", length)
        self.pulse_strength = checked_number(self, "strength", strength)
        if base is not None:
            self.base = checked_number(self, "base", base)
        return self

    def interpolate_color(self, mobject1: Mobject, mobject2: Mobject, alpha: float) -> Self:
        super().interpolate_color(mobject1, mobject2, alpha)
        assert isinstance(mobject1, LineField) and isinstance(mobject2, LineField)
        first, second = mobject1.pictures(), mobject2.pictures()
        same = mobject1.gain == mobject2.gain and np.array_equal(mobject1.amounts, mobject2.amounts)
        if same:
            return self._set_mixture(second)
        mixture = [(share * (1 - alpha), amounts, gain) for share, amounts, gain in first]
        return self._set_mixture(
            mixture + [(share * alpha, amounts, gain) for share, amounts, gain in second]
        )

    def pictures(self) -> list[Picture]:
        """The pictures that make up this one."""
        blend = self.blend
        if blend is None or blend.gain != self.gain:
            return [(1.0, self.amounts, self.gain)]
        return blend.pictures

    def _amounts_of(self, values: Any) -> np.ndarray:
        for seen, amounts in self._seen.value:
            if seen is values and len(amounts) == self.count:
                return amounts
        found = checked_array(self, "values", values, (self.count,))
        amounts = np.stack([np.maximum(found, 0), np.maximum(-found, 0)], axis=1).astype(np.float32)
        if isinstance(values, np.ndarray) and is_fixed(values):
            amounts.setflags(write=False)
            self._seen.value = [*self._seen.value[-1:], (values, amounts)]
        return amounts

    def _set_mixture(self, pictures: list[Picture]) -> Self:
        # A rate function may overshoot, but there is no negative light.
        pictures = [picture for picture in pictures if picture[0] > 0]
        if len(pictures) == 1:
            amounts = pictures[0][1]
            self.amounts = amounts if is_fixed(amounts) else amounts.copy()
            return self
        blend = Blend(pictures, self.gain)
        if len(pictures) <= 4:
            self._amounts, self.blend = None, blend
        else:  # for animations that cut into animations the mean itself is near enough
            self.amounts = blend.amounts()
        return self
