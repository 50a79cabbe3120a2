"""Two networks side by side: the digits that tell them apart, what each makes of them, and how both learnt."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

import numpy as np
import pytest
from abroad import make_abroad
from casts import make_run
from layout import faults
from pairs import CALLED, PAIRS, perform_two, two
from shot import picture_of
from stage import play
from truth import forward
from written import write_share

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.run.run_comparison import compare_networks
from edgeglow.scenes.comparison import COMPARISON, TwoNetworks, TwoTrainings
from edgeglow.scenes.comparison.learning import shared_progress
from edgeglow.scenes.stage.chapter import Chapter

LOOKS = [("en", "16:9", "dark"), ("ko", "1:1", "light"), ("en", "9:16", "dark"), ("ko", "9:16", "dark")]


@pytest.mark.parametrize("chapter", COMPARISON)
@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("look", LOOKS)
def test_it_looks_right(chapter: type[Chapter], name: str, look: tuple[str, str, str]) -> None:
    lang, aspect, theme = look
    found = faults(perform_two(chapter, name, lang, aspect, theme), theme)
    assert not found, "\n".join(found)


# -- the digits -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAIRS)
def test_the_digits_tell_the_two_apart(name: str) -> None:
    first, second = two(name)
    paired = compare_networks(first, second)
    labels = first.test_digits.labels
    answers = [forward(run, run.last, first.test_digits.pixels)[-1].argmax(axis=1) for run in (first, second)]
    right = [answer == labels for answer in answers]
    assert paired.count == len(labels)
    assert paired.accuracies == pytest.approx([mine.mean() for mine in right])
    assert paired.alike == pytest.approx(np.mean(answers[0] == answers[1]))
    for number, wanted in (
        (paired.agreed, right[0] & right[1]),
        (paired.first_only, right[0] & ~right[1]),
        (paired.second_only, ~right[0] & right[1]),
    ):
        assert (number is not None) == wanted.any()
        if number is not None:
            own, other = paired.first.examples[number], paired.second.examples[number]
            np.testing.assert_array_equal(own.pixels, other.pixels)
            index = np.flatnonzero((first.test_digits.pixels == own.pixels).all(axis=1))
            assert wanted[index].any() and own.label == other.label == labels[index[wanted[index]][0]]


def test_only_networks_that_read_the_same() -> None:
    first, second = two("seeds")
    for other, message in (
        (make_run("deep"), "the first network reads pictures of 7, 7, the second 7, 5; only"),
        (two("rows")[0], "the second no pictures"),
        (two("named")[1], "knows the classes 0, 1, 2, 3, 4, 5, ..."),
    ):
        with pytest.raises(EdgeglowError, match=message):
            compare_networks(first, other)
    assert TwoTrainings.fits_both(first, second) is None
    single = make_abroad("single")
    assert TwoTrainings.fits_both(single, single) == "there is only one snapshot of a training"
    assert TwoNetworks.fits_both(single, single) is None


# -- what is shown --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["seeds", "shapes", "rows"])
def test_each_side_shows_what_its_network_computes(name: str) -> None:
    """At the end of every beat with light: pixels, neurons and numbers of both, told apart by where they stand."""
    played = perform_two(TwoNetworks, name)
    sides = cast(TwoNetworks, played.chapter).sides
    digits = {"flow": "agreed", "answer": "agreed", "unlike": "first_only", "differ": "first_only"}
    digits |= {"again": "second_only", "back": "second_only"}
    paired = cast(TwoNetworks, played.chapter).pairing
    seen = 0
    for shot in played.shots:
        number = getattr(paired, digits[shot.beat]) if shot.beat in digits else None
        if number is None:
            continue
        for side in sides:
            run, area = side.run, side.area
            layers = forward(run, run.last, run.examples[number].pixels)
            mine = [
                squares
                for squares in shot.squares
                if squares.roundness == 1 and area.left <= squares.centers[:, 0].mean() <= area.right
            ]
            columns = [s for s in mine if np.ptp(s.centers[:, 0]) < 1e-6]
            columns = columns[-(len(layers) - 1) :] if run.image_shape is None else columns
            columns.sort(key=lambda squares: squares.centers[0, 0])
            columns = columns[-(len(layers) - 1) :]
            for column, layer, shown, kind in zip(
                columns, layers[1:], side.cast.shown, [run.hidden] * 9, strict=False
            ):
                if layer is layers[-1] or kind != "relu":
                    np.testing.assert_allclose(column.values, layer[shown], atol=2e-5)
            numbers = [w for w in shot.writings if w.value is not None and area.left <= w.middle[0] <= area.right]
            told = sorted(numbers, key=lambda writing: -writing.middle[1])
            np.testing.assert_allclose([w.value for w in told], layers[-1][side.cast.shown[-1]], atol=2e-5)
            seen += 1
    assert seen >= 4


@pytest.mark.parametrize("name", ["seeds", "overfitted", "rows"])
def test_the_trainings_end_where_the_runs_do(name: str) -> None:
    first, second = two(name)
    played = perform_two(TwoTrainings, name)
    shot = played.shots[-1]
    texts = [writing.text for writing in shot.writings if not writing.caption]
    for run in (first, second):
        assert write_share(run.last.loss, ".2f") in texts and write_share(run.accuracy, ".1%") in texts
    beats = [cue.beat for cue in played.cues]
    gap = [float(run.curve_accuracies[-1]) - run.accuracy if len(run.curve_accuracies) else 0 for run in two(name)]
    assert ("by_heart" in beats) == (max(gap) > 0.05)
    if name == "overfitted":
        assert write_share(float(second.curve_accuracies[-1]), ".1%") in played.cues[-1].text


@pytest.mark.parametrize("chapter", COMPARISON)
def test_the_first_frame_is_not_empty(chapter: type[Chapter]) -> None:
    """Draw what the first play begins with, before anything has faded in."""
    first, second = two("overfitted")
    pictures: list[np.ndarray] = []

    class Opening(cast(Any, chapter)):  # type: ignore[misc]
        def begin_animations(self) -> None:
            super().begin_animations()
            if not pictures:
                for animation in self.animations:
                    animation.interpolate(0.0)
                drawing = partial(type(self.renderer).update_frame, self.renderer)
                pictures.append(np.frombuffer(picture_of(self, drawing), np.uint8).reshape(-1, 4)[:, :3])

    made = cast(Any, partial(Opening, other=second, called=CALLED))
    play(made, first, pixel_width=256, pixel_height=144)
    assert np.ptp(pictures[0], axis=0).max() > 100


def test_the_names_stay_between_the_two_and_the_last_ends_in_the_dark() -> None:
    first, second = two("seeds")
    for chapter, is_dark in ((TwoNetworks, False), (TwoTrainings, True)):
        made = cast(Any, partial(chapter, other=second, called=CALLED))
        ending = play(made, first, draw=True, pixel_width=256, pixel_height=144).ending
        contrast = np.ptp(np.frombuffer(ending, np.uint8).reshape(-1, 4), axis=0).max()
        assert contrast <= 1 if is_dark else contrast > 100, chapter.name


# -- both trainings at the same moments -----------------------------------------------------------------------


@pytest.mark.parametrize("name", PAIRS)
def test_both_trainings_are_replayed_on_one_scale(name: str) -> None:
    first, second = two(name)
    one, other = shared_progress(first, second)
    assert max(one[-1], other[-1]) == 1.0 and one[0] == other[0] == 0.0
    assert first.clock == second.clock
    spans = [np.ptp(run.times) for run in (first, second)]
    assert one[-1] * spans[1] == pytest.approx(other[-1] * spans[0])


def test_an_answer_is_told_after_it_is_seen() -> None:
    beats = [cue.beat for cue in perform_two(TwoNetworks, "seeds").cues]
    assert beats[beats.index("differ") - 1] == "unlike" and beats[beats.index("back") - 1] == "again"
