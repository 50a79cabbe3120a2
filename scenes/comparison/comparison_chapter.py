"""The base of all comparisons: two runs with the same digits, each with its part of the stage."""

from __future__ import annotations

from functools import partial
from typing import Any

from manim import DOWN, LEFT, Mobject, VGroup

from edgeglow.model.run.run import Run
from edgeglow.model.run.run_comparison import RunComparison, compare_networks
from edgeglow.scenes.mobjects.network.network_diagram import BELOW, TITLES, NetworkDiagram
from edgeglow.scenes.stage.chapter import MOST_IN_A_ROW, Chapter
from edgeglow.scenes.stage.chapter_selection import MOST_SHOWN, ChapterSelection
from edgeglow.scenes.style.layout import Area
from edgeglow.scenes.style.theme import LABEL, NUMBER, SMALL, STILL, TextLine

HEAD = 0.3  # height of the accuracy below the name
DOWNWARDS = 0.2  # added to it if the network goes downwards
OVER_PICTURE = 0.27  # width of a name above the picture alone, as a share of a low area's width
ROOMY = 4.0  # areas of at least this height can show more than ten outputs
LONGEST, OF_A_LINE = 10, 0.38  # characters of a network's name in a sentence: at least, and as a share of a line's


class ComparisonSide:
    """One side of a comparison: its run, the neurons and digits shown, its name and its area."""

    def __init__(self, chapter: Chapter, run: Run, called: str, area: Area) -> None:
        self.run = run
        self.called = called
        self.area = area
        self.is_low = area.height < ROOMY
        self.cast = ChapterSelection(run, MOST_IN_A_ROW if area.is_tall or self.is_low else MOST_SHOWN)
        self.theme, self.layout = chapter.theme, chapter.layout
        self.longest = max(LONGEST, round(OF_A_LINE * chapter.script.characters_per_line * self.layout.share))
        self.label = partial(chapter.script.label, "training")  # labels of the training board
        size, room = (SMALL, OVER_PICTURE * area.width) if self.is_low else (LABEL + 3, area.width)
        self.title = self._title(size, room)
        self.title.move_to([area.x, area.top - self.title.height / 2, 0]).set_z_index(STILL)
        if self.is_low:
            self.title.align_to([area.left, 0, 0], LEFT)
        self.diagram: NetworkDiagram

    @property
    def name(self) -> str:
        """Name of the network in a sentence."""
        return shortened(self.called, self.longest)

    def _title(self, size: float, room: float) -> TextLine:
        """Return the name as a mobject, shortened to the width ``room``."""
        for letters in range(len(self.called), 0, -1):
            title = self.theme.write(shortened(self.called, letters), size, self.theme.text)
            if title.width <= room:
                break
        return title

    @property
    def depth(self) -> int:
        """Number of gaps between layers."""
        return len(self.run.layer_sizes) - 1

    def build(self) -> NetworkDiagram:
        """Create the side's network with its trained weights.

        Its name takes the place of the layers' names; in a low area it is above the picture alone.
        """
        area, head = self.area, HEAD + DOWNWARDS * self.area.is_tall
        room = Area(area.left, area.bottom, area.right, area.top - head)
        if self.is_low:
            room = Area(area.left, area.bottom - BELOW, area.right, area.top + TITLES)
        self.diagram = self.cast.diagram(self.theme, room)
        return self.diagram.set_weights(self.run.last.weights)

    def at_title(self, text: str) -> Mobject:
        """Return ``text`` as a mobject below the side's name; in a low area, below its picture."""
        words = self.theme.write(text, NUMBER, self.theme.accent)
        if not self.is_low:
            return words.next_to(self.title, DOWN, buff=0.1).set_z_index(STILL)
        words.next_to(self.diagram.inputs, DOWN, buff=0.12)
        return words.align_to([self.area.left, 0, 0], LEFT).set_z_index(STILL)


def shortened(name: str, letters: int) -> str:
    """Shorten a name to at most ``letters`` characters."""
    return name if len(name) <= letters else f"{name[: letters - 1].rstrip()}…"


class Comparison(Chapter):
    """A chapter about two runs: ``run`` and ``other``; ``called`` are their names.

    They are placed side by side; in a tall frame one below the other, unless ``side_by_side`` is set.
    """

    side_by_side = False

    def __init__(self, run: Run, *args: Any, other: Run, called: tuple[str, str] = ("A", "B"), **kwargs: Any) -> None:
        self.pairing: RunComparison = compare_networks(run, other)
        super().__init__(self.pairing.first, *args, **kwargs)
        stage, below = self.stage, self.layout.is_tall and not self.side_by_side
        areas = stage.down(1, 1, gap=0.15) if below else stage.across(1, 1, gap=self.layout.pick(0.5, 0.4, 0.3))
        runs = self.pairing.first, self.pairing.second
        self.sides = [ComparisonSide(self, *each) for each in zip(runs, called, areas, strict=True)]

    @property
    def digit(self) -> int:
        """Number of the first digit shown, as an example of both runs."""
        return 0 if self.pairing.agreed is None else self.pairing.agreed

    @property
    def titles(self) -> VGroup:
        return VGroup(*(side.title for side in self.sides))

    @classmethod
    def fits_both(cls, first: Run, second: Run) -> str | None:
        """Return the reason why two runs cannot be compared, as a sentence; None if they can."""
        return cls.fits(first) or cls.fits(second)
