"""Neurons: the numbers in them are their pixels', and the network is left as the next chapter finds it."""

from __future__ import annotations

import numpy as np
import pytest
from casts import NAMES, make_run
from formulas import activation
from manim import tempconfig
from shot import Shot, Squares
from stage import ASPECTS, CHAPTERS, SETTINGS, Performance, perform
from truth import columns_of, functions, pixels_of, said, under
from written import read_number, tells

from edgeglow.scenes.ch03_neurons import Neurons
from edgeglow.scenes.motions.pass_over import PassOver

# Of those from elsewhere all that read pictures, and those that read rows of named numbers
PICTURES = ("single", "epochs", "letters", "huge", "thin", "own", "unnamed", "mistaken")
PICTURES += ("leaky", "smooth", "capped", "medley")
ROWS = ("rows", "columns")
every_film = pytest.mark.parametrize("run_name", [*NAMES, *PICTURES])
every_row = pytest.mark.parametrize("run_name", ROWS)


def inputs_of(played: Performance, shot: Shot) -> Squares:
    """The discs that stand for the inputs that are drawn of a row."""
    inputs = played.chapter.cast.inputs
    (found,) = [
        squares
        for squares in shot.squares
        if len(squares.values) == len(inputs) and squares.values.any() and squares.roundness == 1
    ]
    return found


def row_of(played: Performance) -> np.ndarray:
    """The numbers of the film's example that are drawn."""
    cast = played.chapter.cast
    return np.asarray(played.run.examples[cast.main].pixels[cast.inputs], np.float64)


def parts(played: Performance) -> np.ndarray:
    """Each of them as a part of the largest that the run holds of its kind."""
    run, inputs = played.run, played.chapter.cast.inputs
    every = np.concatenate([run.test_digits.pixels, np.stack([example.pixels for example in run.examples])])
    return np.asarray(row_of(played) / np.abs(every[:, inputs]).max(axis=0))


def numbers_in(shot: Shot, centers: np.ndarray, sides: np.ndarray) -> dict[int, str]:
    """What is written inside which of these marks."""
    found = {}
    for writing in shot.words:
        if writing.value is None:
            continue
        mark = int(np.argmin(np.linalg.norm(centers[:, :2] - writing.middle, axis=1)))
        left, bottom, right, top = writing.box
        half = sides[mark] / 2
        low, high = centers[mark, :2] - half, centers[mark, :2] + half
        assert low[0] < left and low[1] < bottom and right < high[0] and top < high[1], writing.text
        assert mark not in found, "two numbers in one neuron"
        found[mark] = writing.text
    return found


@every_film
@pytest.mark.parametrize("beat", ["hold", "bright"])
def test_seen_from_near_a_neuron_holds_its_own_pixels_number(run_name: str, beat: str) -> None:
    played = perform("Neurons", run_name)
    shot = played.shot(beat)
    picture = pixels_of(shot, played.run)
    assert picture is not None and picture.roundness == 1 and shot.zoom > 1.3
    pixels = played.run.examples[played.chapter.cast.main].pixels
    numbers = numbers_in(shot, picture.centers, picture.sides)
    assert len(numbers) >= 9
    assert all(tells(text, pixels[mark]) for mark, text in numbers.items())
    held = pixels[list(numbers)]
    assert np.ptp(held) > 0.5, "nothing to compare"


@every_film
def test_the_ring_ends_at_the_brightest_of_them(run_name: str) -> None:
    played = perform("Neurons", run_name)
    shot = played.shot("bright")
    picture = pixels_of(shot, played.run)
    assert picture is not None
    (ring,) = shot.rings()
    numbers = numbers_in(shot, picture.centers, picture.sides)
    assert picture.values[under(ring, picture.centers)] == picture.values[list(numbers)].max()


@every_film
def test_nothing_but_the_pixels_lights_up_and_no_answer_is_given_away(run_name: str) -> None:
    played = perform("Neurons", run_name)
    assert "believe" in [shot.beat for shot in played.shots]
    for shot in played.shots:
        assert not any(column.values.any() for column in columns_of(shot, played.run).values()), shot.beat
        assert not [writing for writing in shot.words if writing.value is not None] or shot.zoom > 1, shot.beat
        assert not shot.rings() or shot.beat == "bright"
        assert all(lines.opacity < 0.7 for lines in shot.lines), "edges that nobody speaks of are at rest"


