"""Beside each layer of which not all neurons are drawn stands how many are: beside that one, and no other."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from manim import Mobject, tempconfig
from stage import SETTINGS

from edgeglow.scenes.mobjects.network.network_diagram import NetworkDiagram
from edgeglow.scenes.script import load_script
from edgeglow.scenes.stage.neuron_count_notes import NeuronCountNotes, boxes_overlap
from edgeglow.scenes.style.layout import Area, layout_of
from edgeglow.scenes.style.theme import DARK, SMALL, TextLine

WIDE, SQUARE, TALL = (layout_of(*size).stage for size in ((1280, 720), (720, 720), (720, 1280)))
SHOWN = 16
DEEP = (24,) * 8
MIXED = (4096, 30, 512, 40, 200, 1000, 64, 128)


@pytest.fixture(autouse=True)
def elsewhere(request: pytest.FixtureRequest):  # type: ignore[no-untyped-def]
    """Manim keeps letters in its media folder; not in the project's."""
    with tempconfig(SETTINGS):
        yield


def counted(hidden: tuple[int, ...], area: Area, outputs: int = 10, lang: str = "en") -> NeuronCountNotes:
    sizes = (49, *hidden, outputs)
    shown = [np.arange(min(size, SHOWN)) for size in sizes[1:]]
    names = [f"c{number}" for number in range(outputs)]
    diagram = NetworkDiagram(sizes, (7, 7), names, shown=shown, area=area)
    return NeuronCountNotes(diagram, DARK, load_script(lang))


def words_of(note: Mobject) -> TextLine | None:
    """What a note says, None where it is empty."""
    found = [part for part in note.get_family() if isinstance(part, TextLine)]
    return found[0] if found else None


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("hidden", [(24,), (24,) * 3, (4096,) * 3, (1024, 30, 512), (24,) * 5, (16, 24, 8, 4096)])
def test_each_count_stands_under_its_own_column(hidden: tuple[int, ...], lang: str) -> None:
    counts = counted(hidden, WIDE, lang=lang)
    columns = [layer.get_x() for layer in counts.diagram.layers]
    cut = [number for number, size in enumerate(hidden) if size > SHOWN]
    notes = counts.notes()
    assert len(notes) == len(cut)
    for number, note in zip(cut, notes, strict=True):
        assert int(np.argmin(np.abs(np.array(columns) - note.get_x()))) == number
        words = words_of(note)
        assert words is not None and f"{hidden[number]:,}" in words.text and str(SHOWN) in words.text
        assert note.get_top()[1] < counts.diagram.layers[number].get_bottom()[1]


@pytest.mark.parametrize("area", [WIDE, SQUARE, TALL], ids=["wide", "square", "tall"])
@pytest.mark.parametrize("hidden", [DEEP, MIXED, (4096,) * 8, (24,) * 7, (1, 4096, 2, 4096, 3, 4096, 4, 4096)])
def test_no_count_stands_beside_another_layer(hidden: tuple[int, ...], area: Area) -> None:
    """Either each has its own, or one counts them all; and all can be read."""
    counts = counted(hidden, area, outputs=40)
    layers = counts.diagram.layers
    notes = counts.notes()
    written = {number: words for number, note in enumerate(notes) if (words := words_of(note))}
    hidden_notes = [number for number in written if counts.cut[number] is not layers[-1]]
    if len(hidden_notes) == 1 and len(notes) > 2:
        shown = sum(min(size, SHOWN) for size in hidden)
        assert f"{shown} of {sum(hidden):,}" in [words.text for words in written.values()]
    else:
        assert len(written) == len(notes)
        for number, words in written.items():
            middle = [layer.get_center()[int(counts.diagram.is_tall)] for layer in layers]
            place = words.get_center()[int(counts.diagram.is_tall)]
            nearest = layers[int(np.argmin(np.abs(np.array(middle) - place)))]
            assert nearest is counts.cut[number], words.text
    for one, other in combinations(written.values(), 2):
        assert not boxes_overlap(one, other), (one.text, other.text)
    for words in written.values():
        assert words.height > 0.99 * DARK.write(words.text, SMALL).height  # as large as it was written
        assert area.left - 1e-6 < words.get_left()[0] and words.get_right()[0] < area.right + 1e-6


def test_the_last_layer_keeps_its_own_count() -> None:
    counts = counted(DEEP, WIDE, outputs=40)
    texts = [words.text for note in counts.notes() if (words := words_of(note))]
    assert texts == ["128 of 192", "16 of 40"]


@pytest.mark.parametrize("area", [WIDE, SQUARE, TALL], ids=["wide", "square", "tall"])
def test_where_only_the_last_layer_is_cut_only_that_is_counted(area: Area) -> None:
    counts = counted((SHOWN,) * 8, area, outputs=100)
    assert [words.text for note in counts.notes() if (words := words_of(note))] == ["16 of 100"]


def test_where_all_are_drawn_nothing_is_counted() -> None:
    assert counted((16, 8), WIDE).notes() == []
