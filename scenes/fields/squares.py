"""SquareField: thousands of squares, or discs, with values."""

from __future__ import annotations

from typing import Any, Self, cast

import numpy as np
from manim import PURE_YELLOW
from manim.utils.color import ParsableManimColor

from edgeglow.scenes.fields.field import Field, checked_array, checked_number, rgb
from edgeglow.scenes.fields.versioned_array import VersionedArray, peek

CORNERS = np.array([[-1, 1, 0], [1, 1, 0], [1, -1, 0], [-1, -1, 0]]) / 2  # of a square with side 1


class SquareField(Field):
    """Squares or discs with values, each in a colour between ``low`` (value 0) and ``high`` (value 1).

    Later squares cover earlier ones, and squares that share an edge show no seam. The scene needs a
    :class:`FieldCamera`. All setters return the field, so they work with ``.animate``.

    Parameters
    ----------
    centers
        Middles of the squares, (n, 3), in scene units.
    side
        Side of the squares, one number or (n,), in scene units.
    values
        The values, (n,), clamped to -1..1.
    low, high, negative
        The colours of the values 0, 1 and -1, between which the others are interpolated; ``negative`` is
        ``low`` by default.
    roundness
        The shape, from 0, a square, to 1, a disc: the corner radius is ``roundness * side / 2``.
    stroke_color, stroke_width, stroke_opacity
        The outline, ``high`` by default. Its width is in scene units, and it is centred on the edge, as Manim's.
    opacity, opacities
        The opacity of the field, and those of the squares, (n,), which are multiplied with it; all 0 to 1.
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
        from edgeglow import FieldCamera, SquareField
        from manim import ORANGE, WHITE, Scene


        class SquareFieldExample(Scene):
            def __init__(self, **kwargs):
                super().__init__(camera_class=FieldCamera, **kwargs)

            def construct(self):
                row, column = np.divmod(np.arange(28 * 28), 28)
                centers = 0.2 * np.column_stack([column - 13.5, 13.5 - row, 0 * row])
                distance = np.linalg.norm(centers, axis=1)
                squares = SquareField(
                    centers, 0.18, np.exp(-distance), low="#161A21", high=WHITE, negative=ORANGE
                )
                self.add(squares)
                self.play(squares.animate.set_values(np.cos(4 * distance)))
                self.play(squares.animate.set_roundness(1.0))
    """

    points_per_mark = 4
    array_names = ("values", "opacities")
    light_names = ("opacities",)
    values = VersionedArray()
    opacities = VersionedArray()
    number_names = (
        *("low", "high", "negative", "opacity", "roundness"),
        *("stroke_color", "stroke_width", "stroke_opacity"),
    )

    def __init__(
        self,
        centers: Any,
        side: Any,
        values: Any,
        *,
        low: ParsableManimColor,
        high: ParsableManimColor,
        negative: ParsableManimColor | None = None,
        roundness: float = 0.0,
        stroke_color: ParsableManimColor | None = None,
        stroke_width: float = 0.0,
        stroke_opacity: float = 1.0,
        opacity: float = 1.0,
        opacities: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.values = self.opacities = np.zeros(0, dtype=np.float32)
        self.opacity = checked_number(self, "opacity", opacity, most=1.0)
        centers = checked_array(self, "centers", centers, (None, 3))
        sides = checked_array(self, "side", np.broadcast_to(side, len(centers)), (len(centers),))
        self.points = (centers[:, None] + sides[:, None, None] * CORNERS).reshape(-1, 3).astype(np.float64)
        self.set_colors(low, high, negative)
        self.set_roundness(roundness)
        self.stroke_color = self.high
        self.set_stroke(stroke_color, stroke_width, stroke_opacity)
        self.set_values(values)
        self.set_opacities(np.ones(len(centers)) if opacities is None else opacities)

    @property
    def centers(self) -> np.ndarray:
        """Middles of the squares, shape (n, 3)."""
        return self.marks.mean(axis=1)

    def set_centers(self, centers: Any) -> Self:
        """Move every square to a new middle, shape (n, 3); size and direction stay."""
        centers = checked_array(self, "centers", centers, (self.count, 3))
        self.points = (self.marks + (centers - self.centers)[:, None]).reshape(-1, 3)
        return self

    def set_values(self, values: Any) -> Self:
        """Set the value of every square, shape (n,)."""
        self.values = checked_array(self, "values", values, (self.count,)).astype(np.float32)
        return self

    def set_opacities(self, opacities: Any) -> Self:
        """Set the opacity of every square, shape (n,)."""
        self.opacities = checked_array(self, "opacities", opacities, (self.count,), most=1.0).astype(np.float32)
        return self

    def set_roundness(self, roundness: float) -> Self:
        """Set the shape, from 0, a square, to 1, a disc."""
        self.roundness = checked_number(self, "roundness", roundness, most=1.0)
        return self

    def set_stroke(
        self, color: ParsableManimColor | None = None, width: float | None = None, opacity: float | None = None
    ) -> Self:
        """Set the outline: colour, width in scene units, opacity; None leaves a property unchanged."""
        if color is not None:
            self.stroke_color = rgb(color)
        if width is not None:
            self.stroke_width = checked_number(self, "stroke_width", width)
        if opacity is not None:
            self.stroke_opacity = checked_number(self, "stroke_opacity", opacity, most=1.0)
        return self

    def set_colors(
        self, low: ParsableManimColor, high: ParsableManimColor, negative: ParsableManimColor | None = None
    ) -> Self:
        """Set the colours of the values 0, 1 and -1; ``negative`` is ``low`` by default."""
        self.low, self.high = rgb(low), rgb(high)
        self.negative = rgb(low if negative is None else negative)
        return self

    def set_color(self, color: ParsableManimColor = PURE_YELLOW, alpha: Any = None, family: bool = True) -> Self:
        """Set the colour of the value 1."""
        self.high = rgb(color)
        return cast(Self, super().set_color(color, alpha, family))

    def fills(self) -> np.ndarray:
        """Return the colour of every square, float32 (n, 3), 0..1."""
        values = peek(self, "values")[:, None]
        up, down = np.clip(values, 0, 1), np.clip(-values, 0, 1)
        mixed = self.low + up * (self.high - self.low) + down * (self.negative - self.low)
        return mixed.astype(np.float32)
