"""Weights: the pictures, the products and the sum on stage are those of the run's own network."""

from __future__ import annotations

import numpy as np
import pytest
from casts import NAMES
from shot import Shot, Squares
from stage import Performance, fitting, perform, run_called
from truth import forward, functions, said
from written import tells, write_share

from edgeglow.model.run.run import Run
from edgeglow.scenes.mobjects.numbers.running_total import AnimateRunningTotal, RunningTotal
from edgeglow.scenes.mobjects.pictures.weight_pictures import WeightPictures
from edgeglow.scenes.motions.zoom_out_pictures import ZoomOutPictures
from edgeglow.scenes.stage.chapter_selection import ChapterSelection
from edgeglow.scenes.style.layout import Area
from edgeglow.scenes.style.theme import THEMES

ABROAD = ("single", "letters", "huge", "thin", "unnamed")  # of the networks from elsewhere
every_film = pytest.mark.parametrize("run_name", [*NAMES, *ABROAD])


def pictures(shot: Shot, theme: str = "dark") -> Squares:
    """The one field in the hues of weights that is made of squares."""
    hue = THEMES[theme].negative.to_rgb()
    found = [squares for squares in shot.squares if squares.roundness == 0 and np.allclose(squares.hues[0], hue)]
    (one,) = found
    return one


def shades(run: Run, weights: np.ndarray) -> np.ndarray:
    """The signed root of each weight's part of the one that only one in a hundred exceeds."""
    part = weights / np.quantile(np.abs(run.last.weights[0]), 0.99)
    return np.asarray(np.sign(part) * np.sqrt(np.abs(part)))


def the_row(played: Performance) -> np.ndarray:
    return played.run.last.weights[0][played.chapter.cast.neuron].astype(np.float64)


def the_digit(played: Performance) -> np.ndarray:
    return played.run.examples[played.chapter.cast.main].pixels.astype(np.float64)


# -- which neuron ------------------------------------------------------------------------------------------


@every_film
def test_the_neuron_looked_at_is_drawn_lit_and_the_most_telling(run_name: str) -> None:
    run = run_called(run_name)
    cast = ChapterSelection(run)
    kind = functions(run)[0]
    threshold = 0.5 if kind in ("sigmoid", "softmax") else 0.0
    assert cast.threshold(1) == threshold
    light = forward(run, run.last, run.examples[cast.main].pixels)[1]
    shown = cast.shown[0]
    assert cast.neuron in shown
    lit = [neuron for neuron in shown if light[neuron] > threshold]
    if not lit:
        assert light[cast.neuron] == light[shown].max()
        return
    digits = run.test_digits
    activations = forward(run, run.last, digits.pixels)[1]

    def spread(neuron: int) -> float:
        own = activations[:, neuron]
        means = [own[digits.labels == label].mean() for label in set(digits.labels.tolist())]
        return float(np.std(means) / np.abs(own).max())

    assert cast.neuron in lit
    assert spread(cast.neuron) == pytest.approx(max(spread(neuron) for neuron in lit), rel=1e-4)


# -- what is shown -----------------------------------------------------------------------------------------


@every_film
def test_the_edges_that_are_left_are_the_neurons_own(run_name: str) -> None:
    played = perform("Weights", run_name)
    diagram, inputs = played.chapter.diagram, played.run.layer_sizes[0]
    shot = played.shot("one")
    (lines,) = [lines for lines in shot.lines if len(lines.values) == inputs and lines.opacity == 1]
    np.testing.assert_array_equal(lines.values, the_row(played).astype(np.float32))
    place = int(np.flatnonzero(played.chapter.cast.shown[0] == played.chapter.cast.neuron)[0])
    np.testing.assert_allclose(lines.ends, np.tile(diagram.layers[0].center_of(place), (inputs, 1)))
    others = [one.opacity for one in shot.lines if one is not lines]
    assert others and max(others) < 0.1
    (ring,) = shot.rings()
    np.testing.assert_allclose(ring.middle, diagram.layers[0].center_of(place)[:2], atol=1e-3)


