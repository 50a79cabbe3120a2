"""The ideal features of hidden neurons, taken from the film's digit: its parts, and their pieces."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from edgeglow.model.data.digit_split import DigitParts, split_digit_strokes, split_loop_and_rest
from edgeglow.model.run.run import Run
from edgeglow.scenes.mobjects.network.ideal_network import IdealFeature
from edgeglow.scenes.mobjects.pictures.part_picture import window_around

MOST_PIECES = 6
MOST_SHARING = 2  # other digits with a similar part
NEAR = 1 / 6  # largest distance between the holes of similar loops, as a share of the picture's height
LOOPED, MOST_JUDGED = 0.75, 100  # least share of a class's test digits with a loop, and how many of them are judged
ALIKE = 0.5  # least common share of the ink of two loops, with their holes aligned


class IdealFeatures:
    """The parts of example ``main`` of a run, and the other digits that have one of them.

    ``outputs`` are the outputs that are drawn, ``room`` the number of neurons drawn of the first hidden layer, which
    are side by side (``in_row``) or one below the other.
    """

    def __init__(self, run: Run, main: int, outputs: np.ndarray, room: int, in_row: bool) -> None:
        self.run = run
        self.main = main
        self.outputs = outputs
        self.room = room
        self.in_row = in_row
        self.has_pieces = len(run.layer_sizes) > 3  # enough hidden layers for pieces before parts

    @cached_property
    def parts(self) -> DigitParts:
        return split_loop_and_rest(self.image_of(self.main))

    @cached_property
    def pieces(self) -> tuple[tuple[np.ndarray, ...], ...]:
        """The pieces of each part, in their order in the digit, so that their lines hardly cross."""

        def place(piece: np.ndarray) -> float:
            return float(np.nonzero(piece)[1 if self.in_row else 0].mean())

        found = self.parts.pieces(min(MOST_PIECES, self.room))
        return tuple(tuple(sorted(pieces, key=place)) for pieces in found)

    @cached_property
    def owners(self) -> list[int]:
        """The part to which each piece belongs."""
        return [part for part, pieces in enumerate(self.pieces) for _ in pieces]

    @cached_property
    def sharing(self) -> list[int]:
        """Other examples, read right, with a similar loop at a similar place; the most similar first.

        Only of classes whose digits have loops: a single 2 that is written with one says nothing about other twos.
        """
        found: dict[int, tuple[float, int]] = {}
        own = self.class_of(self.main)
        for number, example in enumerate(self.run.examples):
            label = self.class_of(number)
            if example.kind == "right" and label != own and label in self.outputs and self.has_loops(label):
                alike = self.similarity(number)
                if alike >= ALIKE:
                    found.setdefault(label, (-alike, number))
        return [number for _, number in sorted(found.values())[:MOST_SHARING]]

    def has_loops(self, label: int) -> bool:
        """Whether at least ``LOOPED`` of a class's test digits have a loop, judged by the first ``MOST_JUDGED``."""
        digits = self.run.test_digits
        images = digits.images[digits.labels == label][:MOST_JUDGED]
        looped = [split_digit_strokes(image).hole is not None for image in images]
        return bool(looped) and float(np.mean(looped)) >= LOOPED

    def similarity(self, number: int) -> float:
        """Return the common share of the ink of an example's loop and the main digit's, with their holes aligned.

        It is in 0..1, and 0 if the holes are far apart or missing.
        """
        own, other = self.parts, split_digit_strokes(self.image_of(number))
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
        """The examples whose outputs are drawn, the film's digit in the middle."""
        return [*self.sharing[:1], self.main, *self.sharing[1:]]

    @property
    def main_place(self) -> int:
        return self.answers.index(self.main)

    @property
    def other_places(self) -> list[int]:
        """Positions of the others among the answers."""
        return [place for place in range(len(self.answers)) if place != self.main_place]

    @cached_property
    def features(self) -> list[list[IdealFeature]]:
        """The ideal feature of each neuron, stage by stage: the pieces if there are any, the parts, the digits."""
        image = self.image_of(self.main)
        whole = window_around(image > 0)
        stages = [
            [IdealFeature(image, part, whole) for part in (self.parts.first, self.parts.second)],
            [self._digit(number) for number in self.answers],
        ]
        if self.has_pieces:
            pieces = [piece for found in self.pieces for piece in found]
            stages.insert(0, [IdealFeature(image, piece, window_around(piece)) for piece in pieces])
        return stages

    def class_of(self, number: int) -> int:
        """Return an example's class; if it is not known, the network's answer."""
        example = self.run.examples[number]
        return example.answer if example.label is None else example.label

    def image_of(self, number: int) -> np.ndarray:
        """Return an example digit, (height, width)."""
        return self.run.examples[number].pixels.reshape(self.image_shape)

    @property
    def image_shape(self) -> tuple[int, int]:
        assert self.run.image_shape is not None  # digits are pictures
        return self.run.image_shape

    def _digit(self, number: int) -> IdealFeature:
        """Return the feature of a whole digit; for another digit with a similar loop, the loop is its part."""
        image = self.image_of(number)
        part = image > 0 if number == self.main else split_digit_strokes(image).first
        return IdealFeature(image, part, window_around(image > 0))


def evenly_spaced(count: int, places: int) -> np.ndarray:
    """Return ``count`` of so many places, evenly spread."""
    return np.round((np.arange(count) + 0.5) * places / count - 0.5).astype(int)
