"""A file of sentences, read: TOML in UTF-8, no larger than a script can be, and only text that can be shown."""

from __future__ import annotations

import re
import stat
import tomllib
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from reprlib import Repr
from typing import Any

from model.errors import EdgeglowError

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
    text = _decoded(path.name, _content(path))
    if any(len(line) > LONGEST_LINE for line in text.splitlines()):
        raise EdgeglowError(f"{path.name}: has a line of more than {LONGEST_LINE:,} characters; {EXPECTED}")
    try:
        pages = tomllib.loads(text)
    except RecursionError:
        raise EdgeglowError(f"{path.name}: has lists or tables nested too deep; {EXPECTED}") from None
    except ValueError as error:  # not all of them are TOMLDecodeError: numbers of thousands of digits are not
        reason = "has a number of thousands of digits" if "digits" in str(error) else brief_line(str(error))
        raise EdgeglowError(f"{path.name}: {reason}; mend the file, it must be TOML in UTF-8") from None
    for place, what in _texts(path.name, pages):
        _check_text(path.name, place, what)
    return pages


def has_ink(text: str) -> bool:
    """Whether there is anything to be seen of a text: no spaces alone, and no marks without a width."""
    return any(unicodedata.category(letter)[0] not in "ZC" for letter in text)


def brief(value: object, most: int = 60) -> str:
    """A value as Python writes it, cut to about ``most`` characters, so that a message can repeat it."""
    if isinstance(value, str):
        return repr(value) if len(value) <= most else f"{value[:most]!r}..."
    short = Repr()
    short.maxstring = short.maxother = most
    short.maxlevel = 2
    try:
        return brief_line(short.repr(value), 2 * most)
    except ValueError:  # Python writes no integers of more than 4,300 digits
        return "a number of thousands of digits"


def brief_line(text: str, most: int = 200) -> str:
    """A text of which only what can be printed is left, cut to ``most`` characters."""
    kept = "".join(letter if letter.isprintable() else " " for letter in text[:most])
    return kept if len(text) <= most else f"{kept}..."


def _content(path: Path) -> bytes:
    """The bytes of a file: no pipe that nobody writes to, no device that never ends."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise EdgeglowError(f"{path}: is no regular file; {EXPECTED}")
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise EdgeglowError(f"{path}: {reason}; {EXPECTED}") from None
    if len(content) > LARGEST:
        raise EdgeglowError(f"{path}: has more than {LARGEST:,} bytes; {EXPECTED}")
    return content


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
                    f"{file}: {where or 'it'}: has a key that is none of a script: {brief(name)}"
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
