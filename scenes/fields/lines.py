"""LineField: thousands of lines with signed values, drawn as light summed along them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self, cast

import numpy as np
from manim import PURE_YELLOW, Mobject
from manim.utils.color import ParsableManimColor

from edgeglow.scenes.fields.field import Field, checked_array, checked_number, rgb
from edgeglow.scenes.fields.versioned_array import Uncached, VersionedArray, is_read_only

BlendPart = tuple[float, np.ndarray, float]  # share of the mixture, amounts (n, 2), gain


@dataclass(eq=False)
class Blend:
    """A mixture of pictures, valid as long as the field's gain is unchanged and its amounts are not set."""

    pictures: list[BlendPart]
    gain: float

    def amounts(self) -> np.ndarray:
        """Return the mixture of the amounts, read-only."""
        found = np.sum([np.float32(share) * amounts for share, amounts, _ in self.pictures], axis=0)
        found.setflags(write=False)  # a write would not be noticed
        return cast(np.ndarray, found)


class LineField(Field):
    """Lines with signed values, drawn as light summed along them.

    Every line carries two amounts of light, one per colour: ``amounts`` is float32 (n, 2), the value itself if
    it is positive, its negation if it is negative. Where light of the amounts P and N adds up, the opacity is
    ``opacity * (1 - exp(-gain * (P + N)))`` and the colour the mean of both colours weighted by P and N. A
    line has the same brightness and width at every resolution; one thinner than a pixel is fainter.

    The scene needs a :class:`FieldCamera`. All setters return the field, so they work with ``.animate``.

    Parameters
    ----------
    starts, ends
        Where the lines start and end, each (n, 3), in scene units.
    values
        The signed values, (n,).
    positive, negative
        The colours of positive and of negative values.
    width
        The width of every line, in scene units.
    gain
        How much light a value of 1 gives.
    opacity
        The opacity of the whole field, 0 to 1.
    **kwargs
        Keyword arguments of :class:`manim.Mobject`.

    Raises
    ------
    EdgeglowError
        Shapes do not fit each other, or a number is not finite.

    Examples
    --------
    .. code-block:: python

        import numpy as np
        from edgeglow import FieldCamera, LineField
        from manim import BLUE, ORANGE, Scene, linear


        class LineFieldExample(Scene):
            def __init__(self, **kwargs):
                super().__init__(camera_class=FieldCamera, **kwargs)

            def construct(self):
                y = np.linspace(-3.0, 3.0, 100)
                left = np.column_stack([np.full(100, -5.0), y, np.zeros(100)])
                right = left * [-1.0, 1.0, 1.0]
                weights = np.random.default_rng(1).normal(size=(2, 10_000))
                lines = LineField(
                    np.repeat(left, 100, axis=0),
                    np.tile(right, (100, 1)),
                    weights[0],
                    positive=BLUE,
                    negative=ORANGE,
                    gain=0.03,
                )
                self.add(lines.set_drawn(0.0, 0.0))
                self.play(lines.animate.set_drawn(0.0, 1.0))  # the lines grow,
                self.play(lines.animate.set_values(weights[1]))  # change their values,
                lines.set_pulse(-0.1, strength=3.0)
                self.play(lines.animate(rate_func=linear).set_pulse(1.1, strength=3.0))  # and pass a pulse on
    """

    points_per_mark = 2
    array_names = ("amounts", "shares")
    light_names = ("shares",)
    shares = VersionedArray()
    blend: Blend | None
    _amounts: np.ndarray | None  # None until they are asked for, if a blend defines them
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
        self._seen = Uncached([])  # read-only arrays of values, and their amounts
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
        """Starts of the lines, shape (n, 3); a view of the present points."""
        return self.points[0::2]

    @property
    def ends(self) -> np.ndarray:
        """Ends of the lines, shape (n, 3); a view of the present points."""
        return self.points[1::2]

    @property
    def amounts(self) -> np.ndarray:
        """The light of each line in both colours, float32 (n, 2)."""
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
        """Set the value of every line, shape (n,)."""
        self.amounts = self._amounts_of(values)
        return self

    def set_values_between(self, first: Any, second: Any, alpha: float) -> Self:
        """Set the values between two sets of values, so that both pictures are mixed, as by Transform.

        While the lines and the camera do not move, the camera mixes the two drawn pictures instead of drawing all
        lines again, so use this rather than ``set_values`` to change values frame by frame. Read-only arrays
        (``setflags(write=False)``) are converted only once: a frame then takes the same time for any number of
        lines.
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
        """Set the width of the lines in scene units (``scale_to_fit_width`` sets that of the whole field)."""
        self.line_width = checked_number(self, "width", width)
        return self

    def set_gain(self, gain: float) -> Self:
        """Set how much light a value of 1 gives."""
        self.gain = checked_number(self, "gain", gain)
        return self

    def set_colors(self, positive: ParsableManimColor, negative: ParsableManimColor) -> Self:
        """Set the colours of positive and negative values."""
        self.positive, self.negative = rgb(positive), rgb(negative)
        return self

    def set_color(self, color: ParsableManimColor = PURE_YELLOW, alpha: Any = None, family: bool = True) -> Self:
        """Set the same colour for both signs."""
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
        """Place a pulse at a proportion along every line.

        At proportion t the brightness is ``|value| * (base + strength * bump((t - position) / length))``, with
        the base only where the line is drawn (see ``set_drawn``). The bump, ``(1 - 4 s^2)^2``, is 1 in its middle
        and 0 outside s = -0.5..0.5. ``base`` is 1 at first and unchanged if omitted.
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
        return self._set_mixture(mixture + [(share * alpha, amounts, gain) for share, amounts, gain in second])

    def pictures(self) -> list[BlendPart]:
        """Return the pictures whose mixture this field is."""
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
        if isinstance(values, np.ndarray) and is_read_only(values):
            amounts.setflags(write=False)
            self._seen.value = [*self._seen.value[-1:], (values, amounts)]
        return amounts

    def _set_mixture(self, pictures: list[BlendPart]) -> Self:
        # A rate function may overshoot, but light is never negative.
        pictures = [picture for picture in pictures if picture[0] > 0]
        if len(pictures) == 1:
            amounts = pictures[0][1]
            self.amounts = amounts if is_read_only(amounts) else amounts.copy()
            return self
        blend = Blend(pictures, self.gain)
        if len(pictures) <= 4:
            self._amounts, self.blend = None, blend
        else:  # for nested animations the plain mean is accurate enough
            self.amounts = blend.amounts()
        return self
