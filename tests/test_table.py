"""Tables as spreadsheets, pandas, R and NumPy write them: all of them the same examples."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing.examples.labelled_file import LabelledExamples, read_labelled
from edgeglow.model.importing.examples.table_examples import ExpectedInputs
from edgeglow.model.text.printable import is_printable

FLOWERS = """꽃받침,너비,품종
5.1,3.5,세토사
7,-3.2,버시컬러
4.9,3,세토사
"""
ROWS = [[5.1, 3.5], [7, -3.2], [4.9, 3]]


def table(
    folder: Path, text: str | bytes, sought: ExpectedInputs | None = None, name: str = "t.csv"
) -> LabelledExamples:
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_labelled(folder / name, sought)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp949"])
def test_encodings(encoding: str, tmp_path: Path) -> None:
    found = table(tmp_path, FLOWERS.encode(encoding))
    assert found.feature_names == ("꽃받침", "너비") and found.class_names == ("버시컬러", "세토사")
    np.testing.assert_allclose(found.inputs, ROWS, rtol=1e-6)
    assert bool(found.remarks) == (not encoding.startswith("utf-8"))


@pytest.mark.parametrize("header", ["Größe,Temperatur °C,Klasse", "temp °C,b,c", "naïve,été,label"])
def test_western_letters_are_no_korean_ones(header: str, tmp_path: Path) -> None:
    found = table(tmp_path, f"{header}\n1,2,x\n3,4,y\n".encode("cp1252"))
    assert found.feature_names == tuple(header.split(",")[:2])
    assert found.remarks == ("the table was read as cp1252 text",)


SAME = {
    "tabs": "a\tb\tkind\n5.1\t3.5\tx\n7\t-3.2\ty\n4.9\t3\tx\n",
    "semicolons and decimal commas": "a;b;kind\n5,1;3,5;x\n7;-3,2;y\n4,9;3,0;x\n",
    "tabs and decimal commas": "a\tb\tkind\n5,1\t3,5\tx\n7\t-3,2\ty\n4,9\t3\tx\n",
    "told by Excel": "sep=;\na;b;kind\n5,1;3,5;x\n7;-3,2;y\n4,9;3;x\n",
    "told by Excel, in quotes": '"sep=|"\na|b|kind\n5.1|3.5|x\n7|-3.2|y\n4.9|3|x\n',
    "quotes": '"a","b","kind"\n"5.1","3.5","x"\n"7","-3.2","y"\n"4.9","3","x"\n',
    "quotes and decimal commas": '"a","b","kind"\n"5,1","3,5","x"\n"7","-3,2","y"\n"4,9","3","x"\n',
    "spaces": "a b kind\n5.1  3.5 x\n7 -3.2 y\n  4.9 3 x\n",
    "spaces beside commas": "a , b , kind\n5.1 , 3.5 , x\n7 , -3.2 , y\n4.9 , 3 , x\n",
    "comments": "# measured in May\n# with care\na,b,kind\n5.1,3.5,x\n# a doubtful one\n7,-3.2,y\n\n4.9,3,x\n",
    "a header in a comment": "# a,b,kind\n5.1,3.5,x\n7,-3.2,y\n4.9,3,x\n",
    "labels first": "kind,a,b\nx,5.1,3.5\ny,7,-3.2\nx,4.9,3\n",
    "labels in the middle": "a,colour,b\n5.1,x,3.5\n7,y,-3.2\n4.9,x,3\n",
    "pandas with its index": ",a,b,kind\n0,5.1,3.5,x\n1,7,-3.2,y\n2,4.9,3,x\n",
    "numbered rows": "Id,a,b,kind\n11,5.1,3.5,x\n12,7,-3.2,y\n13,4.9,3,x\n",
    "R with names of rows": '"a" "b" "kind"\n"1" 5.1 3.5 "x"\n"2" 7 -3.2 "y"\n"3" 4.9 3 "x"\n',
    "separators at the end": "a,b,kind,\n5.1,3.5,x,\n7,-3.2,y,\n4.9,3,x,\n",
    "separators at the end of rows": "a,b,kind\n5.1,3.5,x,\n7,-3.2,y,\n4.9,3,x,\n",
    "empty rows of a spreadsheet": "a,b,kind\n5.1,3.5,x\n7,-3.2,y\n4.9,3,x\n,,\n,,\n",
    "carriage returns": "a,b,kind\r5.1,3.5,x\r7,-3.2,y\r4.9,3,x\r",
    "a minus sign": "a,b,kind\n5.1,3.5,x\n7,−3.2,y\n4.9,3,x\n",
}


@pytest.mark.parametrize("text", SAME.values(), ids=SAME)
def test_many_ways_to_write_the_same(text: str, tmp_path: Path) -> None:
    found = table(tmp_path, text)
    np.testing.assert_allclose(found.inputs, ROWS, rtol=1e-6)
    assert found.class_names == ("x", "y") and found.labels.tolist() == [0, 1, 0]
    assert found.feature_names == ("a", "b")


def test_lines_may_be_longer_than_any_cell(tmp_path: Path) -> None:
    """As those of pictures of 256×256 pixels are; of a separator that is not theirs they would be one cell."""
    row = ",".join(["255"] * 65_536)
    found = table(tmp_path, f"{row},7\n{row},3\n", ExpectedInputs(65_536, 10))
    assert found.inputs.shape == (2, 65_536) and found.labels.tolist() == [7, 3]


def test_commas_between_thousands(tmp_path: Path) -> None:
    found = table(tmp_path, 'a,b,kind\n"1,200",3.5,x\n"12,345.5",4,y\n')
    assert found.inputs.tolist() == [[1200, 3.5], [12345.5, 4]]


# -- headers --------------------------------------------------------------------------------------------------

HEADERLESS = {
    "words last": "5.1,3.5,x\n7,-3.2,y\n4.9,3,x\n",
    "words first": "x,5.1,3.5\ny,7,-3.2\nx,4.9,3\n",
    "only numbers": "5.1,3.5,0\n7,-3.2,1\n4.9,3,0\n",
    "labels first": "0,5.1,3.5\n1,7,-3.2\n0,4.9,3\n",
    "floats": "5.1,3.5,0.0\n7,-3.2,1.0\n4.9,3,0.0\n",
    "NumPy's": "5.1 3.5 0.000e+00\n7 -3.2 1.000e+00\n4.9 3 0.000e+00\n".replace("0.000e+00", "0").replace(
        "1.000e+00", "1"
    ),
}


@pytest.mark.parametrize("text", HEADERLESS.values(), ids=HEADERLESS)
def test_a_row_of_numbers_is_no_header(text: str, tmp_path: Path) -> None:
    found = table(tmp_path, text, ExpectedInputs(2, 2))
    np.testing.assert_allclose(found.inputs, ROWS, rtol=1e-6)
    assert found.feature_names == () and found.labels.tolist() == [0, 1, 0]
    assert any("no header" in remark for remark in found.remarks)


@pytest.mark.parametrize("first", ["0,1,2,3", "1,2,3,label", "label,1x1,1x2,1x3", "a,b,c,2020"])
def test_numbers_that_count_columns_are_a_header(first: str, tmp_path: Path) -> None:
    rows = "1,9.5,8.25,7\n0,2.5,1.25,6\n" if first.startswith("label") else "9.5,8.25,7,1\n2.5,1.25,6,0\n"
    assert table(tmp_path, f"{first}\n{rows}").labels.tolist() == [1, 0]


@pytest.mark.parametrize("labels_first", [True, False])
@pytest.mark.parametrize("header", ["", "pixel", "x"])
def test_tables_of_digits(labels_first: bool, header: str, tmp_path: Path) -> None:
    """As MNIST is passed around: whole numbers to 255, one corner always 0."""
    dice = np.random.default_rng(0)
    pixels = dice.integers(0, 256, (30, 256))
    pixels[:, [0, -1]] = 0
    labels = np.arange(30) % 10
    place = 0 if labels_first else 256
    lines = [",".join(map(str, row)) for row in np.insert(pixels, place, labels, axis=1)]
    if header:
        names = [f"{header}{number}" for number in range(256)]
        names.insert(place, "label")
        lines.insert(0, ",".join(names))
    found = table(tmp_path, "\n".join(lines), ExpectedInputs(256, 10))
    np.testing.assert_array_equal(found.inputs, pixels)
    np.testing.assert_array_equal(found.labels, labels)
    assert found.feature_names == ()  # they are pixels, and have places


def test_columns_of_one_name_are_told_apart(tmp_path: Path) -> None:
    found = table(tmp_path, "a,a,,kind\n1,2,3,x\n4,5,6,y\n")
    assert found.feature_names == ("a", "a (2)", "input 3")


def test_a_column_called_y_may_be_an_input(tmp_path: Path) -> None:
    found = table(tmp_path, "x,y,kind\n1,2,0\n3,4,1\n", ExpectedInputs(2, 2, ("x", "y")))
    assert found.feature_names == ("x", "y") and found.labels.tolist() == [0, 1]


# -- what is none ---------------------------------------------------------------------------------------------

LONG = "x" * 100_000
REFUSED = {
    "no number": ("a,b,kind\n1,2,x\n1,two,y\n1,2,x\n", "line 3: b is 'two', expected a number"),
    "a missing one": ("1,2,x\n1,?,y\n1,2,x\n", "line 2: column 2 is '?', expected a number"),
    "no class": ("a,b,kind\n1,2,x\n1,2,\n1,3,y\n", "line 3 has no class in kind"),
    "short": ("# by hand\n1,2,x\n1,2,x\n3,y\n", "line 4 has 2 columns, but most rows have 3"),
    "long names": (f"{LONG},b,kind\n1,2,x\nq,2,y\n1,2,x\n", "expected a number"),
    "long cells": (f"a,b,kind\n1,2,x\n{LONG},2,y\n1,2,x\n", "expected a number"),
    "many columns": (",".join(["q"] * 5_000) + "\n" + ",".join(["w"] * 5_000) + "\n", "expected a number"),
    "terminal": ("a,b,kind\n1,2,x\n\x1b[31m,2,y\n1,2,x\n", "neither .npz nor .csv"),
    "zeros": (b"a,b,c\n\0\0\0\0\n", "neither .npz nor .csv"),
    "half UTF-16": (b"\xff\xfea\0,\0b", "begins as utf-16 text"),
    "one column": ("kind\nx\ny\n", "has a single column; expected one for each input"),
    "beyond bounds": ("a,b,kind\n1,2,x\n1e300,2,y\n", "holds inputs that are not finite numbers"),
    "comments alone": ("# a,b,c\n#\n", "has no rows below a header"),
    "workbook": (b"PK\3\4", "neither .npz nor .csv"),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_wrong_is_one_short_line(text: str | bytes, message: str, tmp_path: Path) -> None:
    with pytest.raises(EdgeglowError) as caught:
        table(tmp_path, text)
    said = str(caught.value)
    assert message in said and len(said) < 400 + len(str(tmp_path)) and is_printable(said)


def test_a_table_of_too_many_numbers_is_not_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edgeglow.model.importing.examples.table_examples.MOST_NUMBERS", 5)
    with pytest.raises(EdgeglowError, match="3 rows of 2 numbers, expected at most 5"):
        table(tmp_path, "5.1,3.5,x\n7,-3.2,y\n4.9,3,x\n")
    monkeypatch.setattr("edgeglow.model.importing.examples.labelled_file.MOST_TABLE", 10)
    with pytest.raises(EdgeglowError, match="has 27 bytes, expected at most 10"):
        table(tmp_path, "5.1,3.5,x\n7,-3.2,y\n4.9,3,x\n")