@every_film
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_every_weight_lies_over_the_pixel_that_its_edge_comes_from(run_name: str, theme: str) -> None:
    played = perform("Weights", run_name, theme=theme)
    rows, columns = played.run.image_shape
    for beat in ("lay", "picture"):
        found = pictures(played.shot(beat), theme)
        np.testing.assert_allclose(found.values, shades(played.run, the_row(played)), rtol=1e-4, atol=1e-6)
        places = found.centers.reshape(rows, columns, 3)
        assert np.all(np.diff(places[:, :, 0], axis=1) > 0) and np.all(np.diff(places[:, :, 1], axis=0) < 0)
        np.testing.assert_allclose(np.ptp(places[:, :, 0], axis=0), 0, atol=1e-9)


@every_film
def test_what_is_left_under_the_digit_is_weight_times_pixel(run_name: str) -> None:
    played = perform("Weights", run_name)
    products = the_row(played) * the_digit(played)
    for beat in ("over", "sum"):
        found = pictures(played.shot(beat))
        np.testing.assert_allclose(found.values, shades(played.run, products), rtol=1e-4, atol=1e-6)
        assert np.all(found.values[the_digit(played) == 0] == 0)


@every_film
def test_the_number_is_what_the_network_computes(run_name: str) -> None:
    played = perform("Weights", run_name)
    total = float(the_row(played) @ the_digit(played))
    bias = float(played.run.last.biases[0][played.chapter.cast.neuron])
    computed = played.run.network().sums(1, played.run.examples[played.chapter.cast.main].pixels[None])
    assert total + bias == pytest.approx(float(computed[0, played.chapter.cast.neuron]), abs=1e-4)
    shot = played.shot("sum")
    (number,) = [writing for writing in shot.words if writing.value is not None]
    assert tells(number.text, total, 1.0) and number.text in shot.caption


@every_film
def test_the_wall_shows_every_neuron_drawn_and_says_how_many_there_are(run_name: str) -> None:
    played = perform("Weights", run_name)
    shown = played.chapter.cast.shown[0]
    found = pictures(played.shot("yet"))
    expected = shades(played.run, played.run.last.weights[0][shown])
    np.testing.assert_allclose(found.values, expected.ravel(), rtol=1e-4, atol=1e-6)
    assert np.all(found.opacities == 1)
    (told,) = [told for told in played.told if told.name == "all"]
    assert {"shown": len(shown), "count": played.run.layer_sizes[1]}.items() <= told.facts.items()
    if told.variant not in ("single", "answers"):
        assert str(played.run.layer_sizes[1]) in played.shot("all").caption
        assert str(len(shown)) in played.shot("all").caption


@every_film
def test_all_pictures_keep_the_colours_of_their_weights(run_name: str) -> None:
    played = perform("Weights", run_name)
    expected = shades(played.run, played.run.last.weights[0][played.chapter.cast.shown[0]])
    found = pictures(played.shot("all"))
    np.testing.assert_allclose(found.values, expected.ravel(), rtol=1e-4, atol=1e-6)


@every_film
def test_an_answer_that_can_be_seen_is_one_whose_picture_is_most_like_its_digits(run_name: str) -> None:
    played = perform("Weights", run_name)
    run = played.run
    (told,) = [told for told in played.told if told.name == "all"]
    if len(run.layer_sizes) > 2 or run.layer_sizes[1] == 1:
        assert told.variant != "answers"
        return
    likeness = {}
    for neuron in played.chapter.cast.shown[0]:
        own = run.test_digits.labels == neuron
        typical = run.test_digits.pixels[own].mean(axis=0) - run.test_digits.pixels[~own].mean(axis=0)
        lit = np.where(typical == 0, 0, run.last.weights[0][neuron])
        likeness[run.class_names[neuron]] = np.corrcoef(typical, lit)[0, 1]
    best = max(likeness, key=likeness.__getitem__)
    assert (told.variant == "answers") == (likeness[best] >= 0.3)
    if told.variant == "answers":
        assert told.facts["alike"] == best and best in played.shot("all").caption


