"""Checks of script files, and merging of a user's sentences into the installed ones."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from numbers import Integral, Real
from string import Formatter
from typing import Any

from edgeglow.model.errors import EdgeglowError
from edgeglow.model.text.printable import one_line, short_repr
from edgeglow.model.text.shares import Share
from edgeglow.model.text.visible_text import is_visible_text
from edgeglow.scenes.script.agreement import agreed
from edgeglow.scenes.script.script_file import CONTROLS

WORDS = "words"  # the page with reading speed and separators
KINDS = ("beats", "labels")
QUESTIONS = "questions"  # a kind whose entries are tables
PARTS = ("ask", "right", "wrong", "why")  # of a question
AROUND = ("claim", "description", "goal", "study")  # a chapter's other texts for lessons
# Format of a fact: sign, thousands separator, decimals, percent. No width: no sentence needs one, and a large one
# would fill the memory.
FORM = re.compile(r"\+?z?,?(\.[0-9])?[dfg%]?")
FORMS = "{lit}, {lit:,}, {loss:.2f} or {accuracy:.1%}"
# Facts that are shares where they are not counts, and the loss, which the curve beside it writes in the same way
SHARES = {"accuracy", "activation", "against", "confidence", "digits", "doubt", "loss", "seen", "share", "value"}
MINUS = "\N{MINUS SIGN}"
HYPHEN = re.compile(r"(?<![\w.{:])-(?=\d)")  # of a negative number
RANGES = {"characters_per_second": (1, 1_000), "characters_per_line": (8, 400)}
TOGETHER = (WORDS, "together")  # the pairs of words that stay on one line
MOST_PAIRS = 1_000
Pages = Mapping[str, Any]
Key = tuple[str, ...]


def script_entries(pages: Pages) -> Iterator[tuple[Key, object]]:
    """Yield every entry of a script with its key: (chapter, "beats", beat), (chapter, "title"), ..."""
    for page, content in pages.items():
        if not isinstance(content, dict):
            yield (page,), content
            continue
        for kind, part in content.items():
            if page != WORDS and kind in KINDS and isinstance(part, dict):
                yield from (((page, kind, name), value) for name, value in part.items())
            elif page != WORDS and kind == QUESTIONS and isinstance(part, dict):
                yield from _parts_of((page, kind), part)
            else:
                yield (page, kind), part


def _parts_of(place: Key, questions: Mapping[str, Any]) -> Iterator[tuple[Key, object]]:
    for name, question in questions.items():
        if not isinstance(question, dict):
            yield (*place, name), question
            continue
        for part, value in question.items():
            yield (*place, name, part), value


def check_script(file: str, pages: Pages, known: Pages) -> None:
    """Check that ``file`` holds only keys that exist in the script ``known``, with values of the same type.

    New variants of a known beat (``hold-tanh`` for ``hold``) are allowed, and so are questions at any known beat
    and a chapter's texts for lessons. Anything may be missing.

    Raises
    ------
    EdgeglowError
        A key is unknown, or a value is not a string. The message names the file, the key, and similar known ones.
    """
    places = dict(script_entries(known))
    for key, value in script_entries(pages):
        _check_place(file, key, known, places)
        if isinstance(places.get(key), int | float):
            least, most = RANGES.get(key[-1], (1, 1_000))
            what = f"a number above 0, from {least} to {most:,}"
            fine = isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most
        elif key == TOGETHER:
            what = 'up to 1,000 pairs of words with at most one # or * each, as ["of the", "# *"]'
            fine = isinstance(value, list) and len(value) <= MOST_PAIRS and all(map(_is_pair, value))
        elif len(key) == 4 and key[3] == "wrong":
            what = 'a list of strings, as ["one", "two"]'
            fine = isinstance(value, list) and bool(value) and all(isinstance(one, str) for one in value)
        else:
            what, fine = "a string", isinstance(value, str)
        if not fine:
            raise EdgeglowError(f"{file}: {'.'.join(key)}: is {short_repr(value)}, expected {what}")
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str) and key[0] != WORDS and not is_visible_text(text):
                raise EdgeglowError(
                    f"{file}: {'.'.join(key)}: is {short_repr(text)}, expected words that can be seen"
                )


def _is_pair(value: object) -> bool:
    """Return whether this is two words, each matched in linear time: with one wildcard at most."""
    words = value.split(" ") if isinstance(value, str) else []
    return len(words) == 2 and all(word and word.count("#") + word.count("*") <= 1 for word in words)


def check_placeholders(file: str, pages: Pages, known: Pages) -> None:
    """Check that every sentence uses only facts of the known sentence of this name, or of one of its variants."""
    facts: dict[Key, set[str]] = {}
    for key, value in script_entries(known):
        if isinstance(value, str) and not _is_for_lessons(key):
            facts.setdefault(_plain(key), set()).update(placeholders(value))
    for key, value in script_entries(pages):
        where = f"{file}: {'.'.join(key)}"
        texts = value if isinstance(value, list) else [value]
        used = set().union(*(_filled_in(where, text) for text in texts if isinstance(text, str)))
        if _is_for_lessons(key):  # its facts are known only when the chapter has been rendered
            continue
        for name in sorted(used - facts.get(_plain(key), set())):
            there = sorted(facts.get(_plain(key), ()))
            listed = ", ".join("{" + fact + "}" for fact in there) or "none"
            raise EdgeglowError(
                f"{where}: placeholder {{{one_line(name, 40)}}} is unknown in {short_repr(value)};"
                f" known here: {listed}"
            )


def _filled_in(where: str, template: str) -> set[str]:
    """Return the names of the facts in a sentence.

    Raises EdgeglowError if its braces do not match, or a placeholder is more than a name and a simple format.
    """
    try:
        parts = [(name, form, how) for _, name, form, how in Formatter().parse(template) if name is not None]
    except ValueError as error:
        raise EdgeglowError(f"{where}: {error} in {short_repr(template)}; write {{{{ and }}}} for braces") from None
    for name, form, how in parts:
        if how or not FORM.fullmatch(form or ""):
            written = f"{{{name}{'!' + how if how else ''}{':' + form if form else ''}}}"
            raise EdgeglowError(
                f"{where}: placeholder {short_repr(written, 30)} has a form that is unknown; write {FORMS}"
            )
        if not name.isidentifier():
            raise EdgeglowError(
                f"{where}: placeholder {{{one_line(name, 40)}}} is unknown; expected the name of a fact alone"
            )
    return {name for name, _, _ in parts}


class _FactFormatter(Formatter):
    """Fills in facts: numbers with a minus sign in place of a hyphen, shares as no false 1 or 0."""

    def get_field(self, name: str, args: Sequence[Any], facts: Mapping[str, Any]) -> tuple[Any, Any]:
        value, used = super().get_field(name, args, facts)
        is_share = name in SHARES and isinstance(value, Real) and not isinstance(value, Integral)
        return Share(value) if is_share else value, used

    def format_field(self, value: Any, spec: str) -> str:
        written = str(super().format_field(value, spec))
        return written.replace("-", MINUS) if isinstance(value, Real) else written


_FACTS = _FactFormatter()


def fill_placeholders(where: str, template: str, facts: Mapping[str, object]) -> str:
    """Return the sentence with the facts filled in, without control characters from their values.

    Its negative numbers get minus signs, however they are typed. Particles and plurals agree with the facts before
    them.

    Raises EdgeglowError, with its place, if it cannot be filled.
    """
    try:
        filled = _FACTS.vformat(HYPHEN.sub(MINUS, template), (), facts)
        return agreed(CONTROLS.sub("", filled))
    except (KeyError, ValueError, IndexError, AttributeError) as error:
        known = ", ".join("{" + fact + "}" for fact in sorted(facts)) or "none"
        raise EdgeglowError(
            f"{where}: placeholder {one_line(error, 80)} in {short_repr(template)}; known here: {known}"
        ) from None


def placeholders(template: str) -> set[str]:
    """Return the names of all facts in a sentence. Raises ValueError if its braces do not match."""
    found: set[str] = set()
    for _, name, form, _ in Formatter().parse(template):
        if name is not None:
            found |= {name} | (placeholders(form) if form else set())
    return found


def merged_pages(pages: Pages, overrides: Pages) -> dict[str, Any]:
    """Return a copy of the pages with the entries of ``overrides``."""
    result = dict(pages)
    for key, value in overrides.items():
        below = result.get(key)
        result[key] = merged_pages(below, value) if isinstance(value, dict) and isinstance(below, dict) else value
    return result


def similar_names(name: str, known: Iterable[str]) -> str:
    """Return ``did you mean ...?`` with similar names, or all known names if none is similar."""
    names = list(known)
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.6)
    return f"did you mean {' or '.join(near)}?" if near else f"known here: {', '.join(names) or 'nothing'}"


def _check_place(file: str, key: Key, known: Pages, places: Mapping[Key, object]) -> None:
    if key in places:
        return
    page, *rest = key
    where = f"{file}: {'.'.join(key)}"
    if page not in known:
        raise EdgeglowError(f"{file}: there is no chapter '{page}'; {similar_names(page, known)}")
    if not rest:
        raise EdgeglowError(f"{where}: expected a table, as [{page}.beats]")
    if len(key) == 2:
        if "beats" in known[page] and rest[0].partition("-")[0] in AROUND and not rest[0].endswith("-"):
            return
        if rest[0] in (*known[page], QUESTIONS):
            raise EdgeglowError(f"{where}: expected a table, as [{page}.{rest[0]}]")
        raise EdgeglowError(f"{where}: there is no such thing in a chapter; {similar_names(rest[0], known[page])}")
    if rest[0] == QUESTIONS:
        _check_question(where, rest, known[page])
        return
    kind, name = rest
    if kind not in known[page]:
        raise EdgeglowError(f"{where}: {page} has no {kind}; {similar_names(kind, known[page])}")
    if kind == "beats" and _plain(key) in places and _plain(key) != key and not name.endswith("-"):
        return
    raise EdgeglowError(f"{where}: there is no such {kind[:-1]}; {similar_names(name, known[page][kind])}")


def _check_question(where: str, rest: Sequence[str], page: Mapping[str, Any]) -> None:
    """Check the key of a question; it may be at any beat of its chapter, in any variant."""
    beat = rest[1].partition("-")[0]
    beats = dict.fromkeys(name.partition("-")[0] for name in page.get("beats", {}))
    if beat not in beats:
        raise EdgeglowError(f"{where}: there is no beat '{beat}' to ask at; {similar_names(beat, beats)}")
    if len(rest) < 3:
        raise EdgeglowError(f"{where}: expected a table with {', '.join(PARTS)}")
    if rest[2] not in PARTS:
        raise EdgeglowError(f"{where}: there is no such part of a question; {similar_names(rest[2], PARTS)}")


def _is_for_lessons(key: Key) -> bool:
    return key[1:2] == (QUESTIONS,) or (len(key) == 2 and key[1].partition("-")[0] in AROUND)


def _plain(key: Key) -> Key:
    """Return the key of the beat without its variant."""
    return (*key[:2], key[2].partition("-")[0]) if len(key) == 3 and key[1] == "beats" else key
