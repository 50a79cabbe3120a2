"""Read the rows of a text table from spreadsheets, pandas, R or NumPy: detect its encoding and separator."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from edgeglow.model.errors import EdgeglowError

# Byte order marks, the longest first, since that of UTF-32 starts with that of UTF-16
MARKS = (
    *((b"\xff\xfe\0\0", "utf-32"), (b"\0\0\xfe\xff", "utf-32"), (b"\xef\xbb\xbf", "utf-8-sig")),
    *((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")),
)
HANGUL = re.compile("[가-힣ㄱ-ㆎ]")
CONTROL = re.compile("[\0-\x08\x0e-\x1b]")  # characters that no text contains
SEPARATORS = "\t;|, "  # in order of preference: a comma may be a decimal comma
LOOKED_AT = 50  # lines that are searched for the separator
DECIMAL_COMMA = re.compile(r"[+-]?(?:\d{1,3}(?:\.\d{3})+|\d*),\d+(?:[eE][+-]?\d+)?")
THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")


@dataclass(frozen=True)
class TableLines:
    """A table's lines and the separator of their cells. ``comment`` is the line above them if it is a comment."""

    lines: Sequence[str]
    first_line: int  # its number in the file, counted from 1
    separator: str
    comment: str
    encoding: str

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield each row's line number in the file, and its cells; comments and empty lines are skipped."""
        for number, line in enumerate(self.lines, start=self.first_line):
            if not line.startswith("#") and (cells := split_cells(line, self.separator)):
                yield number, cells


def read_text(content: bytes, separator: str = "") -> TableLines:
    """Return the lines of a table, and their separator if ``separator`` does not give it. Raises EdgeglowError."""
    text, encoding = decode_table(content)
    if CONTROL.search(text):
        raise EdgeglowError("is damaged, or neither .npz nor .csv; expected labelled examples")
    lines = text.splitlines()
    skipped = 0
    if lines and (told := re.fullmatch(r"sep=(.)[,;\t|]*", lines[0].strip('\ufeff"'), re.IGNORECASE)):
        separator, skipped = told[1], 1
    while skipped < len(lines) and (not lines[skipped].strip(" ,;\t|") or lines[skipped].startswith("#")):
        skipped += 1
    above = lines[skipped - 1] if skipped else ""
    body = lines[skipped:]
    separator = separator or _separator([line for line in body if line.strip()][:LOOKED_AT])
    return TableLines(body, skipped + 1, separator, above.lstrip("# ") if above.startswith("#") else "", encoding)


def decode_table(content: bytes) -> tuple[str, str]:
    """Return the text in these bytes, and the name of its encoding.

    A table has few characters outside ASCII, too few for a detector that counts them (charset-normalizer takes short
    German tables for Central European, and °C for Chinese). Of the encodings before Unicode, Korean is chosen where
    nearly all such characters are Hangul, else Western European.
    """
    for mark, name in MARKS:
        if content.startswith(mark):
            return _strictly(content, name), name.removesuffix("-sig")
    for offset, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        if content[offset:200:2].count(0) > 0.4 * len(content[offset:200:2]):
            return _strictly(content, name), name
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    try:
        text = content.decode("cp949")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace"), "cp1252"
    others = [letter for letter in text if not letter.isascii()]
    hangul = [letter for letter in others if HANGUL.match(letter)]
    # the bytes of °C and the like are Hangul syllables too, but very rare ones
    common = any(min(letter.encode("cp949")) > 0xA0 for letter in hangul)
    if common and len(hangul) >= 0.9 * len(others):
        return text, "cp949"
    return content.decode("cp1252", "replace"), "cp1252"


def _strictly(content: bytes, name: str) -> str:
    try:
        return content.decode(name)
    except UnicodeDecodeError as error:
        raise EdgeglowError(
            f"begins as {name} text, but goes on otherwise; expected one encoding throughout"
        ) from error


def split_cells(line: str, separator: str) -> list[str]:
    """Return a line's cells without surrounding spaces; an empty list if all are empty."""
    if separator == " ":
        line = " ".join(line.split())
    (cells,) = csv.reader([line], delimiter=separator, skipinitialspace=True) if line else ([],)
    cells = [cell.strip() for cell in cells]
    return cells if any(cells) else []


def _separator(lines: Sequence[str]) -> str:
    """Return the separator that gives these lines the same number of cells, most of them numbers."""
    best, found = 0.0, ","
    for each in SEPARATORS:
        try:
            rows = [row for line in lines if not line.startswith("#") and (row := split_cells(line, each))]
        except csv.Error:  # a line without this separator may be longer than csv allows for a cell
            continue
        counts = Counter(map(len, rows))
        columns, fitting = counts.most_common(1)[0] if counts else (1, 0)
        cells = [cell for row in rows if len(row) == columns for cell in row]
        numbers = sum(parse_number(cell, each) is not None for cell in cells)
        score = (fitting / len(rows)) * (0.1 + numbers / len(cells)) if columns > 1 else 0.0
        if score > best + 1e-9:
            best, found = score, each
    return found


def parse_number(cell: str, separator: str) -> float | None:
    """Return the number in a cell, also with a decimal comma or thousands commas; None for anything else."""
    for form in (cell, cell.replace("−", "-")):
        try:
            return float(form)
        except ValueError:
            continue
    cell = cell.replace("−", "-")
    if separator == "," and THOUSANDS.fullmatch(cell):
        return float(cell.replace(",", ""))
    if DECIMAL_COMMA.fullmatch(cell):
        return float(cell.replace(".", "").replace(",", "."))
    return None