@every_film
def test_of_a_hope_is_spoken_only_where_the_film_has_had_one(run_name: str) -> None:
    caption = perform("Weights", run_name).shot("all").caption
    if "blotches" in caption:
        assert ("loops" in caption) == ("HiddenLayers" in fitting(run_name))
    else:
        assert "loops" not in caption


@every_film
def test_how_much_it_reads_is_said_as_what_it_is(run_name: str) -> None:
    played = perform("Weights", run_name)
    run, caption = played.run, played.shot("yet").caption
    right = np.trace(run.confusion) / run.confusion.sum()
    chance = 1 / len(run.class_names)
    assert write_share(float(right), ".1%") in caption
    weak = right - chance < 2 / 3 * (1 - chance)
    assert ("However" in caption) == (not weak) and ("only" in caption) == weak
    if run.imported is not None:
        assert "never seen" not in caption, "nobody knows what it was trained on"


@pytest.mark.parametrize("run_name", ["letters", "thin", "mistaken"])
def test_pictures_of_other_things_are_called_no_digits(run_name: str) -> None:
    for shot in perform("Weights", run_name).shots:
        said = " ".join([shot.caption, *shot.texts])
        assert not any(word in said for word in ("digit", "ink", "stroke", "loop")), said


def test_a_digit_that_nobody_named_is_given_no_name() -> None:
    played = perform("Weights", "unnamed")
    for beat in ("over", "sum"):
        assert "our digit" in played.shot(beat).caption


def test_a_layer_of_one_neuron_has_one_picture() -> None:
    played = perform("Weights", "thin")
    assert played.run.layer_sizes[1] == 1
    assert played.shot("all").caption == said("en", "weights", "all", "single")
    (weights,) = played.run.last.weights[0]
    np.testing.assert_allclose(pictures(played.shot("yet")).values, shades(played.run, weights), rtol=1e-4)


# -- beside what was hoped for -----------------------------------------------------------------------------


def bright(shot: Shot) -> list[Squares]:
    """Fields of squares from black to white."""
    hue = THEMES["dark"].bright.to_rgb()
    return [squares for squares in shot.squares if squares.roundness == 0 and np.allclose(squares.hues[2], hue)]


@every_film
def test_the_hope_our_pictures_and_feature_maps_stand_side_by_side_where_the_film_has_them(run_name: str) -> None:
    played = perform("Weights", run_name)
    beats = [shot.beat for shot in played.shots]
    assert ("compare" in beats) == ("HiddenLayers" in fitting(run_name))
    assert ("edges" in beats) == ("Convolution" in fitting(run_name))
    for beat in {"compare", "edges"} & set(beats):
        shot = played.shot(beat)
        assert any("staged" in text for text in shot.texts) == ("compare" in beats)
        assert ("convolutional network" in shot.texts) == (beat == "edges")
        assert "our network" in shot.texts
        boxes = [
            (*middle[:2], side) for one in shot.squares for middle, side in zip(one.centers, one.sides, strict=True)
        ]
        assert boxes and max(abs(x) + side / 2 for x, _, side in boxes) < shot.layout.width / 2


@every_film
def test_our_pictures_among_them_are_real_and_the_neuron_followed_is_one(run_name: str) -> None:
    played = perform("Weights", run_name)
    run, cast = played.run, played.chapter.cast
    for beat in {"compare", "edges"} & {shot.beat for shot in played.shots}:
        found = pictures(played.shot(beat))
        expected = shades(run, run.last.weights[0][cast.shown[0]])
        np.testing.assert_allclose(found.values, expected.ravel(), rtol=1e-4, atol=1e-6)
        seen = found.opacities.reshape(len(cast.shown[0]), -1)
        assert np.all((seen == 0) | (seen == 1)) and np.all(np.ptp(seen, axis=1) == 0)
        assert seen[:, 0].sum() == min(4, len(seen))
        assert seen[list(cast.shown[0]).index(cast.neuron), 0] == 1


