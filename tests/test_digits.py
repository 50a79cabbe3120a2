from __future__ import annotations

import numpy as np
import pytest

from edgeglow.model.data.digits import Digits
from edgeglow.model.errors import EdgeglowError


def make_digits(count: int = 7) -> Digits:
    """Every pixel of image i is i, and so is its label."""
    labels = np.arange(count, dtype=np.int64)
    images = np.broadcast_to(labels[:, None, None], (count, 3, 4)).astype(np.float32)
    return Digits(images, labels, "strokes")


def test_pixels_are_the_images_as_rows_without_a_copy() -> None:
    digits = make_digits()
    assert len(digits) == 7
    assert digits.pixels.shape == (7, 12)
    assert np.shares_memory(digits.pixels, digits.images)
    assert digits.pixels[5].tolist() == [5.0] * 12


def test_shuffling_keeps_images_with_their_labels_and_loses_none() -> None:
    digits = make_digits(40)
    shuffled = digits.shuffled(seed=3)
    assert shuffled.labels.tolist() != digits.labels.tolist()
    assert sorted(shuffled.labels.tolist()) == digits.labels.tolist()
    assert (shuffled.images[:, 0, 0] == shuffled.labels).all()
    assert shuffled.labels.tolist() == digits.shuffled(seed=3).labels.tolist()
    assert shuffled.source == "strokes"


def test_head_is_the_first_ones() -> None:
    assert make_digits().head(2).labels.tolist() == [0, 1]
    assert make_digits().head(2).images.shape == (2, 3, 4)


@pytest.mark.parametrize(("shape", "labels", "said"), [((4, 9), 4, r"\(4, 9\)"), ((4, 3, 3), 5, "4 images")])
def test_shapes_that_do_not_fit_are_refused(shape: tuple[int, ...], labels: int, said: str) -> None:
    with pytest.raises(EdgeglowError, match=said):
        Digits(np.zeros(shape, np.float32), np.zeros(labels, np.int64), "mnist")
