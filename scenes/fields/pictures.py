"""PictureField: hundreds of small pictures, whose pixels are drawn as squares with gaps."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from manim.utils.color import ParsableManimColor

from edgeglow.scenes.fields.field import Field, checked_array, checked_number, rgb
from edgeglow.scenes.fields.squares import CORNERS


class PictureField(Field):
    """Upright pictures of rows × columns pixels, each pixel in a colour between ``low`` (0) and ``high`` (1).

    It looks like a SquareField with one square per pixel, but the time per frame depends on the covered
    pixels of the frame, not on the number of squares. Later pictures cover earlier ones.

    Parameters
    ----------
    centers
        Middles of the pictures, (n, 3), in scene units.
    width
        Their width, one number or (n,), in scene units.
    values
        Brightness of the pixels, (n, rows, columns), clamped to 0..1.
    low, high
        The colours of the values 0 and 1.
    filled
        Side of a pixel's square as a share of its cell.
    opacity, opacities
        The opacity of the field, and those of the pictures, (n,), which are multiplied with it; all 0 to 1.
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
        from edgeglow import FieldScene, PictureField
        from manim import WHITE


        class PictureFieldExample(FieldScene):
            def construct(self):
                row, column = np.divmod(np.arange(12), 4)
                centers = 2.0 * np.column_stack([column - 1.5, 1.0 - row, 0 * row])
                values = np.random.default_rng(1).random((2, 12, 14, 14))
                pictures = PictureField(centers, 1.8, values[0], low="#161A21", high=WHITE, filled=0.9)
                self.add(pictures)
                self.play(pictures.animate.set_values(values[1]))
                self.play(pictures.animate.scale(0.5))
    """

    points_per_mark = 4
    array_names = ("values", "opacities")
    light_names = ("opacities",)
    number_names = ("low", "high", "opacity", "filled")

    def __init__(
        self,
        centers: Any,
        width: Any,
        values: Any,
        *,
        low: ParsableManimColor,
        high: ParsableManimColor,
        filled: float = 1.0,
        opacity: float = 1.0,
        opacities: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.values = np.zeros((0, 1, 1), dtype=np.float32)
        self.opacities = np.zeros(0, dtype=np.float32)
        self.opacity = checked_number(self, "opacity", opacity, most=1.0)
        self.filled = checked_number(self, "filled", filled, most=1.0)
        self.low, self.high = rgb(low), rgb(high)
        centers = checked_array(self, "centers", centers, (None, 3))
        widths = checked_array(self, "width", np.broadcast_to(width, len(centers)), (len(centers),))
        pictures = checked_array(self, "values", values, (len(centers), None, None))
        rows, columns = pictures.shape[1:]
        sizes = widths[:, None] * np.array([1.0, rows / max(columns, 1), 0.0])
        self.points = (centers[:, None] + sizes[:, None] * CORNERS).reshape(-1, 3).astype(np.float64)
        self.set_values(pictures)
        self.set_opacities(np.ones(len(centers)) if opacities is None else opacities)

    @property
    def centers(self) -> np.ndarray:
        """Middles of the pictures, shape (n, 3)."""
        return self.marks.mean(axis=1)

    def set_values(self, values: Any) -> Self:
        """Set the pixels of every picture, shape (n, rows, columns)."""
        shape = (self.count, None, None)
        self.values = np.ascontiguousarray(checked_array(self, "values", values, shape), dtype=np.float32)
        return self

    def set_opacities(self, opacities: Any) -> Self:
        """Set the opacity of every picture, shape (n,)."""
        found = checked_array(self, "opacities", opacities, (self.count,), most=1.0)
        self.opacities = found.astype(np.float32)
        return self

    def part(self, which: Any) -> PictureField:
        """Return some of the pictures, by their numbers (m,), as a new field that looks the same."""
        chosen = self.copy()
        chosen.points = self.marks[which].reshape(-1, 3)
        chosen.values, chosen.opacities = self.values[which], self.opacities[which]
        return chosen
