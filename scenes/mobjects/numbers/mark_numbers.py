"""Numbers inside pixels or neurons."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from manim import BLACK, WHITE, ManimColor, VGroup

from edgeglow.scenes.fields import SquareField
from edgeglow.scenes.mobjects.numbers.number_label import NumberLabel
from edgeglow.scenes.style.number_format import format_activation
from edgeglow.scenes.style.theme import DARK, DRAWN_AT, Theme

SHARE = 0.62  # width of the widest number, as a share of a mark's width
OVER_MARKS = 7  # z: pixels and neurons are at 4 and 5, the accent ring at 6
MIDDLE_GREY = 0.1791  # luminance above which black has more contrast than white


class MarkNumbers(VGroup):
    """A number in the middle of some marks of a field, as large as fits, in black or white.

    ``which`` are the marks, ``numbers`` their numbers (by default the field's values), ``form`` the format.
    """

    def __init__(
        self,
        field: SquareField,
        which: np.ndarray,
        numbers: np.ndarray | None = None,
        *,
        form: Callable[[float], str] = format_activation,
        share: float = SHARE,
        theme: Theme = DARK,
    ) -> None:
        super().__init__()
        values = field.values[which] if numbers is None else numbers
        inks, centers = field.fills()[which], field.centers[which]
        side = float(np.ptp(field.marks[which], axis=1)[:, 0].min())
        labels = [
            NumberLabel(float(value), form, DRAWN_AT, contrast_color(fill), theme, edge=(0.0, 0.0, 0.0))
            for value, fill in zip(values, inks, strict=True)
        ]
        size = DRAWN_AT * share * side / max(label.width for label in labels)
        for label, center in zip(labels, centers, strict=True):
            label.size = size
            self.add(label.scale(size / DRAWN_AT).move_to(center))
        self.set_z_index(OVER_MARKS)


def contrast_color(fill: np.ndarray) -> ManimColor:
    """Return black or white, whichever has more contrast with a colour (3,), 0..1: at least 4.5:1."""
    linear = np.where(fill <= 0.04045, fill / 12.92, ((fill + 0.055) / 1.055) ** 2.4)
    return BLACK if float(linear @ [0.2126, 0.7152, 0.0722]) > MIDDLE_GREY else WHITE
