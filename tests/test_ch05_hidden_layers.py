"""Hidden layers: what is staged is made of the run's own digits and said to be staged, and then the truth returns."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from casts import NAMES, make_run
from shot import Shot, Squares
from stage import CHAPTERS, Performance, fitting, perform, run_called
from truth import forward, light

from edgeglow.model.data.digit_split import split_digit_strokes, split_loop_and_rest
from edgeglow.scenes.mobjects.pictures.part_picture import DIM
from edgeglow.scenes.script import load_script
from edgeglow.scenes.stage.ideal_features import IdealFeatures
from edgeglow.scenes.style.theme import THEMES

FROM_ABROAD = ("single", "epochs", "own", "unnamed")
PLAYED = [name for name in (*NAMES, *FROM_ABROAD) if "HiddenLayers" in fitting(name)]
every_film = pytest.mark.parametrize("run_name", PLAYED)
ACCENT, BRIGHT = (np.array(hue.to_rgb()) for hue in (THEMES["dark"].accent, THEMES["dark"].bright))


def pictures(shot: Shot) -> list[Squares]:
    """The pictures of parts: squares without round corners, from black to white."""
    return [squares for squares in shot.squares if squares.roundness == 0]


def neurons(shot: Shot, played: Performance) -> list[Squares]:
    """The neurons, staged or real, layer by layer from the left: round, and not the pixels."""
    pixels = played.run.layer_sizes[0]
    found = [squares for squares in shot.squares if squares.roundness == 1 and len(squares.values) != pixels]
    return sorted(found, key=lambda squares: float(squares.centers[:, 0].mean()))


def image_of(played: Performance, number: int) -> np.ndarray:
    return played.run.examples[number].pixels.reshape(played.run.image_shape).astype(np.float64)


def ink(picture: Squares) -> np.ndarray:
    """The brightness of all cells that are not black, in order."""
    return np.sort(picture.values[picture.values > 1e-6])


def as_drawn(image: np.ndarray, part: np.ndarray) -> np.ndarray:
    values = np.where(part, image, DIM * image)
    return np.sort(values[values > 1e-6])


def overlap_of_loops(one: np.ndarray, other: np.ndarray) -> float:
    """How much of two loops' ink is common to both, counted pixel by pixel with their holes on each other."""
    first, second = split_digit_strokes(one), split_digit_strokes(other)
    down, across = np.round(np.subtract(first.hole, second.hole)).astype(int)
    common = together = 0.0
    for row, column in np.ndindex(one.shape):
        mine = one[row, column] if first.first[row, column] else 0.0
        there = (row - down) % len(one), (column - across) % one.shape[1]
        its = other[there] if second.first[there] else 0.0
        common, together = common + min(mine, its), together + max(mine, its)
    return common / together


# -- what is staged ----------------------------------------------------------------------------------------


@every_film
def test_the_parts_are_the_digits_own_pixels(run_name: str) -> None:
    played = perform("HiddenLayers", run_name)
    image = image_of(played, played.chapter.cast.main)
    parts = split_loop_and_rest(image)
    expected = [as_drawn(image, part) for part in (image > 0, parts.first, parts.second)]
    found = [ink(picture) for picture in pictures(played.shot("wish"))]
    assert len(found) == 3
    for one in expected:
        assert any(len(one) == len(other) and np.allclose(one, other, atol=1e-6) for other in found)


@every_film
def test_every_piece_has_a_picture_with_only_its_own_pixels_lit(run_name: str) -> None:
    played = perform("HiddenLayers", run_name)
    if len(played.run.layer_sizes) < 4:
        assert "strokes" not in [shot.beat for shot in played.shots]
        return
    image = image_of(played, played.chapter.cast.main)
    pieces = [piece for found in played.chapter.ideal.pieces for piece in found]
    assert np.array_equal(np.sum(pieces, axis=0), image > 0)
    shown = pictures(played.shot("strokes"))[3:]
    assert len(shown) == len(pieces)
    for piece in pieces:
        brightest = np.sort(image[piece])
        assert any(
            np.isin(np.round(brightest, 5), np.round(picture.values.astype(np.float64), 5)).all() for picture in shown
        )


