"""What every comparison has: two runs that show the same digits, each with its part of the stage."""

from __future__ import annotations

from functools import partial
from typing import Any

from manim import DOWN, LEFT, Mobject, VGroup

from model.pairing import Pairing, pair
from model.run import Run
from scenes.mobjects.network_diagram import BELOW, TITLES, NetworkDiagram
from scenes.stage.cast import MOST_SHOWN, Cast
from scenes.stage.chapter import MOST_IN_A_ROW, Chapter
from scenes.stage.layout import Area
from scenes.stage.theme import LABEL, NUMBER, SMALL, STILL, Words

HEAD = 0.3  # high is what a network leaves free for its number, under its name; and more, where it goes downwards
DOWNWARDS = 0.2
OVER_PICTURE = 0.27  # of a low area's width has a name that stands over the picture alone
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
        self.theme, self.layout = chapter.theme, chapter.layout
        self.label = partial(chapter.script.label, "training")  # what stands at a board
        size, room = (SMALL, OVER_PICTURE * area.width) if self.is_low else (LABEL + 3, area.width)
        self.title = self._title(size, room)
        self.title.move_to([area.x, area.top - self.title.height / 2, 0]).set_z_index(STILL)
        if self.is_low:
            self.title.align_to([area.left, 0, 0], LEFT)
        self.diagram: NetworkDiagram

    @property
    def name(self) -> str:
        """What it is called in a sentence."""
        return shortened(self.called, LONGEST)

    def _title(self, size: float, room: float) -> Words:
        """Its name, without as many of its last letters as there is no room for."""
        for letters in range(len(self.called), 0, -1):
            title = self.theme.write(shortened(self.called, letters), size, self.theme.text)
            if title.width <= room:
                break
        return title

    @property
    def depth(self) -> int:
        """How many gaps between layers it has."""
        return len(self.run.layer_sizes) - 1

    def build(self) -> NetworkDiagram:
        """Its network, with the trained weights, under its name: which stands where else those of the layers do, or,
        in a low area, over the picture alone."""
        area, head = self.area, HEAD + DOWNWARDS * self.area.is_tall
        room = Area(area.left, area.bottom, area.right, area.top - head)
        if self.is_low:
            room = Area(area.left, area.bottom - BELOW, area.right, area.top + TITLES)
        self.diagram = self.cast.diagram(self.theme, room)
        return self.diagram.set_weights(self.run.last.weights)

    def at_title(self, text: str) -> Mobject:
        """Words below its name; in a low area below its picture."""
        words = self.theme.write(text, NUMBER, self.theme.accent)
        if not self.is_low:
            return words.next_to(self.title, DOWN, buff=0.1).set_z_index(STILL)
        words.next_to(self.diagram.inputs, DOWN, buff=0.12)
        return words.align_to([self.area.left, 0, 0], LEFT).set_z_index(STILL)


def shortened(name: str, letters: int) -> str:
    """A name of at most so many letters."""
    return name if len(name) <= letters else f"{name[: letters - 1].rstrip()}…"


class Comparison(Chapter):
    """A chapter of two runs. ``other`` is the second, ``called`` what both are called.

    They stand beside each other; in a tall frame below each other, unless it is ``side_by_side``.
    """

    side_by_side = False

    def __init__(
        self, run: Run, *args: Any, other: Run, called: tuple[str, str] = ("A", "B"), **kwargs: Any
    ) -> None:
        self.pairing: Pairing = pair(run, other)
        super().__init__(self.pairing.first, *args, **kwargs)
        stage, below = self.stage, self.layout.is_tall and not self.side_by_side
        areas = (
            stage.down(1, 1, gap=0.15) if below else stage.across(1, 1, gap=self.layout.pick(0.5, 0.4, 0.3))
        )
        runs = self.pairing.first, self.pairing.second
        self.sides = [Side(self, *each) for each in zip(runs, called, areas, strict=True)]

    @property
    def digit(self) -> int:
        """The first digit that both are shown, as the number of an example of both runs."""
        return 0 if self.pairing.agreed is None else self.pairing.agreed

    @property
    def titles(self) -> VGroup:
        return VGroup(*(side.title for side in self.sides))

    @classmethod
    def fits_both(cls, first: Run, second: Run) -> str | None:
        """Why this makes no sense for two runs, in a sentence; None where it does."""
        return cls.fits(first) or cls.fits(second)
