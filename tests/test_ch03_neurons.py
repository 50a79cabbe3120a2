"""Neurons: the numbers in them are their pixels', and the network is left as the next chapter finds it."""

from __future__ import annotations

import numpy as np
import pytest
from casts import NAMES, make_run
from manim import tempconfig
from shot import Shot
from stage import CHAPTERS, SETTINGS, perform
from truth import columns_of, pixels_of, under

from scenes.ch03_neurons import Neurons
from scenes.motions.pass_over import PassOver

every_film = pytest.mark.parametrize("run_name", NAMES)


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
    assert all(text == f"{pixels[mark]:.2f}" for mark, text in numbers.items())
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
        assert not [writing for writing in shot.words if writing.value is not None] or shot.zoom > 1, (
            shot.beat
        )
        assert not shot.rings() or shot.beat == "bright"
        assert all(lines.opacity < 0.7 for lines in shot.lines), "edges that nobody speaks of are at rest"


@pytest.mark.parametrize("run_name", ["usual", "flat", "relu", "deep"])
def test_the_first_layer_is_one_strip_in_reading_order(run_name: str) -> None:
    with tempconfig(SETTINGS):
        chapter = CHAPTERS["Neurons"](make_run(run_name), "en", "dark")
        assert isinstance(chapter, Neurons)
        chapter.set_digit()
        chapter.digit = chapter.run.examples[chapter.cast.main]
        strip = chapter.strip(chapter.stage)
    centers = strip.centers
    order = np.lexsort((centers[:, 0], -centers[:, 1].round(6)))
    assert np.array_equal(order, np.arange(chapter.run.layer_sizes[0]))
    np.testing.assert_array_equal(strip.values, chapter.digit.pixels)
    assert np.ptp(centers[:, 1]) > 2 * np.ptp(centers[:, 0])


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
        order = []
        for alpha in np.linspace(0.0, 1.0, 401):
            motion.interpolate(float(alpha))
            lit = [
                number for number, name in enumerate(diagram.names) if name.get_fill_color() == theme.accent
            ]
            if lit and lit != order[-1:]:
                order += lit
                away = np.linalg.norm(places - ring.get_center(), axis=1)
                assert lit == [int(np.argmin(away))], "the name of another neuron than the ring is at"
        motion.finish()
    assert order[0] == 0 and order[-1] == len(places) - 1 and order == sorted(order)
    assert [name.get_fill_color() for name in diagram.names] == before
    assert ring.get_stroke_opacity() == 0