@every_film
def test_the_ideal_network_stands_alone_its_lines_have_no_weights_colour_and_it_is_said_to_be_staged(
    run_name: str,
) -> None:
    for lang in ("en", "ko"):
        played = perform("HiddenLayers", run_name, lang)
        tag = load_script(lang).label("hidden_layers", "staged")
        staged = [len(stage) for stage in played.chapter.ideal.features]
        real = [len(shown) for shown in played.chapter.cast.shown]
        for shot in played.shots:
            is_staged = shot.beat in ("wish", "strokes", "forward", "share")
            assert (tag in shot.texts) == is_staged
            layers = neurons(shot, played)
            assert [len(layer.values) for layer in layers] == (staged if is_staged else real)
            assert all(np.allclose(layer.hues[2], BRIGHT) for layer in layers)
            weights = [lines for lines in shot.lines if not np.allclose(lines.hues[0], ACCENT)]
            assert bool(weights) != is_staged  # none of the network's edges is seen beside the ideal one
        hope = {"en": "only a hope", "ko": "기대"}[lang]
        assert hope in played.shot("truth").caption


@every_film
def test_of_the_answers_only_that_of_the_digit_lights_up(run_name: str) -> None:
    played = perform("HiddenLayers", run_name)
    *hidden, answers = neurons(played.shot("forward"), played)
    assert all((layer.values == 1).all() for layer in hidden)
    main = played.chapter.cast.main
    assert answers.values.sum() == 1
    assert played.chapter.ideal.answers[int(answers.values.argmax())] == main
    for layer in neurons(played.shot("wish"), played):
        assert not layer.values.any()


@every_film
def test_lines_run_from_each_piece_to_its_own_part(run_name: str) -> None:
    played = perform("HiddenLayers", run_name)
    count = sum(len(lines.starts) for lines in played.shot("forward").lines if lines.opacity > 0)
    pieces = played.chapter.ideal.owners if len(played.run.layer_sizes) > 3 else []
    parts = 2
    assert count == (2 * len(pieces) if pieces else parts) + parts


@every_film
def test_digits_that_share_the_loop_have_one_like_it_in_its_place_and_are_read_right(run_name: str) -> None:
    played = perform("HiddenLayers", run_name)
    sharing = played.chapter.ideal.sharing
    assert bool(sharing) == ("share" in [shot.beat for shot in played.shots])
    main = played.run.examples[played.chapter.cast.main]
    own = image_of(played, played.chapter.cast.main)
    for number in sharing:
        example = played.run.examples[number]
        assert example.kind == "right" and example.label != main.label
        image = image_of(played, number)
        parts = split_digit_strokes(image)
        assert overlap_of_loops(own, image) >= 0.5
        assert np.hypot(*np.subtract(split_digit_strokes(own).hole, parts.hole)) <= len(image) / 6
        drawn = as_drawn(image, parts.first)
        shown = [ink(picture) for picture in pictures(played.shot("share"))]
        assert any(len(drawn) == len(one) and np.allclose(drawn, one, atol=1e-6) for one in shown)
        assert played.run.class_names[example.label] in played.shot("share").caption


@every_film
def test_loops_are_shared_with_classes_whose_digits_have_loops(run_name: str) -> None:
    played = perform("HiddenLayers", run_name)
    digits = played.run.test_digits
    for number in played.chapter.ideal.sharing:
        images = digits.images[digits.labels == played.run.examples[number].label]
        assert np.mean([split_digit_strokes(image).hole is not None for image in images[:100]]) >= 0.75


