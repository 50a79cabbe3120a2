"""What is said, burnt into the picture."""

from __future__ import annotations

from manim import VGroup

from scenes.stage.theme import CAPTION, CAPTION_Y, DARK, STILL, Theme

LEADING = 0.52  # from one base line to the next


class Caption(VGroup):
    """One or two lines of text, centred in the strip that nothing else may use."""

    def __init__(self, lines: list[str], theme: Theme = DARK) -> None:
        super().__init__()
        self.lines = tuple(lines)
        for number, line in enumerate(lines):
            text = theme.write(line, CAPTION)
            stand = CAPTION_Y + ((len(lines) - 1) / 2 - number) * LEADING
            self.add(text.shift([0, stand - text.base_line, 0]))
        self.set_z_index(STILL)
