"""What is said, burnt into the picture."""

from __future__ import annotations

from manim import DOWN, VGroup

from scenes.theme import CAPTION, CAPTION_Y, DARK, Theme


class Caption(VGroup):
    """One or two lines of text, centred in the strip that nothing else may use."""

    def __init__(self, lines: list[str], theme: Theme = DARK) -> None:
        super().__init__()
        leading = 0.52
        middle = (len(lines) - 1) / 2
        for number, line in enumerate(lines):
            text = theme.write(line, CAPTION)
            # By the base line, not by the box: a line without descenders must not sit lower.
            base = theme.write("x" + line, CAPTION).submobjects[0].get_bottom()[1] - _box_bottom(theme, line)
            text.move_to([0, 0, 0])
            text.shift(DOWN * (text.get_bottom()[1] + base))
            text.shift([0, CAPTION_Y + (middle - number) * leading, 0])
            self.add(text)
        self.set_z_index(100)
        self.lines = tuple(lines)


def _box_bottom(theme: Theme, line: str) -> float:
    """The lowest ink of ``x`` and the line together, when centred as Manim centres text."""
    return float(theme.write("x" + line, CAPTION).get_bottom()[1])
