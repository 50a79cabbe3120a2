"""Handwriting: what hangs on the wall are the run's test digits, and those called alike are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from casts import NAMES, make_run
from layout import CONTRAST, contrast
from manim import ManimColor
from shot import Pictures, Shot
from stage import Performance, perform, play
from truth import pixels_of, said

from edgeglow.model.run.snapshot import Example
from edgeglow.scenes.ch01_handwriting import BEHIND, DIM, UNKNOWN, Handwriting, wall_digits
from edgeglow.scenes.ch02_pixels import Pixels
from edgeglow.scenes.style.theme import THEMES, Theme

# Of those from elsewhere the ones that read digits: other sizes, a hundred classes, digits of the user's own
every_film = pytest.mark.parametrize("run_name", [*NAMES, "single", "epochs", "huge", "own", "unnamed"])


def beats(played: Performance) -> dict[str, Shot]:
    return {shot.beat: shot for shot in played.shots}


def hung(shot: Shot) -> Pictures:
    """All pictures that are seen."""
    (found,) = shot.pictures
    return found


def main_of(played: Performance) -> Example:
    return played.run.examples[played.chapter.cast.main]


def labels_of(pictures: np.ndarray, played: Performance) -> list[int]:
    """What the run says that these pictures (n, rows, columns) are: its test digits, and the film's own. Fails for
    any other picture."""
    digits, main = played.run.test_digits, main_of(played)
    known = {ink.tobytes(): int(label) for ink, label in zip(digits.images, digits.labels, strict=True)}
    known[main.pixels.tobytes()] = UNKNOWN if main.label is None else main.label
    return [known[np.ascontiguousarray(picture).tobytes()] for picture in pictures]


def is_own(played: Performance) -> bool:
    return main_of(played).kind == "own"


@every_film
def test_the_film_begins_with_its_digit_alone(run_name: str) -> None:
    played = perform("Handwriting", run_name)
    for beat in ("close", "known"):
        alone = hung(beats(played)[beat])
        main = main_of(played)
        np.testing.assert_array_equal(alone.values.reshape(1, -1), [main.pixels])
        assert alone.opacities.tolist() == [1]
    pixels, facts = len(main.pixels), facts_of(played)
    variant = "unnamed" if main.label is None else "own" if is_own(played) else "coarse" if pixels < 100 else None
    facts |= {"count": pixels} if variant == "coarse" else {}
    assert beats(played)["known"].caption == said_of(played, "known", variant, **facts)


@every_film
def test_the_wall_is_of_different_test_digits(run_name: str) -> None:
    played = perform("Handwriting", run_name)
    wall = hung(beats(played)["wall"])
    count = len(wall.values)
    labels_of(wall.values, played)
    assert len({picture.tobytes() for picture in wall.values}) == count, "two are alike"
    assert np.all(wall.opacities == 1) and len(np.unique(wall.boxes.round(6), axis=0)) == count
    assert beats(played)["wall"].caption == said_of(
        played, "wall", "own" if is_own(played) else played.run.source, shown=count
    )
    main = main_of(played).pixels
    (mine,) = np.flatnonzero((wall.values.reshape(count, -1) == main).all(axis=1))
    middles = (wall.boxes[:, :2] + wall.boxes[:, 2:]) / 2
    away = np.abs(middles - middles.mean(axis=0)) / np.ptp(wall.boxes[:, [0, 2]], axis=1).max()
    assert away[mine].max() <= 1, "the film's digit hangs at the side"


def test_the_wall_takes_the_test_digits_in_their_order() -> None:
    run = make_run("usual")
    images, labels = wall_digits(run, 3, 40)
    assert np.array_equal(images[0].ravel(), run.examples[3].pixels) and labels[0] == run.examples[3].label
    order = [int(np.flatnonzero((run.test_digits.images == image).all(axis=(1, 2)))[0]) for image in images[1:]]
    assert order == sorted(order) and order[-1] <= 40
    assert labels[1:].tolist() == run.test_digits.labels[order].tolist()


@every_film
def test_those_lit_are_all_of_the_films_class(run_name: str) -> None:
    played = perform("Handwriting", run_name)
    label = main_of(played).label
    wall = hung(beats(played)["wall"])
    mine = np.array(labels_of(wall.values, played)) == label
    if mine.sum() <= 1:  # none where nobody said what it is
        assert "alike" not in beats(played)
        return
    lit = played.chapter.only(played.chapter.alike, DIM)
    np.testing.assert_array_equal(lit == 1, mine)
    assert np.all(lit[~mine] < 0.3)
    facts: dict[str, Any] = {"count": int(mine.sum())} | facts_of(played)
    assert beats(played)["alike"].caption == said_of(played, "alike", **facts)
    together = hung(beats(played)["alike"])
    assert len(together.values) == mine.sum() and np.all(together.opacities == 1)
    assert {p.tobytes() for p in together.values} == {p.tobytes() for p in wall.values[mine]}
    sizes = np.ptp(together.boxes[:, [0, 2]], axis=1)
    assert sizes.min() > np.ptp(wall.boxes[0, [0, 2]]), "they came no nearer"


@every_film
def test_it_ends_with_the_films_digit(run_name: str) -> None:
    played = perform("Handwriting", run_name)
    picture = pixels_of(beats(played)["ask"], played.run)
    assert picture is not None and not beats(played)["ask"].pictures
    np.testing.assert_array_equal(picture.values, main_of(played).pixels)
    variant = "unnamed" if main_of(played).label is None else None
    assert beats(played)["ask"].caption == said_of(played, "ask", variant, **facts_of(played))


def test_nobody_is_told_what_nobody_said() -> None:
    """Of a digit without a name no name is told, neither a guess nor the network's answer."""
    played = perform("Handwriting", "unnamed")
    assert main_of(played).label is None
    assert not [told for told in played.told if "label" in told.facts]
    names = set(played.run.class_names)
    for cue in played.cues:
        words = cue.text.replace(".", " ").split()
        assert cue.beat == "wall" or not names & set(words), cue.text


@pytest.mark.parametrize("theme", THEMES)
def test_its_last_picture_is_the_next_chapters_first(theme: str) -> None:
    run, small = make_run("tiny"), {"pixel_width": 320, "pixel_height": 180}
    before, after = (play(chapter, run, "en", theme, draw=True, **small) for chapter in (Handwriting, Pixels))
    assert before.ending == after.opening
    assert after.ending == after.opening, "and that one's last is its own first"


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_the_title_stands_out_from_the_wall_behind_it(theme: Theme) -> None:
    ground = np.array(theme.background.to_rgb())
    for ink in (theme.dark, theme.bright):
        behind = BEHIND * np.array(ink.to_rgb()) + (1 - BEHIND) * ground
        assert contrast(theme.text, ManimColor.from_rgb(behind)) >= CONTRAST


def facts_of(played: Performance) -> dict[str, Any]:
    label = main_of(played).label
    return {} if label is None else {"label": played.run.class_names[label]}


def said_of(played: Performance, beat: str, variant: str | None = None, **facts: Any) -> str:
    """A sentence of this chapter; without a variant, that for the label's own."""
    return said("en", "handwriting", beat, str(facts["label"]) if variant is None else variant, **facts)
