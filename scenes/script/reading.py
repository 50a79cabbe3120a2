"""A file of sentences, read: TOML in UTF-8, no larger than a script can be, and only text that can be shown."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from model.errors import EdgeglowError
from model.input_file import read_input
from model.text import one_line, short

LARGEST = 1 << 20  # bytes: the installed scripts have 60,000
LONGEST_LINE = 8_000  # characters: a key of very many parts takes tomllib quadratic time
LONGEST = 4_000  # characters of a text
LONGEST_KEY = 80
DEEPEST = 4  # tables and lists in each other: chapter, questions, beat, wrong answers
EXPECTED = "expected a file of sentences, as scenes/script/en.toml"
# Characters that control instead of being shown, which neither XML nor a terminal takes well: C0 and C1 but tabs and
# new lines, other ends of lines, what turns the direction of what follows, halves of characters, and no characters.
CONTROLS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)


def read_pages(path: Path) -> dict[str, Any]:
    """The pages in a file.

    Raises EdgeglowError when there is none, it is no TOML in UTF-8, or it holds what cannot be shown.
    """
    text = _decoded(path.name, read_input(path, LARGEST, EXPECTED.removeprefix("expected ")))
    if any(len(line) > LONGEST_LINE for line in text.splitlines()):
        raise EdgeglowError(f"{path.name}: has a line of more than {LONGEST_LINE:,} characters; {EXPECTED}")
    try:
        pages = tomllib.loads(text)
    except RecursionError:
        raise EdgeglowError(f"{path.name}: has lists or tables nested too deep; {EXPECTED}") from None
    except ValueError as error:  # not all of them are TOMLDecodeError: numbers of thousands of digits are not
        reason = "has a number of thousands of digits" if "digits" in str(error) else one_line(error)
        raise EdgeglowError(f"{path.name}: {reason}; mend the file, it must be TOML in UTF-8") from None
    for place, what in _texts(path.name, pages):
        _check_text(path.name, place, what)
    return pages


def _decoded(file: str, content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise EdgeglowError(f"{file}: is UTF-16; save it again as UTF-8")
    try:
        return content.decode("utf-8-sig")  # Windows' editors mark UTF-8 at the beginning
    except UnicodeDecodeError as error:
        raise EdgeglowError(f"{file}: {error}; mend the file, it must be TOML in UTF-8") from None


def _texts(file: str, pages: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every key and every text, each with the place where it stands."""
    waiting: list[tuple[tuple[str, ...], object]] = [((), pages)]
    while waiting:
        place, value = waiting.pop()
        where = ".".join(place)
        if isinstance(value, str):
            yield where, value
        if not isinstance(value, dict | list):
            continue
        if len(place) > DEEPEST:
            raise EdgeglowError(f"{file}: {where}: lists or tables nested too deep; {EXPECTED}")
        for key, below in value.items() if isinstance(value, dict) else enumerate(value):
            name = str(key)
            if len(name) > LONGEST_KEY or not name.isprintable():
                raise EdgeglowError(
                    f"{file}: {where or 'it'}: has a key that is none of a script: {short(name)}"
                )
            waiting.append(((*place, name), below))


def _check_text(file: str, where: str, text: str) -> None:
    if len(text) > LONGEST:
        raise EdgeglowError(f"{file}: {where}: has {len(text):,} characters, expected {LONGEST:,} at most")
    if found := CONTROLS.search(text):
        raise EdgeglowError(
            f"{file}: {where}: holds U+{ord(found[0]):04X}, a character that controls instead of being shown;"
            ' take it out (a new line is written "\\n")'
        )
