"""Columns and classes are found by their names, written as people write them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing.examples.labelled_file import LabelledExamples
from edgeglow.model.importing.examples.match_examples import match_columns, match_labels

ROWS = LabelledExamples(
    np.array([[1, 2, 3], [4, 5, 6]], np.float32), np.array([0, 1]), "table", ("no", "yes"), ("a b", "c", "d")
)


def test_columns_come_in_the_networks_order_and_others_are_left_out() -> None:
    found = match_columns(ROWS, ("d", "a b"))
    assert found.inputs.tolist() == [[3, 1], [6, 4]] and found.feature_names == ("d", "a b")
    assert found.remarks == (
        "the columns of table were matched by their names; left out, as the network does not read them: c",
    )


def test_nothing_is_said_where_nothing_is_done() -> None:
    assert match_columns(ROWS, ("a b", "c", "d")) is ROWS
    assert match_columns(ROWS, ()) is ROWS
    pictures = replace(ROWS, inputs=np.zeros((2, 2, 2), np.float32), feature_names=())
    assert match_columns(pictures, ("a",)) is pictures


@pytest.mark.parametrize("known", [("D", "A_B", "C"), ("d", "a.b", "c "), ("d", "A-b", "c")])
def test_capitals_and_signs_make_no_difference(known: tuple[str, ...]) -> None:
    assert match_columns(ROWS, known).inputs.tolist() == [[3, 1, 2], [6, 4, 5]]


def test_names_that_differ_by_nothing_else_are_kept_apart() -> None:
    rows = replace(ROWS, feature_names=("x", "X", "y"))
    assert match_columns(rows, ("X", "y", "x")).inputs[0].tolist() == [2, 3, 1]


def test_names_that_do_not_match_are_told() -> None:
    found = match_columns(ROWS, ("p", "q", "r"))
    assert found.inputs is ROWS.inputs
    assert found.remarks == ("table calls a b, c, d what the network calls p, q, r: taken in their order",)
    assert match_columns(ROWS, ("a b", "q", "d")).remarks == (
        "table calls c what the network calls q: taken in their order",
    )


@pytest.mark.parametrize("known", [("c", "q", "d"), ("a b", "q"), ("a b", "c", "d", "e")])
def test_no_column_is_taken_for_another(known: tuple[str, ...]) -> None:
    with pytest.raises(EdgeglowError, match=r"table has no column '[qe]', which the network reads; it has a b,"):
        match_columns(ROWS, known)


def test_columns_without_names_are_taken_in_order() -> None:
    found = match_columns(replace(ROWS, feature_names=()), ("p", "q", "r"))
    assert found.remarks == ("the columns of table have no names: taken to be p, q, r",)


def test_very_many_names_take_no_time() -> None:
    names = tuple(f"n{number}" for number in range(5_000))
    rows = LabelledExamples(np.zeros((1, 5_000), np.float32), np.array([0]), "t", (), names[::-1])
    assert match_columns(rows, names).feature_names == names


# -- classes --------------------------------------------------------------------------------------------------

LABELS = {
    "padded with zeros": (("01", "02", "10"), (), [10, 1, 2], [2, 0, 1]),
    "padded in the table": (("1", "2", "10"), ("01", "02", "10"), [2, 0, 1], [2, 0, 1]),
    "by place": (("cat", "dog"), (), [1, 0], [1, 0]),
    "by name": (("dog", "cat"), ("cat", "dog"), [1, 0], [0, 1]),
    "capitals": (("Iris setosa", "virginica"), ("Virginica", "iris_setosa"), [0, 1], [1, 0]),
}


@pytest.mark.parametrize(("classes", "named", "labels", "expected"), LABELS.values(), ids=LABELS)
def test_classes(classes: tuple[str, ...], named: tuple[str, ...], labels: list[int], expected: list[int]) -> None:
    rows = replace(ROWS, labels=np.array(labels), class_names=named)
    assert match_labels(rows, classes).tolist() == expected


def test_a_class_that_is_none() -> None:
    rows = replace(ROWS, labels=np.array([7]), class_names=())
    with pytest.raises(EdgeglowError, match="table has the class 7, but those of the network are 01, 02; name"):
        match_labels(rows, ("01", "02"))
    rows = replace(ROWS, labels=np.array([0]), class_names=("x" * 100_000,))
    with pytest.raises(EdgeglowError) as caught:
        match_labels(rows, ("a", "b"))
    assert len(str(caught.value)) < 300
