"""What hidden neurons are hoped to stand for, taken from the film's digit itself: its parts, and their pieces."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from model.parts import DigitParts, loop_and_line, take_apart
from model.run import Run
from scenes.mobjects.part_picture import window_around
from scenes.mobjects.wished_network import Wish

MOST_PIECES = 6
MOST_SHARING = 2  # other digits that have such a part
NEAR = 1 / 6  # of the picture's height: no farther apart are the holes of loops that one neuron could find
ALIKE = 0.5  # of all the ink of two loops laid on each other, hole on hole, is common to both


class Hope:
    """The parts of example ``main`` of a run, and the other digits that could be told by one of them.

    ``outputs`` are the outputs that are drawn, ``room`` the neurons drawn of the first hidden layer, which stand
    beside each other (``in_row``) or below each other.
    """

    def __init__(self, run: Run, main: int, outputs: np.ndarray, room: int, in_row: bool) -> None:
        self.run = run
        self.main = main
        self.outputs = outputs
        self.room = room
        self.in_row = in_row
        self.has_pieces = len(run.layer_sizes) > 3  # hidden layers enough for pieces before parts

    @cached_property
    def parts(self) -> DigitParts:
        return loop_and_line(self.image_of(self.main))

    @cached_property
    def pieces(self) -> tuple[tuple[np.ndarray, ...], ...]:
        """Those of each part, in the order in which they lie in the digit, so that their lines hardly cross."""

        def place(piece: np.ndarray) -> float:
            return float(np.nonzero(piece)[1 if self.in_row else 0].mean())

        found = self.parts.pieces(min(MOST_PIECES, self.room))
        return tuple(tuple(sorted(pieces, key=place)) for pieces in found)

    @cached_property
    def owners(self) -> list[int]:
        """The part that each piece belongs to."""
        return [part for part, pieces in enumerate(self.pieces) for _ in pieces]

    @cached_property
    def sharing(self) -> list[int]:
        """Other examples, read right, in which a loop like this one's is in its place; the most alike first."""
        found: dict[int, tuple[float, int]] = {}
        own = self.class_of(self.main)
        for number, example in enumerate(self.run.examples):
            label = self.class_of(number)
            if example.kind == "right" and label != own and label in self.outputs:
                alike = self.likeness(number)
                if alike >= ALIKE:
                    found.setdefault(label, (-alike, number))
        return [number for _, number in sorted(found.values())[:MOST_SHARING]]

    def likeness(self, number: int) -> float:
        """How much of the ink of an example's loop and of the main digit's is common to both when they are laid on
        each other, hole on hole: 0..1. It is 0 where the holes are far apart, or one is missing."""
        own, other = self.parts, take_apart(self.image_of(number))
        if own.hole is None or other.hole is None:
            return 0.0
        away = np.subtract(own.hole, other.hole)
        if np.hypot(*away) > NEAR * self.image_shape[0]:
            return 0.0
        mine = np.where(own.first, self.image_of(self.main), 0.0)
        its = np.where(other.first, self.image_of(number), 0.0)
        its = np.roll(its, np.round(away).astype(int), (0, 1))
        return float(np.minimum(mine, its).sum() / np.maximum(mine, its).sum())

    @cached_property
    def answers(self) -> list[int]:
        """The examples whose outputs are drawn, the film's own in their middle."""
        return [*self.sharing[:1], self.main, *self.sharing[1:]]

    @property
    def main_place(self) -> int:
        return self.answers.index(self.main)

    @property
    def other_places(self) -> list[int]:
        """Where the others are among the answers."""
        return [place for place in range(len(self.answers)) if place != self.main_place]

    @cached_property
    def wishes(self) -> list[list[Wish]]:
        """Stage by stage what each neuron is to stand for: the pieces where there are any, the parts, the digits."""
        image = self.image_of(self.main)
        whole = window_around(image > 0)
        stages = [
            [Wish(image, part, whole) for part in (self.parts.first, self.parts.second)],
            [self._digit(number) for number in self.answers],
        ]
        if self.has_pieces:
            pieces = [piece for found in self.pieces for piece in found]
            stages.insert(0, [Wish(image, piece, window_around(piece)) for piece in pieces])
        return stages

    def class_of(self, number: int) -> int:
        """What an example digit is; where nobody has said so, what the network takes it for."""
        example = self.run.examples[number]
        return example.answer if example.label is None else example.label

    def image_of(self, number: int) -> np.ndarray:
        """An example digit, (height, width)."""
        return self.run.examples[number].pixels.reshape(self.image_shape)

    @property
    def image_shape(self) -> tuple[int, int]:
        assert self.run.image_shape is not None  # digits are pictures
        return self.run.image_shape

    def _digit(self, number: int) -> Wish:
        """A whole digit; of one that only shares the loop, the loop is what counts."""
        image = self.image_of(number)
        part = image > 0 if number == self.main else take_apart(image).first
        return Wish(image, part, window_around(image > 0))


def spread(count: int, places: int) -> np.ndarray:
    """``count`` of so many places, evenly spread."""
    return np.round((np.arange(count) + 0.5) * places / count - 0.5).astype(int)
