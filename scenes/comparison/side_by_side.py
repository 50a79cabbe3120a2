"""What every comparison has: two runs that show the same digits, each with its part of the stage."""

from __future__ import annotations

from typing import Any

from manim import DOWN, RIGHT, Mobject, VGroup

from model.pairing import Pairing, pair
from model.run import Run
from scenes.mobjects.network_diagram import BELOW, NetworkDiagram
from scenes.stage.cast import MOST_SHOWN, Cast
from scenes.stage.chapter import MOST_IN_A_ROW, Chapter
from scenes.stage.layout import Area
from scenes.stage.theme import LABEL, NUMBER, STILL

HEAD = 0.3  # high is what a network leaves free for its number, under its name
ROOMY = 4.0  # high is an area in which more than ten outputs can be written
LONGEST = 10  # letters of a network's name are said in a sentence


class Side:
    """One of the two: its run, who is shown of it, what it is called, and its part of the stage."""

    def __init__(self, chapter: Chapter, run: Run, called: str, area: Area) -> None:
        self.run = run
        self.called = called
        self.area = area
        self.is_low = area.height < ROOMY
        self.cast = Cast(run, MOST_IN_A_ROW if area.is_tall or self.is_low else MOST_SHOWN)
        self.theme = chapter.theme
        self.title = chapter.theme.write(called, LABEL + 3, chapter.theme.text)
        if self.title.width > area.width:
            self.title.scale_to_fit_width(area.width)
        self.title.move_to([area.x, area.top - self.title.height / 2, 0]).set_z_index(STILL)
        self.diagram: NetworkDiagram

    @property
    def name(self) -> str:
        """What it is called in a sentence."""
        return self.called if len(self.called) <= LONGEST else f"{self.called[: LONGEST - 1].rstrip()}…"

    @property
    def depth(self) -> int:
        """How many gaps between layers it has."""
        return len(self.run.layer_sizes) - 1

    def build(self) -> NetworkDiagram:
        """Its network, with the trained weights, under its name: which stands where else those of the layers do."""
        area, head = self.area, 0.0 if self.is_low else HEAD
        below = BELOW if self.is_low else 0.0  # of a network nothing is written there
        room = Area(area.left, area.bottom - below, area.right, area.top - head)
        self.diagram = self.cast.diagram(self.theme, room)
        return self.diagram.set_weights(self.run.last.weights)

    def at_title(self, text: str) -> Mobject:
        """Words below its name; where there is no room, behind it."""
        words = self.theme.write(text, NUMBER, self.theme.accent)
        if not self.is_low:
            return words.next_to(self.title, DOWN, buff=0.1).set_z_index(STILL)
        words.next_to(self.title, RIGHT, buff=0.3)
        return words.shift([0, self.title.base_line - words.base_line, 0]).set_z_index(STILL)


class Comparison(Chapter):
    """A chapter of two runs. ``other`` is the second, ``called`` what both are called."""

    def __init__(
        self, run: Run, *args: Any, other: Run, called: tuple[str, str] = ("A", "B"), **kwargs: Any
    ) -> None:
        self.pairing: Pairing = pair(run, other)
        super().__init__(self.pairing.first, *args, **kwargs)
        stage = self.stage
        areas = stage.down(1, 1, gap=0.15) if self.layout.is_tall else stage.across(1, 1, gap=0.5)
        runs = self.pairing.first, self.pairing.second
        self.sides = [Side(self, *each) for each in zip(runs, called, areas, strict=True)]

    @property
    def titles(self) -> VGroup:
        return VGroup(*(side.title for side in self.sides))

    @classmethod
    def fits_both(cls, first: Run, second: Run) -> str | None:
        """Why this makes no sense for two runs, in a sentence; None where it does."""
        return cls.fits(first) or cls.fits(second)
