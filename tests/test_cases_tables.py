"""The tables among the cases that are shared between those who work on this: what each must give."""

from __future__ import annotations

from pathlib import Path

import pytest

from edgeglow.model.importing.importer import import_network

CASES = Path(__file__).parents[2] / "shared" / "cases" / "made"

pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason=f"{CASES} is not there")


@pytest.mark.parametrize("table", ["same.csv", "swapped.csv", "headerless.csv"])
def test_columns_are_matched_by_name(table: str) -> None:
    found = import_network(CASES / "named.npz", data=str(CASES / table))
    assert (found.run.accuracy, found.run.test_count) == (1.0, 200) and not found.doubts
    assert found.run.feature_names == ("height", "weight")
    told = " ".join(found.remarks)
    assert ("matched by their names" in told) == (table == "swapped.csv")
    assert ("no names" in told) == (table == "headerless.csv")


@pytest.mark.parametrize("table", ["same.csv", "headerless.csv"])
def test_a_header_of_numbers_is_no_header(table: str) -> None:
    found = import_network(CASES / "nameless.npz", data=str(CASES / table))
    assert (found.run.accuracy, found.run.test_count) == (1.0, 200)
    names = ("height", "weight") if table == "same.csv" else ("input 1", "input 2")
    assert found.run.feature_names == names
    assert any("no header" in remark for remark in found.remarks) == (table == "headerless.csv")


def test_digits_without_a_header_have_their_labels_first() -> None:
    found = import_network(CASES / "digits.npz", data=str(CASES / "digits_headerless.csv"))
    assert found.run.test_count == 10 and found.run.image_shape == (28, 28)
    assert found.run.test_digits.labels.tolist() == list(range(10))
    assert found.run.test_digits.images.max() == 1
    assert all(len(told) < 400 for told in (*found.remarks, *found.doubts))
