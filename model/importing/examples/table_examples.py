"""Parse a text table of labelled examples: find its header, its column of classes, and the numbers."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.importing.examples.table_lines import TableLines, parse_number, read_text, split_cells
from edgeglow.model.text.printable import one_line, short_repr

LABEL_COLUMNS = (
    *("label", "class", "target", "y", "species", "digit", "labels", "classes", "class_name", "variety"),
    *("category", "outcome", "diagnosis", "라벨", "레이블", "클래스", "정답", "품종", "종", "분류"),
)
INDEX_COLUMNS = ("", "unnamed: 0", "index", "id", "no", "no.", "nr", "#", "row", "rownames", "번호", "순번")
PIXEL = re.compile(r"(?:pixel|px|pix|p)[\s_.-]*\d+(?:[\s_.,x×-]\d+)?|\d+[x×_]\d+")
BARE = re.compile(r"[a-z]{0,7}[\s_.-]?\d+")  # x1, feature_1, 1: pixels only if there are very many
LEAST_BARE = 256
LOOKED_AT = 1_000  # rows in the sample, from the whole table
MOST_NUMBERS = 2**26
MOST_UNTOLD = 100  # classes, where their number is not known
MISSING = ("", "?", "na", "n/a", "nan", "null", "none", "-")
RUN = 3  # at least so many consecutive numbers are a header, not data


@dataclass(frozen=True)
class ExpectedInputs:
    """The known facts about a network's inputs and classes; 0 and empty where unknown."""

    inputs: int = 0
    classes: int = 0
    feature_names: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class ExampleTable:
    """The rows of numbers, the class of each (``words``), and the columns' names, empty if the table has none."""

    numbers: np.ndarray
    words: list[str]
    feature_names: tuple[str, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class _Layout:
    """The number of columns, their names if there are any, and their roles."""

    columns: int
    names: tuple[str, ...]
    label: int
    left_out: frozenset[int]

    @property
    def features(self) -> list[int]:
        return [at for at in range(self.columns) if at != self.label and at not in self.left_out]

    def called(self, column: int) -> str:
        """Return the name of a column for a sentence."""
        return one_line(self.names[column], 60) if self.names else f"column {column + 1}"


def read_table(content: bytes, separator: str = "", sought: ExpectedInputs | None = None) -> ExampleTable:
    """Read the examples in a text table. Raises EdgeglowError, without the file's name, where there are none."""
    text = read_text(content, separator)
    stride = max(1, len(text.lines) // LOOKED_AT)
    sample = [
        cells for line in text.lines[::stride] if line[:1] != "#" and (cells := split_cells(line, text.separator))
    ]
    header, is_row = _header(text, sample)
    sample = sample[is_row:]
    if not sample:
        raise EdgeglowError("has no rows below a header; expected the names of the columns, then one example a line")
    layout = _layout(header, sample, sought or ExpectedInputs(), text.separator)
    if not layout.features:
        raise EdgeglowError("has a single column; expected one for each input, and one of classes")
    remarks = [] if text.encoding == "utf-8" else [f"the table was read as {text.encoding} text"]
    if not layout.names:
        remarks.append(f"the table has no header: all rows are examples, column {layout.label + 1} their classes")
    if counting := [layout.names[column] or "the first" for column in sorted(layout.left_out) if layout.names]:
        remarks.append(f"columns that only count the rows, or are empty, were left out: {_listed(counting)}")
    numbers, words = _numbers(text, layout, int(is_row))
    return ExampleTable(numbers, words, _feature_names(layout), tuple(remarks))


def _listed(names: Sequence[str]) -> str:
    return ", ".join(one_line(name, 30) for name in names[:5]) + (", ..." if len(names) > 5 else "")


# -- the header -----------------------------------------------------------------------------------------------


def _header(text: TableLines, sample: Sequence[list[str]]) -> tuple[list[str], bool]:
    """Return the columns' names, and whether they are the first row; NumPy writes them in a comment above."""
    if sample and _is_header(sample[0], sample[1:], text.separator):
        return sample[0], True
    above = split_cells(text.comment, text.separator)
    return (above, False) if sample and len(above) == len(sample[0]) else ([], False)


def _is_header(first: Sequence[str], below: Sequence[Sequence[str]], separator: str) -> bool:
    """Return whether a first row names the columns; a row of numbers does so only if it counts the columns."""
    numbers = [parse_number(cell, separator) for cell in first]
    if all(number is None for number in numbers):
        return True
    for column, cell in enumerate(first):
        if numbers[column] is None and cell.lower() not in MISSING:
            others = [row[column] for row in below if column < len(row)]
            if others and _share_of_numbers(others, separator) > 0.5:
                return True
            if cell.lower() in LABEL_COLUMNS and cell not in others:
                return True
    counted = [number for number in numbers if number is not None]
    return len(counted) >= RUN and counted in [list(range(start, start + len(counted))) for start in (0, 1)]


def _share_of_numbers(cells: Sequence[str], separator: str) -> float:
    return sum(parse_number(cell, separator) is not None for cell in cells) / len(cells)


# -- the roles of the columns ---------------------------------------------------------------------------------


def _layout(header: list[str], sample: Sequence[list[str]], sought: ExpectedInputs, separator: str) -> _Layout:
    usual = Counter(map(len, sample)).most_common(1)[0][0]
    if header and usual == len(header) + 1 and all(row[-1] for row in sample if len(row) == usual):
        header = ["", *header]  # as in R's files, where the column of row names has no name
    columns = len(header) or usual
    rows = [row for row in sample if len(row) == columns]
    names = [name.lower() for name in header] or [""] * columns
    left_out = {at for at in range(columns) if not names[at] and not any(row[at] for row in rows)}
    spare = not sought.inputs or columns - len(left_out) > sought.inputs + 1
    known = {name.lower() for name in sought.feature_names}
    for at, name in enumerate(names):
        if spare and name in INDEX_COLUMNS and name not in known and (name or at == 0):
            cells = [row[at] for row in rows]
            if len(set(cells)) == len(cells) > 1 and not any("." in cell for cell in cells):
                left_out.add(at)
    label = _label(names, rows, sought, separator, left_out)
    return _Layout(columns, tuple(header), label, frozenset(left_out))


def _label(
    names: Sequence[str], rows: Sequence[list[str]], sought: ExpectedInputs, separator: str, left_out: Iterable[int]
) -> int:
    """Return the column of classes: by its name, or the only one of words, or the last or first if possible."""
    known = {name.lower() for name in sought.feature_names}
    for name in LABEL_COLUMNS:
        if name in names and name not in known:
            return names.index(name)
    possible = [at for at in range(len(names)) if at not in set(left_out)] or [0]
    words = [at for at in possible if rows and _share_of_numbers([row[at] for row in rows], separator) < 0.5]
    if len(words) == 1:
        return words[0]
    ends = (possible[-1], possible[0])
    kinds = {at: _kinds([row[at] for row in rows], separator, sought.classes) for at in ends}
    return max(ends, key=lambda at: kinds[at])  # the last one if both are equal


def _kinds(cells: Sequence[str], separator: str, classes: int) -> int:
    """Return the number of classes in a column of whole numbers; 0 where it cannot hold classes."""
    values = {parse_number(cell, separator) for cell in cells}
    whole = [value for value in values if value is not None and value >= 0 and value == value // 1]
    if len(whole) < len(values) or max(whole, default=0) > (classes or MOST_UNTOLD):
        return 0
    return len(whole)


def _feature_names(layout: _Layout) -> tuple[str, ...]:
    """Return distinct names for all columns of numbers; none for pixels, which have positions instead."""
    names = [one_line(layout.names[at], 200) for at in layout.features] if layout.names else []
    side = math.isqrt(len(names))
    kinds = (PIXEL, BARE) if len(names) >= LEAST_BARE else (PIXEL,)
    if side * side == len(names) and any(all(kind.fullmatch(name.lower()) for name in names) for kind in kinds):
        return ()
    seen: Counter[str] = Counter()
    found = []
    for number, given in enumerate(names, start=1):
        name = given or f"input {number}"
        seen[name] += 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(found)


# -- the numbers ----------------------------------------------------------------------------------------------


def _numbers(text: TableLines, layout: _Layout, skipped: int) -> tuple[np.ndarray, list[str]]:
    """Return the numbers as float32 (rows, features), and the text in the column of classes for each row."""
    features, columns = layout.features, layout.columns
    if len(text.lines) * len(features) > MOST_NUMBERS:
        raise EdgeglowError(
            f"has {len(text.lines):,} rows of {len(features):,} numbers, expected at most {MOST_NUMBERS:,} numbers;"
            " keep fewer rows"
        )
    numbers: np.ndarray = np.zeros((len(text.lines), len(features)), np.float32)
    words: list[str] = []
    for line, cells in islice(text.rows(), skipped, None):
        if len(cells) == columns + 1 and not cells[-1]:
            cells.pop()  # every line ends with a separator
        if len(cells) != columns:
            of = "the header" if layout.names else "most rows"
            has = "has" if layout.names else "have"
            there = "1 column" if len(cells) == 1 else f"{len(cells)} columns"
            raise EdgeglowError(f"line {line} has {there}, but {of} {has} {columns}")
        if not cells[layout.label]:
            raise EdgeglowError(f"line {line} has no class in {layout.called(layout.label)}")
        try:
            row = [float(cells[at]) for at in features]
        except ValueError:
            row = _row(cells, layout, text.separator, line)
        with np.errstate(over="ignore"):  # overflows are reported later
            numbers[len(words)] = row
        words.append(cells[layout.label])
    return numbers[: len(words)], words


def _row(cells: Sequence[str], layout: _Layout, separator: str, line: int) -> list[float]:
    """Parse a row with numbers in unusual formats. Raises EdgeglowError for a cell that is not a number."""
    found = []
    for at in layout.features:
        number = parse_number(cells[at], separator)
        if number is None:
            raise EdgeglowError(
                f"line {line}: {layout.called(at)} is {short_repr(cells[at])}, expected a number;"
                " the column of classes"
                f" is {short_repr(layout.called(layout.label))}"
            )
        found.append(number)
    return found
