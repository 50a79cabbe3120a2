from __future__ import annotations

import math
import os
import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edgeglow.model.data.digit_templates import LEAN, PEN, WAYS
from edgeglow.model.data.mnist import load_test_mnist
from edgeglow.model.data.pen_path import DigitTemplate, prepare_pen_path
from edgeglow.model.data.strokes import (
    BOX,
    CENTRE,
    HAND,
    SIDE,
    draw_digits,
    draw_pen_lines,
    fit_pen_lines,
    rasterise_lines,
)
from edgeglow.model.errors import EdgeglowError
from edgeglow.model.run.training_config import Config
from edgeglow.model.training.loop import train

MNIST = Path(os.environ.get("MNIST_DIR") or Path(__file__).parents[2] / "shared/data/mnist")
ALL_WAYS = [(label, way) for label, ways in enumerate(WAYS) for way in ways]


def test_same_seed_same_bytes() -> None:
    one, same, other = draw_digits(300, seed=5), draw_digits(300, seed=5), draw_digits(300, seed=6)
    assert one.images.tobytes() == same.images.tobytes()
    assert one.labels.tobytes() == same.labels.tobytes()
    assert one.images.tobytes() != other.images.tobytes()
    assert one.labels.tobytes() != other.labels.tobytes()


def test_digits_are_of_the_kind_that_is_promised() -> None:
    digits = draw_digits(403)
    assert digits.source == "strokes"
    assert digits.images.shape == (403, SIDE, SIDE)
    assert digits.images.dtype == np.float32
    assert digits.labels.dtype == np.int64
    assert digits.images.min() == 0.0
    assert digits.images.max() == 1.0
    assert sorted(np.bincount(digits.labels).tolist()) == [40] * 7 + [41] * 3
    assert np.count_nonzero(np.diff(digits.labels) == 1) < 100  # shuffled, not counted up
    assert len(np.unique(digits.pixels, axis=0)) == 403  # no two alike


def test_one_digit_is_enough_and_none_is_refused() -> None:
    assert len(draw_digits(1)) == 1
    with pytest.raises(EdgeglowError, match="asked for 0 digits"):
        draw_digits(0)


def test_digits_are_normalised_as_mnist_is() -> None:
    images = draw_digits(500, seed=2).images
    for image in images:
        rows, columns = np.nonzero(image > 0.25)
        height, width = np.ptp(rows) + 1, np.ptp(columns) + 1
        assert BOX - 2 <= max(height, width) <= BOX
    places = np.arange(SIDE)
    mass = images.sum(axis=(1, 2))
    centres = np.stack([images.sum(axis=2) @ places, images.sum(axis=1) @ places], axis=1) / mass[:, None]
    touching = (images[:, [0, -1]].max(axis=(1, 2)) > 0) | (images[:, :, [0, -1]].max(axis=(1, 2)) > 0)
    assert np.mean(touching) < 0.02  # a box moved to the edge cannot be moved further
    assert np.abs(centres[~touching] - CENTRE).max() <= 0.501


def test_memory_does_not_grow_beyond_the_images() -> None:
    def besides_the_images(count: int) -> int:
        tracemalloc.start()
        images = draw_digits(count).images
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak - images.nbytes

    assert besides_the_images(24_000) < 1.5 * besides_the_images(8_000) < 150e6


def test_ink_is_what_a_slow_and_obvious_pen_leaves() -> None:
    random = np.random.default_rng(1)
    steady = replace(HAND, rough=0.0)
    path = prepare_pen_path(WAYS[8][0], 40)
    lines, radii = fit_pen_lines(draw_pen_lines(path, 3, LEAN[8], random, steady), path, PEN[8], random, steady)
    fast = rasterise_lines(lines, radii, random, steady)
    for image, line, radius in zip(fast, lines.tolist(), radii.tolist(), strict=True):
        typical = sum(radius) / len(radius)
        for row in range(BOX):
            for column in range(BOX):
                nearest = min(
                    math.hypot(column + 0.5 - x, row + 0.5 - y) / r for (x, y), r in zip(line, radius, strict=True)
                )
                covered = min(max(0.5 - (nearest - 1) * typical / steady.soft, 0.0), 1.0)
                assert image[row, column] == pytest.approx(covered, abs=0.5 / 255 + 2e-3)


