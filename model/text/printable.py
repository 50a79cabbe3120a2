"""Make text from a file or a command line fit for display: printable and short."""

from __future__ import annotations

import json
import re

# Control characters, which control a terminal; surrogates, which no encoding can write; and marks that change the
# direction of the line. Joiners are allowed, since many scripts need them within a word.
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

LONGEST_LINE = 800  # characters: two long paths and a sentence
LONGEST_NAME = 60
MOST_LINES = 3


def is_printable(text: str) -> bool:
    """Return whether a terminal shows this text without other effects; line breaks are not printable."""
    return UNPRINTABLE.search(text) is None


def printable(text: str) -> str:
    """Return the text with a question mark for every character that is not printable."""
    return UNPRINTABLE.sub("?", text)


def shorten_text(text: str, most: int) -> str:
    """Return the text, or its start and its end if it has more than ``most`` characters."""
    if len(text) <= most:
        return text
    end = most // 3
    return f"{text[: most - end - 3]}...{text[len(text) - end :]}"


def one_line(said: object, most: int = 160) -> str:
    """Return text from a file or another library as one printable line."""
    text = shorten_text(str(said), 4 * most)  # before splitting: it may be as large as a file
    return printable(shorten_text(" ".join(text.split()), most))


def few_lines(said: object, most: int = MOST_LINES) -> str:
    """Return a message as at most ``most`` printable lines of limited length."""
    lines = shorten_text(str(said), 4 * most * LONGEST_LINE).split("\n")
    if len(lines) > most:
        lines[most - 1 :] = [" ".join(lines[most - 1 :])]  # the end may be the important part
    return "\n".join(printable(shorten_text(line.replace("\t", " "), LONGEST_LINE)) for line in lines)


def short_repr(name: object, most: int = LONGEST_NAME) -> str:
    """Return a name or another value for a message: a text is quoted, printable, and cut if it is long."""
    if isinstance(name, str):
        return repr(one_line(name, most))
    try:
        return one_line(repr(name), most)
    except ValueError:  # Python prints no integers of more than 4,300 digits
        return "a number of thousands of digits"


def json_text(value: object) -> str:
    """Return the value as JSON that a terminal can show too: control characters are escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return "\n".join(UNPRINTABLE.sub(_escaped, line) for line in text.split("\n"))


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
