"""Neurons: the numbers in them are their pixels', and the network is left as the next chapter finds it."""

from __future__ import annotations

import numpy as np
import pytest
from casts import NAMES
from shot import Shot
from stage import perform
from truth import columns_of, forward, pixels_of, under

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
def test_the_outputs_light_up_for_the_digit_and_go_dark_again(run_name: str) -> None:
    played = perform("Neurons", run_name)
    last = len(played.run.layer_sizes) - 1
    beats = [shot.beat for shot in played.shots]
    lit, dark = played.shot("believe"), played.shots[beats.index("believe") + 1 :]
    pixels = played.run.examples[played.chapter.cast.main].pixels
    best = float(forward(played.run, played.run.last, pixels)[last].max())
    assert f"{best:.2f}" in lit.texts
    assert columns_of(lit, played.run)[last].values.any()
    for shot in dark:
        assert not any(column.values.any() for column in columns_of(shot, played.run).values()), shot.beat
        assert not shot.rings() and f"{best:.2f}" not in shot.texts
        assert all(lines.opacity < 0.5 for lines in shot.lines), "edges that nobody speaks of are at rest"