# -- rows of named numbers ------------------------------------------------------------------------------------


@every_row
@pytest.mark.parametrize("aspect", ASPECTS)
def test_every_named_number_stands_beside_its_neuron(run_name: str, aspect: str) -> None:
    played = perform("Neurons", run_name, aspect=aspect)
    inputs = played.chapter.cast.inputs
    for beat in ("hold", "bright", "largest"):
        shot = played.shot(beat)
        discs = inputs_of(played, shot)
        np.testing.assert_allclose(discs.values, parts(played), atol=1e-6)
        for center, number, index in zip(discs.centers, row_of(played), inputs, strict=True):
            in_line = [word for word in shot.words if abs(word.middle[1] - center[1]) < discs.sides[0] / 2]
            (value,) = [word for word in in_line if word.middle[0] > center[0]]
            (name,) = [word for word in in_line if word.middle[0] < center[0]]
            assert read_number(value.text) == pytest.approx(number, rel=5e-4)
            called = played.run.feature_names[index]
            assert all(part in called for part in name.text.split("…")), (name.text, called)
        assert len({word.text for word in shot.words if word.value is None}) >= len(inputs), "two alike"


@every_row
def test_of_inputs_not_all_of_which_are_drawn_it_is_said_how_many(run_name: str) -> None:
    played = perform("Neurons", run_name)
    count, drawn = played.run.layer_sizes[0], len(played.chapter.cast.inputs)
    note = said("en", "network", "count", kind="labels", shown=drawn, all=count)
    for shot in played.shots:
        assert (note in shot.texts) == (drawn < count), shot.beat


@every_row
def test_the_ring_rests_at_the_brightest_and_then_at_one_below_zero(run_name: str) -> None:
    played = perform("Neurons", run_name)
    for beat, wanted in (("bright", np.argmax(np.abs(parts(played)))), ("largest", np.argmin(parts(played)))):
        (ring,) = played.shot(beat).rings()
        assert under(ring, inputs_of(played, played.shot(beat)).centers) == wanted
    assert "orange" in played.shot("largest").caption and parts(played).min() < 0


@every_row
def test_named_numbers_keep_their_light_on_their_way_into_the_network(run_name: str) -> None:
    played = perform("Neurons", run_name)
    names = [shot for shot in played.shots if shot.beat in ("first", "last", "hidden", "unknown")]
    for shot in names:
        discs = inputs_of(played, shot)
        np.testing.assert_allclose(discs.values, parts(played), atol=1e-6)
        others = [squares for squares in shot.squares if len(squares.values) and squares.values.any()]
        assert len(others) == 1, "something else is lit"
        for center in discs.centers:
            beside = [
                word
                for word in shot.words
                if abs(word.middle[1] - center[1]) < discs.sides[0] / 2 and word.middle[0] < center[0]
            ]
            assert len(beside) == 1, "its name"


@pytest.mark.parametrize("run_name", [*NAMES, *PICTURES, *ROWS])
def test_what_full_light_means_is_told_where_it_is_not_the_number_itself(run_name: str) -> None:
    played = perform("Neurons", run_name)
    beats = [shot.beat for shot in played.shots]
    hidden = set(functions(played.run)[:-1])
    unbound = bool(hidden - {"sigmoid"})
    assert ("scale" in beats) == unbound
    assert ("below" in beats) == (run_name == "medley")  # of which a sentence about its scales has no room to tell
    assert ("largest" in beats) == (run_name in ROWS)
    if unbound:
        told = " ".join(played.shot(beat).caption for beat in ("scale", "below") if beat in beats)
        assert ("orange" in told) == any(activation(kind, -1.0) < 0 for kind in hidden)
        assert ("from −1 to 1" in told) == (hidden == {"tanh"})
        assert ("from 0 to 6" in told) == (hidden == {"relu6"})


@pytest.mark.parametrize("run_name", [*NAMES, *PICTURES, *ROWS])
def test_hidden_layers_and_their_neurons_are_counted_as_one_says_it(run_name: str) -> None:
    played = perform("Neurons", run_name)
    sizes = played.run.layer_sizes[1:-1]
    if not sizes:
        return
    told = " ".join(played.shot("hidden").caption.split())
    alike = len(sizes) > 1 and len(set(sizes)) == 1
    assert ("each" in told) == alike and ("in all" in told) == (not alike and len(sizes) > 3)
    if alike:
        assert f"{len(sizes)} hidden layers" in told
    numbers = [f"{sizes[0]:,}"] if alike else [f"{sum(sizes):,}"] if len(sizes) > 3 else [f"{size}" for size in sizes]
    assert all(number in told for number in numbers)
    assert f"{numbers[-1]} neuron{'' if numbers == ['1'] else 's'}" in told and "(" not in told


