"""The caption, drawn into the picture."""

from __future__ import annotations

from collections.abc import Sequence

from manim import VGroup

from edgeglow.scenes.style.layout import MARGIN, Layout
from edgeglow.scenes.style.theme import DARK, STILL, Theme


class Caption(VGroup):
    """Lines of text, centred in the caption strip."""

    def __init__(self, lines: Sequence[str], layout: Layout, theme: Theme = DARK) -> None:
        super().__init__()
        self.lines = tuple(lines)
        middle = layout.caption.y + layout.rise
        for number, line in enumerate(lines):
            text = theme.write(line, layout.size)
            if text.width > (room := layout.width - 2.2 * MARGIN):
                text.scale_to_fit_width(room)
            stand = middle + ((len(lines) - 1) / 2 - number - 0.25) * layout.leading
            self.add(text.shift([0, stand - text.base_line, 0]))
        self.set_z_index(STILL)
