"""Notes on how many neurons are drawn, beside each layer that is cut, or for all hidden layers at once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from manim import DOWN, RIGHT, UP, Line, Mobject, VGroup

from edgeglow.scenes.mobjects.network.feature_column import FeatureColumn
from edgeglow.scenes.mobjects.network.network_diagram import NetworkDiagram
from edgeglow.scenes.mobjects.network.neuron_layer import NeuronLayer
from edgeglow.scenes.script import Script
from edgeglow.scenes.style.layout import keep_apart
from edgeglow.scenes.style.theme import SMALL, Theme

APART = 0.25  # least distance between notes, in scene units
NEAR = 0.1  # and from a layer to its note

Counted = NeuronLayer | FeatureColumn


class NeuronCountNotes:
    """Writer of the notes for a diagram.

    ``cut`` are the layers, the inputs first, of which not all neurons are drawn.
    """

    def __init__(self, diagram: NetworkDiagram, theme: Theme, script: Script) -> None:
        self.diagram, self.theme, self.script = diagram, theme, script
        self.cut: list[Counted] = [layer for layer in diagram.layers if layer.is_cut]
        if isinstance(diagram.inputs, FeatureColumn) and diagram.inputs.is_cut:
            self.cut.insert(0, diagram.inputs)

    def notes(self) -> list[Mobject]:
        """Return a note for each of ``cut``, in order, beside its layer.

        If hidden layers are too close for that, one note counts the neurons of all of them, and the others are empty.
        """
        is_tall, hidden = self.diagram.is_tall, self.diagram.layers[:-1]
        each = [self._note_of_row(layer) for layer in self.cut] if is_tall else self._in_columns()
        if each is not None and not (is_tall and self._is_crowded(each)):
            return each
        notes: list[Mobject] = [VGroup() if layer in hidden else self._alone(layer) for layer in self.cut]
        for first in [number for number, layer in enumerate(self.cut) if layer in hidden][:1]:
            notes[first] = self._together(hidden)
        if not is_tall:
            written = [note for note in notes if note.has_points() or note.submobjects]
            keep_apart(written, self.diagram.area, APART)
        return notes

    def _in_columns(self) -> list[Mobject] | None:
        """Return notes below their columns, shortened if needed; None if they are still too wide."""
        for is_short in (False, True):
            notes = [self._under(self._write(layer, is_short=is_short), layer) for layer in self.cut]
            places = [note.get_x() for note in notes]
            keep_apart(notes, self.diagram.area, APART)
            moved = [abs(note.get_x() - place) for note, place in zip(notes, places, strict=True)]
            nearest = np.min(np.diff([layer.get_x() for layer in self.cut]), initial=np.inf)
            if max(moved, default=0.0) < nearest / 4:
                return notes
        return None

    def _under(self, note: Mobject, layer: Mobject) -> Mobject:
        area = self.diagram.area
        note.next_to(layer, DOWN, buff=NEAR)
        return note.set_x(max(area.left + note.width / 2, min(area.right - note.width / 2, layer.get_x())))

    def _is_crowded(self, notes: Sequence[Mobject]) -> bool:
        """Return whether notes of rows overlap each other, or other rows."""
        rows = [(note, layer) for note in notes for layer in self.diagram.layers]
        return any(boxes_overlap(*pair) for pair in (*pairwise(notes), *rows))

    def _together(self, hidden: Sequence[NeuronLayer]) -> Mobject:
        """Return the note for all hidden layers: below a line under their columns, or above the first row."""
        shown = sum(len(layer.indices) for layer in hidden)
        note = write_count(shown, sum(layer.size for layer in hidden), self.theme, self.script)
        if self.diagram.is_tall:
            return self._over(note, hidden[0])
        low = min(float(layer.get_bottom()[1]) for layer in hidden) - NEAR
        ends = [[layer.get_x(), low, 0.0] for layer in (hidden[0], hidden[-1])]
        line = Line(*ends, color=self.theme.muted, stroke_width=1.5)
        return VGroup(line, note.next_to(line, DOWN, buff=NEAR / 2))

    def _alone(self, layer: Counted) -> Mobject:
        note = self._write(layer)
        return self._over(note, layer) if self.diagram.is_tall else self._under(note, layer)

    def _note_of_row(self, layer: Counted) -> Mobject:
        """Return the note at the right end of a row, or above it if there is no room beside it."""
        if layer is not self.diagram.inputs and self.diagram.has_room_beside(layer):
            note = self._write(layer, is_short=True).next_to(layer, RIGHT)
            return note.align_to([self.diagram.area.right, 0, 0], [1, 0, 0])
        return self._over(self._write(layer), layer)

    def _over(self, note: Mobject, layer: Mobject) -> Mobject:
        note.next_to(layer, UP, buff=NEAR).align_to([self.diagram.area.right, 0, 0], [1, 0, 0])
        return note.set_stroke(self.theme.background, width=8, background=True)

    def _write(self, layer: Counted, *, is_short: bool = False) -> Mobject:
        return write_count(len(layer.indices), layer.size, self.theme, self.script, is_short=is_short)


def write_count(shown: int, size: int, theme: Theme, script: Script, *, is_short: bool = False) -> Mobject:
    """Write how many neurons are shown out of ``size``, in words or as a fraction."""
    words = f"{shown}/{size:,}" if is_short else script.label("network", "count", shown=shown, all=size)
    return theme.write(words, SMALL, theme.muted)


def boxes_overlap(one: Mobject, other: Mobject) -> bool:
    """Return whether the boxes of two mobjects overlap."""
    left, bottom = np.maximum(one.get_corner([-1, -1, 0]), other.get_corner([-1, -1, 0]))[:2]
    right, top = np.minimum(one.get_corner([1, 1, 0]), other.get_corner([1, 1, 0]))[:2]
    return bool(left < right and bottom < top)
