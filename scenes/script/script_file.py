"""Reading of script files: TOML in UTF-8, of limited size, with printable text only."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.files.input_file import read_input
from edgeglow.model.text.printable import one_line, short_repr

LARGEST = 1 << 20  # bytes; the installed scripts have 60,000
LONGEST_LINE = 8_000  # characters; tomllib takes quadratic time for keys with many parts
LONGEST = 4_000  # characters of a text
LONGEST_KEY = 80
DEEPEST = 4  # nesting of tables and lists: chapter, questions, beat, wrong answers
EXPECTED = "expected a file of sentences, as scenes/script/en.toml"
# Characters that XML and terminals do not accept: control characters (except tab and newline), other line ends,
# direction marks, surrogates, and noncharacters.
CONTROLS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)


def read_pages(path: Path) -> dict[str, Any]:
    """Read the pages of a script file.

    Raises EdgeglowError if the file is missing, is not TOML in UTF-8, or holds unprintable characters.
    """
    text = _decoded(path.name, read_input(path, LARGEST, EXPECTED.removeprefix("expected ")))
    if any(len(line) > LONGEST_LINE for line in text.splitlines()):
        raise EdgeglowError(f"{path.name}: has a line of more than {LONGEST_LINE:,} characters; {EXPECTED}")
    try:
        pages = tomllib.loads(text)
    except RecursionError:
        raise EdgeglowError(f"{path.name}: has lists or tables nested too deep; {EXPECTED}") from None
    except ValueError as error:  # more than TOMLDecodeError, e.g. for a number of thousands of digits
        reason = "has a number of thousands of digits" if "digits" in str(error) else one_line(error)
        raise EdgeglowError(f"{path.name}: {reason}; mend the file, it must be TOML in UTF-8") from None
    for place, what in _texts(path.name, pages):
        _check_text(path.name, place, what)
    return pages


def _decoded(file: str, content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise EdgeglowError(f"{file}: is UTF-16; save it again as UTF-8")
    try:
        return content.decode("utf-8-sig")  # editors on Windows write a byte order mark
    except UnicodeDecodeError as error:
        raise EdgeglowError(f"{file}: {error}; mend the file, it must be TOML in UTF-8") from None


def _texts(file: str, pages: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield every key and every text, each with its place in the file."""
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
                    f"{file}: {where or 'it'}: has a key that is none of a script: {short_repr(name)}"
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