def test_one_digit_with_a_loop_does_not_speak_for_its_class() -> None:
    ideal = perform("HiddenLayers", "usual").chapter.ideal
    run = ideal.run
    one = IdealFeatures(run, ideal.main, ideal.outputs, ideal.room, ideal.in_row)
    (eight,) = one.sharing
    label = run.examples[eight].label
    straight = run.test_digits.images.copy()
    straight[run.test_digits.labels == label] = 0.0
    straight[run.test_digits.labels == label, 4:-4, 12:16] = 1.0  # eights that are written as lines
    others = SimpleNamespace(
        examples=run.examples,
        image_shape=run.image_shape,
        layer_sizes=run.layer_sizes,
        test_digits=replace(run.test_digits, images=straight),
    )
    assert not IdealFeatures(others, ideal.main, ideal.outputs, ideal.room, ideal.in_row).sharing


@every_film
@pytest.mark.parametrize("aspect", ["16:9", "1:1", "9:16"])
def test_neurons_do_not_lie_on_pictures(run_name: str, aspect: str) -> None:
    played = perform("HiddenLayers", run_name, aspect=aspect)
    shot = played.shot("forward")
    circles = [one for one in shot.squares if one.roundness == 1 and len(one.values) != played.run.layer_sizes[0]]
    for picture in pictures(shot):
        seen = picture.opacities > 0
        half = picture.sides[seen, None] / 2
        low = (picture.centers[seen, :2] - half).min(axis=0)
        high = (picture.centers[seen, :2] + half).max(axis=0)
        for layer in circles:
            away = np.maximum(low - layer.centers[:, :2], layer.centers[:, :2] - high).max(axis=1)
            assert np.all(away >= layer.sides / 2 - 1e-6), "a circle lies on a picture"


def test_the_usual_nine_is_a_loop_and_a_line_and_an_eight_has_its_loop_but_no_nought() -> None:
    played = perform("HiddenLayers", "usual")
    assert played.chapter.ideal.parts.has_loop
    examples = played.run.examples
    assert [played.run.class_names[examples[number].label] for number in played.chapter.ideal.sharing] == ["8"]


# -- and what is true --------------------------------------------------------------------------------------


@every_film
def test_after_the_ideal_every_neuron_has_its_real_activation(run_name: str) -> None:
    played = perform("HiddenLayers", run_name)
    run, cast = played.run, played.chapter.cast
    pixels = run.examples[cast.main].pixels
    shot = played.shot("truth")
    round_ones = [squares for squares in shot.squares if squares.roundness == 1]
    for layer, shown in enumerate(cast.shown, start=1):
        expected = light(run, run.last, pixels, layer)[shown]
        assert any(
            len(squares.values) == len(expected) and np.allclose(squares.values, expected, atol=1e-5)
            for squares in round_ones
        )
    answers = forward(run, run.last, pixels)[-1][cast.shown[-1]]
    numbers = [word.value for word in shot.words if word.value is not None]
    np.testing.assert_allclose(sorted(numbers), sorted(answers), atol=1e-5)


def test_a_network_without_a_place_for_parts_has_no_such_chapter() -> None:
    reason = CHAPTERS["HiddenLayers"].fits(make_run("flat"))
    assert reason == "this network has no hidden layer"


def test_an_own_digit_that_nobody_named_is_not_called_by_a_name() -> None:
    played = perform("HiddenLayers", "unnamed")
    example = played.run.examples[played.chapter.cast.main]
    assert example.label is None
    for beat in ("wish", "truth"):
        said = played.shot(beat).caption
        assert "this digit" in said and played.run.class_names[example.answer] not in said
    assert f"light up {played.run.class_names[example.answer]}" in played.shot("forward").caption


def test_what_it_ends_with_is_where_the_next_chapter_begins() -> None:
    chapter = CHAPTERS["HiddenLayers"]
    assert chapter.ending(run_called("own")) == "digit" == CHAPTERS["Convolution"].opens
    assert chapter.ending(run_called("single")) == "awake"
    with_ring = perform("HiddenLayers", "single").chapter
    assert with_ring.diagram.ring in with_ring.mobjects