# -- motions --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("aspect", ASPECTS)
@pytest.mark.parametrize("run_name", ["usual", "flat", "relu", "deep"])
def test_the_first_layer_is_lines_of_pixels_in_reading_order(run_name: str, aspect: str) -> None:
    width, height = ASPECTS[aspect]
    with tempconfig(SETTINGS | {"pixel_width": width, "pixel_height": height}):
        chapter = CHAPTERS["Neurons"](make_run(run_name), "en", "dark")
        assert isinstance(chapter, Neurons)
        chapter.set_digit()
        chapter.digit = chapter.run.examples[chapter.cast.main]
        lines = chapter.lines(chapter.stage)
    centers, columns = lines.centers, chapter.plane.image_shape[1]
    order = np.lexsort((centers[:, 0], -centers[:, 1].round(6)))
    assert np.array_equal(order, np.arange(chapter.run.layer_sizes[0]))
    np.testing.assert_array_equal(lines.values, chapter.digit.pixels)
    heights, lengths = np.unique(centers[:, 1].round(6), return_counts=True)
    apart, side = np.diff(np.sort(centers[:, 0])).max(), np.ptp(lines.marks[0][:, 0])
    assert (lengths % columns == 0).all() and len(heights) < chapter.plane.image_shape[0]
    assert np.diff(heights, append=np.inf).min() > 2 * apart  # lines are apart, neurons of a line are not
    assert 0.06 < side < apart  # each is seen by itself


def test_attention_passes_over_every_name_and_leaves_it_as_it_was() -> None:
    with tempconfig(SETTINGS):
        chapter = CHAPTERS["PixelFlow"](make_run("many"), "en", "dark")
        chapter.build_network()
        diagram, theme = chapter.diagram, chapter.theme
        places = diagram.layers[-1].discs.centers
        before = [name.get_fill_color() for name in diagram.names]
        ring = diagram.ring.copy()
        motion = PassOver(ring, diagram.names, places, run_time=4.0)
        motion.begin()
        order: list[int] = []
        for alpha in np.linspace(0.0, 1.0, 401):
            motion.interpolate(float(alpha))
            lit = [number for number, name in enumerate(diagram.names) if name.get_fill_color() == theme.accent]
            if lit and lit != order[-1:]:
                order += lit
                away = np.linalg.norm(places - ring.get_center(), axis=1)
                assert lit == [int(np.argmin(away))], "the name of another neuron than the ring is at"
        motion.finish()
    assert order[0] == 0 and order[-1] == len(places) - 1 and order == sorted(order)
    assert [name.get_fill_color() for name in diagram.names] == before
    assert ring.get_stroke_opacity() == 0


# -- the opening of a film about rows -------------------------------------------------------------------------


@every_row
def test_a_film_about_rows_begins_with_examples_of_known_kinds(run_name: str) -> None:
    played = perform("Neurons", run_name)
    cast, run = played.chapter.cast, played.run
    known = [number for number in cast.others if cast.truth(number) is not None][:2]
    expected = [*zip(["kind", "another"], known, strict=False), ("which", cast.main)]
    assert known and played.shots[0].beat == "given"
    for beat, number in expected:
        (shot,) = [shot for shot in played.shots if shot.beat == beat]
        row = run.examples[number].pixels[cast.inputs]
        shown = [squares.values for squares in shot.squares if len(squares.values) == len(row)]
        assert any(np.allclose(values, np.clip(row / cast.peaks[cast.inputs], -1, 1), atol=1e-5) for values in shown)
        written = [word.value for word in shot.words if word.value is not None]
        assert len(written) == len(row)
        if beat != "which":
            assert str(cast.truth(number)) in shot.caption


@every_row
def test_names_beside_the_large_column_keep_all_their_letters(run_name: str) -> None:
    played = perform("Neurons", run_name)
    texts = [word.text for word in played.shots[0].words]
    names = [played.run.feature_names[index] for index in played.chapter.cast.inputs]
    assert all(name in texts for name in names), texts