def test_lines_fill_the_box_and_leave_room_for_the_pen() -> None:
    random = np.random.default_rng(0)
    path = prepare_pen_path(WAYS[2][0], 96)
    lines, _ = fit_pen_lines(
        draw_pen_lines(path, 50, LEAN[2], random, HAND), path, PEN[2], random, replace(HAND, pressure=0.0)
    )
    thin = fit_pen_lines(
        draw_pen_lines(path, 50, LEAN[2], random, HAND), path, PEN[2], random, replace(HAND, pressure=0.0, pen=0.1)
    )
    assert lines.min() > 0
    assert lines.max() < BOX
    extent = np.ptp(thin[0], axis=1).max(axis=1)
    np.testing.assert_allclose(extent, BOX - 2 * thin[1][:, 0], rtol=1e-5)


def test_the_pen_runs_through_every_corner_and_both_ends() -> None:
    path = prepare_pen_path(DigitTemplate(1, "0,0 50,20 100,0* 50,50 0,100 / 20,60 80,60"), 60)
    line = path.spline @ path.points
    corner = np.array([0.5, -0.5])
    assert line.shape == (60, 2)
    np.testing.assert_allclose(line[0], [-0.5, -0.5], atol=1e-6)
    np.testing.assert_allclose(line[-1], [0.3, 0.1], atol=1e-6)
    assert np.abs(line - corner).max(axis=1).min() < 1e-6
    np.testing.assert_allclose(path.spline.sum(axis=1), 1, atol=1e-5)  # moving all points moves the line


def test_a_lifted_pen_leaves_nothing_between_strokes() -> None:
    path = prepare_pen_path(DigitTemplate(1, "0,0 0,100 / 100,0 100,100"), 80)
    line = path.spline @ path.points
    assert set(np.round(line[:, 0], 5).tolist()) == {-0.5, 0.5}


def test_samples_lie_less_than_a_pixel_apart() -> None:
    for label, way in ALL_WAYS:
        path = prepare_pen_path(way, 96)
        line = path.spline @ path.points * BOX
        gaps = np.hypot(*np.diff(line, axis=0).T)
        lifts = way.strokes.count("/")
        assert np.sort(gaps)[-1 - lifts] < 1.6, (label, way)
        assert np.median(gaps) < 1.0, (label, way)


@pytest.mark.parametrize(("label", "way"), ALL_WAYS)
def test_both_texts_of_a_way_have_the_same_strokes(label: int, way: DigitTemplate) -> None:
    def strokes(text: str) -> list[list[bool]]:
        return [[word.endswith("*") for word in stroke.split()] for stroke in text.split("/")]

    assert way.share > 0
    assert not way.other or strokes(way.strokes) == strokes(way.other), label


def test_every_digit_has_several_ways() -> None:
    assert len(WAYS) == len(LEAN) == len(PEN) == 10
    assert min(len(ways) for ways in WAYS) >= 4


@pytest.mark.skipif(not MNIST.is_dir(), reason="no real MNIST here: set MNIST_DIR to its folder")
def test_a_network_trained_on_strokes_alone_reads_real_handwriting() -> None:
    real = load_test_mnist(MNIST)
    run = train(Config(snapshots=2), draw_digits(20_000), draw_digits(1_000, seed=1))
    answers = run.network().activations(real.pixels)[-1].argmax(axis=1)
    assert np.mean(answers == real.labels) > 0.88  # with the default 60,000 strokes it is 0.92 to 0.93
