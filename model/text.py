"""Text that came from a file or a command line, made fit to be shown: printable, and short."""

from __future__ import annotations

import json
import re

# Control characters (a terminal obeys them), halves of letters that no encoding can write, and marks that turn the
# direction of the line; joiners, which many scripts need within a word, are left.
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

LONGEST_LINE = 800  # letters: two long paths and a sentence
LONGEST_NAME = 60
MOST_LINES = 3


def is_printable(text: str) -> bool:
    """Whether a terminal shows this text and does nothing else with it; line breaks are not printable."""
    return UNPRINTABLE.search(text) is None


def printable(text: str) -> str:
    """The text with a question mark for every letter that a terminal would not show."""
    return UNPRINTABLE.sub("?", text)


def cut(text: str, most: int) -> str:
    """The text, or its beginning and its end where it has more than ``most`` letters."""
    if len(text) <= most:
        return text
    end = most // 3
    return f"{text[: most - end - 3]}...{text[len(text) - end :]}"


def one_line(said: object, most: int = 160) -> str:
    """What a file or another library says, as one printable line."""
    text = cut(str(said), 4 * most)  # before it is taken apart: it may be as large as a file
    return printable(cut(" ".join(text.split()), most))


def few_lines(said: object, most: int = MOST_LINES) -> str:
    """A message as a person can read it: so many printable lines at most, and none of them endless."""
    lines = cut(str(said), 4 * most * LONGEST_LINE).split("\n")
    if len(lines) > most:
        lines[most - 1 :] = [" ".join(lines[most - 1 :])]  # what matters may stand at the end
    return "\n".join(printable(cut(line.replace("\t", " "), LONGEST_LINE)) for line in lines)


def short(name: object, most: int = LONGEST_NAME) -> str:
    """A name, or another value, as a message repeats it: a text in quotes, printable, and cut where it is long."""
    if isinstance(name, str):
        return repr(one_line(name, most))
    try:
        return one_line(repr(name), most)
    except ValueError:  # Python writes no integers of more than 4,300 digits
        return "a number of thousands of digits"


def json_text(value: object) -> str:
    """The value as JSON for programs, which a terminal shows as well: letters that it would obey are escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return "\n".join(UNPRINTABLE.sub(_escaped, line) for line in text.split("\n"))


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
