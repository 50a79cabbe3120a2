"""Names that are too long for their place: they stay readable, and can still be told apart."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from abroad import make_abroad
from layout import overlap
from shot import box_of

from edgeglow.scenes.mobjects.network.network_diagram import NetworkDiagram
from edgeglow.scenes.mobjects.network.output_names import OutputNames
from edgeglow.scenes.mobjects.text.fit_text import short_names, write_fitting
from edgeglow.scenes.stage.chapter_selection import ChapterSelection
from edgeglow.scenes.style.layout import Area, keep_apart
from edgeglow.scenes.style.theme import DARK, LABEL, SMALL

KINDS = tuple(f"class of kind {number}" for number in range(10))
FLOWERS = ("setosa", "versicolor", "virginica")
TALL, WIDE = Area(-2.0, -2.0, 2.0, 3.7), Area(-6.4, -2.4, 6.4, 3.7)


def test_a_short_name_stays_as_it_is_and_of_a_long_one_the_beginning() -> None:
    assert short_names(("cat", "hippopotamus", "rhinoceroses!"), 12) == ("cat", "hippopotamus", "rhinocerose…")
    assert short_names(("a long name",), 7) == ("a long…",), "a space before the dots is none too many"


def test_of_names_that_begin_alike_the_ends_are_kept() -> None:
    short = short_names(KINDS, 8)
    assert short[3] == "…kind 3" and len(set(short)) == len(KINDS)
    assert all(len(name) <= 8 for name in short)


def test_names_get_smaller_together_before_they_are_shortened() -> None:
    room = 1.02 * DARK.write("versicolor", SMALL).width
    written = write_fitting(DARK, FLOWERS, room)
    assert [words.text for words in written] == list(FLOWERS)
    assert len({words.size for words in written}) == 1 and SMALL <= written[0].size < LABEL
    assert max(words.width for words in written) <= room


def test_names_are_never_too_small_to_be_read() -> None:
    written = write_fitting(DARK, KINDS, 1.0)
    assert all(words.size == SMALL and words.width <= 1.0 for words in written)
    assert len({words.text for words in written}) == len(KINDS)


def diagram(area: Area, names: tuple[str, ...]) -> NetworkDiagram:
    return NetworkDiagram((6, 4, len(names)), (2, 3), names, area=area)


@pytest.mark.parametrize("area", [TALL, WIDE])
@pytest.mark.parametrize("names", [FLOWERS, KINDS, tuple("abcdefghij"), tuple(map(str, range(90, 100)))])
def test_names_of_outputs_are_by_their_neurons_and_not_on_each_other(area: Area, names: tuple[str, ...]) -> None:
    drawn = diagram(area, names)
    assert isinstance(drawn.names, OutputNames)
    written = [*drawn.names, *drawn.confidences]
    boxes = [box_of(words.points) for words in written]
    assert all(overlap(one, other) <= 0.012 for one, other in combinations(boxes, 2))
    for words, center in zip(drawn.names, drawn.layers[-1].discs.centers, strict=True):
        away = np.abs(words.get_center() - center)
        assert away[0 if drawn.is_tall else 1] < 0.3 * drawn.layers[-1].spacing, "a name beside another neuron"
    for left, bottom, right, top in boxes:
        assert area.left - 1e-6 <= left and right <= area.right + 1e-6
        assert area.bottom - 1e-6 <= bottom and top <= area.top + 1e-6


def test_long_names_below_a_row_stand_upright() -> None:
    upright, lying = diagram(TALL, KINDS).names, diagram(TALL, FLOWERS).names
    assert all(name.height > name.width for name in upright)
    assert all(name.height < name.width for name in lying)


def test_words_that_lie_on_each_other_are_moved_apart_and_others_not() -> None:
    words = [DARK.write(text, LABEL).move_to([place, 1.0, 0.0]) for text, place in (("one", 0), ("other", 0.1))]
    far = DARK.write("far", LABEL).move_to([5.0, 1.0, 0.0])
    keep_apart([*words, far], WIDE, gap=0.2)
    assert words[1].get_left()[0] - words[0].get_right()[0] >= 0.2 - 1e-6
    assert far.get_x() == 5.0 and all(word.get_y() == 1.0 for word in words)


@pytest.mark.parametrize("run_name", ["columns", "huge", "letters"])
@pytest.mark.parametrize("most", [10, 18])
def test_every_answer_that_is_spoken_of_is_among_the_outputs_drawn(run_name: str, most: int) -> None:
    run = make_abroad(run_name)
    cast = ChapterSelection(run, most)
    for moment in (run.first, run.last):
        answers = moment.activations[-1][list(cast.digits)].argmax(axis=1)
        assert set(answers.tolist()) <= set(cast.shown[-1].tolist())
