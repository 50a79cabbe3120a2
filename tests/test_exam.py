"""What a network answers on its test digits, counted plainly; and the noise that it is asked about."""

from __future__ import annotations

import numpy as np
import pytest
from casts import NAMES, make_run

from edgeglow.model.data.digits import Digits
from edgeglow.model.data.noise import noise_pictures, noise_rows
from edgeglow.model.run.evaluation import Evaluation


def evaluation(labels: list[int], outputs: list[list[float]]) -> Evaluation:
    images = np.zeros((len(labels), 1, 1), np.float32)
    return Evaluation(Digits(images, np.array(labels), "strokes"), np.array(outputs))


EVALUATION = evaluation(
    [0, 1, 1, 2, 1], [[0.9, 0.1, 0.0], [0.6, 0.3, 0.1], [0.8, 0.1, 0.1], [0.1, 0.7, 0.2], [0.2, 0.5, 0.3]]
)


def test_answers_are_counted_by_row_and_column_as_they_come() -> None:
    np.testing.assert_array_equal(EVALUATION.counts(), [[1, 0, 0], [2, 1, 0], [0, 1, 0]])
    np.testing.assert_array_equal(EVALUATION.counts(2), [[1, 0, 0], [1, 0, 0], [0, 0, 0]])
    assert EVALUATION.counts(0).sum() == 0 and EVALUATION.right == 2


def test_mistakes_are_found_the_commonest_and_the_surest() -> None:
    assert EVALUATION.commonest_mistake() == (1, 0)
    assert EVALUATION.read_as(1, 0).tolist() == [2, 1]
    assert EVALUATION.most_confident_mistakes().tolist() == [2, 3, 1]


def test_where_all_is_right_there_is_no_mistake() -> None:
    right = evaluation([1], [[0.2, 0.8]])
    assert right.commonest_mistake() is None and right.most_confident_mistakes().size == 0


@pytest.mark.parametrize("name", NAMES)
def test_an_exam_counts_what_the_run_has_counted(name: str) -> None:
    run = make_run(name)
    taken = Evaluation.of(run)
    np.testing.assert_array_equal(taken.counts(), run.confusion)
    assert taken.right == round(run.accuracy * run.test_count)


def test_noise_is_always_the_same_and_looks_like_nothing() -> None:
    noise = noise_pictures(500, (7, 5))
    assert noise.shape == (500, 7, 5) and noise.dtype == np.float32
    np.testing.assert_array_equal(noise, noise_pictures(500, (7, 5)))
    assert not np.array_equal(noise[:250], noise[250:])
    assert noise.min() >= 0 and noise.max() < 1
    np.testing.assert_allclose(noise.mean(axis=0), 0.5, atol=0.08)
    np.testing.assert_allclose(noise.std(axis=0), np.sqrt(1 / 12), atol=0.04)


def test_numbers_by_chance_fill_the_range_that_each_has_and_tell_nothing_of_each_other() -> None:
    rows = np.array([[-5, 1000, 7], [5, 3000, 7], [0, 1500, 7]], np.float32)
    noise = noise_rows(2000, rows)
    assert noise.shape == (2000, 3) and noise.dtype == np.float32
    np.testing.assert_array_equal(noise, noise_rows(2000, rows))
    assert np.all(noise >= rows.min(axis=0)) and np.all(noise <= rows.max(axis=0))
    np.testing.assert_allclose(noise.mean(axis=0), [0, 2000, 7], atol=40)
    np.testing.assert_allclose(np.quantile(noise[:, 0], [0.25, 0.75]), [-2.5, 2.5], atol=0.4)
    assert abs(np.corrcoef(noise[:, 0], noise[:, 1])[0, 1]) < 0.1
