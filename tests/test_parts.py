"""A digit's parts are its own pixels, every one of them in one part."""

from __future__ import annotations

import numpy as np
import pytest
from casts import NAMES, make_run

from edgeglow.model.data.digit_split import split_digit_strokes, split_halves, split_loop_and_rest


def ring_with_tail(tail: int = 5) -> np.ndarray:
    """A square ring, three pixels wide inside, and a line down from its right side."""
    image = np.zeros((14, 9), dtype=np.float32)
    image[1:6, 2:7] = 1.0
    image[2:5, 3:6] = 0.0
    image[6 : 6 + tail, 6] = 1.0
    return image


def test_a_ring_with_a_tail_is_a_loop_and_a_line() -> None:
    image = ring_with_tail()
    parts = split_digit_strokes(image)
    assert parts.has_loop and parts.holes == 1
    assert parts.hole == (3.0, 4.0)
    ring = image.copy()
    ring[6:] = 0.0
    np.testing.assert_array_equal(parts.first & (ring > 0), ring > 0)
    assert parts.second[8:11, 6].all() and not parts.second[:6].any()


def test_a_ring_alone_is_all_loop_and_so_is_told_in_halves() -> None:
    image = ring_with_tail(tail=0)
    assert split_digit_strokes(image).has_loop and not split_digit_strokes(image).second.any()
    halves = split_loop_and_rest(image)
    assert not halves.has_loop
    assert halves.first.any() and halves.second.any()


def test_an_open_line_has_no_loop() -> None:
    image = np.zeros((9, 9), dtype=np.float32)
    image[1:8, 4] = 1.0
    parts = split_digit_strokes(image)
    assert not parts.has_loop and parts.holes == 0
    assert np.flatnonzero(parts.first.any(axis=1)).max() < np.flatnonzero(parts.second.any(axis=1)).min()


def test_of_two_holes_the_larger_counts_and_the_digit_is_no_loop_and_line() -> None:
    image = np.zeros((15, 9), dtype=np.float32)
    image[1:14, 1:8] = 1.0
    image[3:5, 3:6] = 0.0
    image[7:12, 3:6] = 0.0
    parts = split_digit_strokes(image)
    assert parts.holes == 2
    assert parts.hole == (9.0, 4.0)
    assert not split_loop_and_rest(image).has_loop


def test_a_hole_that_only_faint_ink_encloses_is_found() -> None:
    image = ring_with_tail()
    image[1, 4] = 0.35
    parts = split_digit_strokes(image)
    assert parts.has_loop and parts.holes == 1


def test_a_loop_is_cut_above_beside_and_below_its_hole() -> None:
    parts = split_digit_strokes(ring_with_tail())
    (top, right, bottom, left), line = parts.pieces(6)
    rows, columns = np.indices(top.shape)
    assert rows[top].mean() < 2 and rows[bottom].mean() > 4
    assert columns[left].mean() < 3 and columns[right].mean() > 5
    assert len(line) == 2


@pytest.mark.parametrize("most", [2, 3, 4, 6, 16])
@pytest.mark.parametrize("name", NAMES)
def test_parts_and_pieces_share_the_digit_out(name: str, most: int) -> None:
    run = make_run(name)
    for example in run.examples:
        image = example.pixels.reshape(run.image_shape)
        for parts in (split_digit_strokes(image), split_loop_and_rest(image), split_halves(image)):
            assert not (parts.first & parts.second).any()
            np.testing.assert_array_equal(parts.first | parts.second, image > 0)
            if not parts.second.any():
                continue
            first, second = parts.pieces(most)
            assert first and second and len(first) + len(second) <= most
            np.testing.assert_array_equal(np.sum(first, axis=0), parts.first)
            np.testing.assert_array_equal(np.sum(second, axis=0), parts.second)