@every_film
def test_maps_among_them_are_the_convolutional_networks(run_name: str) -> None:
    if "Convolution" not in fitting(run_name):
        return
    played = perform("Weights", run_name)
    run = played.run
    image = run.examples[played.chapter.cast.main].pixels.reshape(run.image_shape)
    stages = [stage[0] for stage in run.convolution.maps(image[None])]
    real = {stage: stages[stage] / stages[stage].max() for stage in (1, 3) if stage < len(stages)}
    seen = {stage: 0 for stage in real}
    for field in bright(played.shot("edges")):
        for stage, maps in real.items():
            size = maps[0].size
            if len(field.values) == 2 * size and len(field.values) != image.size:
                for values in field.values.reshape(2, size):
                    assert any(np.allclose(values, one.ravel(), atol=1e-5) for one in maps)
                seen[stage] += 1
    assert all(count == 1 for count in seen.values())


def test_pictures_that_belong_to_answers_carry_their_names() -> None:
    played = perform("Weights", "flat")
    run, shot = played.run, played.shot("all")
    shown = played.chapter.cast.shown[0]
    found = pictures(shot).centers.reshape(len(shown), -1, 3)
    for neuron, centers in zip(shown, found, strict=True):
        (name,) = [word for word in shot.words if word.text == run.class_names[neuron]]
        left, _, right, top = name.box
        assert (left + right) / 2 == pytest.approx(centers[:, 0].mean(), abs=0.02)
        assert 0 < centers[:, 1].min() - top < 0.4


# -- in between --------------------------------------------------------------------------------------------


def test_the_total_grows_by_true_partial_sums() -> None:
    terms = np.random.default_rng(1).normal(size=12)
    total = RunningTotal(terms, 3, round(float(terms.sum()), 2), area=Area(1, -1, 3, 1), beside=-2, name="so far")
    for count in (0, 1, 5, 11, 12):
        total.show_until(count)
        assert total.number.value == pytest.approx(terms[:count].sum(), abs=0.005 if count == 12 else 1e-6)
        head = total.head.get_center()
        assert head[1] == pytest.approx(1 - 2 * count / 12)
        left = total.axis.get_x() + terms[:count].sum() * total.per_unit
        assert head[0] == pytest.approx(left)
    assert total.show_until(5.7).number.value == pytest.approx(terms[:5].sum()), "a term counts once it is added"
    counting = AnimateRunningTotal(total)
    counting.interpolate_mobject(1.0)
    assert total.number.value == round(float(terms.sum()), 2)


def test_pulling_back_begins_at_the_one_picture_and_ends_at_all() -> None:
    area, near = Area(-3, -2, 3, 2), Area(-1.5, -1.5, 1.5, 1.5)
    weights = np.random.default_rng(2).normal(size=(6, 20))
    wall = WeightPictures((4, 5), np.arange(6), scale=1.0, area=area).set_weights(weights)
    home = wall.squares.points.copy()
    motion = ZoomOutPictures(wall, 4, near, area, rate_func=lambda t: t)
    motion.interpolate_mobject(0.0)
    mine = wall.squares.marks[80:100].reshape(-1, 3)
    assert np.ptp(mine[:, 0]) == pytest.approx(3.0, rel=0.01) and np.allclose(mine.mean(axis=0), 0, atol=1e-9)
    assert np.array_equal(wall.squares.opacities > 0, np.arange(120) // 20 == 4)
    for part in (0.4, 0.8, 0.99):
        motion.interpolate_mobject(part)
        beyond = np.any(np.abs(wall.squares.centers[:, :2]) > [3.0, 2.0], axis=1)
        others = np.arange(120) // 20 != 4
        assert not np.any(wall.squares.opacities[beyond & others])
        assert np.any(wall.squares.opacities[others])
    motion.interpolate_mobject(1.0)
    np.testing.assert_array_equal(wall.squares.points, home)
    assert np.all(wall.squares.opacities == 1)
